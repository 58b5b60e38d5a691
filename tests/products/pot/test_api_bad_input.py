"""Whatever is sent to the pot: a clear problem, and nothing changes."""

from typing import Any

import httpx
import pytest

from laurels.identity.tables import Member, staff_action
from laurels.products.pot.bounds import MAX_MESSAGE, MAX_PAUSE_DAYS, MAX_REASON
from laurels.products.pot.rules import MAX_CLIENT_SEED, MAX_COINS
from laurels.products.pot.tables import coin_change, pot, pot_message, pot_round, pot_sender
from products.pot.parlour import Parlour
from support.field_values import ID, OPTIONAL, UNKNOWN, Values, check_fields, choice, items, line, number
from support.site import API, refused
from support.wrong_values import loose_json

pytestmark = pytest.mark.any_database

KEPT = (coin_change, pot, pot_message, pot_round, pot_sender, staff_action)
WORDS = line(MAX_MESSAGE)
REASON = line(MAX_REASON)
AMOUNT = number(1, MAX_COINS)
MOVED = {"member_id": ID.but("empty"), "amount": AMOUNT, "reason": REASON, "unknown": UNKNOWN}
SEED = Values(
    {
        "null": None,
        "number": 5,
        "list": ["seed"],
        "nul": "a\x00b",
        "newline": "a\nb",
        "bell": "a\x07b",
        "delete": "a\x7fb",
        "lone surrogate": "\ud800",
        "right-to-left override": "a\u202eb",
        "too long": "x" * (MAX_CLIENT_SEED + 1),
        "too long in code points": "🙏" * (MAX_CLIENT_SEED + 1),
    },
    ("", " ", "x" * MAX_CLIENT_SEED, "🙏" * MAX_CLIENT_SEED, "a|b|c", "é", "e\u0301"),
)
PRICE = number(1, 2**53 - 1).but(*OPTIONAL)
RULES = {
    "starting_coins": number(0, MAX_COINS).but("missing"),
    "weekly_allowance": number(0, MAX_COINS).but("missing"),
    "allowance_up_to": number(0, MAX_COINS).but("missing"),
    "daily_limit": number(1, MAX_COINS).but(*OPTIONAL),
    "price": Values({"null": None, "text": "linear", "no kind": {"step": 5}, "other": {"kind": "auction"}, "list": []}),
    "price/step": number(1, 1_000_000).but("missing"),
    "price/unknown": UNKNOWN,
    "odds": Values({"null": None, "text": "flat", "other": {"kind": "sure"}, "number": 0.1}),
    "odds/ppm": number(1, 1_000_000).but("missing"),
    "price_resets": choice("never", "round", "day"),
    "on_failed_reply": choice("retry", "refund"),
    "earnings": items(5, {"trigger": "quest_completed", "coins": 5}),
    "earnings/0/coins": number(1, MAX_COINS),
    "earnings/0/trigger": Values({"missing": ..., "null": None, "other": "sign_in", "number": 1}),
    "unknown": UNKNOWN,
}
GOOD_RULES: dict[str, Any] = {
    "price": {"kind": "linear", "step": 5},
    "odds": {"kind": "flat", "ppm": 100_000},
    "earnings": [{"trigger": "quest_completed", "coins": 5}],
}

CASES: dict[str, tuple[str, dict[str, Any], dict[str, Values]]] = {
    "/messaging/send": ("POST", {"message": "Hello"}, {"message": WORDS, "max_price": PRICE, "client_seed": SEED, "unknown": UNKNOWN}),
    "/currency/top-up": ("POST", {"member_id": "x", "amount": 5, "reason": "Why"}, MOVED),
    "/currency/deduct": ("POST", {"member_id": "x", "amount": 5, "reason": "Why"}, MOVED),
    "/pot/contribute": ("POST", {"amount": 5}, {"amount": AMOUNT, "unknown": UNKNOWN}),
    "/pot/reset": ("POST", {"reason": "Why"}, {"reason": REASON, "unknown": UNKNOWN}),
    "/pot/pause": ("POST", {"days": 1}, {"days": number(1, MAX_PAUSE_DAYS), "unknown": UNKNOWN}),
    "/pot/limits": (
        "PUT",
        {"daily_limit": 5},
        {"daily_limit": number(0, MAX_COINS).but("null"), "unknown": UNKNOWN},
    ),
    "/pot/rules": ("PUT", GOOD_RULES, RULES),
    "/pot/rules/preview": ("POST", GOOD_RULES, RULES),
}


@pytest.fixture
def admin(served: Parlour) -> Member:
    """An admin, where the pot is open."""
    served.begin()
    return served.make_member(role="admin")


@pytest.mark.parametrize("path", CASES)
def test_a_wrong_field_is_refused_by_name_and_changes_nothing(served: Parlour, admin: Member, path: str) -> None:
    method, good, fields = CASES[path]
    check_fields(
        lambda body: send(served, admin, method, path, loose_json(body)),
        lambda: (served.heads(), [served.count(table) for table in KEPT]),
        good,
        fields,
    )


@pytest.mark.parametrize("path", CASES)
def test_a_text_that_is_no_json_object_is_refused(served: Parlour, admin: Member, path: str) -> None:
    for body in (b"", b"[]", b'"text"', b"{", b"null", b'{"a": NaN}'):
        problem = refused(send(served, admin, CASES[path][0], path, body), 422, "validation-failed")
        assert problem["errors"], (path, body)


def test_a_trigger_that_earns_twice_is_refused(served: Parlour, admin: Member) -> None:
    twice = {**GOOD_RULES, "earnings": GOOD_RULES["earnings"] * 2}
    [error] = refused(send(served, admin, "PUT", "/pot/rules", loose_json(twice)), 422, "validation-failed")["errors"]
    assert error["detail"] == "Send each trigger of earnings once."


def test_a_client_seed_is_kept_as_it_was_sent(served: Parlour, admin: Member) -> None:
    served.give(admin, 1_000)
    for seed in SEED.right:
        sent = served.ask(admin, "POST", "/messaging/send", json={"message": "Hi", "client_seed": seed})
        assert served.read(admin, f"/messaging/messages/{sent.json()['message_id']}")["client_seed"] == seed


def send(parlour: Parlour, who: Member, method: str, path: str, body: bytes) -> httpx.Response:
    """A request with JSON of the loosest kind."""
    headers = parlour.headers(who) | {"Content-Type": "application/json", "If-Match": "*"}
    return parlour.http.request(method, f"{API}{path}", content=body, headers=headers)
