"""A program's admins, invitations, members and service keys over HTTP."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import insert, select

from laurels.identity.tables import staff_action
from laurels.products.loyalty.bounds import MAX_ADMINS
from laurels.products.loyalty.tables import program_admin, program_invitation
from products.loyalty.settings_paper import appointed, created
from products.loyalty.town import Town
from support.site import refused
from support.versions import made


def test_the_communitys_admins_name_and_dismiss_a_programs(served: Town) -> None:
    admin, ana = served.make_member(role="admin"), served.make_member()
    known = created(served, admin)
    path = f"/programs/{known['id']}/admins"
    runner = appointed(served, admin, known)
    refused(served.ask(runner, "PUT", f"{path}/{ana.id}"), 403, "forbidden")
    refused(served.ask(served.make_member(role="staff"), "PUT", f"{path}/{ana.id}"), 403, "forbidden")
    refused(served.ask(admin, "PUT", f"{path}/{UUID(int=1)}"), 404, "not-found")
    refused(served.ask(admin, "PUT", f"{path}/{served.make_member(status='suspended').id}"), 409, "member-inactive")
    [listed] = served.read(runner, path)["items"]
    assert (listed["member_id"], listed["student_id"], listed["since"]) == (str(runner.id), runner.student_id, served.clock.at.isoformat())
    refused(served.get(ana, path), 403, "forbidden")
    assert served.ask(admin, "PUT", f"{path}/{runner.id}").status_code == 204, "twice is once"
    refused(served.ask(runner, "DELETE", f"{path}/{runner.id}"), 403, "forbidden")
    assert served.ask(admin, "DELETE", f"{path}/{runner.id}").status_code == 204
    refused(served.ask(admin, "DELETE", f"{path}/{runner.id}"), 404, "not-found")
    refused(served.get(runner, path), 403, "forbidden")
    with served.database.read.connect() as connection:
        rows = connection.execute(select(staff_action).order_by(staff_action.c.id)).all()
    assert [row.action for row in rows] == ["program.created", "program_admin.added", "program_admin.removed"]
    assert rows[1].after == f'{{"member":"{runner.id}"}}'


def test_admins_have_an_end(served: Town) -> None:
    admin = served.make_member(role="admin")
    known = created(served, admin)
    members = [served.make_member() for _ in range(MAX_ADMINS)]
    with served.database.write.begin() as connection:
        now = served.clock.at
        connection.execute(insert(program_admin), [{"program": UUID(known["id"]), "member": one.id, "created_at": now} for one in members])
    path = f"/programs/{known['id']}/admins"
    assert refused(served.ask(admin, "PUT", f"{path}/{served.make_member().id}"), 409, "too-many")["limit"] == MAX_ADMINS
    assert served.ask(admin, "PUT", f"{path}/{members[0].id}").status_code == 204
    assert len(served.read(admin, path)["items"]) == MAX_ADMINS


def test_invitations_are_given_listed_and_taken_back(served: Town) -> None:
    admin = served.make_member(role="admin")
    known = created(served, admin, joining="invitation")
    runner = appointed(served, admin, known)
    path = f"/programs/{known['id']}/invitations"
    invited = [served.make_member() for _ in range(3)]
    for one in invited:
        served.later(seconds=1)
        assert served.ask(runner, "PUT", f"{path}/{one.id}").status_code == 204
        assert served.ask(runner, "PUT", f"{path}/{one.id}").status_code == 204
    assert [one["member_id"] for one in served.pages(runner, path, limit=2)] == [str(one.id) for one in reversed(invited)]
    refused(served.ask(served.make_member(), "PUT", f"{path}/{runner.id}"), 403, "forbidden")
    refused(served.get(invited[0], path), 403, "forbidden")
    assert served.ask(runner, "DELETE", f"{path}/{invited[0].id}").status_code == 204
    refused(served.ask(runner, "DELETE", f"{path}/{invited[0].id}"), 404, "not-found")
    assert served.count(program_invitation) == 2


def test_admins_list_members_with_balance_and_tier(served: Town) -> None:
    admin = served.make_member(role="admin")
    ana, bo, cy = (
        served.make_member(name, display_name=shown) for name, shown in (("2", "Ana Díaz"), ("10", "Bo Lindt"), ("x", "Cy Young"))
    )
    tiers = [{"name": "Glass", "threshold": 0}, {"name": "Carafe", "threshold": 10}]
    known = served.make_program({"tiers": tiers, "pending_days": 5}, [ana, bo, cy])
    served.earned(known, ana, 20_000)
    served.earned(known, bo, 2_000)
    path = f"/programs/{known.id}/members"
    found = served.pages(admin, path, limit=1)
    assert [(one["student_id"], one["balance"], one["owed"], one["tier"], one["status"]) for one in found] == [
        ("2", 10, 0, "Carafe", "active"),
        ("10", 1, 0, "Glass", "active"),
        ("x", 0, 0, "Glass", "active"),
    ]
    assert found[0]["joined_at"] == served.clock.at.isoformat()
    assert [one["student_id"] for one in served.pages(admin, path, q="lin")] == ["10"]
    assert [one["student_id"] for one in served.pages(admin, path, q="di ana")] == ["2"]
    assert served.pages(admin, path, q="nobody") == []
    for who in (ana, served.make_member(role="staff")):
        refused(served.get(who, path), 403, "forbidden")


def test_admins_make_list_and_revoke_keys_of_their_program(served: Town) -> None:
    admin = served.make_member(role="admin")
    mine, other = created(served, admin), created(served, admin, name="Other")
    runner, stranger = appointed(served, admin, mine), appointed(served, admin, other)
    path = f"/programs/{mine['id']}/keys"
    body = {"name": "till", "scopes": ["read", "earn"]}
    new = made(served.ask(runner, "POST", path, json=body))
    assert (new["subject"], new["scopes"], new["created_by"]) == (f"program/{mine['id']}", ["earn", "read"], str(runner.id))
    key = {"Authorization": f"Bearer {new['token']}"}
    assert served.read(key, f"/programs/{mine['id']}")["id"] == mine["id"]
    refused(served.get(key, f"/programs/{other['id']}"), 404, "not-found")
    [listed] = served.pages(runner, path)
    assert listed["id"] == new["id"] and "token" not in listed
    for who in (stranger, served.make_member(role="staff"), served.make_member()):
        refused(served.ask(who, "POST", path, json=body), 403, "forbidden")
        refused(served.get(who, path), 403, "forbidden")
        refused(served.ask(who, "DELETE", f"{path}/{new['id']}"), 403, "forbidden")
    refused(served.ask(key, "POST", path, json=body), 403, "members-only")
    assert refused(served.ask(runner, "POST", path, json={**body, "scopes": ["own"]}), 422, "invalid")["field"] == "scopes"
    expired = {**body, "expires_at": (served.clock.at - timedelta(seconds=1)).isoformat()}
    assert refused(served.ask(runner, "POST", path, json=expired), 422, "invalid")["field"] == "expires_at"
    refused(served.ask(stranger, "DELETE", f"/programs/{other['id']}/keys/{new['id']}"), 404, "not-found")
    assert served.ask(runner, "DELETE", f"{path}/{new['id']}").status_code == 204
    refused(served.get(key, f"/programs/{mine['id']}"), 401, "service-key-refused")
    assert served.pages(runner, path)[0]["revoked_at"] == served.clock.at.isoformat()
