"""/leaderboards/recognition."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query

from laurels.core.errors import Invalid
from laurels.core.windows import Month
from laurels.products.recognition import queries
from laurels.products.recognition.schemas import NO_MIXED_PERIODS, NO_PAGES_AROUND, Around, BoardAnswer, BoardRowAnswer
from laurels.web.caller import Signed
from laurels.web.context import Ctx
from laurels.web.documented import documented
from laurels.web.pagination import Cursor, CursorInvalid, PageSize, read_cursor, write_cursor
from laurels.web.schemas import Month as MonthText

router = APIRouter(prefix="/leaderboards")

Semester = Annotated[
    str,
    Query(
        pattern=r"^(19[7-9][0-9]|2[0-9]{3})-H[12]$",
        description="Half a calendar year: 2026-H1 is January to June, 2026-H2 July to December.",
        examples=["2026-H2"],
    ),
]


@router.get("/recognition", responses=documented(Invalid, CursorInvalid))
def read_leaderboard(
    caller: Signed,
    context: Ctx,
    month: Annotated[MonthText | None, Query(description="Of this month; else of all time.")] = None,
    semester: Semester | None = None,
    around: Annotated[Around | None, Query(description="`me`: the rows around my own, which is among them if I received anything.")] = None,
    limit: PageSize = 10,
    cursor: Cursor = None,
) -> BoardAnswer:
    """Active members by credits received, descending; equal ones by student id, ascending.

    Redeeming lowers nobody, a reversed recognition does. Who received nothing
    isn't on it.
    """
    period = _period(month, semester)
    after = read_cursor(cursor, int, str, int)
    if around is not None and after is not None:
        raise Invalid(field="cursor", reason=NO_PAGES_AROUND)
    with context.database.read.connect() as connection:
        if around is not None:
            found = queries.Listed(queries.list_board_around(connection, period, caller.member_id, limit=limit))
        else:
            place = (after[0], after[1], after[2]) if after else None
            found = queries.list_board(connection, period, limit=limit, after=place)
    return BoardAnswer(
        period=period.name or "all",
        items=[_row(one) for one in found.items],
        next_cursor=write_cursor(*found.following) if found.following else None,
    )


def _period(month: str | None, semester: str | None) -> queries.Period:
    if month is not None and semester is not None:
        raise Invalid(field="semester", reason=NO_MIXED_PERIODS)
    if month is not None:
        return queries.month_period(Month(month))
    return queries.semester_period(semester) if semester is not None else queries.ALL_TIME


def _row(found: queries.BoardRow) -> BoardRowAnswer:
    values = asdict(found)
    del values["student_order"]  # how student ids sort is our own affair
    return BoardRowAnswer(**values)
