"""A board is read through its index, whatever else is in the book."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
import re
from uuid import uuid4

from sqlalchemy import delete, insert, select, text, update

from laurels.ledger.reader import board, number_of
from laurels.products.progress.accounts import BOOK
from laurels.products.progress.queries.board_windows import ALL_TIME, Board, BoardKind, Viewer, list_boards
from laurels.products.progress.queries.boards import read_board, read_board_around
from laurels.products.progress.tables import season, season_standing
from products.progress.circle import Circle
from support.plans import Plans

LARGE = r"(account|board_bucket|member|member_progress|point_activity|season_standing|t)"
INACTIVE = r"USING (COVERING )?INDEX ix_member_inactive"
"""Members who aren't active are few, and all are meant."""
WIDE = re.compile(rf"SCAN {LARGE}\b(?!.* {INACTIVE})|Seq Scan on {LARGE}\b|TEMP B-TREE|Sort")
"""What reads more than is asked for, or sorts what an index has in order."""


@contextmanager
def crowded(circle: Circle) -> Iterator[None]:
    """Meanwhile many stand on the boards of weeks long past, so that each index costs what it would: of a few rows all are alike."""
    week = {"purpose": "standing", "asset": "meter", "nature": "meter", "board": True, "ranked": True}
    with circle.database.write.begin() as connection:
        book = connection.execute(select(number_of(BOOK))).scalar_one()
        rows = [
            {
                "id": uuid4().hex,
                "book": book,
                "owner": f"member/{who}",
                "owner_id": who,
                "window": f"2020-W{number % 50:02}",
                "balance": number,
                **week,
            }
            for number, who in enumerate(uuid4() for _ in range(3_000))
        ]
        connection.execute(insert(board), rows)
        connection.execute(text("ANALYZE account"))
    yield
    with circle.database.write.begin() as connection:
        connection.execute(delete(board).where(board.c.window.like("2020-W%")))


def test_every_board_is_read_through_its_index(circle: Circle) -> None:
    members = [circle.make_member() for _ in range(6)]
    for number, who in enumerate(members):
        circle.award(who, 2_000 + number % 3)
    circle.suspend(members[5])
    with crowded(circle):
        plans = Plans(circle.database.read)
        with circle.database.read.connect() as connection:
            for shown in (ALL_TIME, Board(BoardKind.WEEK, "2026-W47")):
                page = read_board(connection, shown, members[0].id, limit=2)
                read_board(connection, shown, members[0].id, limit=2, after=page.following)
                read_board_around(connection, shown, members[1].id, limit=3)
        steps = plans.steps(without=("seqscan", "bitmapscan", "sort"))
    assert len(steps) > 40
    assert [step for step in steps if WIDE.search(step[1])] == []
    listed = [step for statement, step in steps if "ORDER BY" in statement and re.search(r"(SEARCH|on) account\b", step)]
    assert len(listed) >= 6
    assert [step for step in listed if "ix_account_board" not in step] == []


def test_archive_is_read_through_its_index(circle: Circle) -> None:
    members = [circle.make_member() for _ in range(6)]
    autumn = circle.add_season(datetime(2026, 9, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC))
    with circle.database.write.begin() as connection:
        rows = [{"season": autumn, "member": who.id, "rank": 1 + place, "points": 9 - place} for place, who in enumerate(members)]
        connection.execute(insert(season_standing), rows)
        connection.execute(update(season).values(archived_at=circle.clock.at))
    kept = Board(BoardKind.SEASON, str(autumn), archived=autumn)
    plans = Plans(circle.database.read)
    with circle.database.read.connect() as connection:
        page = read_board(connection, kept, members[0].id, limit=2)
        read_board(connection, kept, members[0].id, limit=2, after=page.following)
        around = read_board_around(connection, kept, members[1].id, limit=3)
    assert [row.rank for row in around.rows] == [1, 2, 3]
    steps = plans.steps(without=("seqscan", "bitmapscan", "sort"))
    assert [step for step in steps if WIDE.search(step[1])] == []


def test_classes_of_a_member_are_found_by_an_index(circle: Circle) -> None:
    who = circle.make_member()
    circle.award(who, 5)
    plans = Plans(circle.database.read)
    with circle.database.read.connect() as connection:
        list_boards(connection, Viewer(who.id, circle.clock.at, circle.basis.zone))
    steps = [step for statement, step in plans.steps(without=("seqscan", "bitmapscan")) if "point_activity" in statement]
    assert [step for step in steps if "ix_point_activity_class" in step], steps
