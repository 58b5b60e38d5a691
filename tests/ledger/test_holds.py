"""Holds in memory: set aside from all or none, settled once."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from laurels.core.errors import Missing
from laurels.ledger import (
    Account,
    Draft,
    Hold,
    HoldResolved,
    InsufficientBalance,
    LimitReached,
    Lot,
    LotKey,
    Settled,
    State,
    Take,
    View,
    held_of,
    meter,
)
from laurels.ledger.sheet import always_needed
from ledger.parcels import DAY, chats, gone, made, points, stock, used
from ledger.toy import BOOK, NOON

HOLD, OTHER = UUID(int=1), UUID(int=2)
MINE, PLACE, STOCK = points(1), chats(1), stock()
USED, SOLD = used(), used(asset="piece")
LATER = NOON + DAY
TICK = timedelta(microseconds=1)


def drafted(*amounts: tuple[int, int | None], pieces: int = 10, at: Any = NOON) -> Draft:
    """A draft in which member 1 has lots (amount, days until they expire), the stock some pieces, and nothing is held."""
    view = View()
    known = (MINE, held_of(MINE), STOCK, held_of(STOCK), PLACE, USED, SOLD, made(), made(asset="piece"), gone(), *always_needed(BOOK))
    for account in known:
        view.accounts[account.id] = State(account)
    view.whole.add(MINE.id)
    view.holds[BOOK, OTHER] = None
    filling = Draft(view, book=BOOK, entry=6, at=NOON)
    for amount, days in amounts:
        filling.move(made(), MINE, amount, "earn", lot=Lot(NOON, NOON, None if days is None else NOON + days * DAY))
    filling.move(made(asset="piece"), STOCK, pieces, "stock")
    filling.accept()
    return Draft(view, book=BOOK, entry=7, at=at)


def moved(draft: Draft) -> list[tuple[str, str, int, str]]:
    """The postings, by the accounts' purposes."""
    return [(one.source.purpose, one.target.purpose, one.amount, one.kind) for one in draft.postings]


def left(draft: Draft) -> list[int]:
    """What is left of the open lots."""
    return [lot.left for lot in draft.lots(MINE)]


def test_held_of_is_a_plain_purse_of_the_same_owner() -> None:
    held = held_of(MINE)
    assert str(held) == f"{MINE}/held"
    assert held_of(Account("b", "a", "o", "p", "w")) == Account("b", "a", "o", "p/held", "w")


def test_hold_takes_from_purses_lots_and_meters() -> None:
    draft = drafted((4, 9), (3, 1))
    draft.hold(HOLD, LATER, Take(STOCK, 2, SOLD), Take(PLACE, 1, limit=2), Take(MINE, 5, USED))
    assert moved(draft) == [("stock", "stock/held", 2, "hold"), ("counted", "chats", 1, "hold"), ("points", "points/held", 5, "hold")]
    assert (left(draft), draft.balance(held_of(MINE)), draft.usable(MINE)) == ([2], 5, 2)
    assert draft.find_hold(HOLD) == Hold(HOLD, LATER, is_open=True, captured=None)


@pytest.mark.parametrize(
    ("takes", "refusal"),
    [
        ([Take(STOCK, 11, SOLD)], InsufficientBalance(available=10, needed=11, purse="stock")),
        ([Take(STOCK, 6, SOLD), Take(STOCK, 6, SOLD)], InsufficientBalance(available=4, needed=6, purse="stock")),
        ([Take(STOCK, 1, SOLD), Take(MINE, 8, USED)], InsufficientBalance(available=7, needed=8, purse="points")),
        ([Take(MINE, 5, USED), Take(MINE, 5, USED)], InsufficientBalance(available=2, needed=5, purse="points")),
        (
            [Take(MINE, 7, USED), Take(STOCK, 1, SOLD), Take(PLACE, 3, limit=2, resets_at="soon")],
            LimitReached(meter="chats", limit=2, used=0, resets_at="soon"),
        ),
    ],
)
def test_hold_that_is_refused_leaves_the_draft_as_it_was(takes: list[Take], refusal: Exception) -> None:
    """So that another payer can be tried, in the same decision."""
    draft = drafted((4, 9), (3, 1))
    draft.move(MINE, USED, 0, "spend")
    draft.hold(OTHER, LATER, Take(STOCK, 0, SOLD))
    with pytest.raises(type(refusal)) as refused:
        draft.hold(HOLD, LATER, *takes)
    assert refused.value == refusal
    assert (draft.postings, draft.lot_changes, left(draft)) == ([], [], [3, 4])
    assert [draft.balance(one) for one in (MINE, STOCK, PLACE, held_of(MINE), held_of(STOCK))] == [7, 10, 0, 0, 0]
    assert draft.accept() == set()
    draft.hold(HOLD, LATER, Take(MINE, 7, USED), Take(STOCK, 10, SOLD), Take(PLACE, 2, limit=2))
    assert left(draft) == []


def test_refused_hold_keeps_what_was_done_before_it() -> None:
    draft = drafted((4, 9), (3, 1))
    key = draft.move(made(), MINE, 2, "earn", lot=Lot(NOON, NOON, None))
    draft.move(MINE, USED, 1, "spend")
    with pytest.raises(InsufficientBalance):
        draft.hold(HOLD, LATER, Take(MINE, 3, USED), Take(MINE, 6, USED))
    assert moved(draft) == [("made", "points", 2, "earn"), ("points", "used", 1, "spend")]
    assert (left(draft), [lot.key for _, lot in draft.made_lots], len(draft.lot_changes)) == ([2, 4, 2], [key], 1)


def test_hold_of_nothing_is_there_and_holds_nothing() -> None:
    draft = drafted()
    draft.hold(HOLD, LATER, Take(MINE, 0, USED), Take(PLACE, 0, limit=0))
    assert draft.postings == []
    assert draft.settle(HOLD) == Settled(0, 0)


@pytest.mark.parametrize(
    "take",
    [
        Take(STOCK, 1),
        Take(MINE, 1),
        Take(PLACE, 1, SOLD),
        Take(PLACE, -1),
        Take(STOCK, -1, SOLD),
        Take(STOCK, 1, USED),
        Take(STOCK, 1, used("joys", "piece")),
        Take(MINE, 1, points(2)),
        Take(SOLD, 1, made(asset="piece")),
        Take(STOCK, 1, SOLD, limit=5),
    ],
)
def test_take_that_makes_no_sense_is_a_mistake(take: Take) -> None:
    draft = drafted((4, 9))
    with pytest.raises(ValueError, match=r"can't be held|can't move"):
        draft.hold(HOLD, LATER, Take(STOCK, 1, SOLD), take)
    assert draft.postings == []


def test_hold_needs_an_id_of_its_own_and_a_time_with_a_zone() -> None:
    draft = drafted()
    with pytest.raises(ValueError, match="zone"):
        draft.hold(HOLD, NOON.replace(tzinfo=None))
    draft.hold(HOLD, LATER)
    with pytest.raises(ValueError, match="there already"):
        draft.hold(HOLD, LATER)
    draft.accept()
    with pytest.raises(ValueError, match="there already"):
        Draft(draft._view, book=BOOK, entry=8, at=NOON).hold(HOLD, LATER)


def test_hold_names_the_account_that_was_not_loaded() -> None:
    draft = drafted((4, 9))
    for take in (Take(points(2), 1, USED), Take(MINE, 1, used(asset="point", book=BOOK)), Take(meter(BOOK, "member/2", "chats"), 1)):
        if take.to is USED or take.to is None:
            with pytest.raises(LookupError, match=r"in needs\(\)"):
                draft.hold(HOLD, LATER, take)
    other = Account(BOOK, "point", "system", "elsewhere")
    with pytest.raises(LookupError, match=r"elsewhere isn't in needs\(\)"):
        draft.hold(HOLD, LATER, Take(MINE, 1, other))
    assert (draft.postings, left(draft)) == ([], [4])


@pytest.mark.parametrize(
    ("captures", "settled", "postings", "lots"),
    [
        (None, Settled(6, 0), [("points/held", "used", 6, "capture")], [1]),
        (6, Settled(6, 0), [("points/held", "used", 6, "capture")], [1]),
        (4, Settled(4, 2), [("points/held", "used", 4, "capture"), ("points/held", "points", 2, "release")], [3]),
        (1, Settled(1, 5), [("points/held", "used", 1, "capture"), ("points/held", "points", 5, "release")], [2, 4]),
        (0, Settled(0, 6), [("points/held", "points", 6, "release")], [3, 4]),
    ],
)
def test_settling_captures_the_parts_that_expire_first(captures: int | None, settled: Settled, postings: Any, lots: list[int]) -> None:
    draft = drafted((4, 9), (3, 1))
    draft.hold(HOLD, LATER, Take(MINE, 6, USED))
    assert draft.settle(HOLD, captures) == settled
    assert moved(draft)[1:] == postings
    assert left(draft) == lots
    assert draft.balance(held_of(MINE)) == 0
    assert draft.find_hold(HOLD) == Hold(HOLD, LATER, is_open=False, captured=settled.captured)


def test_settling_captures_up_to_so_much_of_each_take_and_gives_back_what_was_lent() -> None:
    draft = drafted((4, 9))
    lent = Take(STOCK, 7, is_lent=True)
    draft.hold(HOLD, LATER, Take(STOCK, 1, SOLD), Take(PLACE, 3), Take(MINE, 4, USED), lent, Take(PLACE, 1, is_lent=True))
    assert draft.settle(HOLD, 2, kind="sale") == Settled(2, 2)
    assert moved(draft)[5:] == [
        ("stock/held", "used", 1, "sale"),
        ("chats", "counted", 1, "release"),
        ("points/held", "used", 2, "sale"),
        ("points/held", "points", 2, "release"),
        ("stock/held", "stock", 7, "release"),
        ("chats", "counted", 1, "release"),
    ]
    assert (draft.balance(PLACE), draft.balance(STOCK)) == (2, 9)


def test_lent_takes_alone_capture_nothing() -> None:
    draft = drafted()
    draft.hold(HOLD, LATER, Take(PLACE, 1, is_lent=True))
    with pytest.raises(ValueError, match="1 of a hold of 0"):
        draft.settle(HOLD, 1)
    assert draft.settle(HOLD) == Settled(0, 0)
    assert draft.balance(PLACE) == 0


@pytest.mark.parametrize("wrong", [-1, 7])
def test_settling_for_less_than_nothing_or_more_than_is_held_is_a_mistake(wrong: int) -> None:
    draft = drafted((6, 9))
    draft.hold(HOLD, LATER, Take(STOCK, 1, SOLD), Take(MINE, 6, USED), Take(PLACE, 9, is_lent=True))
    with pytest.raises(ValueError, match=f"{wrong} of a hold of 6"):
        draft.settle(HOLD, wrong)
    assert draft.settle(HOLD, 6) == Settled(6, 0)


def test_hold_is_settled_once() -> None:
    draft = drafted((6, 9))
    draft.hold(HOLD, LATER, Take(MINE, 6, USED))
    draft.settle(HOLD, 0)
    before = list(draft.postings)
    with pytest.raises(HoldResolved):
        draft.settle(HOLD, 0)
    draft.accept()
    again = Draft(draft._view, book=BOOK, entry=8, at=NOON)
    with pytest.raises(HoldResolved):
        again.settle(HOLD)
    assert (draft.postings, again.postings) == (before, [])


def test_hold_that_is_not_there_or_was_not_named() -> None:
    draft = drafted()
    assert draft.find_hold(OTHER) is None
    with pytest.raises(Missing) as refusal:
        draft.settle(OTHER)
    assert refusal.value.fields == {"what": "hold"}
    for mistake in (lambda: draft.find_hold(HOLD), lambda: draft.settle(HOLD)):
        with pytest.raises(LookupError, match="isn't in needs"):
            mistake()


def settled_late(grace: timedelta | None, *, captures: int = 0, after: timedelta = 2 * DAY) -> Draft:
    """Six held of lots of 3 (a day), 2 (two days) and 4 (nine); settled later."""
    placing = drafted((4, 9), (3, 1), (2, 2))
    placing.hold(HOLD, LATER, Take(MINE, 6, USED))
    placing.accept()
    draft = Draft(placing._view, book=BOOK, entry=8, at=NOON + after)
    draft.settle(HOLD, captures, grace=grace)
    return draft


def test_each_take_gives_back_what_it_took_itself() -> None:
    """Not what was spent before it in the same decision, nor what another take of the same purse took."""
    draft = drafted((4, 9), (3, 1))
    draft.move(MINE, USED, 2, "spend")
    draft.hold(HOLD, LATER, Take(MINE, 2, USED), Take(MINE, 3, USED))
    draft.settle(HOLD, 1)
    assert moved(draft)[3:] == [
        ("points/held", "used", 1, "capture"),
        ("points/held", "points", 1, "release"),
        ("points/held", "used", 1, "capture"),
        ("points/held", "points", 2, "release"),
    ]
    assert left(draft) == [3]
    assert draft.balance(MINE) == 3


def test_what_comes_back_to_an_expired_lot_expires_next() -> None:
    draft = settled_late(None)
    assert left(draft) == [3, 2, 4]
    assert draft.usable(MINE) == 4
    assert draft.expire(MINE, gone()) == 5


def test_what_comes_back_to_an_expired_lot_lives_on_for_the_grace() -> None:
    draft = settled_late(timedelta(days=3))
    assert moved(draft) == [
        ("points/held", "points", 3, "release"),
        ("points/held", "points", 2, "release"),
        ("points/held", "points", 1, "release"),
    ]
    fresh = [lot for _, lot in draft.made_lots]
    assert [(lot.key, lot.earned_at, lot.usable_from, lot.expires_at, lot.left) for lot in fresh] == [
        (LotKey(8, 0), NOON, NOON + 2 * DAY, NOON + 5 * DAY, 3),
        (LotKey(8, 1), NOON, NOON + 2 * DAY, NOON + 5 * DAY, 2),
    ]
    assert (left(draft), draft.usable(MINE)) == ([3, 2, 4], 9)
    assert draft.expire(MINE, gone()) == 0


def test_grace_is_only_for_what_expired_and_was_not_captured() -> None:
    draft = settled_late(timedelta(days=3), captures=4)
    assert moved(draft) == [
        ("points/held", "used", 4, "capture"),
        ("points/held", "points", 1, "release"),
        ("points/held", "points", 1, "release"),
    ]
    assert [lot.amount for _, lot in draft.made_lots] == [1]
    before = settled_late(timedelta(days=3), after=DAY - TICK)
    assert before.made_lots == []
    assert left(before) == [3, 2, 4]


def test_expiry_does_not_reach_what_is_held() -> None:
    placing = drafted((3, 1), (4, 9))
    placing.hold(HOLD, LATER, Take(MINE, 2, USED))
    placing.accept()
    draft = Draft(placing._view, book=BOOK, entry=8, at=NOON + 5 * DAY)
    assert draft.expire(MINE, gone()) == 1
    assert draft.settle(HOLD) == Settled(2, 0)
    assert (draft.balance(USED), draft.balance(gone()), draft.balance(MINE)) == (2, 1, 4)


def test_dropped_settlement_leaves_the_hold_open() -> None:
    placing = drafted((3, 1))
    placing.hold(HOLD, LATER, Take(MINE, 2, USED))
    placing.accept()
    Draft(placing._view, book=BOOK, entry=8, at=NOON).settle(HOLD)
    later = Draft(placing._view, book=BOOK, entry=8, at=NOON)
    assert later.find_hold(HOLD) == Hold(HOLD, LATER, is_open=True, captured=None)
    assert later.settle(HOLD, 0) == Settled(0, 2)
