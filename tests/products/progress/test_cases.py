"""The acceptance cases of progress, one test each, over HTTP and on both databases."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from laurels.products.progress.jobs import pay_bonuses
from laurels.products.progress.rules import preset, tier_index
from products.progress.circle import Circle
from products.progress.desk import Desk
from products.progress.settings_paper import set_rules
from support.site import refused


def noon(day: int, month: int = 11) -> datetime:
    """A noon of 2026, in UTC."""
    return datetime(2026, month, day, 12, tzinfo=UTC)


@pytest.mark.parametrize("name", ["thrive", "garden"])
def test_p1_tiers_and_levels_change_at_their_thresholds(served: Circle, name: str) -> None:
    desk, rules = Desk(served), preset(name)
    ladder = rules.model_dump(mode="json", include={"preset", "title", "tiers", "levels", "then_every"})
    set_rules(served, desk.staff, **ladder)
    if name == "thrive":
        assert [tier.at for tier in rules.tiers] == [0, 250, 500, 1_000, 2_500]
    ana = served.make_member()
    tiers, levels = {tier.at: tier.key for tier in rules.tiers}, {at: number for number, at in enumerate(rules.levels, 1)}
    total, tier, level = 0, rules.tiers[0].key, 1
    for edge in sorted({*tiers, *levels} - {0}):
        if edge - 1 > total:
            below = desk.give(ana, edge - 1 - total)
            assert (below["user"]["tier"], below["user"]["level"], below["tier_upgraded"]) == (tier, level, False), edge
        reached = desk.give(ana, 1)
        old, tier, level, total = tier, tiers.get(edge, tier), levels.get(edge, level), edge
        user = reached["user"]
        assert (user["total_points"], user["tier"], user["level"]) == (total, tier, level)
        assert (reached["tier_upgraded"], reached["old_tier"]) == (edge in tiers, old if edge in tiers else None)
    told = desk.status(ana)["user"]
    assert (told["total_points"], told["tier"], told["level"]) == (total, rules.tiers[-1].key, len(rules.levels))


def test_p2_2500_at_once_is_one_upgrade_to_the_last_tier(served: Circle) -> None:
    desk, ana = Desk(served), served.make_member()
    brought = desk.give(ana, 2_500)
    assert (brought["tier_upgraded"], brought["old_tier"], brought["new_tier"]) == (True, "ember", "phoenix")
    assert brought["user"]["points_to_next_tier"] is None
    assert [(fact["before"], fact["after"]) for fact in served.told("tier.reached")] == [(0, 4)]


def test_p3_reversal_below_a_threshold_leads_to_the_lower_tier_which_is_reached_quietly_again(served: Circle) -> None:
    desk, ana = Desk(served), served.make_member()
    desk.give(ana, 240)
    crossing = desk.give(ana, 20)
    assert (crossing["new_tier"], desk.status(ana)["user"]["tier"]) == ("spark", "spark")
    left = desk.take_back(crossing["point_activity"]["id"])
    assert (left["total_points"], left["tier"]) == (240, "ember")
    told = desk.status(ana)
    assert (told["user"]["tier"], told["user"]["total_points"], told["user"]["points_to_next_tier"]) == ("ember", 240, 10)
    assert desk.give(ana, 20)["user"]["tier"] == "spark"
    assert len(served.told("tier.reached")) == 1, "a tier is announced once"


@pytest.mark.parametrize(
    ("midnight", "hours"),
    [(datetime(2026, 10, 24, 22, tzinfo=UTC), 25), (datetime(2026, 3, 28, 23, tzinfo=UTC), 23), (datetime(2026, 5, 9, 22, tzinfo=UTC), 24)],
)
def test_p4_a_day_counts_once_however_long_it_is(served: Circle, midnight: datetime, hours: int) -> None:
    desk, ana = Desk(served), served.make_member(time_zone="Europe/Madrid")
    last_moment = midnight + timedelta(hours=hours, seconds=-1)
    served.clock.set(last_moment)
    desk.award_days(ana, [midnight, last_moment])
    assert desk.streak(ana)[:2] == (1, 1), "the same day twice"
    desk.award(ana, at=midnight - timedelta(seconds=1))
    assert desk.streak(ana)[:2] == (2, 2)
    served.later(seconds=1)
    desk.award(ana)
    assert desk.streak(ana)[:2] == (3, 3), "the day after it has begun"


def test_p5_tokyo_to_los_angeles_repeats_a_date_that_neither_breaks_nor_doubles(served: Circle) -> None:
    desk, ana = Desk(served), served.make_member(time_zone="Asia/Tokyo")
    for hour in (datetime(2026, 11, 19, 3, tzinfo=UTC), datetime(2026, 11, 20, 3, tzinfo=UTC)):
        served.clock.set(hour)
        desk.award(ana)  # noon of the 19th, of the 20th, in Tokyo
    desk.move(ana, "America/Los_Angeles")
    served.clock.set(datetime(2026, 11, 20, 14, tzinfo=UTC))
    desk.award(ana)  # still the 20th in Tokyo
    served.clock.set(datetime(2026, 11, 20, 20, tzinfo=UTC))
    desk.award(ana)  # noon of the 20th once more, in Los Angeles
    assert desk.streak(ana)[:2] == (2, 2)
    served.later(days=1)
    desk.award(ana)
    assert (desk.streak(ana)[:2], desk.status(ana)["last_activity_date"]) == ((3, 3), "2026-11-21")


def test_p6_a_missed_day_with_a_freeze_in_hand_is_kept_and_uses_one(served: Circle) -> None:
    desk, ana = Desk(served), served.make_member()
    for day in range(1, 8):
        served.clock.set(noon(day))
        desk.award(ana)
    assert desk.streak(ana) == (7, 7, 1)
    served.clock.set(noon(9))
    assert desk.streak(ana)[:2] == (7, 7), "the day that was missed is covered"
    desk.award(ana)
    assert desk.streak(ana) == (8, 8, 0)
    served.clock.set(noon(11))
    assert desk.streak(ana)[:2] == (0, 8), "nothing covers the next one"


def test_p7_the_bonus_job_twice_pays_once_3_days_15_and_5_days_25(served: Circle) -> None:
    desk, ana, bo = Desk(served), served.make_member(), served.make_member()
    for day in range(2, 7):
        served.clock.set(noon(day))
        desk.award(bo)
        if day > 3:
            desk.award(ana)
    served.at(2026, 11, 7, hour=0)
    served.together(*[lambda: pay_bonuses(served.job())] * 3)
    assert pay_bonuses(served.job()) == 0
    assert desk.rewards(ana, "streak_bonus") == [15, 10, 5]
    assert desk.rewards(bo, "streak_bonus") == [25, 20, 15, 10, 5]
    assert (desk.status(ana)["user"]["total_points"], desk.status(bo)["user"]["total_points"]) == (3 * 10 + 30, 5 * 10 + 75)


def test_p8_what_is_told_late_gives_the_same_in_whatever_order(served: Circle) -> None:
    desk = Desk(served)
    served.clock.set(noon(20))
    yesterday = served.make_member()
    desk.award_days(yesterday, [noon(18), noon(20)])
    assert desk.streak(yesterday)[:2] == (1, 1)
    desk.award(yesterday, at=noon(19))
    assert desk.streak(yesterday)[:2] == (3, 3)
    for order in permutations((16, 18, 19, 20)):
        who = served.make_member()
        desk.award_days(who, map(noon, order))
        assert desk.streak(who)[:2] == (3, 3), order


def test_p9_wrong_amounts_and_the_systems_types_are_refused(served: Circle) -> None:
    desk, ana = Desk(served), served.make_member()
    for amount in (0, -50):
        problem = refused(desk.claim(ana, amount), 422, "validation-failed")
        assert [error["pointer"] for error in problem["errors"]] == ["#/amount"]
    assert refused(desk.claim(ana, 1_001), 422, "claim-too-large")["limit"] == 1_000
    for kind in ("streak_bonus", "weekly_goal", "side_quest", "decay"):
        for who in (ana, desk.staff):
            refused(desk.claim(who, 10, kind), 403, "type-not-allowed")
    assert served.heads() == []
    assert desk.status(ana)["user"]["total_points"] == 0


def test_p10_a_quest_completed_in_parallel_has_one_reward(wide: Circle) -> None:
    desk, ana = Desk(wide), wide.make_member()
    path = desk.add_quest(points_reward=80, steps=2, activity_types=["project_update"])
    assert wide.ask(ana, "POST", f"{path}/attempts").status_code == 201
    desk.award_days(ana, [wide.clock.at] * 2)
    answers = wide.together(*[lambda: wide.ask(ana, "POST", f"{path}/completion")] * 8)
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"quest-completed"}
    assert (desk.rewards(ana, "side_quest"), desk.status(ana)["user"]["total_points"]) == ([80], 100)


def test_p11_from_29_december_to_4_january_it_is_one_week_with_one_goal(served: Circle) -> None:
    desk, ana = Desk(served), served.make_member()
    for at in (datetime(2026, 1, 4, 23, 59, tzinfo=UTC), datetime(2025, 12, 29, tzinfo=UTC), datetime(2026, 1, 1, 12, tzinfo=UTC)):
        served.clock.set(datetime(2026, 1, 4, 23, 59, 30, tzinfo=UTC))
        desk.award(ana, kind="quiz_complete", at=at)
    goal = desk.goal(ana, "activities_3")
    assert (goal["week_start"], goal["week_end"], goal["current_progress"]) == ("2025-12-29", "2026-01-04", 3)
    assert desk.rewards(ana, "weekly_goal") == [30]
    served.at(2026, 1, 5, hour=0)
    assert desk.goal(ana, "activities_3")["current_progress"] == 0
    assert desk.goal(ana, "activities_3", week="2026-W01")["is_completed"] is True


def test_p12_the_ledger_replayed_gives_totals_tiers_and_the_log(served: Circle) -> None:
    desk, members = Desk(served), [served.make_member() for _ in range(2)]
    rules = preset("thrive")
    for number in range(12):
        at = served.clock.at - timedelta(hours=7 * number)
        desk.award(members[number % 2], 40 + 31 * number, ("quiz_complete", "comment")[number % 3 == 0], at=at)
    pay_bonuses(served.job())
    for who in members:
        latest = next(one for one in served.pages(who, "/progress/activities") if one["activity_type"] == "quiz_complete")
        desk.take_back(latest["id"])
    for who in members:
        replayed, total = Counter[tuple[str, int, str]](), 0
        for kind, points, balance in served.postings(who):
            if kind != "reversal":
                replayed[kind, points, rules.tiers[tier_index(rules, total)].key] += 1
            total += points
            assert total == balance
        logged = served.pages(who, "/progress/activities")
        assert replayed == Counter((one["activity_type"], one["amount"], one["tier_at_time"]) for one in logged)
        assert {"weekly_goal", "streak_bonus"} <= {one["activity_type"] for one in logged}, "the system's are among them"
        assert total == sum(one["amount"] for one in logged if one["reversed_at"] is None)
        user = desk.status(who)["user"]
        assert (user["total_points"], user["tier"]) == (total, rules.tiers[tier_index(rules, total)].key)
    served.verify()


def test_p13_around_me_there_is_no_missing_neighbour(served: Circle) -> None:
    desk, members = Desk(served), [served.make_member(username=name) for name in ("ana", "bo", "cy", "di", "eve")]
    for who, amount in zip(members, (50, 40, 40, 20, 10), strict=True):
        desk.award(who, amount)
    whole = [(1, "ana", 50), (2, "bo", 40), (2, "cy", 40), (4, "di", 20), (5, "eve", 10)]
    assert desk.board(members[0]) == whole
    near = [desk.board(who, around="me", limit=3) for who in members]
    assert near == [whole[:3], whole[:3], whole[1:4], whole[2:], whole[2:]]
    assert desk.board(members[0], around="me", limit=10) == whole
    absent = served.read(served.make_member(), "/me/thrive-circle", around="me", limit=3)
    assert (absent["items"], absent["own"]) == ([], None), "who has no points has no neighbours"


def test_p14_active_on_days_1_2_3_5_is_current_1_and_longest_3(served: Circle) -> None:
    desk, ana = Desk(served), served.make_member()
    for day in (1, 2, 3, 5):
        served.clock.set(noon(day))
        desk.award(ana)
    assert desk.streak(ana)[:2] == (1, 3)


def test_p15_an_award_that_crosses_a_threshold_has_the_tier_before_it(served: Circle) -> None:
    desk, ana = Desk(served), served.make_member()
    assert desk.give(ana, 249)["point_activity"]["tier_at_time"] == "ember"
    crossing = desk.give(ana, 1)
    assert (crossing["point_activity"]["tier_at_time"], crossing["user"]["tier"]) == ("ember", "spark")
    after = desk.give(ana, 1)
    assert after["point_activity"]["tier_at_time"] == "spark"
    logged = {one["id"]: one["tier_at_time"] for one in desk.status(ana)["recent_activities"]}
    assert (logged[crossing["point_activity"]["id"]], logged[after["point_activity"]["id"]]) == ("ember", "spark")


def test_p16_a_third_of_a_goal_is_33_percent_and_three_thirds_pay_30_once(served: Circle) -> None:
    desk, ana = Desk(served), served.make_member()
    shown = []
    for _ in range(5):
        desk.award(ana, kind="quiz_complete")
        goal = desk.goal(ana, "activities_3")
        shown.append((goal["percent"], goal["is_completed"], desk.status(ana)["user"]["total_points"]))
    assert shown == [(33, False, 10), (66, False, 20), (100, True, 60), (100, True, 70), (100, True, 80)]
    assert desk.rewards(ana, "weekly_goal") == [30]


def test_p17_a_quest_without_its_steps_is_refused_and_with_them_pays(served: Circle) -> None:
    desk, ana = Desk(served), served.make_member()
    path = desk.add_quest(points_reward=80, steps=5, activity_types=["project_update"])
    assert served.ask(ana, "POST", f"{path}/attempts").status_code == 201
    problem = refused(served.ask(ana, "POST", f"{path}/completion"), 409, "requirements-not-met")
    assert (problem["current"], problem["target"]) == (0, 5)
    assert "requirements aren't met" in problem["detail"]
    desk.award_days(ana, [served.clock.at] * 4)
    assert refused(served.ask(ana, "POST", f"{path}/completion"), 409, "requirements-not-met")["current"] == 4
    desk.award(ana)
    done = served.ask(ana, "POST", f"{path}/completion").json()
    assert (done["points_awarded"], done["total_points"], done["quest"]["status"]) == (80, 5 * 10 + 80, "completed")


def test_p18_suspended_and_deleted_members_leave_the_boards(served: Circle) -> None:
    desk, members = Desk(served), [served.make_member(username=name) for name in ("ana", "bo", "cy")]
    for who, amount in zip(members, (50, 40, 30), strict=True):
        desk.award(who, amount)
    ana, bo, cy = members
    assert served.ask(desk.staff, "PATCH", f"/members/{ana.id}", json={"status": "suspended"}).status_code == 200
    assert desk.board(cy) == [(1, "bo", 40), (2, "cy", 30)]
    assert served.ask(bo, "DELETE", "/auth/account").status_code == 204
    for board in ("all_time", "month", "week"):
        rows = served.read(cy, f"/progress/boards/{board}")
        assert [(row["rank"], row["username"]) for row in rows["items"]] == [(1, "cy")], board
        assert rows["own"]["rank"] == 1
    assert served.ask(desk.staff, "PATCH", f"/members/{ana.id}", json={"status": "active"}).status_code == 200
    assert desk.board(cy) == [(1, "ana", 50), (2, "cy", 30)], "who is back is on them again"
