"""The form of the rules: rows of tiers, skills and caps, flat fields, and the rules that they make."""

from collections.abc import Mapping
import re
from typing import Any

from laurels.products.progress.console_pages.controls import Row, place_in, rows_of
from laurels.products.progress.rules import Rules
from laurels.web.language import N_
from laurels.web.typed import Typed, typed_number

_NUMBER = re.compile(r"[0-9]{1,12}", re.ASCII)

_GROUPS = {"streak_bonus": "streak", "freezes": "freezes", "decay": "decay"}
"""Parts of the rules with what their fields' names begin with."""

_STREAK = ("points_per_day", "most_days")
_FREEZES = ("most", "earned_every", "cost")
_DECAY = ("after_days", "every_days", "percent", "notice_days")
_FLAT = ("then_every", "max_self_points", "goals_active_days")


def typed_rules(rules: Rules) -> dict[str, str]:
    """Rules as the form shows them."""
    found = {"preset": rules.preset, "title": rules.title, "levels": "\n".join(map(str, rules.levels))}
    found["self_reported"] = " ".join(rules.self_reported)
    found |= {name: str(getattr(rules, name)) for name in _FLAT}
    for name in ("tiers", "skills"):
        for place, rung in enumerate(getattr(rules, name)):
            found |= {f"{name}-{place}-{part}": str(value) for part, value in rung.model_dump().items()}
    for place, cap in enumerate(rules.caps):
        plain = {**cap.model_dump(mode="json"), "activity_types": " ".join(cap.activity_types)}
        found |= {f"caps-{place}-{part}": str(value) for part, value in plain.items()}
    for name, prefix in _GROUPS.items():
        group = getattr(rules, name)
        found |= {f"{prefix}_{part}": typed_number(value) for part, value in group.model_dump().items()} if group else {}
    return found


def read_rules(typed: Typed) -> Rules | None:
    """The rules that a form makes; None where something is wrong, which is noted beside its field."""
    rows = {name: rows_of(typed.values, name) for name in ("tiers", "skills", "caps")}
    bonus = _group(typed, "streak", _STREAK)
    known: dict[str, Any] = {
        "preset": typed.text("preset"),
        "title": typed.text("title"),
        "tiers": [_rung(typed, row) for row in rows["tiers"]],
        "levels": _levels(typed),
        "skills": [_rung(typed, row) for row in rows["skills"]],
        "self_reported": typed.values.get("self_reported", "").split(),
        "caps": [_cap(typed, row) for row in rows["caps"]],
        "streak_bonus": _told(bonus) or None,
        "freezes": _freezes(typed),
        "decay": _told(_group(typed, "decay", _DECAY)) or None,
        **{name: typed.whole(name) for name in _FLAT},
    }
    for name in (*_FLAT, "title", "levels", "freezes_most"):
        if not typed.text(name):
            typed.refuse(name, N_("Fill this in."))
    rules = typed.check(Rules, known, place=lambda name: _place(rows, name))
    # What is left out of a body has its default: no bonus has to be said.
    return rules.model_copy(update={"streak_bonus": None}) if rules is not None and not _told(bonus) else rules


def _rung(typed: Typed, row: Row) -> dict[str, Any]:
    return _told({"key": row.get("key") or None, "title": row.get("title") or None, "at": typed.whole(f"{row.prefix}at")})


def _cap(typed: Typed, row: Row) -> dict[str, Any]:
    choices = {name: row.get(name) or None for name in ("name", "window", "mode", "applies_to")}
    return _told({**choices, "points": typed.whole(f"{row.prefix}points"), "activity_types": row.get("activity_types").split()})


def _levels(typed: Typed) -> list[int]:
    words = typed.values.get("levels", "").replace(",", " ").split()
    if not all(map(_NUMBER.fullmatch, words)):
        typed.refuse("levels", N_("Type whole numbers, one on each line."))
        return []
    return [int(word) for word in words]


def _freezes(typed: Typed) -> dict[str, Any]:
    known = _group(typed, "freezes", _FREEZES)
    return known if known["most"] is not None else {name: known[name] for name in ("earned_every", "cost")}


def _group(typed: Typed, prefix: str, names: tuple[str, ...]) -> dict[str, int | None]:
    return {name: typed.whole(f"{prefix}_{name}") for name in names}


def _told(fields: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed: the rest has its default, or is asked for."""
    return {name: value for name, value in fields.items() if value is not None}


def _place(rows: Mapping[str, list[Row]], name: str) -> str:
    """The form's name of a field of the rules: `freezes.cost` is `freezes_cost`."""
    first, _, rest = name.partition(".")
    if first not in _GROUPS:
        return place_in(rows, name)
    return f"{_GROUPS[first]}_{rest}" if rest else "decay_notice_days"
