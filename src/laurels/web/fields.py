"""What is wrong with a request, field by field, and what to send instead.

Pydantic's own messages quote parts of the input now and then; these don't.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from laurels.web.language import N_

MAX_ERRORS = 20
"""Most errors listed: a body with ten thousand unknown fields gets a short answer."""

MAX_NAME = 60
"""Most characters of a field's name that are repeated."""

KIND = "kind"
"""The field by which a part of a body says which of several forms it has."""

_SENTENCES = {
    "missing": N_("Send this field."),
    "extra_forbidden": N_("Leave this field out: it isn't known here."),
    "json_invalid": N_("Send valid JSON."),
    "json_type": N_("Send valid JSON."),
    "model_attributes_type": N_("Send a JSON object, with Content-Type: application/json."),
    "model_type": N_("Send a JSON object, with Content-Type: application/json."),
    "dict_type": N_("Send a JSON object."),
    "list_type": N_("Send a list."),
    "tuple_type": N_("Send a list."),
    "union_tag_invalid": N_("Send one of: {expected_tags}."),
    "union_tag_not_found": N_("Send an object that says which kind it is, in {discriminator}."),
    "int_type": N_("Send a whole number, without quotes."),
    "int_parsing": N_("Send a whole number."),
    "int_parsing_size": N_("Send a smaller whole number."),
    "int_from_float": N_("Send a whole number, without a fraction."),
    "bool_type": N_("Send true or false."),
    "bool_parsing": N_("Send true or false."),
    "string_type": N_("Send text, in quotes."),
    "string_unicode": N_("Send valid Unicode text."),
    "string_too_short": N_("Send {min_length} or more characters."),
    "string_too_long": N_("Send at most {max_length} characters."),
    "string_pattern_mismatch": N_("Send text of the documented form."),
    "too_short": N_("Send at least {min_length} of them."),
    "too_long": N_("Send at most {max_length} of them."),
    "greater_than": N_("Send more than {gt}."),
    "greater_than_equal": N_("Send {ge} or more."),
    "less_than": N_("Send less than {lt}."),
    "less_than_equal": N_("Send {le} or less."),
    "enum": N_("Send one of: {expected}."),
    "literal_error": N_("Send one of: {expected}."),
    "uuid_type": N_("Send an id, as another answer gave it."),
    "uuid_parsing": N_("Send an id, as another answer gave it."),
    "date_type": N_("Send a date such as 2026-11-20."),
    "date_from_datetime_parsing": N_("Send a date such as 2026-11-20."),
    "datetime_type": N_("Send a time with its offset, such as 2026-11-20T10:00:00+00:00."),
    "datetime_parsing": N_("Send a time with its offset, such as 2026-11-20T10:00:00+00:00."),
    "datetime_from_date_parsing": N_("Send a time with its offset, such as 2026-11-20T10:00:00+00:00."),
    "timezone_aware": N_("Send the time with its offset, such as 2026-11-20T10:00:00+00:00."),
}

_OTHERWISE = N_("Send a value of the documented form.")


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing wrong with a request.

    Attributes:
        place: `body`, `query`, `path`, `header` or `cookie`.
        name: the field's: dotted, without its place; empty for the body as a whole.
        pointer: the field in the body as a JSON Pointer fragment (RFC 6901): `#/credits`; else empty.
        detail: what to send.
    """

    place: str
    name: str
    pointer: str
    detail: str

    def as_json(self) -> dict[str, str]:
        """As `pointer` for the body and `parameter` for all else."""
        where = {"pointer": self.pointer} if self.place == "body" else {"parameter": self.name}
        return {"in": self.place, **where, "detail": self.detail}


def field_errors(errors: Sequence[Any], *, translate: Callable[[str], str], body: Any = None) -> tuple[FieldError, ...]:
    """Pydantic's errors in our words, at most `MAX_ERRORS`.

    Args:
        body: what was sent: then the kind of a part of it isn't taken for one of its names.
    """
    return tuple(_field_error(error, translate, body) for error in errors[:MAX_ERRORS])


def _field_error(error: Mapping[str, Any], translate: Callable[[str], str], body: Any) -> FieldError:
    place, *parts = error["loc"] or ("body",)
    if error["type"] in ("json_invalid", "json_type"):
        parts = []  # pydantic gives an offset there, not a name
    named = _without_kinds(parts, body) if place == "body" else parts
    names = [_clean(part) for part in named if not _is_branch(part)]
    pointer = "#" + "".join(f"/{name.replace('~', '~0').replace('/', '~1')}" for name in names)
    return FieldError(str(place), ".".join(names), pointer, _sentence(error, translate))


def _sentence(error: Mapping[str, Any], translate: Callable[[str], str]) -> str:
    kind: str = error["type"]
    known = error.get("ctx") or {}
    if kind == "value_error":
        # Our own validators: what they raise is written for the sender, and quotes nothing.
        return translate(str(known.get("error", _OTHERWISE)))
    if kind in ("too_short", "too_long") and known.get("field_type") == "Value":
        kind = f"string_{kind}"  # a limit on text that one of our validators has read first
    try:
        return translate(_SENTENCES.get(kind, _OTHERWISE)).format(**known)
    except (KeyError, IndexError):
        return translate(_OTHERWISE)


def _without_kinds(parts: Sequence[Any], body: Any) -> list[Any]:
    """Where an error is, by what was sent: after a part that has kinds, such as a price, pydantic puts in which one it is."""
    named: list[Any] = []
    here, is_fresh = body, True
    for part in parts:
        if is_fresh and isinstance(here, Mapping) and part == here.get(KIND):
            is_fresh = False  # a field may be called like the kind: the next one of this name is that
            continue
        named.append(part)
        here, is_fresh = _part_of(here, part), True
    return named


def _part_of(value: Any, name: Any) -> Any:
    if isinstance(value, Mapping):
        return value.get(name)
    return value[name] if isinstance(value, list) and isinstance(name, int) and name < len(value) else None


def _is_branch(part: Any) -> bool:
    """Whether a part names a form that the body may have (`schemas.branch`), and no field of it."""
    return isinstance(part, str) and part.startswith("<") and part.endswith(">")


def _clean(part: Any) -> str:
    return "".join(character if character.isprintable() else "�" for character in str(part)[:MAX_NAME])
