"""A file's activities, awarded: made-up rows. `test_import_oulad` does it with real ones."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from laurels.core.delimited import Unreadable
from laurels.identity.tables import member
from laurels.ledger.outbox import tail
from laurels.ledger.writer import Writer
from laurels.products.progress.imports import ActivityRow, FileUnusable, ImportStopped, Refused, Summary, import_activities, posting
from laurels.products.progress.rules import ActivityType, Cap, CapMode, CapWindow, Quest, QuestType, Zones
from laurels.products.progress.rules.document import AppliesTo
from laurels.products.progress.tables import StreakRow, progress_config, streak
from products.progress.circle import COMMENT, QUIZ, Circle

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
"""A Monday."""


def did(
    event: str, who: str, points: int = 10, *, days: float = 0, line: int = 2, kind: ActivityType = QUIZ, topic: str | None = None
) -> ActivityRow:
    """An activity that a file tells."""
    return ActivityRow(line, event, who, points, kind, "Something", topic, START + timedelta(days=days))


def bring(circle: Circle, rows: Iterable[ActivityRow | Unreadable]) -> tuple[Summary, list[Refused]]:
    """Import rows; gives what became of them, and what was refused."""
    refused: list[Refused] = []
    return import_activities(circle.place, rows, tell=refused.append), refused


def told(summary: Summary) -> tuple[int, int, int, int]:
    """What the last line tells."""
    return summary.awarded, summary.refused.total(), summary.replayed, summary.points


def streaks(circle: Circle, *whose: str) -> list[StreakRow]:
    """Streaks of members by student id."""
    wanted = select(streak, member.c.student_id).join(member, member.c.id == streak.c.member).where(member.c.student_id.in_(whose))
    with circle.database.read.connect() as connection:
        return [StreakRow(*row[:-1]) for row in connection.execute(wanted.order_by(member.c.student_id))]


def codes(refused: Iterable[Refused]) -> list[tuple[int, str]]:
    return [(one.line, one.code) for one in refused]


def test_rows_are_awarded_at_their_own_time(circle: Circle) -> None:
    circle.add_topics("chemistry")
    ana = circle.make_member("S-1")
    summary, refused = bring(circle, [did("E-1", "S-1", 40, topic="chemistry"), did("E-2", "S-1", 5, days=1, kind=COMMENT)])
    assert (told(summary), summary.people, summary.created, refused) == ((2, 0, 0, 45), 1, 0, [])
    assert circle.postings(ana) == [("quiz_complete", 40, 40), ("comment", 5, 45)]
    assert [circle.stands(ana, window) for window in ("2026-03", "2026-W10", "topic/chemistry", "2026-11")] == [45, 45, 40, 0]
    first, second = circle.activities(ana)
    assert (first.source, first.awarded_by, first.occurred_at, first.day) == ("import", None, START, date(2026, 3, 2))
    assert (second.amount, second.activity_type, second.occurred_at) == (5, "comment", START + timedelta(days=1))
    kept = circle.progress(ana)
    assert (kept.lifetime_quizzes, kept.lifetime_comments, kept.last_active_at) == (1, 1, START + timedelta(days=1))


def test_the_past_completes_nothing_pays_no_bonus_and_tells_nobody(circle: Circle) -> None:
    ana = circle.make_member("S-1")
    quest = Quest(uuid4(), QuestType.SIDE, None, 20, 1, frozenset({QUIZ}))
    circle.begin(ana, circle.add_quest(quest), steps=1)
    recent = (circle.clock.at - START).days - 1  # yesterday: a bonus of it could be paid
    bring(circle, [did(f"E-{number}", "S-1", 300, days=recent) for number in range(5)])
    assert (circle.total(ana), circle.goals(ana), circle.quests(ana)[quest.id].current_progress) == (1_500, {}, 0)
    kept = circle.streak(ana)
    assert (kept.unpaid, kept.bonus_due, kept.current_days) == ("[]", None, 1)
    with circle.database.read.connect() as connection:
        assert tail(connection, {}, 10).told == []


def test_again_changes_nothing(circle: Circle) -> None:
    rows = [did("E-1", "S-1", 10), did("E-2", "S-2", 20, days=1), did("E-3", "S-1", 30, days=2)]
    first, _ = bring(circle, rows)
    before = circle.heads()
    again, refused = bring(circle, rows)
    assert (told(first), told(again), again.people, again.created, refused) == ((3, 0, 0, 60), (0, 0, 3, 0), 2, 0, [])
    assert circle.heads() == before
    longer, _ = bring(circle, [*rows, did("E-4", "S-3", 5)])
    assert (told(longer), longer.created) == ((1, 0, 3, 5), 1)


def test_event_twice_in_a_file_is_paid_once(circle: Circle) -> None:
    summary, _ = bring(circle, [did("E-1", "S-1"), did("E-1", "S-1", line=3)])
    assert told(summary) == (1, 0, 1, 10)


def test_event_with_other_details_is_refused_and_the_rest_is_awarded(circle: Circle) -> None:
    bring(circle, [did("E-1", "S-1")])
    others = [did("E-1", "S-1", 11, line=2), did("E-1", "S-2", line=3), did("E-1", "S-1", days=1, line=4), did("E-2", "S-1", line=5)]
    summary, refused = bring(circle, others)
    assert told(summary) == (1, 3, 0, 10)
    assert codes(refused) == [(2, "award-conflict"), (3, "award-conflict"), (4, "award-conflict")]
    assert all("E-1" in one.reason for one in refused)


def test_people_are_found_by_either_id_or_made_by_student_id(circle: Circle) -> None:
    ana, ben = circle.make_member("S-1"), circle.make_member("S-2")
    circle.suspend(ben)
    nobody = str(uuid4())
    named = ["S-1", str(ana.id), "S-9", nobody, "S-2"]
    summary, refused = bring(circle, [did(f"E-{line}", who, line=line) for line, who in enumerate(named, 2)])
    assert (told(summary), summary.created) == ((3, 2, 0, 30), 1)
    assert codes(refused) == [(5, "not-found"), (6, "member-inactive")]
    assert nobody in refused[0].reason
    assert (circle.total(ana), circle.total(ben)) == (20, 0)
    with circle.database.read.connect() as connection:
        [made] = connection.execute(select(member.c.status).where(member.c.student_id == "S-9")).scalars()
    assert made == "active"


def test_rows_that_bring_nothing_are_told_with_their_line_and_why(circle: Circle) -> None:
    rows = [Unreadable(2, "amount: expected a number"), did("E-1", "S-1", days=400, line=3), did("E-2", "S-1", topic="alchemy", line=4)]
    summary, refused = bring(circle, [*rows, did("E-3", "S-1", line=5)])
    assert told(summary) == (1, 3, 0, 10)
    # What can't even be asked for is told as it is read, before what the ledger refuses.
    assert codes(refused) == [(2, "unreadable"), (3, "in-future"), (4, "unknown-topic")]
    assert all(one.reason for one in refused)


def test_caps_for_all_hold_for_files_and_points_are_what_was_given(circle: Circle) -> None:
    cap = Cap(name="quizzes", activity_types=(QUIZ,), window=CapWindow.DAY, points=25, mode=CapMode.CLIP, applies_to=AppliesTo.ALL)
    circle.set_rules(caps=(cap,))
    summary, refused = bring(circle, [did("E-1", "S-1", 20), did("E-2", "S-1", 20), did("E-3", "S-1", 20, days=1)])
    assert (told(summary), refused) == ((3, 0, 0, 45), [])


def test_the_order_of_rows_changes_no_total_and_no_streak(circle: Circle) -> None:
    days = [0, 1, 2, 4, 5, 6, 7, 9, 3]
    bring(circle, [did(f"A-{day}", "S-1", days=day) for day in days])
    bring(circle, [did(f"B-{day}", "S-2", days=day) for day in sorted(days)])
    ana, ben = streaks(circle, "S-1", "S-2")
    assert (ana.longest_days, ana.current_days, ana.freezes, ana.days) == (ben.longest_days, ben.current_days, ben.freezes, ben.days)
    assert ana.longest_days == 9, "days 0 to 7, and day 9 by the freeze that the seventh earned"


def test_a_zone_chosen_since_is_none_of_the_past(circle: Circle) -> None:
    ana = circle.make_member("S-1")
    circle.award(ana)
    circle.move_to(ana, "Asia/Tokyo")
    bring(circle, [did("E-1", "S-1")])
    assert Zones.read(circle.streak(ana).zones) == Zones.of("UTC")
    circle.award(ana)
    assert [stay.zone for stay in Zones.read(circle.streak(ana).zones).stays] == ["UTC", "Asia/Tokyo"]


def test_a_change_of_settings_meanwhile_is_decided_by(circle: Circle) -> None:
    circle.set_rules()
    assert circle.basis.version

    def rows() -> Iterator[ActivityRow]:
        for number in range(20):
            if number in (0, 10):  # another process changes something: this one's memory doesn't know
                with circle.database.write.begin() as connection:
                    connection.execute(update(progress_config).values(version=progress_config.c.version + 1))
            yield did(f"E-{number}", "S-1", line=number)

    summary, refused = bring(circle, rows())
    assert (told(summary), refused) == ((20, 0, 0, 200), [])


def test_import_that_is_stopped_says_where_and_goes_on(circle: Circle) -> None:
    rows = [did("E-1", "S-1", line=7), did("E-2", "S-1", line=8)]
    stopped = Writer(circle.database, circle.clock)
    stopped.start()
    stopped.stop()
    with pytest.raises(ImportStopped, match=r"line 7 couldn't be written.*run the same command again"):
        import_activities(replace(circle.place, writer=stopped), rows)
    assert told(bring(circle, rows)[0]) == (2, 0, 0, 20)


def test_more_people_than_fit_in_memory_are_refused(circle: Circle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "MAX_PEOPLE", 2)
    with pytest.raises(FileUnusable, match="more than 2 people: import it in parts"):
        bring(circle, [did(f"E-{number}", f"S-{number}") for number in range(3)])


@pytest.mark.parametrize("at_once", [1, 2, 3])
def test_wherever_a_page_ends_all_is_awarded(circle: Circle, monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    monkeypatch.setattr(posting, "ROWS_AT_ONCE", at_once)
    summary, _ = bring(circle, [did(f"E-{number}", f"S-{number % 2}") for number in range(5)])
    assert (told(summary), summary.people, summary.created) == ((5, 0, 0, 50), 2, 2)
