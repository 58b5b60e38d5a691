"""The form of a program's terms: rows of rules and tiers, flat fields, and the terms that they make.

Fields are named `rules-0-points`, `tiers-1-name`, `stacking`. A row is added or
removed by sending the form, so it works without scripts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
import re
from typing import Any

from laurels.products.loyalty.rules.terms import DEFAULT_TOLERANCE_MINUTES, EarnRule, Terms, Tier
from laurels.web.typed import Typed, typed_amount, typed_number

MAX_FORM_RULES = 40
"""Most rules that the form edits: with all their fields they stay below the thousand that a form may send."""

MAX_FORM_TIERS = 20

_ROW = re.compile(r"(rules|tiers)-([0-9]{1,3})-([a-z_]+)", re.ASCII)
_REMOVAL = re.compile(r"remove-(rules|tiers)-([0-9]{1,3})", re.ASCII)

_PLAIN = {
    "stacking": "best",
    "pending_days": "0",
    "expiry_kind": "none",
    "tier_window": "ever",
    "return_policy": "within_balance",
    "unknown_members": "wait",
    "future_tolerance_minutes": str(DEFAULT_TOLERANCE_MINUTES),
}
"""What stands for a field that wasn't sent at all."""

_NEW_RULE = {"name": "", "spend_per": "", "points": "", "accrual": "prorated", "priority": "0"}
_NEW_TIER = {"name": "", "threshold": "", "multiplier_percent": "100"}
_INSIDE = {"hours.begins": "begins", "hours.ends": "ends", "hours": "ends", "cap.points": "cap_points", "cap.window": "cap_window"}


@dataclass(frozen=True, slots=True)
class Row:
    """A rule or a tier as it was typed.

    Attributes:
        prefix: what its fields' names begin with: `rules-0-`.
        number: from 1, for people.
    """

    prefix: str
    number: int
    values: Mapping[str, str]

    def get(self, name: str) -> str:
        """A field as it was typed."""
        return self.values.get(name, "")

    def has(self, *names: str) -> bool:
        """Whether anything was typed into one of these fields."""
        return any(self.values.get(name) for name in names)


def typed_terms(terms: Terms, currency: str) -> dict[str, str]:
    """Terms as the form shows them."""
    found: dict[str, str] = {}
    for place, rule in enumerate(terms.rules):
        found |= {f"rules-{place}-{name}": value for name, value in _typed_rule(rule, currency).items()}
    found |= {"stacking": terms.stacking, "pending_days": str(terms.pending_days)}
    found |= {f"expiry_{name}": str(value) for name, value in terms.expiry.model_dump().items()}
    for place, tier in enumerate(terms.tiers):
        found |= {f"tiers-{place}-{name}": value for name, value in _typed_tier(tier).items()}
    return found | {
        "tier_window": terms.tier_window,
        "return_policy": terms.return_policy,
        "unknown_members": terms.unknown_members,
        "future_tolerance_minutes": str(terms.future_tolerance_minutes),
    }


def rows_of(values: Mapping[str, str], kind: str) -> list[Row]:
    """The rows of a kind, `rules` or `tiers`, as they were typed."""
    by_place: dict[int, dict[str, str]] = {}
    for name, value in values.items():
        if (found := _ROW.fullmatch(name)) and found[1] == kind:
            by_place.setdefault(int(found[2]), {})[found[3]] = value
    return [Row(f"{kind}-{place}-", place + 1, by_place[place]) for place in sorted(by_place)]


def edited(values: Mapping[str, str], wish: str) -> dict[str, str]:
    """The fields with a row more (`add-rules`) or less (`remove-tiers-1`), and the rows numbered from 0 again."""
    kept = {name: value for name, value in values.items() if not _ROW.fullmatch(name)}
    removed = _REMOVAL.fullmatch(wish)
    added = {"rules": (_NEW_RULE, MAX_FORM_RULES), "tiers": (_NEW_TIER, MAX_FORM_TIERS)}
    found: dict[str, str] = {}
    for kind, (blank, most) in added.items():
        rows = [dict(row.values) for row in rows_of(values, kind) if not (removed and f"{removed[1]}-{int(removed[2])}-" == row.prefix)]
        if wish == f"add-{kind}" and len(rows) < most:
            rows.append(_first_tier() if kind == "tiers" and not rows else dict(blank))
        found |= {f"{kind}-{place}-{name}": value for place, row in enumerate(rows) for name, value in row.items()}
    return found | kept | {name: value for name, value in _PLAIN.items() if name not in kept}


def read_terms(typed: Typed, currency: str) -> Terms | None:
    """The terms that a form makes; None where something is wrong, which is noted beside its field."""
    known = {
        "rules": [_read_rule(typed, row, currency) for row in rows_of(typed.values, "rules")],
        "tiers": [_read_tier(typed, row) for row in rows_of(typed.values, "tiers")],
        "pending_days": typed.whole("pending_days"),
        "expiry": _read_expiry(typed),
        "future_tolerance_minutes": typed.whole("future_tolerance_minutes"),
        **{name: typed.text(name) for name in ("stacking", "tier_window", "return_policy", "unknown_members")},
    }
    return typed.check(Terms, known, place=_place)


def _typed_rule(rule: EarnRule, currency: str) -> dict[str, str]:
    return {
        "name": rule.name,
        "spend_per": typed_amount(rule.spend_per, currency),
        "points": str(rule.points),
        "accrual": rule.accrual,
        "minimum_spend": typed_amount(rule.minimum_spend or None, currency),
        "categories": "\n".join(rule.categories),
        "weekdays": " ".join(rule.weekdays),
        "begins": rule.hours.begins if rule.hours else "",
        "ends": rule.hours.ends if rule.hours else "",
        "priority": str(rule.priority),
        "cap_points": typed_number(rule.cap.points if rule.cap else None),
        "cap_window": rule.cap.window if rule.cap else "month",
        "cap_when_full": rule.cap.when_full if rule.cap else "clip",
    }


def _typed_tier(tier: Tier) -> dict[str, str]:
    return {name: str(value) for name, value in tier.model_dump().items()}


def _first_tier() -> dict[str, str]:
    return {**_NEW_TIER, "threshold": "0"}


def _read_rule(typed: Typed, row: Row, currency: str) -> dict[str, Any]:
    name = row.prefix
    hours = {"begins": row.get("begins"), "ends": row.get("ends")}
    most = typed.whole(f"{name}cap_points")
    cap = {"points": most, "window": row.get("cap_window") or "month", "when_full": row.get("cap_when_full") or "clip"}
    return _told(
        name=row.get("name") or None,
        spend_per=typed.money(f"{name}spend_per", currency),
        points=typed.whole(f"{name}points"),
        accrual=row.get("accrual") or None,
        minimum_spend=typed.money(f"{name}minimum_spend", currency),
        categories=typed.lines(f"{name}categories"),
        weekdays=row.get("weekdays").split(),
        hours=hours if any(hours.values()) else None,
        priority=typed.whole(f"{name}priority"),
        cap=cap if most is not None else None,
    )


def _read_tier(typed: Typed, row: Row) -> dict[str, Any]:
    numbers = {name: typed.whole(f"{row.prefix}{name}") for name in ("threshold", "multiplier_percent")}
    return _told(name=row.get("name") or None, **numbers)


def _read_expiry(typed: Typed) -> dict[str, Any]:
    kind = typed.text("expiry_kind") or "none"
    if kind in ("months", "inactivity"):
        return _told(kind=kind, months=typed.whole("expiry_months"))
    if kind == "calendar_end":
        return _told(kind=kind, period=typed.text("expiry_period"), periods=typed.whole("expiry_periods"))
    return {"kind": kind}


def _told(**fields: Any) -> dict[str, Any]:
    """What was typed: the rest has its default, or is asked for."""
    return {name: value for name, value in fields.items() if value is not None}


def _place(name: str) -> str:
    """The form's name of a field of the terms: `rules.0.cap.points` is `rules-0-cap_points`."""
    first, *rest = name.split(".")
    if first == "expiry":
        return f"expiry_{rest[-1] if len(rest) > 1 else 'kind'}"
    if first not in ("rules", "tiers") or not rest:
        return first
    inside = ".".join(rest[1:])
    known = _INSIDE.get(inside) or (rest[1] if len(rest) > 1 else "points")
    return f"{first}-{rest[0]}-{known}"
