"""Versions of a program's terms over HTTP."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, select

from laurels.identity.tables import Member
from laurels.products.loyalty.bounds import MAX_VERSIONS
from laurels.products.loyalty.queries import configuration_of
from laurels.products.loyalty.tables import program_terms
from products.loyalty.settings_paper import TERMS, appointed, created
from products.loyalty.town import Town
from support.site import API, refused
from support.versions import made

DOUBLE: dict[str, Any] = {"rules": [{"name": "Everything", "spend_per": 10_000, "points": 10}]}


def add(town: Town, who: Member, program: dict[str, Any], body: dict[str, Any], *, key: str | None = None) -> Any:
    """Send new terms."""
    return town.ask(who, "POST", f"/programs/{program['id']}/rules", json=body, key=key)


def test_a_version_holds_from_its_instant_on(served: Town) -> None:
    admin, ana = served.make_member(role="admin"), served.make_member()
    known = created(served, admin)
    first_of_next = "2026-12-01T00:00:00+00:00"
    answer = add(served, admin, known, {**DOUBLE, "valid_from": first_of_next})
    assert (made(answer)["version"], answer.json()["valid_from"]) == (2, first_of_next)
    assert answer.headers["Location"] == f"{API}/programs/{known['id']}/rules/2"
    assert served.read(admin, f"/programs/{known['id']}")["version"] == 2
    program = configuration_of(served.database, UUID(known["id"])).program
    served.join(program, ana)
    assert served.earned(program, ana, 20_000).points == 10
    served.at(2026, 12, 1, 0)
    assert served.earned(program, ana, 20_000).points == 20
    late = served.earned(program, ana, 20_000, at=datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC))
    assert late.points == 10, "a purchase goes by the terms of its own time"


def test_without_an_instant_a_version_holds_from_now(served: Town) -> None:
    admin = served.make_member(role="admin")
    known = created(served, admin)
    assert made(add(served, admin, known, DOUBLE))["valid_from"] == served.clock.at.isoformat()
    terms = configuration_of(served.database, UUID(known["id"]))
    assert terms.terms_at(served.clock.at).version == 2
    assert terms.terms_at(served.clock.at - timedelta(microseconds=1)).version == 1


def test_a_version_for_now_may_follow_one_for_later(served: Town) -> None:
    admin = served.make_member(role="admin")
    known = created(served, admin)
    made(add(served, admin, known, {**DOUBLE, "valid_from": "2027-01-01T00:00:00+00:00"}))
    made(add(served, admin, known, {**TERMS, "pending_days": 3}))
    configuration = configuration_of(served.database, UUID(known["id"]))
    year_end = datetime(2027, 1, 1, tzinfo=UTC)
    assert [one.version for one in configuration.terms] == [1, 3, 2]
    assert [configuration.terms_at(year_end - timedelta(microseconds=1)).version, configuration.terms_at(year_end).version] == [3, 2]


def test_versions_are_listed_last_first_and_read_singly(served: Town) -> None:
    admin, ana = served.make_member(role="admin"), served.make_member()
    known = created(served, admin)
    for days in (1, 2, 3):
        made(add(served, admin, known, {**TERMS, "pending_days": days}))
    path = f"/programs/{known['id']}/rules"
    assert [one["version"] for one in served.pages(ana, path, limit=2)] == [4, 3, 2, 1]
    answer = served.get(ana, f"{path}/3")
    assert (answer.json()["terms"]["pending_days"], answer.headers["ETag"]) == (2, '"3"')
    assert served.ask({**served.headers(ana), "If-None-Match": '"3"'}, "GET", f"{path}/3").status_code == 304
    refused(served.get(ana, f"{path}/5"), 404, "not-found")
    refused(served.get(ana, f"{path}/0"), 422, "validation-failed")


def test_no_version_can_be_changed_or_removed(served: Town) -> None:
    admin = served.make_member(role="admin")
    known = created(served, admin)
    before = served.read(admin, f"/programs/{known['id']}/rules/1")
    for method in ("PATCH", "PUT", "DELETE", "POST"):
        refused(served.ask(admin, method, f"/programs/{known['id']}/rules/1", json=DOUBLE), 405, "method-not-allowed")
    made(add(served, admin, known, DOUBLE))
    assert served.read(admin, f"/programs/{known['id']}/rules/1") == before


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({**TERMS, "valid_from": "2026-11-20T09:59:59+00:00"}, "invalid"),
        ({**TERMS, "valid_from": "2040-01-01T00:00:00+00:00"}, "invalid"),
        ({**TERMS, "valid_from": "2027-01-01T00:00:00"}, "validation-failed"),
        ({"rules": []}, "validation-failed"),
        ({"rules": TERMS["rules"] * 2}, "validation-failed"),
        ({**TERMS, "version": 7}, "validation-failed"),
        ({**TERMS, "expiry": {"kind": "months", "months": 0}}, "validation-failed"),
    ],
)
def test_terms_that_cant_be_are_refused(served: Town, body: dict[str, Any], code: str) -> None:
    admin = served.make_member(role="admin")
    known = created(served, admin)
    refused(add(served, admin, known, body), 422, code)
    assert len(served.pages(admin, f"/programs/{known['id']}/rules")) == 1


def test_only_the_programs_admins_add_terms(served: Town) -> None:
    admin = served.make_member(role="admin")
    known, other = created(served, admin), created(served, admin, name="Other")
    refused(add(served, served.make_member(), known, DOUBLE), 403, "forbidden")
    refused(add(served, served.make_member(role="staff"), known, DOUBLE), 403, "forbidden")
    refused(add(served, appointed(served, admin, other), known, DOUBLE), 403, "forbidden")
    assert made(add(served, appointed(served, admin, known), known, DOUBLE))["version"] == 2


def test_terms_sent_twice_are_one_version(served: Town) -> None:
    admin = served.make_member(role="admin")
    known = created(served, admin)
    first, again = (add(served, admin, known, DOUBLE, key="v2") for _ in range(2))
    assert (made(again), again.headers["Idempotency-Replayed"]) == (made(first), "true")
    assert made(add(served, admin, known, DOUBLE, key="v3"))["version"] == 3
    refused(add(served, admin, known, TERMS, key="v3"), 422, "idempotency-key-reused")


def test_terms_added_at_once_get_a_number_each(wide: Town) -> None:
    admin = wide.make_member(role="admin")
    known = created(wide, admin)
    wide.headers(admin)
    answers = wide.together(*[lambda: add(wide, admin, known, DOUBLE)] * 6)
    assert sorted(made(answer)["version"] for answer in answers) == [2, 3, 4, 5, 6, 7]
    assert wide.read(admin, f"/programs/{known['id']}")["version"] == 7


def test_versions_have_an_end(served: Town) -> None:
    admin = served.make_member(role="admin")
    known = created(served, admin)
    with served.database.write.begin() as connection:
        [first] = connection.execute(select(program_terms)).mappings().all()
        more = [{**first, "version": number, "valid_from": served.clock.at} for number in range(2, MAX_VERSIONS + 1)]
        connection.execute(insert(program_terms), more)
    assert refused(add(served, admin, known, DOUBLE), 409, "too-many")["limit"] == MAX_VERSIONS
