"""Campaigns over HTTP: their times, their budgets, and what stays as it was promised."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, select

from laurels.core.ids import new_id
from laurels.ledger.reader import balances
from laurels.products.loyalty.accounts import budget, issued
from laurels.products.loyalty.bounds import MAX_CAMPAIGNS, MAX_LIVE_CAMPAIGNS
from laurels.products.loyalty.tables import campaign
from products.loyalty.settings_paper import CAMPAIGN, appointed, created
from products.loyalty.town import Town
from support.site import API, refused
from support.versions import change, changed, expecting, made


def test_a_campaign_is_added_with_its_budget(served: Town) -> None:
    admin, ana = served.make_member(role="admin"), served.make_member()
    known = created(served, admin)
    path = f"/programs/{known['id']}/campaigns"
    answer = served.ask(admin, "POST", path, json={**CAMPAIGN, "categories": ["wine"], "minimum_spend": 500, "budget": 900})
    found = made(answer)
    assert answer.headers["Location"] == f"{API}{path}/{found['id']}"
    assert answer.headers["ETag"] == '"1.900"'
    assert {name: found[name] for name in ("categories", "minimum_spend", "has_budget", "budget_left", "extra_points")} == {
        "categories": ["wine"],
        "minimum_spend": 500,
        "has_budget": True,
        "budget_left": 900,
        "extra_points": None,
    }
    assert served.read(ana, f"{path}/{found['id']}") == found
    assert served.read(admin, f"/programs/{known['id']}")["version"] == 2
    program_id, campaign_id = UUID(known["id"]), UUID(found["id"])
    with served.database.read.connect() as connection:
        held = balances(connection, [budget(program_id, campaign_id), issued(program_id)])
    assert list(held.values()) == [900, -900]


def test_a_budget_is_filled_and_what_is_left_taken_back(served: Town) -> None:
    admin = served.make_member(role="admin")
    known = created(served, admin)
    path = f"/programs/{known['id']}/campaigns"
    found = made(served.ask(admin, "POST", path, json={**CAMPAIGN, "budget": 100}))
    path += f"/{found['id']}"

    def fund(points: int, key: str | None = None) -> Any:
        return served.ask(admin, "POST", f"{path}/budget", json={"points": points}, key=key)

    assert fund(50, "k").json() == {"budget_left": 150}
    again = fund(50, "k")
    assert (again.json(), again.headers["Idempotency-Replayed"]) == ({"budget_left": 150}, "true")
    assert served.read(admin, path)["budget_left"] == 150
    problem = refused(fund(-151), 409, "insufficient-balance")
    assert (problem["available"], problem["needed"]) == (150, 151)
    assert fund(-150).json() == {"budget_left": 0}
    refused(fund(10**10), 422, "validation-failed")
    assert served.get(admin, path).headers["ETag"] == '"1.0"'


def test_a_campaign_without_a_budget_takes_none_until_it_is_bounded(served: Town) -> None:
    admin = served.make_member(role="admin")
    known = created(served, admin)
    path = f"/programs/{known['id']}/campaigns"
    found = made(served.ask(admin, "POST", path, json=CAMPAIGN))
    assert (found["has_budget"], found["budget_left"]) == (False, None)
    path += f"/{found['id']}"
    assert refused(served.ask(admin, "POST", f"{path}/budget", json={"points": 5}), 422, "invalid")["field"] == "points"
    assert changed(served, admin, path, {"has_budget": True})["budget_left"] == 0
    assert served.ask(admin, "POST", f"{path}/budget", json={"points": 5}).json() == {"budget_left": 5}


def test_a_budget_that_changes_doesnt_stale_a_change(served: Town) -> None:
    admin = served.make_member(role="admin")
    known = created(served, admin)
    path = f"/programs/{known['id']}/campaigns"
    path += f"/{made(served.ask(admin, 'POST', path, json={**CAMPAIGN, 'budget': 100}))['id']}"
    tag = served.get(admin, path).headers["ETag"]
    served.ask(admin, "POST", f"{path}/budget", json={"points": 5})
    assert served.ask({**served.headers(admin), "If-None-Match": tag}, "GET", path).status_code == 200, "it shows another budget"
    assert change(served, admin, path, {"name": "Holidays"}, tag=tag).status_code == 200
    refused(change(served, admin, path, {"name": "Late"}, tag=tag), 412, "precondition-failed")
    refused(served.ask(admin, "PATCH", path, json={"name": "X"}), 428, "precondition-required")
    refused(served.ask(admin, "DELETE", path), 428, "precondition-required")


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"starts_at": "2026-11-20T09:59:59+00:00"}, "starts_at"),
        ({"ends_at": "2026-12-01T00:00:00+00:00"}, "ends_at"),
        ({"ends_at": "2040-01-01T00:00:00+00:00"}, "ends_at"),
        ({"multiplier_percent": None}, "multiplier_percent"),
        ({"extra_points": 50}, "multiplier_percent"),
    ],
)
def test_a_campaign_that_cant_be_is_refused(served: Town, more: dict[str, Any], field: str) -> None:
    admin = served.make_member(role="admin")
    known = created(served, admin)
    answer = served.ask(admin, "POST", f"/programs/{known['id']}/campaigns", json={**CAMPAIGN, **more})
    assert refused(answer, 422, "invalid")["field"] == field
    assert served.count(campaign) == 0


def test_before_it_begins_all_of_a_campaign_can_change(served: Town) -> None:
    admin = served.make_member(role="admin")
    known = created(served, admin)
    path = f"/programs/{known['id']}/campaigns"
    path += f"/{made(served.ask(admin, 'POST', path, json=CAMPAIGN))['id']}"
    body = {
        "multiplier_percent": None,
        "extra_points": 25,
        "starts_at": "2026-11-25T00:00:00+00:00",
        "categories": ["wine"],
        "name": "Early",
    }
    found = changed(served, admin, path, body)
    assert {name: found[name] for name in body} == body
    assert (found["version"], found["ends_at"]) == (2, CAMPAIGN["ends_at"])
    refused(change(served, admin, path, {"starts_at": "2026-11-19T00:00:00+00:00"}), 422, "invalid")
    refused(change(served, admin, path, {"multiplier_percent": 150}), 422, "invalid")


def test_once_it_has_begun_what_was_promised_stays(served: Town) -> None:
    admin = served.make_member(role="admin")
    known = created(served, admin)
    path = f"/programs/{known['id']}/campaigns"
    found = made(served.ask(admin, "POST", path, json={"name": "Now", "ends_at": CAMPAIGN["ends_at"], "extra_points": 5}))
    assert found["starts_at"] == served.clock.at.isoformat()
    path += f"/{found['id']}"
    served.later(hours=1)
    for body in ({"extra_points": 6}, {"starts_at": CAMPAIGN["starts_at"]}, {"minimum_spend": 1}, {"categories": ["wine"]}):
        assert refused(change(served, admin, path, body), 422, "invalid")["field"] == next(iter(body))
    refused(change(served, admin, path, {"ends_at": "2026-11-20T10:59:59+00:00"}), 422, "invalid")
    assert changed(served, admin, path, {"name": "Longer", "ends_at": "2026-12-27T00:00:00+00:00"})["version"] == 2
    served.at(2026, 12, 27)
    refused(change(served, admin, path, {"ends_at": "2027-01-01T00:00:00+00:00"}), 422, "invalid")
    assert changed(served, admin, path, {"name": "Was long"})["name"] == "Was long"


def test_a_draft_may_have_campaigns_of_the_past(served: Town) -> None:
    admin = served.make_member(role="admin")
    known = created(served, admin, is_active=False)
    path = f"/programs/{known['id']}/campaigns"
    body = {**CAMPAIGN, "starts_at": "2026-01-01T00:00:00+00:00", "ends_at": "2026-02-01T00:00:00+00:00"}
    found = made(served.ask(admin, "POST", path, json=body))
    assert changed(served, admin, f"{path}/{found['id']}", {"multiplier_percent": 300})["multiplier_percent"] == 300
    refused(served.ask(admin, "POST", path, json={**body, "starts_at": "1969-01-01T00:00:00+00:00"}), 422, "invalid")


def test_a_campaign_that_runs_is_ended_and_one_to_come_is_removed(served: Town) -> None:
    admin = served.make_member(role="admin")
    known = created(served, admin)
    path = f"/programs/{known['id']}/campaigns"
    coming = made(served.ask(admin, "POST", path, json={**CAMPAIGN, "budget": 100}))
    running = made(served.ask(admin, "POST", path, json={**CAMPAIGN, "starts_at": None, "budget": 100}))
    served.later(minutes=1)

    def end(found: dict[str, Any]) -> Any:
        return served.ask(expecting(served, admin, '"1"'), "DELETE", f"{path}/{found['id']}")

    assert (end(coming).status_code, end(running).status_code) == (204, 204)
    refused(served.get(admin, f"{path}/{coming['id']}"), 404, "not-found")
    ended = served.read(admin, f"{path}/{running['id']}")
    assert (ended["ends_at"], ended["budget_left"], ended["version"]) == (served.clock.at.isoformat(), 100, 2)
    refused(end(running), 412, "precondition-failed")
    with served.database.read.connect() as connection:
        program_id = UUID(known["id"])
        assert balances(connection, [budget(program_id, UUID(coming["id"]))]) == {budget(program_id, UUID(coming["id"])): 0}
    before = served.heads()
    assert served.ask(expecting(served, admin, "*"), "DELETE", f"{path}/{running['id']}").status_code == 204
    assert served.heads() == before, "what has ended can't end again"


def test_campaigns_are_listed_last_first(served: Town) -> None:
    admin, ana = served.make_member(role="admin"), served.make_member()
    known = created(served, admin)
    path = f"/programs/{known['id']}/campaigns"
    for day in (3, 1, 2):
        body = {
            **CAMPAIGN,
            "name": f"Day {day}",
            "starts_at": f"2026-12-0{day}T00:00:00+00:00",
            "ends_at": f"2026-12-0{day}T12:00:00+00:00",
        }
        made(served.ask(admin, "POST", path, json=body))
    assert [one["name"] for one in served.pages(ana, path, limit=2)] == ["Day 3", "Day 2", "Day 1"]
    served.at(2026, 12, 2, 12)
    assert [one["name"] for one in served.pages(ana, path, live=True)] == ["Day 3"]


def test_another_programs_campaign_isnt_there(served: Town) -> None:
    admin = served.make_member(role="admin")
    mine, other = created(served, admin), created(served, admin, name="Other")
    runner = appointed(served, admin, mine)
    found = made(served.ask(admin, "POST", f"/programs/{other['id']}/campaigns", json={**CAMPAIGN, "budget": 5}))
    path = f"/programs/{mine['id']}/campaigns/{found['id']}"
    refused(served.get(runner, path), 404, "not-found")
    refused(served.ask(runner, "POST", f"{path}/budget", json={"points": 5}), 404, "not-found")
    refused(served.ask(expecting(served, runner, "*"), "PATCH", path, json={"name": "Mine"}), 404, "not-found")
    refused(served.ask(expecting(served, runner, "*"), "DELETE", path), 404, "not-found")
    path = f"/programs/{other['id']}/campaigns"
    refused(served.ask(runner, "POST", path, json=CAMPAIGN), 403, "forbidden")
    refused(served.ask(runner, "POST", f"{path}/{found['id']}/budget", json={"points": 5}), 403, "forbidden")
    assert made(served.ask(runner, "POST", f"/programs/{mine['id']}/campaigns", json=CAMPAIGN))["name"] == "Advent"


def test_live_campaigns_and_all_of_them_have_an_end(served: Town) -> None:
    admin = served.make_member(role="admin")
    known = created(served, admin)
    path = f"/programs/{known['id']}/campaigns"
    made(served.ask(admin, "POST", path, json=CAMPAIGN))
    with served.database.write.begin() as connection:
        [first] = connection.execute(select(campaign)).mappings().all()
        connection.execute(insert(campaign), [{**first, "id": new_id()} for _ in range(MAX_LIVE_CAMPAIGNS - 1)])
    problem = refused(served.ask(admin, "POST", path, json=CAMPAIGN), 409, "too-many")
    assert (problem["limit"], problem["what"]) == (MAX_LIVE_CAMPAIGNS, "live campaigns")
    with served.database.write.begin() as connection:
        past = {**first, "starts_at": served.clock.at - timedelta(days=2), "ends_at": served.clock.at}
        connection.execute(campaign.delete().where(campaign.c.id != first["id"]))
        connection.execute(insert(campaign), [{**past, "id": new_id()} for _ in range(MAX_CAMPAIGNS - 1)])
    assert refused(served.ask(admin, "POST", path, json=CAMPAIGN), 409, "too-many")["limit"] == MAX_CAMPAIGNS
