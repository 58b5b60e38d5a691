"""Spans of days as pages offer them, and tokens by day as bars are drawn from."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from laurels.core.windows import day_of, day_start
from laurels.products.study.in_words import Say
from laurels.products.study.queries.plots import TokenDay
from laurels.web.formats import Formats
from laurels.web.language import N_
from laurels.web.paths import address

DAYS = (30, 7, 90)
"""Lengths that may be chosen; the first where nothing is."""

_SPAN_LABELS = {7: N_("7 days"), 30: N_("30 days"), 90: N_("90 days")}


@dataclass(frozen=True, slots=True)
class Span:
    """Days up to one, the earliest first.

    Attributes:
        since: when the first of them begins.
    """

    days: list[date]
    since: datetime


@dataclass(frozen=True, slots=True)
class Plot:
    """Stacked bars of days.

    Attributes:
        rows: the short name, the name, and a number for each series.
        series: labels with their tones, from the bottom up.
    """

    rows: list[tuple[str, str, list[int]]]
    series: list[tuple[str, str]]


def days_up_to(at: datetime, zone: ZoneInfo, number: int) -> Span:
    """So many days up to the one of an instant, by a zone's midnights; a number that isn't offered counts as the first that is."""
    today = day_of(at, zone)
    kept = number if number in DAYS else DAYS[0]
    days = [today - timedelta(days=ago) for ago in reversed(range(kept))]
    return Span(days, day_start(days[0], zone))


def days_words(formats: Formats, span: Span) -> str:
    """A span in words."""
    return formats.days(span.days[0], span.days[-1])


def span_links(say: Say, path: str, chosen: int) -> list[tuple[str, str, bool]]:
    """The way to each length: address, words, and whether it is shown."""
    return [(address(path, {"days": str(number)}), say(_SPAN_LABELS[number]), number == chosen) for number in sorted(DAYS)]


def plot_of(say: Say, formats: Formats, days: list[TokenDay]) -> Plot | None:
    """Tokens by day and by who paid; None where there are none. Payers that never paid are left out."""
    if not any(day.tokens for day in days):
        return None
    series = [
        (N_("Own tokens"), "brand", [day.own for day in days]),
        (N_("Paid by the owner"), "ok", [day.sponsored for day in days]),
        (N_("Own, because the owner's were used up"), "gold", [day.overflow for day in days]),
    ]
    kept = [(say(label), tone, numbers) for label, tone, numbers in series if any(numbers)]
    rows = [
        (str(day.day.day), formats.days(day.day, day.day), [numbers[place] for _, _, numbers in kept]) for place, day in enumerate(days)
    ]
    return Plot(rows, [(label, tone) for label, tone, _ in kept])
