"""What a decision may do, with no database."""

from datetime import datetime
from uuid import UUID

import pytest

from laurels.core.errors import Missing
from laurels.ledger import MAX_AMOUNT, AlreadyReversed, Draft, InsufficientBalance, LimitReached, State, View
from laurels.ledger.sheet import MAX_POSTINGS, always_needed
from ledger.toy import BOOK, NOON, Gave, Note, issued, purse, sent

NOTE = UUID(int=1)
MINE, THEIRS, METER = purse(1), purse(2), sent(1, "2026-11")


def drafted(balance: int = 10, *, at: datetime = NOON) -> Draft:
    """A draft in which member 1 holds a balance, and whose note is loaded."""
    view = View()
    for account in (issued(), THEIRS, METER, *always_needed(BOOK)):
        view.accounts[account.id] = State(account)
    view.accounts[MINE.id] = State(MINE, balance, "2026-10", is_new=False)
    view.rows[Note, NOTE] = Note(NOTE, 1, 5, "thanks", 0, False, NOON)
    view.rows[Note, UUID(int=2)] = None
    view.reversed.add((BOOK, 3))
    return Draft(view, book=BOOK, entry=7, at=at)


def test_move_takes_from_one_and_gives_to_the_other() -> None:
    draft = drafted(10)
    draft.move(MINE, THEIRS, 4, "gift", window="2026-11")
    assert (draft.balance(MINE), draft.balance(THEIRS)) == (6, 4)
    [posting] = draft.postings
    assert (posting.source, posting.target, posting.amount, posting.kind, posting.window) == (MINE, THEIRS, 4, "gift", "2026-11")
    assert (posting.source_balance, posting.target_balance) == (6, 4)


def test_move_of_nothing_makes_no_posting() -> None:
    draft = drafted()
    draft.move(MINE, THEIRS, 0, "gift")
    assert draft.postings == []


def test_move_of_more_than_a_purse_holds_is_refused() -> None:
    draft = drafted(3)
    with pytest.raises(InsufficientBalance) as refusal:
        draft.move(MINE, THEIRS, 4, "gift")
    assert refusal.value.fields == {"available": 3, "needed": 4, "purse": "purse"}
    assert draft.postings == []
    assert draft.balance(MINE) == 3


def test_move_from_a_system_account_may_go_below_zero() -> None:
    draft = drafted()
    draft.move(issued(), MINE, 5, "grant")
    assert draft.balance(issued()) == -5


@pytest.mark.parametrize("amount", [-1, MAX_AMOUNT + 1, 1.5, 2.0, True])
def test_move_takes_whole_positive_amounts_only(amount: int) -> None:
    """`True` and `2.0` compare as numbers, and SQLite would store them."""
    with pytest.raises(ValueError, match="can't move"):
        drafted().move(issued(), MINE, amount, "grant")


def test_move_stays_within_one_asset_two_accounts_and_its_book() -> None:
    draft = drafted()
    with pytest.raises(ValueError, match="can't move"):
        draft.move(MINE, METER, 1, "gift")
    with pytest.raises(ValueError, match="can't move"):
        draft.move(MINE, MINE, 1, "gift")
    with pytest.raises(ValueError, match="isn't of the book"):
        draft.move(MINE, purse(2, "other"), 1, "gift")


def test_move_keeps_every_balance_exact() -> None:
    draft = drafted(0)
    draft.move(issued(), MINE, MAX_AMOUNT, "grant")
    with pytest.raises(ValueError, match="would pass"):
        draft.move(issued(), THEIRS, 1, "grant")


def test_postings_of_one_entry_are_bounded() -> None:
    draft = drafted(MAX_POSTINGS + 1)
    for _ in range(MAX_POSTINGS):
        draft.move(MINE, THEIRS, 1, "gift")
    with pytest.raises(ValueError, match="more than"):
        draft.move(MINE, THEIRS, 1, "gift")


def test_count_stops_at_the_limit() -> None:
    draft = drafted()
    draft.count(METER, 7, "sent", limit=7)
    assert draft.room(METER, 9) == 2
    assert draft.room(METER, 5) == 0
    with pytest.raises(LimitReached) as refusal:
        draft.count(METER, 1, "sent", limit=7, resets_at="soon")
    assert refusal.value.fields == {"meter": "sent", "limit": 7, "used": 7, "left": 0, "resets_at": "soon"}
    assert draft.balance(METER) == 7


def test_count_without_a_limit_and_back() -> None:
    draft = drafted()
    draft.count(METER, 7, "sent")
    draft.count(METER, -3, "back", limit=1)
    assert draft.balance(METER) == 4
    assert draft.balance(always_needed(BOOK)[0]) == -4
    with pytest.raises(InsufficientBalance):
        draft.count(METER, -5, "back")


def test_turn_is_seen_and_remembered() -> None:
    draft = drafted()
    assert draft.window(MINE) == "2026-10"
    draft.turn(MINE, "2026-11")
    assert draft.window(MINE) == "2026-11"
    assert draft.turns == {MINE.id: "2026-11"}


def test_what_needs_did_not_name_is_a_mistake() -> None:
    draft = drafted()
    for act in (lambda: draft.balance(purse(9)), lambda: draft.turn(purse(9), "2026-11"), lambda: draft.find(Note, UUID(int=9))):
        with pytest.raises(LookupError, match="isn't in needs"):
            act()


def test_rows_are_found_recorded_and_changed() -> None:
    draft = drafted()
    assert draft.row(Note, NOTE).words == "thanks"
    assert draft.find(Note, UUID(int=2)) is None
    with pytest.raises(Missing):
        draft.row(Note, UUID(int=2))
    changed = draft.change(draft.row(Note, NOTE), weight=6)
    assert draft.change(changed, replies=1) == draft.row(Note, NOTE)
    assert draft.changed_rows == {(Note, NOTE): (draft.row(Note, NOTE), {"weight", "replies"})}
    assert isinstance(draft.changed_rows[Note, NOTE][1], frozenset), "a batch groups rows by it"
    fresh = Note(UUID(int=3), 7, 1, "new", 0, False, NOON)
    draft.record(fresh)
    draft.change(fresh, words="newer")
    assert draft.row(Note, fresh.id).words == "newer"
    assert set(draft.new_rows) == {(Note, fresh.id)}
    assert (Note, fresh.id) not in draft.changed_rows


@pytest.mark.parametrize("key", [NOTE, UUID(int=4)])
def test_row_is_recorded_once(key: UUID) -> None:
    """A second row of the same key replaced the first where both were of one batch."""
    draft = drafted()
    again = Note(key, 7, 1, "again", 0, False, NOON)
    if key != NOTE:
        draft.record(again)
    with pytest.raises(ValueError, match="there already"):
        draft.record(again)


def test_reversal_happens_once() -> None:
    draft = drafted()
    with pytest.raises(AlreadyReversed):
        draft.reverse(3)
    draft.reverse(2)
    assert draft.reverses == 2


@pytest.mark.parametrize("entry", [0, -1, 7, 8])
def test_only_an_entry_before_is_reversed(entry: int) -> None:
    """An entry that reversed itself, or one yet to come, was written, and found by `verify` only."""
    with pytest.raises(ValueError, match="isn't before entry 7"):
        drafted().reverse(entry)


def test_accepted_draft_becomes_the_view() -> None:
    draft = drafted()
    draft.move(MINE, THEIRS, 4, "gift")
    draft.turn(MINE, "2026-11")
    draft.change(draft.row(Note, NOTE), weight=9)
    draft.reverse(2)
    draft.announce(Gave(NOTE, 4))
    assert draft.accept() == {MINE.id, THEIRS.id}
    assert draft.facts == [Gave(NOTE, 4)]
    after = Draft(draft._view, book=BOOK, entry=8, at=NOON)
    assert (after.balance(MINE), after.balance(THEIRS), after.window(MINE)) == (6, 4, "2026-11")
    assert after.row(Note, NOTE).weight == 9
    with pytest.raises(AlreadyReversed):
        after.reverse(2)


def test_dropped_draft_leaves_nothing() -> None:
    draft = drafted()
    draft.move(MINE, THEIRS, 4, "gift")
    draft.turn(MINE, "2026-11")
    draft.change(draft.row(Note, NOTE), weight=9)
    after = Draft(draft._view, book=BOOK, entry=7, at=NOON)
    assert (after.balance(MINE), after.balance(THEIRS), after.window(MINE)) == (10, 0, "2026-10")
    assert after.row(Note, NOTE).weight == 5
