"""import, ledger, leaderboard: rows come in, and the books are read."""

import json
from pathlib import Path

import pytest
from sqlalchemy import update

from cli.conftest import Laurels
from laurels.core.database import Database
from laurels.ledger import tables

ROWS = """sender,receiver,time,credits,message
1,2,2026-09-01T10:00:00Z,60,Thanks
1,3,2026-09-01T10:00:01Z,50,Thanks
1,3,2026-09-01T10:00:02Z,40,Thanks
2,2,2026-09-02T10:00:00Z,1,Thanks
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "thanks.csv"
    path.write_text(ROWS, "utf-8")
    return path


def last_line(text: str) -> str:
    return text.strip().splitlines()[-1]


def test_import_counts_in_its_last_line_and_lists_refusals(laurels: Laurels, file: Path, tmp_path: Path) -> None:
    refusals = tmp_path / "refused.csv"
    done = laurels("import", "recognitions", str(file), "--format", "csv", "--refusals", str(refusals))
    assert (done.exit_code, last_line(done.stdout)) == (0, "accepted=2 refused=2 replayed=0 members=3"), done.stderr
    assert "limit-reached" in done.stdout and "self-recognition" in done.stdout
    assert [line.split(",")[:2] for line in refusals.read_text().splitlines()] == [
        ["line", "code"],
        ["3", "limit-reached"],
        ["5", "self-recognition"],
    ]
    again = laurels("import", "recognitions", str(file), "--format", "csv")
    assert last_line(again.stdout) == "accepted=0 refused=2 replayed=2 members=3"


def test_import_makes_the_schema_of_an_empty_database(laurels_on_empty: Laurels, file: Path) -> None:
    done = laurels_on_empty("import", "recognitions", str(file), "--format", "csv")
    assert (done.exit_code, last_line(done.stdout)) == (0, "accepted=2 refused=2 replayed=0 members=3"), done.stderr


@pytest.mark.parametrize(
    ("text", "words", "told"),
    [
        (b"sender,receiver\n", (), "the file has no column time"),
        (b"sender,receiver,time,message\n1,2,2026-09-01T10:00:00Z,caf\xe9\n", (), "isn't in UTF-8. Convert it: iconv"),
        (b"sender,receiver,time\n", ("--column", "sender"), "--column sender: write one of sender, receiver"),
        (b"sender,receiver,time,sender\n", (), "the file has more than one column sender"),
        (b"sender,receiver,time\n", ("--message", "x" * 501), "--message: write 1 to 500 characters"),
        (b"sender,receiver,time\n", ("--message", " "), "--message: write 1 to 500 characters"),
        (b"sender,receiver,time\n", ("--message", "a\u202eb"), "--message: Send text without control characters"),
    ],
)
def test_file_that_cannot_be_imported_is_told_in_a_line(
    laurels: Laurels, file: Path, text: bytes, words: tuple[str, ...], told: str
) -> None:
    file.write_bytes(text)
    done = laurels("import", "recognitions", str(file), "--format", "csv", *words)
    assert done.exit_code in (1, 2)
    assert told in done.stderr and done.stderr.count("\n") == 1


def test_file_is_not_written_over_by_its_own_refusals(laurels: Laurels, file: Path) -> None:
    done = laurels("import", "recognitions", str(file), "--format", "csv", "--refusals", str(file))
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
    assert "is the file itself" in done.stderr and file.read_text("utf-8") == ROWS


def test_times_that_no_calendar_reaches_are_refused_row_by_row(laurels: Laurels, file: Path, tmp_path: Path) -> None:
    """They stopped the import with a traceback, or for good with the advice to run it again."""
    refusals = tmp_path / "refused.csv"
    times = ("0001-01-01T00:00:00+14:00", "1800-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00", "2026-09-01T10:00:00Z")
    file.write_text("\ufeffsender,receiver,time\n" + "".join(f"1,2,{time}\n" for time in times), "utf-8")
    done = laurels("import", "recognitions", str(file), "--format", "csv", "--refusals", str(refusals))
    assert (done.exit_code, last_line(done.stdout)) == (0, "accepted=1 refused=3 replayed=0 members=2"), done.stderr
    assert refusals.read_text().count("time: expected a year from 1970 to 2999") == 3


def test_verify_says_ok_in_its_last_line(laurels: Laurels, file: Path) -> None:
    laurels("import", "recognitions", str(file), "--format", "csv")
    done = laurels("ledger", "verify")
    assert (done.exit_code, last_line(done.stdout)) == (0, "ok: 2 entries, 9 postings, 10 accounts, 1 books")
    head = done.stdout.splitlines()[0].removeprefix("head of recognition: ")
    assert laurels("ledger", "verify", "--expect", head).exit_code == 0
    assert laurels("ledger", "verify", "--expect", "0" * 63 + "1").exit_code == 1


def test_verify_names_the_row_that_was_changed(laurels: Laurels, database: Database, file: Path) -> None:
    laurels("import", "recognitions", str(file), "--format", "csv")
    with database.write.begin() as connection:
        connection.execute(update(tables.posting).where(tables.posting.c.sequence == 2, tables.posting.c.amount == 40).values(amount=41))
    done = laurels("ledger", "verify")
    assert done.exit_code == 1
    assert "posting recognition: 1/2/" in done.stdout and "ok:" not in done.stdout
    assert done.stderr.startswith("laurels: The ledger isn't as it was written: ")


def test_verify_of_an_empty_ledger_is_ok(laurels: Laurels) -> None:
    assert last_line(laurels("ledger", "verify").stdout) == "ok: 0 entries, 0 postings, 0 accounts, 0 books"


def test_statement_shows_a_members_credits_newest_first(laurels: Laurels, file: Path) -> None:
    laurels("import", "recognitions", str(file), "--format", "csv")
    done = laurels("ledger", "statement", "--member", "1", "--json")
    assert [(line["kind"], line["credits_delta"], line["running_balance"]) for line in json.loads(done.stdout)] == [
        ("RECOGNITION_OUT", -40, 0),
        ("RECOGNITION_OUT", -60, 40),
        ("RESET", 100, 100),
    ]
    assert "RECOGNITION_OUT" in laurels("ledger", "statement", "--member", "1").stdout
    assert "There is no such member" in laurels("ledger", "statement", "--member", "9").stderr


def test_statement_shows_a_books_postings_newest_first(laurels: Laurels, file: Path) -> None:
    assert "No postings yet" in laurels("ledger", "statement").stderr
    laurels("import", "recognitions", str(file), "--format", "csv")
    lines = json.loads(laurels("ledger", "statement", "--book", "recognition", "--limit", "3", "--json").stdout)
    assert [(line["sequence"], line["kind"], line["amount"]) for line in lines] == [
        (2, "standing", 40),
        (2, "standing", 40),
        (2, "gift", 40),
    ]
    assert lines[2]["source"].startswith("credit/member/") and lines[2]["source"].endswith("/allowance")
    assert "give_credits" in laurels("ledger", "statement").stdout


@pytest.mark.parametrize("month", ["9999-12", "0000-01", "2026-13", "٢٠٢٦-01"])
def test_leaderboard_of_no_month_is_told_in_a_line(laurels: Laurels, month: str) -> None:
    done = laurels("leaderboard", "recognition", "--month", month)
    assert (done.exit_code, done.stderr) == (2, "laurels: --month: write a year and a month, such as 2026-11.\n")


def test_leaderboard_has_the_fields_of_the_api(laurels: Laurels, file: Path) -> None:
    laurels("import", "recognitions", str(file), "--format", "csv")
    rows = json.loads(laurels("leaderboard", "recognition", "--limit", "1", "--json").stdout)
    assert rows == [
        {
            "rank": 1,
            "student_id": "2",
            "display_name": "2",
            "total_credits_received": 60,
            "recognition_count": 1,
            "endorsement_total": 0,
        }
    ]
    assert json.loads(laurels("leaderboard", "recognition", "--month", "2026-10", "--json").stdout) == []
    assert "60" in laurels("leaderboard", "recognition").stdout
    assert laurels("leaderboard", "recognition", "--month", "2026-13").exit_code == 2
