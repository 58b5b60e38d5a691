"""Identity's pages, as a browser without scripts uses them."""

from dataclasses import dataclass
import json
import re
from typing import Any

from fastapi.testclient import TestClient
import pytest

from laurels.core.database import Database
from laurels.identity.queries import find_credentials, get_member
from laurels.identity.tables import Member
from laurels.identity.throttle import MAX_PER_NAME
from support.applications import MakeApp
from support.members import MemberMaker, SignIn

pytestmark = pytest.mark.any_database

PASSWORD = "seven quiet lanterns"
BROWSER = {"accept": "text/html", "sec-fetch-site": "same-origin"}


@dataclass
class Browser:
    """Opens pages, and sends their forms with their token."""

    client: TestClient

    def open(self, path: str) -> Any:
        return self.client.get(path, headers=BROWSER)

    def send(self, path: str, *, on: str, **fields: str) -> Any:
        page = self.open(on)
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        assert token, page.text
        return self.client.post(path, data={"csrf_token": token.group(1), **fields}, headers=BROWSER)

    def sign_in(self, name: str, password: str = PASSWORD, target: str = "/account") -> Any:
        return self.send("/sign-in", on="/sign-in", username=name, password=password, next=target)


@pytest.fixture
def browser(client: TestClient) -> Browser:
    return Browser(client)


@pytest.fixture
def member(make_member: MemberMaker, sign_in: SignIn, client: TestClient) -> Member:
    """A member who is signed in."""
    made = make_member("7", password=PASSWORD, display_name="Ana <b>Díaz</b>")
    client.cookies.update(sign_in(made).cookies)
    return made


def errors_of(page: Any) -> dict[str, str]:
    """The error beside each field, each one tied to its control."""
    found = dict(re.findall(r'id="(\w+)-error">.*?<span>([^<]*)</span>', page.text))
    for name in found:
        control = re.search(rf'<(?:input|select)[^>]*id="{name}"[^>]*>', page.text)
        assert control, name
        assert f'aria-describedby="{name}-error' in control.group()
        assert 'aria-invalid="true"' in control.group()
    return found


def problem_of(page: Any) -> str:
    found = re.search(r'role="alert">.*?<p>([^<]*)</p>', page.text)
    return found.group(1) if found else ""


# In and out


def test_a_newcomer_registers_signs_in_and_out(browser: Browser) -> None:
    sent = {"student_id": "S-1", "email": "a@example.org", "password": PASSWORD, "display_name": "Ana"}
    registered = browser.send("/register", on="/register", **sent)
    assert (registered.status_code, registered.headers["location"]) == (303, "/sign-in")
    assert "Sign in with your password." in browser.open("/sign-in").text
    signed_in = browser.sign_in("a@example.org")
    assert (signed_in.status_code, signed_in.headers["location"]) == (303, "/account")
    cookie = signed_in.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie
    secret = browser.client.cookies["laurels_session"]
    assert "Ana" in browser.open("/account").text
    assert browser.open("/sign-in?next=/account").headers["location"] == "/account"
    signed_out = browser.send("/sign-out", on="/account")
    assert (signed_out.status_code, signed_out.headers["location"]) == (303, "/sign-in")
    browser.client.cookies.set("laurels_session", secret)
    gone = browser.open("/account")
    assert (gone.status_code, gone.headers["location"]) == (303, "/sign-in?next=/account"), "the session itself has ended"


def test_behind_tls_the_cookie_is_secure_and_bound_to_the_host(browser: Browser, make_member: MemberMaker) -> None:
    make_member("7", password=PASSWORD)
    browser.client.base_url = "https://testserver"
    cookie = browser.sign_in("7").headers["set-cookie"]
    assert cookie.startswith("__Host-laurels_session=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    assert browser.open("/account").status_code == 200


def test_a_public_https_address_makes_cookies_secure_whatever_the_proxy_says(make_app: MakeApp, make_member: MemberMaker) -> None:
    make_member("7", password=PASSWORD)
    with TestClient(make_app(public_url="https://laurels.example.org"), follow_redirects=False) as client:
        page = Browser(client).open("/sign-in")
        assert page.headers["strict-transport-security"]
        cookies = page.headers["set-cookie"]
        form = re.search(r"laurels_form=([^;]+)", cookies)
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        assert form
        assert token
        sent = {"csrf_token": token.group(1), "username": "7", "password": PASSWORD}
        answer = client.post("/sign-in", data=sent, headers=BROWSER | {"cookie": f"laurels_form={form.group(1)}"})
        assert answer.headers["set-cookie"].startswith("__Host-laurels_session=")
        assert "Secure" in answer.headers["set-cookie"]


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", ""])
def test_signing_in_leads_nowhere_else(browser: Browser, make_member: MemberMaker, target: str) -> None:
    make_member("7", password=PASSWORD)
    assert browser.sign_in("7", target=target).headers["location"] == "/"


def test_refused_sign_ins_look_alike_and_keep_the_name(browser: Browser, make_member: MemberMaker) -> None:
    make_member("7", password=PASSWORD)
    make_member("8", password=PASSWORD, status="suspended")
    pages = [browser.sign_in(name, "not the password") for name in ("7", "8", "9")]
    assert {page.status_code for page in pages} == {422}
    words = [re.sub(r'value="[^"]*"|content="[^"]*"', "", page.text) for page in pages]
    assert words[0] == words[1] == words[2]
    assert 'value="7"' in pages[0].text
    assert "not the password" not in pages[0].text
    suspended = browser.sign_in("8")
    assert (suspended.status_code, "suspended" in problem_of(suspended)) == (403, True)
    assert set(errors_of(browser.sign_in("", ""))) == {"username", "password"}


def test_throttled_sign_ins_say_how_long_to_wait(browser: Browser) -> None:
    for _ in range(MAX_PER_NAME):
        assert browser.sign_in("7", "wrong").status_code == 422
    page = browser.sign_in("7", "wrong")
    assert (page.status_code, "900 s" in problem_of(page)) == (429, True)


def test_a_form_without_its_token_does_nothing(client: TestClient, make_member: MemberMaker) -> None:
    make_member("7", password=PASSWORD)
    answer = client.post("/sign-in", data={"username": "7", "password": PASSWORD}, headers=BROWSER)
    assert answer.status_code == 403
    assert "laurels_session" not in answer.cookies


def test_refused_registrations_tell_it_beside_the_field(browser: Browser, make_member: MemberMaker) -> None:
    make_member("7", username="taken")
    empty = browser.send("/register", on="/register")
    assert (empty.status_code, errors_of(empty)) == (422, dict.fromkeys(("student_id", "email", "password"), "Fill this in."))
    sent = {"student_id": "8", "email": "b@example.org", "password": "password123"}
    weak = browser.send("/register", on="/register", **sent)
    assert list(errors_of(weak)) == ["password"]
    assert 'value="b@example.org"' in weak.text
    assert "password123" not in weak.text
    taken = browser.send("/register", on="/register", **(sent | {"password": PASSWORD, "username": "TAKEN"}))
    assert (taken.status_code, errors_of(taken)) == (409, {"username": "This is taken. Choose another."})


def test_a_taken_email_is_led_on_like_a_free_one(browser: Browser, make_member: MemberMaker) -> None:
    make_member("7", email="a@example.org")
    sent = {"student_id": "8", "email": "a@example.org", "password": PASSWORD}
    answer = browser.send("/register", on="/register", **sent)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


def test_a_closed_community_says_so(make_app: MakeApp) -> None:
    with TestClient(make_app(registration_open=False), follow_redirects=False) as client:
        browser = Browser(client)
        page = browser.open("/register")
        assert (page.status_code, "Registration is closed" in page.text) == (403, True)
        assert "/register" not in browser.open("/sign-in").text


# One's own account


def test_the_account_page_shows_and_changes_the_profile(
    browser: Browser, member: Member, make_member: MemberMaker, database: Database
) -> None:
    page = browser.open("/account")
    assert page.status_code == 200
    assert "Ana &lt;b&gt;Díaz&lt;/b&gt;" in page.text
    assert "<b>Díaz" not in page.text
    changed = browser.send("/account", on="/account", display_name="Zoe", time_zone="Asia/Kolkata", locale="en")
    assert (changed.status_code, changed.headers["location"]) == (303, "/account")
    after = browser.open("/account")
    assert "Your profile is saved." in after.text
    assert 'value="Asia/Kolkata" selected' in after.text
    with database.read.connect() as connection:
        stored = get_member(connection, member.id)
    assert (stored.display_name, stored.time_zone, stored.email) == ("Zoe", "Asia/Kolkata", member.email)
    make_member(username="taken")
    refused = browser.send("/account", on="/account", display_name="x" * 61, username="taken", time_zone="Mars", locale="en")
    assert (refused.status_code, list(errors_of(refused))) == (422, ["display_name", "time_zone"])
    taken = browser.send("/account", on="/account", username="taken")
    assert errors_of(taken) == {"username": "This is taken. Choose another."}


def test_changing_the_password_signs_out_elsewhere(
    browser: Browser, member: Member, sign_in: SignIn, client: TestClient, database: Database
) -> None:
    other = sign_in(member).headers
    sent = {"current_password": "not this one", "new_password": "eight bright lanterns"}
    assert errors_of(browser.send("/account/password", on="/account", **sent)) == {
        "current_password": "This isn't your password.".replace("'", "&#39;")
    }
    weak = browser.send("/account/password", on="/account", current_password=PASSWORD, new_password="password123")
    assert list(errors_of(weak)) == ["new_password"]
    missing = browser.send("/account/password", on="/account")
    assert list(errors_of(missing)) == ["current_password", "new_password"]
    assert client.get("/api/v1/auth/me", headers=other).status_code == 200
    done = browser.send("/account/password", on="/account", **(sent | {"current_password": PASSWORD}))
    assert done.status_code == 303
    assert "Your password is changed." in browser.open("/account").text
    assert client.get("/api/v1/auth/me", headers=other).status_code == 401


def test_other_sessions_are_ended_from_the_page(browser: Browser, member: Member, sign_in: SignIn, client: TestClient) -> None:
    other = sign_in(member).headers
    [session] = [one for one in client.get("/api/v1/auth/sessions", headers=other).json()["items"] if one["is_current"]]
    path = f"/account/sessions/{session['id']}/end"
    assert path in browser.open("/account").text
    assert browser.send(path, on="/account").status_code == 303
    assert client.get("/api/v1/auth/me", headers=other).status_code == 401
    assert "That session has ended." in browser.open("/account").text
    assert browser.send(path, on="/account").status_code == 303


def test_the_export_is_a_file_of_all_that_is_kept(browser: Browser, member: Member) -> None:
    answer = browser.open("/account/export")
    assert answer.headers["content-disposition"] == 'attachment; filename="laurels-2026-11-20.json"'
    kept = json.loads(answer.content)
    assert (kept["identity"]["member"]["id"], len(kept["identity"]["sessions"])) == (str(member.id), 2)


def test_an_account_is_deleted_only_when_sure_and_known(browser: Browser, member: Member, database: Database) -> None:
    assert list(errors_of(browser.send("/account/delete", on="/account/delete", password=PASSWORD))) == ["is_sure"]
    wrong = browser.send("/account/delete", on="/account/delete", password="not this one", is_sure="true")
    assert list(errors_of(wrong)) == ["password"]
    with database.read.connect() as connection:
        assert get_member(connection, member.id) == member
    done = browser.send("/account/delete", on="/account/delete", password=PASSWORD, is_sure="true")
    assert (done.status_code, done.headers["location"]) == (303, "/sign-in")
    assert "Your account is deleted." in browser.open("/sign-in").text
    with database.read.connect() as connection:
        assert get_member(connection, member.id).status == "deleted"


def test_the_last_admin_is_told_why_they_stay(browser: Browser, make_member: MemberMaker, sign_in: SignIn) -> None:
    browser.client.cookies.update(sign_in(make_member("1", password=PASSWORD, role="admin")).cookies)
    page = browser.send("/account/delete", on="/account/delete", password=PASSWORD, is_sure="true")
    assert (page.status_code, "last active admin" in problem_of(page)) == (422, True)


# The staff's pages


@pytest.fixture
def staff(make_member: MemberMaker, sign_in: SignIn, client: TestClient) -> Member:
    """A member of the staff who is signed in."""
    made = make_member("staff-1", role="staff")
    client.cookies.update(sign_in(made).cookies)
    return made


def test_staff_find_suspend_and_restore(browser: Browser, staff: Member, make_member: MemberMaker, database: Database) -> None:
    who = make_member("7", display_name="Zoe Quill")
    for number in range(30):
        make_member(f"x{number:02d}", display_name="Twin")
    found = browser.open("/console/members?q=zo+qu&status=nonsense")
    assert (found.status_code, found.text.count("<tr>")) == (200, 2)
    path = f"/console/members/{who.id}"
    assert path in found.text
    first = browser.open("/console/members?q=twin")
    following = re.search(r'href="(/console/members\?[^"]*cursor=[^"]*)"', first.text)
    assert following
    assert browser.open(following.group(1).replace("&amp;", "&")).text.count("<tr>") == 6
    assert "Nobody is found" in browser.open("/console/members?q=nobody").text
    assert browser.open("/console/members?q=%00").status_code == 200
    for status, action in (("suspended", "member.suspended"), ("active", "member.restored")):
        assert browser.send(path, on=path, status=status).headers["location"] == path
        page = browser.open(path)
        assert action in page.text
        assert "on record" in page.text
        with database.read.connect() as connection:
            assert get_member(connection, who.id).status == status


def test_staff_correct_names_and_set_a_password(browser: Browser, staff: Member, make_member: MemberMaker, database: Database) -> None:
    who = make_member("7", username=None, email=None)
    make_member("8")
    path = f"/console/members/{who.id}"
    assert errors_of(browser.send(path, on=path, student_id="8")) == {"student_id": "This is taken. Choose another."}
    assert browser.send(path, on=path, student_id="7", email="Zoe@Example.org", display_name="Zoe").status_code == 303
    assert list(errors_of(browser.send(path, on=path, password="password123"))) == ["password"]
    assert browser.send(path, on=path, password=PASSWORD).status_code == 303
    with database.read.connect() as connection:
        assert find_credentials(connection, "zoe@example.org") is not None
    assert browser.send(path, on=path).status_code == 422


def test_staff_see_no_means_that_they_lack(browser: Browser, staff: Member, make_member: MemberMaker) -> None:
    admin = make_member(role="admin")
    gone = make_member(status="deleted", username=None, email=None, full_name="", display_name="")
    plain = make_member()
    for who, words in ((admin, "Only admins change an admin."), (gone, "deleted by its owner")):
        page = browser.open(f"/console/members/{who.id}")
        assert words in page.text
        assert f'action="/console/members/{who.id}"' not in page.text
    assert 'name="role"' not in browser.open(f"/console/members/{plain.id}").text
    assert 'value="suspended"' not in browser.open(f"/console/members/{staff.id}").text
    refused = browser.send(f"/console/members/{admin.id}", on=f"/console/members/{plain.id}", status="suspended")
    assert refused.status_code == 403
    assert browser.open("/console/members/01a1f890-e37a-73f9-9bad-95b6014a4f20").status_code == 404


def test_staff_create_members_and_admins_give_roles(browser: Browser, staff: Member, make_member: MemberMaker, sign_in: SignIn) -> None:
    created = browser.send("/console/members/new", on="/console/members/new", student_id="N-1", display_name="New One")
    assert created.status_code == 303
    page = browser.open(created.headers["location"])
    assert "New One" in page.text
    assert "The member is created." in page.text
    taken = browser.send("/console/members/new", on="/console/members/new", student_id="N-1")
    assert (taken.status_code, list(errors_of(taken))) == (409, ["student_id"])
    too_much = browser.send("/console/members/new", on="/console/members/new", student_id="N-2", role="admin")
    assert (too_much.status_code, bool(problem_of(too_much))) == (403, True)
    browser.client.cookies.update(sign_in(make_member(role="admin")).cookies)
    promoted = browser.send(created.headers["location"], on=created.headers["location"], role="staff")
    assert promoted.status_code == 303
    assert "member.role_changed" in browser.open(created.headers["location"]).text


@pytest.mark.parametrize("path", ["/console/members", "/console/members/new", "/console/members/01a1f890-e37a-73f9-9bad-95b6014a4f20"])
def test_the_staffs_pages_are_the_staffs(browser: Browser, path: str, make_member: MemberMaker, sign_in: SignIn) -> None:
    assert browser.open(path).headers["location"].startswith("/sign-in?next=")
    browser.client.cookies.update(sign_in(make_member()).cookies)
    assert browser.open(path).status_code == 403


def test_signing_in_as_another_ends_the_session_before(browser: Browser, member: Member, make_member: MemberMaker) -> None:
    make_member("8", password=PASSWORD)
    secret = browser.client.cookies["laurels_session"]
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.open("/account").text)
    assert token
    sent = {"csrf_token": token.group(1), "username": "8", "password": PASSWORD}
    assert browser.client.post("/sign-in", data=sent, headers=BROWSER).status_code == 303
    browser.client.cookies.clear()
    browser.client.cookies.set("laurels_session", secret)
    assert browser.open("/account").headers["location"] == "/sign-in?next=/account"
