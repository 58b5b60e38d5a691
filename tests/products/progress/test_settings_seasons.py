"""Seasons over HTTP: their times, which never overlap, and what of the past stays."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from laurels.identity.tables import Member
from laurels.products.progress.actions import seasons
from laurels.products.progress.queries.definitions import SEASONS
from laurels.products.progress.rules import ActivityType
from laurels.products.progress.tables import season
from products.progress.circle import Circle
from products.progress.settings_paper import SEASON, basis_now, topic
from support.site import API, refused
from support.versions import change, changed, made

PATH = "/progress/seasons"
DOUBLE = {"percent": 200, "activity_types": ["quiz_complete"], "topic": None, "starts_at": None, "ends_at": None}


@pytest.fixture
def staff(served: Circle) -> Member:
    """Somebody of the staff."""
    return served.make_member(role="staff")


def add(circle: Circle, who: Member, **more: Any) -> dict[str, Any]:
    """A season that staff add."""
    return made(circle.ask(who, "POST", PATH, json={**SEASON, **more}))


def test_a_season_is_added_and_seen_by_all_with_its_status(served: Circle, staff: Member) -> None:
    ana = served.make_member()
    answer = served.ask(staff, "POST", PATH, json={**SEASON, "multipliers": [{"percent": 200, "activity_types": ["quiz_complete"]}]})
    found = made(answer)
    assert answer.headers["Location"] == f"{API}{PATH}/{found['id']}"
    assert {name: found[name] for name in SEASON} == SEASON
    assert (found["multipliers"], found["status"], found["archived_at"], found["version"]) == ([DOUBLE], "planned", None, 1)
    assert served.read(ana, f"{PATH}/{found['id']}") == found
    tags = [served.get(ana, f"{PATH}/{found['id']}").headers["ETag"]]
    for year, month, status in ((2026, 12, "running"), (2027, 3, "over")):
        served.clock.set(datetime.fromisoformat(f"{year}-{month:02d}-01T00:00:00+00:00"))
        assert [one["status"] for one in served.pages(ana, PATH)] == [status]
        tags.append(served.get(ana, f"{PATH}/{found['id']}").headers["ETag"])
    archive(served, found)
    seen = served.read(ana, f"{PATH}/{found['id']}")
    assert (seen["status"], seen["archived_at"]) == ("archived", served.clock.at.isoformat())
    assert len({*tags, served.get(ana, f"{PATH}/{found['id']}").headers["ETag"]}) == 4, "whoever kept an answer sees that it is another"


def test_a_season_without_a_start_begins_now_and_multiplies_at_once(served: Circle, staff: Member) -> None:
    ana = served.make_member()
    found = made(served.ask(staff, "POST", PATH, json={"title": "Now", "ends_at": SEASON["ends_at"], "multipliers": [{"percent": 150}]}))
    assert (found["starts_at"], found["status"]) == (served.clock.at.isoformat(), "running")
    assert basis_now(served).version == 2
    assert served.award(ana, 5, ActivityType.QUIZ_COMPLETE).amount == 7
    assert served.stands(ana, f"season/{found['id']}") == 7


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "overlaps"),
    [
        ("2026-11-25", "2026-12-01", False),
        ("2027-03-01", "2027-04-01", False),
        ("2026-11-25", "2026-12-02", True),
        ("2027-02-28", "2027-04-01", True),
        ("2026-12-10", "2026-12-11", True),
        ("2026-11-25", "2027-04-01", True),
        ("2026-12-01", "2027-03-01", True),
    ],
)
def test_no_two_seasons_share_an_instant(served: Circle, staff: Member, starts_at: str, ends_at: str, overlaps: bool) -> None:
    first = add(served, staff)
    other = {"title": "Other", "starts_at": f"{starts_at}T00:00:00+00:00", "ends_at": f"{ends_at}T00:00:00+00:00"}
    answer = served.ask(staff, "POST", PATH, json=other)
    if overlaps:
        assert refused(answer, 409, "seasons-overlap")["season_id"] == first["id"]
        far = add(served, staff, starts_at="2028-01-01T00:00:00+00:00", ends_at="2028-02-01T00:00:00+00:00")
        moved = change(served, staff, f"{PATH}/{far['id']}", {name: other[name] for name in ("starts_at", "ends_at")})
        assert refused(moved, 409, "seasons-overlap")["season_id"] == first["id"]
    else:
        by_start = sorted([made(answer), first], key=lambda one: one["starts_at"], reverse=True)
        assert served.pages(staff, PATH, limit=1) == by_start


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"starts_at": "2026-11-20T09:59:59+00:00"}, "starts_at"),
        ({"ends_at": "2026-12-01T00:00:00+00:00"}, "ends_at"),
        ({"ends_at": "2026-11-01T00:00:00+00:00"}, "ends_at"),
        ({"ends_at": "2040-01-01T00:00:00+00:00"}, "ends_at"),
    ],
)
def test_a_season_that_cant_be_is_refused(served: Circle, staff: Member, more: dict[str, Any], field: str) -> None:
    assert refused(served.ask(staff, "POST", PATH, json={**SEASON, **more}), 422, "invalid")["field"] == field
    assert served.count(season) == 0


def test_before_it_begins_all_of_a_season_can_change(served: Circle, staff: Member) -> None:
    topic(served, staff, "maths")
    path = f"{PATH}/{add(served, staff)['id']}"
    part = {**DOUBLE, "topic": "maths", "starts_at": "2026-12-24T00:00:00+00:00", "ends_at": "2026-12-27T00:00:00+00:00"}
    body = {"title": "Early", "starts_at": "2026-11-25T00:00:00+00:00", "ends_at": "2027-01-01T00:00:00+00:00", "multipliers": [part]}
    found = changed(served, staff, path, body)
    assert {name: found[name] for name in body} == body
    changed(served, staff, "/progress/topics/maths", {"is_active": False})
    again = [part, {**part, "percent": 300}]
    assert changed(served, staff, path, {"multipliers": again})["multipliers"] == again, "a topic that it had stays"
    refused(change(served, staff, path, {"starts_at": "2026-11-19T00:00:00+00:00"}), 422, "invalid")
    refused(change(served, staff, path, {"ends_at": "2026-11-25T00:00:00+00:00"}), 422, "invalid")
    refused(change(served, staff, path, {"multipliers": [{"percent": 200, "topic": "physics"}]}), 422, "unknown-topic")


def test_what_has_passed_of_a_running_season_stays(served: Circle, staff: Member) -> None:
    path = f"{PATH}/{add(served, staff)['id']}"
    served.at(2026, 12, 10)
    for body in ({"starts_at": "2026-12-15T00:00:00+00:00"}, {"starts_at": "2026-11-21T00:00:00+00:00", "title": "Longer"}):
        problem = refused(change(served, staff, path, body), 409, "season-closed")
        assert (problem["season_status"], problem["reason"]) == ("running", "its starts_at doesn't change any more")
    assert refused(change(served, staff, path, {"ends_at": "2026-12-10T11:59:59+00:00"}), 422, "invalid")["field"] == "ends_at"
    body = {"ends_at": "2026-12-10T12:00:00+00:00", "multipliers": [DOUBLE], "title": "Short"}
    assert changed(served, staff, path, body)["status"] == "over"


def test_what_is_over_gets_new_words_only_and_what_is_archived_nothing(served: Circle, staff: Member) -> None:
    found = add(served, staff)
    path = f"{PATH}/{found['id']}"
    served.at(2027, 3, 1, 0)
    for body in ({"ends_at": "2027-04-01T00:00:00+00:00"}, {"multipliers": [DOUBLE]}):
        refused(change(served, staff, path, body), 409, "season-closed")
    assert changed(served, staff, path, {"title": "Winter that was"})["version"] == 2
    archive(served, found)
    refused(change(served, staff, path, {"description": "Fine"}), 409, "season-closed")
    assert changed(served, staff, path, {"title": "Winter that was"})["version"] == 2, "the same again is no change"
    refused(change(served, staff, path, {"title": "Late"}, tag='"1"'), 412, "precondition-failed")


def test_a_season_is_removed_before_it_begins_only(served: Circle, staff: Member) -> None:
    found, ana = add(served, staff), served.make_member()
    path = f"{PATH}/{found['id']}"
    whichever = {"If-Match": "*"}
    refused(served.ask(staff, "DELETE", path), 428, "precondition-required")
    refused(served.ask(served.headers(ana) | whichever, "DELETE", path), 403, "forbidden")
    refused(served.ask(served.headers(staff) | {"If-Match": '"2"'}, "DELETE", path), 412, "precondition-failed")
    assert served.ask(served.headers(staff) | whichever, "DELETE", path).status_code == 204
    refused(served.get(staff, path), 404, "not-found")
    refused(served.ask(served.headers(staff) | whichever, "DELETE", path), 404, "not-found")
    assert (basis_now(served).seasons, basis_now(served).version) == ((), 3)
    path = f"{PATH}/{add(served, staff)['id']}"
    served.at(2026, 12, 1, 0)
    refused(served.ask(served.headers(staff) | whichever, "DELETE", path), 409, "season-closed")


def test_there_are_as_many_seasons_as_may_be(served: Circle, staff: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    add(served, staff)
    monkeypatch.setattr(seasons, "_SORT", replace(seasons._SORT, kind=replace(SEASONS, most=1)))
    later = {"starts_at": "2028-01-01T00:00:00+00:00", "ends_at": "2028-02-01T00:00:00+00:00"}
    refused(served.ask(staff, "POST", PATH, json={**SEASON, **later}), 409, "progress-list-full")


def test_members_dont_set_seasons(served: Circle, staff: Member) -> None:
    ana, found = served.make_member(), add(served, staff)
    refused(served.ask(ana, "POST", PATH, json=SEASON), 403, "forbidden")
    refused(change(served, ana, f"{PATH}/{found['id']}", {"title": "Mine"}), 403, "forbidden")
    assert served.http.get(f"{API}{PATH}").status_code == 401
    for nothing in ("none", found["id"][:-1] + "0" * 9, "%00"):
        refused(served.get(ana, f"{PATH}/{nothing}"), 404, "not-found")


def archive(circle: Circle, found: dict[str, Any]) -> None:
    """Mark a season as archived, as the job does."""
    with circle.database.write.begin() as connection:
        connection.execute(update(season).where(season.c.id == UUID(found["id"])).values(archived_at=circle.clock.at))
