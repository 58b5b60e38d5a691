"""Whatever shops, members and admins send about programs: a clear problem, and nothing changes."""

from typing import Any

import pytest

from laurels.identity.service_keys import MAX_SCOPES
from laurels.products.loyalty.rules.terms import MAX_CAP_POINTS
from products.loyalty.shop import Shop, open_shop
from products.loyalty.town import Town
from support.field_values import (
    CURRENCY,
    ID,
    INSTANT,
    OPTIONAL,
    TIME,
    UNKNOWN,
    ZONE,
    Values,
    check_fields,
    choice,
    flag,
    items,
    line,
    number,
)

pytestmark = pytest.mark.any_database

TRILLION = 10**12
BILLION = 10**9

RULE = {"name": "Everything", "spend_per": 10_000, "points": 5}
WHOLE_RULE = {**RULE, "spend_per": 100_000, "cap": {"points": 9, "window": "day"}, "hours": {"begins": "17:00", "ends": "20:00"}}
RULES = {"rules": [WHOLE_RULE], "expiry": {"kind": "months", "months": 12}, "tiers": [{"name": "Silver", "threshold": 0}]}
PROGRAM = {"name": "Wine", "currency": "EUR", "zone": "UTC", "terms": {"rules": [RULE]}, "burn_rate": {"points": 100, "value_minor": 500}}
PURCHASE = {"transaction_id": "T-1", "member": "nobody", "amount": 9_999, "currency": "GBP", "occurred_at": INSTANT}
RETURN = {"return_id": "R-1", "transaction_id": "T-1", "amount": 1, "currency": "GBP", "occurred_at": INSTANT}
WALL_TIME = Values({"missing": ..., "null": None, "number": 17, "hour": "24:00", "minute": "17:60", "seconds": "17:00:00", "short": "7:00"})
EITHER_TIME = TIME.but(*OPTIONAL)

EVENTS: dict[str, tuple[dict[str, Any], dict[str, Values]]] = {
    "/earn": (
        {**PURCHASE, "lines": [{"category": "wine", "amount": 1}]},
        {
            "transaction_id": line(200),
            "member": line(64),
            "amount": number(0, TRILLION),
            "currency": CURRENCY,
            "occurred_at": TIME,
            "lines": items(500, {"category": "wine", "amount": 1}),
            "lines/0/category": line(60),
            "lines/0/amount": number(-TRILLION, TRILLION),
            "metadata": Values({"null": None, "list": [], "text": "a", "too many": {str(n): "" for n in range(21)}}),
            "unknown": UNKNOWN,
        },
    ),
    "/returns": (
        RETURN,
        {
            "return_id": line(200),
            "transaction_id": line(200).but(*OPTIONAL),
            "amount": number(1, TRILLION),
            "currency": CURRENCY,
            "occurred_at": TIME,
            "unknown": UNKNOWN,
        },
    ),
    "/burn": (
        {"points": 1},
        {"points": number(1, BILLION).but(*OPTIONAL), "member": line(64).but(*OPTIONAL), "at_once": flag(), "unknown": UNKNOWN},
    ),
    "/burn ": ({"reward_id": "none"}, {"reward_id": ID.but(*OPTIONAL)}),
    "/earn/dry-run": (
        {"amount": 1},
        {"amount": number(0, TRILLION), "member": line(64).but(*OPTIONAL), "occurred_at": EITHER_TIME, "unknown": UNKNOWN},
    ),
}
SETTINGS: dict[str, tuple[dict[str, Any], dict[str, Values]]] = {
    "": (
        PROGRAM,
        {
            "name": line(80),
            "currency": CURRENCY,
            "zone": ZONE,
            "unit_name": line(30).but("missing"),
            "joining": choice("open", "invitation"),
            "burn_rate/points": number(1, BILLION),
            "burn_rate/value_minor": number(1, BILLION),
            "confirm_minutes": number(1, 43_200).but("missing"),
            "grace_days": number(0, 365).but("missing"),
            "campaigns": items(50, {"name": "Advent", "ends_at": "2026-12-25T00:00:00Z", "extra_points": 5}),
            "rewards": items(200, {"name": "Tour", "cost": 10}),
            "is_active": flag(),
            "terms": Values({"missing": ..., "null": None, "list": []}),
            "unknown": UNKNOWN,
        },
    ),
    "/rules": (
        RULES,
        {
            "rules": Values({**items(50, RULE).wrong, "missing": ..., "none": [], "twice": [RULE, RULE]}),
            "rules/0/name": line(60),
            "rules/0/spend_per": number(1, TRILLION),
            "rules/0/points": number(1, 1_000_000),
            "rules/0/accrual": choice("prorated", "whole_steps"),
            "rules/0/minimum_spend": number(0, TRILLION).but("missing"),
            "rules/0/categories": items(50, "wine"),
            "rules/0/weekdays": items(7, "mon"),
            "rules/0/hours/begins": WALL_TIME,
            "rules/0/hours/ends": WALL_TIME,
            "rules/0/priority": number(-1_000, 1_000).but("missing"),
            "rules/0/cap/points": number(1, MAX_CAP_POINTS),
            "rules/0/cap/window": choice("day", "week", "month", "year", "ever"),
            "rules/0/cap/when_full": choice("clip", "deny"),
            "stacking": choice("best", "sum", "first"),
            "pending_days": number(0, 365).but("missing"),
            "expiry/months": number(1, 120),
            "tiers/0/name": line(60),
            "tiers/0/multiplier_percent": number(100, 1_000).but("missing"),
            "tier_window": choice("ever", "year"),
            "return_policy": choice("within_balance", "only_pending", "allow_negative"),
            "unknown_members": choice("wait", "refuse"),
            "future_tolerance_minutes": number(0, 1_440).but("missing"),
            "valid_from": EITHER_TIME,
            "unknown": UNKNOWN,
        },
    ),
    "/campaigns": (
        {"name": "Advent", "ends_at": "2026-12-25T00:00:00+00:00", "extra_points": 5},
        {
            "name": line(80),
            "starts_at": EITHER_TIME,
            "ends_at": TIME,
            "extra_points": number(1, 1_000_000).but(*OPTIONAL),
            "multiplier_percent": number(101, 1_000).but(*OPTIONAL),
            "minimum_spend": number(0, TRILLION).but("missing"),
            "categories": items(50, "wine"),
            "budget": number(0, BILLION).but(*OPTIONAL),
            "unknown": UNKNOWN,
        },
    ),
    "/rewards": (
        {"name": "Tour", "cost": 10},
        {
            "name": line(120),
            "cost": number(1, BILLION),
            "stock": number(0, 1_000_000).but(*OPTIONAL),
            "per_member": number(1, 1_000_000).but(*OPTIONAL),
            "on_sale_from": EITHER_TIME,
            "on_sale_until": EITHER_TIME,
            "voucher_pattern": Values({"few": "A-####", "lower": "wine-########", "long": "#" * 41, "empty": "", "number": 8}, ("#" * 32,)),
            "voucher_days": number(1, 3_650).but(*OPTIONAL),
            "unknown": UNKNOWN,
        },
    ),
    "/keys": ({"name": "till", "scopes": ["read"]}, {"name": line(60), "scopes": items(MAX_SCOPES, "read"), "expires_at": EITHER_TIME}),
}


@pytest.fixture
def shop(served: Town) -> Shop:
    """A program at work."""
    return open_shop(served)


@pytest.mark.parametrize("path", EVENTS)
def test_wrong_field_of_an_event_is_refused_and_changes_nothing(shop: Shop, path: str) -> None:
    where = f"/programs/{shop.program.id}{path.strip()}"
    check_fields(lambda body: shop.post(shop.till, where, body), shop.state, *EVENTS[path])


@pytest.mark.parametrize("path", SETTINGS)
def test_wrong_field_of_settings_is_refused_and_changes_nothing(shop: Shop, path: str) -> None:
    where = f"/programs/{shop.program.id}{path}" if path else "/programs"
    check_fields(lambda body: shop.post(shop.admin, where, body), shop.state, *SETTINGS[path])
