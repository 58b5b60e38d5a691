"""OULAD's submissions through an import, against plain arithmetic: an excerpt, and the whole where LAURELS_TEST_DATA has it.

Nothing of the model below is the program's own code: it reads the file by the
csv module, and knows the rules' tables by heart.
"""

from bisect import bisect_right
from collections import defaultdict
import csv
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
import gzip
import os
from pathlib import Path

import pytest
from sqlalchemy import select

from laurels.identity.tables import member
from laurels.ledger.reader import balances
from laurels.products.progress.accounts import points, standing
from laurels.products.progress.imports import FileShape, import_activities, read_activities
from laurels.products.progress.queries.status import read_status
from laurels.products.progress.tables import StreakRow, member_progress, point_activity, streak, weekly_goal
from products.progress.circle import Circle

EXCERPT = Path(__file__).parent / "oulad" / "excerpt.csv"

TIERS = {0: "ember", 250: "spark", 500: "blaze", 1_000: "beacon", 2_500: "phoenix"}
LEVELS = [0, 50, 100, 200, 300, 500, 750, 1_000, 1_500, 2_000, 2_750, 3_500, 4_500, 6_000, 7_500, 10_000]
DAY_0 = date(2014, 2, 1)
FREEZE_EVERY, MOST_FREEZES = 7, 2

TOP = {"537811": 1_480, "536170": 1_196, "557085": 1_162, "544839": 1_159, "502554": 1_131}
"""Who has most points in the whole file, as a script of its own gave it."""

SEEN = 50
"""Members whose status is read one by one."""


@dataclass
class Student:
    """What a student did."""

    total: int = 0
    quizzes: int = 0
    days: set[date] = field(default_factory=set)

    def longest(self) -> int:
        """Active days of the longest streak, day by day; every seventh of a streak brings a freeze, which saves a day that is missed."""
        longest = current = freezes = 0
        for number in range((max(self.days) - min(self.days)).days + 1):
            if min(self.days) + timedelta(days=number) in self.days:
                current += 1
                longest = max(longest, current)
                freezes = min(MOST_FREEZES, freezes + (current % FREEZE_EVERY == 0))
            elif freezes:
                freezes -= 1
            else:
                current = 0
        return longest


def whole_file() -> Path:
    return Path(os.environ["LAURELS_TEST_DATA"]) / "learning" / "oulad-studentAssessment.csv.gz"


def summed(path: Path) -> dict[str, Student]:
    """The students of a file, with what they are to have."""
    students: defaultdict[str, Student] = defaultdict(Student)
    with gzip.open(path, "rt", newline="") if path.suffix == ".gz" else path.open(newline="") as lines:
        for line in csv.DictReader(lines):
            student = students[line["id_student"]]
            student.total += 10 + (int(line["score"]) * 2 // 5 + 10 * (line["score"] == "100") if line["score"] else 0)
            student.quizzes += 1
            student.days.add(DAY_0 + timedelta(days=int(line["date_submitted"])))
    return dict(students)


def bring(circle: Circle, path: Path) -> tuple[int, int, int, int]:
    """Import a file; gives what the last line tells."""
    shape = FileShape(circle.place.settings.zone)
    summary = import_activities(circle.place, read_activities(path, "oulad", shape))
    return summary.awarded, summary.refused.total(), summary.replayed, summary.points


def check_all(circle: Circle, students: dict[str, Student]) -> None:
    """Check every member's total, level, tier, streak and lifetimes, and every activity's tier."""
    with circle.database.read.connect() as connection:
        ids = {who: identifier for identifier, who in connection.execute(select(member.c.id, member.c.student_id))}
        held = balances(connection, [points(identifier) for identifier in ids.values()])
        counted = connection.execute(select(member_progress.c.member, member_progress.c.lifetime_quizzes))
        quizzes = dict(tuple(row) for row in counted)
        streaks = {row.member: StreakRow(*row) for row in connection.execute(select(streak))}
        assert connection.execute(select(weekly_goal)).first() is None
    assert ids.keys() == students.keys()
    assert {who: held[points(identifier)] for who, identifier in ids.items()} == {who: one.total for who, one in students.items()}
    assert {who: quizzes[identifier] for who, identifier in ids.items()} == {who: one.quizzes for who, one in students.items()}
    assert {who: streaks[identifier].longest_days for who, identifier in ids.items()} == {
        who: one.longest() for who, one in students.items()
    }
    assert all(row.unpaid == "[]" and row.bonus_due is None for row in streaks.values())


def check_tiers(circle: Circle) -> None:
    """Check that each activity's tier is that of what its member had before it, in the order of the ledger."""
    did, before, wrong = point_activity.c, defaultdict[object, int](int), []
    with circle.database.read.connect() as connection:
        wanted = select(did.member, did.amount, did.tier_at_time).order_by(did.entry)
        for who, amount, tier in connection.execution_options(yield_per=10_000).execute(wanted):
            if tier != tier_of(before[who]):
                wrong.append((who, before[who], tier))
            before[who] += amount
    assert wrong == []


def check_seen(circle: Circle, students: dict[str, Student]) -> None:
    """Check what some of them are shown, those with most points first."""
    most = sorted(students, key=lambda who: -students[who].total)[:SEEN]
    with circle.database.read.connect() as connection:
        ids = {
            who: found for found, who in connection.execute(select(member.c.id, member.c.student_id).where(member.c.student_id.in_(most)))
        }
        for who, student in ((who, students[who]) for who in most):
            seen = read_status(connection, circle.basis, ids[who], at=circle.clock.at)
            reached = (seen.reached.total_points, seen.reached.tier.key, seen.reached.level)
            assert reached == (student.total, tier_of(student.total), bisect_right(LEVELS, student.total))
            assert (seen.streak.current_days, seen.streak.longest_days) == (0, student.longest())
            assert sum(one.amount for one in seen.activities) <= student.total


def tier_of(total: int) -> str:
    return [key for at, key in TIERS.items() if at <= total][-1]


def check_boards(circle: Circle, students: dict[str, Student]) -> None:
    """Check that months and weeks sum up to all points."""
    with circle.database.read.connect() as connection:
        ids = {who: found for found, who in connection.execute(select(member.c.id, member.c.student_id))}
        months = {who: {f"{day.year:04d}-{day.month:02d}" for day in one.days} for who, one in students.items()}
        weeks = {who: {"{}-W{:02d}".format(*day.isocalendar()) for day in one.days} for who, one in students.items()}
        for windows in (months, weeks):
            asked = {who: [standing(ids[who], window) for window in windows[who]] for who in students}
            held = balances(connection, [account for some in asked.values() for account in some])
            assert {who: sum(held[account] for account in some) for who, some in asked.items()} == {
                who: one.total for who, one in students.items()
            }


def check_twice(circle: Circle, path: Path) -> dict[str, Student]:
    """Import a file twice, and check all that follows from it."""
    circle.clock.set(datetime(2026, 11, 20, 10, tzinfo=UTC))
    students = summed(path)
    rows, total = sum(one.quizzes for one in students.values()), sum(one.total for one in students.values())
    assert bring(circle, path) == (rows, 0, 0, total)
    before = circle.heads()
    assert bring(circle, path) == (0, 0, rows, 0)
    assert circle.heads() == before
    check_all(circle, students)
    check_tiers(circle)
    check_seen(circle, students)
    check_boards(circle, students)
    circle.verify()
    return students


def test_excerpt_twice_is_what_plain_arithmetic_gives(circle: Circle) -> None:
    students = check_twice(circle, EXCERPT)
    assert (len(students), students["537811"].total) == (11, TOP["537811"])
    assert {tier_of(one.total) for one in students.values()} >= {"ember", "spark", "beacon"}


@pytest.mark.slow
@pytest.mark.skipif("LAURELS_TEST_DATA" not in os.environ, reason="LAURELS_TEST_DATA names no folder with learning/")
def test_whole_file_twice_is_what_plain_arithmetic_gives(circle: Circle) -> None:
    students = check_twice(circle, whole_file())
    assert (len(students), sum(one.quizzes for one in students.values()), sum(one.total for one in students.values())) == (
        23_369,
        173_912,
        7_142_273,
    )
    assert dict(sorted(((who, one.total) for who, one in students.items()), key=lambda told: -told[1])[:5]) == TOP
