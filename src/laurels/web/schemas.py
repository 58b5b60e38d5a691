"""What requests and answers are made of.

Bodies are strict: an unknown field, `"10"` for 10, 1.0, true and null are
refused, not guessed at. Text is Unicode in normal form C, without control
characters; its length counts code points.
"""

from datetime import UTC, datetime
from typing import Annotated, Any
import unicodedata
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema

from laurels.core.windows import MONTH_PATTERN
from laurels.ledger import MAX_AMOUNT
from laurels.web.language import N_

_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They reorder what stands around them on the screen, and so can make a text say what it doesn't."""

_INVISIBLE = ("Cf", "Mn", "Zs", "Zl", "Zp", "Cc")
_BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and a symbol by their category, which are drawn as nothing: Hangul's fillers and the empty Braille cell."""


class Body(BaseModel):
    """Base of every request body: strict, nothing unknown. Give each an example: `model_config = example(...)`."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Answer(BaseModel):
    """Base of every answer. Give each an example."""

    model_config = ConfigDict(frozen=True)


def example(*examples: dict[str, Any]) -> ConfigDict:
    """A model's configuration that shows these examples in the documentation."""
    return ConfigDict(json_schema_extra={"examples": list(examples)})


def normalize_text(text: str) -> str:
    """Text as it is kept: normal form C, line breaks as `\\n`, no blanks around it.

    Raises:
        ValueError: with what to send instead.
    """
    return _checked(text.replace("\r\n", "\n"), allowed="\n")


def normalize_line(text: str) -> str:
    """The same, for text of one line.

    Raises:
        ValueError: with what to send instead.
    """
    return _checked(text, allowed="")


def _checked(text: str, *, allowed: str) -> str:
    if text.isascii() and text.isprintable():
        return text.strip()  # most text, and nothing in it to look at one by one
    kept = unicodedata.normalize("NFC", text).strip()
    is_visible = False
    for character in kept:
        category = unicodedata.category(character)
        if (category in ("Cc", "Cs", "Zl", "Zp") and character not in allowed) or character in _BIDI_CONTROLS:
            raise ValueError(N_("Send text without control characters."))
        is_visible = is_visible or (category not in _INVISIBLE and character not in _BLANKS)
    if kept and not is_visible:
        raise ValueError(N_("Send text that can be seen."))
    return kept


def _text_pattern(*, lines: bool = False) -> str:
    """What the document says of text: no control characters, and line breaks only in lines. The validators go by Unicode's categories."""
    controls = r"\u0000-\u0009\u000b\u000c\u000e-\u001f" + ("" if lines else r"\u000a\u000d")
    return rf"^[^{controls}\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]*$"


def _spell_instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def _whole(value: Any) -> Any:
    """A whole number in a query, written plainly: Python's int() would also take `1_0`, `+1` and other scripts' digits."""
    if isinstance(value, str) and not (value.isascii() and value.removeprefix("-").isdigit()):
        raise ValueError(N_("Send a whole number."))
    return value


Id = Annotated[UUID, Field(strict=False)]
"""An opaque id in a body: text in JSON, though bodies are strict."""

Amount = Annotated[int, Field(strict=True, ge=1, le=MAX_AMOUNT)]
"""A whole number from 1 to 2^53-1."""

Count = Annotated[int, Field(strict=True, ge=0, le=MAX_AMOUNT)]
"""A whole number from 0 to 2^53-1."""

PLAINLY = BeforeValidator(_whole)
"""For a whole number in a query. It follows the bounds, or the document wouldn't show them: `Annotated[int, Field(ge=1), PLAINLY]`."""

PlainText = Annotated[str, AfterValidator(normalize_text), Field(json_schema_extra={"pattern": _text_pattern(lines=True)})]
"""What a person wrote, in lines. Say its limits: `Annotated[PlainText, Field(min_length=1, max_length=500)]`."""

PlainLine = Annotated[str, AfterValidator(normalize_line), Field(json_schema_extra={"pattern": _text_pattern()})]
"""A name, a title, words to search for: one line. Say its limits."""

Month = Annotated[str, Field(pattern=f"^{MONTH_PATTERN}$", examples=["2026-11"])]
"""A calendar month: 2026-11."""

UtcInstant = Annotated[
    AwareDatetime,
    Field(strict=False),
    PlainSerializer(_spell_instant, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-11-20T10:00:00+00:00"]}),
]
"""An instant, written in UTC with its offset: 2026-11-20T10:00:00+00:00."""
