"""What staff and Prometheus see of the economy of points."""

from datetime import timedelta
import re

from laurels.core.ids import new_id
from laurels.products.progress.actions.reversing import Reverser, reverse_activity
from laurels.products.progress.decisions.freezes import BuyFreeze
from laurels.products.progress.rules import ActivityType, Quest, QuestType
from products.progress.circle import COMMENT, QUIZ, Circle

PATH = "/progress/monitoring"


def metrics_of(text: str) -> dict[str, int]:
    """The samples of Prometheus's text, by name and labels."""
    return {name: int(number) for name, number in (line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))}


def test_nothing_has_happened_yet(served: Circle) -> None:
    staff = served.make_member(role="staff")
    told = served.ask(staff, "GET", PATH).json()
    assert (told["points_today"], told["days"], told["most_active"]) == (0, [], [])
    assert told["tiers"][0] == {"key": "ember", "title": "Ember", "at": 0, "members": 1}
    assert told["quests"] == {"begun": 0, "in_progress": 0, "completed": 0, "expired": 0}
    assert told["totals"] == {"issued": 0, "taken_back": 0, "decayed": 0, "held": 0}
    assert len(told["weeks"]) == 12 and told["weeks"][-1]["week"] == "2026-W47" and told["weeks"][-1]["given"] == 0


def test_members_are_refused(served: Circle) -> None:
    assert served.ask(served.make_member(), "GET", PATH).status_code == 403
    assert served.http.get("/api/v1" + PATH).status_code == 401


def test_points_of_days_weeks_and_tiers(served: Circle) -> None:
    staff, ana, ben = served.make_member(role="staff"), served.make_member(), served.make_member()
    now = served.clock.at
    served.award(ana, 300, QUIZ)
    served.award(ana, 10, COMMENT)
    taken = served.award(ben, 40, QUIZ)
    served.award(ben, 25, QUIZ, at=now - timedelta(days=8))
    reverse_activity(served.office, taken.activity, Reverser("test", "Twice"), at=now)
    told = served.ask(staff, "GET", PATH).json()
    today = [row for row in told["days"] if row["day"] == "2026-11-20"]
    assert today == [
        {"day": "2026-11-20", "activity_type": "comment", "awards": 1, "points": 10, "taken_back": 0},
        {"day": "2026-11-20", "activity_type": "quiz_complete", "awards": 2, "points": 340, "taken_back": 40},
    ]
    assert told["points_today"] == 350
    assert [(week["given"], week["taken_back"]) for week in told["weeks"][-2:]] == [(25, 0), (350, 40)]
    assert [(tier["key"], tier["members"]) for tier in told["tiers"][:2]] == [("ember", 2), ("spark", 1)]
    assert told["totals"] == {"issued": 375, "taken_back": 40, "decayed": 0, "held": 335}


def test_most_active_of_seven_days(served: Circle) -> None:
    staff, ana, ben, gone = served.make_member(role="staff"), served.make_member(), served.make_member(), served.make_member()
    now = served.clock.at
    served.award(ana, 30, QUIZ)
    served.award(ana, 5, COMMENT, at=now - timedelta(days=6))
    served.award(ana, 500, QUIZ, at=now - timedelta(days=7))
    served.award(ben, 50, QUIZ)
    served.award(gone, 90, QUIZ)
    served.suspend(gone)
    told = served.ask(staff, "GET", PATH).json()["most_active"]
    assert [(one["student_id"], one["activities"], one["points"]) for one in told] == [(ben.student_id, 1, 50), (ana.student_id, 2, 35)]


def test_streaks_that_go_on(served: Circle) -> None:
    staff, long, short, broken = served.make_member(role="staff"), served.make_member(), served.make_member(), served.make_member()
    now = served.clock.at
    for day in range(7):
        served.award(long, 1, at=now - timedelta(days=day))
    served.award(short, 1, at=now - timedelta(days=1))
    for day in (2, 3, 4):
        served.award(broken, 1, at=now - timedelta(days=day))
    told = {one["least_days"]: one["members"] for one in served.ask(staff, "GET", PATH).json()["streaks"]}
    assert told == {1: 1, 2: 0, 7: 1, 14: 0, 30: 0, 100: 0}
    served.later(days=2)  # the long one has a freeze, which saves one missed day
    told = {one["least_days"]: one["members"] for one in served.ask(staff, "GET", PATH).json()["streaks"]}
    assert told == {1: 0, 2: 0, 7: 1, 14: 0, 30: 0, 100: 0}
    served.later(days=1)
    assert sum(one["members"] for one in served.ask(staff, "GET", PATH).json()["streaks"]) == 0


def test_quests_by_how_far_members_are(served: Circle) -> None:
    staff, ana, ben = served.make_member(role="staff"), served.make_member(), served.make_member()
    quest = served.add_quest(Quest(new_id(), QuestType.SIDE, None, 20, 3, None))
    served.begin(ana, quest, steps=3, ends_at=served.clock.at + timedelta(hours=1))
    served.begin(ben, quest, steps=3)
    assert served.ask(staff, "GET", PATH).json()["quests"] == {"begun": 2, "in_progress": 2, "completed": 0, "expired": 0}
    served.later(hours=1)  # no job has noted it
    assert served.ask(staff, "GET", PATH).json()["quests"] == {"begun": 2, "in_progress": 1, "completed": 0, "expired": 1}


def test_freezes_count_as_spent(served: Circle) -> None:
    staff, ana = served.make_member(role="staff"), served.make_member()
    served.award(ana, 250)
    for _ in range(2):
        served.post_now(BuyFreeze(ana.id, served.basis, served.clock.at))
    told = served.ask(staff, "GET", PATH).json()
    assert (told["weeks"][-1]["freezes_bought"], told["weeks"][-1]["spent"], told["weeks"][-1]["taken_back"]) == (2, 200, 0)
    assert {row["activity_type"] for row in told["days"]} == {"quiz_complete"}
    gauges = metrics_of(served.http.get("/metrics", headers=served.key("read")).text)
    assert [name for name in gauges if "_today" in name and "quiz" not in name] == []


def test_prometheus_reads_gauges(served: Circle) -> None:
    ana = served.make_member()
    served.award(ana, 260, QUIZ)
    key = served.key("read")
    answer = served.http.get("/metrics", headers=key)
    assert answer.status_code == 200 and answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert re.fullmatch(r'((# (HELP|TYPE) \w+ .+|\w+(\{\w+="[^"]*"\})? \d+)\n)+', answer.text)
    told = metrics_of(answer.text)
    assert told['laurels_progress_points_today{type="quiz_complete"}'] == 260
    assert told['laurels_progress_members_by_tier{tier="spark"}'] == 1
    assert told['laurels_progress_streaks{days="1"}'] == 1
    assert told['laurels_progress_points_total{flow="issued"}'] == 260
    assert told["laurels_progress_points_held"] == 260
    served.award(ana, 1, ActivityType.COMMENT)
    assert served.http.get("/metrics", headers=key).text == answer.text  # kept for some seconds
    served.later(seconds=15)
    assert metrics_of(served.http.get("/metrics", headers=key).text)["laurels_progress_points_held"] == 261


def test_metrics_are_for_staff_and_keys_that_may_read(served: Circle) -> None:
    assert served.http.get("/metrics").status_code == 401
    assert served.http.get("/metrics", headers=served.headers(served.make_member())).status_code == 403
    assert served.http.get("/metrics", headers=served.headers(served.make_member(role="staff"))).status_code == 200
    assert served.http.get("/metrics", headers=served.key("award")).status_code == 403
