"""/api/v1/auth on both databases."""

from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient
import jwt
import pytest
from sqlalchemy import func, select

from laurels.core.clock import FixedClock
from laurels.core.database import Database
from laurels.core.ids import UUID, new_id
from laurels.core.settings import Settings
from laurels.identity.tables import member, member_password, member_session, member_word
from laurels.identity.throttle import MAX_PER_NAME, WINDOW
from laurels.identity.tokens import Keys
from support.applications import MakeApp
from support.members import MemberMaker, SignIn

PASSWORD = "seven quiet lanterns"
ANA = {"student_id": "S-1042", "username": "Ana.Diaz", "email": "Ana@Example.org", "password": PASSWORD, "full_name": "Ana Díaz"}


def register(client: TestClient, **changed: Any) -> Any:
    body = {name: value for name, value in (ANA | changed).items() if value is not None}
    return client.post("/api/v1/auth/register", json=body)


def login(client: TestClient, name: str = "ana@example.org", password: str = PASSWORD) -> Any:
    return client.post("/api/v1/auth/login", json={"username": name, "password": password})


def bearer(answer: Any) -> dict[str, str]:
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def shape(answer: Any) -> tuple[int, dict[str, Any], list[str]]:
    """What can be told of an answer, but for the request's own id."""
    document = {name: value for name, value in answer.json().items() if name != "request_id"}
    return answer.status_code, document, sorted(name for name in answer.headers if name != "x-request-id")


# Registering


def test_a_newcomer_registers_and_signs_in_by_each_name(client: TestClient) -> None:
    answer = register(client)
    assert (answer.status_code, answer.json()["status"]) == (202, "accepted")
    for name in ("ana@example.org", "ANA@EXAMPLE.ORG", "ana.diaz", "S-1042"):
        me = client.get("/api/v1/auth/me", headers=bearer(login(client, name))).json()
        assert me["email"] == "ana@example.org"
    assert me | {"id": "", "created_at": "", "updated_at": ""} == {
        "id": "",
        "student_id": "S-1042",
        "campus_uid": "S-1042",
        "username": "ana.diaz",
        "email": "ana@example.org",
        "full_name": "Ana Díaz",
        "display_name": "Ana Díaz",
        "status": "active",
        "role": "member",
        "preferred_ai_tier": "standard",
        "locale": "en",
        "time_zone": "UTC",
        "created_at": "",
        "updated_at": "",
    }


def test_only_student_id_email_and_password_are_needed(client: TestClient) -> None:
    bare = {"campus_uid": "77", "email": "b@example.org", "password": PASSWORD}
    assert client.post("/api/v1/auth/register", json=bare).status_code == 202
    me = client.get("/api/v1/auth/me", headers=bearer(login(client, "77"))).json()
    assert (me["student_id"], me["username"], me["display_name"]) == ("77", None, "77")


def test_a_taken_email_answers_as_a_free_one_and_tells_its_owner(
    client: TestClient, settings: Settings, app: FastAPI, database: Database
) -> None:
    free = register(client)
    taken = register(client, student_id="S-2", username="other", password="another good password")
    assert shape(taken) == shape(free)
    assert taken.content == free.content
    with database.read.connect() as connection:
        assert connection.execute(select(func.count()).select_from(member)).scalar_one() == 1
    app.state.identity.mails.close()
    [path] = (settings.home / "mail").iterdir()
    mail = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert (mail["To"], "already" in mail["Subject"]) == ("ana@example.org", True)
    assert login(client, password="another good password").status_code == 401
    assert login(client).status_code == 200


def test_nobodys_mailbox_is_filled(client: TestClient, settings: Settings, app: FastAPI) -> None:
    register(client)
    for number in range(MAX_PER_NAME + 3):
        assert register(client, student_id=f"X-{number}", username=None).status_code == 202
    app.state.identity.mails.close()
    assert len(list((settings.home / "mail").iterdir())) == MAX_PER_NAME


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"student_id": "S-1042"}, "student_id"),
        ({"username": "ANA.DIAZ"}, "username"),
        ({"username": "s-1042x", "student_id": "ana.diaz"}, "student_id"),
    ],
)
def test_c10_a_taken_name_answers_409_whether_or_not_the_email_is_taken(client: TestClient, changed: dict[str, str], field: str) -> None:
    register(client)
    fresh = {"student_id": "S-9", "username": "nine", "email": "nine@example.org"}
    for email in ("nine@example.org", "ana@example.org"):
        answer = register(client, **(fresh | changed | {"email": email}))
        assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (409, "name-taken", field)


def test_a_username_that_is_anothers_student_id_is_taken(client: TestClient) -> None:
    register(client, student_id="xyz")
    answer = register(client, student_id="S-9", username="xyz", email="nine@example.org")
    assert (answer.status_code, answer.json()["field"]) == (409, "username")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"student_id": None}, "student_id"),
        ({"student_id": ""}, "student_id"),
        ({"student_id": "   "}, "student_id"),
        ({"student_id": "x" * 65}, "student_id"),
        ({"student_id": "a\u202eb"}, "student_id"),
        ({"student_id": "a\u200bb"}, "student_id"),
        ({"student_id": "a\u200db"}, "student_id"),
        ({"student_id": "a\x00b"}, "student_id"),
        ({"student_id": 7}, "student_id"),
        ({"username": "ab"}, "username"),
        ({"username": "a" * 33}, "username"),
        ({"username": "ana diaz"}, "username"),
        ({"username": "anä"}, "username"),
        ({"email": None}, "email"),
        ({"email": "nobody"}, "email"),
        ({"email": "a@b@c.org"}, "email"),
        ({"email": "a@" + "b" * 300 + ".org"}, "email"),
        ({"email": True}, "email"),
        ({"password": None}, "password"),
        ({"password": "short"}, "password"),
        ({"password": "x" * 129}, "password"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"locale": "xx"}, "locale"),
        ({"role": "admin"}, "role"),
        ({"status": "active"}, "status"),
        ({"full_name": "x" * 121}, "full_name"),
        ({"display_name": "\n"}, "display_name"),
        ({"display_name": "\u3164"}, "display_name"),
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_a_bad_field_is_named_and_nobody_is_created(client: TestClient, database: Database, changed: dict[str, Any], field: str) -> None:
    answer = register(client, **changed)
    assert (answer.status_code, answer.json()["code"]) == (422, "validation-failed")
    assert [error["pointer"] for error in answer.json()["errors"]] == [f"#/{field}"]
    with database.read.connect() as connection:
        assert connection.execute(select(func.count()).select_from(member)).scalar_one() == 0


@pytest.mark.parametrize("password", ["password123", "s-1042 s-1042"[:6] * 2, "ana@example.org"])
def test_a_weak_password_is_refused_with_its_reason(client: TestClient, password: str) -> None:
    answer = register(client, student_id=password[:64], password=password)
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, "invalid", "password")


def test_a_closed_community_registers_nobody(make_app: MakeApp) -> None:
    with TestClient(make_app(registration_open=False)) as client:
        answer = register(client)
        assert (answer.status_code, answer.json()["code"]) == (403, "registration-closed")


# Signing in


def test_the_oauth_form_signs_in_at_the_same_path(client: TestClient) -> None:
    register(client)
    form = {"grant_type": "password", "username": "ana@example.org", "password": PASSWORD, "scope": ""}
    answer = client.post("/api/v1/auth/login", data=form)
    assert (answer.status_code, answer.json()["token_type"], answer.json()["expires_in"]) == (200, "bearer", 900)
    assert client.get("/api/v1/auth/me", headers=bearer(answer)).status_code == 200


@pytest.mark.parametrize(
    "sent",
    [
        {"json": {}},
        {"json": []},
        {"json": {"username": "a"}},
        {"json": {"username": 7, "password": "x"}},
        {"json": {"username": "a", "password": "x", "role": "admin"}},
        {"json": {"username": "a\x00b", "password": "x"}},
        {"json": {"username": "a" * 255, "password": "x"}},
        {"json": {"username": "a", "password": "x" * 513}},
        {"content": b"{"},
        {"content": b"\xff"},
        {"content": b""},
        {"data": {"username": "a"}},
        {"content": b"username=a&password=", "headers": {"content-type": "application/x-www-form-urlencoded"}},
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_a_sign_in_that_cannot_be_read_is_a_422(client: TestClient, sent: dict[str, Any]) -> None:
    answer = client.post("/api/v1/auth/login", **sent)
    assert (answer.status_code, answer.json()["code"]) == (422, "validation-failed")


def test_c10_a_wrong_password_and_an_unknown_name_answer_alike(client: TestClient, app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    register(client)
    verified: list[bool] = []
    passwords = app.state.identity.passwords
    original = passwords.verify

    async def watched(stored: str | None, password: str) -> bool:
        verified.append(stored is not None)
        return bool(await original(stored, password))

    monkeypatch.setattr(passwords, "verify", watched)
    wrong, unknown = login(client, password="not the password"), login(client, name="nobody@example.org")
    assert shape(wrong) == shape(unknown)
    assert (wrong.status_code, wrong.json()["code"]) == (401, "wrong-credentials")
    assert "bearer" in wrong.headers["www-authenticate"].lower()
    assert verified == [True, False], "an unknown name costs a hash as well"


def test_an_imported_member_without_password_answers_as_nobody(client: TestClient, make_member: MemberMaker) -> None:
    make_member("imported", username=None, email=None)
    assert shape(login(client, name="imported")) == shape(login(client, name="nobody"))


def test_attempts_are_throttled_per_name_also_for_names_that_nobody_has(client: TestClient, clock: FixedClock) -> None:
    register(client)
    for name in ("ana@example.org", "nobody@example.org"):
        answers = [login(client, name, "not the password").status_code for _ in range(MAX_PER_NAME + 1)]
        assert answers == [401] * MAX_PER_NAME + [429]
    clock.advance(timedelta(minutes=5))
    refused = login(client)
    assert (refused.status_code, refused.json()["code"]) == (429, "sign-in-throttled")
    assert refused.headers["retry-after"] == "600"
    assert login(client, name="S-1042").status_code == 200, "another name of the same member is counted by itself"
    clock.advance(WINDOW - timedelta(minutes=5))
    assert login(client).status_code == 200


def test_attempts_are_throttled_per_address(client: TestClient, make_member: MemberMaker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("laurels.identity.throttle.MAX_PER_ADDRESS", 4)
    register(client)
    assert [login(client, f"nobody{number}", "x").status_code for number in range(5)] == [401, 401, 401, 401, 429]
    assert login(client).status_code == 429


def test_right_passwords_are_forgiven(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("laurels.identity.throttle.MAX_PER_ADDRESS", 2)
    register(client)
    assert [login(client).status_code for _ in range(5)] == [200] * 5
    assert login(client, password="wrong").status_code == 401
    assert login(client).status_code == 200
    assert login(client, name="nobody").status_code == 401
    assert login(client).status_code == 429


def test_a_suspended_member_is_told_so_only_with_the_right_password(client: TestClient, make_member: MemberMaker) -> None:
    make_member("7", password=PASSWORD, status="suspended")
    answer = login(client, "7")
    assert (answer.status_code, answer.json()["code"]) == (403, "member-suspended")
    assert shape(login(client, "7", "not the password")) == shape(login(client, "nobody", "not the password"))


def test_an_outdated_hash_is_made_anew_at_sign_in(client: TestClient, make_member: MemberMaker, database: Database) -> None:
    who = make_member("7", password=PASSWORD)
    assert login(client, "7").status_code == 200
    with database.read.connect() as connection:
        stored = connection.execute(select(member_password.c.hash).where(member_password.c.member_id == who.id)).scalar_one()
    assert "m=19456,t=2,p=1" in stored
    assert login(client, "7").status_code == 200


# Tokens


def test_an_expired_or_forged_token_is_a_401(client: TestClient, clock: FixedClock, settings: Settings) -> None:
    register(client)
    answer = login(client)
    claims = jwt.decode(answer.json()["access_token"], options={"verify_signature": False})
    key = Keys.of(settings.secret_key.get_secret_value().encode()).access_tokens
    good, none = jwt.encode(claims, key, algorithm="HS256"), jwt.encode(claims, "", algorithm="none")
    assert [_me(client, token) for token in (good, none, good + "x", "garbage", "")] == [200, 401, 401, 401, 401]
    assert _me(client, jwt.encode(claims | {"sub": str(new_id())}, key, algorithm="HS256")) == 401
    assert client.get("/api/v1/auth/me", headers={"Authorization": f"Basic {good}"}).status_code == 401
    clock.advance(timedelta(minutes=15))
    assert _me(client, good) == 401


def _me(client: TestClient, token: str) -> int:
    return client.get("/api/v1/auth/me", headers={"Authorization": f"Bearer {token}"}).status_code


def test_a_refresh_token_works_once_and_its_second_use_ends_the_session(client: TestClient) -> None:
    register(client)
    first = login(client)
    second = client.post("/api/v1/auth/refresh", json={"refresh_token": first.json()["refresh_token"]})
    third = client.post("/api/v1/auth/refresh", json={"refresh_token": second.json()["refresh_token"]})
    assert (second.status_code, third.status_code) == (200, 200)
    assert second.json()["session_id"] == first.json()["session_id"]
    other = login(client)
    for stale in (first, second):
        reused = client.post("/api/v1/auth/refresh", json={"refresh_token": stale.json()["refresh_token"]})
        assert reused.status_code == 401
    assert [client.get("/api/v1/auth/me", headers=bearer(answer)).status_code for answer in (first, second, third)] == [401] * 3
    last = client.post("/api/v1/auth/refresh", json={"refresh_token": third.json()["refresh_token"]})
    assert (last.status_code, last.json()["code"]) == (401, "refresh-refused")
    assert client.get("/api/v1/auth/me", headers=bearer(other)).status_code == 200, "another session is none of its business"


def test_reuse_says_that_it_was_reuse(client: TestClient) -> None:
    register(client)
    token = login(client).json()["refresh_token"]
    client.post("/api/v1/auth/refresh", json={"refresh_token": token})
    reused = client.post("/api/v1/auth/refresh", json={"refresh_token": token})
    assert (reused.status_code, reused.json()["code"]) == (401, "refresh-reused")


def test_a_refresh_token_ends_with_its_session(client: TestClient, clock: FixedClock, settings: Settings) -> None:
    register(client)
    token = login(client).json()["refresh_token"]
    clock.advance(timedelta(days=settings.session_days))
    refused = client.post("/api/v1/auth/refresh", json={"refresh_token": token})
    assert (refused.status_code, refused.json()["code"]) == (401, "refresh-refused")
    assert client.post("/api/v1/auth/refresh", json={"refresh_token": "made up"}).json()["code"] == "refresh-refused"


def test_secrets_are_kept_hashed(client: TestClient, database: Database) -> None:
    register(client)
    token = login(client).json()["refresh_token"]
    with database.read.connect() as connection:
        rows = [tuple(map(str, row)) for row in connection.execute(select(member_session))]
        rows += [tuple(map(str, row)) for row in connection.execute(select(member_password))]
    assert not any(token in text or PASSWORD in text for row in rows for text in row)
    assert len(rows) == 2


# One's own account


def test_logout_ends_the_bearer_session_at_once_in_every_process(app: FastAPI, client: TestClient, make_app: MakeApp) -> None:
    register(client)
    here, elsewhere = login(client), login(client)
    with TestClient(make_app()) as another_process:
        assert another_process.get("/api/v1/auth/me", headers=bearer(here)).status_code == 200
        assert client.post("/api/v1/auth/logout", headers=bearer(here)).status_code == 204
        assert another_process.get("/api/v1/auth/me", headers=bearer(here)).status_code == 401
    assert client.get("/api/v1/auth/me", headers=bearer(here)).status_code == 401
    assert client.post("/api/v1/auth/refresh", json={"refresh_token": here.json()["refresh_token"]}).status_code == 401
    assert client.get("/api/v1/auth/me", headers=bearer(elsewhere)).status_code == 200


def test_a_cookie_is_no_bearer_token_and_the_other_way_round(client: TestClient, make_member: MemberMaker, sign_in: SignIn) -> None:
    session = sign_in(make_member())
    [(name, secret)] = session.cookies.items()
    own_page = {"sec-fetch-site": "same-origin"}
    assert client.get("/api/v1/auth/me", headers={"Authorization": f"Bearer {secret}"}).status_code == 401
    token = session.headers["Authorization"].removeprefix("Bearer ")
    assert client.get("/api/v1/auth/me", headers=own_page | {"Cookie": f"{name}={token}"}).status_code == 401
    assert client.get("/api/v1/auth/me", headers=own_page | {"Cookie": f"{name}={secret}"}).status_code == 200
    both = own_page | {"Cookie": f"{name}={secret}", "Authorization": "Bearer bad"}
    assert client.get("/api/v1/auth/me", headers=both).status_code == 401, "a bad header isn't saved by a good cookie"


def test_behind_tls_only_the_host_cookie_counts(client: TestClient, make_member: MemberMaker, sign_in: SignIn) -> None:
    [(name, secret)] = sign_in(make_member()).cookies.items()
    client.base_url = "https://testserver"
    plain, host = f"{name}={secret}", f"__Host-{name}={secret}"
    assert client.get("/api/v1/auth/me", headers={"Cookie": plain}).status_code == 401
    assert client.get("/api/v1/auth/me", headers={"Cookie": host}).status_code == 200


def test_a_profile_changes_what_is_sent_and_nothing_else(client: TestClient, make_member: MemberMaker, sign_in: SignIn) -> None:
    who = make_member(display_name="Old Name")
    make_member(username="taken")
    headers = sign_in(who).headers
    changed = client.put("/api/v1/auth/profile", json={"display_name": "New  Name ", "time_zone": "Asia/Kolkata"}, headers=headers)
    assert (changed.json()["display_name"], changed.json()["time_zone"]) == ("New Name", "Asia/Kolkata")
    assert (changed.json()["email"], changed.json()["username"]) == (who.email, who.username)
    taken = client.put("/api/v1/auth/profile", json={"username": "TAKEN"}, headers=headers)
    assert (taken.status_code, taken.json()["field"]) == (409, "username")
    for forbidden in ("email", "student_id", "role", "status", "id"):
        assert client.put("/api/v1/auth/profile", json={forbidden: "admin"}, headers=headers).status_code == 422
    found = client.get("/api/v1/members/search", params={"q": "new na"}, headers=headers).json()["items"]
    assert [person["id"] for person in found] == [str(who.id)]
    assert client.get("/api/v1/members/search", params={"q": "old"}, headers=headers).json()["items"] == []


def test_a_changed_password_ends_the_other_sessions(client: TestClient) -> None:
    register(client)
    here, elsewhere = login(client), login(client)
    sent = {"current_password": PASSWORD, "new_password": "eight bright lanterns"}
    assert client.put("/api/v1/auth/password", json=sent, headers=bearer(here)).status_code == 204
    assert client.get("/api/v1/auth/me", headers=bearer(here)).status_code == 200
    assert client.get("/api/v1/auth/me", headers=bearer(elsewhere)).status_code == 401
    assert login(client).status_code == 401
    assert login(client, password="eight bright lanterns").status_code == 200


def test_a_password_is_changed_only_with_the_old_one_and_guesses_are_counted(client: TestClient) -> None:
    register(client)
    headers = bearer(login(client))
    weak = client.put("/api/v1/auth/password", json={"current_password": PASSWORD, "new_password": "password123"}, headers=headers)
    assert (weak.status_code, weak.json()["field"]) == (422, "new_password")
    sent = {"current_password": "not the password", "new_password": "eight bright lanterns"}
    answers = [client.put("/api/v1/auth/password", json=sent, headers=headers).status_code for _ in range(MAX_PER_NAME + 1)]
    assert answers == [401] * MAX_PER_NAME + [429]
    assert login(client).status_code == 200


def test_sessions_are_listed_and_ended_one_by_one(client: TestClient, make_member: MemberMaker, sign_in: SignIn) -> None:
    who, stranger = make_member(), make_member()
    mine, theirs = sign_in(who).headers, sign_in(stranger).headers
    sessions = client.get("/api/v1/auth/sessions", headers=mine).json()["items"]
    assert {session["via"] for session in sessions} == {"bearer", "cookie"}
    [current] = [session for session in sessions if session["is_current"]]
    [other] = [session for session in sessions if not session["is_current"]]
    assert client.delete(f"/api/v1/auth/sessions/{other['id']}", headers=theirs).status_code == 404
    assert client.delete(f"/api/v1/auth/sessions/{other['id']}", headers=mine).status_code == 204
    assert client.delete(f"/api/v1/auth/sessions/{other['id']}", headers=mine).status_code == 404
    assert client.delete(f"/api/v1/auth/sessions/{current['id']}", headers=mine).status_code == 204
    assert client.get("/api/v1/auth/sessions", headers=mine).status_code == 401


def test_a_deleted_account_leaves_an_opaque_row_and_free_names(client: TestClient, database: Database, app: FastAPI) -> None:
    erased: list[UUID] = []
    personal = app.state.identity.personal
    personal.add("elsewhere", export=lambda connection, who: {"words": 3}, erase=lambda connection, who: erased.append(who))
    register(client)
    headers = bearer(login(client))
    exported = client.get("/api/v1/auth/export", headers=headers).json()
    assert (exported["elsewhere"], exported["identity"]["member"]["email"]) == ({"words": 3}, "ana@example.org")
    me = UUID(client.get("/api/v1/auth/me", headers=headers).json()["id"])
    assert client.delete("/api/v1/auth/account", headers=headers).status_code == 204
    assert erased == [me]
    assert client.get("/api/v1/auth/me", headers=headers).status_code == 401
    assert login(client).status_code == 401
    with database.read.connect() as connection:
        row = connection.execute(select(member)).mappings().one()
        for table in (member_password, member_session, member_word):
            assert connection.execute(select(func.count()).select_from(table)).scalar_one() == 0
    assert (row["id"], row["status"], row["role"], row["student_id"]) == (me, "deleted", "member", f"deleted-{me.hex}")
    assert (row["username"], row["email"], row["full_name"], row["display_name"]) == (None, None, "", "")
    assert register(client).status_code == 202
    assert client.get("/api/v1/auth/me", headers=bearer(login(client))).json()["id"] != str(me)


def test_the_last_admin_stays(client: TestClient, make_member: MemberMaker, sign_in: SignIn) -> None:
    first = sign_in(make_member(role="admin")).headers
    refused = client.delete("/api/v1/auth/account", headers=first)
    assert (refused.status_code, refused.json()["code"]) == (409, "last-admin")
    assert client.get("/api/v1/auth/me", headers=first).json()["status"] == "active"
    make_member(role="admin", status="suspended")
    assert client.delete("/api/v1/auth/account", headers=first).status_code == 409
    make_member(role="admin")
    assert client.delete("/api/v1/auth/account", headers=first).status_code == 204


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "logout"),
        ("GET", "me"),
        ("PUT", "profile"),
        ("PUT", "password"),
        ("DELETE", "account"),
        ("GET", "sessions"),
        ("DELETE", "sessions/01a1f890-e37a-73f9-9bad-95b6014a4f20"),
        ("GET", "export"),
    ],
)
def test_strangers_get_401(client: TestClient, method: str, path: str) -> None:
    answer = client.request(method, f"/api/v1/auth/{path}", json={})
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


def test_mails_that_are_kept_are_private(client: TestClient, settings: Settings, app: FastAPI) -> None:
    register(client)
    register(client, student_id="S-2", username=None)
    app.state.identity.mails.close()
    folder: Path = settings.home / "mail"
    assert folder.stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in folder.iterdir())
