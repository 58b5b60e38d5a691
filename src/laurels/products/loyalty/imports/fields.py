"""Single cells of a shop's file: text becomes exact values, or an error that says what to write."""

from decimal import ROUND_HALF_UP, Context, Decimal, Inexact, InvalidOperation
import re

from laurels.core.cells import read_line
from laurels.core.currencies import minor_digits
from laurels.products.loyalty.rules.purchases import MAX_CATEGORY, MAX_TRANSACTION_ID

_NUMBER = re.compile(r"[+-]?(\d{1,15}(\.\d{0,9})?|\.\d{1,9})", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d{1,16}", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)

# The product of two such numbers has at most 48 digits: what doesn't fit exactly is an error, never a rounded sum.
_EXACT = Context(prec=60, traps=[Inexact, InvalidOperation])


def read_id(text: str, what: str) -> str:
    """An id of a purchase or a return: 1 to `MAX_TRANSACTION_ID` printable characters of one line.

    Raises:
        ValueError: it isn't such a text.
    """
    return read_line(text, what, MAX_TRANSACTION_ID)


def read_category(text: str) -> str | None:
    """A category's name; none where the cell is empty.

    Raises:
        ValueError: it is too long, or not printable.
    """
    return read_line(text, "category", MAX_CATEGORY) if text.strip() else None


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


def multiplied(one: Decimal, other: Decimal) -> Decimal:
    """The exact product of two numbers that were read."""
    return _EXACT.multiply(one, other)


def added(one: Decimal, other: Decimal) -> Decimal:
    """The exact sum."""
    return _EXACT.add(one, other)


def rounded_minor(amount: Decimal, currency: str) -> int:
    """Minor units of an amount in main units, rounded half up (away from zero)."""
    return int(_EXACT.scaleb(amount, minor_digits(currency)).to_integral_value(ROUND_HALF_UP))
