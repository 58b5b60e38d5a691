"""Identity's fields as requests send them: cleaned, checked, and told what to send instead."""

from functools import cache
from typing import Annotated, Any
import unicodedata
from zoneinfo import available_timezones

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, Field
from typing_extensions import TypeAliasType

from laurels.core.text import normalize_line
from laurels.identity.passwords import MAX_CHARACTERS, MIN_CHARACTERS
from laurels.web.language import N_, languages

MAX_STUDENT_ID = 64
MAX_NAME = 120
MAX_DISPLAY_NAME = 60
MAX_EMAIL = 254
MAX_PASSWORD_SENT = 512
"""Longest password that is looked at when signing in."""

_UNSEEN = (
    r"\u0000-\u001f\u007f-\u009f\u00ad\u0600-\u0605\u061c\u06dd\u070f\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
)
NAME_PATTERN = rf"^[^{_UNSEEN}]*[^{_UNSEEN}\s\u0300-\u036f\u115f\u1160\u200c\u200d\u2800\u3164\uffa0][^{_UNSEEN}]*$"
"""What the document says of names; `clean_text` goes by Unicode's categories."""

ID_PATTERN = NAME_PATTERN.replace("[^", r"[^\u200c\u200d")
"""The same of student ids: `clean_id`."""

_JOINERS = frozenset("\u200c\u200d")
"""Format characters that some scripts and emoji need inside words."""


def clean_text(value: str) -> str:
    """A name as it is kept: one line of normal text, one space between words.

    Raises:
        ValueError: it holds invisible characters, by which two names that look alike would differ.
    """
    text = " ".join(normalize_line(value).split())
    if any(unicodedata.category(character) == "Cf" and character not in _JOINERS for character in text):
        raise ValueError(N_("Send text without invisible characters."))
    if not text:
        raise ValueError(N_("Send at least one character."))
    return text


def clean_id(value: str) -> str:
    """A student id as it is kept: a name without joiners too, which ids have no use for.

    Raises:
        ValueError: it holds invisible characters, by which two ids that look alike would differ.
    """
    text = clean_text(value)
    if not _JOINERS.isdisjoint(text):
        raise ValueError(N_("Send text without invisible characters."))
    return text


def clean_email(value: str) -> str:
    """An address in lower case. Whether mail reaches it isn't asked.

    Raises:
        ValueError: it isn't one.
    """
    try:
        checked = validate_email(value.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise ValueError(N_("Send an email address, such as ana@example.org.")) from None
    return checked.normalized.lower()


def clean_username(value: str) -> str:
    """A username in lower case; its form is checked by the pattern."""
    return value.lower()


@cache
def time_zones() -> tuple[str, ...]:
    """Every zone of the IANA database, in order; read from the disk once."""
    return tuple(sorted(available_timezones()))


def check_time_zone(value: str) -> str:
    """A zone of the IANA database.

    Raises:
        ValueError: it isn't there.
    """
    if value not in time_zones():
        raise ValueError(N_("Send an IANA time zone, such as Europe/Madrid or Asia/Kolkata."))
    return value


def check_locale(value: str) -> str:
    """A language that pages speak.

    Raises:
        ValueError: they don't.
    """
    if value not in languages():
        raise ValueError(N_("Send a language that pages are in, such as en."))
    return value


_NAME = {"pattern": NAME_PATTERN}
_ID = {"pattern": ID_PATTERN}
_ZONES: dict[str, Any] = {"enum": [*time_zones()]}
_LANGUAGES: dict[str, Any] = {"enum": [*languages()]}

StudentId = Annotated[
    str, Field(min_length=1, max_length=MAX_STUDENT_ID, examples=["S-1042"], json_schema_extra=_ID), AfterValidator(clean_id)
]
Username = Annotated[
    str, Field(min_length=3, max_length=32, pattern="^[A-Za-z0-9_.-]+$", examples=["ana.diaz"]), AfterValidator(clean_username)
]
Email = Annotated[
    str,
    Field(min_length=3, max_length=MAX_EMAIL, examples=["ana@example.org"], json_schema_extra={"format": "email"}),
    AfterValidator(clean_email),
]
FullName = Annotated[
    str, Field(min_length=1, max_length=MAX_NAME, examples=["Ana Díaz López"], json_schema_extra=_NAME), AfterValidator(clean_text)
]
DisplayName = Annotated[
    str, Field(min_length=1, max_length=MAX_DISPLAY_NAME, examples=["Ana Díaz"], json_schema_extra=_NAME), AfterValidator(clean_text)
]
TimeZone = TypeAliasType(
    "TimeZone", Annotated[str, Field(max_length=64, examples=["Europe/Madrid"], json_schema_extra=_ZONES), AfterValidator(check_time_zone)]
)
"""A type by name, so that the document lists the six hundred zones once."""

Locale = Annotated[str, Field(max_length=16, examples=["en"], json_schema_extra=_LANGUAGES), AfterValidator(check_locale)]
Password = Annotated[
    str,
    Field(
        min_length=MIN_CHARACTERS,
        max_length=MAX_CHARACTERS,
        description="10 to 128 characters, not one of the commonest.",
        examples=["seven quiet lanterns"],
        json_schema_extra={"format": "password"},
    ),
]
