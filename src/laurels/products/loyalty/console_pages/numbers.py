"""A program in numbers: the report that must balance, what is outstanding, and what expired unused."""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.responses import Response

from laurels.products.loyalty.console_pages.desk import PATH, AtDesk, Desk
from laurels.products.loyalty.in_words import RETURN_WORDS
from laurels.products.loyalty.queries import Configuration
from laurels.products.loyalty.queries.breakage import EarnedIn, read_breakage
from laurels.products.loyalty.queries.current import read_current
from laurels.products.loyalty.queries.outstanding import LATER, NEVER, Due, read_outstanding
from laurels.products.loyalty.queries.report import Report, read_report
from laurels.products.loyalty.tables import Program
from laurels.web.language import N_
from laurels.web.limits import limited

router = APIRouter(prefix=f"{PATH}/{{program_id}}/numbers")

CHECK_WORDS = (
    N_("Given = pending + active + reserved + spent + expired + taken back"),
    N_("Given = by rules + for tiers + by campaigns"),
    N_("Taken back = by returns + made up for returns + given up by leaving"),
    N_("Taken by returns = what the returns say"),
    N_("Made up for and owed = what the returns say"),
    N_("Pending + active + expired since the last sweep = what is in members' purses"),
)
"""The report's checks, in its order."""

RETURN_STATUS_WORDS = {
    "applied": N_("Applied"),
    "refused": N_("Refused"),
    "waiting": N_("Waiting for its purchase"),
    "accepted": N_("Not decided yet"),
}


@dataclass(frozen=True, slots=True)
class Numbers:
    """What the page shows, all as of one moment."""

    report: Report
    outstanding: tuple[Due, ...]
    breakage: tuple[EarnedIn, ...]


@router.get("", dependencies=[limited("program-numbers", per_minute=30)])
def show_numbers(desk: AtDesk) -> Response:
    """The numbers. They are summed when they are asked for."""
    now = desk.now

    def read(connection: Connection, known: Configuration) -> Numbers:
        program_id, zone = known.program.id, known.zone
        return Numbers(
            read_report(connection, program_id, at=now),
            read_outstanding(connection, program_id, at=now, zone=zone),
            read_breakage(connection, program_id, at=now, zone=zone),
        )

    found = read_current(desk.context.database, desk.program.id, read)
    desk = desk.at(found.report.program)
    outstanding = sum(due.total for due in found.outstanding)
    return desk.draw(
        "numbers",
        report=found.report,
        checks=list(zip(found.report.checks, (desk.say(words) for words in CHECK_WORDS), strict=True)),
        outstanding=outstanding,
        worth=_worth(desk.program, outstanding),
        due=_due_bars(desk, found.outstanding),
        breakage=found.breakage,
        lost=_share(found.breakage),
        return_words=desk.words(RETURN_WORDS),
        return_status_words=desk.words(RETURN_STATUS_WORDS),
    )


def _due_bars(desk: Desk, outstanding: tuple[Due, ...]) -> dict[str, Any]:
    """The bars, and the table beside them with what the points are worth."""
    formats = desk.context.pages.formats(desk.request, desk.caller)
    names = {LATER: (desk.say(N_("Later")), desk.say(N_("Later"))), NEVER: (desk.say(N_("None")), desk.say(N_("No date")))}
    rows, told = [], []
    for due in outstanding:
        short, name = names.get(due.month) or (formats.short_month(due.month), formats.month(due.month))
        numbers = [due.active, due.pending, due.reserved]
        worth = _worth(desk.program, due.total)
        rows.append((short, name, numbers))
        told.append((name, [*numbers, due.total, *([] if worth is None else [desk.money(worth)])]))
    return {"rows": rows, "told": told, "write": lambda value: value if isinstance(value, str) else formats.number(value)}


def _worth(program: Program, points: int) -> int | None:
    """What points are worth at the burn rate, in minor units, rounded down; None where there is no rate."""
    if program.burn_points is None or program.burn_minor is None:
        return None
    return points * program.burn_minor // program.burn_points


def _share(breakage: tuple[EarnedIn, ...]) -> int:
    """Of the months told, the share that expired, in percent, rounded down."""
    earned = sum(one.earned for one in breakage)
    return 100 * sum(one.expired for one in breakage) // earned if earned else 0
