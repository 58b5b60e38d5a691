"""What the command line and imports call."""

from collections.abc import Iterator
from threading import Thread

import pytest
from sqlalchemy import event, select

from laurels.core.clock import FixedClock
from laurels.core.database import Database
from laurels.core.errors import Invalid, Missing
from laurels.core.ids import UUID
from laurels.core.settings import Settings
from laurels.identity import actions
from laurels.identity.actions import NewMember, add_member, create_member, delete_member, ensure_members, promote_member
from laurels.identity.audit_log import list_actions
from laurels.identity.errors import LastAdmin, NameTaken
from laurels.identity.parts import Identity, open_identity
from laurels.identity.queries import find_credentials, find_member, members_by_student_id, search_members
from laurels.identity.sessions import MAX_SESSIONS, Origin, list_sessions, start_session
from support.members import MemberMaker


@pytest.fixture
def identity(settings: Settings, database: Database, clock: FixedClock) -> Iterator[Identity]:
    opened = open_identity(settings, database, clock)
    yield opened
    opened.stop()


def test_create_member_gives_the_row_that_it_wrote(identity: Identity, database: Database) -> None:
    made = create_member(identity, student_id="7", email="a@example.org", password="seven quiet lanterns", role="admin")
    with database.read.connect() as connection:
        assert find_member(connection, made.id) == made
        assert find_credentials(connection, "A@EXAMPLE.ORG") is not None
        [row] = list_actions(connection, limit=5)
    assert (row.action, row.actor_id, row.after) == ("member.created", None, '{"role":"admin"}')
    with pytest.raises(NameTaken):
        create_member(identity, student_id="8", email="a@example.org")
    with pytest.raises(Invalid):
        create_member(identity, student_id="8", password="password123")


def test_promote_member_finds_by_any_name_and_keeps_an_admin(identity: Identity) -> None:
    create_member(identity, student_id="7", email="a@example.org", username="ana", role="admin")
    assert promote_member(identity, "ana", "admin").role == "admin"
    for name in ("7", "A@example.org", "ana"):
        with pytest.raises(LastAdmin):
            promote_member(identity, name, "member")
    create_member(identity, student_id="8", role="admin")
    assert promote_member(identity, "7", "staff").role == "staff"
    with pytest.raises(Missing):
        promote_member(identity, "nobody", "staff")


def test_ensure_members_creates_who_is_missing_in_sets(
    identity: Identity, database: Database, clock: FixedClock, make_member: MemberMaker
) -> None:
    known = make_member("5")
    wanted = [str(number) for number in range(1, 501)]
    seen: list[str] = []
    event.listen(database.write, "before_cursor_execute", lambda _c, _u, statement, *_: seen.append(statement))
    with database.write.begin() as connection:
        ids = ensure_members(connection, [*wanted, *wanted], now=clock.now(), time_zone="Asia/Kolkata")
    assert sorted(ids, key=int) == wanted
    assert ids["5"] == known.id
    assert len(seen) < 20, "statements by the set, not by the member"
    with database.write.begin() as connection:
        assert ensure_members(connection, wanted, now=clock.now()) == ids
    with database.read.connect() as connection:
        made = find_member(connection, ids["77"])
        assert find_credentials(connection, "77") is None, "nobody signs in without a password"
        assert [one.id for one in search_members(connection, "77")] == [ids["77"]]
    assert made is not None
    assert (made.student_id, made.display_name, made.username, made.email, made.time_zone) == ("77", "77", None, None, "Asia/Kolkata")


def test_ensure_members_in_pages(identity: Identity, database: Database, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "MAX_ID_LIST", 3)
    with database.write.begin() as connection:
        assert len(ensure_members(connection, map(str, range(10)), now=clock.now())) == 10


def test_two_imports_at_once_agree_on_the_members(identity: Identity, database: Database, clock: FixedClock) -> None:
    found: list[dict[str, UUID]] = []

    def run(student_ids: list[str]) -> None:
        with database.write.begin() as connection:
            found.append(ensure_members(connection, student_ids, now=clock.now()))

    ids = [str(number) for number in range(200)]
    threads = [Thread(target=run, args=(ids,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read.connect() as connection:
        assert found == [members_by_student_id(connection, ids)] * 4


def test_an_email_or_username_goes_before_anothers_student_id(identity: Identity, database: Database) -> None:
    first = create_member(identity, student_id="a@example.org", password="seven quiet lanterns")
    with database.read.connect() as connection:
        found = find_credentials(connection, "a@example.org")
        assert found is not None
        assert found[0].id == first.id
    owner = create_member(identity, student_id="8", email="a@example.org", password="seven quiet lanterns")
    with database.read.connect() as connection:
        found = find_credentials(connection, "a@example.org")
    assert found is not None
    assert found[0].id == owner.id


def test_a_deletion_that_fails_changes_nothing(identity: Identity, database: Database) -> None:
    def fail(connection: object, who: UUID) -> None:
        raise RuntimeError("this room can't")

    made = create_member(identity, student_id="7", email="a@example.org", password="seven quiet lanterns")
    identity.personal.add("broken", export=lambda connection, who: None, erase=fail)
    with pytest.raises(ValueError, match="registered already"):
        identity.personal.add("broken", export=lambda connection, who: None)
    with pytest.raises(RuntimeError):
        delete_member(identity, made.id)
    with database.read.connect() as connection:
        assert find_member(connection, made.id) == made
        assert find_credentials(connection, "7") is not None


def test_deleting_twice_is_deleting_once(identity: Identity, database: Database) -> None:
    made = create_member(identity, student_id="7")
    delete_member(identity, made.id)
    with database.read.connect() as connection:
        gone = find_member(connection, made.id)
    delete_member(identity, made.id)
    with database.read.connect() as connection:
        assert find_member(connection, made.id) == gone


def test_sessions_of_one_member_are_bounded(identity: Identity, database: Database, clock: FixedClock) -> None:
    made, other = create_member(identity, student_id="7"), create_member(identity, student_id="8")
    begun = []
    with database.write.begin() as connection:
        for who in (other.id, *[made.id] * (MAX_SESSIONS + 2)):
            started = start_session(
                connection, identity.keys, member_id=who, via="bearer", origin=Origin("x" * 500), now=clock.now(), days=30
            )
            begun.append(started.session.id)
    with database.read.connect() as connection:
        kept = list_sessions(connection, made.id, now=clock.now())
        assert len(list_sessions(connection, other.id, now=clock.now())) == 1
    assert {session.id for session in kept} == set(begun[3:])
    assert all(len(session.client) == 160 for session in kept)


def test_a_name_taken_in_between_is_told_as_taken(identity: Identity, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    create_member(identity, student_id="7")
    looks = iter([True])
    real = actions.require_names_free

    def blind_at_first(*arguments: object, **names: object) -> None:
        if next(looks, False):
            return  # as if the other came between the look and the insert
        real(*arguments, **names)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(actions, "require_names_free", blind_at_first)
    with database.write.begin() as connection, pytest.raises(NameTaken):
        add_member(connection, identity, NewMember("7"))
    with database.read.connect() as connection:
        assert len(connection.execute(select(actions.member.c.id)).all()) == 1
