"""Single cells of a shop's file: text becomes exact values, or an error that says what to write."""

from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Context, Decimal, Inexact, InvalidOperation
import re
from zoneinfo import ZoneInfo

from laurels.core.currencies import minor_digits
from laurels.core.text import normalize_line
from laurels.core.text_files import FileUnusable
from laurels.identity.fields import clean_id
from laurels.products.loyalty.rules.purchases import EARLIEST, MAX_CATEGORY, MAX_MEMBER_REF, MAX_TRANSACTION_ID

MAX_TIME = 100
"""Characters of a time."""

FIRST_YEAR, LAST_YEAR = EARLIEST.year, 2999
"""Years of the times that are read, in UTC."""

_NUMBER = re.compile(r"[+-]?(\d{1,15}(\.\d{0,9})?|\.\d{1,9})", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d{1,16}", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)

# The product of two such numbers has at most 48 digits: what doesn't fit exactly is an error, never a rounded sum.
_EXACT = Context(prec=60, traps=[Inexact, InvalidOperation])
_SAMPLE = datetime(2026, 11, 20, 10, 30, tzinfo=UTC)


def read_id(text: str, what: str) -> str:
    """An id of a purchase or a return: 1 to `MAX_TRANSACTION_ID` printable characters of one line.

    Raises:
        ValueError: it isn't such a text.
    """
    return _name(text, what, MAX_TRANSACTION_ID)


def read_category(text: str) -> str | None:
    """A category's name; none where the cell is empty.

    Raises:
        ValueError: it is too long, or not printable.
    """
    return _name(text, "category", MAX_CATEGORY) if text.strip() else None


def read_member(text: str) -> str:
    """A student id or a member's id, cleaned as the API cleans it.

    Raises:
        ValueError: it is empty, too long, or holds characters that can't be seen.
    """
    if len(text) > MAX_MEMBER_REF:
        raise ValueError(f"member: at most {MAX_MEMBER_REF} characters")
    try:
        return clean_id(text)
    except ValueError as error:
        raise ValueError(f"member: {error}") from None


def read_currency(text: str) -> str:
    """A currency's code in capitals.

    Raises:
        ValueError: it isn't three letters.
    """
    code = text.strip().upper()
    if not _CURRENCY.fullmatch(code):
        raise ValueError("currency: expected three letters, such as EUR")
    return code


def read_number(text: str, what: str) -> Decimal:
    """A number as it is written, exactly.

    Raises:
        ValueError: it isn't one of at most 15 digits, a point, and 9 decimals.
    """
    written = text.strip()
    if not _NUMBER.fullmatch(written):
        raise ValueError(f"{what}: expected a number such as 12.50, with a point, without separators, of at most 15 digits and 9 decimals")
    return Decimal(written)


def read_amount(text: str, currency: str) -> Decimal:
    """An amount in the currency's main unit, such as 12.50, that is a whole number of minor units.

    Raises:
        ValueError: it isn't a number, or has more decimals than the currency: a file's author rounds, not its reader.
    """
    amount = read_number(text, "amount")
    digits = minor_digits(currency)
    if amount != rounded_minor(amount, currency) * Decimal(1).scaleb(-digits):
        raise ValueError(f"amount: {currency} has {digits} decimals, and this has more; write it rounded")
    return amount


def read_minor(text: str, currency: str) -> Decimal:
    """An amount written in minor units, such as 1250 for 12.50, in main units.

    Raises:
        ValueError: it isn't a whole number of at most 16 digits.
    """
    written = text.strip()
    if not _WHOLE.fullmatch(written):
        raise ValueError("amount_minor: expected a whole number of minor units, such as 1250 for 12.50")
    return _EXACT.scaleb(Decimal(written), -minor_digits(currency))


def read_time(text: str, zone: ZoneInfo, time_format: str | None = None) -> datetime:
    """A time in UTC: ISO 8601, or as the format says; without an offset it is the zone's wall time.

    Of a wall time that comes twice the first is meant. One that is left out in
    spring is read with the offset before the change, so 01:30 means what
    clocks then show as 02:30. Both are what PEP 495 calls fold 0.

    Raises:
        ValueError: it isn't a time from `FIRST_YEAR` to `LAST_YEAR`.
    """
    written = text.strip()
    if len(written) > MAX_TIME:
        raise ValueError(f"time: at most {MAX_TIME} characters")
    try:
        at = datetime.strptime(written, time_format) if time_format else datetime.fromisoformat(written)  # noqa: DTZ007 - the zone follows
    except ValueError:
        expected = f"a time as {time_format} says" if time_format else "ISO 8601, such as 2026-11-20T10:00:00Z or 2026-11-20 10:00:00"
        raise ValueError(f"time: expected {expected}") from None
    # With a day to spare at both ends, as the first and last years that Python knows have no neighbours to move to.
    if FIRST_YEAR - 1 <= at.year <= LAST_YEAR + 1:
        instant = (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
        if FIRST_YEAR <= instant.year <= LAST_YEAR:
            return instant
    raise ValueError(f"time: expected a year from {FIRST_YEAR} to {LAST_YEAR}")


def check_time_format(time_format: str) -> None:
    """See that a format of `strptime` tells a time.

    Raises:
        FileUnusable: it isn't one, or doesn't tell year, month and day.
    """
    try:
        read = datetime.strptime(_SAMPLE.strftime(time_format), time_format)  # noqa: DTZ007 - only its date is looked at
        is_whole = read.date() == _SAMPLE.date()
    except (ValueError, re.error):
        is_whole = False
    if not is_whole:
        raise FileUnusable(f"--time-format {time_format} doesn't tell year, month and day. Write it such as %d/%m/%Y %H:%M")


def multiplied(one: Decimal, other: Decimal) -> Decimal:
    """The exact product of two numbers that were read."""
    return _EXACT.multiply(one, other)


def added(one: Decimal, other: Decimal) -> Decimal:
    """The exact sum."""
    return _EXACT.add(one, other)


def rounded_minor(amount: Decimal, currency: str) -> int:
    """Minor units of an amount in main units, rounded half up (away from zero)."""
    return int(_EXACT.scaleb(amount, minor_digits(currency)).to_integral_value(ROUND_HALF_UP))


def _name(text: str, what: str, longest: int) -> str:
    try:
        name = normalize_line(text)
    except ValueError as error:
        raise ValueError(f"{what}: {error}") from None
    if not 1 <= len(name) <= longest or not name.isprintable():
        raise ValueError(f"{what}: expected 1 to {longest} characters that can be printed")
    return name
