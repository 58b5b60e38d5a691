"""One batch, one transaction: what is decided, what is remembered, what is written."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.exc import IntegrityError

from laurels.core.database import Database
from laurels.core.errors import DomainError
from laurels.ledger import AlreadyRecorded, AlreadyReversed, BusinessKey, Draft, InsufficientBalance, KeyReused, LimitReached, Needs, tables
from laurels.ledger.batch import MIN_PIECE, Posted, Result, hold_book, run_batch, was_committed
from laurels.ledger.chain import GENESIS
from laurels.ledger.keys import REQUEST_KEY_LIFE
from laurels.ledger.outbox import Told
from laurels.ledger.reader import balances, verify
from ledger.toy import (
    BOOK,
    NOON,
    Answer,
    Answered,
    Busy,
    Disliked,
    Does,
    Give,
    Grant,
    TakeBack,
    fail,
    issued,
    member,
    note_table,
    proposed,
    purse,
    refuse,
    reply_table,
    request,
    run,
    sent,
)


def rows(database: Database, table: Any) -> list[Any]:
    """A table's rows, in the order of their keys."""
    with database.read.connect() as connection:
        return list(connection.execute(select(table).order_by(*table.primary_key.columns)))


def held(database: Database, *members: int) -> list[int]:
    """What members' purses hold."""
    with database.read.connect() as connection:
        found = balances(connection, [purse(one) for one in members])
    return [found[purse(one)] for one in members]


def gift(number: int = 1, **values: Any) -> Give:
    """Member 1 gives member 2 five credits."""
    return Give(**{"note": UUID(int=number), "giver": 1, "receiver": 2, "amount": 5, **values})


def refusal(outcome: Any) -> DomainError:
    """The refusal that an outcome is."""
    assert isinstance(outcome, DomainError)
    return outcome


# What is written


def test_accepted_decision_writes_entry_postings_accounts_rows_and_facts(toys: Database) -> None:
    [grant, given] = run(toys, Grant(to=1, amount=20), proposed(gift(filled=10, carry=15), actor="member/1"))
    assert (grant, given) == (Posted(Answer(1, 20), 1, False), Posted(Answer(2, 20, UUID(int=1)), 2, False))
    first, second = rows(toys, tables.entry)
    assert (first.name, first.actor, first.reference, first.turns, first.key) == ("toy_grant", "system", None, None, None)
    assert (second.name, second.actor, second.reference) == ("toy_give", "member/1", UUID(int=1))
    assert second.turns == f'{{"{purse(1).id}":"2026-11"}}'
    assert (second.occurred_at, second.recorded_at) == (NOON, NOON)
    names = ("sequence", "position", "kind", "amount", "source_balance", "target_balance")
    assert [tuple(getattr(row, name) for name in names) for row in rows(toys, tables.posting)] == [
        (1, 0, "grant", 20, -20, 20),
        (2, 0, "lapse", 5, 15, 5),
        (2, 1, "fill", 10, -30, 25),
        (2, 2, "sent", 5, -5, 5),
        (2, 3, "gift", 5, 20, 5),
    ]
    assert [tuple(row) for row in rows(toys, note_table)] == [(UUID(int=1), 2, 5, "thanks", 0, False, NOON)]
    told = [(row.sequence, row.position, row.name, row.payload) for row in rows(toys, tables.outbox)]
    assert told == [(2, 0, "toy.gave", f'{{"note":"{UUID(int=1)}","amount":5}}')]


def test_account_row_tells_its_name_owner_and_window(toys: Database) -> None:
    run(toys, gift(filled=10))
    named = {row.id: row for row in rows(toys, tables.account)}
    mine, counter, source = named[purse(1).id], named[sent(1, "2026-11").id], named[issued().id]
    assert (mine.owner, mine.owner_id, mine.turned_to, mine.nature, mine.balance) == (
        f"member/{member(1)}",
        member(1),
        "2026-11",
        "purse",
        5,
    )
    assert (counter.asset, counter.purpose, counter.window, counter.nature, counter.balance) == ("meter", "sent", "2026-11", "meter", 5)
    assert (source.owner, source.owner_id, source.nature, source.balance) == ("system", None, "system", -10)


def test_batches_of_a_book_are_numbered_and_chained(toys: Database) -> None:
    run(toys, Grant(1, 1), Grant(2, 1))
    run(toys, Grant(1, 1, book="joys"), Grant(1, 1), now=NOON + timedelta(seconds=1))
    links = [(row.book, row.first_sequence, row.last_sequence) for row in rows(toys, tables.chain)]
    assert links == [(1, 1, 2), (1, 3, 3), (2, 1, 1)]
    heads = {row.name: row for row in rows(toys, tables.book)}
    assert (heads[BOOK].sequence, heads["joys"].sequence) == (3, 1)
    assert heads[BOOK].hash == rows(toys, tables.chain)[1].hash != GENESIS


def test_recorded_time_never_goes_back_in_a_book(toys: Database) -> None:
    run(toys, Grant(1, 1), now=NOON)
    run(toys, Grant(1, 1), now=NOON - timedelta(hours=1))
    assert [row.recorded_at for row in rows(toys, tables.entry)] == [NOON, NOON]
    assert rows(toys, tables.book)[0].recorded_at == NOON


def test_later_decisions_of_a_batch_see_the_earlier(toys: Database) -> None:
    back = TakeBack(2, UUID(int=1), 1, 2, 5)
    outcomes = run(toys, Grant(1, 5), gift(1), gift(2), Answered(UUID(int=1), by=3), back, back)
    assert [type(outcome) for outcome in outcomes] == [Posted, Posted, InsufficientBalance, Posted, Posted, AlreadyReversed]
    assert held(toys, 1, 2) == [5, 0]
    assert [tuple(row)[3:6] for row in rows(toys, note_table)] == [("thanks", 1, True)]


def test_changed_row_keeps_the_columns_that_nobody_changed(toys: Database) -> None:
    """Two changes of one row in a batch, of different columns, beside a row with one of them."""
    run(toys, Grant(1, 20), gift(1), gift(2))
    with toys.write.begin() as connection:
        connection.execute(note_table.update().values(words="edited outside"))
    run(toys, Answered(UUID(int=1), by=3), TakeBack(2, UUID(int=1), 1, 2, 5), Answered(UUID(int=2), by=3), Answered(UUID(int=1), by=4))
    assert [tuple(row)[3:6] for row in rows(toys, note_table)] == [("edited outside", 2, True), ("edited outside", 1, False)]


def test_rows_that_refer_to_others_of_the_batch_are_written_after_them(toys: Database) -> None:
    """Replies to an old note were written first, and so those to a new note broke their foreign key."""
    run(toys, Grant(1, 20), gift(1))
    outcomes = run(toys, Answered(UUID(int=1), by=3), gift(2), Answered(UUID(int=2), by=3))
    assert [type(outcome) for outcome in outcomes] == [Posted] * 3
    assert len(rows(toys, reply_table)) == 2


def test_row_of_an_earlier_piece_can_still_be_changed(toys: Database) -> None:
    """A large batch is written in pieces: a change of a row already written is an update."""
    replies = [Answered(UUID(int=1), by=number) for number in range(4 * MIN_PIECE)]
    outcomes = run(toys, Grant(1, 5), gift(1), *replies)
    assert {type(outcome) for outcome in outcomes} == {Posted}
    assert rows(toys, note_table)[0].replies == 4 * MIN_PIECE
    assert len(rows(toys, reply_table)) == 4 * MIN_PIECE


def test_number_of_statements_does_not_grow_with_the_batch(toys: Database) -> None:
    counts = []
    statements: list[str] = []
    event.listen(toys.write, "before_cursor_execute", lambda c, cursor, statement, *rest: statements.append(statement))
    for round_, size in enumerate((2, (MIN_PIECE - 1) // 2)):
        gifts = [gift(1000 * round_ + number, giver=number, receiver=number + 1) for number in range(size)]
        decisions = [*(Grant(number, 100) for number in range(size)), *gifts]
        statements.clear()
        run(toys, *(proposed(one, request=request(f"{round_}/{place}")) for place, one in enumerate(decisions)))
        counts.append(len(statements))
    assert counts[1] <= counts[0]


def test_batch_of_refusals_writes_no_entry_and_no_link(toys: Database) -> None:
    [outcome] = run(toys, gift())
    assert refusal(outcome) == InsufficientBalance(available=0, needed=5, purse="purse")
    assert rows(toys, tables.entry) == rows(toys, tables.chain) == rows(toys, note_table) == rows(toys, tables.account) == []
    assert [(row.sequence, row.hash, row.recorded_at) for row in rows(toys, tables.book)] == [(0, GENESIS, None)]


def test_result_carries_facts_and_marks(toys: Database) -> None:
    with toys.write.begin() as connection:
        result = run_batch(connection, [proposed(Grant(1, 20)), proposed(gift()), proposed(Grant(1, 1, book="joys"))], NOON)
    assert result.told == [Told(BOOK, 2, 0, "toy.gave", f'{{"note":"{UUID(int=1)}","amount":5}}', NOON)]
    assert [(book, sequence) for book, sequence, _ in result.marks] == [(row.book, row.last_sequence) for row in rows(toys, tables.chain)]


def test_facts_of_an_import_are_not_told(toys: Database) -> None:
    run(toys, Grant(1, 20), replace(proposed(gift(1)), is_told=False), proposed(gift(2)))
    assert [row.sequence for row in rows(toys, tables.outbox)] == [3]


# What fails alone


def broken_needs() -> Needs:
    """Needs with a mistake in them."""
    raise RuntimeError("needs")


def test_mistake_in_one_decision_is_its_own(toys: Database) -> None:
    boom = RuntimeError("boom")
    outcomes = run(toys, Grant(1, 5), fail(boom), Does(lambda draft: Answer(0, 0), needed=broken_needs), gift(), refuse())
    assert [type(outcome) for outcome in outcomes] == [Posted, RuntimeError, RuntimeError, Posted, Disliked]
    assert outcomes[1] is boom
    assert [row.sequence for row in rows(toys, tables.entry)] == [1, 2]


def test_dropped_draft_leaves_nothing_to_the_next(toys: Database) -> None:
    """Member 1 holds 5: a gift that fails at its end must not have spent them."""

    def spends_and_fails(draft: Draft) -> Answer:
        gift(7).decide(draft)
        raise Disliked(why="after all")

    spoiled = Does(spends_and_fails, needed=gift(7).needs)
    outcomes = run(toys, Grant(1, 5), spoiled, gift(8))
    assert [type(outcome) for outcome in outcomes] == [Posted, Disliked, Posted]
    assert [row.id for row in rows(toys, note_table)] == [UUID(int=8)]
    assert held(toys, 1, 2) == [0, 5]


def test_row_recorded_twice_in_a_batch_fails_the_second(toys: Database) -> None:
    """The second replaced the first, whose entry then told of a row that wasn't there."""
    outcomes = run(toys, Grant(1, 20), gift(1, words="first"), gift(1, words="second"))
    assert isinstance(outcomes[2], ValueError)
    assert [row.words for row in rows(toys, note_table)] == ["first"]


def test_row_that_is_there_already_fails_the_batch(toys: Database) -> None:
    run(toys, Grant(1, 20), gift(1, words="first"))
    with pytest.raises(IntegrityError):
        run(toys, gift(1, words="second"))
    assert [row.words for row in rows(toys, note_table)] == ["first"]


# Request keys


def test_request_key_replays_an_acceptance(toys: Database) -> None:
    first = proposed(gift(filled=50), request=request("k"))
    [given] = run(toys, first)
    for outcome in (*run(toys, first), *run(toys, proposed(gift(2), request=request("k")))):
        assert outcome == Posted(given.answer, given.entry, is_replay=True)
    assert len(rows(toys, tables.entry)) == 1


def test_request_key_replays_a_refusal_also_when_it_would_now_be_accepted(toys: Database) -> None:
    first = proposed(gift(), request=request("k"))
    [refused] = run(toys, first)
    run(toys, Grant(1, 50))
    [again] = run(toys, first)
    assert refusal(again) == refused
    assert (refusal(refused).is_replay, refusal(again).is_replay) == (False, True)
    assert held(toys, 2) == [0]


def test_request_key_forgets_a_refusal_that_says_to_send_the_same_again(toys: Database) -> None:
    def decides(draft: Draft) -> Answer:
        raise Busy()

    [refused] = run(toys, proposed(Does(decides), request=request("k")))
    [given] = run(toys, proposed(gift(filled=50), request=request("k")))
    assert refusal(refused) == Busy()
    assert isinstance(given, Posted)
    assert not given.is_replay


@pytest.mark.parametrize("filled", [0, 50])
def test_request_key_with_another_body_is_refused_and_forgets_nothing(toys: Database, filled: int) -> None:
    first = proposed(gift(filled=filled), request=request("k"))
    [outcome] = run(toys, first)
    [reused] = run(toys, proposed(gift(2), request=request("k", "other body")))
    assert refusal(reused) == KeyReused()
    [again] = run(toys, first)
    assert again == (Posted(outcome.answer, outcome.entry, True) if filled else outcome)


def test_request_key_of_another_decision_is_refused(toys: Database) -> None:
    """The same key and body cannot rebuild the answer of something else."""
    run(toys, proposed(Grant(1, 5), request=request("k")))
    [outcome] = run(toys, proposed(gift(), request=request("k")))
    assert refusal(outcome) == KeyReused()


def test_request_keys_of_other_scopes_and_books_are_other_keys(toys: Database) -> None:
    proposals = [
        proposed(Grant(1, 5), request=request("k")),
        proposed(Grant(1, 5), request=request("k", scope="member/2:give")),
        proposed(Grant(1, 5, book="joys"), request=request("k")),
    ]
    assert [outcome.is_replay for outcome in run(toys, *proposals)] == [False] * 3


def test_request_key_twice_in_a_batch_decides_once(toys: Database) -> None:
    accepted, refused = proposed(Grant(1, 5), request=request("a")), proposed(gift(9, giver=8), request=request("r"))
    outcomes = run(toys, accepted, accepted, refused, refused, proposed(Grant(1, 6), request=request("a", "other")))
    assert [outcome.is_replay for outcome in outcomes[:4]] == [False, True, False, True]
    assert refusal(outcomes[4]) == KeyReused()
    assert held(toys, 1) == [5]


def test_request_key_forgets_after_thirty_days(toys: Database) -> None:
    first = proposed(Grant(1, 5), request=request("k"))
    run(toys, first, now=NOON)
    [before] = run(toys, first, now=NOON + REQUEST_KEY_LIFE - timedelta(microseconds=1))
    [after] = run(toys, first, now=NOON + REQUEST_KEY_LIFE)
    assert (before.is_replay, after.is_replay) == (True, False)
    assert [row.expires_at for row in rows(toys, tables.request_key)] == [NOON + 2 * REQUEST_KEY_LIFE]
    assert held(toys, 1) == [10]


def test_mistake_is_not_remembered(toys: Database) -> None:
    run(toys, proposed(fail(RuntimeError("boom")), request=request("k")))
    assert rows(toys, tables.request_key) == []
    [outcome] = run(toys, proposed(Grant(1, 5), request=request("k")))
    assert outcome == Posted(Answer(1, 5), 1, False)


# Business keys


def keyed(amount: int = 5, identifier: str = "purchase-1", details: str = "sha", **values: Any) -> Grant:
    """A grant for a purchase."""
    return Grant(1, amount, key=BusinessKey(identifier, details), **values)


def test_business_key_is_accepted_once_for_ever(toys: Database) -> None:
    [first] = run(toys, keyed())
    [again, in_a_batch] = run(toys, keyed(), keyed(), now=NOON + timedelta(days=4_000))
    assert again == in_a_batch == Posted(first.answer, first.entry, True)
    assert held(toys, 1) == [5]


def test_business_key_twice_in_a_batch_is_one_entry(toys: Database) -> None:
    outcomes = run(toys, keyed(), keyed(), keyed(details="other"))
    assert [getattr(outcome, "is_replay", None) for outcome in outcomes] == [False, True, False]
    assert refusal(outcomes[2]) == AlreadyRecorded(key="purchase-1")
    assert held(toys, 1) == [5]


def test_business_key_with_other_details_is_a_conflict(toys: Database) -> None:
    run(toys, keyed())
    assert refusal(run(toys, keyed(details="other"))[0]) == AlreadyRecorded(key="purchase-1")
    assert refusal(run(toys, gift(key=BusinessKey("purchase-1", "sha")))[0]) == AlreadyRecorded(key="purchase-1")


def test_business_key_without_details_replays(toys: Database) -> None:
    run(toys, keyed(details=""))
    assert run(toys, keyed(details=""))[0].is_replay


def test_business_key_refused_may_come_again(toys: Database) -> None:
    late = gift(key=BusinessKey("row-1"))
    assert isinstance(run(toys, late)[0], InsufficientBalance)
    run(toys, Grant(1, 5))
    assert run(toys, late)[0].is_replay is False
    assert held(toys, 2) == [5]


def test_business_keys_of_other_books_are_other_keys(toys: Database) -> None:
    assert [outcome.is_replay for outcome in run(toys, keyed(), keyed(book="joys"))] == [False, False]


def test_second_request_key_of_a_business_key_remembers_the_same_entry(toys: Database) -> None:
    """Asked for both in one batch, the first of two request keys of an entry was told that it was used for another request."""
    run(toys, proposed(keyed(), request=request("a")))
    [second] = run(toys, proposed(keyed(), request=request("b")))
    assert second.is_replay
    outcomes = run(toys, proposed(keyed(), request=request("a")), proposed(keyed(), request=request("b")))
    assert outcomes == [Posted(Answer(1, 5), 1, True)] * 2
    assert len(rows(toys, tables.request_key)) == 2


def test_request_key_remembers_a_conflict_of_business_keys(toys: Database) -> None:
    run(toys, keyed())
    for _ in range(2):
        assert refusal(run(toys, proposed(keyed(details="other"), request=request("k")))[0]) == AlreadyRecorded(key="purchase-1")
    assert len(rows(toys, tables.request_key)) == 1


# Reversals, limits


def test_entry_is_reversed_once_also_across_batches(toys: Database) -> None:
    run(toys, Grant(1, 5), gift())
    back = TakeBack(2, UUID(int=1), 1, 2, 5)
    assert isinstance(run(toys, back)[0], Posted)
    assert refusal(run(toys, back)[0]) == AlreadyReversed()
    assert [row.reverses for row in rows(toys, tables.entry)] == [None, None, 2]
    assert held(toys, 1, 2) == [5, 0]


def test_reversal_in_another_book_is_another_entry(toys: Database) -> None:
    for book in (BOOK, "joys"):
        run(toys, Grant(1, 5, book=book), gift(len(book) + ord(book[0]), book=book))
    backs = [TakeBack(2, UUID(int=len(book) + ord(book[0])), 1, 2, 5, book=book) for book in (BOOK, "joys")]
    assert [type(outcome) for outcome in run(toys, *backs)] == [Posted, Posted]


def test_limit_holds_across_and_inside_batches(toys: Database) -> None:
    run(toys, Grant(1, 100), gift(1, limit=12))
    outcomes = run(toys, gift(2, limit=12), gift(3, limit=12), gift(4, limit=12, window="2026-12"))
    assert [type(outcome) for outcome in outcomes] == [Posted, LimitReached, Posted]
    assert refusal(outcomes[1]).fields["used"] == 10


# Commits in doubt


def test_batch_in_doubt_that_was_committed_is_given_back(toys: Database) -> None:
    proposals = [proposed(Grant(1, 5))]
    with toys.write.begin() as connection:
        first = run_batch(connection, proposals, NOON)
    with toys.write.begin() as connection:
        again = run_batch(connection, proposals, NOON, doubtful=first)
    assert again is first
    assert held(toys, 1) == [5]


@pytest.mark.parametrize("end", ["rolled back", "another batch came first"])
def test_batch_in_doubt_that_was_not_committed_is_run_again(toys: Database, end: str) -> None:
    proposals = [proposed(Grant(1, 5))]
    with toys.write.connect() as connection, connection.begin() as transaction:
        lost = run_batch(connection, proposals, NOON)
        transaction.rollback()
    others = [Grant(1, 6)] if end == "another batch came first" else []
    run(toys, *others)
    with toys.write.begin() as connection:
        again = run_batch(connection, proposals, NOON, doubtful=lost)
    assert again is not lost
    assert held(toys, 1) == [5 + 6 * len(others)]


def test_batch_that_wrote_no_link_is_never_taken_for_committed(toys: Database) -> None:
    with toys.read.connect() as connection:
        assert not was_committed(connection, Result([], [], []))


# All of it together


@pytest.mark.parametrize(
    "split", [lambda decisions: [decisions], lambda decisions: [[one] for one in decisions]], ids=["batched", "serial"]
)
def test_books_verify_however_decisions_are_batched(toys: Database, split: Callable[[list[Any]], list[list[Any]]]) -> None:
    back, reply = TakeBack(2, UUID(int=1), 1, 2, 5), Answered(UUID(int=2), by=5)
    decisions = [Grant(1, 20), gift(1), gift(2, giver=2, receiver=3), back, reply, keyed()]
    for batch in split(decisions):
        run(toys, *batch)
    assert held(toys, 1, 2, 3) == [20, 0, 5]
    with toys.read.connect() as connection:
        assert verify(connection).is_clean
        assert connection.scalar(select(func.count()).select_from(tables.entry)) == 6


def test_rows_are_found_by_several_key_columns(toys: Database) -> None:
    run(toys, Grant(1, 5), gift(1), Answered(UUID(int=1), by=3))
    assert refusal(run(toys, Answered(UUID(int=1), by=3))[0]) == Disliked(why="once")
    assert [tuple(row) for row in rows(toys, reply_table)] == [(UUID(int=1), member(3))]


def test_book_that_is_held_is_there_and_unchanged(toys: Database) -> None:
    for _ in range(2):
        with toys.write.begin() as connection:
            hold_book(connection, BOOK)
    with toys.read.connect() as connection:
        [row] = connection.execute(select(tables.book)).all()
    assert (row.name, row.sequence, row.hash) == (BOOK, 0, GENESIS)
