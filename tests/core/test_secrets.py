"""The secret key: given, or made once."""

from pathlib import Path
import stat
import subprocess
import sys

import pytest

from laurels.core.secrets import FILE_NAME, SecretKeyUnusable, derived_key, keyed_hash, secret_key
from laurels.core.settings import Settings


def settings_in(home: Path, secret: str = "") -> Settings:
    return Settings(_env_file=None, home=home, secret_key=secret)


def test_a_given_key_is_used_and_nothing_is_written(tmp_path: Path) -> None:
    assert secret_key(settings_in(tmp_path / "home", "0123456789abcdef")) == b"0123456789abcdef"
    assert not (tmp_path / "home").exists()


def test_a_short_key_is_refused_with_the_cure(tmp_path: Path) -> None:
    with pytest.raises(SecretKeyUnusable, match=r"LAURELS_SECRET_KEY has 5 characters .*token_hex"):
        secret_key(settings_in(tmp_path, "short"))


def test_a_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    home = tmp_path / "new" / "home"
    first = secret_key(settings_in(home))
    assert len(first) == 64
    assert secret_key(settings_in(home)) == first
    assert stat.S_IMODE((home / FILE_NAME).stat().st_mode) == 0o600
    assert [path.name for path in home.iterdir()] == [FILE_NAME]
    assert secret_key(settings_in(tmp_path / "other")) != first


def test_a_damaged_file_is_told_by_its_name(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text("abc\n")
    with pytest.raises(SecretKeyUnusable, match=FILE_NAME):
        secret_key(settings_in(tmp_path))


def test_processes_that_start_together_agree(tmp_path: Path) -> None:
    code = (
        "from pathlib import Path; import sys\n"
        "from laurels.core.secrets import secret_key\n"
        "from laurels.core.settings import Settings\n"
        "settings = Settings(_env_file=None, home=Path(sys.argv[1]), secret_key='')\n"
        "sys.stdin.read(1)\n"
        "print(secret_key(settings).decode())\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "home")]
    processes = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(6)]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("x")
        process.stdin.flush()
    keys = {process.communicate()[0].strip() for process in processes}
    assert [len(key) for key in keys] == [64]


def test_derived_keys_differ_by_purpose() -> None:
    keys = {derived_key(b"a", "one"), derived_key(b"a", "two"), derived_key(b"b", "one")}
    assert [len(key) for key in keys] == [32, 32, 32]


def test_keyed_hashes_tell_equal_texts_and_nothing_else() -> None:
    assert keyed_hash(b"k", "10.0.0.1") == keyed_hash(b"k", "10.0.0.1")
    assert len({keyed_hash(b"k", "10.0.0.1"), keyed_hash(b"k", "10.0.0.2"), keyed_hash(b"l", "10.0.0.1")}) == 3
    assert len(keyed_hash(b"k", "\ud800")) == 32
