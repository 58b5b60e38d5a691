"""Seasons that are over are archived: once, in pieces, and nobody sees a part."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from laurels.identity.tables import Member
from laurels.jobs import JobContext
from laurels.products.progress.decisions.seasons_end import ClaimSeason
from laurels.products.progress.jobs import archive_seasons
from laurels.products.progress.personal import export_progress
from laurels.products.progress.queries.board_windows import Board, BoardKind
from laurels.products.progress.queries.boards import read_board
from laurels.products.progress.queries.profiles import read_profile
from laurels.products.progress.rules import season_window
from laurels.products.progress.tables import season, season_standing
from products.progress.circle import Circle

STARTS = datetime(2026, 11, 1, tzinfo=UTC)
ENDS = datetime(2026, 11, 21, tzinfo=UTC)
DUE = ENDS + timedelta(days=1)


def standings(circle: Circle, season_id: UUID) -> list[tuple[UUID, int, int]]:
    """Member, rank and points of a season's archive."""
    kept = season_standing.c
    rows = circle._rows(season_standing, kept.season == season_id, order=(kept.rank, kept.member))
    return [(row.member, row.rank, row.points) for row in rows]


def scored(circle: Circle, *points: int) -> list[Member]:
    """Members with these points in the season."""
    people = [circle.make_member() for _ in points]
    for who, amount in zip(people, points, strict=True):
        circle.award(who, amount)
    return people


def archived_at(circle: Circle, season_id: UUID) -> datetime | None:
    """When a season was archived."""
    [row] = circle._rows(season, season.c.id == season_id)
    at: datetime | None = row.archived_at
    return at


def job_that(circle: Circle, *looks: Callable[[], bool]) -> JobContext:
    """A job that does these, one each time before it goes on with a piece; each says whether it is to stop there."""
    left = iter(looks)
    return replace(circle.job(), is_stopping=lambda: next(left, go_on)())


def go_on() -> bool:
    """Nothing happens."""
    return False


def stop() -> bool:
    """The process is to end."""
    return True


@pytest.fixture
def in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two standings are a piece."""
    monkeypatch.setattr("laurels.products.progress.jobs.seasons.ROWS_AT_ONCE", 2)


def test_season_is_archived_a_day_after_its_end_with_ranks_that_the_tied_share(circle: Circle) -> None:
    over = circle.add_season(STARTS, ENDS)
    ana, bo, cy, di, gone = scored(circle, 50, 70, 50, 20, 90)
    circle.suspend(gone)
    circle.clock.set(DUE - timedelta(seconds=1))
    assert archive_seasons(circle.job()) == 0
    circle.clock.set(DUE)
    assert archive_seasons(circle.job()) == 1
    tied = sorted((ana.id, cy.id))
    assert standings(circle, over) == [(bo.id, 1, 70), (tied[0], 2, 50), (tied[1], 2, 50), (di.id, 4, 20)]
    assert archived_at(circle, over) == DUE
    assert [one["season"] for one in circle.told("season.archived")] == [str(over)]


def test_archive_never_changes(circle: Circle) -> None:
    over = circle.add_season(STARTS, ENDS)
    [ana] = scored(circle, 50)
    circle.clock.set(DUE)
    archive_seasons(circle.job())
    circle.award(ana, 5, at=ENDS - timedelta(days=2))
    assert circle.stands(ana, season_window(over)) == 55
    circle.later(days=1)
    assert archive_seasons(circle.job()) == 0
    assert standings(circle, over) == [(ana.id, 1, 50)]
    assert len(circle.told("season.archived")) == 1


def test_two_workers_archive_a_season_once(circle: Circle) -> None:
    over = circle.add_season(STARTS, ENDS)
    people = scored(circle, *range(1, 30))
    circle.clock.set(DUE)
    with ThreadPoolExecutor(2) as pool:
        done = [each.result() for each in [pool.submit(archive_seasons, circle.job()) for _ in range(2)]]
    assert sum(done) == 1
    assert len(standings(circle, over)) == len(people)
    assert len(circle.told("season.archived")) == 1


def test_season_with_nobody_on_its_board_is_archived_too(circle: Circle) -> None:
    over = circle.add_season(STARTS, ENDS)
    circle.clock.set(DUE)
    assert archive_seasons(circle.job()) == 1
    assert standings(circle, over) == []


@pytest.mark.usefixtures("in_pieces")
def test_those_tied_share_a_rank_from_one_piece_to_the_next(circle: Circle) -> None:
    over = circle.add_season(STARTS, ENDS)
    people = scored(circle, 10, 30, 20, 20, 20, 10, 40)
    circle.clock.set(DUE)
    assert archive_seasons(circle.job()) == 1
    ranks = {who: rank for who, rank, _ in standings(circle, over)}
    assert [ranks[who.id] for who in people] == [6, 2, 3, 3, 3, 6, 1]


@pytest.mark.usefixtures("in_pieces")
def test_nobody_sees_a_part_and_the_next_run_begins_anew(circle: Circle) -> None:
    over = circle.add_season(STARTS, ENDS)
    ana, bo, cy = scored(circle, 30, 20, 10)
    circle.clock.set(DUE)
    assert archive_seasons(job_that(circle, go_on, go_on, stop)) == 0
    assert standings(circle, over) == [(ana.id, 1, 30), (bo.id, 2, 20)]
    assert archived_at(circle, over) is None
    with circle.database.read.connect() as connection:
        assert read_profile(connection, circle.basis, ana, at=DUE).seasons == []
        assert export_progress(connection, ana.id)["season_standings"] == []
        live = read_board(connection, Board(BoardKind.SEASON, str(over)), ana.id, limit=5)
    assert [(row.member_id, row.rank) for row in live.rows] == [(ana.id, 1), (bo.id, 2), (cy.id, 3)]
    circle.award(cy, 100, at=ENDS - timedelta(days=2))
    circle.later(hours=1)
    assert archive_seasons(circle.job()) == 1
    assert standings(circle, over) == [(cy.id, 1, 110), (ana.id, 2, 30), (bo.id, 3, 20)]
    with circle.database.read.connect() as connection:
        assert [one.rank for one in read_profile(connection, circle.basis, ana, at=DUE).seasons] == [2]
        assert [one["rank"] for one in export_progress(connection, ana.id)["season_standings"]] == [2]


@pytest.mark.usefixtures("in_pieces")
def test_archive_is_of_one_moment_whatever_is_told_while_it_is_written(circle: Circle) -> None:
    over = circle.add_season(STARTS, ENDS)
    people = scored(circle, 50, 40, 30, 20, 10)
    circle.clock.set(DUE)

    def award_the_last() -> bool:
        circle.award(people[4], 100, at=ENDS - timedelta(days=2))
        return False

    assert archive_seasons(job_that(circle, go_on, go_on, award_the_last)) == 1
    assert circle.stands(people[4], season_window(over)) == 110
    assert [(rank, points) for _, rank, points in standings(circle, over)] == [(1, 50), (2, 40), (3, 30), (4, 20), (5, 10)]


@pytest.mark.usefixtures("in_pieces")
@pytest.mark.parametrize("looks", [1, 2, 3, 4])
def test_worker_who_is_overtaken_leaves_the_season_to_the_other(circle: Circle, looks: int) -> None:
    over = circle.add_season(STARTS, ENDS)
    people = scored(circle, 50, 40, 30, 20, 10)
    circle.clock.set(DUE)
    done: list[int] = []

    def overtake() -> bool:
        circle.award(people[4], 100, at=ENDS - timedelta(days=2))
        done.append(archive_seasons(circle.job()))
        return False

    assert archive_seasons(job_that(circle, *[go_on] * (looks - 1), overtake)) == 0
    assert done == [1]
    assert [(rank, points) for _, rank, points in standings(circle, over)] == [(1, 110), (2, 50), (3, 40), (4, 30), (5, 20)]
    assert len(circle.told("season.archived")) == 1


@pytest.mark.usefixtures("in_pieces")
def test_worker_who_is_overtaken_at_the_end_doesnt_archive_what_the_other_is_at(circle: Circle) -> None:
    over = circle.add_season(STARTS, ENDS)
    scored(circle, 50, 40, 30)
    circle.clock.set(DUE)

    def claim() -> bool:
        circle.post_now(ClaimSeason(over))
        return False

    # A look to clear up, two for the pieces; what comes after the last piece is nobody's to look at.
    assert archive_seasons(job_that(circle, go_on, go_on, claim)) == 0
    assert archived_at(circle, over) is None
    assert archive_seasons(circle.job()) == 1
    assert len(standings(circle, over)) == 3
