"""Ranks follow from the histogram of a board, which follows from its accounts."""

from collections import Counter
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
import pytest
from sqlalchemy import Connection, event, insert, select, update

from laurels.core.database import Database
from laurels.ledger import MAX_AMOUNT, Account, Draft, Needs, tables
from laurels.ledger.ranks import bucket_of, lowest_of
from laurels.ledger.reader import Ranked, balances, board, list_ranked, number_above, ranked_total, verify
from ledger.scores import MONTH, Score, standing, total
from ledger.toy import BOOK, NOON, Does, Grant, member, run, wipe
from ledger.world import unguarded

MEMBERS = range(1, 9)
WINDOWS = ("2026-10", MONTH)

balance = st.integers(0, 5_000) | st.integers(0, MAX_AMOUNT)
scores = st.builds(
    Score,
    to=st.sampled_from(MEMBERS),
    amount=st.sampled_from([1, 5, -5, 1_023, 1_024, 1_025, 2_048, 100_003, -1_000, -(10**9)]) | st.integers(-3_000, 3_000),
    windows=st.lists(st.sampled_from(WINDOWS), unique=True, max_size=2),
)


def standings(connection: Connection, window: str = MONTH) -> dict[UUID, int]:
    """What members hold on a board, by their accounts' names; those above zero."""
    held = balances(connection, [standing(number, window) for number in MEMBERS])
    return {UUID(account.owner.removeprefix("member/")): points for account, points in held.items() if points}


def buckets(connection: Connection) -> dict[tuple[str, str, int], int]:
    """What is stored of the histograms, but for buckets that everybody left."""
    wanted = select(tables.board_bucket).where(tables.board_bucket.c.accounts != 0)
    return {(row.purpose, row.window, row.bucket): row.accounts for row in connection.execute(wanted)}


def best_first(held: dict[UUID, int]) -> list[Ranked]:
    """A whole board, ranked by comparing everybody with everybody."""
    ordered = sorted(held.items(), key=lambda one: (-one[1], one[0]))
    return [Ranked(owner, points, 1 + sum(other > points for other in held.values())) for owner, points in ordered]


# Buckets


def test_balances_below_1024_have_a_bucket_each() -> None:
    assert [bucket_of(balance) for balance in range(1_024)] == list(range(1_024))


@pytest.mark.parametrize(
    ("balance", "bucket"),
    [(1_024, 1_024), (1_025, 1_024), (1_026, 1_025), (2_047, 1_535), (2_048, 1_536), (2_051, 1_536), (2_052, 1_537), (MAX_AMOUNT, 23_039)],
)
def test_bucket_is_the_power_of_two_and_the_nine_bits_below(balance: int, bucket: int) -> None:
    """Buckets are stored: other numbers would need every board to be counted anew."""
    assert bucket_of(balance) == bucket


@given(balance)
def test_bucket_begins_and_ends_around_its_balances(balance: int) -> None:
    bucket = bucket_of(balance)
    lowest, next_lowest = lowest_of(bucket), lowest_of(bucket + 1)
    assert lowest <= balance < next_lowest
    assert bucket_of(lowest) == bucket
    assert bucket_of(next_lowest) == bucket + 1
    assert next_lowest - lowest <= max(1, balance / 500), "a bucket is at most 0.2 % wide"


@given(balance, balance)
def test_bucket_rises_with_balances(first: int, second: int) -> None:
    assert (bucket_of(first) <= bucket_of(second)) or first > second


# The histogram


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(st.lists(scores, min_size=1, max_size=6), min_size=1, max_size=4))
def test_histogram_counts_the_accounts_and_ranks_are_as_counted(toys: Database, batches: list[list[Score]]) -> None:
    wipe(toys)
    for batch in batches:
        run(toys, *batch)
    with toys.read.connect() as connection:
        seen = verify(connection)
        assert (seen.findings, seen.is_clean) == ([], True)
        held = standings(connection)
        counted = Counter(bucket_of(points) for points in held.values())
        assert {bucket: count for (_, window, bucket), count in buckets(connection).items() if window == MONTH} == counted
        assert ranked_total(connection, BOOK, "standing", MONTH) == len(held)
        for points in {0, 1, 1_023, 1_024, 10**6, *(points + step for points in held.values() for step in (-1, 0, 1))}:
            assert number_above(connection, BOOK, "standing", MONTH, points) == sum(other > points for other in held.values()), points
        assert list_ranked(connection, BOOK, "standing", MONTH, limit=100) == best_first(held)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batch=st.lists(scores, min_size=1, max_size=12))
def test_batch_leaves_the_histogram_that_one_after_the_other_does(toys: Database, batch: list[Score]) -> None:
    wipe(toys)
    run(toys, *batch)
    with toys.read.connect() as connection:
        together = buckets(connection)
    wipe(toys)
    for score in batch:
        run(toys, score)
    with toys.read.connect() as connection:
        assert buckets(connection) == together


def test_refused_score_leaves_the_histogram(toys: Database) -> None:
    run(toys, Score(1, 5))
    run(toys, Score(1, MAX_AMOUNT), Score(2, 7))
    with toys.read.connect() as connection:
        assert standings(connection) == {member(1): 5, member(2): 7}
        assert buckets(connection) == {("standing", MONTH, 5): 1, ("standing", MONTH, 7): 1, ("total", "", 5): 1, ("total", "", 7): 1}


def test_batch_without_ranks_writes_no_histogram(toys: Database) -> None:
    sent: list[str] = []
    event.listen(toys.write, "before_cursor_execute", lambda *told: sent.append(told[2]))
    run(toys, Grant(1, 5))
    assert [text for text in sent if "board_bucket" in text] == []
    run(toys, Score(1, 5), Score(2, 9), Grant(1, 5))
    assert len([text for text in sent if "board_bucket" in text]) == 1
    run(toys, Score(1, 5), Score(1, -5))
    assert len([text for text in sent if "board_bucket" in text]) == 1, "what nets to nothing is not written"


def test_books_have_boards_of_their_own(toys: Database) -> None:
    run(toys, Score(1, 5), Score(2, 9), Score(3, 7, book="joys"))
    with toys.read.connect() as connection:
        assert ranked_total(connection, BOOK, "standing", MONTH) == 2
        assert ranked_total(connection, "joys", "standing", MONTH) == 1
        assert ranked_total(connection, "no such book", "standing", MONTH) == 0
        assert list_ranked(connection, "joys", "standing", MONTH, limit=5) == [Ranked(member(3), 7, 1)]
        assert list_ranked(connection, BOOK, "standing", "2026-12", limit=5) == []


# Reading


POINTS = {1: 50, 2: 70, 3: 50, 4: 2_000, 5: 50, 6: 2_001, 7: 10, 8: 70}
"""Two in one bucket of two points' width, ties, and a last one."""


@pytest.fixture
def scored(toys: Database) -> Database:
    """A board of eight, and who scored once and lost it all."""
    run(toys, *(Score(number, points) for number, points in POINTS.items()), Score(9, 60))
    run(toys, Score(9, -60))
    return toys


def ranked(connection: Connection, **options: Any) -> list[tuple[int, int, int]]:
    """A part of the board: members' numbers, points and ranks."""
    listed = list_ranked(connection, BOOK, "standing", MONTH, **{"limit": 99} | options)
    return [(one.owner_id.int & 0xFF, one.points, one.rank) for one in listed]


WHOLE = [(6, 2_001, 1), (4, 2_000, 2), (2, 70, 3), (8, 70, 3), (1, 50, 5), (3, 50, 5), (5, 50, 5), (7, 10, 8)]


def test_board_lists_best_first_and_those_tied_share_the_rank(scored: Database) -> None:
    with scored.read.connect() as connection:
        assert ranked(connection) == WHOLE
        assert ranked(connection, limit=3) == WHOLE[:3]


@pytest.mark.parametrize("limit", [1, 2, 3, 99])
def test_board_goes_on_behind_and_ahead_of_any_place(scored: Database, limit: int) -> None:
    with scored.read.connect() as connection:
        for place, (number, points, _) in enumerate(WHOLE):
            mine = points, member(number)
            assert ranked(connection, after=mine, limit=limit) == WHOLE[place + 1 :][:limit]
            assert ranked(connection, before=mine, limit=limit) == WHOLE[:place][-limit:]


def test_board_goes_on_behind_and_ahead_of_a_place_since_left(scored: Database) -> None:
    with scored.read.connect() as connection:
        assert ranked(connection, after=(60, member(9))) == WHOLE[4:]
        assert ranked(connection, before=(60, member(9))) == WHOLE[:4]


def test_nobody_is_behind_no_points_and_all_are_ahead(scored: Database) -> None:
    """Who lost all points, or never had any, is on no board: they aren't listed as tied."""
    with scored.read.connect() as connection:
        for points in (0, -1):
            assert ranked(connection, after=(points, member(1))) == []
            assert ranked(connection, before=(points, member(99)), limit=2) == WHOLE[-2:]


def test_owners_left_out_have_no_place_and_no_part_in_ranks(scored: Database) -> None:
    """Who was suspended is not shown; those behind move up, those ahead don't."""
    absent = [4, 3, 9, 77]
    options: dict[str, Any] = {
        "only": board.c.owner_id.not_in([member(number) for number in absent]),
        "leaving_out": [0, 0, 50, 2_000],  # what they hold
    }
    shown = [(6, 2_001, 1), (2, 70, 2), (8, 70, 2), (1, 50, 4), (5, 50, 4), (7, 10, 6)]
    with scored.read.connect() as connection:
        assert ranked(connection, **options) == shown
        assert ranked(connection, after=(50, member(1)), **options) == shown[4:]
        left = options["leaving_out"]
        assert number_above(connection, BOOK, "standing", MONTH, 0, leaving_out=left) == len(shown)
        assert number_above(connection, BOOK, "standing", MONTH, 1_999, leaving_out=left) == 1
        assert number_above(connection, BOOK, "standing", MONTH, 2_000, leaving_out=left) == 1


def test_fewer_than_no_points_have_all_above_them(scored: Database) -> None:
    with scored.read.connect() as connection:
        assert number_above(connection, BOOK, "standing", MONTH, -1) == len(WHOLE)
        assert number_above(connection, BOOK, "standing", MONTH, MAX_AMOUNT) == 0


def test_board_is_read_in_its_order_from_its_index(scored: Database) -> None:
    """A board of a million is not sorted for a page."""
    plans: list[str] = []

    def explain(connection: Connection, _: Any, statement: str, parameters: Any, *__: Any) -> None:
        if "FROM account" in statement and not statement.startswith("EXPLAIN"):
            prefix = "EXPLAIN QUERY PLAN " if scored.is_sqlite else "EXPLAIN "
            plans.append("\n".join(str(row) for row in connection.exec_driver_sql(prefix + statement, parameters)))

    with scored.read.connect() as connection:
        if not scored.is_sqlite:
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")  # it would read eight rows whole
            connection.exec_driver_sql("SET LOCAL enable_bitmapscan = off")
        event.listen(connection, "before_cursor_execute", explain)
        ranked(connection)
        ranked(connection, after=(50, member(1)))
        ranked(connection, before=(50, member(3)))
        number_above(connection, BOOK, "standing", MONTH, 2_000)
    assert len(plans) == 8
    for plan in plans:
        assert "ix_account_board" in plan
        assert "Sort" not in plan and "TEMP B-TREE" not in plan, plan


# The proof


def test_changed_bucket_names_its_board(scored: Database, database_url: str) -> None:
    bucket = tables.board_bucket
    where = (bucket.c.window == MONTH) & (bucket.c.bucket == 50)
    with unguarded(scored, database_url) as connection:
        assert verify(connection).is_clean
        connection.execute(update(bucket).where(where).values(accounts=4))
        [finding] = verify(connection).findings
        assert str(finding) == f"board_bucket toys: 1/standing/{MONTH}/50: counts 4 accounts on the board standing {MONTH}, 3 are there"
        connection.execute(bucket.delete().where(where))
        [finding] = verify(connection).findings
        assert str(finding) == f"board_bucket toys: 1/standing/{MONTH}/50: counts 0 accounts on the board standing {MONTH}, 3 are there"
        connection.rollback()
        connection.execute(insert(bucket).values(book=1, purpose="standing", window="2026-12", bucket=3, accounts=1))
        [finding] = verify(connection).findings
        assert (finding.table, finding.key) == ("board_bucket", "toys: 1/standing/2026-12/3")


def test_account_taken_off_its_board_is_named(scored: Database, database_url: str) -> None:
    """Its id would still fit: what is ranked is on a board."""
    with unguarded(scored, database_url) as connection:
        for changes in ({"board": False}, {"ranked": False}, {"board": False, "ranked": False}):
            connection.execute(update(tables.account).where(tables.account.c.id == standing(1).id).values(changes))
            assert ("account", f"toys: {standing(1).id}") in [(finding.table, finding.key) for finding in verify(connection).findings]
            connection.rollback()


def test_account_that_is_only_on_a_board_is_in_no_histogram(toys: Database) -> None:
    plain = Account(BOOK, "score", f"member/{member(1)}", "plain", board=True)

    def decides(draft: Draft) -> None:
        draft.move(total(2), plain, 3, "score")

    run(toys, Score(2, 5, windows=()))
    run(toys, Does(decides, needed=lambda: Needs([total(2), plain])), now=NOON)
    with toys.read.connect() as connection:
        assert balances(connection, [plain]) == {plain: 3}
        assert buckets(connection) == {("total", "", 2): 1}
        assert verify(connection).is_clean
