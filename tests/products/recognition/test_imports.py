"""Recognitions from files, on a made-up excerpt; and the whole of CollegeMsg where LAURELS_TEST_DATA has it."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
import os
from pathlib import Path

import pytest
from sqlalchemy import select

from laurels.core.clock import FixedClock, SystemClock
from laurels.core.database import Database
from laurels.core.settings import Settings
from laurels.ledger.outbox import tail
from laurels.ledger.reader import heads, verify
from laurels.ledger.writer import Writer
from laurels.products.recognition.imports import FileUnusable, GiftRow, Refused, Source, Summary, Unreadable, import_gifts, read_gifts
from laurels.products.recognition.queries import ALL_TIME, list_board
from laurels.products.recognition.tables import recognition

SOURCE = Source("made-up", "Imported")
START = datetime(2026, 9, 1, 12, tzinfo=UTC)


def read(layout: str, text: str, **columns: str) -> list[GiftRow | Unreadable]:
    return list(read_gifts(text.splitlines(keepends=True), layout, columns=columns))


def bring(
    database: Database, settings: Settings, rows: Iterable[GiftRow | Unreadable], source: Source = SOURCE, *, batch: int = 20
) -> tuple[Summary, list[Refused]]:
    """Import rows with a writer of their own; gives the summary and what was refused."""
    refused: list[Refused] = []
    clock = FixedClock(datetime(2026, 11, 20, 10, tzinfo=UTC))
    writer = Writer(database, clock, batch=batch)
    writer.start()
    try:
        summary = import_gifts(rows, source, settings=settings, database=database, writer=writer, clock=clock, tell=refused.append)
    finally:
        writer.stop()
    return summary, refused


def gifts(*told: tuple[str, str, timedelta], credits: int = 1) -> list[GiftRow | Unreadable]:
    return [GiftRow(line, giver, receiver, START + after, credits, "", None) for line, (giver, receiver, after) in enumerate(told, 2)]


# Formats


def test_collegemsg_lines_become_gifts_of_one_credit() -> None:
    assert read("collegemsg", "source target weight\n1 2 1082040961\n\n3 4 1082155839\n") == [
        GiftRow(2, "1", "2", datetime(2004, 4, 15, 14, 56, 1, tzinfo=UTC), 1, "", None),
        GiftRow(4, "3", "4", datetime(2004, 4, 16, 22, 50, 39, tzinfo=UTC), 1, "", None),
    ]


@pytest.mark.parametrize("line", ["1 2", "1 2 3 4", "1 2 -5", "1 2 1.5", "1 2 ٣", "1 2 99999999999", "1 2 999999999999", f"{'x' * 65} 2 5"])
def test_collegemsg_line_of_another_form_is_unreadable(line: str) -> None:
    (found,) = read("collegemsg", f"source target weight\n{line}\n")
    assert isinstance(found, Unreadable) and found.line == 2 and found.reason


def test_csv_columns_are_found_by_name_in_any_order() -> None:
    text = '\ufefftime,credits,receiver,sender,message,value\n2026-11-01T10:00:00+02:00,3,S-2,S-1,"Thanks, truly\n– you!",Teamwork\n'
    assert read("csv", text) == [GiftRow(3, "S-1", "S-2", datetime(2026, 11, 1, 8, tzinfo=UTC), 3, "Thanks, truly\n– you!", "Teamwork")]


def test_csv_columns_may_have_other_names() -> None:
    text = "from,to,sent_at\na,b,2026-11-01T10:00:00Z\n"
    assert read("csv", text, sender="from", receiver="to", time="sent_at") == [
        GiftRow(2, "a", "b", datetime(2026, 11, 1, 10, tzinfo=UTC), 1, "", None)
    ]


def test_csv_without_a_needed_column_names_it() -> None:
    with pytest.raises(FileUnusable, match="no column time; it has: sender, receiver, when"):
        read("csv", "sender,receiver,when\n")


def test_csv_of_nothing_is_refused() -> None:
    with pytest.raises(FileUnusable, match="it has: nothing"):
        read("csv", "")


def test_endless_line_is_refused() -> None:
    with pytest.raises(FileUnusable, match="line 2 is longer"):
        read("csv", "sender,receiver,time\n" + "x" * 20_001)


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ("a,b,yesterday,1,", "expected ISO 8601"),
        ("a,b,2026-11-01T10:00:00,1,", "without an offset"),
        ("a,b,2999-12-31T23:30:00-01:00,1,", "a year from 1970 to 2999"),
        ("a,b,2026-11-01T10:00:00Z,0,", "whole number from 1"),
        ("a,b,2026-11-01T10:00:00Z,-1,", "whole number from 1"),
        ("a,b,2026-11-01T10:00:00Z,1.0,", "whole number from 1"),
        ("a,b,2026-11-01T10:00:00Z,1e3,", "whole number from 1"),
        ("a,b,2026-11-01T10:00:00Z,9007199254740992,", "whole number from 1"),
        ("a,b,2026-11-01T10:00:00Z," + "9" * 5_000 + ",", "whole number from 1"),
        ("a,b,2026-11-01T10:00:00Z,1," + "x" * 501, "at most 500"),
        (",b,2026-11-01T10:00:00Z,1,", "Send at least one character"),
        ("a,b,2026-11-01T10:00:00Z", "3 cells, and the header has 5"),
    ],
)
def test_csv_row_that_is_no_gift_says_why(cells: str, reason: str) -> None:
    (found,) = read("csv", f"sender,receiver,time,credits,message\n{cells}\n")
    assert isinstance(found, Unreadable) and reason in found.reason


def test_csv_row_with_broken_quotes_stops_nothing_else() -> None:
    found = read("csv", 'sender,receiver,time\na,"b"c,2026-11-01T10:00:00Z\na,b,2026-11-01T10:00:00Z\n')
    assert [type(one) for one in found] == [Unreadable, GiftRow]


# Posting


def test_import_keeps_the_rules_of_each_month(database: Database, settings: Settings) -> None:
    busy = [("1", str(2 + number % 3), timedelta(minutes=number)) for number in range(105)]
    later = [("1", "2", timedelta(days=31)), ("2", "1", timedelta(days=31, seconds=1))]
    summary, refused = bring(database, settings, gifts(*busy, *later))
    assert (summary.accepted, summary.refused, summary.replayed, summary.members) == (102, {"limit-reached": 5}, 0, 4)
    assert [one.line for one in refused] == [102, 103, 104, 105, 106]
    with database.read.connect() as connection:
        board = [(row.student_id, row.total_credits_received) for row in list_board(connection, ALL_TIME, limit=10).items]
        assert verify(connection).is_clean
    assert board == [("2", 35), ("3", 33), ("4", 33), ("1", 1)]


def test_import_again_changes_nothing(database: Database, settings: Settings) -> None:
    rows = gifts(*[("1", "2", timedelta(minutes=number // 2)) for number in range(103)], ("1", "1", timedelta(days=1)))
    first, _ = bring(database, settings, rows)
    with database.read.connect() as connection:
        before = heads(connection)
    again, _ = bring(database, settings, rows)
    assert (first.accepted, first.replayed) == (100, 0)
    assert first.refused == {"limit-reached": 3, "self-recognition": 1}
    assert (again.accepted, again.replayed, again.refused, again.members) == (0, 100, first.refused, 2)
    with database.read.connect() as connection:
        assert heads(connection) == before


def test_rows_that_say_the_same_are_gifts_each_wherever_a_page_ends(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("laurels.products.recognition.imports.posting.MEMBERS_AT_ONCE", 2)
    alike = [("1", "2", timedelta(0))] * 3 + [("1", "2", timedelta(1))] * 2
    assert bring(database, settings, gifts(*alike))[0].accepted == 5
    # A longer file of the same dataset brings only what is new.
    summary, _ = bring(database, settings, gifts(*alike, ("1", "2", timedelta(1))))
    assert (summary.accepted, summary.replayed) == (1, 5)


def test_another_dataset_brings_the_same_rows_again(database: Database, settings: Settings) -> None:
    rows = gifts(("1", "2", timedelta(0)))
    assert bring(database, settings, rows)[0].accepted == 1
    assert bring(database, settings, rows, Source("other", "Imported"))[0].accepted == 1


def test_changed_words_under_the_same_key_are_a_conflict(database: Database, settings: Settings) -> None:
    bring(database, settings, [GiftRow(2, "1", "2", START, 1, "Thanks", None)])
    summary, _ = bring(database, settings, [GiftRow(2, "1", "2", START, 1, "Thanks!", None)])
    assert summary.refused == {"already-recorded": 1}


def test_row_out_of_order_or_in_the_future_is_refused(database: Database, settings: Settings) -> None:
    rows = gifts(("1", "2", timedelta(days=2)), ("1", "2", timedelta(days=1)), ("1", "2", timedelta(days=200)))
    summary, refused = bring(database, settings, [Unreadable(1, "no gift"), *rows])
    assert summary.accepted == 1
    assert [(one.line, one.code) for one in refused] == [(1, "unreadable"), (3, "out-of-order"), (4, "in-future")]


def test_month_before_the_open_one_is_refused(database: Database, settings: Settings) -> None:
    bring(database, settings, gifts(("1", "2", timedelta(days=40))))
    summary, _ = bring(database, settings, gifts(("1", "2", timedelta(0))), Source("older", "Imported"))
    assert summary.refused == {"month-closed": 1}


@pytest.mark.parametrize("is_told", [False, True])
def test_import_is_announced_only_on_request(database: Database, settings: Settings, *, is_told: bool) -> None:
    bring(database, settings, gifts(("1", "2", timedelta(0))), Source("made-up", "From the old system", is_told=is_told))
    with database.read.connect() as connection:
        told = tail(connection, {}, 10).told
        assert [fact.name for fact in told] == (["recognition.given"] if is_told else [])
        row = connection.execute(select(recognition.c.message, recognition.c.created_at)).one()
        assert verify(connection).is_clean
    assert (row.message, row.created_at) == ("From the old system", START)


@pytest.mark.slow
@pytest.mark.skipif("LAURELS_TEST_DATA" not in os.environ, reason="LAURELS_TEST_DATA names no folder with collegemsg/CollegeMsg.txt")
def test_collegemsg_gives_the_totals_that_independent_scripts_gave(database: Database, settings: Settings) -> None:
    file = Path(os.environ["LAURELS_TEST_DATA"]) / "collegemsg" / "CollegeMsg.txt"
    for number in range(2):
        with file.open(encoding="utf-8") as lines:
            writer = Writer(database, SystemClock(), batch=2_000)
            writer.start()
            rows = read_gifts(lines, "collegemsg", columns={})
            summary = import_gifts(rows, SOURCE, settings=settings, database=database, writer=writer, clock=SystemClock())
            writer.stop()
        expected = (48_482, 0) if number == 0 else (0, 48_482)
        assert (summary.accepted, summary.replayed, summary.refused, summary.members) == (*expected, {"limit-reached": 11_353}, 1_899)
        with database.read.connect() as connection:
            board = list_board(connection, ALL_TIME, limit=5).items
            assert verify(connection).is_clean
        assert [(row.student_id, row.total_credits_received) for row in board] == [
            ("323", 479),
            ("1624", 477),
            ("32", 415),
            ("372", 381),
            ("103", 372),
        ]
