"""Fields of forms about what staff set: how each is drawn, what it shows of a row, and what is read from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
import re
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from laurels.products.progress.rules import ActivityType, read_multipliers
from laurels.web.language import N_
from laurels.web.typed import Typed, typed_instant, typed_number

SPARE_ROWS = 2
"""Empty rows at the end of rows of fields: to be filled, or left out."""

ROWS = {
    "multipliers": ("percent", "topic", "activity_types", "starts_at", "ends_at"),
    "tiers": ("key", "title", "at"),
    "skills": ("key", "title", "at"),
    "caps": ("name", "points", "activity_types"),
}
"""Rows of fields by their name, with those that begin empty."""

_ROW = re.compile(r"([0-9]{1,3})-([a-z_]+)", re.ASCII)


class Control(StrEnum):
    """How a field is drawn."""

    LINE = "line"  # one line of text
    TEXT = "text"  # several
    NUMBER = "number"  # a whole number
    CHOICE = "choice"  # one of a few
    TOPIC = "topic"  # a topic, or none
    TYPES = "types"  # types of activities
    INSTANT = "instant"  # a date and a time in the community's zone
    TICK = "tick"  # yes or no
    MULTIPLIERS = "multipliers"  # rows of a season


@dataclass(frozen=True, slots=True)
class Field:
    """A field.

    Attributes:
        label, hint, new_hint: marked messages, the last one for what is new.
        is_fixed: it stays as it was when the thing was added.
        is_optional: emptied in a change, it is taken away.
        is_sent: it is a field of the API's body, too.
        when: the tick without which it counts as none.
        begins_as: what the form for a new one begins with.
    """

    name: str
    label: str
    control: Control
    hint: str = ""
    new_hint: str = ""
    is_required: bool = False
    is_fixed: bool = False
    is_optional: bool = False
    is_sent: bool = True
    when: str = ""
    most: int | None = None
    choices: Mapping[str, str] = field(default_factory=dict)
    types: Sequence[ActivityType] = ()
    begins_as: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One of several rows of fields as it was typed; `prefix` is what their names begin with."""

    prefix: str
    values: Mapping[str, str]

    def get(self, name: str) -> str:
        """A field as it was typed."""
        return self.values.get(name, "")

    @property
    def number(self) -> int:
        """Its place in the form."""
        return int(self.prefix.split("-")[-2])


def rows_of(values: Mapping[str, str], name: str, *, spare: int = 0) -> list[Row]:
    """The rows of a name of which something was typed, in the form's order: the others are left out. Then empty ones.

    Args:
        name: one of `ROWS`.
        values: of fields named `tiers-0-title`.
    """
    found: dict[int, dict[str, str]] = {}
    for key, value in values.items():
        matched = _ROW.fullmatch(key.removeprefix(f"{name}-")) if key.startswith(f"{name}-") else None
        if matched:
            found.setdefault(int(matched[1]), {})[matched[2]] = value
    rows = [Row(f"{name}-{number}-", found[number]) for number in sorted(found)]
    filled = [row for row in rows if any(row.get(part) for part in ROWS[name])]
    following = filled[-1].number + 1 if filled else 0
    return filled + [Row(f"{name}-{following + extra}-", {}) for extra in range(spare)]


def place_in(rows: Mapping[str, Sequence[Row]], name: str) -> str:
    """The form's name of a body's field: `tiers.1.at` is `tiers-3-at` where the form's fourth row was the second that was filled."""
    first, *rest = name.split(".")
    known = rows.get(first)
    if known is None or not rest or not rest[0].isdigit() or int(rest[0]) >= len(known):
        return first
    return f"{known[int(rest[0])].prefix}{rest[1]}" if len(rest) > 1 else first


def begun(fields: Sequence[Field]) -> dict[str, str]:
    """What a form for something new begins with."""
    first = {each.name: each.begins_as for each in fields if each.control is not Control.TICK}
    return first | {each.name: "true" for each in fields if each.control is Control.TICK}


def shown(fields: Sequence[Field], row: Any, zone: ZoneInfo) -> dict[str, str]:
    """A row as its form shows it; of ticks those that are set alone."""
    found: dict[str, str] = {}
    for each in fields:
        if not each.is_sent:
            continue
        value = getattr(row, each.name)
        if each.control is Control.MULTIPLIERS:
            found |= _shown_multipliers(value, zone)
        elif each.control is Control.TYPES:
            found[each.name] = " ".join(orjson.loads(value)) if value else ""
            if each.when and value is not None:
                found[each.when] = "true"
        elif each.control is Control.TICK:
            found |= {each.name: "true"} if value else {}
        elif each.control is Control.INSTANT:
            found[each.name] = typed_instant(value, zone)
        else:
            found[each.name] = typed_number(value) if isinstance(value, int) else value or ""
    return found


def is_untouched(each: Field, typed: Mapping[str, str], before: Mapping[str, str]) -> bool:
    """Whether a field with times stands as it was shown: a form's times have no seconds, so what is there is to stay.

    Args:
        before: what `shown` gave.
    """
    if each.control is Control.MULTIPLIERS:
        return _multipliers_in(typed) == _multipliers_in(before)
    return each.control is Control.INSTANT and typed.get(each.name) == before[each.name]


def read(fields: Sequence[Field], typed: Typed, zone: ZoneInfo) -> dict[str, Any]:
    """What was typed, as the API's bodies take it; None where nothing was. What is wrong is noted beside its field."""
    known: dict[str, Any] = {}
    for each in fields:
        if each.is_required and not typed.text(each.name):
            typed.refuse(each.name, N_("Fill this in."))
        if each.is_sent:
            known[each.name] = _read_one(each, typed, zone)
    return known


def _read_one(each: Field, typed: Typed, zone: ZoneInfo) -> Any:
    if each.when and not typed.is_ticked(each.when):
        return None
    match each.control:
        case Control.NUMBER:
            return typed.whole(each.name)
        case Control.TYPES:
            return typed.values.get(each.name, "").split()
        case Control.INSTANT:
            return typed.instant(each.name, zone)
        case Control.TICK:
            return typed.is_ticked(each.name)
        case Control.MULTIPLIERS:
            return [_read_multiplier(row, typed, zone) for row in rows_of(typed.values, each.name)]
        case Control.TEXT:
            return typed.values.get(each.name, "")
        case _:
            return typed.text(each.name)


def _read_multiplier(row: Row, typed: Typed, zone: ZoneInfo) -> dict[str, Any]:
    read_row = {
        "percent": typed.whole(f"{row.prefix}percent"),
        "activity_types": row.get("activity_types").split(),
        "topic": row.get("topic") or None,
        "starts_at": typed.instant(f"{row.prefix}starts_at", zone),
        "ends_at": typed.instant(f"{row.prefix}ends_at", zone),
    }
    return {name: value for name, value in read_row.items() if value is not None}


def _multipliers_in(values: Mapping[str, str]) -> list[dict[str, list[str]]]:
    """The rows of multipliers of which something is typed; types in no order."""
    return [{part: sorted(row.get(part).split()) for part in ROWS["multipliers"]} for row in rows_of(values, "multipliers")]


def _shown_multipliers(text: str, zone: ZoneInfo) -> dict[str, str]:
    found: dict[str, str] = {}
    for place, each in enumerate(read_multipliers(text)):
        fields = {
            "percent": str(each.percent),
            "activity_types": " ".join(each.activity_types),
            "topic": each.topic or "",
            "starts_at": typed_instant(each.starts_at, zone),
            "ends_at": typed_instant(each.ends_at, zone),
        }
        found |= {f"multipliers-{place}-{name}": value for name, value in fields.items()}
    return found
