"""The pot, whatever happens in it: no coin is lost or made, every round verifies, a refusal changes nothing, batched is serial."""

from dataclasses import asdict
from itertools import pairwise
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
import orjson
import pytest
from sqlalchemy import Connection, delete, select, update

from laurels.core.database import Database
from laurels.core.errors import DomainError
from laurels.identity.tables import staff_action
from laurels.ledger import tables
from laurels.ledger.batch import run_batch
from laurels.ledger.reader import balances, verify
from laurels.ledger.writer import Posted, Proposal
from laurels.products.pot.accounts import BOOK, ISSUED, MAIN, RESET, TAKEN, coins, paid, pot_of
from laurels.products.pot.decisions import OpenPot
from laurels.products.pot.queries import verify_pot
from laurels.products.pot.rules import PotRules
from laurels.products.pot.tables import coin_change, pot, pot_message, pot_round, pot_sender
from ledger.toy import NOON, toy_tables, wipe, written
from properties.potter import PEOPLE, Model, Step, demand, prices, proposals, seed_of, stories, with_seeds
from properties.test_batching import BOOK_IDS, PER_BATCH
from support.members import MemberMaker

OWN = (pot_message, pot_round, pot_sender, coin_change, pot)
RULES: dict[str, Any] = {
    "price": {"kind": "linear", "step": 5},
    "odds": {"kind": "flat", "ppm": 100_000},
    "price_resets": "never",
    "daily_limit": 200,
    "starting_coins": 100,
}
QUICK = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture
def members(database: Database, make_member: MemberMaker) -> list[UUID]:
    """Who plays, in a database that has what `wipe` empties."""
    toy_tables.create_all(database.write)
    return [make_member().id for _ in range(PEOPLE)]


def begin(database: Database, **changes: Any) -> None:
    """An empty database but for members, and a pot with nothing in it, by these rules but for the changes."""
    with database.write.begin() as connection:
        for table in (*OWN, staff_action):
            connection.execute(delete(table))
    wipe(database)
    with database.write.begin() as connection:
        opening = OpenPot(MAIN, PotRules.model_validate_json(orjson.dumps({**RULES, **changes})), seed_of(0))
        run_batch(connection, [Proposal(opening, NOON)], NOON)


def change_rules(database: Database, step: Step) -> None:
    """Other rules, as staff write them."""
    with database.write.begin() as connection:
        before = orjson.loads(connection.execute(select(pot.c.rules)).scalar_one())
        rules = PotRules.model_validate_json(orjson.dumps({**before, **{name: step[name] for name in RULES}}))
        connection.execute(update(pot).values(rules=rules.model_dump_json(), version=pot.c.version + 1))


def all_rows(connection: Connection) -> dict[str, Any]:
    """Everything that the pot and the ledger wrote."""
    found: dict[str, Any] = written(connection, leave_out=PER_BATCH + BOOK_IDS)
    for table in (*OWN, staff_action):
        found[table.name] = [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key.columns))]
    return {name: sorted(rows, key=repr) for name, rows in found.items()}


def rows_now(database: Database) -> dict[str, Any]:
    """The same, of what is committed."""
    with database.read.connect() as connection:
        return all_rows(connection)


def in_words(outcome: Any) -> Any:
    """What became of a proposal."""
    if isinstance(outcome, Posted):
        return outcome.entry, asdict(outcome.answer), outcome.is_replay
    if isinstance(outcome, DomainError):
        return outcome.code
    raise AssertionError(f"a mistake: {outcome!r}") from outcome


def post(database: Database, batch: list[Proposal[Any]]) -> list[Any]:
    """Post proposals as one batch."""
    with database.write.begin() as connection:
        return [in_words(outcome) for outcome in run_batch(connection, batch, NOON).outcomes]


def prove(connection: Connection) -> None:
    """Prove the books and every round."""
    assert verify(connection).findings == []
    assert verify_pot(connection).findings == []
    accounts = tables.account.c
    held = connection.execute(select(accounts.asset, accounts.nature, accounts.balance)).all()
    assert {row.asset for row in held} <= {"coin", "meter"}
    assert all(row.balance >= 0 for row in held if row.nature != "system")
    assert sum(row.balance for row in held if row.asset == "coin") == 0


@QUICK
@given(story=stories(prices, most=16).map(with_seeds))
def test_coins_are_what_plain_arithmetic_says(database: Database, members: list[UUID], story: list[Step]) -> None:
    begin(database)
    model = Model(members, dict(RULES), seed_of(0).secret)
    expected = iter(model.run(story))
    for part in proposals(story, members):
        for one in part:
            if isinstance(one, dict):
                change_rules(database, one)
                continue
            refusal = next(expected)
            before = rows_now(database) if refusal else None
            [outcome] = post(database, [one])
            assert (outcome if isinstance(outcome, str) else None) == refusal, one.decision
            assert before is None or rows_now(database) == before
    with database.read.connect() as connection:
        prove(connection)
        check_all(connection, model)


def check_all(connection: Connection, model: Model) -> None:
    """The ledger's balances are the model's."""
    purses = [coins(member) for member in model.members]
    days = {(place, day): paid(model.members[place], day) for place, day in model.paid}
    held = balances(connection, [ISSUED, TAKEN, RESET, pot_of(MAIN), *purses, *days.values()])
    assert (-held[ISSUED], held[TAKEN], held[RESET], held[pot_of(MAIN)]) == (model.issued, model.taken, model.emptied, model.pot)
    assert [held[purse] for purse in purses] == [model.purses.get(place, 0) for place in range(PEOPLE)]
    assert {key: held[account] for key, account in days.items()} == model.paid
    assert model.issued - model.taken - model.emptied == sum(model.purses.values()) + model.pot


def told(database: Database, parts: list[Any], cuts: set[int] | None) -> tuple[list[Any], dict[str, Any]]:
    """What a story split so answers and leaves behind; without cuts, each step is a batch of its own."""
    begin(database)
    outcomes: list[Any] = []
    for part in parts:
        if part and isinstance(part[0], dict):
            change_rules(database, part[0])
            continue
        edges = [0, *sorted(cut for cut in (range(len(part)) if cuts is None else cuts) if 0 < cut < len(part)), len(part)]
        for start, end in pairwise(edges):
            outcomes += post(database, part[start:end])
    with database.read.connect() as connection:
        prove(connection)
        return outcomes, all_rows(connection)


@QUICK
@given(story=stories(prices | demand, most=24).map(with_seeds), cuts=st.sets(st.integers(1, 23), max_size=4))
def test_batched_is_serial(database: Database, members: list[UUID], story: list[Step], cuts: set[int]) -> None:
    parts = proposals(story, members)
    serial = told(database, parts, None)
    assert told(database, parts, set()) == serial
    assert told(database, parts, cuts) == serial


def test_only_coins_and_counts_live_in_the_book(database: Database, members: list[UUID]) -> None:
    begin(database, odds={"kind": "flat", "ppm": 1})  # what won isn't refunded
    steps: list[Step] = [
        {"kind": "send", "who": 0, "client_seed": "", "max_price": None, "is_answered": False},
        {"kind": "refund", "pick": 0},
        {"kind": "contribute", "who": 1, "amount": 5},
        {"kind": "change", "who": 1, "amount": 50},
        {"kind": "change", "who": 1, "amount": -20},
        {"kind": "earn", "who": 2, "trigger": "tier_reached", "source": 1},
        {"kind": "send", "who": 2, "client_seed": "", "max_price": None, "is_answered": True},
        {"kind": "reset"},
    ]
    [part] = proposals(with_seeds([{**step, "minutes": 1} for step in steps]), members)
    assert [outcome for outcome in post(database, part) if isinstance(outcome, str)] == []
    with database.read.connect() as connection:
        assert connection.scalars(select(tables.book.c.name)).all() == [BOOK]
        assets = connection.scalars(select(tables.account.c.asset).distinct()).all()
    assert sorted(assets) == ["coin", "meter"]
