"""What ends by the calendar: seasons are archived once, quests expire."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import UUID

from laurels.core.ids import new_id
from laurels.identity.tables import Member
from laurels.products.progress.jobs import archive_seasons, expire_quests
from laurels.products.progress.rules import ActivityType, Quest, QuestType, season_window
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


def quest() -> Quest:
    """Three comments."""
    kinds = frozenset({ActivityType.COMMENT})
    return Quest(new_id(), QuestType.SIDE, None, 20, 3, kinds, cooldown_hours=None, starts_at=None, ends_at=ENDS, is_active=True)


def test_quests_that_werent_completed_in_time_expire_once(circle: Circle) -> None:
    short, long = circle.add_quest(quest()), circle.add_quest(quest())
    ana, bo = circle.make_member(), circle.make_member()
    circle.begin(ana, short, steps=3, ends_at=ENDS)
    circle.begin(ana, long, steps=3)
    circle.begin(bo, short, steps=3, ends_at=ENDS + timedelta(hours=1))
    circle.clock.set(ENDS - timedelta(seconds=1))
    assert expire_quests(circle.job()) == 0
    circle.clock.set(ENDS)
    assert expire_quests(circle.job()) == 1
    assert expire_quests(circle.job()) == 0
    assert {one.quest: one.status for one in circle.quests(ana).values()} == {short: "expired", long: "in_progress"}
    assert circle.quests(bo)[short].status == "in_progress"


def test_expired_quest_counts_no_more_steps(circle: Circle) -> None:
    short = circle.add_quest(quest())
    ana = circle.make_member()
    circle.begin(ana, short, steps=3, ends_at=ENDS)
    circle.award(ana, 5, ActivityType.COMMENT)
    circle.clock.set(ENDS)
    expire_quests(circle.job())
    circle.award(ana, 5, ActivityType.COMMENT)
    assert (circle.quests(ana)[short].current_progress, circle.quests(ana)[short].status) == (1, "expired")
