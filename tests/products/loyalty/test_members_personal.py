"""What loyalty keeps about a member: exported when they ask, and erased when they go."""

from typing import Any

from sqlalchemy import select

from laurels.identity.editing import OPERATOR
from laurels.identity.tables import Member
from laurels.products.loyalty.actions.people import add_admin, invite
from laurels.products.loyalty.personal import erase_loyalty, export_loyalty
from laurels.products.loyalty.tables import program_admin, program_invitation, purchase, purchase_return
from products.loyalty.town import Town


def exported(town: Town, member: Member) -> dict[str, list[dict[str, Any]]]:
    """What a member is told that is kept about them."""
    with town.database.read.connect() as connection:
        return export_loyalty(connection, member.id)


def everything(town: Town) -> str:
    """All that is kept of purchases and returns, as text."""
    with town.database.read.connect() as connection:
        return repr([tuple(row) for table in (purchase, purchase_return) for row in connection.execute(select(table))])


def test_the_export_has_what_is_the_members_and_nothing_of_others(town: Town) -> None:
    ana, bo = town.make_member(), town.make_member()
    program, other = town.make_program(None, [ana, bo], name="Wine"), town.make_program(None, [ana], name="Dine")
    town.earned(program, ana, 20_000, transaction_id="T-1", metadata='{"till":7}', lines=[("wine", 20_000)])
    town.later(minutes=1)
    town.earned(other, ana, 30_000, transaction_id="T-2")
    town.earned(program, bo, 30_000, transaction_id="T-3")
    town.give_back(program, 10_000, transaction_id="T-1", return_id="B-1")
    town.give_back(program, 100, member=ana, return_id="B-2")
    burned = town.burn(program, ana, 1)
    told = exported(town, ana)
    assert {one["name"] for one in told["memberships"]} == {"Wine", "Dine"}
    assert [(one["transaction_id"], one["points"], one["member_ref"]) for one in told["purchases"]] == [
        ("T-2", 15, ana.student_id),
        ("T-1", 10, ana.student_id),
    ]
    assert (told["purchases"][1]["details"], told["purchases"][1]["returned_points"]) == ('{"till":7}', 5)
    assert {one["return_id"] for one in told["returns"]} == {"B-1", "B-2"}
    assert [one["id"] for one in told["burns"]] == [burned.burn]
    assert "code_sealed" not in told["burns"][0]
    assert {name: len(rows) for name, rows in exported(town, bo).items()} == {"memberships": 1, "purchases": 1, "returns": 0, "burns": 0}
    assert {name: len(rows) for name, rows in exported(town, town.make_member()).items()} == dict.fromkeys(told, 0)


def test_erasing_takes_the_name_out_of_purchases_and_returns_and_keeps_the_numbers(town: Town) -> None:
    ana, bo = town.make_member("ana-1042"), town.make_member("bo-1043")
    program = town.make_program(None, [ana, bo])
    foreign = town.make_program()
    refusing = town.make_program({"unknown_members": "refuse"})
    for who in (ana, bo):
        town.earned(program, who, 20_000, transaction_id=f"T-{who.id}", metadata=f'{{"name":"{who.student_id}"}}')
        town.give_back(program, 100, member=who)
        assert town.earn(foreign, who, 20_000, metadata=f'{{"name":"{who.student_id}"}}').status == "waiting"
        assert town.give_back(foreign, 100, member=who).status == "waiting"
        assert town.earn(refusing, who, 20_000).status == "refused"
        assert town.earn(foreign, str(who.id).upper(), 20_000, metadata=f'{{"name":"{who.student_id}"}}').status == "waiting"
    before, purses = town.heads(), (town.held(program, ana), town.held(program, bo))
    assert "ana-1042" in everything(town)
    with town.database.write.begin() as connection:
        erase_loyalty(connection, ana.id)
    kept = everything(town)
    assert ("ana-1042" in kept, kept.count(str(ana.id)) > 0) == (False, True)
    with town.database.read.connect() as connection:
        others = connection.execute(select(purchase.c.details).where(purchase.c.member_ref == "bo-1043")).scalars().all()
    assert sorted(others) == ['{"name":"bo-1043"}', '{"name":"bo-1043"}']
    assert str(ana.id).upper() not in kept, "an id in capitals was left, and what was noted with it"
    assert (town.heads(), (town.held(program, ana), town.held(program, bo))) == (before, purses)
    told = exported(town, ana)["purchases"]
    assert [(one["amount"], one["points"], one["details"]) for one in told] == [(20_000, 10, None)]


def test_an_event_that_was_refused_and_kept_is_erased_too(town: Town) -> None:
    ana = town.make_member("ana-1042")
    program = town.make_program({"unknown_members": "refuse"})
    decided = town.earn(program, "ana-1042", 20_000)
    with town.database.write.begin() as connection:
        connection.execute(purchase.insert().values(_refused_row(decided.event)))
        erase_loyalty(connection, ana.id)
    assert "ana-1042" not in everything(town)


def _refused_row(event: Any) -> dict[str, Any]:
    return {name: getattr(event, name) for name in event.__dataclass_fields__} | {"status": "refused", "refusal": "unknown-member"}


def test_what_was_sold_to_somebody_who_went_never_becomes_anothers(town: Town) -> None:
    """Their student id is free again; who gets it next must not earn what waited for the one before."""
    ana = town.make_member("1042", password="seven quiet lanterns")
    program = town.make_program()
    assert town.earn(program, ana, 20_000, transaction_id="T-1").status == "waiting"
    with town.open():
        gone = town.ask(ana, "DELETE", "/auth/account", json={"password": "seven quiet lanterns"})
        assert gone.status_code < 300, gone.text
    heir = town.make_member("1042")
    town.join(program, heir)
    with town.database.read.connect() as connection:
        [named] = connection.execute(select(purchase.c.member_ref)).scalars()
    assert named == str(ana.id)
    assert town.held(program, heir) == {}


def test_who_goes_runs_no_program_and_is_invited_to_none(town: Town) -> None:
    ana, bo = town.make_member(), town.make_member()
    program = town.make_program()
    for who in (ana, bo):
        add_admin(town.database, OPERATOR, program.id, who.id, now=town.clock.at)
        invite(town.database, OPERATOR, program.id, who.id, now=town.clock.at)
    with town.database.write.begin() as connection:
        erase_loyalty(connection, ana.id)
        for table in (program_admin, program_invitation):
            assert connection.execute(select(table.c.member)).scalars().all() == [bo.id]
