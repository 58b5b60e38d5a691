"""import activities, progress show: as docs/importing-activities.md tells it."""

import json
from pathlib import Path

import pytest

from cli.conftest import Laurels
from cli.documents import commands_of, file_of, last_line

DOCUMENT = Path(__file__).parents[2] / "docs" / "importing-activities.md"
EXCERPT = Path(__file__).parents[1] / "products" / "progress" / "oulad" / "excerpt.csv"

COLUMNS = {"event_id": "no", "member": "student", "amount": "points", "occurred_at": "when"}
MAPPED = [word for ours, theirs in COLUMNS.items() for word in ("--column", f"{ours}={theirs}")]


@pytest.fixture
def quizzes(tmp_path: Path) -> Path:
    """The document's file."""
    path = tmp_path / "quizzes.csv"
    path.write_text(file_of(DOCUMENT))
    return path


def test_document_tells_what_happens(laurels: Laurels, quizzes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(quizzes.parent)
    (quizzes.parent / "studentAssessment.csv").write_text(EXCERPT.read_text())
    commands = commands_of(DOCUMENT)
    assert [words[:2] for words, _ in commands] == [["import", "activities"]] * 2 + [["progress", "show"], ["import", "activities"]]
    for words, promised in commands:
        done = laurels(*words)
        assert done.exit_code == 0, done.stderr
        assert promised is None or last_line(done.stdout) == promised
    refused = [line.split(",")[:2] for line in (quizzes.parent / "refused.csv").read_text().splitlines()]
    assert refused == [["line", "code"], ["6", "unreadable"], ["7", "unknown-topic"]]
    assert last_line(laurels("ledger", "verify").stdout).startswith("ok: ")


def test_refusals_are_told_with_their_first_line_and_what_to_do(laurels: Laurels, quizzes: Path) -> None:
    done = laurels("import", "activities", str(quizzes), "--format", "csv", *MAPPED, "--column", "topic=subject")
    told = " ".join(done.stdout.split())
    assert "unreadable 1 6 amount: expected a whole number" in told and "unknown-topic 1 7" in told
    assert "add --refusals refused.csv" in told


def test_progress_is_shown_to_people_and_programs(laurels: Laurels, quizzes: Path) -> None:
    laurels("import", "activities", str(EXCERPT), "--format", "oulad")
    laurels("import", "activities", str(quizzes), "--format", "csv", *MAPPED)
    assert json.loads(laurels("progress", "show", "537811", "--json").stdout) == {
        "student_id": "537811",
        "total_points": 1_480,
        "tier": "beacon",
        "level": 8,
        "current_streak_days": 0,
        "longest_streak_days": 2,
    }
    told = json.loads(laurels("progress", "show", "1042", "--json").stdout)
    assert (told["total_points"], told["tier"], told["level"], told["longest_streak_days"]) == (70, "ember", 2, 3)
    shown = " ".join(laurels("progress", "show", "537811").stdout.split())
    assert "points 1,480" in shown and "tier Beacon 1,020 points to Phoenix" in shown and "level 8 20 points to level 9" in shown


def test_member_who_is_not_here_is_told_in_a_line(laurels: Laurels) -> None:
    done = laurels("progress", "show", "nobody")
    assert (done.exit_code, done.stderr.count("\n")) == (1, 1) and "member" in done.stderr


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("--column", "student"), 2, "--column student: write one of event_id, member, amount"),
        (("--column", "colour=red"), 2, "--column colour=red: write one of"),
        (("--delimiter", ";;"), 1, "expected one character"),
        (("--time-format", "%H:%M"), 1, "doesn't tell year, month and day"),
        ((), 1, "the file has no column event_id, member, amount, occurred_at; it has: no, student, points"),
        (("--refusals", "quizzes.csv"), 2, "is the file itself"),
    ],
)
def test_file_that_cannot_be_imported_is_told_in_a_line(
    laurels: Laurels, quizzes: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], code: int, told: str
) -> None:
    monkeypatch.chdir(quizzes.parent)
    done = laurels("import", "activities", "quizzes.csv", "--format", "csv", *words)
    assert (done.exit_code, done.stderr.count("\n")) == (code, 1)
    assert told in done.stderr


def test_file_that_breaks_off_is_told_and_what_came_before_stands(laurels: Laurels, tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_bytes(EXCERPT.read_bytes() + b"1752,\xff,17,False,66\n")
    done = laurels("import", "activities", str(path), "--format", "oulad")
    assert (done.exit_code, done.stderr.count("\n")) == (1, 1) and "isn't in UTF-8" in done.stderr
