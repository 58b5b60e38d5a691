"""Files of activities, read: made-up lines of each format."""

from collections.abc import Iterable
from datetime import UTC, datetime
import gzip
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from laurels.products.progress.imports import ActivityRow, FileShape, FileUnusable, Unreadable, read_activities
from laurels.products.progress.imports.oulad import points_for
from laurels.products.progress.rules import ActivityType

MADRID = ZoneInfo("Europe/Madrid")
UTC_SHAPE = FileShape(ZoneInfo("UTC"))
HEADER = "id_assessment,id_student,date_submitted,is_banked,score"
EVENTS = "event_id,member,amount,activity_type,occurred_at"


def read(tmp_path: Path, layout: str, *lines: str, shape: FileShape = UTC_SHAPE) -> list[ActivityRow | Unreadable]:
    path = tmp_path / "file.csv"
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return list(read_activities(path, layout, shape))


def reasons(rows: Iterable[ActivityRow | Unreadable]) -> list[tuple[int, str]]:
    """Lines that can't be read, and why; all are such."""
    found = list(rows)
    assert all(isinstance(row, Unreadable) for row in found)
    return [(row.line, row.reason) for row in found if isinstance(row, Unreadable)]


# OULAD


@pytest.mark.parametrize(
    ("score", "points"), [(None, 10), (0, 10), (1, 10), (2, 10), (3, 11), (5, 12), (50, 30), (78, 41), (99, 49), (100, 60)]
)
def test_submission_is_worth_ten_and_two_fifths_of_its_score_and_a_full_one_ten_more(score: int | None, points: int) -> None:
    assert points_for(score) == points


def test_oulad_line_is_a_quiz_at_noon_of_its_day(tmp_path: Path) -> None:
    rows = read(tmp_path, "oulad", HEADER, "1752,11391,18,False,78", "1752,11391,-11,True,", shape=FileShape(MADRID))
    told = "Assessment 1752: 78%"
    noon = datetime(2014, 2, 19, 11, tzinfo=UTC)
    assert rows == [
        ActivityRow(2, "oulad/1752/11391", "11391", 41, ActivityType.QUIZ_COMPLETE, told, None, noon),
        ActivityRow(
            3, "oulad/1752/11391", "11391", 10, ActivityType.QUIZ_COMPLETE, "Assessment 1752", None, datetime(2014, 1, 21, 11, tzinfo=UTC)
        ),
    ]


def test_oulad_day_stays_that_day_far_from_greenwich(tmp_path: Path) -> None:
    for name in ("Pacific/Auckland", "America/Los_Angeles", "Pacific/Kiritimati"):
        zone = ZoneInfo(name)
        [row] = read(tmp_path, "oulad", HEADER, "1752,11391,0,False,78", shape=FileShape(zone))
        assert isinstance(row, ActivityRow)
        assert row.occurred_at.astimezone(zone).date().isoformat() == "2014-02-01"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("x,11391,18,False,78", "id_assessment: expected a number"),
        ("1752,,18,False,78", "member: Send at least one character"),
        ("1752,11391,soon,False,78", "date_submitted: expected days"),
        ("1752,11391,18.5,False,78", "date_submitted: expected days"),
        ("1752,11391,99999,False,78", "date_submitted: expected days"),
        ("1752,11391,18,False,101", "score: expected a whole number from 0 to 100"),
        ("1752,11391,18,False,-1", "score: expected a whole number from 0 to 100"),
        ("1752,11391,18,False,7.5", "score: expected a whole number from 0 to 100"),
        ("1752,11391,18,False,٧", "score: expected a whole number from 0 to 100"),
        ("1752,11391,18", "3 cells, and the header has 5"),
    ],
)
def test_oulad_line_of_another_form_is_unreadable_and_stops_nothing(tmp_path: Path, line: str, reason: str) -> None:
    broken, sound = read(tmp_path, "oulad", HEADER, line, "1752,28400,22,False,70")
    [(number, told)] = reasons([broken])
    assert number == 2 and reason in told
    assert isinstance(sound, ActivityRow) and sound.line == 3


# CSV


def test_csv_row_is_an_activity(tmp_path: Path) -> None:
    header = "topic,description,occurred_at,activity_type,amount,member,event_id"
    rows = read(tmp_path, "csv", header, 'chemistry,"Lab, done",2026-03-01 10:00,Project_Create,40,S-1,E 1', shape=FileShape(MADRID))
    at = datetime(2026, 3, 1, 9, tzinfo=UTC)
    assert rows == [ActivityRow(2, "E 1", "S-1", 40, ActivityType.PROJECT_CREATE, "Lab, done", "chemistry", at)]


def test_csv_row_without_words_says_what_its_type_is_called(tmp_path: Path) -> None:
    [row] = read(tmp_path, "csv", f"{EVENTS},description,topic", "E-1,S-1,5,comment,2026-03-01T10:00:00+02:00,,")
    assert row == ActivityRow(2, "E-1", "S-1", 5, ActivityType.COMMENT, "Comment posted", None, datetime(2026, 3, 1, 8, tzinfo=UTC))


def test_csv_columns_delimiter_and_times_are_as_the_user_says(tmp_path: Path) -> None:
    shape = FileShape(MADRID, {"event_id": "no", "member": "student", "amount": "points", "occurred_at": "when"}, "tab", "%d/%m/%Y %H:%M")
    [row] = read(tmp_path, "csv", "no\tstudent\tpoints\tactivity_type\twhen", "7\tS-1\t5\treaction\t01/07/2026 12:30", shape=shape)
    assert row == ActivityRow(2, "7", "S-1", 5, ActivityType.REACTION, "Reaction given", None, datetime(2026, 7, 1, 10, 30, tzinfo=UTC))


def test_gzipped_file_is_read_and_its_bytes_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    read_bytes: list[int] = []
    path.write_bytes(gzip.compress(f"{EVENTS}\nE-1,S-1,5,comment,2026-03-01T10:00:00Z\n".encode()))
    assert len(list(read_activities(path, "csv", UTC_SHAPE, advance=read_bytes.append))) == 1
    assert sum(read_bytes) >= path.stat().st_size


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (",S-1,5,comment,2026-03-01", "event_id: expected 1 to 200 characters"),
        (f"{'x' * 201},S-1,5,comment,2026-03-01", "event_id: expected 1 to 200 characters"),
        (f"E-1,{'x' * 65},5,comment,2026-03-01", "member: at most 64 characters"),
        ("E-1,S-1,0,comment,2026-03-01", "amount: expected a whole number from 1 to 1,000,000"),
        ("E-1,S-1,1000001,comment,2026-03-01", "amount: expected a whole number from 1 to 1,000,000"),
        ("E-1,S-1,2.5,comment,2026-03-01", "amount: expected a whole number"),
        (f"E-1,S-1,{'9' * 5_000},comment,2026-03-01", "amount: expected a whole number"),
        ("E-1,S-1,5,nap,2026-03-01", "activity_type: expected one of quiz_complete, project_create"),
        ("E-1,S-1,5,weekly_goal,2026-03-01", "activity_type: expected one of quiz_complete, project_create"),
        ("E-1,S-1,5,comment,yesterday", "time: expected ISO 8601"),
        ("E-1,S-1,5,comment,1969-03-01", "time: expected a year from 1970"),
    ],
)
def test_csv_row_that_is_no_activity_says_why(tmp_path: Path, cells: str, reason: str) -> None:
    [(line, told)] = reasons(read(tmp_path, "csv", EVENTS, cells))
    assert line == 2 and reason in told


@pytest.mark.parametrize(
    ("header", "shape", "told"),
    [
        (
            "event_id,member,amount,activity_type,when",
            UTC_SHAPE,
            "no column occurred_at; it has: event_id, member, amount",
        ),
        ("event_id;member", UTC_SHAPE, "Is the delimiter ';'"),
        ("", UTC_SHAPE, "it has: nothing"),
        (EVENTS, FileShape(MADRID, delimiter=";;"), "expected one character"),
        (EVENTS, FileShape(MADRID, time_format="%H:%M"), "doesn't tell year, month and day"),
        (EVENTS, FileShape(MADRID, {"topic": "subject"}), "no column subject"),
    ],
)
def test_file_that_is_none_says_what_to_do(tmp_path: Path, header: str, shape: FileShape, told: str) -> None:
    with pytest.raises(FileUnusable, match=told):
        read(tmp_path, "csv", header, shape=shape)
