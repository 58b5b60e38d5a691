import pytest
from starlette.testclient import TestClient

FORM = "/form"


def token_of(client: TestClient) -> str:
    return client.get(FORM).text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"}, 403),
        ({"Origin": "http://testserver"}, 200),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "http://testserver.evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Cookie": "laurels_session=x"}, 403),
        ({"Cookie": "laurels_session=x", "Origin": "http://testserver"}, 200),
        ({"Cookie": "laurels_session=x", "Authorization": "Basic eDp5"}, 403),
        ({"Cookie": "laurels_session=x", "Authorization": "Bearer t"}, 200),
        ({"Sec-Fetch-Site": "cross-site", "Authorization": "Bearer t"}, 200),
        ({}, 200),
    ],
)
def test_unsafe_request_must_come_from_our_pages(web: TestClient, headers: dict[str, str], status: int) -> None:
    answer = web.post("/api/v1/limited", headers=headers)
    assert answer.status_code == status
    if status == 403:
        assert answer.json()["code"] == "cross-site-request"


def test_safe_request_may_come_from_anywhere(web: TestClient) -> None:
    assert web.get("/api/v1/anyone", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


def test_form_with_its_token_passes(person: TestClient) -> None:
    token = token_of(person)
    assert person.post(FORM, data={"csrf_token": token, "word": "four"}).text == "<p>4</p>"
    assert person.post(FORM, data={"word": "four"}, headers={"X-CSRF-Token": token}).text == "<p>4</p>"


@pytest.mark.parametrize("token", ["", "x", "AAAA", "é", "A" * 32, "=" * 40])
def test_form_with_another_token_is_refused(person: TestClient, token: str) -> None:
    token_of(person)
    answer = person.post(FORM, data={"csrf_token": token})
    assert answer.status_code == 403


def test_form_without_a_token_is_refused(person: TestClient) -> None:
    token_of(person)
    answer = person.post(FORM, data={"word": "x"}, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (403, "form-expired")


def test_token_of_another_browser_is_refused(person: TestClient) -> None:
    token = token_of(person)
    person.cookies.clear()
    token_of(person)
    assert person.post(FORM, data={"csrf_token": token}).status_code == 403


def test_token_from_before_sign_in_is_refused_after(person: TestClient) -> None:
    token = token_of(person)
    person.cookies.set("laurels_session", "secret")
    assert person.post(FORM, data={"csrf_token": token}).status_code == 403
    assert person.post(FORM, data={"csrf_token": token_of(person)}).status_code == 200


def test_each_render_has_a_token_of_its_own(person: TestClient) -> None:
    assert token_of(person) != token_of(person)


def test_visitors_cookie_is_set_once_and_closed_to_scripts(person: TestClient) -> None:
    first = person.get(FORM)
    assert "HttpOnly; SameSite=Lax" in first.headers["set-cookie"]
    assert "Secure" not in first.headers["set-cookie"]
    assert "set-cookie" not in person.get(FORM).headers
