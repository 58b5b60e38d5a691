"""What the sweeps decide, where somebody else was first or nothing is due."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from laurels.core.ids import new_id
from laurels.products.progress.decisions.bonuses import PayStreakBonus
from laurels.products.progress.decisions.decaying import Announced, AnnounceDecay, Decayed, DecayPoints
from laurels.products.progress.decisions.leaving import LeaveBoards, Left
from laurels.products.progress.decisions.seasons_end import ArchiveSeason, ClaimSeason, ExpireQuest
from laurels.products.progress.errors import NothingDue
from laurels.products.progress.jobs import archive_seasons, decay_points, open_goals, pay_bonuses
from laurels.products.progress.rules import ActivityType, Quest, QuestType
from products.progress.circle import Circle

DAY = date(2026, 11, 20)
MIDNIGHT = datetime(2026, 11, 21, tzinfo=UTC)
DECAY = {"after_days": 90, "every_days": 30, "percent": 10, "notice_days": 14}


def nothing_due(circle: Circle, decision: object) -> bool:
    """Whether a decision finds nothing to do, and writes nothing."""
    before = circle.heads()
    with pytest.raises(NothingDue):
        circle.post_now(decision)
    return circle.heads() == before


def test_bonus_of_a_day_that_isnt_over_or_has_another_end_or_nobody_has_isnt_due(circle: Circle) -> None:
    ana = circle.make_member()
    basis = circle.basis
    assert nothing_due(circle, PayStreakBonus(ana.id, DAY, MIDNIGHT, basis)), "no streak at all"
    circle.award(ana)
    assert nothing_due(circle, PayStreakBonus(ana.id, DAY, MIDNIGHT, basis)), "not over"
    circle.clock.set(MIDNIGHT)
    assert nothing_due(circle, PayStreakBonus(ana.id, DAY - timedelta(days=1), MIDNIGHT, basis)), "not active"
    assert nothing_due(circle, PayStreakBonus(ana.id, DAY, MIDNIGHT - timedelta(hours=1), basis)), "read by another zone"
    assert circle.post_now(PayStreakBonus(ana.id, DAY, MIDNIGHT, basis)).answer.points == 5
    assert nothing_due(circle, PayStreakBonus(ana.id, DAY, MIDNIGHT, basis)), "paid"


def test_announcement_waits_for_its_time_and_for_who_takes_part(circle: Circle) -> None:
    ana, bo = circle.make_member(), circle.make_member()
    for who in (ana, bo):
        circle.award(who, 490, ActivityType.PROJECT_UPDATE)
    assert nothing_due(circle, AnnounceDecay(ana.id, circle.basis)), "points don't decay here"
    circle.set_rules(decay=DECAY)
    circle.later(days=75)
    assert nothing_due(circle, AnnounceDecay(ana.id, circle.basis)), "too early"
    circle.later(days=1)
    circle.suspend(bo)
    assert nothing_due(circle, AnnounceDecay(bo.id, circle.basis))
    decays_at = int((circle.clock.at + timedelta(days=14)).timestamp()) * 1_000_000
    assert circle.post_now(AnnounceDecay(ana.id, circle.basis)).answer == Announced(decays_at)
    assert nothing_due(circle, AnnounceDecay(ana.id, circle.basis)), "told already"


def test_nothing_decays_before_its_time_or_at_another(circle: Circle) -> None:
    ana = circle.make_member()
    circle.award(ana, 490, ActivityType.PROJECT_UPDATE)
    circle.set_rules(decay=DECAY, streak_bonus=None)
    circle.later(days=76)
    decay_points(circle.job())
    due = circle.progress(ana).decay_from
    assert due is not None
    assert nothing_due(circle, DecayPoints(ana.id, due, circle.basis))
    assert nothing_due(circle, DecayPoints(ana.id, due + timedelta(days=30), circle.basis))
    circle.clock.set(due)
    assert circle.post_now(DecayPoints(ana.id, due, circle.basis)).answer == Decayed(49)


def test_leaving_boards_that_one_isnt_on_moves_nothing(circle: Circle) -> None:
    ana = circle.make_member()
    circle.award(ana, 10)
    left = circle.post_now(LeaveBoards(ana.id, ["2026-11", "2026-12", "2026-W47"]))
    assert left.answer == Left(2)
    assert (circle.stands(ana, "2026-11"), circle.stands(ana, "2026-W47"), circle.total(ana)) == (0, 0, 10)


def test_season_is_archived_once_and_in_time(circle: Circle) -> None:
    over = circle.add_season(MIDNIGHT - timedelta(days=9), MIDNIGHT)
    assert nothing_due(circle, ClaimSeason(over))
    circle.clock.set(MIDNIGHT + timedelta(days=1))
    first, second = (circle.post_now(ClaimSeason(over)).answer.version for _ in range(2))
    assert nothing_due(circle, ArchiveSeason(over, first))
    circle.post_now(ArchiveSeason(over, second))
    assert nothing_due(circle, ArchiveSeason(over, second))
    assert nothing_due(circle, ArchiveSeason(over, second + 1))
    assert nothing_due(circle, ClaimSeason(over))


def test_quest_without_an_end_or_a_run_doesnt_expire(circle: Circle) -> None:
    kinds = frozenset({ActivityType.COMMENT})
    quest = circle.add_quest(Quest(new_id(), QuestType.SIDE, None, 20, 3, kinds, None, None, None))
    ana, bo = circle.make_member(), circle.make_member()
    assert nothing_due(circle, ExpireQuest(ana.id, quest))
    circle.begin(ana, quest, steps=3)
    assert nothing_due(circle, ExpireQuest(ana.id, quest))
    circle.begin(bo, quest, steps=3, ends_at=MIDNIGHT)
    assert nothing_due(circle, ExpireQuest(bo.id, quest))
    circle.clock.set(MIDNIGHT)
    circle.post_now(ExpireQuest(bo.id, quest))
    assert nothing_due(circle, ExpireQuest(bo.id, quest))


JOBS: list[Callable[..., int]] = [pay_bonuses, open_goals, decay_points]


@pytest.mark.parametrize("job", JOBS)
def test_job_whose_decisions_fail_fails_to_be_run_again(circle: Circle, job: Callable[..., int], monkeypatch: pytest.MonkeyPatch) -> None:
    """What isn't `NothingDue` isn't swallowed."""
    ana = circle.make_member()
    circle.award(ana, 490, ActivityType.PROJECT_UPDATE)
    circle.set_rules(decay=DECAY)
    circle.later(days=80)
    if job is open_goals:
        circle.award(ana, 1, ActivityType.PROJECT_UPDATE)
        circle.later(days=7)
        monkeypatch.setattr("laurels.products.progress.jobs.goals.hold_book", _fail)
    else:
        monkeypatch.setattr(circle.writer, "post_all", lambda proposals: iter([RuntimeError("no disk") for _ in proposals]))
    with pytest.raises(RuntimeError, match="no disk"):
        job(circle.job())


def _fail(*_: object) -> None:
    raise RuntimeError("no disk")


def test_archive_that_another_worker_was_first_with_is_left_alone(circle: Circle, monkeypatch: pytest.MonkeyPatch) -> None:
    over = circle.add_season(MIDNIGHT - timedelta(days=9), MIDNIGHT)
    circle.clock.set(MIDNIGHT + timedelta(days=1))
    assert archive_seasons(circle.job()) == 1
    monkeypatch.setattr("laurels.products.progress.jobs.seasons.ended_seasons", lambda *_: [over])
    assert archive_seasons(circle.job()) == 0
