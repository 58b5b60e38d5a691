"""Joining and leaving, and points that nobody used in time."""

from datetime import timedelta

import pytest

from laurels.core.errors import Missing
from laurels.core.ids import new_id
from laurels.identity.errors import MemberInactive
from laurels.identity.tables import Member
from laurels.products.loyalty.decisions.expiring import ExpirePoints
from laurels.products.loyalty.decisions.memberships import JoinProgram, LeaveProgram, Left
from laurels.products.loyalty.errors import (
    AlreadyJoined,
    InvitationNeeded,
    NotAMember,
    NothingDue,
    ProgramChanged,
    ProgramClosed,
    ReservationsOpen,
)
from laurels.products.loyalty.tables import program_invitation
from products.loyalty.counter import Counter, open_counter, refusal
from products.loyalty.terms_paper import LONDON
from products.loyalty.town import Town

MONTH = {"expiry": {"kind": "months", "months": 1}}
INACTIVITY = {"expiry": {"kind": "inactivity", "months": 1}}


def leave(counter: Counter, who: Member) -> Left:
    """Have a member leave."""
    basis = counter.basis()
    answer: Left = counter.town.post_now(LeaveProgram(basis.program, who.id, basis.terms, basis.version, basis.zone)).answer
    return answer


def test_joining_is_once_and_by_invitation_where_it_is_asked_for(town: Town) -> None:
    counter, ana = open_counter(town)
    bo = town.make_member()
    version = counter.basis().version
    refusal(AlreadyJoined, lambda: town.join(counter.program, ana))
    asking = JoinProgram(counter.program.id, bo.id, version, needs_invitation=True)
    refusal(InvitationNeeded, lambda: town.post_now(asking))
    with town.database.write.begin() as connection:
        connection.execute(program_invitation.insert().values(program=counter.program.id, member=bo.id, created_at=counter.now))
    assert town.post_now(asking).answer.status == "active"
    joined = counter.member_of(bo)
    assert (joined.tier, joined.joined_at, joined.left_at, joined.last_activity_at) == (0, counter.now, None, counter.now)


def test_who_may_join(town: Town) -> None:
    counter, _ = open_counter(town)
    bo = town.make_member()
    stale = JoinProgram(counter.program.id, bo.id, counter.basis().version, needs_invitation=False)
    counter.reward()
    with pytest.raises(ProgramChanged):
        town.post_now(stale)
    counter.suspend(bo)
    refusal(MemberInactive, lambda: town.join(counter.program, bo))
    counter.become("paused")
    refusal(ProgramClosed, lambda: town.join(counter.program, town.make_member()))
    refusal(Missing, lambda: town.post_now(JoinProgram(new_id(), bo.id, 1, needs_invitation=False)))


def test_leaving_after_inactivity_gives_up_nothing(town: Town) -> None:
    counter, ana = open_counter(town, INACTIVITY)
    town.earned(counter.program, ana, 20_000)
    town.later(days=32)
    assert leave(counter, ana).points == 0
    assert town.postings(counter.program, ana)[-1] == ("expiry", -10, 0)


@pytest.mark.parametrize("status", ["active", "paused", "archived"])
def test_leaving_gives_up_what_is_left_pending_points_too(town: Town, status: str) -> None:
    counter, ana = open_counter(town, {"pending_days": 3})
    for days in (3, 0):
        town.earned(counter.program, ana, 20_000, at=town.clock.at - timedelta(days=days))
    if status != "active":
        counter.become(status)
    assert leave(counter, ana) == Left(counter.program.id, 20)
    assert town.held(counter.program, ana) == {"earned": 20}
    assert (counter.member_of(ana).status, counter.member_of(ana).left_at) == ("left", town.clock.at)
    refusal(NotAMember, lambda: leave(counter, ana))


def test_what_had_expired_isnt_given_up(town: Town) -> None:
    counter, ana = open_counter(town, MONTH)
    for days in (30, 0):
        town.earned(counter.program, ana, 20_000, at=town.clock.at - timedelta(days=days))
    town.later(days=2)
    assert leave(counter, ana).points == 10
    assert town.postings(counter.program, ana)[-2:] == [("expiry", -10, 10), ("left", -10, 0)]


def test_nobody_leaves_with_points_set_aside(town: Town) -> None:
    counter, ana = open_counter(town)
    town.earned(counter.program, ana, 20_000)
    burned = counter.take(ana, 4, minutes=5)
    assert refusal(ReservationsOpen, lambda: leave(counter, ana)).fields == {"points": 4}
    town.cancel(counter.program, ana, burned)
    assert leave(counter, ana).points == 10


def test_who_comes_back_still_owes(town: Town) -> None:
    counter, ana = open_counter(town)
    town.earned(counter.program, ana, 20_000, transaction_id="T-1")
    town.burn(counter.program, ana, 10)
    town.give_back(counter.program, 20_000, transaction_id="T-1")
    assert leave(counter, ana).points == 0
    waiting = town.earn(counter.program, ana, 40_000, transaction_id="T-2")
    assert waiting.status == "waiting"
    town.later(days=1)
    town.join(counter.program, ana)
    assert counter.member_of(ana).joined_at == town.clock.at
    town.decide(counter.program, waiting.event)
    assert town.held(counter.program, ana) == {"points": 10, "earned": 20}


def test_expiry_comes_at_its_instant_and_once(town: Town) -> None:
    counter, ana = open_counter(town, MONTH, zone="Europe/London")
    town.earned(counter.program, ana, 20_000, at=town.clock.at - timedelta(days=30))
    town.earned(counter.program, ana, 20_000)
    expires = counter.lots(ana)[0].expires_at
    assert expires is not None
    town.clock.set(expires - timedelta(microseconds=1))
    refusal(NothingDue, lambda: town.expire(counter.program, ana))
    town.clock.set(expires)
    assert town.expire(counter.program, ana) == 10
    refusal(NothingDue, lambda: town.expire(counter.program, ana))
    assert (counter.left(ana), town.held(counter.program, ana)) == ([10], {"points": 10, "earned": 20})


def test_inactivity_ends_all_points_pending_ones_too(town: Town) -> None:
    counter, ana = open_counter(town, {**INACTIVITY, "pending_days": 90})
    town.earned(counter.program, ana, 20_000)
    town.earned(counter.program, ana, 20_000, at=town.clock.at - timedelta(days=90))
    town.at(2026, 12, 20, 23, 59, 59)
    refusal(NothingDue, lambda: town.expire(counter.program, ana))
    town.at(2026, 12, 21, 0)
    assert town.expire(counter.program, ana) == 20
    assert town.held(counter.program, ana) == {"earned": 20}
    refusal(NothingDue, lambda: town.expire(counter.program, ana))


def test_inactivity_leaves_what_is_set_aside(town: Town) -> None:
    counter, ana = open_counter(town, INACTIVITY)
    town.earned(counter.program, ana, 20_000)
    burned = counter.take(ana, 4, minutes=60 * 24 * 40)
    town.later(days=32)
    assert town.expire(counter.program, ana) == 6
    assert town.confirm(counter.program, ana, burned).points == 4


def test_expiry_is_posted_by_settings_as_they_are_also_of_archived_programs(town: Town) -> None:
    counter, ana = open_counter(town, MONTH)
    town.earned(counter.program, ana, 20_000)
    town.later(days=40)
    stale = ExpirePoints(counter.program.id, ana.id, counter.basis().terms, counter.basis().version, LONDON)
    counter.become("archived")
    with pytest.raises(ProgramChanged):
        town.post_now(stale)
    assert town.expire(counter.program, ana) == 10
    bo = town.make_member()
    refusal(NothingDue, lambda: town.expire(counter.program, bo))
