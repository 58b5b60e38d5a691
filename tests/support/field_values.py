"""What fields of bodies take and refuse, at and beyond their bounds."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import httpx

from support.site import refused
from support.wrong_values import WRONG_IDS, WRONG_NUMBERS, WRONG_TEXTS

INSTANT = "2026-11-20T09:30:00+00:00"


@dataclass(frozen=True)
class Values:
    """What is sent in a field.

    Attributes:
        wrong: by what is wrong with it.
        right: at its bounds.
    """

    wrong: dict[str, Any]
    right: tuple[Any, ...] = ()

    def but(self, *names: str) -> "Values":
        """Without these, which the field takes."""
        return Values({name: value for name, value in self.wrong.items() if name not in names}, self.right)


def number(least: int, most: int) -> Values:
    """A whole number that must be sent."""
    bounds = {"too small": least - 1, "above the most": most + 1}
    wrong = {name: value for name, value in WRONG_NUMBERS.items() if name not in ("zero", "negative")}
    return Values(wrong | bounds, (least, most))


def line(most: int) -> Values:
    """One line of text that must be sent."""
    right = ("é", "x" * most, "🙏" * most, "<b>&amp;</b>", "'; DROP TABLE purchase; --", "धन्यवाद شكرا")
    return Values(WRONG_TEXTS | {"too long": "x" * (most + 1), "too long in code points": "🙏" * (most + 1)}, right)


def choice(*known: str) -> Values:
    """One of some words; it may be left out."""
    return Values({"null": None, "number": 1, "other": "other", "capital": known[0].upper(), "empty": "", "list": list(known)}, known)


def flag() -> Values:
    """True or false; it may be left out."""
    return Values({"null": None, "number": 1, "text": "true", "list": [True]}, (True, False))


def items(most: int, one: Any) -> Values:
    """A list of at most so many, which may be left out."""
    return Values({"null": None, "text": "text", "object": {"0": one}, "number": 1, "too many": [one] * (most + 1)})


ID = Values(WRONG_IDS)

TIME = Values(
    {
        "missing": ...,
        "null": None,
        "number": 1_700_000_000,
        "text of a number": "1700000000",
        "no offset": "2026-11-20T09:30:00",
        "a date": "2026-11-20",
        "no such day": "2026-02-30T09:30:00+00:00",
        "no such hour": "2026-11-20T24:30:00+00:00",
        "year 0": "0000-11-20T09:30:00+00:00",
        "year 10000": "10000-11-20T09:30:00+00:00",
        "other digits": "٢٠٢٦-11-20T09:30:00+00:00",
        "empty": "",
        "list": [INSTANT],
    },
    (INSTANT, "2026-11-20T15:15:00.123456+05:45", "2026-11-20T09:30:00Z"),
)

CURRENCY = Values(
    {"missing": ..., "null": None, "lower": "eur", "none": "ZZZ", "long": "EURO", "blanks": " EUR", "number": 978, "nul": "EU\x00"}
)

ZONE = Values({"missing": ..., "null": None, "none": "Mars/Base", "offset": "+01:00", "path": "../../etc/passwd", "number": 1, "empty": ""})

UNKNOWN = Values({"field": 1, "null": None})
"""A field that no body has."""

OPTIONAL = ("missing", "null")


def altered(good: dict[str, Any], field: str, value: Any) -> dict[str, Any]:
    """A body with one field changed or left out. The field is a JSON pointer without its first slash."""
    body = deepcopy(good)
    *parents, last = field.split("/")
    inner: Any = body
    for name in parents:
        inner = inner[int(name)] if isinstance(inner, list) else inner[name]
    if value is ...:
        inner.pop(last, None)
    elif isinstance(inner, list):
        inner[int(last)] = value
    else:
        inner[last] = value
    return body


def check_fields(
    send: Callable[[dict[str, Any]], httpx.Response], state: Callable[[], Any], good: dict[str, Any], fields: dict[str, Values]
) -> None:
    """Check that each wrong value is refused by name and changes nothing, and that none at a bound is.

    Args:
        send: sends a body, as loose JSON.
        state: all that a refused request must leave alone.
    """
    before = state()
    for field, values in fields.items():
        for name, value in values.wrong.items():
            answer = send(altered(good, field, value))
            assert answer.status_code == 422, (field, name, answer.text)
            problem = refused(answer, 422, "validation-failed")
            assert all(error["pointer"].startswith(f"#/{field}") for error in problem["errors"]), (field, name, problem)
            assert all(error["detail"].startswith(("Send ", "Leave ")) for error in problem["errors"]), (field, name, problem)
    assert state() == before
    for field, values in fields.items():
        for value in values.right:
            answer = send(altered(good, field, value))
            assert answer.status_code < 500, (field, value, answer.text)
            assert answer.status_code != 422 or answer.json()["code"] != "validation-failed", (field, value, answer.text)
