"""What is so in a bucket alone: signed requests, refusals, servers that are away, and a package that isn't there."""

from datetime import UTC, date, datetime
from io import BytesIO
import logging
from pathlib import Path
import socket
import subprocess
import sys
from typing import Any

from pydantic import SecretStr, ValidationError
import pytest

from laurels.core.logging import JsonFormatter
from laurels.core.settings import Settings
from laurels.products.study.storage import Storage, StorageUnavailable, new_key, open_storage
from support.s3_server import BUCKET, SECRET_KEY, S3Server

AT = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
DAY = date(2026, 11, 20)


def opened(server: S3Server, **changed: Any) -> Storage:
    """A storage in the server's bucket, with settings changed by name."""
    return open_storage(Settings(_env_file=None, **(server.settings | changed)))


def everything(storage: Storage, key: str, path: Path) -> list[Any]:
    """All that can be asked of a storage."""
    return [
        lambda: storage.put(key, BytesIO(b"words")),
        lambda: storage.open(key),
        lambda: storage.delete(key),
        lambda: list(storage.keys(DAY)),
    ]


def test_file_is_one_signed_request(s3_server: S3Server) -> None:
    key = new_key(AT)
    opened(s3_server).put(key, BytesIO(b"words" * 2_000_000))
    assert s3_server.got == [("PUT", f"/{BUCKET}/{key}")]
    assert len(s3_server.objects[key]) == 10_000_000


def test_files_of_others_arent_listed(s3_server: S3Server) -> None:
    s3_server.objects |= {"2026-11-20/notes.txt": b"", "2026-11-20/deep/er": b"", "else": b""}
    storage, key = opened(s3_server), new_key(AT)
    storage.put(key, BytesIO(b"words"))
    assert list(storage.keys(DAY)) == [key]


@pytest.mark.parametrize(
    ("changed", "hint"),
    [
        ({"s3_secret_key": SecretStr("wrong")}, "LAURELS_S3_SECRET_KEY"),
        ({"s3_access_key": "AKIAWRONG"}, "LAURELS_S3_ACCESS_KEY"),
        ({"s3_bucket": "elsewhere"}, "LAURELS_S3_BUCKET"),
    ],
)
def test_wrong_settings_are_unavailable_and_logged(
    s3_server: S3Server, caplog: pytest.LogCaptureFixture, tmp_path: Path, changed: dict[str, Any], hint: str
) -> None:
    """No file is told to be missing: a bucket that can't be entered says nothing about what is in it."""
    caplog.set_level(logging.DEBUG)
    asked = everything(opened(s3_server, **changed), new_key(AT), tmp_path / "copy")
    for one in asked:
        with pytest.raises(StorageUnavailable):
            one()
    told = [JsonFormatter().format(record) for record in caplog.records if record.name.startswith("laurels")]
    assert len(told) == len(asked)
    assert all(hint in line and "AKIA" not in line and "2026-11-20/" not in line for line in told)
    assert SECRET_KEY not in caplog.text
    assert s3_server.objects == {}


def test_server_at_fault_is_unavailable_after_some_tries(s3_server: S3Server) -> None:
    s3_server.fails = 503
    with pytest.raises(StorageUnavailable):
        opened(s3_server).put(new_key(AT), BytesIO(b"words"))
    assert [method for method, _ in s3_server.got] == ["PUT"] * 3


def test_server_that_is_away_is_unavailable() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # bound, and not listening: nobody else takes the port
        away = S3Server(url=f"http://127.0.0.1:{closed.getsockname()[1]}")
        with pytest.raises(StorageUnavailable):
            opened(away).put(new_key(AT), BytesIO(b"words"))


def test_file_that_breaks_off_isnt_given(s3_server: S3Server) -> None:
    storage, key = opened(s3_server), new_key(AT)
    storage.put(key, BytesIO(b"words" * 1000))
    s3_server.cuts = True
    with pytest.raises(StorageUnavailable):
        storage.open(key)


def test_half_a_key_is_refused() -> None:
    for changed in ({"s3_access_key": "AKIA"}, {"s3_secret_key": SecretStr("secret")}):
        with pytest.raises(ValueError, match="LAURELS_S3_SECRET_KEY"):
            open_storage(Settings(_env_file=None, s3_bucket=BUCKET, **changed))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("s3_bucket", "Originals"),
        ("s3_bucket", "a/b"),
        ("s3_endpoint", "localhost:9000"),
        ("s3_endpoint", "http://key:word@localhost:9000"),
        ("s3_endpoint", "http://localhost:9000/bucket"),
        ("s3_region", ""),
        ("s3_access_key", "two words"),
    ],
)
def test_settings_that_cant_be_used_are_refused(name: str, value: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Settings(_env_file=None, **{name: value})  # type: ignore[arg-type]
    assert "word@" not in caught.value.errors(include_input=False, include_url=False)[0]["msg"]


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ("", "DiskStorage []"),
        ("s3_bucket='originals'", "S3Storage ['obstore']"),
    ],
)
def test_package_is_loaded_only_where_a_bucket_is_set(settings: str, told: str) -> None:
    code = (
        "import sys\n"
        "from laurels.core.settings import Settings\n"
        "from laurels.products.study.storage import open_storage\n"
        f"storage = open_storage(Settings(_env_file=None, {settings}))\n"
        "print(type(storage).__name__, [name for name in ('obstore',) if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == told


def test_package_that_isnt_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "laurels.products.study.storage.s3", raising=False)
    monkeypatch.setitem(sys.modules, "obstore", None)
    with pytest.raises(ValueError, match=r"laurels\[s3\]"):
        open_storage(Settings(_env_file=None, s3_bucket=BUCKET))
