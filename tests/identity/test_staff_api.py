"""/api/v1/members and /api/v1/audit on both databases."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
import json
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient
import httpx
import pytest
from sqlalchemy import select

from laurels.core.clock import FixedClock
from laurels.core.database import Database
from laurels.core.ids import new_id
from laurels.identity.tables import StaffAction, member, staff_action
from support.members import MemberMaker, SignIn

PASSWORD = "seven quiet lanterns"

Log = Callable[[], list[StaffAction]]


@pytest.fixture
def log(database: Database) -> Log:
    """The audit log, oldest first."""

    def read() -> list[StaffAction]:
        with database.read.connect() as connection:
            return [StaffAction(*row) for row in connection.execute(select(staff_action).order_by(staff_action.c.id))]

    return read


@pytest.fixture
def headers(make_member: MemberMaker, sign_in: SignIn) -> dict[str, dict[str, str]]:
    """Signed-in headers of a member, of staff and of an admin."""
    return {
        role: sign_in(make_member(f"the-{role}", role=role, display_name=f"The {role}")).headers for role in ("member", "staff", "admin")
    }


def patch(client: TestClient, who: Any, headers: dict[str, str], **changed: Any) -> Any:
    return client.patch(f"/api/v1/members/{who}", json=changed, headers=headers)


# Finding


def test_search_finds_active_members_by_the_beginnings_of_public_words(
    client: TestClient, headers: dict[str, dict[str, str]], make_member: MemberMaker
) -> None:
    ana = make_member("S-10", display_name="Ana Díaz", full_name="Anastasia Secret", username="anita", email="hidden@example.org")
    make_member("S-2", display_name="Ánabel D'Ors")
    make_member("S-3", display_name="Ana Díaz", status="suspended")

    def found(question: str) -> list[str]:
        answer = client.get("/api/v1/members/search", params={"q": question}, headers=headers["member"])
        assert answer.status_code == 200
        return [person["student_id"] for person in answer.json()["items"]]

    assert found("ana") == ["S-10", "S-2"]
    assert found("DÍA") == found("diaz an") == found("anit") == ["S-10"]
    assert found("s 10") == found("S-10") == ["S-10"]
    assert found("ana ana") == ["S-10", "S-2"]
    assert found("ors") == ["S-2"]
    for nothing in ("secret", "hidden", "example", "naz", "%", "!!!", "_", "ana zzz"):
        assert found(nothing) == [], nothing
    person = client.get("/api/v1/members/search", params={"q": "anit"}, headers=headers["member"]).json()["items"][0]
    assert person == {"id": str(ana.id), "display_name": "Ana Díaz", "student_id": "S-10"}


def test_search_names_at_most_twenty_in_the_order_of_student_ids(
    client: TestClient, headers: dict[str, dict[str, str]], make_member: MemberMaker
) -> None:
    for number in range(30, 0, -1):
        make_member(str(number), display_name="Twin")
    items = client.get("/api/v1/members/search", params={"q": "twin"}, headers=headers["member"]).json()["items"]
    assert [int(person["student_id"]) for person in items] == list(range(1, 21))


@pytest.mark.parametrize("question", [None, "x" * 101, "a\x00b"], ids=ascii)
def test_a_question_that_cannot_be_asked_is_a_422(client: TestClient, headers: dict[str, dict[str, str]], question: str | None) -> None:
    params = {} if question is None else {"q": question}
    assert client.get("/api/v1/members/search", params=params, headers=headers["member"]).status_code == 422


def test_staff_list_members_page_by_page_and_narrowed(
    client: TestClient, headers: dict[str, dict[str, str]], make_member: MemberMaker
) -> None:
    for student_id in ("10", "9", "100", "b", "B"):
        make_member(student_id, email=f"mail{student_id}x@example.org", full_name=f"Quinn {student_id}")
    make_member("8", status="suspended")

    def listed(**params: Any) -> list[str]:
        ids, cursor = [], None
        for _ in range(20):
            asked = params | ({"cursor": cursor} if cursor else {})
            page = client.get("/api/v1/members", params=asked, headers=headers["staff"]).json()
            ids += [row["student_id"] for row in page["items"]]
            assert len(page["items"]) <= params.get("limit", 50)
            cursor = page["next_cursor"]
            if cursor is None:
                return ids
        raise AssertionError("the pages don't end")

    everyone = ["8", "9", "10", "100", "B", "b", "the-admin", "the-member", "the-staff"]
    assert listed() == listed(limit=1) == listed(limit=4) == everyone
    assert listed(status="suspended") == ["8"]
    assert listed(role="admin", limit=1) == ["the-admin"]
    assert listed(q="quinn", limit=2) == ["9", "10", "100", "B", "b"]
    assert listed(q="mail10") == ["10", "100"]
    assert listed(q="MAIL100X@EXAMPLE") == ["100"]
    assert listed(q="nobody") == []


@pytest.mark.parametrize(
    "params", [{"limit": 0}, {"limit": 101}, {"limit": "x"}, {"status": "x"}, {"role": "x"}, {"cursor": "x"}, {"cursor": "WzFd"}]
)
def test_bad_list_parameters_are_a_422(client: TestClient, headers: dict[str, dict[str, str]], params: dict[str, Any]) -> None:
    assert client.get("/api/v1/members", params=params, headers=headers["staff"]).status_code == 422


# Changing


def test_suspending_ends_sessions_and_restoring_lets_in_again(
    client: TestClient, headers: dict[str, dict[str, str]], make_member: MemberMaker, sign_in: SignIn, log: Log, clock: FixedClock
) -> None:
    who = make_member("7", password=PASSWORD)
    session = sign_in(who)
    [(cookie, secret)] = session.cookies.items()
    assert client.get("/api/v1/auth/me", headers=session.headers).status_code == 200
    changed = patch(client, who.id, headers["staff"], status="suspended")
    assert (changed.status_code, changed.json()["status"]) == (200, "suspended")
    assert client.get("/api/v1/auth/me", headers=session.headers).status_code == 401
    assert client.get("/api/v1/auth/me", headers={"Cookie": f"{cookie}={secret}"}).status_code == 401
    sent = {"username": "7", "password": PASSWORD}
    assert client.post("/api/v1/auth/login", json=sent).json()["code"] == "member-suspended"
    assert patch(client, who.id, headers["staff"], status="active").json()["status"] == "active"
    assert client.get("/api/v1/auth/me", headers=session.headers).status_code == 401, "an ended session doesn't come back"
    assert client.post("/api/v1/auth/login", json=sent).status_code == 200

    staff_id = client.get("/api/v1/auth/me", headers=headers["staff"]).json()["id"]
    rows = [(str(row.actor_id), row.action, row.subject, json.loads(row.before), json.loads(row.after), row.recorded_at) for row in log()]
    assert rows == [
        (staff_id, "member.suspended", f"member/{who.id}", {"status": "active"}, {"status": "suspended"}, clock.now()),
        (staff_id, "member.restored", f"member/{who.id}", {"status": "suspended"}, {"status": "active"}, clock.now()),
    ]
    [first, second] = log()
    assert first.address_hash == second.address_hash
    assert len(first.address_hash) == 32


def test_what_is_already_so_leaves_no_row(
    client: TestClient, headers: dict[str, dict[str, str]], make_member: MemberMaker, log: Log
) -> None:
    who = make_member()
    assert patch(client, who.id, headers["admin"], status="active", role="member", display_name=who.display_name).status_code == 200
    assert log() == []


def test_only_admins_give_roles_and_they_count_at_once(
    client: TestClient, headers: dict[str, dict[str, str]], make_member: MemberMaker, sign_in: SignIn, log: Log
) -> None:
    who = make_member()
    theirs = sign_in(who).headers
    assert client.get("/api/v1/members", headers=theirs).status_code == 403
    assert patch(client, who.id, headers["staff"], role="staff").json()["code"] == "forbidden"
    assert log() == []
    assert patch(client, who.id, headers["admin"], role="staff").json()["role"] == "staff"
    assert client.get("/api/v1/members", headers=theirs).status_code == 200
    assert [(row.action, row.before, row.after) for row in log()] == [("member.role_changed", '{"role":"member"}', '{"role":"staff"}')]


def test_staff_cannot_touch_admins_nor_anyone_themselves(
    client: TestClient, headers: dict[str, dict[str, str]], make_member: MemberMaker, log: Log
) -> None:
    other = make_member(role="admin")
    staff, admin = (client.get("/api/v1/auth/me", headers=headers[role]).json()["id"] for role in ("staff", "admin"))
    for sent in ({"status": "suspended"}, {"display_name": "x"}, {"password": PASSWORD}, {"role": "member"}):
        assert patch(client, other.id, headers["staff"], **sent).status_code == 403
    for who, role in ((staff, "staff"), (admin, "admin")):
        assert patch(client, who, headers[role], status="suspended").status_code == 403
    assert patch(client, admin, headers["admin"], role="member").status_code == 403
    assert patch(client, staff, headers["staff"], role="admin").status_code == 403
    peer = make_member(role="staff")
    assert patch(client, peer.id, headers["staff"], password=PASSWORD).status_code == 403, "whoever sets a password can act as its owner"
    assert log() == []


def test_staff_set_the_first_password_of_an_imported_member(
    client: TestClient, headers: dict[str, dict[str, str]], make_member: MemberMaker, sign_in: SignIn, log: Log
) -> None:
    who = make_member("imported", username=None, email=None)
    session = sign_in(who).headers
    sent = {"username": "imported", "password": PASSWORD}
    assert client.post("/api/v1/auth/login", json=sent).status_code == 401
    assert patch(client, who.id, headers["staff"], password="password123").json()["field"] == "password"
    assert patch(client, who.id, headers["staff"], password=PASSWORD, email="I@example.org").json()["email"] == "i@example.org"
    assert client.get("/api/v1/auth/me", headers=session).status_code == 401
    assert client.post("/api/v1/auth/login", json=sent).status_code == 200
    assert [(row.action, row.after) for row in log()] == [("member.corrected", '{"fields":"email"}'), ("member.password_set", "{}")]
    assert "i@example" not in "".join(map(str, log())), "the log names nobody"


def test_a_corrected_student_id_sorts_and_is_found_anew(
    client: TestClient, headers: dict[str, dict[str, str]], make_member: MemberMaker, database: Database
) -> None:
    who = make_member("99", display_name="Zed")
    make_member("5")
    taken = patch(client, who.id, headers["staff"], student_id="5")
    assert (taken.status_code, taken.json()["field"]) == (409, "student_id")
    assert patch(client, who.id, headers["staff"], student_id="007").json()["student_id"] == "007"
    with database.read.connect() as connection:
        assert connection.execute(select(member.c.student_order).where(member.c.id == who.id)).scalar_one() == "0:001:7:007"
    found = client.get("/api/v1/members/search", params={"q": "007"}, headers=headers["member"]).json()["items"]
    assert [person["id"] for person in found] == [str(who.id)]


def test_deleted_and_unknown_members_cannot_be_changed(
    client: TestClient, headers: dict[str, dict[str, str]], make_member: MemberMaker
) -> None:
    gone = make_member(status="deleted", username=None, email=None, full_name="")
    for who in (gone.id, new_id()):
        assert patch(client, who, headers["admin"], status="active").status_code == 404
    assert client.get(f"/api/v1/members/{gone.id}", headers=headers["staff"]).json()["status"] == "deleted"
    assert client.get(f"/api/v1/members/{new_id()}", headers=headers["staff"]).status_code == 404
    assert patch(client, "not-an-id", headers["admin"], status="active").status_code == 422


@pytest.mark.parametrize(
    "sent", [{}, {"status": "deleted"}, {"status": None}, {"role": "owner"}, {"id": "x"}, {"password": "short"}, {"email": "x"}], ids=str
)
def test_a_change_that_cannot_be_read_is_a_422(
    client: TestClient, headers: dict[str, dict[str, str]], make_member: MemberMaker, sent: dict[str, Any]
) -> None:
    assert patch(client, make_member().id, headers["admin"], **sent).status_code == 422


def test_the_last_admin_cannot_be_lost_to_two_who_demote_each_other(
    server: str, database: Database, make_member: MemberMaker, sign_in: SignIn
) -> None:
    first, second = make_member(role="admin"), make_member(role="admin")
    tries = [(second.id, sign_in(first).headers), (first.id, sign_in(second).headers)]

    def demote(attempt: tuple[Any, dict[str, str]]) -> int:
        who, headers = attempt
        return httpx.patch(f"{server}/api/v1/members/{who}", json={"role": "member"}, headers=headers).status_code

    with ThreadPoolExecutor(2) as pool:
        statuses = sorted(pool.map(demote, tries))
    with database.read.connect() as connection:
        roles = sorted(connection.execute(select(member.c.role)).scalars())
    assert roles == ["admin", "member"]
    assert statuses[0] == 200
    # The slower one either asks as a plain member by then, or would take the last admin away.
    assert statuses[1] in (403, 409)


# Creating


def test_staff_create_members_and_admins_create_staff(client: TestClient, headers: dict[str, dict[str, str]], log: Log) -> None:
    sent = {"student_id": "N-1", "email": "n@example.org", "password": PASSWORD, "display_name": "New One"}
    created = client.post("/api/v1/members", json=sent, headers=headers["staff"])
    assert created.status_code == 201
    assert created.headers["location"] == f"/api/v1/members/{created.json()['id']}"
    assert client.get(created.headers["location"], headers=headers["staff"]).json() == created.json()
    assert client.post("/api/v1/auth/login", json={"username": "N-1", "password": PASSWORD}).status_code == 200
    refused = client.post("/api/v1/members", json={"student_id": "N-2", "role": "staff"}, headers=headers["staff"])
    assert (refused.status_code, refused.json()["needs"]) == (403, "admin")
    assert client.post("/api/v1/members", json={"student_id": "N-2", "role": "staff"}, headers=headers["admin"]).json()["role"] == "staff"
    assert [(row.action, row.after) for row in log()] == [("member.created", '{"role":"member"}'), ("member.created", '{"role":"staff"}')]


@pytest.mark.parametrize("field", ["student_id", "username", "email"])
def test_staff_are_told_which_name_is_taken(
    client: TestClient, headers: dict[str, dict[str, str]], make_member: MemberMaker, field: str
) -> None:
    taken = make_member("T-1")
    sent = {"student_id": "N-1", field: getattr(taken, field)}
    answer = client.post("/api/v1/members", json=sent, headers=headers["staff"])
    assert (answer.status_code, answer.json()["field"]) == (409, field)


def test_of_many_who_register_one_name_at_once_one_has_it(server: str, database: Database) -> None:
    def register(number: int) -> int:
        sent = {"student_id": "S-1", "username": f"user{number}", "email": f"u{number}@example.org", "password": PASSWORD}
        return httpx.post(f"{server}/api/v1/auth/register", json=sent, timeout=30).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(register, range(8)))
    assert statuses == [202] + [409] * 7
    with database.read.connect() as connection:
        assert len(connection.execute(select(member.c.id)).all()) == 1


def test_of_many_who_register_one_email_at_once_one_has_it_and_none_can_tell(server: str, database: Database) -> None:
    def register(number: int) -> int:
        sent = {"student_id": f"S-{number}", "email": "same@example.org", "password": PASSWORD}
        return httpx.post(f"{server}/api/v1/auth/register", json=sent, timeout=30).status_code

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(register, range(8))) == [202] * 8
    with database.read.connect() as connection:
        assert connection.execute(select(member.c.email)).scalars().all() == ["same@example.org"]


# The log


def test_the_log_is_the_admins_newest_first_and_narrowed(
    client: TestClient, headers: dict[str, dict[str, str]], make_member: MemberMaker, app: FastAPI
) -> None:
    who, other = make_member(), make_member()
    for status in ("suspended", "active", "suspended"):
        patch(client, who.id, headers["staff"], status=status)
    patch(client, other.id, headers["admin"], status="suspended")

    def read(**params: Any) -> Any:
        return client.get("/api/v1/audit", params=params, headers=headers["admin"]).json()

    first = read(limit=2)
    rest = read(limit=2, cursor=first["next_cursor"])
    actions = [row["action"] for row in first["items"] + rest["items"]]
    assert actions == ["member.suspended", "member.suspended", "member.restored", "member.suspended"]
    assert rest["next_cursor"] is None
    assert len(read(subject=f"member/{who.id}")["items"]) == 3
    staff = client.get("/api/v1/auth/me", headers=headers["staff"]).json()["id"]
    assert len(read(actor_id=staff)["items"]) == 3
    assert client.get("/api/v1/audit", headers=headers["staff"]).status_code == 403


@pytest.mark.parametrize(
    ("method", "path", "needed"),
    [
        ("GET", "members/search?q=a", "member"),
        ("GET", "members", "staff"),
        ("POST", "members", "staff"),
        ("GET", "members/01a1f890-e37a-73f9-9bad-95b6014a4f20", "staff"),
        ("PATCH", "members/01a1f890-e37a-73f9-9bad-95b6014a4f20", "staff"),
        ("GET", "audit", "admin"),
    ],
)
def test_each_role_may_do_what_it_may(client: TestClient, headers: dict[str, dict[str, str]], method: str, path: str, needed: str) -> None:
    ranks = ["member", "staff", "admin"]
    assert client.request(method, f"/api/v1/{path}", json={}).status_code == 401
    for role in ranks:
        status = client.request(method, f"/api/v1/{path}", json={}, headers=headers[role]).status_code
        is_refused = status == 403
        assert is_refused == (ranks.index(role) < ranks.index(needed)), (role, status)
