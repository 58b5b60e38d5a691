from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from laurels.web.pagination import CursorInvalid, page_of, read_cursor, write_cursor

AT = datetime(2026, 11, 20, 10, tzinfo=UTC)
ID = UUID("01a1f890-e37a-73f9-9bad-95b6014a4f20")


def test_cursor_comes_back_as_it_was() -> None:
    place = (AT, ID, 17, "Zoë", True)
    cursor = write_cursor(*place)
    assert cursor.isascii()
    assert "=" not in cursor
    assert read_cursor(cursor, datetime, UUID, int, str, bool) == place


def test_no_cursor_is_the_first_page() -> None:
    assert read_cursor(None, int) is None


@pytest.mark.parametrize(
    ("cursor", "kinds"),
    [
        ("", (int,)),
        ("!!!!", (int,)),
        ("é", (int,)),
        ("A", (int,)),
        (write_cursor(1)[:-1], (int,)),
        (write_cursor(1), (int, int)),
        (write_cursor(1, 2), (int,)),
        (write_cursor("1"), (int,)),
        (write_cursor(True), (int,)),
        (write_cursor(2**63), (int,)),
        (write_cursor(1), (str,)),
        (write_cursor("a\x00"), (str,)),
        (write_cursor("a" * 201), (str,)),
        (write_cursor("nobody"), (UUID,)),
        (write_cursor(7), (UUID,)),
        (write_cursor("2026-11-20T10:00:00"), (datetime,)),
        (write_cursor("9999-12-31T23:59:59+00:00"), (datetime,)),
        (write_cursor(1), (datetime,)),
        (write_cursor(1), (bool,)),
        (write_cursor(1), (float,)),
    ],
)
def test_made_up_cursor_is_refused(cursor: str, kinds: tuple[type, ...]) -> None:
    with pytest.raises(CursorInvalid):
        read_cursor(cursor, *kinds)


@pytest.mark.parametrize(("rows", "items", "has_next"), [([], [], False), ([1, 2], ["1", "2"], False), ([1, 2, 3], ["1", "2"], True)])
def test_page_tells_whether_another_follows(rows: list[int], items: list[str], has_next: bool) -> None:
    page = page_of(rows, 2, cursor=lambda row: (row,), item=str)
    assert page.items == items
    following: Any = page.next_cursor
    assert (following is not None) == has_next
    if has_next:
        assert read_cursor(following, int) == (2,)
