"""The catalogue over HTTP, and its stock."""

from typing import Any

import pytest
from sqlalchemy import insert, select

from laurels.core.ids import new_id
from laurels.products.loyalty.bounds import MAX_REWARDS
from laurels.products.loyalty.tables import reward
from products.loyalty.settings_paper import REWARD, appointed, created
from products.loyalty.town import Town
from support.site import API, refused
from support.versions import change, changed, expecting, made


def test_a_reward_is_added_with_its_stock(served: Town) -> None:
    admin, ana = served.make_member(role="admin"), served.make_member()
    known = created(served, admin)
    path = f"/programs/{known['id']}/rewards"
    answer = served.ask(admin, "POST", path, json={**REWARD, "voucher_pattern": "DINE-####-####"}, key="k")
    found = made(answer)
    assert (answer.headers["Location"], answer.headers["ETag"]) == (f"{API}{path}/{found['id']}", '"1.40"')
    assert (found["stock_left"], found["has_stock"], found["voucher_pattern"], found["is_archived"]) == (40, True, "DINE-####-####", False)
    assert served.read(ana, f"{path}/{found['id']}") == found
    again = served.ask(admin, "POST", path, json={**REWARD, "voucher_pattern": "DINE-####-####"}, key="k")
    assert (made(again), again.headers["Idempotency-Replayed"], served.count(reward)) == (found, "true", 1)
    uncounted = made(served.ask(admin, "POST", path, json={"name": "Tour", "cost": 600}))
    assert (uncounted["has_stock"], uncounted["stock_left"]) == (False, None)
    none_left = made(served.ask(admin, "POST", path, json={"name": "Sold out", "cost": 600, "stock": 0}))
    assert (none_left["has_stock"], none_left["stock_left"]) == (True, 0)


def test_stock_is_added_and_unsold_pieces_taken_out(served: Town) -> None:
    admin = served.make_member(role="admin")
    known = created(served, admin)
    path = f"/programs/{known['id']}/rewards"
    path += f"/{made(served.ask(admin, 'POST', path, json=REWARD))['id']}"

    def add(added: int, key: str | None = None) -> Any:
        return served.ask(admin, "POST", f"{path}/stock", json={"added": added}, key=key)

    assert add(2, "k").json() == {"stock_left": 42}
    again = add(2, "k")
    assert (again.json(), again.headers["Idempotency-Replayed"]) == ({"stock_left": 42}, "true")
    assert refused(add(-43), 409, "insufficient-balance")["available"] == 42
    assert add(-42).json() == {"stock_left": 0}
    refused(add(1_000_001), 422, "validation-failed")
    assert served.get(admin, path).headers["ETag"] == '"1.0"'
    assert changed(served, admin, path, {"has_stock": False})["stock_left"] is None
    assert refused(add(1), 422, "invalid")["field"] == "added"


def test_a_reward_changes_leaves_the_catalogue_and_comes_back(served: Town) -> None:
    admin, ana = served.make_member(role="admin"), served.make_member()
    known = created(served, admin)
    path = f"/programs/{known['id']}/rewards"
    found = made(served.ask(admin, "POST", path, json=REWARD))
    one = f"{path}/{found['id']}"
    body = {
        "cost": 2_000,
        "per_member": None,
        "on_sale_until": "2026-12-31T23:00:00+00:00",
        "voucher_days": 90,
        "description": "Four courses",
    }
    answer = changed(served, admin, one, body)
    assert {name: answer[name] for name in body} == body
    assert (answer["version"], answer["stock_left"]) == (2, 40)
    refused(served.ask(admin, "PATCH", one, json=body), 428, "precondition-required")
    refused(served.ask(admin, "DELETE", one), 428, "precondition-required")
    refused(served.ask(expecting(served, admin, '"1.40"'), "DELETE", one), 412, "precondition-failed")
    assert served.ask(expecting(served, admin, '"2.40"'), "DELETE", one).status_code == 204
    assert served.pages(ana, path) == []
    assert [row["id"] for row in served.pages(ana, path, with_archived=True)] == [found["id"]]
    assert served.read(ana, one)["is_archived"] is True
    assert changed(served, admin, one, {"is_archived": False})["version"] == 4
    assert [row["id"] for row in served.pages(ana, path)] == [found["id"]]
    assert served.read(admin, f"/programs/{known['id']}")["version"] == 5


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"on_sale_from": "2026-12-01T00:00:00+00:00", "on_sale_until": "2026-12-01T00:00:00+00:00"}, "on_sale_until"),
        ({"on_sale_until": "2040-01-01T00:00:00+00:00"}, "on_sale_until"),
        ({"on_sale_from": "1960-01-01T00:00:00+00:00"}, "on_sale_from"),
    ],
)
def test_a_sale_that_cant_be_is_refused(served: Town, more: dict[str, Any], field: str) -> None:
    admin = served.make_member(role="admin")
    path = f"/programs/{created(served, admin)['id']}/rewards"
    assert refused(served.ask(admin, "POST", path, json={**REWARD, **more}), 422, "invalid")["field"] == field
    found = made(served.ask(admin, "POST", path, json=REWARD))
    assert refused(change(served, admin, f"{path}/{found['id']}", more), 422, "invalid")["field"] == field


@pytest.mark.parametrize(
    "more", [{"cost": 0}, {"cost": 1.5}, {"cost": "10"}, {"per_member": 0}, {"stock": -1}, {"name": " "}, {"voucher_days": 0}]
)
def test_values_out_of_bounds_are_refused(served: Town, more: dict[str, Any]) -> None:
    admin = served.make_member(role="admin")
    path = f"/programs/{created(served, admin)['id']}/rewards"
    refused(served.ask(admin, "POST", path, json={**REWARD, **more}), 422, "validation-failed")
    assert served.count(reward) == 0


def test_rewards_are_listed_cheapest_first(served: Town) -> None:
    admin, ana = served.make_member(role="admin"), served.make_member()
    path = f"/programs/{created(served, admin)['id']}/rewards"
    for cost, more in (
        (300, {}),
        (100, {"on_sale_from": "2026-11-20T10:00:00+00:00"}),
        (200, {"on_sale_until": "2026-11-20T10:00:00+00:00"}),
    ):
        made(served.ask(admin, "POST", path, json={"name": f"For {cost}", "cost": cost, **more}))
    assert [one["cost"] for one in served.pages(ana, path, limit=1)] == [100, 200, 300]
    assert [one["cost"] for one in served.pages(ana, path, on_sale=True)] == [100, 300]


def test_another_programs_reward_isnt_there(served: Town) -> None:
    admin = served.make_member(role="admin")
    mine, other = created(served, admin), created(served, admin, name="Other")
    runner = appointed(served, admin, mine)
    found = made(served.ask(admin, "POST", f"/programs/{other['id']}/rewards", json=REWARD))
    path = f"/programs/{mine['id']}/rewards/{found['id']}"
    refused(served.get(runner, path), 404, "not-found")
    refused(served.ask(runner, "POST", f"{path}/stock", json={"added": 5}), 404, "not-found")
    refused(served.ask(expecting(served, runner, "*"), "PATCH", path, json={"name": "Mine"}), 404, "not-found")
    refused(served.ask(expecting(served, runner, "*"), "DELETE", path), 404, "not-found")
    refused(served.ask(runner, "POST", f"/programs/{other['id']}/rewards", json=REWARD), 403, "forbidden")
    refused(served.ask(runner, "POST", f"/programs/{other['id']}/rewards/{found['id']}/stock", json={"added": 5}), 403, "forbidden")
    assert made(served.ask(runner, "POST", f"/programs/{mine['id']}/rewards", json=REWARD))["cost"] == 2_500


def test_of_two_who_stock_and_change_at_once_none_is_lost(wide: Town) -> None:
    admin = wide.make_member(role="admin")
    known = created(wide, admin)
    path = f"/programs/{known['id']}/rewards"
    path += f"/{made(wide.ask(admin, 'POST', path, json=REWARD))['id']}"
    tag = wide.get(admin, path).headers["ETag"]
    stocked = [lambda: wide.ask(admin, "POST", f"{path}/stock", json={"added": 1}) for _ in range(6)]
    priced = [lambda cost=cost: change(wide, admin, path, {"cost": cost}, tag=tag) for cost in (10, 20)]
    answers = wide.together(*stocked, *priced)
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [412]
    found = wide.read(admin, path)
    assert (found["stock_left"], found["version"]) == (46, 2)


def test_a_catalogue_has_an_end(served: Town) -> None:
    admin = served.make_member(role="admin")
    path = f"/programs/{created(served, admin)['id']}/rewards"
    made(served.ask(admin, "POST", path, json=REWARD))
    with served.database.write.begin() as connection:
        [first] = connection.execute(select(reward)).mappings().all()
        connection.execute(insert(reward), [{**first, "id": new_id()} for _ in range(MAX_REWARDS - 1)])
    assert refused(served.ask(admin, "POST", path, json=REWARD), 409, "too-many")["limit"] == MAX_REWARDS
