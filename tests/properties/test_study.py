"""Tokens, whatever is asked, answered and given up: plain arithmetic says the same, and no limit is passed but by what nobody foresaw."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
import pytest
from sqlalchemy import delete, insert, update

from laurels.core.database import Database
from laurels.core.errors import DomainError
from laurels.core.ids import new_id
from laurels.ledger.batch import run_batch
from laurels.ledger.reader import balances, verify
from laurels.ledger.writer import Posted, Proposal
from laurels.products.study.accounts import chats, everyone, own, share, sponsored
from laurels.products.study.decisions.billing import Spend, Spent, Ticket
from laurels.products.study.decisions.calls import HoldTokens, SettleTokens
from laurels.products.study.rules.permissions import Permission
from laurels.products.study.rules.windows import windows_at
from laurels.products.study.tables import study_alert, study_class, study_member, study_usage
from ledger.toy import NOON, toy_tables, wipe
from support.members import MemberMaker

QUICK = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
ZONE = ZoneInfo("Europe/Madrid")
PEOPLE = 3
"""The first owns the class; the second is sponsored; the third pays alone."""
SPONSORED = 1
LIMITS = (100, 150, 180)
BUDGET = (90, 120, 200)
SLOTS = 3

holds = st.tuples(st.just("hold"), st.integers(0, PEOPLE - 1), st.integers(1, 70))
ends = st.tuples(st.just("end"), st.integers(0, 9), st.one_of(st.none(), st.integers(0, 90)))
stories = st.lists(st.one_of(holds, ends), max_size=24)
Step = tuple[str, int, Any]


@dataclass
class Model:
    """What plain arithmetic says: of each payer's day, week and month, and of places."""

    used: Counter[tuple[str, int, int]] = field(default_factory=Counter)
    places: Counter[int] = field(default_factory=Counter)
    open: list[tuple[int, str, int]] = field(default_factory=list)

    def hold(self, who: int, estimate: int) -> str:
        """Who pays; or why nobody does."""
        if self.places[who] == SLOTS:
            return "too-many-chats"
        payer = next((payer for payer in self.payers(who) if self.has_room(payer, who, estimate)), None)
        if payer is None:
            return "tokens-used-up"
        self.count(payer, who, estimate)
        self.places[who] += 1
        self.open.append((who, payer, estimate))
        return payer

    def end(self, place: int, used: int | None) -> None:
        """Settle an open one."""
        who, payer, estimate = self.open.pop(place)
        self.count(payer, who, (used or 0) - estimate)
        self.places[who] -= 1

    def payers(self, who: int) -> list[str]:
        return ["sponsor", "own"] if who == SPONSORED else ["own"]

    def has_room(self, payer: str, who: int, estimate: int) -> bool:
        mine = all(self.used[payer, who, place] + estimate <= limit for place, limit in enumerate(LIMITS))
        backed = all(self.used["budget", 0, place] + estimate <= limit for place, limit in enumerate(BUDGET))
        return mine and (backed or payer == "own")

    def count(self, payer: str, who: int, amount: int) -> None:
        for place in range(3):
            self.used[payer, who, place] += amount
            if payer == "sponsor":
                self.used["budget", 0, place] += amount


@pytest.fixture
def members(database: Database, make_member: MemberMaker) -> list[UUID]:
    """Who studies, in a database that has what `wipe` empties."""
    toy_tables.create_all(database.write)
    return [make_member().id for _ in range(PEOPLE)]


def begin(database: Database, members: list[UUID]) -> UUID:
    """An empty database but for members, and a class of theirs."""
    with database.write.begin() as connection:
        for table in (study_alert, study_usage, study_member, study_class):
            connection.execute(delete(table))
    wipe(database)
    class_id = new_id()
    room: dict[str, Any] = {
        "id": class_id,
        "name": "Ecology",
        "description": "",
        "class_code": "ABCD2345",
        "owner_id": members[0],
        "time_zone": ZONE.key,
        "is_active": True,
        "created_at": NOON,
        "updated_at": NOON,
        **dict(zip(("sponsor_daily", "sponsor_weekly", "sponsor_monthly"), BUDGET, strict=True)),
    }
    seat: dict[str, Any] = {
        "class_id": class_id,
        "status": "active",
        "is_manager": False,
        "can_read": True,
        "can_chat": True,
        "can_upload": True,
        "can_share_class": False,
        "max_concurrent_chats": SLOTS,
        "joined_at": NOON,
        **dict(zip(("daily_token_limit", "weekly_token_limit", "monthly_token_limit"), LIMITS, strict=True)),
    }
    with database.write.begin() as connection:
        connection.execute(insert(study_class).values(room))
        connection.execute(insert(study_member), [seat | {"member": who, "is_sponsored": n == SPONSORED} for n, who in enumerate(members)])
    return class_id


def holding(class_id: UUID, member: UUID, estimate: int, *, most_of_all: int | None = None) -> Proposal[Ticket]:
    """Tokens to be set aside for a call that is one of a member's chats."""
    until = NOON + timedelta(minutes=2)
    spend = Spend(new_id(), class_id, member, "CHAT", "gpt", estimate, NOON, ZONE, until, takes_slot=True, most_of_all=most_of_all)
    return Proposal(HoldTokens(spend, Permission.CHAT), NOON)


def settling(ticket: Ticket, used: int | None) -> Proposal[Any]:
    """What a call took, or that it gave nothing."""
    return Proposal(SettleTokens(ticket, None if used is None else Spent(used, 0, 0, is_estimated=False)), NOON)


def post(database: Database, proposal: Proposal[Any]) -> Any:
    """Post one; gives its answer or its refusal."""
    with database.write.begin() as connection:
        (outcome,) = run_batch(connection, [proposal], NOON).outcomes
    if isinstance(outcome, Posted):
        return outcome.answer
    assert isinstance(outcome, DomainError), f"a mistake: {outcome!r}"
    return outcome


def counted(database: Database, class_id: UUID, members: list[UUID]) -> dict[tuple[str, int, int], int]:
    """The ledger's meters, as the model names them."""
    names = [window.name for window in windows_at(NOON, ZONE)]
    named = {("budget", 0, place): sponsored(class_id, name) for place, name in enumerate(names)}
    for who, member in enumerate(members):
        named |= {("own", who, place): own(class_id, member, name) for place, name in enumerate(names)}
        named |= {("sponsor", who, place): share(class_id, member, name) for place, name in enumerate(names)}
    with database.read.connect() as connection:
        held = balances(connection, named.values())
        assert verify(connection).findings == []
    return {key: held[account] for key, account in named.items()}


@QUICK
@given(story=stories)
def test_tokens_are_what_plain_arithmetic_says(database: Database, members: list[UUID], story: list[Step]) -> None:
    class_id, model = begin(database, members), Model()
    tickets: list[Ticket] = []
    for what, which, amount in story:
        if what == "hold":
            expected = model.hold(which, amount)
            outcome = post(database, holding(class_id, members[which], amount))
            if isinstance(outcome, DomainError):
                assert outcome.code == expected
            else:
                assert ("sponsor" if outcome.is_sponsored else "own") == expected
                assert outcome.is_overflow == (which == SPONSORED and expected == "own")
                tickets.append(outcome)
        elif tickets:
            place = which % len(tickets)
            model.end(place, amount)
            post(database, settling(tickets.pop(place), amount))
    found = counted(database, class_id, members)
    assert found == {key: model.used[key] for key in found}


@QUICK
@given(estimates=st.lists(st.tuples(st.integers(0, PEOPLE - 1), st.integers(1, 60)), min_size=1, max_size=20))
def test_limits_hold_and_nothing_stays_held_when_all_are_given_up(
    database: Database, members: list[UUID], estimates: list[tuple[int, int]]
) -> None:
    class_id = begin(database, members)
    outcomes = [post(database, holding(class_id, members[who], amount)) for who, amount in estimates]
    limits = {"own": LIMITS, "sponsor": LIMITS, "budget": BUDGET}
    held = counted(database, class_id, members)
    assert all(amount <= limits[payer][place] for (payer, _, place), amount in held.items())
    for ticket in outcomes:
        if isinstance(ticket, Ticket):
            post(database, settling(ticket, None))
    assert set(counted(database, class_id, members).values()) == {0}
    with database.read.connect() as connection:
        assert set(balances(connection, [chats(class_id, who) for who in members]).values()) == {0}


def test_what_comes_after_its_hold_lapsed_is_counted_all_the_same(database: Database, members: list[UUID]) -> None:
    class_id = begin(database, members)
    ticket = post(database, holding(class_id, members[2], 50))
    post(database, settling(ticket, None))
    post(database, settling(ticket, 30))
    assert counted(database, class_id, members)["own", 2, 0] == 30
    assert post(database, settling(ticket, 30)).code == "hold-resolved"
    assert counted(database, class_id, members)["own", 2, 0] == 30


def test_a_lower_limit_holds_at_once(database: Database, members: list[UUID]) -> None:
    class_id = begin(database, members)
    post(database, holding(class_id, members[2], 40))
    with database.write.begin() as connection:
        connection.execute(update(study_member).where(study_member.c.member == members[2]).values(daily_token_limit=60))
    refused = post(database, holding(class_id, members[2], 40))
    assert (refused.code, refused.fields["period"], refused.fields["limit"], refused.fields["used"]) == ("tokens-used-up", "day", 60, 40)


def test_what_all_use_together_is_limited_whoever_pays(database: Database, members: list[UUID]) -> None:
    class_id = begin(database, members)
    first, second = (post(database, holding(class_id, who, 40, most_of_all=100)) for who in (members[0], members[SPONSORED]))
    refused = post(database, holding(class_id, members[2], 30, most_of_all=100))
    assert (refused.code, refused.fields) == (
        "community-tokens-used-up",
        {"limit": 100, "resets_at": "2026-11-30T23:00:00+00:00"},
    )
    post(database, settling(first, 15))
    post(database, settling(second, 50))
    with database.read.connect() as connection:
        assert balances(connection, [everyone("2026-11")])[everyone("2026-11")] == 65
    assert isinstance(post(database, holding(class_id, members[2], 35, most_of_all=100)), Ticket)
