"""What requests and answers are made of.

Bodies are strict: an unknown field, `"10"` for 10, 1.0, true and null are
refused, not guessed at. Text is Unicode in normal form C, without control
characters; its length counts code points.
"""

from datetime import UTC, datetime
import re
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, Tag, WithJsonSchema

from laurels.core.instants import EARLIEST
from laurels.core.text import normalize_line, normalize_text, text_pattern
from laurels.core.windows import MONTH_PATTERN
from laurels.ledger import MAX_AMOUNT
from laurels.web.language import N_

_SEND_A_TIME = N_("Send a time with its offset, such as 2026-11-20T10:00:00+00:00.")
_DATED = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ]")


class Body(BaseModel):
    """Base of every request body: strict, nothing unknown. Give each an example: `model_config = example(...)`."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Answer(BaseModel):
    """Base of every answer. Give each an example."""

    model_config = ConfigDict(frozen=True)


def example(*examples: dict[str, Any]) -> ConfigDict:
    """A model's configuration that shows these examples in the documentation."""
    return ConfigDict(json_schema_extra={"examples": list(examples)})


def branch(name: str) -> Tag:
    """One of the forms that a body may have. Told in brackets, so that what is wrong with a field names the field alone."""
    return Tag(f"<{name}>")


def unchanged(**described: Any) -> Any:
    """A field of a change that may be left out; then the value stays as it is. There is no default to be documented."""
    return Field(default_factory=lambda: None, **described)


def _spell_instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def _instant(value: Any) -> Any:
    """An instant as text: pydantic would also take a number, of seconds or of milliseconds as it thinks fit."""
    if isinstance(value, datetime) or (isinstance(value, str) and _DATED.match(value)):
        return value
    raise ValueError(_SEND_A_TIME)


def _in_utc(at: datetime) -> datetime:
    """An instant of which UTC has a date: around the first and the last midnight of the calendar some offsets lead beyond it."""
    try:
        at.astimezone(UTC)
    except OverflowError:
        raise ValueError(_SEND_A_TIME) from None
    return at


def _whole(value: Any) -> Any:
    """A whole number in a query, written plainly: Python's int() would also take `1_0`, `+1` and other scripts' digits."""
    if isinstance(value, str) and not (value.isascii() and value.removeprefix("-").isdigit()):
        raise ValueError(N_("Send a whole number."))
    return value


def _since_earliest(at: datetime) -> datetime:
    if at < EARLIEST:
        raise ValueError(N_("Send a time since 1970."))
    return at


Id = Annotated[UUID, Field(strict=False)]
"""An opaque id in a body: text in JSON, though bodies are strict."""

Amount = Annotated[int, Field(strict=True, ge=1, le=MAX_AMOUNT)]
"""A whole number from 1 to 2^53-1."""

Count = Annotated[int, Field(strict=True, ge=0, le=MAX_AMOUNT)]
"""A whole number from 0 to 2^53-1."""

PLAINLY = BeforeValidator(_whole)
"""For a whole number in a query. It follows the bounds, or the document wouldn't show them: `Annotated[int, Field(ge=1), PLAINLY]`."""

PlainText = Annotated[str, AfterValidator(normalize_text), Field(json_schema_extra={"pattern": text_pattern(lines=True)})]
"""What a person wrote, in lines. Say its limits: `Annotated[PlainText, Field(min_length=1, max_length=500)]`."""

PlainLine = Annotated[str, AfterValidator(normalize_line), Field(json_schema_extra={"pattern": text_pattern()})]
"""A name, a title, words to search for: one line. Say its limits."""

Month = Annotated[str, Field(pattern=f"^{MONTH_PATTERN}$", examples=["2026-11"])]
"""A calendar month: 2026-11."""

UtcInstant = Annotated[
    AwareDatetime,
    Field(strict=False),
    BeforeValidator(_instant),
    AfterValidator(_in_utc),
    PlainSerializer(_spell_instant, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-11-20T10:00:00+00:00"]}),
]
"""An instant, written in UTC with its offset: 2026-11-20T10:00:00+00:00."""

PastInstant = Annotated[UtcInstant, AfterValidator(_since_earliest)]
"""An instant at which something may have happened: since 1970. How far ahead of our clock it may lie is for its product to say."""
