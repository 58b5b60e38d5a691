"""Quests over HTTP: what is shown, beginning, steps, completing; each pays once."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from laurels.core.ids import new_id
from laurels.identity.errors import MemberInactive
from laurels.identity.tables import Member
from laurels.products.progress.decisions.quests import CompleteQuest
from laurels.products.progress.rules import ActivityType, Badge, Measure, Quest, QuestType, topic_window
from laurels.products.progress.tables import quest
from products.progress.circle import COMMENT, QUIZ, Circle
from support.site import refused

QUIZZES = frozenset({QUIZ})
SIDE_QUEST = frozenset({ActivityType.SIDE_QUEST})


def a_quest(circle: Circle, **changed: Any) -> UUID:
    """A side quest of two quizzes for 80 points, but for what differs."""
    fields: dict[str, Any] = {"quest_type": QuestType.SIDE, "topic": None, "points_reward": 80, "steps": 2, "activity_types": QUIZZES}
    title = changed.pop("title", "A quest")
    return circle.add_quest(Quest(id=new_id(), **{**fields, **changed}), title=title)


def begin(circle: Circle, who: Member, quest_id: UUID, **more: Any) -> Any:
    """Begin it over HTTP."""
    return circle.ask(who, "POST", f"/progress/quests/{quest_id}/attempts", **more)


def complete(circle: Circle, who: Member, quest_id: UUID, **more: Any) -> Any:
    """Complete it over HTTP."""
    return circle.ask(who, "POST", f"/progress/quests/{quest_id}/completion", **more)


def told(circle: Circle, who: Member | dict[str, str], quest_id: UUID, member: Member, steps: int = 1) -> Any:
    """Tell steps over HTTP."""
    return circle.ask(who, "POST", f"/progress/quests/{quest_id}/steps", json={"member": member.student_id, "steps": steps})


def shown(circle: Circle, who: Member, quest_id: UUID) -> Any:
    """It, as the member sees it."""
    return circle.read(who, f"/progress/quests/{quest_id}")


def test_a_quest_is_begun_counted_and_completed(served: Circle) -> None:
    served.add_topics("chemistry")
    ana, one = served.make_member(), a_quest(served, topic="chemistry", title="Two quizzes")
    before = shown(served, ana, one)
    assert (before["status"], before["current_progress"], before["target_progress"]) == ("not_started", 0, 2)
    assert (before["can_begin"], before["can_complete"], before["points_reward"]) == (True, False, 80)
    answer = begin(served, ana, one)
    assert (answer.status_code, answer.headers["location"]) == (201, f"/api/v1/progress/quests/{one}")
    assert (answer.json()["status"], answer.json()["started_at"]) == ("in_progress", "2026-11-20T10:00:00+00:00")
    served.award(ana, topic="chemistry")
    served.award(ana)
    served.award(ana, kind=COMMENT, topic="chemistry")
    assert (shown(served, ana, one)["current_progress"], shown(served, ana, one)["can_complete"]) == (1, False)
    served.award(ana, topic="chemistry")
    assert shown(served, ana, one)["can_complete"] is True
    done = complete(served, ana, one).json()
    assert (done["points_awarded"], done["quest"]["status"], done["quest"]["is_completed"]) == (80, "completed", True)
    assert (done["quest"]["completed_at"], done["quest"]["points_awarded"]) == ("2026-11-20T10:00:00+00:00", 80)
    paid = served.activity(UUID(done["activity_id"]))
    assert (paid.amount, paid.activity_type, paid.description, paid.source) == (80, "side_quest", "Two quizzes", "system")
    assert done["total_points"] == served.total(ana) == 10 * 4 + 80 + 30  # and the goal of three activities, of which this was the third
    assert served.stands(ana, topic_window("chemistry")) == 10 * 3 + 80
    assert served.progress(ana).quests_completed == 1
    [fact] = served.told("quest.completed")
    assert (fact["quest"], fact["reward"], fact["points"]) == (str(one), done["activity_id"], 80)


def test_p17_without_its_steps_the_requirements_arent_met(served: Circle) -> None:
    ana, one = served.make_member(), a_quest(served, steps=5)
    refused(complete(served, ana, one), 409, "quest-not-begun")
    begin(served, ana, one)
    problem = refused(complete(served, ana, one), 409, "requirements-not-met")
    assert (problem["current"], problem["target"], served.total(ana)) == (0, 5, 0)
    assert "requirements aren't met" in problem["detail"]
    for _ in range(5):
        served.award(ana, 1)
    before = served.total(ana)
    assert complete(served, ana, one).status_code == 200
    assert served.total(ana) - before == 80


def test_p10_completed_in_parallel_it_pays_once(wide: Circle) -> None:
    ana, one = wide.make_member(), a_quest(wide)
    begin(wide, ana, one)
    for _ in range(2):
        wide.award(ana, kind=QUIZ)
    before = wide.total(ana)
    answers = wide.together(*[lambda: complete(wide, ana, one)] * 8)
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"quest-completed"}
    assert wide.total(ana) == before + 80 + 30
    assert [one.activity_type for one in wide.activities(ana)].count("side_quest") == 1


def test_begun_in_parallel_it_is_begun_once(wide: Circle) -> None:
    ana, one = wide.make_member(), a_quest(wide)
    wide.headers(ana)
    answers = wide.together(*[lambda: begin(wide, ana, one)] * 6)
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 5
    assert wide.quests(ana)[one].run == 1


def test_the_same_request_again_has_the_first_answer(served: Circle) -> None:
    ana, one = served.make_member(), a_quest(served, steps=1)
    first, again = begin(served, ana, one, key="b-1"), begin(served, ana, one, key="b-1")
    assert (first.json(), again.status_code, again.headers["idempotency-replayed"]) == (again.json(), 201, "true")
    refused(begin(served, ana, one), 409, "quest-not-open")
    refused(complete(served, ana, one, key="c-0"), 409, "requirements-not-met")
    served.award(ana)
    refused(complete(served, ana, one, key="c-0"), 409, "requirements-not-met")
    first, again = complete(served, ana, one, key="c-1"), complete(served, ana, one, key="c-1")
    assert (first.json(), again.headers["idempotency-replayed"]) == (again.json(), "true")
    assert served.total(ana) == 10 + 80


def test_once_completed_it_isnt_had_again(served: Circle) -> None:
    ana, one = served.make_member(), a_quest(served, steps=1)
    begin(served, ana, one)
    served.award(ana)
    complete(served, ana, one)
    problem = refused(begin(served, ana, one), 409, "quest-not-open")
    assert problem["reason"] == "you have completed it, and it is had once"
    refused(complete(served, ana, one), 409, "quest-completed")
    assert (shown(served, ana, one)["can_begin"], shown(served, ana, one)["begin_again_at"]) == (False, None)


def test_after_its_cooldown_it_may_be_begun_and_paid_again(served: Circle) -> None:
    ana, one = served.make_member(), a_quest(served, steps=1, cooldown_hours=24)
    begin(served, ana, one)
    served.award(ana)
    first = complete(served, ana, one).json()
    served.later(hours=23, minutes=59)
    refused(begin(served, ana, one), 409, "quest-not-open")
    assert shown(served, ana, one)["begin_again_at"] == "2026-11-21T10:00:00+00:00"
    served.later(minutes=1)
    again = begin(served, ana, one).json()
    assert (again["status"], again["current_progress"], again["completed_at"]) == ("in_progress", 0, None)
    refused(complete(served, ana, one), 409, "requirements-not-met")
    served.award(ana)
    second = complete(served, ana, one).json()
    assert second["activity_id"] != first["activity_id"]
    assert [row.amount for row in served.activities(ana) if row.activity_type == "side_quest"] == [80, 80]


def test_three_daily_quests_are_begun_on_a_local_day(served: Circle) -> None:
    ana = served.make_member(time_zone="Asia/Kolkata")  # its day ends at 18:30 UTC
    daily = [a_quest(served, quest_type=QuestType.DAILY) for _ in range(4)]
    side = a_quest(served)
    for one in daily[:3]:
        assert begin(served, ana, one).json()["complete_by"] == "2026-11-20T18:30:00+00:00"
    problem = refused(begin(served, ana, daily[3]), 409, "limit-reached")
    assert (problem["limit"], problem["used"], problem["resets_at"]) == (3, 3, "2026-11-20T18:30:00+00:00")
    assert begin(served, ana, side).json()["complete_by"] is None
    served.clock.set(datetime(2026, 11, 20, 18, 29, 59, tzinfo=UTC))
    refused(begin(served, ana, daily[3]), 409, "limit-reached")
    served.clock.set(datetime(2026, 11, 20, 18, 30, tzinfo=UTC))
    assert begin(served, ana, daily[3]).json()["complete_by"] == "2026-11-21T18:30:00+00:00"
    assert begin(served, ana, daily[0]).status_code == 201  # what wasn't completed yesterday may be begun anew


def test_a_daily_quest_is_over_with_its_day_and_can_be_had_again_on_the_next(served: Circle) -> None:
    ana, done, missed = served.make_member(), *(a_quest(served, quest_type=QuestType.DAILY, steps=1) for _ in range(2))
    for one in (done, missed):
        begin(served, ana, one)
    served.award(ana)
    complete(served, ana, done)
    refused(begin(served, ana, done), 409, "quest-not-open")
    served.at(2026, 11, 21, 0)
    assert (shown(served, ana, missed)["status"], shown(served, ana, missed)["can_complete"]) == ("expired", False)
    problem = refused(complete(served, ana, missed), 409, "quest-not-open")
    assert problem["reason"] == "its time is over"
    for one in (done, missed):
        assert begin(served, ana, one).json()["current_progress"] == 0


def test_a_quest_is_over_at_its_end(served: Circle) -> None:
    ends_at = served.clock.at + timedelta(hours=2)
    ana, bo, one = served.make_member(), served.make_member(), a_quest(served, steps=1, ends_at=ends_at)
    for who in (ana, bo):
        begin(served, who, one)
        served.award(who)
    served.clock.set(ends_at - timedelta(microseconds=1))
    assert complete(served, ana, one).status_code == 200
    served.clock.set(ends_at)
    refused(complete(served, bo, one), 409, "quest-not-open")
    refused(begin(served, served.make_member(), one), 409, "quest-not-open")
    assert (shown(served, bo, one)["status"], shown(served, ana, one)["status"]) == ("expired", "completed")


def test_steps_are_told_by_staff_and_services(served: Circle) -> None:
    ana, staff = served.make_member(), served.make_member(role="staff")
    one = a_quest(served, activity_types=None, steps=3)
    refused(told(served, staff, one, ana), 409, "quest-not-begun")
    begin(served, ana, one)
    served.award(ana)
    assert told(served, staff, one, ana).json() == {
        "quest_id": str(one),
        "member_id": str(ana.id),
        "current_progress": 1,
        "target_progress": 3,
    }
    assert told(served, served.key("award"), one, ana, 5).json()["current_progress"] == 6
    refused(told(served, served.key("read"), one, ana), 403, "scope-missing")
    refused(told(served, ana, one, ana), 403, "forbidden")
    assert complete(served, ana, one).json()["points_awarded"] == 80
    refused(told(served, staff, one, ana), 409, "quest-completed")


def test_steps_are_refused_of_what_counts_activities_and_of_nobody(served: Circle) -> None:
    ana, staff, one = served.make_member(), served.make_member(role="staff"), a_quest(served)
    begin(served, ana, one)
    refused(told(served, staff, one, ana), 409, "steps-counted")
    answer = served.ask(staff, "POST", f"/progress/quests/{one}/steps", json={"member": "nobody"})
    assert refused(answer, 404, "not-found")["what"] == "member"
    for steps in (0, -1, 1.5, "2", True, 10**30):
        answer = served.ask(staff, "POST", f"/progress/quests/{one}/steps", json={"member": str(ana.id), "steps": steps})
        assert answer.status_code == 422, steps
    assert served.quests(ana)[one].current_progress == 0


def test_the_list_shows_what_is_open_and_what_was_begun(served: Circle) -> None:
    now = served.clock.at
    ana = served.make_member()
    begun, ended = a_quest(served), a_quest(served, ends_at=now + timedelta(hours=1))
    for one in (begun, ended):
        begin(served, ana, one)
    fresh = a_quest(served)
    a_quest(served, starts_at=now + timedelta(days=1))
    a_quest(served, is_active=False)
    served.later(hours=2)
    listed = {item["id"]: item["status"] for item in served.pages(ana, "/progress/quests", limit=1)}
    assert listed == {str(fresh): "not_started", str(ended): "expired", str(begun): "in_progress"}
    assert list(listed) == [str(fresh), str(ended), str(begun)]
    for status, expected in (("not_started", fresh), ("in_progress", begun), ("expired", ended)):
        assert [item["id"] for item in served.pages(ana, "/progress/quests", status=status)] == [str(expected)]
    assert served.pages(ana, "/progress/quests", status="completed") == []
    other = served.make_member()
    assert {item["id"] for item in served.pages(other, "/progress/quests")} == {str(fresh), str(begun)}


def test_the_list_is_narrowed_by_topic_and_difficulty(served: Circle) -> None:
    ana, physics, plain = served.make_member(), a_quest(served, topic="physics"), a_quest(served)
    with served.database.write.begin() as connection:
        connection.execute(update(quest).where(quest.c.id == plain).values(difficulty="epic"))
    assert [item["id"] for item in served.pages(ana, "/progress/quests", topic="physics")] == [str(physics)]
    assert [item["id"] for item in served.pages(ana, "/progress/quests", difficulty="epic")] == [str(plain)]
    assert served.pages(ana, "/progress/quests", topic="physics", difficulty="epic") == []
    refused(served.get(ana, "/progress/quests", status="lost"), 422, "validation-failed")
    refused(served.get(ana, "/progress/quests", cursor="made-up"), 422, "cursor-invalid")


@pytest.mark.parametrize("path", ["", "/attempts", "/completion"])
def test_what_isnt_there_is_missing(served: Circle, path: str) -> None:
    ana = served.make_member()
    for name in (str(new_id()), "no-id"):
        answer = served.ask(ana, "POST" if path else "GET", f"/progress/quests/{name}{path}")
        assert refused(answer, 404, "not-found")["what"] == "quest"


def test_what_staff_close_can_still_be_completed_and_no_longer_begun(served: Circle) -> None:
    ana, bo, one = served.make_member(), served.make_member(), a_quest(served, steps=1)
    begin(served, ana, one)
    served.award(ana)
    with served.database.write.begin() as connection:
        connection.execute(update(quest).where(quest.c.id == one).values(is_active=False, points_reward=500, steps=9))
    served.set_rules()  # the next version: the application finds out by itself
    assert refused(begin(served, bo, one), 409, "quest-not-open")["reason"] == "it isn't offered now"
    assert refused(served.get(bo, f"/progress/quests/{one}"), 404, "not-found")
    done = complete(served, ana, one).json()
    assert (done["points_awarded"], done["quest"]["is_active"]) == (80, False)  # as it was when it was begun


def test_a_completed_quest_is_a_step_of_another_and_never_of_itself(served: Circle) -> None:
    ana, inner, outer = (
        served.make_member(),
        a_quest(served, steps=1),
        a_quest(served, activity_types=SIDE_QUEST, steps=1, cooldown_hours=1),
    )
    for one in (inner, outer):
        begin(served, ana, one)
    served.award(ana)
    complete(served, ana, inner)
    assert shown(served, ana, outer)["can_complete"] is True
    complete(served, ana, outer)
    assert (served.quests(ana)[outer].current_progress, served.quests(ana)[inner].current_progress) == (1, 1)


def test_a_quest_gives_badges_and_tiers_as_awards_do(served: Circle) -> None:
    served.set_badges(Badge("first-quest", "First quest", "", "laurel", Measure.QUESTS, None, 1))
    ana, one = served.make_member(), a_quest(served, steps=1, points_reward=2_500)
    begin(served, ana, one)
    served.award(ana)
    done = complete(served, ana, one).json()
    assert served.badges(ana) == {"first-quest"}
    assert [fact["activity"] for fact in served.told("badge.earned")] == [done["activity_id"]]
    [tier] = served.told("tier.reached")
    assert (tier["before"], tier["after"], served.progress(ana).announced_tier) == (0, 4, 4)
    assert served.activity(UUID(done["activity_id"])).tier_at_time == "ember"


def test_who_is_suspended_is_not_paid(circle: Circle) -> None:
    ana, one = circle.make_member(), a_quest(circle)
    circle.begin(ana, one, steps=1)
    circle.award(ana)
    circle.suspend(ana)
    [known] = circle.basis.quests
    with pytest.raises(MemberInactive):
        circle.post_now(CompleteQuest(known, "A quest", ana.id, circle.basis, circle.clock.at))
    assert circle.total(ana) == 10
