"""Who may join, and whose points somebody may read."""

import pytest

from laurels.identity.editing import OPERATOR
from laurels.products.loyalty.actions.people import add_admin, invite
from products.loyalty.town import Town
from support.site import refused

READS = ("balance", "lots", "history", "forecast", "statement.csv")


def test_a_member_joins_and_leaves(served: Town) -> None:
    ana = served.make_member()
    program = served.make_program()
    path = f"/programs/{program.id}"
    refused(served.get(ana, f"{path}/balance"), 404, "not-found")
    joined = served.ask(ana, "POST", f"{path}/join")
    assert (joined.status_code, joined.headers["location"]) == (201, f"/api/v1{path}/balance")
    assert joined.json() == {"program_id": str(program.id), "member_id": str(ana.id), "status": "active"}
    refused(served.ask(ana, "POST", f"{path}/join"), 409, "already-joined")
    served.earned(program, ana, 20_000)
    left = served.ask(ana, "DELETE", f"{path}/membership")
    assert (left.status_code, left.json()) == (200, {"program_id": str(program.id), "points_given_up": 10})
    refused(served.ask(ana, "DELETE", f"{path}/membership"), 409, "not-a-member")
    told = served.read(ana, f"{path}/balance")
    assert (told["status"], told["balance"], told["cancelled"]) == ("left", 0, 10)
    assert [line["kind"] for line in served.pages(ana, f"{path}/history")] == ["leaving", "earn"]
    assert served.ask(ana, "POST", f"{path}/join").status_code == 201
    assert served.read(ana, f"{path}/balance")["status"] == "active"


def test_joining_twice_under_a_key_is_joining_once(served: Town) -> None:
    ana = served.make_member()
    program = served.make_program()
    path = f"/programs/{program.id}/join"
    first, second = (served.ask(ana, "POST", path, key="once") for _ in range(2))
    assert (first.status_code, second.status_code, first.json()) == (201, 201, second.json())
    assert ("idempotency-replayed" in first.headers, second.headers.get("idempotency-replayed")) == (False, "true")


def test_nobody_leaves_with_points_reserved(served: Town) -> None:
    ana = served.make_member()
    program = served.make_program(None, [ana])
    served.earned(program, ana, 20_000)
    burn = served.burn(program, ana, 4, confirm_minutes=5)
    assert refused(served.ask(ana, "DELETE", f"/programs/{program.id}/membership"), 409, "reservations-open")["points"] == 4
    served.cancel(program, ana, burn)
    assert served.ask(ana, "DELETE", f"/programs/{program.id}/membership").json()["points_given_up"] == 10


def test_one_joins_by_invitation_where_the_program_says_so(served: Town) -> None:
    ana, bo = served.make_member(), served.make_member()
    program = served.make_program(joining="invitation")
    invite(served.database, OPERATOR, program.id, ana.id, now=served.clock.at)
    assert served.ask(ana, "POST", f"/programs/{program.id}/join").status_code == 201
    refused(served.ask(bo, "POST", f"/programs/{program.id}/join"), 403, "invitation-needed")


def test_what_another_process_made_of_the_program_counts_for_joining(served: Town) -> None:
    ana, bo = served.make_member(), served.make_member()
    program = served.make_program()
    assert served.ask(ana, "POST", f"/programs/{program.id}/join").status_code == 201
    with served.elsewhere() as database:
        served.change(program, database=database, joining="invitation")
    refused(served.ask(bo, "POST", f"/programs/{program.id}/join"), 403, "invitation-needed")


@pytest.mark.parametrize("status", ["draft", "paused", "archived"])
def test_a_program_that_does_not_run_is_not_joined(served: Town, status: str) -> None:
    ana = served.make_member()
    program = served.make_program(is_active=False)
    if status != "draft":
        for following in ("active", status):
            served.change(program, status=following)
    answer = served.ask(ana, "POST", f"/programs/{program.id}/join")
    if status == "paused":
        assert "paused" in refused(answer, 409, "program-closed")["detail"]
    else:
        refused(answer, 404, "not-found")


def test_a_member_reads_their_own_points_and_nobody_elses(served: Town) -> None:
    ana, bo = served.make_member(), served.make_member()
    program = served.make_program(None, [ana, bo])
    served.earned(program, bo, 20_000)
    for read in READS:
        path = f"/programs/{program.id}/{read}"
        assert served.get(ana, path).status_code == 200
        for mine in (ana.student_id, str(ana.id)):
            assert served.get(ana, path, member=mine).status_code == 200
        for other in (bo.student_id, str(bo.id), "nobody"):
            refused(served.get(ana, path, member=other), 403, "forbidden")
        assert served.http.get(f"/api/v1{path}").status_code == 401
    assert served.read(ana, f"/programs/{program.id}/balance")["balance"] == 0


def test_a_programs_admins_read_anybodys_points(served: Town) -> None:
    admin, runner, staff, ana = (served.make_member(role=role) for role in ("admin", "member", "staff", "member"))
    program, other = served.make_program(None, [ana]), served.make_program(None, [ana])
    add_admin(served.database, OPERATOR, program.id, runner.id, now=served.clock.at)
    served.earned(program, ana, 20_000)
    for who in (admin, runner):
        for named in (ana.student_id, str(ana.id)):
            assert served.read(who, f"/programs/{program.id}/balance", member=named)["balance"] == 10
        refused(served.get(who, f"/programs/{program.id}/balance", member="nobody"), 404, "not-found")
        refused(served.get(who, f"/programs/{program.id}/balance", member=staff.student_id), 404, "not-found")
    refused(served.get(runner, f"/programs/{other.id}/balance", member=ana.student_id), 403, "forbidden")
    refused(served.get(staff, f"/programs/{program.id}/balance", member=ana.student_id), 403, "forbidden")


def test_a_service_key_reads_its_own_programs_members_with_the_scope(served: Town) -> None:
    ana, bo = served.make_member(), served.make_member()
    program, other = served.make_program(None, [ana]), served.make_program(None, [ana, bo])
    mine = f"/programs/{program.id}"
    served.earned(program, ana, 20_000)
    reading, earning, others = served.key(program, "read"), served.key(program, "earn", "burn"), served.key(other, "read")
    for read in READS:
        path = f"{mine}/{read}"
        assert served.get(reading, path, member=ana.student_id).status_code == 200
        refused(served.get(earning, path, member=ana.student_id), 403, "scope-missing")
        refused(served.get(others, path, member=ana.student_id), 404, "not-found")
        assert refused(served.get(reading, path), 422, "invalid")["field"] == "member"
    assert served.read(reading, f"{mine}/balance", member=str(ana.id))["balance"] == 10
    refused(served.get(reading, f"{mine}/balance", member=bo.student_id), 404, "not-found")
    for method, path in (
        ("POST", f"/programs/{program.id}/join"),
        ("DELETE", f"/programs/{program.id}/membership"),
        ("GET", "/me/programs"),
    ):
        assert served.ask(reading, method, path).status_code == 403


def test_what_is_no_program_is_missing(served: Town) -> None:
    ana = served.make_member()
    draft = served.make_program(is_active=False)
    for program in (draft.id, ana.id, "no-id", "0"):
        for read in READS:
            refused(served.get(ana, f"/programs/{program}/{read}"), 404, "not-found")
        refused(served.ask(ana, "POST", f"/programs/{program}/join"), 404, "not-found")
        refused(served.ask(ana, "DELETE", f"/programs/{program}/membership"), 404, "not-found")


def test_my_programs_come_by_name_with_balance_and_tier(served: Town) -> None:
    ana, bo = served.make_member(), served.make_member()
    tiers = {"tiers": [{"name": "Silver", "threshold": 0}, {"name": "Gold", "threshold": 5}]}
    programs = [served.make_program(tiers, [ana, bo], name=name) for name in ("Wine", "Dine", "Books")]
    served.make_program(name="Others")
    served.earned(programs[1], ana, 20_000)
    served.ask(ana, "DELETE", f"/programs/{programs[0].id}/membership")
    told = served.pages(ana, "/me/programs", limit=1)
    assert [(one["name"], one["balance"], one["tier"]["name"]) for one in told] == [("Books", 0, "Silver"), ("Dine", 10, "Gold")]
    assert (told[0]["currency"], told[0]["program_status"], told[0]["program_id"]) == ("GBP", "active", str(programs[2].id))
    assert [one["name"] for one in served.pages(bo, "/me/programs")] == ["Books", "Dine", "Wine"]
    assert served.pages(served.make_member(), "/me/programs") == []
