"""OULAD: submissions of students of the Open University (Kuzilek, Hlosta, Zdrahal 2017), from its studentAssessment table.

A submission is a completed quiz of 10 points, and of 4 for every 10 of its
score, rounded down once; a full score brings 10 more, and none is worth 10.
Its event id is made of the assessment and the student, which name it. The
table tells no dates, only days since the course's start; day 0 is taken to be
2014-02-01 for all. It tells no hours either: a day is taken at noon in the
community's zone, so that it is that day for nearly everybody.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
import re
from zoneinfo import ZoneInfo

from laurels.core.delimited import Columns, Row, Sheet, Unreadable
from laurels.identity.cells import read_member
from laurels.products.progress.imports.rows import ActivityRow, FileShape, Read
from laurels.products.progress.rules import ActivityType

FIRST_DAY = date(2014, 2, 1)
"""Day 0."""

COLUMNS = ("id_assessment", "id_student", "date_submitted", "score")
"""The columns that are read; there are others."""

MAX_DAYS = 10_000
"""Days that are read, before and after day 0."""

FULL_SCORE = 100

_EXAMPLE = "--column id_student=student --column score=mark"
_DAY = re.compile(r"-?\d{1,5}", re.ASCII)
_NUMBER = re.compile(r"\d{1,18}", re.ASCII)
_NOON = time(12)


def read_oulad(lines: Iterable[str], shape: FileShape) -> Read:
    """Submissions in the order of the file; banked ones (carried over from an earlier course) count too.

    Raises:
        FileUnusable: a column is missing.
    """
    for row in Sheet(lines, Columns(COLUMNS, COLUMNS, shape.columns, _EXAMPLE), delimiter=shape.delimiter).rows():
        if isinstance(row, Unreadable):
            yield row
            continue
        try:
            yield _submission(row, shape.zone)
        except ValueError as error:
            yield Unreadable(row.line, str(error))


def points_for(score: int | None) -> int:
    """What a submission is worth; without a score, nobody has marked it."""
    if score is None:
        return 10
    return 10 + score * 4 // 10 + (10 if score == FULL_SCORE else 0)


def _submission(row: Row, zone: ZoneInfo) -> ActivityRow:
    cells = row.cells
    assessment, student = cells["id_assessment"].strip(), read_member(cells["id_student"])
    if not _NUMBER.fullmatch(assessment):
        raise ValueError("id_assessment: expected a number, such as 1752")
    score = _score(cells["score"].strip())
    return ActivityRow(
        line=row.line,
        event_id=f"oulad/{assessment}/{student}",
        member=student,
        points=points_for(score),
        kind=ActivityType.QUIZ_COMPLETE,
        description=f"Assessment {assessment}" if score is None else f"Assessment {assessment}: {score}%",
        topic=None,
        occurred_at=_noon(cells["date_submitted"].strip(), zone),
    )


def _score(text: str) -> int | None:
    if not text:
        return None
    if not _NUMBER.fullmatch(text) or int(text) > FULL_SCORE:
        raise ValueError(f"score: expected a whole number from 0 to {FULL_SCORE}, or nothing")
    return int(text)


# There are few days, and many rows of each.
@lru_cache(maxsize=4_096)
def _noon(text: str, zone: ZoneInfo) -> datetime:
    if not _DAY.fullmatch(text) or abs(int(text)) > MAX_DAYS:
        raise ValueError("date_submitted: expected days since the course's start, such as 18")
    return datetime.combine(FIRST_DAY + timedelta(days=int(text)), _NOON, zone).astimezone(UTC)
