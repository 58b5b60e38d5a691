"""Any story of grants, gifts, reversals, keys and windows: the ledger does what the model says."""

from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from laurels.core.database import Database
from laurels.ledger import tables
from laurels.ledger.batch import run_batch
from laurels.ledger.reader import balance_as_of, balances, statement, verify
from ledger.toy import NOON, note_table, toy_tables, wipe
from properties.model import Model, Operation
from properties.translation import (
    BOOKS,
    MEMBERS,
    account_of,
    earns,
    expiries,
    failures,
    forever,
    gives,
    grants,
    holds,
    number_gives,
    outcome_in_words,
    proposal,
    refusals,
    settlements,
    spends,
    take_back,
)

steps = st.one_of(grants, gives, gives, gives, refusals, failures)
parcels = st.one_of(earns, earns, spends, spends, expiries, holds, holds, settlements, settlements)


class Story(RuleBasedStateMachine):
    """Batches in any order; the clock goes forwards, stands still or goes back."""

    database: Database

    def __init__(self) -> None:
        super().__init__()
        wipe(self.database)
        self.model = Model()
        self.now = NOON
        self.past = [NOON - timedelta(days=1)]
        self.next_note = 1
        self.given: list[tuple[Operation, int]] = []

    @initialize(amount=st.sampled_from([0, 5, 100]))
    def begin(self, amount: int) -> None:
        """Purses may hold something from the start: else most of a short story is refusals."""
        if amount:
            common = {"kind": "grant", "asset": "credit", "amount": amount, "request": None, "business": None}
            self.post([{**common, "book": book, "to": to} for book in BOOKS for to in MEMBERS], 0)

    # What may happen

    @rule(operations=st.lists(steps, min_size=1, max_size=8), minutes=st.sampled_from([-7, -1, 0, 1, 30]))
    def batch(self, operations: list[Operation], minutes: int) -> None:
        """A batch of anything."""
        self.batch_of(operations, minutes)

    def batch_of(self, operations: list[Operation], minutes: int) -> None:
        numbered = number_gives(operations, self.next_note)
        self.next_note += len(numbered)
        self.post(numbered, minutes)

    @rule(operations=st.lists(parcels, min_size=1, max_size=8), book=st.sampled_from(BOOKS[:2]), minutes=st.sampled_from([-1, 1]))
    def parcels_come_and_go(self, operations: list[Operation], book: str, minutes: int) -> None:
        """Lots are earned, spent, set aside, settled, and expire."""
        self.batch_of([{**operation, "book": book} for operation in operations], minutes)

    @rule(picks=st.lists(st.integers(0, 1_000), min_size=1, max_size=3), used=st.none() | st.integers(0, 4), day=st.integers(0, 9))
    def older_holds_are_settled(self, picks: list[int], used: int | None, day: int) -> None:
        """Holds of earlier batches, open or settled, also twice in a batch, also long after they expired."""
        known = sorted(self.model.holds)
        if known:
            chosen = [known[pick % len(known)] for pick in picks]
            common = {"kind": "settle", "asset": "point", "request": None, "used": used, "grace": None, "day": day}
            self.post([{**common, "book": book, "hold": hold} for book, hold in chosen], 1)

    @rule(picks=st.lists(st.integers(0, 1_000), min_size=1, max_size=4), minutes=st.integers(0, 30))
    def take_gifts_back(self, picks: list[int], minutes: int) -> None:
        """Some gifts are taken back, also one that was already, also twice in a batch."""
        if self.given:
            self.post([take_back(*self.given[pick % len(self.given)]) for pick in picks], minutes)

    @rule(operation=st.one_of(grants, gives), times=st.integers(2, 4))
    def same_request_again(self, operation: Operation, times: int) -> None:
        """The same request with the same key, several times in a batch, and once more later."""
        [numbered] = number_gives([{**operation, "request": ("again", "body"), "business": None}], self.next_note)
        self.next_note += 1
        self.post([numbered] * times, 0)
        self.post([numbered], 1)

    @rule(operation=gives, more=st.integers(1, 5))
    def spend_a_limit_to_the_last_and_one_more(self, operation: Operation, more: int) -> None:
        """What is left of a limit may be sent, in one gift; not one more, in the same batch or the next."""
        giver, _ = operation["pair"]
        used = self.model.balances.get((operation["book"], "meter", "sent", giver, operation["window"]), 0)
        plain = {**operation, "request": None, "business": None, "limit": used + more}
        numbered = number_gives([{**plain, "amount": more}, {**plain, "amount": 1}, {**plain, "amount": 1}], self.next_note)
        self.next_note += len(numbered)
        self.post(numbered[:2], 1)
        self.post(numbered[2:], 1)

    def post(self, operations: list[Operation], minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        self.past.append(self.now)
        with self.database.write.begin() as connection:
            result = run_batch(connection, [proposal(operation) for operation in operations], self.now)
        expected = self.model.run(operations, self.now)
        assert [outcome_in_words(outcome) for outcome in result.outcomes] == expected
        for operation, outcome in zip(operations, expected, strict=True):
            if operation["kind"] == "give" and outcome[0] == "posted" and not outcome[3]:
                self.given.append((operation, outcome[1]))

    # What then holds

    @invariant()
    def balances_are_the_models(self) -> None:
        named = {account_of(account): balance for account, balance in self.model.balances.items()}
        with self.database.read.connect() as connection:
            assert balances(connection, named) == named
            stored = {row.id: (row.balance, row.turned_to) for row in connection.execute(select(tables.account))}
        windows = {account_of(account): window for account, window in self.model.windows.items()}
        # An account that was turned and never posted to is stored as well, with nothing in it.
        assert stored == {account.id: (named.get(account, 0), windows.get(account)) for account in named.keys() | windows.keys()}

    @invariant()
    def every_asset_sums_to_zero(self) -> None:
        sums: dict[tuple[int, str], int] = {}
        with self.database.read.connect() as connection:
            for row in connection.execute(select(tables.account)):
                sums[row.book, row.asset] = sums.get((row.book, row.asset), 0) + row.balance
                assert row.balance >= 0 or row.nature == "system"
        assert set(sums.values()) <= {0}

    @invariant()
    def postings_are_the_models(self) -> None:
        """Every posting with both balances after it; a replay of them gives the balances."""
        for book in BOOKS:
            expected = [
                (entry, position, account_of(source).id, account_of(target).id, *rest)
                for entry, postings in enumerate(self.model.entries.get(book, []), 1)
                for position, (source, target, *rest) in enumerate(postings)
            ]
            assert self.postings(book) == expected

    def postings(self, book: str) -> list[tuple[Any, ...]]:
        posting = tables.posting.c
        columns = (posting.sequence, posting.position, posting.source, posting.target, posting.amount, posting.kind)
        wanted = select(*columns, posting.source_balance, posting.target_balance).join(tables.book, tables.book.c.id == posting.book)
        with self.database.read.connect() as connection:
            ordered = wanted.where(tables.book.c.name == book).order_by(posting.sequence, posting.position)
            return [tuple(row) for row in connection.execute(ordered)]

    @invariant()
    def notes_are_the_models(self) -> None:
        with self.database.read.connect() as connection:
            stored = {row.id.int: (row.entry, row.weight, row.is_reversed) for row in connection.execute(select(note_table))}
        assert stored == {note: (told["entry"], told["amount"], told["is_reversed"]) for note, told in self.model.notes.items()}

    @invariant()
    def lots_are_the_models_and_sum_to_the_balance(self) -> None:
        expected = {
            (book, entry, position): (account_of(lot["account"]).id, lot["amount"], lot["left"], *self.times(lot))
            for (book, entry, position), lot in self.model.lots.items()
        }
        lot = tables.lot.c
        wanted = select(tables.book.c.name, lot.sequence, lot.position, lot.account, lot.amount, lot.left, lot.earned_at, lot.usable_from)
        with self.database.read.connect() as connection:
            rows = connection.execute(wanted.add_columns(lot.expires_at).join(tables.book, tables.book.c.id == lot.book)).all()
            natures = select(tables.account.c.id, tables.account.c.balance).where(tables.account.c.nature == "lots")
            held = {row.id: row.balance for row in connection.execute(natures)}
        assert {tuple(row[:3]): tuple(row[3:]) for row in rows} == expected
        for row in rows:
            held[row.account] -= row.left
        assert set(held.values()) <= {0}

    def times(self, lot: dict[str, Any]) -> tuple[datetime | None, ...]:
        at = [NOON + timedelta(days=lot[name]) for name in ("earned", "usable", "expires")]
        return (*at[:2], None if lot["expires"] >= forever else at[2])

    @invariant()
    def holds_are_the_models_and_what_is_held_is_there(self) -> None:
        """Each is settled once, for at most what it holds; what open ones hold stands in the held accounts, expired or not."""
        hold, take = tables.hold.c, tables.hold_take.c
        with self.database.read.connect() as connection:
            wanted = select(tables.book.c.name, hold.id, hold.sequence, hold.settled_by, hold.captured)
            stored = {
                (row.name, row.id.int): tuple(row[2:])
                for row in connection.execute(wanted.join(tables.book, tables.book.c.id == hold.book))
            }
            joined = select(take.held, take.amount).join(tables.hold, (hold.book == take.book) & (hold.id == take.hold))
            open_takes = connection.execute(joined.where(take.held.is_not(None), hold.settled_by.is_(None))).all()
            is_held = tables.account.c.purpose.in_(["points/held", "stock/held"])
            held = {row.id: row.balance for row in connection.execute(select(tables.account).where(is_held))}
        assert stored == {key: (one["entry"], one["settled_by"], one["captured"]) for key, one in self.model.holds.items()}
        for row in open_takes:
            held[row.held] -= row.amount
        assert set(held.values()) <= {0}
        assert all(one["captured"] is None or one["captured"] <= max(one["pieces"], one["amount"]) for one in self.model.holds.values())

    @rule(pick=st.integers(0, 1_000), ago=st.integers(-1, 1))
    def balances_then_are_the_models(self, pick: int, ago: int) -> None:
        """At any past instant, and a tick before and after it; now is no exception."""
        at = self.past[pick % len(self.past)] + timedelta(microseconds=ago)
        self.check_balances_at(at)
        self.check_balances_at(self.now + timedelta(days=1))

    def check_balances_at(self, at: datetime) -> None:
        with self.database.read.connect() as connection:
            for account in self.model.balances:
                assert balance_as_of(connection, account_of(account), at) == self.model.as_of(account, at)

    @rule(pick=st.integers(0, 1_000), size=st.integers(1, 5))
    def statement_adds_up(self, pick: int, size: int) -> None:
        """Page by page, an account's lines lead from nothing to its balance."""
        if not self.model.balances:
            return
        account = sorted(self.model.balances, key=str)[pick % len(self.model.balances)]
        lines, before = [], None
        with self.database.read.connect() as connection:
            while page := statement(connection, [account_of(account)], limit=size, before=before):
                lines += page
                before = (page[-1].sequence, page[-1].position)
        held = 0
        for line in reversed(lines):
            held += line.amount
            assert line.balance == held
        assert held == self.model.balances[account]

    def teardown(self) -> None:
        with self.database.read.connect() as connection:
            seen = verify(connection)
        assert seen.findings == []
        assert seen.entries == sum(len(entries) for entries in self.model.entries.values())


def test_ledger_does_what_the_model_says(database: Database) -> None:
    toy_tables.create_all(database.write)
    machine = type("StoryOnOneDatabase", (Story,), {"database": database})
    run_state_machine_as_test(
        machine,
        settings=settings(max_examples=40, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)),
    )
