"""What both kinds of storage do: on disk, and in a bucket over real HTTP."""

from datetime import UTC, date, datetime, timedelta, timezone
from io import BytesIO

import pytest

from laurels.core.errors import Missing
from laurels.products.study.storage import Storage, new_key
from laurels.products.study.storage.storing import PIECE_BYTES, is_key

AT = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
DAY = date(2026, 11, 20)
LARGE = bytes(range(256)) * (10 * PIECE_BYTES // 256) + b"end"


def read(storage: Storage, key: str) -> bytes:
    """All of a file."""
    with storage.open(key) as file:
        return file.read()


@pytest.mark.parametrize("content", [b"", b"a\r\nb\x00\xff", LARGE], ids=["empty", "bytes", "large"])
def test_what_was_put_is_read(storage: Storage, content: bytes) -> None:
    key = new_key(AT)
    storage.put(key, BytesIO(content))
    assert read(storage, key) == content


def test_file_is_kept_from_where_it_stands(storage: Storage) -> None:
    key, file = new_key(AT), BytesIO(b"read already, not yet")
    file.seek(14)
    storage.put(key, file)
    assert read(storage, key) == b"not yet"


def test_files_are_apart(storage: Storage) -> None:
    keys = [new_key(AT) for _ in range(3)]
    for number, key in enumerate(keys):
        storage.put(key, BytesIO(b"%d" % number))
    storage.delete(keys[1])
    assert [read(storage, key) for key in (keys[0], keys[2])] == [b"0", b"2"]


def test_what_isnt_there_is_missing(storage: Storage) -> None:
    with pytest.raises(Missing) as caught:
        storage.open(new_key(AT))
    assert caught.value.fields == {"what": "file"}


def test_deleted_file_is_gone_and_may_be_deleted_again(storage: Storage) -> None:
    key = new_key(AT)
    storage.put(key, BytesIO(b"words"))
    for _ in range(2):
        storage.delete(key)
        with pytest.raises(Missing):
            storage.open(key)
    assert list(storage.keys(DAY)) == []


def test_keys_of_a_day_are_listed(storage: Storage) -> None:
    days = [AT - timedelta(days=1), *[AT + timedelta(seconds=number) for number in range(7)], AT + timedelta(days=1)]
    keys = [new_key(day) for day in days]
    for key in keys:
        storage.put(key, BytesIO(b"words"))
    assert sorted(storage.keys(DAY)) == sorted(keys[1:-1])
    assert list(storage.keys(date(2025, 1, 1))) == []


@pytest.mark.parametrize(
    "key", ["", "a", "../secret-key", f"2026-11-20/{'a' * 39}", f"2026-11-20/../{'a' * 37}", f"2026-11-20/{'a' * 40}\n", "/etc/passwd"]
)
def test_only_keys_of_ours_are_taken(storage: Storage, key: str) -> None:
    for asking in (storage.open, storage.delete, lambda key: storage.put(key, BytesIO(b"words"))):
        with pytest.raises(ValueError, match="isn't a key"):
            asking(key)


def test_keys_cant_be_guessed() -> None:
    keys = {new_key(AT) for _ in range(1000)}
    assert len(keys) == 1000
    assert all(is_key(key) and key.startswith("2026-11-20/") for key in keys)


def test_day_of_a_key_is_that_of_utc() -> None:
    assert new_key(datetime(2026, 11, 20, 23, 30, tzinfo=timezone(timedelta(hours=-1)))).startswith("2026-11-21/")
