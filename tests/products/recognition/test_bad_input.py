"""Whatever is sent: a clear problem, and nothing changes."""

from typing import Any

import pytest

from laurels.identity.tables import Member, staff_action
from laurels.products.recognition.tables import recognition, recognition_value, redemption
from products.recognition.community import Community
from support.site import API, refused
from support.wrong_values import HUGE, WRONG_IDS, WRONG_NUMBERS, WRONG_TEXTS, loose_json

pytestmark = pytest.mark.any_database

NOBODYS = "01a1f890-e37a-73f9-9bad-95b6014a4f20"


@pytest.fixture
def world(served: Community) -> Community:
    """A community where something has happened already."""
    ana, bo = served.join("1"), served.join("2")
    served.gave(ana, bo, 40)
    assert served.redeem(bo, 10).status_code == 201
    return served


def anyone(world: Community, **values: Any) -> Member:
    """One more member, signed in before what is to change nothing."""
    made = world.join(**values)
    world.headers(made)
    return made


def state(world: Community) -> Any:
    """All that a refused request must leave alone."""
    return world.heads(), [world.count(table) for table in (recognition, redemption, recognition_value, staff_action)]


def send(world: Community, who: Member, path: str, good: dict[str, Any], field: str, value: Any) -> Any:
    """Post a good body with one field changed or left out; as JSON of the loosest kind, NaN and lone surrogates included."""
    body = {name: known for name, known in good.items() if name != field} | ({} if value is ... else {field: value})
    headers = world.headers(who) | {"Content-Type": "application/json"}
    return world.http.post(API + path, content=loose_json(body), headers=headers)


def check_field(world: Community, who: Member, path: str, good: dict[str, Any], field: str, wrong: dict[str, Any]) -> None:
    """Check that each wrong value of a field is refused, with the field's name and what to send, and changes nothing."""
    before = state(world)
    for name, value in wrong.items():
        problem = refused(send(world, who, path, good, field, value), 422, "validation-failed")
        [error] = problem["errors"]
        assert (error["in"], error["pointer"]) == ("body", f"#/{field}"), name
        assert error["detail"].startswith(("Send ", "Leave ")), name
        assert state(world) == before, name


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("credits", WRONG_NUMBERS),
        ("message", WRONG_TEXTS | {"too long": "a" * 501, "too long in code points": "é" * 501}),
        ("value", {name: value for name, value in WRONG_TEXTS.items() if name not in ("missing", "null")} | {"too long": "a" * 41}),
        ("receiver_id", WRONG_IDS),
        ("unknown", {"field": 1}),
    ],
    ids=["credits", "message", "value", "receiver_id", "unknown"],
)
def test_a_gift_with_a_wrong_field_is_refused_and_changes_nothing(world: Community, field: str, wrong: dict[str, Any]) -> None:
    ana = anyone(world)
    good = {"receiver_id": str(anyone(world).id), "credits": 10, "message": "Thank you!", "value": None}
    check_field(world, ana, "/recognitions", good, field, wrong)
    assert send(world, ana, "/recognitions", good, "value", None).status_code == 201, "with no wrong field it is accepted"


def test_a_redemption_with_a_wrong_field_is_refused_and_changes_nothing(world: Community) -> None:
    ana = anyone(world)
    check_field(world, ana, "/redemptions", {"credits": 10}, "credits", WRONG_NUMBERS)
    check_field(world, ana, "/redemptions", {"credits": 10}, "member", {"somebody else's purse": NOBODYS})


def test_a_stock_change_with_a_wrong_field_is_refused_and_changes_nothing(world: Community) -> None:
    wrong = {name: value for name, value in WRONG_NUMBERS.items() if name not in ("zero", "negative")} | {"below": -1_000_001}
    check_field(world, anyone(world, role="staff"), "/vouchers/stock", {"added": 5}, "added", wrong)


def test_a_reversal_with_a_wrong_field_is_refused_and_changes_nothing(world: Community) -> None:
    staff = anyone(world, role="staff")
    given = world.get(staff, "/recognitions").json()["items"][0]["recognition_id"]
    wrong = WRONG_TEXTS | {"too long": "a" * 501}
    check_field(world, staff, f"/recognitions/{given}/reversal", {"reason": "By mistake"}, "reason", wrong)


def test_a_value_with_a_wrong_field_is_refused_and_changes_nothing(world: Community) -> None:
    staff = anyone(world, role="staff")
    good = {"position": 1, "is_active": True}
    before = state(world)
    for field, value in [*(("position", wrong) for wrong in (-1, 1.5, "1", True, HUGE)), ("is_active", "yes"), ("is_active", 1)]:
        answer = world.http.put(f"{API}/recognitions/values/Teamwork", json=good | {field: value}, headers=world.headers(staff))
        refused(answer, 422, "validation-failed")
    for name in ("a" * 41, "%00", "%20", "a%E2%80%AEb"):
        refused(world.http.put(f"{API}/recognitions/values/{name}", json=good, headers=world.headers(staff)), 422, "validation-failed")
    assert state(world) == before


def test_a_body_that_is_no_object_is_refused_and_changes_nothing(world: Community) -> None:
    ana = anyone(world)
    before = state(world)
    headers = world.headers(ana) | {"Content-Type": "application/json"}
    for path in ("/recognitions", "/redemptions"):
        for body in (b"", b"null", b"[]", b"5", b'"text"', b"{", b"\xff\xfe", b'{"credits": 10', b"[" * 10_000):
            refused(world.http.post(API + path, content=body, headers=headers), 422, "validation-failed")
    assert state(world) == before


def test_other_peoples_ids_open_nothing(world: Community) -> None:
    """A redemption, a purse and a key belong to whoever made them."""
    ana, eve = world.join("3"), anyone(world)
    bo = world.join("4")
    world.gave(ana, bo, 20, key="shared")
    redeemed = world.redeem(bo, 5, key="shared").json()["redemption_id"]
    before = state(world)
    refused(world.get(eve, f"/redemptions/{redeemed}"), 404, "not-found")
    assert world.get(eve, "/redemptions").json()["items"] == []
    refused(world.redeem(eve, 5, key="shared"), 409, "insufficient-balance")
    assert state(world) == before
    own = world.give(eve, bo, 1, key="shared")
    assert (own.status_code, own.headers.get("idempotency-replayed")) == (201, None)


PATHS = (
    "/recognitions",
    "/recognitions/values",
    "/recognitions/values/Teamwork",
    "/recognitions/patterns",
    f"/recognitions/{NOBODYS}",
    f"/recognitions/{NOBODYS}/endorsements",
    f"/recognitions/{NOBODYS}/reversal",
    "/me/purse",
    "/me/purse/statement",
    "/me/quotas",
    "/me/snapshots",
    "/redemptions",
    f"/redemptions/{NOBODYS}",
    "/leaderboards/recognition",
    "/vouchers/stock",
)


def test_nobody_does_anything_without_signing_in(world: Community) -> None:
    before = state(world)
    for path in PATHS:
        statuses = {world.http.request(method, API + path, json={}).status_code for method in ("GET", "POST", "PUT", "DELETE")}
        assert statuses <= {401, 405}, path
        assert 401 in statuses, path
    assert state(world) == before


STAFFS = (
    ("GET", "/recognitions/patterns"),
    ("PUT", "/recognitions/values/Teamwork"),
    ("DELETE", "/recognitions/values/Teamwork"),
    ("GET", "/recognitions/{id}/endorsements"),
    ("POST", "/recognitions/{id}/reversal"),
    ("GET", "/vouchers/stock"),
    ("POST", "/vouchers/stock"),
)
BODIES = {"PUT": {"is_active": True}, "/vouchers/stock": {"added": 5}, "/recognitions/{id}/reversal": {"reason": "Because"}}


def test_members_do_nothing_that_is_the_staffs(world: Community) -> None:
    ana = anyone(world)
    given = world.get(ana, "/recognitions").json()["items"][0]["recognition_id"]
    before = state(world)
    for method, path in STAFFS:
        body = BODIES.get(method) or BODIES.get(path)
        answer = world.http.request(method, API + path.format(id=given), json=body, headers=world.headers(ana))
        refused(answer, 403, "forbidden")
    assert state(world) == before


WRONG_FILTERS = (
    *({"limit": limit} for limit in ("0", "101", "1_0", "ten")),
    *({"cursor": cursor} for cursor in ("nonsense", "WzE3XQ", "", "a" * 501)),
    *({"month": month} for month in ("2026-13", "november", "2026-1", "2026-11-01")),
    *({name: "nobody"} for name in ("giver", "receiver")),
    *({"value": value} for value in ("a" * 41, "a\x00b")),
    *({"text": text} for text in ("a" * 101, "a\x00b")),
)


def test_the_feed_refuses_wrong_filters(world: Community) -> None:
    ana = anyone(world)
    for query in WRONG_FILTERS:
        answer = world.get(ana, "/recognitions", **query)
        assert answer.status_code == 422, query
        assert answer.json()["code"] in ("validation-failed", "cursor-invalid"), query


WRONG_PERIODS: tuple[dict[str, str], ...] = (
    {"month": "2026-00"},
    {"month": "9999-12"},
    {"semester": "2026-H3"},
    {"semester": "9999-H2"},
    {"semester": "2026"},
    {"month": "2026-11", "semester": "2026-H2"},
    {"around": "you"},
    {"around": "me", "cursor": "WzEsIjEiLDFd"},
    {"cursor": "WzE3XQ"},
)


def test_the_board_refuses_wrong_periods(world: Community) -> None:
    ana = anyone(world)
    for query in WRONG_PERIODS:
        answer = world.get(ana, "/leaderboards/recognition", **query)
        assert answer.status_code == 422, query
        assert answer.json()["code"] in ("validation-failed", "cursor-invalid", "invalid"), query


def test_the_last_month_that_can_be_asked_for_is_no_error(world: Community) -> None:
    """The month after 9999-12 is no date, and asking for it was a server error."""
    ana, sam = anyone(world), world.join("staff", role="staff")
    for month, status in (("2999-12", 200), ("3000-01", 422), ("9999-12", 422)):
        for who, path in ((ana, "/recognitions"), (ana, "/leaderboards/recognition"), (sam, "/recognitions/patterns")):
            assert world.get(who, path, month=month).status_code == status, (path, month)
    assert world.get(ana, "/leaderboards/recognition", semester="2999-H2").status_code == 200


def test_a_quota_of_a_month_to_come_is_refused(world: Community) -> None:
    problem = refused(world.get(anyone(world), "/me/quotas", month="2026-12"), 422, "invalid")
    assert problem["field"] == "month"


def test_text_is_kept_as_people_wrote_it(world: Community) -> None:
    """Scripts, emoji and mark-up are text; only the form is made one: NFC, and no blanks around it."""
    ana, bo = anyone(world), anyone(world)
    for sent, kept in [
        ("  cafe\u0301  ", "café"),
        ("धन्यवाद 🙏🏽 شكرا", "धन्यवाद 🙏🏽 شكرا"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("'; DROP TABLE recognition; --", "'; DROP TABLE recognition; --"),
        ("two\r\nlines", "two\nlines"),
        ("x" * 500, "x" * 500),
        ("👩‍👩‍👧‍👦 family", "👩‍👩‍👧‍👦 family"),
    ]:
        given = world.gave(ana, bo, 1, message=sent)
        assert world.get(bo, f"/recognitions/{given}").json()["message"] == kept
