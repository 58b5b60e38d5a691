"""The leaderboard, over HTTP."""

from typing import Any

import pytest
from sqlalchemy import event

from laurels.identity.tables import Member
from products.recognition.community import Community


def board(community: Community, who: Member, **query: Any) -> list[tuple[int, str, int]]:
    """(rank, student id, credits) of a board's rows."""
    answer = community.get(who, "/leaderboards/recognition", **query)
    assert answer.status_code == 200, answer.text
    return [(row["rank"], row["student_id"], row["total_credits_received"]) for row in answer.json()["items"]]


@pytest.fixture
def ranked(served: Community) -> dict[str, Member]:
    """Ten members in a row; the n-th has received n credits, in November."""
    people = {str(number): served.join(str(number)) for number in range(1, 11)}
    giver = served.join("99")
    for number in range(1, 11):
        served.gave(giver, people[str(number)], number)
    return people | {"99": giver}


def test_around_me_has_me_in_the_middle_or_nearest_to_it(served: Community, ranked: dict[str, Member]) -> None:
    def near(student_id: str, limit: int) -> list[str]:
        return [row[1] for row in board(served, ranked[student_id], around="me", limit=limit)]

    assert near("5", 5) == ["7", "6", "5", "4", "3"]
    assert near("5", 4) == ["6", "5", "4", "3"]
    assert near("10", 5) == ["10", "9", "8", "7", "6"], "nobody is ahead of the first"
    assert near("1", 5) == ["3", "2", "1"], "nobody is behind the last"
    assert near("5", 1) == ["5"]
    assert near("99", 5) == [], "who received nothing isn't on the board"
    ranks = board(served, ranked["5"], around="me", limit=5)
    assert [row[0] for row in ranks] == [4, 5, 6, 7, 8]
    assert set(ranks) <= set(board(served, ranked["5"], limit=100))


def test_ties_around_me_go_by_student_id(served: Community) -> None:
    giver = served.join("99")
    people = {student_id: served.join(student_id) for student_id in ("2", "10", "1", "x")}
    for who in people.values():
        served.gave(giver, who, 5)
    assert board(served, people["10"], around="me", limit=3) == [(2, "2", 5), (3, "10", 5), (4, "x", 5)]


def test_months_and_semesters_count_what_was_given_in_them(served: Community) -> None:
    ana, bo, cy = served.join("1"), served.join("2"), served.join("3")
    for year, month, receiver, credits in [(2026, 5, bo, 40), (2026, 6, cy, 10), (2026, 7, bo, 5), (2026, 11, cy, 30), (2026, 12, bo, 20)]:
        served.at(year, month, 10)
        served.gave(ana, receiver, credits)
    assert board(served, ana) == [(1, "2", 65), (2, "3", 40)]
    assert board(served, ana, month="2026-11") == [(1, "3", 30)]
    assert board(served, ana, month="2026-08") == []
    assert board(served, ana, semester="2026-H1") == [(1, "2", 40), (2, "3", 10)]
    assert board(served, ana, semester="2026-H2") == [(1, "3", 30), (2, "2", 25)]
    assert board(served, bo, semester="2026-H2", around="me", limit=3) == [(1, "3", 30), (2, "2", 25)]
    answer = served.get(ana, "/leaderboards/recognition", semester="2026-H2").json()
    assert (answer["period"], answer["next_cursor"]) == ("2026-H2", None)
    assert [row["recognition_count"] for row in answer["items"]] == [1, 2]
    pages = [served.get(ana, "/leaderboards/recognition", semester="2026-H2", limit=1).json()]
    pages.append(served.get(ana, "/leaderboards/recognition", semester="2026-H2", limit=1, cursor=pages[0]["next_cursor"]).json())
    assert [page["items"][0]["rank"] for page in pages] == [1, 2]
    assert pages[1]["next_cursor"] is None


def test_a_reversed_recognition_leaves_the_board(served: Community) -> None:
    staff, ana, bo = served.join(role="staff"), served.join("1"), served.join("2")
    kept, taken = served.gave(ana, bo, 10), served.gave(ana, bo, 20)
    served.post(staff, f"/recognitions/{taken}/reversal", {"reason": "By mistake."})
    for query in ({}, {"month": "2026-11"}, {"semester": "2026-H2"}):
        [row] = served.get(ana, "/leaderboards/recognition", **query).json()["items"]
        assert (row["total_credits_received"], row["recognition_count"]) == (10, 1)
    served.post(staff, f"/recognitions/{kept}/reversal", {"reason": "Too."})
    assert board(served, ana) == []


def test_a_board_costs_the_same_number_of_statements_whatever_its_length(served: Community, ranked: dict[str, Member]) -> None:
    seen: list[str] = []
    engine = served.database.read

    from_app = served.app.state.context.database.read
    for listened in {engine, from_app}:
        event.listen(listened, "before_cursor_execute", lambda *given: seen.append(given[2]))

    def statements(**query: Any) -> int:
        who = ranked["5"]
        served.headers(who)
        board(served, who, **query)  # the session is known from here on
        seen.clear()
        board(served, who, **query)
        return len([one for one in seen if "recognition" in one or "account" in one])

    assert statements(limit=1) == statements(limit=10) == statements(limit=100) == 2
    assert statements(limit=3, around="me") == statements(limit=10, around="me") == 5
