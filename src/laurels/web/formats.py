"""How pages write numbers, amounts of money and times: in the viewer's language and zone."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_interval, format_time, format_timedelta
from babel.numbers import format_compact_decimal, format_currency, format_decimal
from markupsafe import Markup, escape

from laurels.core.currencies import main_units

RECENT = timedelta(days=30)
"""Up to this age a time is told as an age ("2 hours ago"), then as a date."""

MICROS = 1_000_000
"""Millionths in a currency's main unit: what models' costs are counted in."""


def write_number(value: int | Decimal, language: str) -> str:
    """1234 as 1,234."""
    if isinstance(value, int) and 0 <= value < 1000:
        return str(value)  # most of them, and nothing to group
    return _write_grouped(value, language)


@lru_cache(maxsize=4096)
def _write_grouped(value: int | Decimal, language: str) -> str:
    """Kept, because writing one takes thirty microseconds, and some are written while the ledger waits."""
    return format_decimal(value, locale=language)


class Formats:
    """The formats of one viewer."""

    def __init__(self, *, language: str, zone: ZoneInfo, now: datetime) -> None:
        self.language = language
        self.zone = zone
        self.now = now

    def number(self, value: int | Decimal) -> str:
        """1234 as 1,234."""
        return write_number(value, self.language)

    def compact(self, value: int) -> str:
        """2500 as 2.5K, for narrow places."""
        return format_compact_decimal(value, locale=self.language, fraction_digits=1)

    def money(self, value: Decimal | int, currency: str) -> str:
        """An amount in the currency's main unit."""
        return format_currency(value, currency, locale=self.language)

    def minor(self, value: int, currency: str) -> str:
        """An amount in the currency's minor unit, written in its main one: 5000 EUR as 50.00."""
        return self.money(main_units(value, currency), currency)

    def micros(self, value: int, currency: str) -> str:
        """An amount in millionths of the currency's main unit, to the last one where it is less than a unit: 507 USD as $0.000507."""
        amount = Decimal(value) / MICROS
        if not value or abs(amount) >= 1:
            return self.money(amount, currency)
        pattern = Locale.parse(self.language).currency_formats["standard"].pattern.replace("0.00", "0.00####")
        return format_currency(amount, currency, format=pattern, locale=self.language, currency_digits=False)

    def time(self, at: datetime) -> Markup:
        """Date and time, with the exact instant for machines."""
        return self._element(at, self._exact(at))

    def day(self, at: datetime) -> Markup:
        """The date alone."""
        return self._element(at, format_date(at.astimezone(self.zone), "medium", locale=self.language))

    def ago(self, at: datetime) -> Markup:
        """How long ago, while that says more than a date; the exact time is its title."""
        exact = self._exact(at)
        age = self.now - at
        if age > RECENT:
            return self._element(at, format_date(at.astimezone(self.zone), "medium", locale=self.language), title=exact)
        words = format_timedelta(-max(age, timedelta(seconds=1)), add_direction=True, format="short", locale=self.language)
        return self._element(at, words, title=exact, ages=True)

    def days(self, first: date, last: date) -> str:
        """A run of days of a calendar: Nov 16 – 22, 2026."""
        return format_interval(first, last, "yMMMd", locale=self.language)

    def weekday(self, day: date) -> str:
        """Monday."""
        return format_date(day, "EEEE", locale=self.language)

    def clock(self, at: datetime) -> Markup:
        """The time of day alone."""
        return self._element(at, format_time(at, "short", tzinfo=self.zone, locale=self.language))

    def month(self, month: str) -> str:
        """`2026-11` as November 2026."""
        first = datetime(int(month[:4]), int(month[5:7]), 1, tzinfo=ZoneInfo("UTC"))
        return format_date(first, "LLLL y", locale=self.language)

    def short_month(self, month: str) -> str:
        """`2026-11` as Nov, for below a bar."""
        return format_date(datetime(int(month[:4]), int(month[5:7]), 1, tzinfo=ZoneInfo("UTC")), "LLL", locale=self.language)

    def _exact(self, at: datetime) -> str:
        day = format_date(at.astimezone(self.zone), "medium", locale=self.language)
        return f"{day}, {format_time(at, 'short', tzinfo=self.zone, locale=self.language)}"

    def _element(self, at: datetime, words: str, *, title: str = "", ages: bool = False) -> Markup:
        described = Markup(' title="{}"').format(title) if title else ""
        mark = Markup(" data-ago") if ages else ""
        return Markup('<time datetime="{}"{}{}>{}</time>').format(at.isoformat(timespec="seconds"), described, mark, escape(words))


def initials(name: str) -> str:
    """Up to two letters that stand for a person."""
    words = [word for word in name.split() if word[:1].isalnum()]
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def nice_ceiling(value: int) -> int:
    """The round number at or above a value where a chart's axis ends: 4, or an even one that is 1, 2 or 5 times a power of ten.

    Even, because its half stands on the axis, too.
    """
    if value <= 4:
        return 4
    step = 10
    while True:
        for factor in (1, 2, 5):
            if factor * step >= value:
                return factor * step
        step *= 10
