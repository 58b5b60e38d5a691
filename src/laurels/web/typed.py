"""What staff type into forms, as the values that the API's bodies take, and what is wrong with it beside each field.

Amounts are typed in main units ("100.00"), times in the zone of what they are about. The
bodies of the API check the values, so that pages and programs are refused
alike.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
import re
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from fastapi import Request
from pydantic import BaseModel, ValidationError

from laurels.core.currencies import main_units, minor_digits
from laurels.core.errors import DomainError, Invalid
from laurels.web.etags import Expected
from laurels.web.fields import field_errors
from laurels.web.language import N_

B = TypeVar("B", bound=BaseModel)

MAX_VALUE = 4_000
"""Longest value, in characters, that is looked at and shown again."""

FORM = "form"
"""Whom an error is for that is about no single field."""

_WHOLE = re.compile(r"-?[0-9]{1,16}", re.ASCII)
_AMOUNT = re.compile(r"[0-9]{1,14}([.,][0-9]{0,4})?", re.ASCII)
_FILL_IN = N_("Fill this in.")


async def sent_fields(request: Request) -> dict[str, str]:
    """The fields of a form in its order, without blanks around them, empty ones too; a name that comes again adds a word."""
    found: dict[str, str] = {}
    for name, value in (await request.form()).multi_items():
        if isinstance(value, str):
            cleaned = value.replace("\0", "").strip()[:MAX_VALUE]
            found[name] = f"{found[name]} {cleaned}" if name in found else cleaned
    return found


class Typed:
    """A form's fields, and what is wrong with them.

    Attributes:
        values: as they were typed: shown again.
        say: translates a marked sentence.
        errors: a sentence by field, in the form's order once `check` has run.
    """

    def __init__(self, values: Mapping[str, str], *, say: Callable[[str], str]) -> None:
        self.values = dict(values)
        self.errors: dict[str, str] = {}
        self.say = say

    def text(self, name: str) -> str | None:
        """A field's text; None where nothing was typed."""
        return self.values.get(name) or None

    def is_ticked(self, name: str) -> bool:
        """Whether a box is ticked."""
        return name in self.values

    def lines(self, name: str) -> list[str]:
        """A field's lines, those with anything on them."""
        return [line.strip() for line in self.values.get(name, "").splitlines() if line.strip()]

    def whole(self, name: str) -> int | None:
        """A whole number; None where there is none, which is noted if anything was typed."""
        typed = self.values.get(name, "").replace(" ", "")
        if not typed:
            return None
        if _WHOLE.fullmatch(typed):
            return int(typed)
        self.refuse(name, N_("Type a whole number."))
        return None

    def money(self, name: str, currency: str) -> int | None:
        """An amount typed in main units, in minor ones; None where there is none, which is noted if anything was typed."""
        typed = self.values.get(name, "").replace(" ", "")
        if not typed:
            return None
        try:
            if not _AMOUNT.fullmatch(typed):
                raise InvalidOperation
            minor = Decimal(typed.replace(",", ".")).scaleb(minor_digits(currency))
        except InvalidOperation:
            minor = Decimal("0.5")
        if minor == minor.to_integral_value():
            return int(minor)
        self.refuse(name, N_("Type an amount, such as {example}."), example=str(main_units(10_000, currency)))
        return None

    def instant(self, name: str, zone: ZoneInfo) -> datetime | None:
        """A local time as the browser's field writes it, as an instant in UTC; None where there is none."""
        typed = self.values.get(name, "")
        if not typed:
            return None
        try:
            local = datetime.fromisoformat(typed)
        except ValueError:
            local = None
        if local is None or local.tzinfo is not None or not 1970 <= local.year <= 2999:
            self.refuse(name, N_("Type a date and a time, such as 2026-12-01T09:00."))
            return None
        return local.replace(tzinfo=zone).astimezone(UTC)

    def expected(self) -> Expected:
        """The version that the form was drawn for, as `If-Match` would tell it."""
        return Expected(frozenset({self.whole("version") or 0}))

    def refuse(self, name: str, sentence: str, **values: str) -> None:
        """Note a marked sentence about a field, unless something is wrong with it already."""
        self.errors.setdefault(name, self.say(sentence).format(**values))

    def explain(self, refusal: DomainError, said: str) -> None:
        """Put a refusal beside the field that it is about, else above the form; `said` is its sentence."""
        name = str(refusal.fields.get("field", FORM))
        if isinstance(refusal, Invalid):
            reason = self.say(str(refusal.fields["reason"]))
            said = f"{reason[:1].upper()}{reason[1:]}."
        self.errors.setdefault(name if name in self.values else FORM, said)

    def check(self, kind: type[B], known: Mapping[str, Any], *, place: Callable[[str], str] = str) -> B | None:
        """The values as a body of the API; None where something is wrong, which is noted.

        Args:
            known: the body's fields; None counts as left out.
            place: the form's name of a body's field, such as `burn_rate.points`.
        """
        body: B | None = None
        try:
            body = kind.model_validate({name: value for name, value in known.items() if value is not None})
        except ValidationError as error:
            self._note(error, place)
        self.errors = dict(sorted(self.errors.items(), key=lambda pair: _order(pair[0], self.values)))
        return None if self.errors else body

    def _note(self, error: ValidationError, place: Callable[[str], str]) -> None:
        details: list[Any] = [{**part, "loc": ("body", *part["loc"])} for part in error.errors(include_url=False)]
        missing = {id(part) for part in details if part["type"] == "missing"}
        told = field_errors(details, translate=self.say)
        for part, one in zip(details, told, strict=False):
            name = place(one.name)
            said = self.say(_FILL_IN) if id(part) in missing else one.detail
            self.errors.setdefault(name if name in self.values else FORM, said)


def typed_amount(minor: int | None, currency: str) -> str:
    """An amount as a field shows it."""
    return "" if minor is None else str(main_units(minor, currency))


def typed_instant(at: datetime | None, zone: ZoneInfo) -> str:
    """An instant as the browser's field for local times shows it."""
    return "" if at is None else at.astimezone(zone).replace(tzinfo=None).isoformat(timespec="minutes")


def typed_number(number: int | None) -> str:
    """A number as a field shows it."""
    return "" if number is None else str(number)


def _order(name: str, fields: Iterable[str]) -> int:
    return next((place for place, known in enumerate(fields) if known == name), -1)
