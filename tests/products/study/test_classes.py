"""Classes, made and changed by their decisions."""

from dataclasses import asdict, replace

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from laurels.core.errors import Denied, Invalid, Missing
from laurels.core.ids import new_id
from laurels.identity.errors import MemberInactive
from laurels.identity.tables import Member
from laurels.products.study.accounts import owned, seats
from laurels.products.study.bounds import MAX_CLASSES_OWNED
from laurels.products.study.decisions.classes import ChangeClass, RotateCode
from laurels.products.study.decisions.memberships import JoinClass, LeaveClass, LetReturn
from laurels.products.study.decisions.ownership import ArchiveClass, DeleteClass, TransferClass
from laurels.products.study.errors import AlreadyInClass, ClassClosed, ClassFull, OwnerStays, RemovedFromClass, TooManyClasses
from laurels.products.study.rules.codes import ALPHABET, is_code, read_code, spell_code
from laurels.products.study.rules.permissions import DEFAULT_CHATS, DEFAULT_LIMITS, OWNER, TokenLimits
from laurels.products.study.tables import StudyClass, study_class
from products.study.school import School, audit_of


def change(school: School, room: StudyClass, who: Member, **wanted: str | int | None) -> StudyClass:
    """Change a class, and read it."""
    school.post_now(ChangeClass(room.id, who.id, wanted, audit_of(room)))
    return school.room(room.id)


def test_whoever_makes_a_class_owns_it_and_has_its_first_seat(school: School) -> None:
    ana = school.make_member()
    room = school.found(ana, "Physics I")
    mine = school.membership(room, ana)
    assert (room.name, room.owner_id, room.is_active, room.time_zone) == ("Physics I", ana.id, True, "Europe/Madrid")
    assert (mine.status, mine.is_manager, mine.can_share_class) == ("active", OWNER.is_manager, OWNER.can_share_class)
    assert (school.held(seats(room.id)), school.held(owned(ana.id))) == (1, 1)
    assert school.told("study.class_changed") == [{"class_id": str(room.id), "what": "details"}]


def test_nobody_owns_more_classes_than_they_may_and_a_deleted_one_makes_room(school: School) -> None:
    ana, bo = school.make_member(), school.make_member()
    first = school.found(ana)
    for _ in range(MAX_CLASSES_OWNED - 1):
        school.found(ana)
    with pytest.raises(TooManyClasses):
        school.found(ana)
    theirs = school.found(bo)
    school.join(theirs, ana)
    with pytest.raises(TooManyClasses):
        school.post_now(TransferClass(theirs.id, bo.id, ana.id, audit_of(theirs)))
    assert school.room(theirs.id).owner_id == bo.id
    school.post_now(DeleteClass(first.id, ana.id, audit_of(first)))
    school.post_now(TransferClass(theirs.id, bo.id, ana.id, audit_of(theirs)))
    assert (school.held(owned(ana.id)), school.held(owned(bo.id))) == (MAX_CLASSES_OWNED, 0)


def test_a_suspended_member_makes_and_joins_no_class(school: School) -> None:
    room, _, (ana,) = school.with_members(1)
    bo = school.make_member()
    for who in (ana, bo):
        school.suspend(who)
    with pytest.raises(MemberInactive):
        school.found(bo)
    with pytest.raises(MemberInactive):
        school.join(room, bo)
    with pytest.raises(MemberInactive):
        school.post_now(LeaveClass(room.id, ana.id))


def test_managers_change_what_a_class_says_and_its_owner_alone_what_they_pay(school: School) -> None:
    room, owner, (ana, manager) = school.with_members(2)
    school.permit(room, manager, is_manager=True)
    with pytest.raises(Denied):
        change(school, room, ana, name="Mine")
    changed = change(school, room, manager, name="Physics II", description="Waves", time_zone="America/Lima", capacity=5)
    assert (changed.name, changed.description, changed.time_zone, changed.capacity) == ("Physics II", "Waves", "America/Lima", 5)
    with pytest.raises(Denied):
        change(school, room, manager, sponsor_daily=1)
    assert change(school, room, owner, sponsor_daily=7).sponsor_daily == 7
    change(school, room, manager, sponsor_daily=7, name="Physics III")  # a form that sends what stands there already


def test_a_change_is_put_on_record_with_what_was_and_no_word_of_it(school: School) -> None:
    room, owner, _ = school.with_members(0, name="A secret name", capacity=5)
    before = len(school.recorded())
    change(school, room, owner, capacity=9, name="Another secret name")
    change(school, room, owner, capacity=9)
    (row,) = school.recorded()[before:]
    assert row.before == '{"capacity":5}'
    assert "secret" not in row.before + row.after


def test_a_capacity_below_the_members_that_are_there_is_refused(school: School) -> None:
    room, owner, _ = school.with_members(2)
    with pytest.raises(Invalid):
        change(school, room, owner, capacity=2)
    assert change(school, room, owner, capacity=3).capacity == 3
    assert change(school, room, owner, capacity=None).capacity is None


def test_a_class_takes_as_many_as_it_may_and_a_seat_that_is_left_is_free(school: School) -> None:
    room, _, (ana,) = school.with_members(1, capacity=2)
    bo = school.make_member()
    with pytest.raises(ClassFull):
        school.join(room, bo)
    school.post_now(LeaveClass(room.id, ana.id))
    school.join(room, bo)
    assert school.held(seats(room.id)) == 2
    with pytest.raises(ClassFull):
        school.join(room, ana)


def test_who_comes_back_finds_their_permissions_and_limits(school: School) -> None:
    room, _, (ana,) = school.with_members(1)
    school.permit(room, ana, can_upload=False, max_concurrent_chats=1)
    school.limit(room, ana, daily=77)
    school.post_now(LeaveClass(room.id, ana.id))
    with pytest.raises(Missing):
        school.post_now(LeaveClass(room.id, ana.id))
    school.later(days=1)
    school.join(room, ana, limits=TokenLimits(1, 2, 3), max_chats=9)
    mine = school.membership(room, ana)
    assert (mine.can_upload, mine.max_concurrent_chats, mine.daily_token_limit) == (False, 1, 77)
    assert (mine.status, mine.left_at, mine.joined_at) == ("active", None, school.clock.at)


def test_who_is_removed_comes_back_only_when_a_manager_lets_them(school: School) -> None:
    room, owner, (ana,) = school.with_members(1)
    school.remove(room, ana)
    assert school.held(seats(room.id)) == 1
    with pytest.raises(RemovedFromClass):
        school.join(room, ana)
    with pytest.raises(Missing):
        school.remove(room, ana)
    school.post_now(LetReturn(room.id, owner.id, ana.id, audit_of(room)))
    with pytest.raises(Missing):
        school.post_now(LetReturn(room.id, owner.id, ana.id, audit_of(room)))
    school.join(room, ana)
    assert school.held(seats(room.id)) == 2


def test_who_left_can_be_kept_out_without_a_seat_being_counted_twice(school: School) -> None:
    room, _, (ana,) = school.with_members(1)
    school.post_now(LeaveClass(room.id, ana.id))
    school.remove(room, ana)
    assert school.held(seats(room.id)) == 1
    with pytest.raises(RemovedFromClass):
        school.join(room, ana)


def test_a_rotated_code_lets_nobody_in_even_who_read_it_a_moment_before(school: School) -> None:
    room, owner, _ = school.with_members(0)
    bo = school.make_member()
    school.post_now(RotateCode(room.id, owner.id, school.code(), audit_of(room)))
    assert room.class_code is not None
    with pytest.raises(Missing):
        school.post_now(JoinClass(room.id, bo.id, room.class_code, DEFAULT_LIMITS, DEFAULT_CHATS))
    school.join(room, bo)


def test_an_archived_class_takes_nobody_in_and_changes_nothing_until_it_is_opened(school: School) -> None:
    room, owner, (ana, bo) = school.with_members(2)
    school.archive(room)
    refused = [
        lambda: school.join(room, school.make_member()),
        lambda: change(school, room, owner, name="Other"),
        lambda: school.permit(room, ana, can_chat=False),
        lambda: school.limit(room, ana, daily=1),
        lambda: school.sponsor(room, ana),
        lambda: school.post_now(RotateCode(room.id, owner.id, school.code(), audit_of(room))),
    ]
    for call in refused:
        with pytest.raises(ClassClosed):
            call()
    school.post_now(LeaveClass(room.id, ana.id))
    school.remove(room, bo)
    school.archive(room, is_archived=False)
    assert change(school, room, owner, name="Other").name == "Other"


def test_only_the_owner_archives_and_hands_over(school: School) -> None:
    room, _, (ana, manager) = school.with_members(2)
    school.permit(room, manager, is_manager=True)
    for who in (ana, manager):
        with pytest.raises(Denied):
            school.post_now(ArchiveClass(room.id, who.id, True, audit_of(room)))
        with pytest.raises(Denied):
            school.post_now(TransferClass(room.id, who.id, who.id, audit_of(room)))
        with pytest.raises(Denied):
            school.post_now(DeleteClass(room.id, who.id, audit_of(room)))


def test_who_gets_a_class_may_do_everything_and_who_had_it_stays_as_a_manager(school: School) -> None:
    room, owner, (ana, bo) = school.with_members(2)
    school.permit(room, ana, can_chat=False, can_read=False)
    school.sponsor(room, ana, bo)
    school.post_now(TransferClass(room.id, owner.id, ana.id, audit_of(room)))
    theirs, old = school.membership(room, ana), school.membership(room, owner)
    assert (school.room(room.id).owner_id, theirs.is_manager, theirs.can_chat, theirs.is_sponsored) == (ana.id, True, True, False)
    assert (old.is_manager, old.status, school.membership(room, bo).is_sponsored) == (True, "active", True)
    school.post_now(LeaveClass(room.id, owner.id))
    with pytest.raises(OwnerStays):
        school.post_now(LeaveClass(room.id, ana.id))


def test_a_class_goes_to_nobody_outside_it_and_to_nobody_suspended(school: School) -> None:
    room, owner, (ana, bo) = school.with_members(2)
    stranger = school.make_member()
    school.remove(room, bo)
    for who in (stranger, bo):
        with pytest.raises(Missing):
            school.post_now(TransferClass(room.id, owner.id, who.id, audit_of(room)))
    school.suspend(ana)
    with pytest.raises(MemberInactive):
        school.post_now(TransferClass(room.id, owner.id, ana.id, audit_of(room)))
    school.post_now(TransferClass(room.id, owner.id, owner.id, audit_of(room)))
    assert (school.room(room.id).owner_id, school.held(owned(owner.id))) == (owner.id, 1)


def test_a_deleted_class_is_missing_for_all_and_its_code_is_free(school: School) -> None:
    room, owner, (ana,) = school.with_members(1)
    school.post_now(DeleteClass(room.id, owner.id, audit_of(room)))
    gone = school.room(room.id)
    assert (gone.class_code, gone.is_active, gone.deleted_at) == (None, False, school.clock.at)
    assert school.held(owned(owner.id)) == 0
    for who in (owner, ana):
        with pytest.raises(Missing):
            change(school, room, who, name="Other")
    assert room.class_code is not None
    with pytest.raises(Missing):
        school.post_now(JoinClass(room.id, ana.id, room.class_code, DEFAULT_LIMITS, DEFAULT_CHATS))
    school.found(owner, code=room.class_code)


def test_joining_is_told_and_joining_twice_is_not(school: School) -> None:
    room, _, (ana,) = school.with_members(1)
    with pytest.raises(AlreadyInClass):
        school.join(room, ana)
    assert school.told("study.class_joined") == [{"class_id": str(room.id), "member": str(ana.id)}]


def test_the_database_itself_keeps_codes_apart(school: School) -> None:
    room, _, _ = school.with_members(0)
    twin = replace(room, id=new_id())
    with school.database.write.connect() as connection, pytest.raises(IntegrityError):
        connection.execute(insert(study_class).values(asdict(twin)))


@pytest.mark.parametrize("typed", ["7KQF2XMD", "7kqf-2xmd", " 7kqf 2xmd ", "7 K Q F 2 X M D", "7KQF\u20112XMD"])
def test_a_code_is_read_however_it_is_typed(typed: str) -> None:
    assert (read_code(typed), is_code(read_code(typed))) == ("7KQF2XMD", True)


@pytest.mark.parametrize("typed", ["", "7KQF2XM", "7KQF2XMDD", "7KQF2XM0", "7KQF2XMI", "ＡＢＣＤＥＦＧＨ", "ßßßßßßßß"])
def test_what_is_no_code_is_none(typed: str) -> None:
    assert not is_code(read_code(typed))


def test_codes_have_no_letters_that_are_mistaken_for_others() -> None:
    assert (len(ALPHABET), len(set(ALPHABET))) == (32, 32)
    assert not set("01IO") & set(ALPHABET)
    assert spell_code("7KQF2XMD") == "7KQF-2XMD"


def test_a_class_that_is_closed_already_is_not_closed_again(school: School) -> None:
    room, owner, _ = school.with_members(0)
    for is_archived in (True, True, False, False):
        school.post_now(ArchiveClass(room.id, owner.id, is_archived, audit_of(room)))
        assert school.room(room.id).is_active is not is_archived
    assert [fact["what"] for fact in school.told("study.class_changed")].count("archived") == 2
