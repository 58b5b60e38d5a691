"""What members may do and use, changed by decisions and read in sets."""

from typing import Any

import pytest
from sqlalchemy import Connection, event, select

from laurels.core.errors import Denied, Invalid, Missing
from laurels.core.ids import new_id
from laurels.identity.tables import Member
from laurels.products.study.decisions.guards import Standing
from laurels.products.study.decisions.members import ChangeMember, SetLimits, SetSponsorship
from laurels.products.study.decisions.memberships import RemoveMember
from laurels.products.study.errors import OwnerStays
from laurels.products.study.queries.access import read_standing
from laurels.products.study.queries.classes import list_classes
from laurels.products.study.queries.members import list_members, read_member, walk_members
from laurels.products.study.queries.usage import ClassUse, Tracker, read_my_use
from laurels.products.study.rules.permissions import TokenLimits
from laurels.products.study.tables import StudyClass
from products.study.school import School, audit_of


def use_of(school: School, room: StudyClass, who: Member) -> ClassUse:
    """What a member used, as they are told."""
    with school.database.read.connect() as connection:
        return read_my_use(connection, read_standing(connection, room.id, who.id), at=school.clock.at)


def told(tracker: Tracker | None) -> list[tuple[int, int, int]] | None:
    """Of a day, a week and a month: used, held, left."""
    return None if tracker is None else [(one.used, one.held, one.left) for one in tracker]


def statements(connection: Connection, call: Any) -> int:
    """How many statements a call makes."""
    seen: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        seen.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    call()
    event.remove(connection, "before_cursor_execute", note)
    return len(seen)


# Permissions


def test_managers_change_each_other_and_nobody_the_owner(school: School) -> None:
    room, owner, (ana, bo) = school.with_members(2)
    school.permit(room, ana, is_manager=True)
    school.permit(room, bo, is_manager=True)
    school.post_now(ChangeMember(room.id, ana.id, bo.id, {"is_manager": False}, audit_of(room)))
    assert not school.membership(room, bo).is_manager
    for who in (ana, owner):
        with pytest.raises(OwnerStays):
            school.post_now(ChangeMember(room.id, who.id, owner.id, {"is_manager": False}, audit_of(room)))
        with pytest.raises(OwnerStays):
            school.post_now(RemoveMember(room.id, who.id, owner.id, audit_of(room)))
    with pytest.raises(Denied):
        school.post_now(ChangeMember(room.id, ana.id, owner.id, {"max_concurrent_chats": 1}, audit_of(room)))
    school.post_now(ChangeMember(room.id, owner.id, owner.id, {"max_concurrent_chats": 1}, audit_of(room)))
    assert school.membership(room, owner).max_concurrent_chats == 1


def test_an_owners_limits_are_their_own_to_set(school: School) -> None:
    room, owner, (manager,) = school.with_members(1)
    school.permit(room, manager, is_manager=True)
    wanted = {"daily_token_limit": 5}
    with pytest.raises(Denied):
        school.post_now(SetLimits(room.id, manager.id, owner.id, wanted, audit_of(room)))
    school.post_now(SetLimits(room.id, owner.id, owner.id, wanted, audit_of(room)))
    school.post_now(SetLimits(room.id, manager.id, manager.id, wanted, audit_of(room)))
    assert [school.membership(room, who).daily_token_limit for who in (owner, manager)] == [5, 5]


def test_who_is_not_in_the_class_has_nothing_to_change(school: School) -> None:
    room, owner, (ana,) = school.with_members(1)
    school.remove(room, ana)
    for who in (ana, school.make_member()):
        with pytest.raises(Missing):
            school.permit(room, who, can_chat=False)
        with pytest.raises(Missing):
            school.limit(room, who, daily=1)
        with pytest.raises(Missing):
            school.sponsor(room, who)
    assert school.membership(room, owner).status == "active"


def test_a_change_is_on_record_with_what_was_and_nothing_is_where_nothing_changed(school: School) -> None:
    room, _, (ana,) = school.with_members(1)
    school.permit(room, ana, can_chat=False, can_read=True)
    school.permit(room, ana, can_chat=False)
    (row,) = school.recorded()
    assert row.before == '{"can_chat":true}'


# Sponsorship


def test_the_owner_alone_says_for_whom_they_pay(school: School) -> None:
    room, owner, (ana, manager) = school.with_members(2)
    school.permit(room, manager, is_manager=True)
    with pytest.raises(Denied):
        school.post_now(SetSponsorship(room.id, manager.id, (ana.id,), True, audit_of(room)))
    with pytest.raises(Invalid):
        school.sponsor(room, owner)
    school.sponsor(room, ana, manager)
    assert [one.is_sponsored for one in (school.membership(room, who) for who in (ana, manager, owner))] == [True, True, False]
    school.sponsor(room, ana, is_sponsored=False)
    assert not school.membership(room, ana).is_sponsored


def test_of_several_none_is_sponsored_where_one_is_no_member(school: School) -> None:
    room, _, (ana,) = school.with_members(1)
    with pytest.raises(Missing):
        school.sponsor(room, ana, school.make_member())
    assert not school.membership(room, ana).is_sponsored


# What was used


def test_what_is_held_is_told_apart_from_what_was_used(school: School) -> None:
    room, _, (ana,) = school.with_members(1)
    school.limit(room, ana, daily=10_000, weekly=20_000, monthly=30_000)
    first, second = school.spend(room, ana, 3_000), school.spend(room, ana, 2_000)
    assert told(use_of(school, room, ana).own) == [(0, 5_000, 5_000), (0, 5_000, 15_000), (0, 5_000, 25_000)]
    school.capture(first, 1_200)
    assert told(use_of(school, room, ana).own) == [(1_200, 2_000, 6_800), (1_200, 2_000, 16_800), (1_200, 2_000, 26_800)]
    school.release(second)
    use = use_of(school, room, ana)
    assert told(use.own) == [(1_200, 0, 8_800), (1_200, 0, 18_800), (1_200, 0, 28_800)]
    assert (use.share, use.sponsor) == (None, None)


def test_what_the_owner_pays_is_counted_as_the_members_share_and_on_the_owners_budget(school: School) -> None:
    room, owner, (ana, bo) = school.with_members(2)
    school.set_budget(room, daily=5_000, weekly=6_000, monthly=7_000)
    school.sponsor(room, ana, bo)
    school.capture(school.spend(room, ana, 2_000), 500)
    school.spend(room, bo, 1_000)
    school.spend(room, owner, 700)
    anas, owners = use_of(school, room, ana), use_of(school, room, owner)
    assert told(anas.own) == [(0, 0, 1_000_000), (0, 0, 5_000_000), (0, 0, 15_000_000)]
    assert told(anas.share) == [(500, 0, 999_500), (500, 0, 4_999_500), (500, 0, 14_999_500)]
    assert told(owners.own) == [(0, 700, 999_300), (0, 700, 4_999_300), (0, 700, 14_999_300)]
    assert told(owners.sponsor) == [(500, 1_000, 3_500), (500, 1_000, 4_500), (500, 1_000, 5_500)]
    assert (owners.share, anas.sponsor) == (None, None)


def test_windows_are_those_of_the_class_and_say_when_they_began_and_end(school: School) -> None:
    ana = school.make_member()
    madrid, lima = school.found(ana), school.found(ana, zone="America/Lima")
    daily, weekly, monthly = use_of(school, madrid, ana).own
    assert [one.window.name for one in (daily, weekly, monthly)] == ["2026-11-20", "2026-W47", "2026-11"]
    assert [one.window.resets_at.isoformat() for one in (daily, weekly, monthly)] == [
        "2026-11-20T23:00:00+00:00",
        "2026-11-22T23:00:00+00:00",
        "2026-11-30T23:00:00+00:00",
    ]
    assert [one.window.last_reset.isoformat() for one in (daily, weekly, monthly)] == [
        "2026-11-19T23:00:00+00:00",
        "2026-11-15T23:00:00+00:00",
        "2026-10-31T23:00:00+00:00",
    ]
    assert use_of(school, lima, ana).own.daily.window.resets_at.isoformat() == "2026-11-21T05:00:00+00:00"
    school.spend(madrid, ana, 900)
    school.at(2026, 11, 20, 23, 30)
    assert [one.held for one in use_of(school, madrid, ana).own] == [0, 900, 900], "a new day, with yesterday's question open"


def test_a_limit_below_what_was_used_leaves_nothing(school: School) -> None:
    room, _, (ana,) = school.with_members(1)
    school.capture(school.spend(room, ana, 500), 500)
    school.limit(room, ana, daily=100)
    assert told(use_of(school, room, ana).own)[0] == (500, 0, 0)  # type: ignore[index]


# Lists


def test_members_come_in_the_order_that_they_joined_page_by_page(school: School) -> None:
    room, owner, _ = school.with_members(0)
    joined = [owner]
    for _ in range(4):
        school.later(minutes=1)
        joined.append(school.make_member())
        school.join(room, joined[-1])
    with school.database.read.connect() as connection:
        first = list_members(connection, room, at=school.clock.at, limit=3)
        rest = list_members(connection, room, at=school.clock.at, limit=3, after=(first[-1].mine.joined_at, first[-1].mine.member))
    assert [one.mine.member for one in [*first, *rest]] == [who.id for who in joined]
    assert [one.is_owner for one in [*first, *rest]] == [True, False, False, False, False]
    assert [one.mine.member for one in walk_members(school.database.read.connect, room, at=school.clock.at)] == [who.id for who in joined]


def test_former_members_are_listed_apart(school: School) -> None:
    room, owner, (ana, bo) = school.with_members(2)
    school.remove(room, ana)
    with school.database.read.connect() as connection:
        active = list_members(connection, room, at=school.clock.at, limit=9)
        removed = list_members(connection, room, at=school.clock.at, limit=9, status="removed")
        assert ({one.mine.member for one in active}, [one.mine.member for one in removed]) == ({owner.id, bo.id}, [ana.id])
        with pytest.raises(Missing):
            read_member(connection, room, ana.id, at=school.clock.at)


def test_lists_take_the_same_number_of_statements_however_long_they_are(school: School) -> None:
    ana = school.make_member()
    first = school.found(ana)
    school.join(first, *[school.make_member() for _ in range(2)])
    counts = []
    for _ in range(2):
        with school.database.read.connect() as connection:
            connection.execute(select(1))  # what a connection says first isn't counted
            counts.append(
                (
                    statements(connection, lambda: list_classes(connection, ana.id, limit=50)),
                    statements(connection, lambda: list_members(connection, first, at=school.clock.at, limit=50)),
                )
            )
        for _ in range(5):
            school.found(ana)
        school.join(first, *[school.make_member() for _ in range(10)])
    assert counts[0] == counts[1]
    assert counts[0] == (4, 3)


def test_a_class_tells_how_many_of_its_documents_can_be_searched_and_none_of_chats(school: School) -> None:
    room, owner, _ = school.with_members(2)
    school.shelve(room, owner, processing_status="READY", progress=100)
    school.shelve(room, owner)
    school.shelve(room, owner, session_id=new_id(), processing_status="READY")
    school.shelve(room, owner, deleted_at=school.clock.at)
    with school.database.read.connect() as connection:
        (seen,) = list_classes(connection, owner.id, limit=5)
    assert (seen.members, seen.documents, seen.documents_ready) == (3, 2, 1)


def test_the_owner_is_whoever_owns_the_class_and_may_do_everything(school: School) -> None:
    room, owner, (ana,) = school.with_members(1)
    mine, theirs = Standing(room, school.membership(room, owner)), Standing(room, school.membership(room, ana))
    assert (mine.is_owner, mine.permissions.is_manager, theirs.is_owner, theirs.permissions.is_manager) == (True, True, False, False)


def test_a_first_membership_begins_with_the_limits_that_it_is_given(school: School) -> None:
    room, _, _ = school.with_members(0)
    ana = school.make_member()
    school.join(room, ana, limits=TokenLimits(1, 2, 3), max_chats=4)
    mine = school.membership(room, ana)
    assert (mine.daily_token_limit, mine.weekly_token_limit, mine.monthly_token_limit, mine.max_concurrent_chats) == (1, 2, 3, 4)
