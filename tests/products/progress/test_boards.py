"""Boards over HTTP: who is on them, by which ranks, and what a page of one costs."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import event, insert, update

from laurels.core.ids import new_id
from laurels.identity.tables import Member
from laurels.products.progress.tables import season, season_standing
from products.progress.circle import Circle
from support.site import refused

CIRCLE = "/me/thrive-circle"
BOARDS = "/progress/boards"


def board(circle: Circle, who: Member, path: str = CIRCLE, **query: Any) -> list[tuple[int, str | None, int]]:
    """(rank, username, points) of a board's rows."""
    return [(row["rank"], row["username"], row["points"]) for row in circle.read(who, path, **query)["items"]]


@pytest.fixture
def people(served: Circle) -> list[Member]:
    """Seven members, the first of whom joined first; the last has no points."""
    members = [served.make_member(username=name) for name in ("ana", "bo", "cy", "di", "eve", "flo", "gus")]
    for who, amount in zip(members, (40, 70, 70, 55, 70, 12), strict=False):
        served.award(who, amount)
    return members


def test_members_tied_share_a_rank_and_stand_by_who_joined_first(served: Circle, people: list[Member]) -> None:
    expected = [(1, "bo", 70), (1, "cy", 70), (1, "eve", 70), (4, "di", 55), (5, "ana", 40), (6, "flo", 12)]
    assert board(served, people[0]) == expected
    assert board(served, people[0], f"{CIRCLE}/") == expected, "with a slash at its end, too"
    assert board(served, people[0], f"{BOARDS}/all_time") == expected


@pytest.mark.parametrize("limit", [1, 2, 4])
def test_pages_follow_on_without_a_gap_or_a_repeat(served: Circle, people: list[Member], limit: int) -> None:
    whole = served.read(people[0], CIRCLE)["items"]
    assert served.pages(people[0], CIRCLE, limit=limit) == whole


def test_row_tells_what_a_total_means(served: Circle, people: list[Member]) -> None:
    served.award(people[5], 240)
    first = served.read(people[5], f"{BOARDS}/month")["items"][0]
    assert {name: first[name] for name in ("rank", "points", "total_points", "username", "display_name", "id")} == {
        "rank": 1,
        "points": 252,
        "total_points": 252,
        "username": "flo",
        "display_name": people[5].display_name,
        "id": str(people[5].id),
    }
    assert (first["tier"], first["tier_display"], first["level"]) == ("spark", "Spark", 4)
    assert (first["points_to_next_tier"], first["points_to_next_level"], first["is_me"]) == (248, 48, True)


def test_own_row_is_there_however_far_below(served: Circle, people: list[Member]) -> None:
    answer = served.read(people[5], CIRCLE, limit=1)
    assert [row["username"] for row in answer["items"]] == ["bo"]
    assert (answer["own"]["rank"], answer["own"]["username"], answer["own"]["is_me"]) == (6, "flo", True)
    assert served.read(people[6], CIRCLE)["own"] is None, "without points one isn't on it"


def test_around_me_is_me_in_the_middle_or_as_near_as_the_ends_let(served: Circle) -> None:
    members = [served.make_member(username=f"m{number}") for number in range(1, 10)]
    for number, who in enumerate(members, 1):
        served.award(who, number)

    def near(number: int, limit: int) -> list[str | None]:
        return [row[1] for row in board(served, members[number - 1], around="me", limit=limit)]

    assert near(5, 5) == ["m7", "m6", "m5", "m4", "m3"]
    assert near(5, 4) == ["m6", "m5", "m4", "m3"]
    assert near(5, 1) == ["m5"]
    assert near(9, 5) == ["m9", "m8", "m7", "m6", "m5"], "nobody is ahead of the first"
    assert near(8, 5) == ["m9", "m8", "m7", "m6", "m5"]
    assert near(1, 5) == ["m5", "m4", "m3", "m2", "m1"], "nobody is behind the last"
    assert near(2, 5) == ["m5", "m4", "m3", "m2", "m1"]
    assert near(4, 100) == [f"m{number}" for number in range(9, 0, -1)]
    quiet = served.make_member()
    assert served.read(quiet, CIRCLE, around="me") | {"items": [], "own": None, "next_cursor": None} == served.read(
        quiet, CIRCLE, around="me"
    )
    ranks = [row["rank"] for row in served.read(members[4], CIRCLE, around="me", limit=5)["items"]]
    assert ranks == [3, 4, 5, 6, 7]


def test_around_me_counts_those_tied(served: Circle, people: list[Member]) -> None:
    assert board(served, people[2], around="me", limit=3) == [(1, "bo", 70), (1, "cy", 70), (1, "eve", 70)]
    assert board(served, people[3], around="me", limit=3) == [(1, "eve", 70), (4, "di", 55), (5, "ana", 40)]
    assert board(served, people[1], around="me", limit=2) == [(1, "bo", 70), (1, "cy", 70)]


def test_suspended_and_deleted_members_leave_the_boards(served: Circle, people: list[Member]) -> None:
    served.suspend(people[2])
    assert board(served, people[0]) == [(1, "bo", 70), (1, "eve", 70), (3, "di", 55), (4, "ana", 40), (5, "flo", 12)]
    assert served.read(people[5], CIRCLE, limit=1)["own"]["rank"] == 5
    served.suspend(people[1])
    served.suspend(people[4])
    assert board(served, people[0]) == [(1, "di", 55), (2, "ana", 40), (3, "flo", 12)]
    assert board(served, people[5], around="me", limit=2) == [(2, "ana", 40), (3, "flo", 12)]
    assert board(served, people[0], f"{BOARDS}/week", limit=1) == [(1, "di", 55)]


def test_who_hides_their_name_keeps_their_place(served: Circle, people: list[Member]) -> None:
    bo, cy = people[1], people[2]
    answer = served.ask(bo, "PUT", "/progress/profile", json={"is_anonymous": True})
    assert (answer.status_code, answer.json()) == (200, {"is_anonymous": True})
    seen = served.http.get("/api/v1/me/thrive-circle?limit=1", headers=served.headers(cy))
    [first] = seen.json()["items"]
    assert (first["rank"], first["points"], first["is_anonymous"]) == (1, 70, True)
    assert (first["id"], first["username"], first["display_name"]) == (None, None, None)
    for told in (str(bo.id), bo.id.hex, bo.display_name, "bo"):
        assert f'"{told}"' not in seen.text
    assert board(served, cy, limit=1, cursor=seen.json()["next_cursor"]) == [(1, "cy", 70)]
    [own] = served.read(bo, CIRCLE, limit=1)["items"]
    assert (own["username"], own["is_me"], own["is_anonymous"]) == ("bo", True, True)
    served.ask(bo, "PUT", "/progress/profile", json={"is_anonymous": False})
    assert board(served, cy, limit=1) == [(1, "bo", 70)]


def test_cursor_tells_nobody_whose_row_a_page_ended_with(served: Circle, people: list[Member]) -> None:
    cursors = {served.read(people[0], CIRCLE, limit=1)["next_cursor"] for _ in range(3)}
    assert len(cursors) == 3, "sealed anew each time"
    other = served.read(people[0], CIRCLE, limit=3)["next_cursor"]
    refused(served.get(people[0], CIRCLE, cursor=other[:-3]), 422, "cursor-invalid")
    refused(served.get(people[0], CIRCLE, cursor="WzcwLCJ2MS54eCJd"), 422, "cursor-invalid")
    refused(served.get(people[0], CIRCLE, cursor=other, around="me"), 422, "invalid")


def test_months_and_weeks_count_what_was_done_in_them(served: Circle) -> None:
    ana, bo = served.make_member(username="ana"), served.make_member(username="bo")
    served.award(ana, 5, at=datetime(2026, 10, 31, 12, tzinfo=UTC))
    served.award(bo, 7, at=datetime(2026, 11, 1, 12, tzinfo=UTC))
    served.award(ana, 9, at=datetime(2026, 11, 16, 0, tzinfo=UTC))
    served.award(bo, 3, at=datetime(2026, 11, 15, 23, 59, tzinfo=UTC))
    week, month = f"{BOARDS}/week", f"{BOARDS}/month"
    assert board(served, ana, week) == board(served, ana, week, of="2026-W47") == [(1, "ana", 9)]
    assert board(served, ana, week, of="2026-W46") == [(1, "bo", 3)]
    assert board(served, ana, week, of="2026-W44") == [(1, "bo", 7), (2, "ana", 5)]
    assert board(served, ana, month) == board(served, ana, month, of="2026-11") == [(1, "bo", 10), (2, "ana", 9)]
    assert board(served, ana, month, of="2026-10") == [(1, "ana", 5)]
    assert board(served, ana, month, of="2027-01") == []
    answer = served.read(ana, week)
    assert (answer["board"], answer["of"], answer["title"], answer["is_archived"]) == ("week", "2026-W47", None, False)


@pytest.mark.parametrize(
    ("kind", "of"),
    [
        ("all_time", "2026"),
        ("month", "2026-13"),
        ("week", "2026-11"),
        ("week", "2027-W53"),
        ("week", "2026-W00"),
        ("season", "autumn"),
        ("topic", None),
        ("class", None),
        ("class", "7b"),
    ],
)
def test_board_that_cannot_be_is_refused(served: Circle, kind: str, of: str | None) -> None:
    query = {"of": of} if of else {}
    assert refused(served.get(served.make_member(), f"{BOARDS}/{kind}", **query), 422, "invalid")["field"] == "of"


def test_board_that_is_not_there_is_missing(served: Circle) -> None:
    who = served.make_member()
    refused(served.get(who, f"{BOARDS}/season"), 404, "not-found")
    refused(served.get(who, f"{BOARDS}/season", of=str(new_id())), 404, "not-found")
    refused(served.get(who, f"{BOARDS}/topic", of="alchemy"), 404, "not-found")
    refused(served.get(who, f"{BOARDS}/class", of=str(new_id())), 404, "not-found")
    refused(served.get(who, f"{BOARDS}/decade"), 422, "validation-failed")


def test_topics_have_boards(served: Circle) -> None:
    served.add_topics("algebra", "botany")
    ana, bo = served.make_member(username="ana"), served.make_member(username="bo")
    served.award(ana, 5, topic="algebra")
    served.award(bo, 4, topic="botany")
    assert board(served, bo, f"{BOARDS}/topic", of="algebra") == [(1, "ana", 5)]
    assert served.read(bo, f"{BOARDS}/topic", of="botany")["title"] == "Botany"


def test_class_is_seen_by_who_has_points_in_it_and_by_staff(served: Circle) -> None:
    ana, bo, staff = served.make_member(username="ana"), served.make_member(username="bo"), served.make_member(role="staff")
    algebra, botany = new_id(), new_id()
    served.award(ana, 5, class_id=algebra)
    served.award(bo, 6, class_id=algebra)
    served.award(bo, 4, class_id=botany)
    expected = [(1, "bo", 6), (2, "ana", 5)]
    assert board(served, ana, f"{BOARDS}/class", of=str(algebra)) == expected
    assert board(served, staff, f"{BOARDS}/class", of=str(algebra)) == expected
    refused(served.get(ana, f"{BOARDS}/class", of=str(botany)), 404, "not-found")

    def classes(who: Member) -> list[str]:
        return [row["of"] for row in served.read(who, BOARDS)["items"] if row["board"] == "class"]

    assert (classes(ana), sorted(classes(bo)), classes(staff)) == ([str(algebra)], sorted([str(algebra), str(botany)]), [])


def test_list_names_the_boards_of_now(served: Circle) -> None:
    who = served.make_member()
    served.add_topics("algebra")
    named = [(row["board"], row["of"], row["title"]) for row in served.read(who, BOARDS)["items"]]
    assert named == [("all_time", None, None), ("month", "2026-11", None), ("week", "2026-W47", None), ("topic", "algebra", "Algebra")]
    autumn = served.add_season(datetime(2026, 9, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC))
    served.add_season(datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 3, 1, tzinfo=UTC))
    named = [(row["board"], row["of"], row["title"]) for row in served.read(who, BOARDS)["items"]]
    assert named[3] == ("season", str(autumn), "Autumn"), "the next one hasn't begun"


def test_season_goes_on_being_shown_when_it_is_over_and_then_as_it_was_kept(served: Circle) -> None:
    ana, bo, cy = (served.make_member(username=name) for name in ("ana", "bo", "cy"))
    autumn = served.add_season(datetime(2026, 9, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC))
    for who, amount in ((ana, 5), (bo, 9), (cy, 9)):
        served.award(who, amount)
    expected = [(1, "bo", 9), (1, "cy", 9), (3, "ana", 5)]
    assert board(served, ana, f"{BOARDS}/season") == expected
    served.at(2026, 12, 2)
    assert board(served, ana, f"{BOARDS}/season") == expected
    with served.database.write.begin() as connection:
        kept = [(bo, 1, 9), (cy, 1, 9), (ana, 3, 5)]
        rows = [{"season": autumn, "member": who.id, "rank": rank, "points": points} for who, rank, points in kept]
        connection.execute(insert(season_standing), rows)
        connection.execute(update(season).values(archived_at=served.clock.at))
    served.award(ana, 500, at=datetime(2026, 11, 20, tzinfo=UTC))
    assert served.read(ana, f"{BOARDS}/season")["is_archived"] is True
    assert board(served, ana, f"{BOARDS}/season", of=str(autumn)) == expected, "an archive never changes"
    assert [(row["rank"], row["username"]) for row in served.pages(ana, f"{BOARDS}/season", limit=1)] == [(1, "bo"), (1, "cy"), (3, "ana")]
    assert board(served, cy, f"{BOARDS}/season", around="me", limit=3) == expected
    assert served.read(ana, f"{BOARDS}/season", limit=1)["own"]["rank"] == 3
    served.suspend(bo)
    assert board(served, ana, f"{BOARDS}/season") == [(1, "cy", 9), (3, "ana", 5)]


def test_board_costs_the_same_number_of_statements_whatever_its_length(served: Circle) -> None:
    members = [served.make_member() for _ in range(30)]
    for number, who in enumerate(members):
        served.award(who, 1 + number)
    seen: list[str] = []
    event.listen(served.app.state.context.database.read, "before_cursor_execute", lambda *given: seen.append(given[2]))

    def statements(**query: Any) -> int:
        board(served, members[9], f"{BOARDS}/week", **query)  # the session is known from here on
        seen.clear()
        board(served, members[9], f"{BOARDS}/week", **query)
        return len([one for one in seen if "account" in one or "member" in one or "board_bucket" in one])

    assert statements(limit=2) == statements(limit=10) == statements(limit=100) <= 12
    assert statements(limit=5, around="me") == statements(limit=11, around="me") <= 16
