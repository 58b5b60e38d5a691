"""What the economy of points does: plots, each told as a table too, and each to be had as CSV."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.responses import Response, StreamingResponse

from laurels.core.errors import Missing
from laurels.core.windows import day_of
from laurels.products.progress.console_pages.desk import PATH, AtDesk, Desk
from laurels.products.progress.queries import monitoring
from laurels.products.progress.queries.configuration import current_basis
from laurels.products.progress.tables import FREEZES_SOLD, PointsDay
from laurels.web.csv_answers import Cell, csv_answer
from laurels.web.language import N_
from laurels.web.limits import limited

router = APIRouter(prefix=PATH)

READS_PER_MINUTE = 60

TONES = ("brand", "soft", "ok")
"""Of the types with the most points; the others together are gold."""

Row = tuple[str, str, Sequence[int]]
"""Of a plot: the short name, the name, and a number for each series."""


@router.get("", dependencies=[limited("monitoring-page", per_minute=READS_PER_MINUTE)])
def show_monitoring(desk: AtDesk) -> Response:
    """The numbers of now. They are summed when they are asked for."""
    zone, now = desk.zone, desk.now
    today = day_of(now, zone)
    with desk.context.database.read.connect() as connection:
        basis = current_basis(connection, desk.context.database, zone)
        days = monitoring.read_days(connection, today)
        values: dict[str, Any] = {
            "tiers": monitoring.read_tiers(connection, basis.rules),
            "active": monitoring.read_most_active(connection, at=now),
            "streaks": monitoring.read_streaks(connection, today),
            "funnel": monitoring.read_funnel(connection, at=now),
            "weeks": monitoring.read_weeks(connection, zone, at=now),
            "totals": monitoring.read_totals(connection),
        }
    awards = [row for row in monitoring.awards_of(days) if row.day == today]
    return desk.draw(
        "monitoring",
        today=today,
        points_today=sum(row.points for row in awards),
        awards_today=sum(row.awards for row in awards),
        by_day=_by_day(desk, days, today),
        **values,
    )


@dataclass(frozen=True, slots=True)
class Plot:
    """Stacked bars, and the table beside them.

    Attributes:
        series: labels with their tones, from the bottom up.
        told: the table's columns, and its rows.
    """

    rows: list[Row]
    series: list[tuple[str, str]]
    told: tuple[list[str], list[tuple[str, list[int]]]]


def _by_day(desk: Desk, days: Iterable[PointsDay], today: date) -> Plot | None:
    """Points of thirty days by type: those that gave most have their own tone, the table tells all."""
    found = monitoring.points_by_type(days)
    if not found:
        return None
    most = sorted(found, key=lambda kind: -sum(found[kind].values()))
    shown, others = most[: len(TONES)], most[len(TONES) :]
    series = [(desk.say(kind.label), tone) for kind, tone in zip(shown, TONES, strict=False)]
    if others:
        series.append((desk.say(N_("All others")), "gold"))
    formats = desk.context.pages.formats(desk.request, desk.caller)
    rows: list[Row] = []
    told: list[tuple[str, list[int]]] = []
    for ago in reversed(range(monitoring.DAYS)):
        day = today - timedelta(days=ago)
        numbers = [found[kind].get(day, 0) for kind in shown]
        rest = [sum(found[kind].get(day, 0) for kind in others)] if others else []
        name = formats.days(day, day)
        rows.append((str(day.day), name, numbers + rest))
        told.append((name, [found[kind].get(day, 0) for kind in most]))
    return Plot(rows, series, ([desk.say(kind.label) for kind in most], told))


Table = tuple[Sequence[str], Iterable[Sequence[Cell]]]


@router.get("/{table}.csv", dependencies=[limited("monitoring-table", per_minute=READS_PER_MINUTE)])
def download_monitoring(desk: AtDesk, table: str) -> StreamingResponse:
    """One of the tables."""
    read = _TABLES.get(table)
    if read is None:
        raise Missing(what="table")
    with desk.context.database.read.connect() as connection:
        header, rows = read(desk, connection)
    return csv_answer(header, rows, filename=f"progress-{table}.csv")


def _points(desk: Desk, connection: Connection) -> Table:
    days = monitoring.read_days(connection, day_of(desk.now, desk.zone))
    header = ("day", "activity_type", "awards", "points", "taken_back")
    return header, [
        (row.day.isoformat(), row.activity_type, row.awards, row.points, row.taken) for row in days if row.activity_type != FREEZES_SOLD
    ]


def _tiers(desk: Desk, connection: Connection) -> Table:
    basis = current_basis(connection, desk.context.database, desk.zone)
    return ("tier", "from_points", "members"), [(tier.key, tier.at, n) for tier, n in monitoring.read_tiers(connection, basis.rules)]


def _active(desk: Desk, connection: Connection) -> Table:
    found = monitoring.read_most_active(connection, at=desk.now)
    header = ("student_id", "name", "activities", "points")
    return header, [(one.student_id, one.display_name, one.activities, one.points) for one in found]


def _streaks(desk: Desk, connection: Connection) -> Table:
    found = monitoring.read_streaks(connection, day_of(desk.now, desk.zone))
    return ("least_days", "most_days", "members"), [(one.least, one.most, one.members) for one in found]


def _quests(desk: Desk, connection: Connection) -> Table:
    found = monitoring.read_funnel(connection, at=desk.now)
    rows = (("begun", found.begun), ("in_progress", found.in_progress), ("completed", found.completed), ("expired", found.expired))
    return ("stage", "members"), rows


def _economy(desk: Desk, connection: Connection) -> Table:
    header = ("week", "monday", "given", "taken_back", "decayed", "freezes_bought", "spent")
    weeks = monitoring.read_weeks(connection, desk.zone, at=desk.now)
    return header, [(w.week, w.monday.isoformat(), w.given, w.taken_back, w.decayed, w.freezes, w.spent) for w in weeks]


_TABLES: dict[str, Callable[[Desk, Connection], Table]] = {
    "points": _points,
    "tiers": _tiers,
    "most-active": _active,
    "streaks": _streaks,
    "quests": _quests,
    "economy": _economy,
}
