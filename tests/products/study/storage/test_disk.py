"""What is so on disk alone: names, rights, and what a crash or a full disk leaves."""

from datetime import UTC, date, datetime
import errno
from io import BytesIO
import os
from pathlib import Path
import stat
from typing import Any

import pytest

from laurels.core.settings import Settings
from laurels.products.study.storage import Storage, StorageUnavailable, new_key, open_storage

AT = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
DAY = date(2026, 11, 20)


@pytest.fixture
def disk(folder: Path) -> Storage:
    """An empty storage on disk."""
    return open_storage(Settings(_env_file=None, upload_path=folder))


class Broken(BytesIO):
    """A file that can't be read to its end."""

    def read(self, size: int | None = -1) -> bytes:
        if self.tell():
            raise OSError(errno.EIO, "told with a /path")
        return super().read(3)


def test_files_and_folders_are_for_this_user_alone(disk: Storage, folder: Path) -> None:
    key = new_key(AT)
    disk.put(key, BytesIO(b"words"))
    paths = [folder / key, folder / "2026-11-20", folder]
    assert [oct(stat.S_IMODE(path.stat().st_mode)) for path in paths] == ["0o600", "0o700", "0o700"]
    assert [path.name for path in folder.rglob("*") if path.is_file()] == [key.partition("/")[2]]


def test_without_a_path_files_go_into_the_home_folder(tmp_path: Path) -> None:
    key = new_key(AT)
    open_storage(Settings(_env_file=None, home=tmp_path)).put(key, BytesIO(b"words"))
    assert (tmp_path / "uploads" / key).read_bytes() == b"words"


def test_what_is_kept_has_reached_the_disk(disk: Storage, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The content before it has its name, then the names: in that order, and before `put` returns."""
    done: list[tuple[str, int]] = []
    sync, replace = os.fsync, Path.replace

    def noted_sync(descriptor: int) -> None:
        sync(descriptor)
        done.append(("sync", os.fstat(descriptor).st_ino))

    def noted_replace(self: Path, target: Path) -> Path:
        done.append(("name", self.stat().st_ino))
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", noted_sync)
    monkeypatch.setattr(Path, "replace", noted_replace)
    key = new_key(AT)
    disk.put(key, BytesIO(b"words"))
    file, day, root = ((folder / part).stat().st_ino for part in (key, "2026-11-20", "."))
    assert done == [("sync", file), ("name", file), ("sync", day), ("sync", root)]
    done.clear()
    disk.delete(key)
    assert done == [("sync", day)]


def test_half_a_file_isnt_kept(disk: Storage, folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(StorageUnavailable):
        disk.put(new_key(AT), Broken(b"words"))
    assert [path for path in folder.rglob("*") if path.is_file()] == []
    assert list(disk.keys(DAY)) == []
    assert caplog.messages == ["can't write an uploaded file: Input/output error"]


def test_what_a_crash_left_is_found_and_removed(disk: Storage, folder: Path) -> None:
    key = new_key(AT)
    disk.put(new_key(AT), BytesIO(b"words"))
    (folder / f"{key}.part").write_bytes(b"wor")
    (folder / "2026-11-20" / "notes.txt").write_text("somebody else's")
    assert key in set(disk.keys(DAY))
    assert len(list(disk.keys(DAY))) == 2
    for found in list(disk.keys(DAY)):
        disk.delete(found)
    assert [path.name for path in folder.rglob("*") if path.is_file()] == ["notes.txt"]


def test_key_is_used_once(disk: Storage) -> None:
    """Two that write one file at once would mix it: the second is refused."""

    class Again(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            with pytest.raises(StorageUnavailable):
                disk.put(key, BytesIO(b"other"))
            return super().read(size)

    key = new_key(AT)
    disk.put(key, Again(b"words"))
    with disk.open(key) as file:
        assert file.read() == b"words"


def test_disk_that_refuses_is_unavailable(folder: Path, caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    """A file stands where the folder should: nothing can be made, read or listed in it, whoever runs the tests."""
    folder.parent.mkdir()
    folder.write_bytes(b"")
    disk, key = open_storage(Settings(_env_file=None, upload_path=folder)), new_key(AT)
    doing: list[Any] = [
        lambda: disk.put(key, BytesIO(b"words")),
        lambda: disk.open(key),
        lambda: disk.delete(key),
    ]
    for one in doing:
        with pytest.raises(StorageUnavailable) as caught:
            one()
        assert caught.value.fields == {"retry_after_seconds": 10}
    assert key not in caplog.text
