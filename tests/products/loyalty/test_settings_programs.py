"""Programs over HTTP: who creates, sees and changes them."""

from typing import Any

import pytest
from sqlalchemy import select

from laurels.core.ids import new_id
from laurels.identity.tables import staff_action
from laurels.products.loyalty.tables import program, program_terms, purchase
from products.loyalty.settings_paper import CAMPAIGN, PROGRAM, REWARD, TERMS, appointed, created
from products.loyalty.town import Town
from support.site import API, refused
from support.versions import change, changed, expecting, made


def test_a_program_is_created_with_its_terms_campaigns_and_rewards(served: Town) -> None:
    admin = served.make_member(role="admin")
    body = {**PROGRAM, "burn_rate": {"points": 100, "value_minor": 500}, "campaigns": [{**CAMPAIGN, "budget": 700}], "rewards": [REWARD]}
    answer = served.ask(admin, "POST", "/programs", json=body)
    found = made(answer)
    assert answer.headers["Location"] == f"{API}/programs/{found['id']}"
    assert answer.headers["ETag"] == '"1"'
    assert {name: found[name] for name in ("name", "status", "currency", "zone", "unit_name", "joining", "burn_rate", "version")} == {
        "name": "Wine & Dine",
        "status": "draft",
        "currency": "GBP",
        "zone": "Europe/London",
        "unit_name": "corks",
        "joining": "open",
        "burn_rate": {"points": 100, "value_minor": 500},
        "version": 1,
    }
    [terms] = served.read(admin, f"/programs/{found['id']}/rules")["items"]
    assert (terms["version"], terms["valid_from"], terms["created_by"]) == (1, None, str(admin.id))
    [campaign] = served.read(admin, f"/programs/{found['id']}/campaigns")["items"]
    assert (campaign["budget_left"], campaign["has_budget"]) == (700, True)
    [reward] = served.read(admin, f"/programs/{found['id']}/rewards")["items"]
    assert (reward["stock_left"], reward["cost"]) == (40, 2_500)


def test_only_the_communitys_admins_create_programs(served: Town) -> None:
    for role in ("member", "staff"):
        assert refused(served.ask(served.make_member(role=role), "POST", "/programs", json=PROGRAM), 403, "forbidden")["needs"] == "admin"
    refused(served.http.post(f"{API}/programs", json=PROGRAM), 401, "unauthenticated")
    assert served.count(program) == 0


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"currency": "EUX"}, "/currency"),
        ({"currency": "gbp"}, "/currency"),
        ({"zone": "Europe/Atlantis"}, "/zone"),
        ({"name": ""}, "/name"),
        ({"name": "x" * 81}, "/name"),
        ({"terms": {"rules": []}}, "/terms/rules"),
        ({"terms": {"rules": [{"name": f"R{n}", "spend_per": 1, "points": 1} for n in range(51)]}}, "/terms/rules"),
        ({"burn_rate": {"points": 100}}, "/burn_rate/value_minor"),
        ({"burn_rate": {"points": 0, "value_minor": 1}}, "/burn_rate/points"),
        ({"confirm_minutes": 0}, "/confirm_minutes"),
        ({"grace_days": 366}, "/grace_days"),
        ({"joining": "closed"}, "/joining"),
        ({"status": "active"}, "/status"),
        ({"rewards": [{**REWARD, "voucher_pattern": "WINE-####"}]}, "/rewards/0/voucher_pattern"),
        ({"campaigns": [{**CAMPAIGN, "multiplier_percent": 100}]}, "/campaigns/0/multiplier_percent"),
        ({"rewards": [REWARD] * 201}, "/rewards"),
    ],
)
def test_what_cant_be_is_refused_with_its_field(served: Town, more: dict[str, Any], field: str) -> None:
    admin = served.make_member(role="admin")
    problem = refused(served.ask(admin, "POST", "/programs", json={**PROGRAM, **more}), 422, "validation-failed")
    assert [one["pointer"] for one in problem["errors"]] == [f"#{field}"]
    assert served.count(program) == 0


def test_nothing_is_created_where_a_part_cant_be(served: Town) -> None:
    admin = served.make_member(role="admin")
    backwards = {**CAMPAIGN, "ends_at": CAMPAIGN["starts_at"]}
    body = {**PROGRAM, "campaigns": [CAMPAIGN, backwards], "rewards": [REWARD]}
    assert refused(served.ask(admin, "POST", "/programs", json=body), 422, "invalid")["field"] == "ends_at"
    assert (served.count(program), served.count(program_terms), served.heads()) == (0, 0, [])


def test_a_creation_sent_twice_is_done_once(served: Town) -> None:
    admin, other = served.make_member(role="admin"), served.make_member(role="admin")
    body = {**PROGRAM, "rewards": [REWARD]}
    first = served.ask(admin, "POST", "/programs", json=body, key="k-1")
    again = served.ask(admin, "POST", "/programs", json=body, key="k-1")
    assert made(again) == made(first)
    assert (first.headers.get("Idempotency-Replayed"), again.headers.get("Idempotency-Replayed")) == (None, "true")
    assert again.headers["Location"] == first.headers["Location"]
    refused(served.ask(admin, "POST", "/programs", json={**body, "name": "Another"}, key="k-1"), 422, "idempotency-key-reused")
    assert served.count(program) == 1
    assert made(served.ask(other, "POST", "/programs", json=body, key="k-1"))["id"] != first.json()["id"], "keys are each caller's own"


def test_members_see_what_they_could_join_and_admins_what_they_run(served: Town) -> None:
    admin, ana = served.make_member(role="admin"), served.make_member()
    shown = created(served, admin, name="Open")
    draft = created(served, admin, name="Draft", is_active=False)
    closed = created(served, admin, name="Invited", joining="invitation")
    runner = appointed(served, admin, draft)

    def names(who: Any, **query: Any) -> list[str]:
        return [one["name"] for one in served.pages(who, "/programs", limit=1, **query)]

    assert names(admin) == ["Draft", "Invited", "Open"]
    assert names(admin, status="draft") == ["Draft"]
    assert names(ana) == ["Open"]
    assert names(runner) == ["Draft", "Open"]
    assert (names(runner, run_by_me=True), names(ana, run_by_me=True)) == (["Draft"], [])
    assert served.ask(admin, "PUT", f"/programs/{closed['id']}/invitations/{ana.id}").status_code == 204
    assert names(ana) == ["Invited", "Open"]
    assert names(ana, joined=True) == []
    for found, status in ((shown, 200), (closed, 200), (draft, 404)):
        assert served.get(ana, f"/programs/{found['id']}").status_code == status
    assert served.get(runner, f"/programs/{draft['id']}").status_code == 200
    refused(served.get(ana, "/programs", cursor="bm90aGluZw"), 422, "cursor-invalid")


def test_an_archived_program_is_shown_to_its_members_only(served: Town) -> None:
    admin, ana, bo = served.make_member(role="admin"), served.make_member(), served.make_member()
    known = served.make_program(members=[ana])
    changed(served, admin, f"/programs/{known.id}", {"status": "archived"})
    assert served.get(ana, f"/programs/{known.id}").json()["status"] == "archived"
    refused(served.get(bo, f"/programs/{known.id}"), 404, "not-found")
    assert [one["id"] for one in served.pages(ana, "/programs")] == [str(known.id)]
    assert [one["id"] for one in served.pages(ana, "/programs", joined=True)] == [str(known.id)]
    assert served.pages(bo, "/programs") == []


@pytest.mark.parametrize("unknown", ["01a1f890-e37a-73f9-9bad-95b6014a4f20", "nothing", "%00", "x" * 65])
def test_an_id_that_names_nothing_is_missing(served: Town, unknown: str) -> None:
    admin = served.make_member(role="admin")
    assert served.get(admin, f"/programs/{unknown}").status_code in (404, 422)
    assert served.ask(expecting(served, admin, "*"), "PATCH", f"/programs/{unknown}", json={"name": "X"}).status_code in (404, 422)
    assert served.heads() == [], "and opens no book"


def test_who_may_change_a_program(served: Town) -> None:
    admin = served.make_member(role="admin")
    known, other = created(served, admin), created(served, admin, name="Other")
    draft = created(served, admin, name="Draft", is_active=False)
    path = f"/programs/{known['id']}"
    runner, stranger = appointed(served, admin, known), appointed(served, admin, other)
    for who in (stranger, served.make_member(role="staff"), served.make_member()):
        body = {"name": "Taken over"}
        assert refused(change(served, who, path, body), 403, "forbidden")["needs"] == "an admin of this program"
        refused(change(served, who, f"/programs/{draft['id']}", body, tag="*"), 404, "not-found")
    with_key = served.key(served.make_program(), "read", "earn")
    refused(served.ask({**with_key, "If-Match": "*"}, "PATCH", path, json={"name": "X"}), 403, "members-only")
    assert changed(served, runner, path, {"name": "By its admin"})["name"] == "By its admin"
    assert changed(served, admin, path, {"name": "By the community's"})["version"] == 3


def test_a_service_key_reads_its_own_program_only(served: Town) -> None:
    mine, other = served.make_program(), served.make_program()
    key = served.key(mine, "read")
    assert served.read(key, f"/programs/{mine.id}")["name"] == mine.name
    for part in ("rules", "rules/1", "campaigns", "rewards"):
        assert served.get(key, f"/programs/{mine.id}/{part}").status_code == 200
    refused(served.get(key, f"/programs/{other.id}"), 404, "not-found")
    refused(served.get(key, f"/programs/{new_id()}"), 404, "not-found")
    refused(served.get(key, "/programs"), 403, "members-only")
    refused(served.get(key, f"/programs/{mine.id}/members"), 403, "members-only")
    assert refused(served.get(served.key(mine, "earn"), f"/programs/{mine.id}"), 403, "scope-missing")["scope"] == "read"


def test_a_change_needs_the_version_that_it_was_made_for(served: Town) -> None:
    admin = served.make_member(role="admin")
    known = created(served, admin)
    path = f"/programs/{known['id']}"
    refused(served.ask(admin, "PATCH", path, json={"name": "X"}), 428, "precondition-required")
    read = served.get(admin, path).headers["ETag"]
    answer = change(served, admin, path, {"name": "First"}, tag=read)
    assert (answer.headers["ETag"], answer.json()["version"]) == ('"2"', 2)
    refused(change(served, admin, path, {"name": "Second"}, tag=read), 412, "precondition-failed")
    assert served.read(admin, path)["name"] == "First"
    not_changed = served.ask({**served.headers(admin), "If-None-Match": '"2"'}, "GET", path)
    assert (not_changed.status_code, not_changed.content) == (304, b"")
    assert served.ask({**served.headers(admin), "If-None-Match": read}, "GET", path).status_code == 200


def test_of_two_admins_who_change_the_same_version_one_wins(wide: Town) -> None:
    admin = wide.make_member(role="admin")
    known = created(wide, admin)
    path = f"/programs/{known['id']}"
    tag = wide.get(admin, path).headers["ETag"]
    calls = [lambda name=f"Name {n}": change(wide, admin, path, {"name": name}, tag=tag) for n in range(8)]
    answers = wide.together(*calls)
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 7
    [won] = [answer.json() for answer in answers if answer.status_code == 200]
    assert (wide.read(admin, path)["name"], won["version"]) == (won["name"], 2)


def test_a_change_that_changes_nothing_makes_no_version(served: Town) -> None:
    admin = served.make_member(role="admin")
    known = created(served, admin)
    before = served.heads()
    assert changed(served, admin, f"/programs/{known['id']}", {"name": PROGRAM["name"], "status": "active"})["version"] == 1
    assert changed(served, admin, f"/programs/{known['id']}", {})["version"] == 1
    assert served.heads() == before


@pytest.mark.parametrize(
    ("steps", "refused_at"),
    [
        (("active", "paused", "active", "archived"), None),
        (("archived",), None),
        (("active", "draft"), "draft"),
        (("paused",), "paused"),
        (("active", "paused", "draft"), "draft"),
    ],
)
def test_statuses_follow_each_other_in_order(served: Town, steps: tuple[str, ...], refused_at: str | None) -> None:
    admin = served.make_member(role="admin")
    path = f"/programs/{created(served, admin, is_active=False)['id']}"
    for status in steps:
        answer = change(served, admin, path, {"status": status})
        if status == refused_at:
            assert refused(answer, 422, "invalid")["field"] == "status"
        else:
            assert (answer.status_code, answer.json()["status"]) == (200, status)


def test_an_archived_program_changes_no_more(served: Town) -> None:
    admin, ana = served.make_member(role="admin"), served.make_member()
    known = created(served, admin, campaigns=[{**CAMPAIGN, "budget": 5}], rewards=[REWARD])
    path = f"/programs/{known['id']}"
    [campaign], [reward] = served.pages(admin, f"{path}/campaigns"), served.pages(admin, f"{path}/rewards")
    changed(served, admin, path, {"status": "archived"})
    before = served.heads()
    for method, part, body in (
        ("PATCH", "", {"status": "active"}),
        ("POST", "/rules", TERMS),
        ("POST", "/campaigns", CAMPAIGN),
        ("PATCH", f"/campaigns/{campaign['id']}", {"name": "X"}),
        ("DELETE", f"/campaigns/{campaign['id']}", None),
        ("POST", f"/campaigns/{campaign['id']}/budget", {"points": 1}),
        ("POST", "/rewards", REWARD),
        ("PATCH", f"/rewards/{reward['id']}", {"name": "X"}),
        ("DELETE", f"/rewards/{reward['id']}", None),
        ("POST", f"/rewards/{reward['id']}/stock", {"added": 1}),
        ("PUT", f"/admins/{ana.id}", None),
        ("PUT", f"/invitations/{ana.id}", None),
        ("POST", "/keys", {"name": "till", "scopes": ["earn"]}),
    ):
        more = {} if body is None else {"json": body}
        answer = served.ask(expecting(served, admin, "*"), method, path + part, **more)
        assert (answer.status_code, answer.json()["code"]) == (409, "program-archived"), f"{method} {part}"
    assert served.heads() == before


def test_currency_and_zone_are_fixed_once_it_was_active(served: Town) -> None:
    admin = served.make_member(role="admin")
    path = f"/programs/{created(served, admin, is_active=False)['id']}"
    assert changed(served, admin, path, {"currency": "EUR", "zone": "Europe/Madrid"})["currency"] == "EUR"
    changed(served, admin, path, {"status": "active"})
    for field, value in (("currency", "GBP"), ("zone", "UTC")):
        assert refused(change(served, admin, path, {field: value}), 422, "invalid")["field"] == field
    assert changed(served, admin, path, {"currency": "EUR", "name": "The same currency"})["name"] == "The same currency"


def test_a_burn_rate_is_set_and_taken_away_whole(served: Town) -> None:
    admin = served.make_member(role="admin")
    path = f"/programs/{created(served, admin)['id']}"
    assert changed(served, admin, path, {"burn_rate": {"points": 10, "value_minor": 1}})["burn_rate"] == {"points": 10, "value_minor": 1}
    assert changed(served, admin, path, {"unit_name": "miles"})["burn_rate"] is not None
    assert changed(served, admin, path, {"burn_rate": None})["burn_rate"] is None
    refused(change(served, admin, path, {"name": None}), 422, "validation-failed")


def test_a_paused_program_earns_nothing_and_an_active_one_again(served: Town) -> None:
    admin, ana = served.make_member(role="admin"), served.make_member()
    known = served.make_program(members=[ana])
    assert served.earned(known, ana, 20_000).points == 10
    changed(served, admin, f"/programs/{known.id}", {"status": "paused"})
    assert served.earn(known, ana, 20_000, transaction_id="late").status == "refused"
    changed(served, admin, f"/programs/{known.id}", {"status": "active"})
    assert served.earned(known, ana, 20_000, transaction_id="later").points == 10
    assert served.count(purchase) == 2


def test_every_change_is_on_record_without_words(served: Town) -> None:
    admin = served.make_member(role="admin")
    known = created(served, admin)
    path = f"/programs/{known['id']}"
    changed(served, admin, path, {"name": "A secret plan", "status": "paused", "grace_days": 7})
    made(served.ask(admin, "POST", f"{path}/rewards", json=REWARD))
    with served.database.read.connect() as connection:
        rows = connection.execute(select(staff_action).order_by(staff_action.c.id)).all()
    assert [row.action for row in rows] == ["program.created", "program.changed", "reward.added", "stock.changed"]
    assert {(row.actor_id, row.subject) for row in rows} == {(admin.id, f"program/{known['id']}")}
    assert rows[1].before == '{"grace_days":30,"name":"changed","status":"active"}'
    assert '"grace_days":7' in rows[1].after and '"status":"paused"' in rows[1].after
    assert not any("secret" in row.before + row.after for row in rows)
