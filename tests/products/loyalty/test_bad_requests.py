"""Requests about programs that are wrong as a whole, or odd and right: too much, too deep, too old, twice at once."""

from collections.abc import Iterator
from typing import Any

import pytest

from laurels.products.loyalty.schemas.events import MAX_BATCH
from laurels.products.loyalty.tables import purchase
from laurels.web.problems import MAX_BATCH_BYTES, MAX_BODY_BYTES
from products.loyalty.shop import Shop, open_shop
from products.loyalty.town import Town
from support.field_values import INSTANT
from support.site import refused

pytestmark = pytest.mark.any_database

WAIT = {"Prefer": "wait"}
DEEP = b"[" * 10_000
BODIES = (b"", b"null", b"[]", b"5", b'"text"', b"{", b"\xff\xfe", b'{"amount": 10', DEEP, b'{"metadata":' * 10_000)
POSTS = ("/earn", "/earn/batch", "/earn/dry-run", "/returns", "/returns/batch", "/burn")
ADMINS_POSTS = ("", "/rules", "/campaigns", "/rewards", "/keys")


@pytest.fixture
def shop(served: Town) -> Shop:
    """A program at work."""
    return open_shop(served)


@pytest.fixture
def wide_shop(wide: Town) -> Iterator[Shop]:
    """The same behind a real server, for requests at the same moment."""
    yield open_shop(wide)


def sale(shop: Shop, **more: Any) -> dict[str, Any]:
    """A purchase that earns 5 points."""
    bought = {"transaction_id": "T-1", "member": shop.buyer.student_id, "amount": 10_000, "currency": "GBP", "occurred_at": INSTANT}
    return bought | more


def test_a_body_that_is_no_object_is_refused_and_changes_nothing(shop: Shop) -> None:
    before = shop.state()
    for body in BODIES:
        for path in POSTS:
            refused(shop.tell(path, body), 422, "validation-failed")
        for path in ADMINS_POSTS:
            whole = f"/programs/{shop.program.id}{path}" if path else "/programs"
            refused(shop.post(shop.admin, whole, body), 422, "validation-failed")
    assert shop.state() == before


def test_a_batch_of_too_many_or_none_is_refused_and_changes_nothing(shop: Shop) -> None:
    before = shop.state()
    back = {"return_id": "R-1", "transaction_id": "T-1", "amount": 1, "currency": "GBP", "occurred_at": INSTANT}
    for path, one in (("/earn/batch", sale(shop)), ("/returns/batch", back)):
        for events in ([one] * (MAX_BATCH + 1), [], {"0": one}, None, [one, None], [one, [one]]):
            problem = refused(shop.tell(path, {"events": events}), 422, "validation-failed")
            assert all(error["pointer"].startswith("#/events") for error in problem["errors"]), problem
    assert shop.state() == before


def test_one_wrong_event_is_named_by_its_place_and_the_batch_changes_nothing(shop: Shop) -> None:
    before = shop.state()
    events = [sale(shop, transaction_id=f"T-{number}") for number in range(50)]
    events[37]["amount"] = -1
    problem = refused(shop.tell("/earn/batch", {"events": events}), 422, "validation-failed")
    assert [error["pointer"] for error in problem["errors"]] == ["#/events/37/amount"]
    assert shop.state() == before


def test_ten_thousand_wrong_events_are_answered_shortly(shop: Shop) -> None:
    """The answer names what to correct first; it isn't larger than the request."""
    body = {"events": [{"amount": None}] * MAX_BATCH}
    answer = shop.tell("/earn/batch", body)
    refused(answer, 422, "validation-failed")
    assert len(answer.content) < 100_000


@pytest.mark.parametrize(
    ("path", "most"), [("/earn/batch", MAX_BATCH_BYTES), ("/returns/batch", MAX_BATCH_BYTES), ("/earn", MAX_BODY_BYTES)]
)
def test_a_body_that_is_too_large_is_refused_unread(shop: Shop, path: str, most: int) -> None:
    before = shop.state()
    problem = refused(shop.tell(path, b" " * (most + 1)), 413, "content-too-large")
    assert problem["limit_bytes"] == most
    assert shop.state() == before


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00Z", "1969-12-31T23:59:59Z"])
def test_an_event_before_all_time_is_refused_and_changes_nothing(shop: Shop, at: str) -> None:
    before = shop.state()
    back = {"return_id": "R-1", "member": shop.buyer.student_id, "amount": 1, "currency": "GBP", "occurred_at": at}
    for path, body in (("/earn", sale(shop, occurred_at=at)), ("/returns", back), ("/earn/dry-run", {"amount": 1, "occurred_at": at})):
        answer = shop.tell(path, body, **WAIT)
        assert (answer.status_code, "occurred_at" in answer.text) == (422, True), (path, answer.text)
    assert shop.state() == before


def test_an_event_before_all_time_makes_a_batch_wrong(shop: Shop) -> None:
    problem = refused(shop.tell("/earn/batch", {"events": [sale(shop, occurred_at="1969-12-31T23:59:59Z")]}), 422, "validation-failed")
    assert [error["pointer"] for error in problem["errors"]] == ["#/events/0/occurred_at"]


@pytest.mark.parametrize("at", ["9999-12-31T23:59:59-14:00", "9999-12-31T23:59:59Z", "2026-11-20T10:06:00Z"])
def test_an_event_in_the_future_is_refused_and_changes_nothing(shop: Shop, at: str) -> None:
    before = shop.state()
    answer = shop.tell("/earn", sale(shop, occurred_at=at), **WAIT)
    assert answer.status_code == 422, answer.text
    assert shop.state() == before


def test_the_oldest_purchase_earns(shop: Shop) -> None:
    answer = shop.tell("/earn", sale(shop, occurred_at="1970-01-01T00:00:00Z"), **WAIT)
    assert (answer.status_code, answer.json()["points"]) == (200, 5)


def test_the_largest_purchase_earns(shop: Shop) -> None:
    answer = shop.tell("/earn", sale(shop, amount=10**12), **WAIT)
    assert (answer.status_code, answer.json()["points"]) == (200, 500_000_000)


ODD_TEXTS = (
    "🙏🏽",
    "धन्यवाद",
    "شكرا",
    "Ⅷ-№5",
    "a/b?c=d&e#f",
    "../..",
    "%2e%2e",
    "' OR 1=1 --",
    "<b>",
    "x" * 200,
    "👩‍👩‍👧‍👦",
    "T 1",
    "0",
    "null",
)


def test_odd_ids_are_ids_like_others(shop: Shop) -> None:
    for text in ODD_TEXTS:
        first = shop.tell("/earn", sale(shop, transaction_id=text), **WAIT)
        assert (first.status_code, first.json()["transaction_id"], first.json()["points"]) == (200, text, 5), text
        again = shop.tell("/earn", sale(shop, transaction_id=text), **WAIT)
        assert (again.json()["event_id"], again.json()["is_replay"]) == (first.json()["event_id"], True), text
        found = shop.town.read(shop.till, first.headers["location"].removeprefix("/api/v1"))
        assert (found["transaction_id"], found["status"]) == (text, "earned"), text


def test_an_id_is_the_same_however_its_letters_are_composed(shop: Shop) -> None:
    composed = shop.tell("/earn", sale(shop, transaction_id="caf\u00e9"), **WAIT).json()
    apart = shop.tell("/earn", sale(shop, transaction_id=" cafe\u0301 "), **WAIT).json()
    assert (apart["event_id"], apart["is_replay"]) == (composed["event_id"], True)


@pytest.mark.parametrize("prefer", ["wait=100", "respond-async, wait=10", "WAIT", 'wait; foo="bar"'])
def test_prefer_is_understood_however_it_says_wait(shop: Shop, prefer: str) -> None:
    answer = shop.tell("/earn", sale(shop), Prefer=prefer)
    assert (answer.status_code, answer.headers["preference-applied"]) == (200, "wait")


@pytest.mark.parametrize("prefer", ["", "return=minimal", "await", "respond-async"])
def test_other_preferences_are_let_be(shop: Shop, prefer: str) -> None:
    answer = shop.tell("/earn", sale(shop), Prefer=prefer)
    assert (answer.status_code, "preference-applied" in answer.headers) == (202, False)


@pytest.mark.parametrize("prefer", [{}, WAIT])
def test_a_key_that_is_known_is_said_to_be(shop: Shop, prefer: dict[str, str]) -> None:
    sent = {"Idempotency-Key": "K-1"} | prefer
    back = {"return_id": "R-1", "transaction_id": "T-1", "amount": 10_000, "currency": "GBP", "occurred_at": INSTANT}
    for path, body in (("/earn", sale(shop)), ("/returns", back)):
        answers = [shop.tell(path, body, **headers) for headers in (sent, sent, prefer)]
        assert ["idempotency-replayed" in answer.headers for answer in answers] == [False, True, False], path
        assert [answer.json()["is_replay"] for answer in answers] == [False, True, True], path


def test_others_events_are_not_there(shop: Shop) -> None:
    """Events' ids can be worked out from the shop's: an answer that says more than of an id that nothing has would tell who bought."""
    eve = shop.town.make_member()
    shop.town.join(shop.program, eve)
    back = {"return_id": "R-1", "transaction_id": "T-1", "amount": 1, "currency": "GBP", "occurred_at": INSTANT}
    for path, body in (("/earn", sale(shop)), ("/returns", back)):
        at = shop.tell(path, body, **WAIT).headers["location"].removeprefix("/api/v1")
        assert [shop.town.get(who, at).status_code for who in (shop.buyer, shop.admin, shop.till)] == [200, 200, 200]
        problem = refused(shop.town.get(eve, at), 404, "not-found")
        missing = refused(shop.town.get(eve, at[:-1] + ("0" if at[-1] != "0" else "1")), 404, "not-found")
        assert problem["detail"] == missing["detail"]


WRONG_QUERIES: dict[str, tuple[dict[str, str], ...]] = {
    "/history": (
        {"kind": "all"},
        {"from": "yesterday"},
        {"to": "2026-11-20"},
        {"text": "a\x00b"},
        {"text": "a" * 201},
        {"member": "a\x00"},
    ),
    "/lots": ({"limit": "0"}, {"limit": "101"}, {"limit": "1_0"}, {"cursor": "nonsense"}, {"cursor": "WzE3XQ"}, {"cursor": ""}),
    "/statement.csv": ({"from": "0000-01-01T00:00:00Z"}, {"to": "1"}),
    "/rewards": ({"on_sale": "perhaps"}, {"limit": "ten"}, {"cursor": "a" * 501}),
    "/members": ({"q": "a" * 101}, {"q": "a\x00b"}, {"with_former": "2"}),
}


@pytest.mark.parametrize("path", WRONG_QUERIES)
def test_wrong_queries_are_refused(shop: Shop, path: str) -> None:
    for query in WRONG_QUERIES[path]:
        answer = shop.town.get(shop.admin, f"/programs/{shop.program.id}{path}", **query)
        assert answer.status_code == 422, (query, answer.text)
        assert answer.json()["code"] in ("validation-failed", "cursor-invalid"), query


def test_histories_of_all_time_are_no_error(shop: Shop) -> None:
    for since, until in (("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"), ("9999-01-01T00:00:00Z", "0001-01-01T00:00:00Z")):
        for path in ("/history", "/statement.csv"):
            answer = shop.town.get(shop.buyer, f"/programs/{shop.program.id}{path}", **{"from": since, "to": until})
            assert answer.status_code in (200, 422), (path, answer.text)


def test_one_purchase_under_one_key_at_the_same_moment_earns_once(wide_shop: Shop) -> None:
    shop = wide_shop
    key = {"Idempotency-Key": "same"} | WAIT
    answers = shop.town.together(*[lambda: shop.tell("/earn", sale(shop), **key)] * 8)
    assert {answer.status_code for answer in answers} <= {200, 409}, [answer.text for answer in answers]
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} <= {"idempotency-key-in-flight"}
    assert {answer.json()["points"] for answer in answers if answer.status_code == 200} == {5}
    assert shop.town.held(shop.program, shop.buyer)["points"] == 10
    assert shop.town.count(purchase) == 2


def test_one_purchase_in_many_batches_at_the_same_moment_earns_once(wide_shop: Shop) -> None:
    shop = wide_shop
    events = [sale(shop, transaction_id=f"T-{number}") for number in range(40)]
    turned = [events[place:] + events[:place] for place in range(0, 40, 10)]
    answers = shop.town.together(*[lambda sent=sent: shop.tell("/earn/batch", {"events": sent}, **WAIT) for sent in turned])
    told = [item for answer in answers for item in answer.json()["items"]]
    assert {item["status"] for item in told} == {"earned"}
    assert sum(not item["is_replay"] for item in told) == 40
    assert shop.town.held(shop.program, shop.buyer)["points"] == 5 + 40 * 5


def test_a_key_that_stands_for_one_program_is_free_in_another(wide_shop: Shop) -> None:
    shop = wide_shop
    other = shop.town.make_program(members=[], name="Another")
    eve = shop.town.make_member()
    joined = shop.town.together(
        *[lambda at=at: shop.town.ask(eve, "POST", f"/programs/{at.id}/join", key="same") for at in (shop.program, other)]
    )
    assert [answer.status_code for answer in joined] == [201, 201]
