"""Holds in the database: placed and settled however they are batched, and found again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, select

from laurels.core.database import Database
from laurels.core.errors import Missing
from laurels.ledger import (
    Account,
    Draft,
    Hold,
    HoldResolved,
    InsufficientBalance,
    LotKey,
    Needs,
    Take,
    held_of,
    tables,
)
from laurels.ledger.batch import Posted
from laurels.ledger.reader import balances, due_holds, lots, preview, verify
from ledger.parcels import DAY, Earn, Expire, SetAside, Settle, Spend, chats, gone, points, stock, used
from ledger.toy import BOOK, NOON, Answer, Does, run

HOLD, OTHER = UUID(int=1), UUID(int=2)
MINE, PLACE, STOCK = points(1), chats(1), stock()
USED, SOLD = used(), used(asset="piece")
LATER = NOON + DAY
TICK = timedelta(microseconds=1)


def stored(database: Database, table: Any, *columns: str) -> list[tuple[Any, ...]]:
    """Columns of a table's rows, in the order of their keys."""
    with database.read.connect() as connection:
        wanted = select(*(table.c[name] for name in columns)).order_by(*table.primary_key.columns)
        return [tuple(row) for row in connection.execute(wanted)]


def held(database: Database, *accounts: Account) -> list[int]:
    """What accounts hold."""
    with database.read.connect() as connection:
        found = balances(connection, accounts)
    return [found[one] for one in accounts]


def assert_sound(database: Database) -> None:
    """The books verify."""
    with database.read.connect() as connection:
        assert [str(finding) for finding in verify(connection).findings] == []


SPLITS = [lambda decisions: [decisions], lambda decisions: [[one] for one in decisions], lambda decisions: [decisions[:3], decisions[3:]]]


@pytest.mark.parametrize("split", SPLITS, ids=["batched", "serial", "cut"])
def test_hold_is_placed_and_settled_however_it_is_batched(toys: Database, split: Callable[[list[Any]], list[list[Any]]]) -> None:
    decisions = [
        Earn(1, 4, expires=9, pieces=5),
        Earn(1, 3, expires=1),
        SetAside(1, of=1, amount=5, pieces=1, places=1),
        SetAside(2, of=1, amount=2, places=1),
        SetAside(3, of=1, amount=1),
        Settle(1, used=4),
        SetAside(3, of=1, amount=1),
        Spend(1, 1),
        Settle(2, used=0),
        Settle(1, used=4),
        Settle(9),
    ]
    outcomes: list[Any] = []
    for batch in split(decisions):
        outcomes += run(toys, *batch)
    refused = {place: type(one) for place, one in enumerate(outcomes) if not isinstance(one, Posted)}
    assert refused == {4: InsufficientBalance, 7: InsufficientBalance, 9: HoldResolved, 10: Missing}
    assert stored(toys, tables.hold, "id", "sequence", "settled_by", "captured") == [
        (UUID(int=1), 3, 5, 4),
        (UUID(int=2), 4, 7, 0),
        (UUID(int=3), 6, None, None),
    ]
    settled = [row[1:] for row in stored(toys, tables.posting, "sequence", "kind", "amount") if row[0] == 5]
    assert settled == [("capture", 1), ("release", 1), ("capture", 4), ("release", 1)], "take by take"
    assert stored(toys, tables.lot, "amount", "left") == [(4, 2), (3, 0)]
    assert held(toys, MINE, held_of(MINE), USED, STOCK, held_of(STOCK), SOLD, PLACE) == [2, 1, 4, 4, 0, 1, 0]
    assert_sound(toys)


def test_settling_needs_no_account_by_name_and_reads_a_constant_number_of_times(toys: Database) -> None:
    counts, statements = [], []
    event.listen(toys.write, "before_cursor_execute", lambda c, cursor, statement, *rest: statements.append(statement))
    for first, size in ((0, 2), (100, 14)):
        holds = range(first, first + size)
        run(toys, *(Earn(number, 5, expires=days, pieces=1) for number in holds for days in (1, 2)))
        run(toys, *(SetAside(number, of=number, amount=8, pieces=1, places=1) for number in holds))
        statements.clear()
        outcomes = run(toys, *(Settle(number, used=6) for number in holds))
        assert {type(one) for one in outcomes} == {Posted}
        counts.append(len(statements))
    assert counts[1] <= counts[0]
    assert_sound(toys)


def test_hold_of_another_book_is_not_there(toys: Database) -> None:
    run(toys, Earn(1, 5), SetAside(1, of=1, amount=5), Earn(1, 5, book="joys"))
    [outcome] = run(toys, Settle(1, book="joys"))
    assert isinstance(outcome, Missing)
    run(toys, SetAside(1, of=1, amount=2, book="joys"))
    assert [one.answer.left for one in run(toys, Settle(1), Settle(1, book="joys"))] == [5, 2]
    assert_sound(toys)


def test_lot_of_which_nothing_is_left_comes_back(toys: Database) -> None:
    """A settlement reads lots by their keys: spending in the same batch sees them again."""
    run(toys, Earn(1, 5, expires=9), SetAside(1, of=1, amount=5))
    outcomes = run(toys, Spend(1, 1), Settle(1, used=2), Spend(1, 3), Spend(1, 1))
    assert [type(one) for one in outcomes] == [InsufficientBalance, Posted, Posted, InsufficientBalance]
    assert stored(toys, tables.lot, "left") == [(0,)]
    assert_sound(toys)


def test_parts_read_from_the_books_are_captured_in_the_order_of_expiry(toys: Database) -> None:
    """They are stored in the order of their lots' keys."""
    run(toys, Earn(1, 4, expires=9), Earn(1, 3, expires=1), SetAside(1, of=1, amount=7))
    run(toys, Settle(1, used=3))
    assert stored(toys, tables.lot, "amount", "left") == [(4, 4), (3, 0)]
    assert_sound(toys)


def test_grace_makes_a_lot_of_its_own_in_the_books(toys: Database) -> None:
    run(toys, Earn(1, 5, expires=1, earned=-1), SetAside(1, of=1, amount=5))
    run(toys, Settle(1, used=2, grace=7), now=NOON + 2 * DAY)
    with toys.read.connect() as connection:
        fresh, old = lots(connection, MINE, limit=9)
    assert (fresh.key, fresh.amount, fresh.left, fresh.earned_at) == (LotKey(3, 1), 3, 3, NOON - DAY)
    assert (fresh.usable_from, fresh.expires_at) == (NOON + 2 * DAY, NOON + 9 * DAY)
    assert old.left == 0
    assert_sound(toys)


def test_what_is_restored_expires_with_the_next_sweep(toys: Database) -> None:
    run(toys, Earn(1, 5, expires=1), SetAside(1, of=1, amount=3))
    assert run(toys, Expire(1), now=NOON + DAY)[0].answer.left == 2
    outcomes = run(toys, Settle(1, used=1), Expire(1), now=NOON + 2 * DAY)
    assert [one.answer.left for one in outcomes] == [1, 2]
    assert held(toys, MINE, held_of(MINE), USED, gone()) == [0, 0, 1, 4]
    assert_sound(toys)


def test_placed_and_settled_in_one_decision(toys: Database) -> None:
    def decides(draft: Draft) -> Answer:
        draft.hold(HOLD, LATER, Take(MINE, 4, USED))
        return Answer(draft.entry, draft.settle(HOLD, 3).released)

    outcomes = run(toys, Earn(1, 5), Does(decides, needed=lambda: Needs([USED], holding=[MINE])))
    assert [one.answer.left for one in outcomes] == [5, 1]
    assert stored(toys, tables.hold, "sequence", "settled_by", "captured") == [(2, 2, 3)]
    assert_sound(toys)


def test_hold_id_that_is_taken_fails_alone(toys: Database) -> None:
    run(toys, Earn(1, 5))
    outcomes = run(toys, SetAside(1, of=1, amount=1), SetAside(1, of=1, amount=1), Spend(1, 4))
    assert [type(one) for one in outcomes] == [Posted, ValueError, Posted]


def test_preview_of_a_settlement_knows_the_hold(toys: Database) -> None:
    run(toys, Earn(1, 5), SetAside(1, of=1, amount=3))
    with toys.read.connect() as connection:
        assert preview(connection, Settle(1, used=2), NOON) == Answer(0, 2)
        with pytest.raises(Missing):
            preview(connection, Settle(2), NOON)
        with pytest.raises(Missing):
            preview(connection, Settle(1, book="not there"), NOON)


def test_find_hold_tells_what_became_of_it(toys: Database) -> None:
    found: list[Hold | None] = []

    def looks(draft: Draft) -> Answer:
        found.extend(draft.find_hold(UUID(int=number)) for number in (1, 2, 3))
        return Answer(draft.entry, 0)

    run(toys, Earn(1, 5), SetAside(1, of=1, amount=2), SetAside(2, of=1, amount=3), Settle(1, used=1))
    run(toys, Does(looks, needed=lambda: Needs(holds=[UUID(int=number) for number in (1, 2, 3)])))
    assert found == [Hold(UUID(int=1), LATER, False, 1), Hold(UUID(int=2), LATER, True, None), None]


def test_reader_tells_open_holds_that_are_due(toys: Database) -> None:
    run(toys, Earn(1, 9), *(SetAside(number, of=1, amount=1, until=NOON + days * DAY) for number, days in ((1, 3), (2, 1), (3, 2))))
    run(toys, Earn(1, 1, book="joys"), SetAside(4, of=1, amount=1, until=NOON, book="joys"))
    with toys.read.connect() as connection:
        assert due_holds(connection, BOOK, NOON + DAY - TICK, limit=9) == []
        assert due_holds(connection, BOOK, NOON + 3 * DAY, limit=9) == [UUID(int=2), UUID(int=3), UUID(int=1)]
        assert due_holds(connection, BOOK, NOON + 3 * DAY, limit=1) == [UUID(int=2)]
    run(toys, Settle(2, used=0))
    with toys.read.connect() as connection:
        assert due_holds(connection, BOOK, NOON + 2 * DAY, limit=9) == [UUID(int=3)]
