"""Lots: what comes in makes one, what goes out takes the first to expire."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import IntegrityError

from laurels.core.database import Database
from laurels.ledger import Account, Draft, InsufficientBalance, Lot, LotKey, Nature, Needs, State, View, tables
from laurels.ledger.batch import Posted
from laurels.ledger.lots import OpenLot, Shelf
from laurels.ledger.reader import due_lots, lots, open_lots, verify
from laurels.ledger.sheet import always_needed
from ledger.parcels import DAY, Earn, Expire, SetAside, Spend, gone, made, points, used
from ledger.toy import BOOK, NOON, Answer, Does, member, purse, run

MINE, THEIRS = points(1), points(2)
TICK = timedelta(microseconds=1)


def drafted(*, at: datetime = NOON, whole: tuple[Account, ...] = (MINE,), view: View | None = None, entry: int = 7) -> Draft:
    """A draft in which nobody holds anything, and whose lots are loaded."""
    if view is None:
        view = View()
        for account in (MINE, THEIRS, purse(1, asset="point"), made(), used(), gone(), *always_needed(BOOK)):
            view.accounts[account.id] = State(account)
        view.whole.update(account.id for account in whole)
    return Draft(view, book=BOOK, entry=entry, at=at)


def lot(expires: float | None = None, *, usable: float = 0, earned: float = 0) -> Lot:
    """A lot of so many days from noon."""
    return Lot(NOON + earned * DAY, NOON + usable * DAY, None if expires is None else NOON + expires * DAY)


def earn(draft: Draft, amount: int, new: Lot, to: Account = MINE) -> LotKey:
    """Make a lot of it."""
    key = draft.move(made(), to, amount, "earn", lot=new)
    assert key is not None
    return key


def left(draft: Draft, purse: Account = MINE) -> list[tuple[int, int]]:
    """What is left of each open lot: pairs of the position that made it and that."""
    return [(one.key.position, one.left) for one in draft.lots(purse)]


# In memory


def test_purse_of_lots_is_another_account_than_a_plain_purse() -> None:
    assert MINE.id != Account(BOOK, "point", MINE.owner, "points").id
    assert MINE.nature is Nature.LOTS


def test_move_into_lots_makes_a_lot_and_gives_its_key() -> None:
    draft = drafted(whole=())
    key = earn(draft, 5, lot(3, usable=1, earned=-1))
    assert key == LotKey(7, 0)
    assert draft.balance(MINE) == 5
    [(account, new)] = draft.made_lots
    assert (account, new.key, new.amount, new.left) == (MINE, key, 5, 5)
    assert (new.earned_at, new.usable_from, new.expires_at) == (NOON - DAY, NOON + DAY, NOON + 3 * DAY)


def test_move_of_nothing_makes_no_lot() -> None:
    draft = drafted()
    assert draft.move(made(), MINE, 0, "earn", lot=lot()) is None
    assert draft.move(MINE, used(), 0, "spend") is None
    assert (draft.postings, draft.made_lots, draft.lot_changes) == ([], [], [])


def test_move_takes_the_first_to_expire_then_the_first_earned_then_the_first_made() -> None:
    draft = drafted()
    for amount, new in ((1, lot(None)), (2, lot(9)), (4, lot(3)), (8, lot(9, earned=-1)), (16, lot(9))):
        earn(draft, amount, new)
    assert left(draft) == [(2, 4), (3, 8), (1, 2), (4, 16), (0, 1)]
    draft.move(MINE, used(), 13, "spend")
    assert left(draft) == [(1, 1), (4, 16), (0, 1)]
    assert [(change.position, change.key.position, change.amount) for change in draft.lot_changes] == [(5, 1, -1), (5, 2, -4), (5, 3, -8)]
    assert draft.balance(MINE) == draft.usable(MINE) == 18


def test_lots_that_are_alike_are_ordered_by_their_keys_however_they_were_read() -> None:
    shelf = Shelf()
    for key in (LotKey(3, 1), LotKey(2, 5), LotKey(3, 0)):
        shelf.put(OpenLot(key, NOON, NOON, None, 4, 4))
    newer = {key: OpenLot(key, NOON, NOON, None, 4, left) for key, left in ((LotKey(2, 9), 4), (LotKey(2, 5), 0), (LotKey(1, 0), 4))}
    assert [one.key for one in shelf.open_lots({})] == [(2, 5), (3, 0), (3, 1)]
    assert [one.key for one in shelf.open_lots(newer)] == [(1, 0), (2, 9), (3, 0), (3, 1)]
    shelf.put(newer[LotKey(1, 0)])
    assert [one.key for one in shelf.open_lots({})] == [(1, 0), (2, 5), (3, 0), (3, 1)]


@pytest.mark.parametrize(
    ("new", "is_usable"),
    [
        (Lot(NOON, NOON, None), True),
        (Lot(NOON, NOON + TICK, None), False),
        (Lot(NOON, NOON, NOON + TICK), True),
        (Lot(NOON, NOON, NOON), False),
        (Lot(NOON, NOON + TICK, NOON), False),
    ],
)
def test_lot_is_usable_from_an_instant_until_before_another(new: Lot, is_usable: bool) -> None:
    draft = drafted()
    earn(draft, 5, new)
    assert draft.usable(MINE) == (5 if is_usable else 0)
    assert draft.balance(MINE) == 5
    if is_usable:
        draft.move(MINE, used(), 5, "spend")
    else:
        with pytest.raises(InsufficientBalance) as refusal:
            draft.move(MINE, used(), 1, "spend")
        assert refusal.value.fields == {"available": 0, "needed": 1, "purse": "points"}


def test_move_takes_pending_ones_after_the_usable_where_it_is_asked_to() -> None:
    draft = drafted()
    earn(draft, 1, lot(2, usable=1))
    earn(draft, 2, lot(9))
    earn(draft, 4, lot(1, usable=0.5))
    earn(draft, 8, lot(-1, usable=1))  # expired while pending
    draft.move(MINE, used(), 3, "spend", takes_pending=True)
    assert left(draft) == [(3, 8), (2, 3), (0, 1)]
    with pytest.raises(InsufficientBalance) as refusal:
        draft.move(MINE, used(), 5, "spend", takes_pending=True)
    assert refusal.value.fields["available"] == 4
    draft.move(MINE, used(), 4, "spend", takes_pending=True)
    assert left(draft) == [(3, 8)]


@pytest.mark.parametrize("new", [lot(9), lot(9, usable=1), lot(-1)], ids=["usable", "pending", "expired"])
def test_move_from_one_lot_takes_it_whatever_its_times_and_no_other(new: Lot) -> None:
    draft = drafted(whole=())  # made in this draft: none needs to be loaded
    earn(draft, 100, lot(1))
    key = earn(draft, 5, new)
    draft.move(MINE, used(), 3, "correct", from_lot=key)
    with pytest.raises(InsufficientBalance) as refusal:
        draft.move(MINE, used(), 3, "correct", from_lot=key)
    assert refusal.value.fields["available"] == 2
    draft.move(MINE, used(), 2, "correct", from_lot=key)
    assert [(change.key, change.amount) for change in draft.lot_changes] == [(key, -3), (key, -2)]


def test_move_from_a_lot_that_is_not_there_finds_nothing() -> None:
    draft = drafted(whole=(MINE, THEIRS))
    theirs = earn(draft, 5, lot(), to=THEIRS)
    for key in (theirs, LotKey(1, 0)):
        with pytest.raises(InsufficientBalance) as refusal:
            draft.move(MINE, used(), 1, "correct", from_lot=key)
        assert refusal.value.fields["available"] == 0


def test_lots_that_were_not_named_are_a_mistake() -> None:
    draft = drafted(whole=())
    earn(draft, 5, lot())
    for mistake in (
        lambda: draft.move(MINE, used(), 1, "spend"),
        lambda: draft.move(MINE, used(), 1, "correct", from_lot=LotKey(1, 0)),
        lambda: draft.lots(MINE),
        lambda: draft.usable(MINE),
        lambda: draft.expire(MINE, gone()),
    ):
        with pytest.raises(LookupError, match=r"the lots of .* aren't in needs"):
            mistake()


@pytest.mark.parametrize(
    "mistake",
    [
        lambda draft: draft.move(made(), MINE, 1, "earn"),
        lambda draft: draft.move(made(), purse(1, asset="point"), 1, "earn", lot=lot()),
        lambda draft: draft.move(made(), used(), 1, "earn", takes_pending=True),
        lambda draft: draft.move(made(), used(), 1, "earn", from_lot=LotKey(7, 0)),
        lambda draft: draft.move(made(), MINE, 1, "earn", lot=lot(), takes_pending=True),
        lambda draft: draft.move(MINE, used(), -1, "spend"),
        lambda draft: draft.move(MINE, used(), True, "spend"),
        lambda draft: draft.expire(MINE, THEIRS),
        lambda draft: Lot(NOON.replace(tzinfo=None), NOON, None),
        lambda draft: Lot(NOON, NOON.replace(tzinfo=None), None),
        lambda draft: Lot(NOON, NOON, NOON.replace(tzinfo=None)),
    ],
)
def test_lots_where_none_belong_are_a_mistake(mistake: Any) -> None:
    draft = drafted(whole=(MINE, THEIRS))
    earn(draft, 5, lot(-1))
    earn(draft, 5, lot())
    with pytest.raises(ValueError, match=r"lot|move"):
        mistake(draft)
    assert len(draft.postings) == 2
    assert draft.lot_changes == []


def test_move_between_purses_of_lots_takes_and_makes() -> None:
    draft = drafted(whole=(MINE, THEIRS))
    earn(draft, 5, lot(3))
    key = draft.move(MINE, THEIRS, 4, "gift", lot=lot(9))
    assert key == LotKey(7, 1)
    assert (left(draft), left(draft, THEIRS)) == ([(0, 1)], [(1, 4)])


def test_expire_moves_all_that_expired_in_one_posting() -> None:
    draft = drafted()
    for amount, new in ((1, lot(0)), (2, lot(TICK / DAY)), (4, lot(-3)), (8, lot(-1, usable=1)), (16, lot())):
        earn(draft, amount, new)
    assert draft.expire(MINE, gone()) == 13
    assert left(draft) == [(1, 2), (4, 16)]
    assert [(one.source, one.target, one.amount, one.kind) for one in draft.postings[5:]] == [(MINE, gone(), 13, "expiry")]
    assert [(change.key.position, change.amount) for change in draft.lot_changes] == [(0, -1), (2, -4), (3, -8)]
    assert draft.expire(MINE, gone()) == 0
    assert len(draft.postings) == 6


def test_dropped_draft_leaves_the_lots_as_they_were() -> None:
    first = drafted()
    key = earn(first, 5, lot())
    first.accept()
    dropped = drafted(view=first._view, entry=8)
    dropped.move(MINE, used(), 4, "spend")
    earn(dropped, 9, lot())
    later = drafted(view=first._view, entry=8)
    assert [(one.key, one.left) for one in later.lots(MINE)] == [(key, 5)]
    later.move(MINE, used(), 2, "spend")
    later.accept()
    assert [one.left for one in drafted(view=first._view, entry=9).lots(MINE)] == [3]


# In the database


def stored(database: Database) -> list[tuple[Any, ...]]:
    """Every lot: entry, position, amount and what is left."""
    with database.read.connect() as connection:
        lot = tables.lot.c
        return [tuple(row) for row in connection.execute(select(lot.sequence, lot.position, lot.amount, lot.left).order_by(lot.sequence))]


def changes(database: Database) -> list[tuple[Any, ...]]:
    """Every change of a lot: entry, position, the lot's entry, and how much."""
    change = tables.lot_change.c
    with database.read.connect() as connection:
        found = connection.execute(select(change.sequence, change.position, change.lot_sequence, change.amount))
        return sorted(tuple(row) for row in found)


def findings(database: Database) -> list[str]:
    """What a verification finds."""
    with database.read.connect() as connection:
        return [str(finding) for finding in verify(connection).findings]


def refusal(outcome: Any) -> InsufficientBalance:
    """The refusal that an outcome is."""
    assert isinstance(outcome, InsufficientBalance)
    return outcome


@pytest.mark.parametrize("is_batched", [True, False])
def test_lots_are_written_as_the_batch_leaves_them(toys: Database, is_batched: bool) -> None:
    decisions = [Earn(1, 10, expires=9), Earn(1, 5, expires=3), Spend(1, 7), Earn(2, 1), Spend(1, 2)]
    outcomes: list[Any] = []
    for batch in [decisions] if is_batched else [[one] for one in decisions]:
        outcomes += run(toys, *batch)
    assert [outcome.answer.left for outcome in outcomes] == [10, 15, 8, 1, 6]
    assert stored(toys) == [(1, 0, 10, 6), (2, 0, 5, 0), (4, 0, 1, 1)]
    assert changes(toys) == [(3, 0, 1, -2), (3, 0, 2, -5), (5, 0, 1, -2)]
    assert findings(toys) == []


def test_earning_loads_no_lots(toys: Database) -> None:
    run(toys, Earn(1, 10))
    statements: list[str] = []
    event.listen(toys.write, "before_cursor_execute", lambda c, cursor, statement, *rest: statements.append(statement))
    run(toys, Earn(1, 5), Earn(2, 5))
    assert [one for one in statements if "lot AS t" in one] == []
    run(toys, Spend(1, 12), Spend(2, 5))
    assert len([one for one in statements if "lot AS t" in one and "SELECT n." in one]) == 1


def test_number_of_statements_does_not_grow_with_lots_and_spenders(toys: Database) -> None:
    counts, statements = [], []
    event.listen(toys.write, "before_cursor_execute", lambda c, cursor, statement, *rest: statements.append(statement))
    for size in (2, 14):
        run(toys, *(Earn(number, 5, expires=days) for number in range(size) for days in range(1, 4)))
        statements.clear()
        assert {type(one) for one in run(toys, *(Spend(number, 12) for number in range(size)))} == {Posted}
        counts.append(len(statements))
    assert counts[1] <= counts[0]


def test_refused_spending_leaves_nothing(toys: Database) -> None:
    [_, refused, spent] = run(toys, Earn(1, 10), Spend(1, 11), Spend(1, 10))
    assert refusal(refused).fields["available"] == 10
    assert isinstance(spent, Posted)
    assert changes(toys) == [(2, 0, 1, -10)]
    assert stored(toys) == [(1, 0, 10, 0)]
    [again] = run(toys, Spend(1, 1, from_lot=(1, 0)))
    assert refusal(again).fields["available"] == 0


def test_pending_lot_becomes_usable_and_then_expires(toys: Database) -> None:
    run(toys, Earn(1, 10, usable=1, expires=3))
    for at, available in ((0, 0), (1 - 1e-9, 0), (1, 10), (3 - 1e-9, 10), (3, 0)):
        [outcome] = run(toys, Spend(1, 11), now=NOON + at * DAY)
        assert refusal(outcome).fields["available"] == available, at
    assert run(toys, Expire(1), now=NOON + 3 * DAY)[0].answer.left == 10
    assert stored(toys) == [(1, 0, 10, 0)]
    assert findings(toys) == []


def test_spending_of_one_member_does_not_see_anothers_lots(toys: Database) -> None:
    run(toys, Earn(1, 10), Earn(2, 3), Earn(1, 5, book="joys"))
    outcomes = run(toys, Spend(2, 4), Spend(1, 6, book="joys"), Spend(2, 1, from_lot=(1, 0)), Spend(1, 10))
    assert [type(one) for one in outcomes] == [InsufficientBalance, InsufficientBalance, InsufficientBalance, Posted]


def test_database_keeps_what_is_left_between_nothing_and_the_amount(toys: Database) -> None:
    run(toys, Earn(1, 10))
    for wrong in (-1, 11):
        with pytest.raises(IntegrityError), toys.write.begin() as connection:
            connection.execute(tables.lot.update().values(left=wrong))


def test_purse_of_lots_is_never_below_zero_in_the_database_too(toys: Database) -> None:
    run(toys, Earn(1, 10))
    with pytest.raises(IntegrityError), toys.write.begin() as connection:
        connection.execute(tables.account.update().where(tables.account.c.id == MINE.id).values(balance=-1))


# Read


def test_reader_lists_lots_newest_first_and_open_ones_first_to_expire_first(toys: Database) -> None:
    run(toys, Earn(1, 1, expires=9), Earn(1, 2, expires=1), Earn(2, 4), Earn(1, 8, expires=5), Spend(1, 2))
    run(toys, SetAside(1, of=1, amount=8))
    with toys.read.connect() as connection:
        whole = lots(connection, MINE, limit=10)
        assert [(one.key, one.amount, one.left) for one in whole] == [((4, 0), 8, 0), ((2, 0), 2, 0), ((1, 0), 1, 1)]
        assert whole[2].expires_at == NOON + 9 * DAY
        assert whole[2].earned_at == whole[2].usable_from == NOON
        paged = lots(connection, MINE, limit=2)
        assert paged + lots(connection, MINE, limit=2, before=paged[-1].key) == whole
        found = open_lots(connection, [MINE, THEIRS, points(9)])
    assert {account: [one.amount for one in kept] for account, kept in found.items()} == {MINE: [1], THEIRS: [4], points(9): []}


def test_reader_pages_lots_made_by_one_entry(toys: Database) -> None:
    def earns(draft: Draft) -> Answer:
        for amount in (1, 2, 3):
            earn(draft, amount, lot())
        return Answer(draft.entry, 0)

    run(toys, Does(earns, needed=lambda: Needs([made(), MINE])))
    with toys.read.connect() as connection:
        paged = lots(connection, MINE, limit=2)
        assert [one.amount for one in paged] == [3, 2]
        assert [one.amount for one in lots(connection, MINE, limit=2, before=paged[-1].key)] == [1]


def test_reader_tells_owners_of_lots_that_are_due(toys: Database) -> None:
    run(toys, Earn(1, 1, expires=1), Earn(1, 1, expires=1), Earn(2, 2, expires=2), Earn(3, 4), Earn(4, 1, expires=1, book="joys"))
    run(toys, Earn(5, 5, expires=1), Spend(5, 5))
    with toys.read.connect() as connection:
        assert due_lots(connection, BOOK, NOON + DAY - TICK, limit=9) == []
        assert due_lots(connection, BOOK, NOON + DAY, limit=9) == [member(1)]
        assert due_lots(connection, BOOK, NOON + 2 * DAY, limit=9) == [member(1), member(2)]
        assert due_lots(connection, BOOK, NOON + 2 * DAY, limit=1) == [member(1)]
        assert due_lots(connection, BOOK, NOON + 2 * DAY, limit=9, after=member(1)) == [member(2)]
    run(toys, Expire(1), now=NOON + DAY)
    with toys.read.connect() as connection:
        assert due_lots(connection, BOOK, NOON + 2 * DAY, limit=9) == [member(2)]
