"""Suspicious patterns: each with its numbers, at its edges."""

from typing import Any

from laurels.identity.tables import Member
from products.recognition.community import Community


def found(community: Community, staff: Member, pattern: str, month: str = "2026-11") -> list[tuple[list[str], dict[str, int]]]:
    """What was found of a pattern: student ids and numbers."""
    answer = community.get(staff, "/recognitions/patterns", month=month)
    assert answer.status_code == 200, answer.text
    findings = {one["pattern"]: one["findings"] for one in answer.json()["items"]}[pattern]
    return [([person["student_id"] for person in finding["members"]], finding["numbers"]) for finding in findings]


def people(community: Community, number: int) -> list[Member]:
    """Members 1 to n."""
    return [community.join(str(student_id)) for student_id in range(1, number + 1)]


def test_mutual_begins_at_30_each_and_half(served: Community) -> None:
    staff = served.join(role="staff")
    a, b, c, d, e, f, g, h = people(served, 8)
    for giver, receiver, credits in [(a, b, 60), (b, a, 30), (c, d, 61), (d, c, 30), (e, f, 29), (f, e, 29), (g, h, 100), (h, g, 50)]:
        served.gave(giver, receiver, credits)
    assert found(served, staff, "mutual") == [
        (["7", "8"], {"first_gave": 100, "second_gave": 50}),
        (["1", "2"], {"first_gave": 60, "second_gave": 30}),
    ]


def test_mutual_counts_what_stands_in_one_month(served: Community) -> None:
    staff = served.join(role="staff")
    a, b = people(served, 2)
    served.at(2026, 10, 20)
    served.gave(a, b, 40)
    served.at(2026, 11, 20)
    served.gave(b, a, 40)
    assert found(served, staff, "mutual") == found(served, staff, "mutual", "2026-10") == []
    served.gave(a, b, 40)
    assert found(served, staff, "mutual") != []
    again = served.get(staff, "/recognitions", giver=str(a.id), month="2026-11").json()["items"][0]["recognition_id"]
    served.post(staff, f"/recognitions/{again}/reversal", {"reason": "By mistake."})
    assert found(served, staff, "mutual") == []


def test_the_same_words_five_times_by_one_giver(served: Community) -> None:
    staff = served.join(role="staff")
    a, b, c, d = people(served, 4)
    for message in ("Great job", "GREAT JOB", "great  job", "Great\u2060 job ", "gr\u200beat\njo\u200db"):
        served.gave(a, b, 2, message=message)
    for number in range(4):
        served.gave(b, (c, d)[number % 2], 1, message="Thanks")
    for giver in (b, c, d):
        served.gave(giver, a, 1, message="Thanks a lot")
    assert found(served, staff, "same-words") == [(["1"], {"times": 5, "credits": 10})]
    served.gave(b, a, 1, message="thanks")
    assert found(served, staff, "same-words") == [(["1"], {"times": 5, "credits": 10}), (["2"], {"times": 5, "credits": 5})]


def test_late_is_80_percent_of_the_grant_in_the_last_two_days(served: Community) -> None:
    staff = served.join(role="staff")
    a, b, c = people(served, 3)
    served.at(2026, 11, 28, 23, 59, 59)
    served.gave(c, a, 79)
    served.at(2026, 11, 29, 0, 0, 0)
    served.gave(a, c, 40)
    served.gave(b, c, 79)
    served.gave(c, a, 21)
    served.at(2026, 11, 30, 23, 59, 59)
    served.gave(a, b, 40)
    assert found(served, staff, "late") == [(["1"], {"credits": 80, "grant": 100})]


def test_late_goes_by_the_communitys_days(community: Community) -> None:
    with community.open(time_zone="Asia/Kolkata"):
        staff = community.join(role="staff")
        a, b, c = people(community, 3)
        community.at(2026, 11, 28, 18, 29, 59)  # 23:59:59 on the 28th there
        community.gave(a, c, 80)
        community.at(2026, 11, 28, 18, 30, 0)
        community.gave(b, c, 80)
        assert found(community, staff, "late") == [(["2"], {"credits": 80, "grant": 100})]


def test_favourite_is_60_percent_to_one_person_two_months_running(served: Community) -> None:
    staff = served.join(role="staff")
    a, b, c, d = people(served, 4)
    served.at(2026, 10, 20)
    for giver, receiver, credits in [(a, b, 60), (c, d, 59), (d, c, 90)]:
        served.gave(giver, receiver, credits)
    served.at(2026, 11, 20)
    for giver, receiver, credits in [(a, b, 30), (a, b, 35), (c, d, 90), (d, b, 90)]:
        served.gave(giver, receiver, credits)
    assert found(served, staff, "favourite") == [(["1", "2"], {"credits": 65, "credits_before": 60, "grant": 100})]
    assert found(served, staff, "favourite", "2026-12") == []


def test_a_ring_of_three_is_told_once_in_its_direction(served: Community) -> None:
    staff = served.join(role="staff")
    a, b, c, d = people(served, 4)
    for giver, receiver, credits in [(b, c, 20), (c, a, 10), (a, b, 30), (a, c, 9), (c, b, 50), (b, a, 50), (c, d, 20)]:
        served.gave(giver, receiver, credits)
    [(members, numbers)] = found(served, staff, "ring")
    start = members.index("1")
    assert members[start:] + members[:start] == ["1", "2", "3"]
    gave = [numbers["first_gave"], numbers["second_gave"], numbers["third_gave"]]
    assert gave[start:] + gave[:start] == [30, 20, 10]


def test_a_quiet_month_has_nothing_and_the_current_one_is_the_default(served: Community) -> None:
    staff = served.join(role="staff")
    answer: Any = served.get(staff, "/recognitions/patterns").json()
    assert answer["month_bucket"] == "2026-11"
    assert [(one["pattern"], one["findings"]) for one in answer["items"]] == [
        (name, []) for name in ("mutual", "same-words", "late", "favourite", "ring")
    ]
