"""What a member's points are, through time: pending, active, reserved, and gone."""

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest

from laurels.identity.editing import OPERATOR
from laurels.identity.tables import Member
from laurels.products.loyalty.actions.terms import add_terms
from laurels.products.loyalty.tables import Program
from products.loyalty.terms_paper import terms
from products.loyalty.town import Town

MONTHLY = {"expiry": {"kind": "months", "months": 1}}
TIERS = [{"name": "Silver", "threshold": 0}, {"name": "Gold", "threshold": 20, "multiplier_percent": 200}]
NUMBERS = ("balance", "pending", "active", "reserved", "redeemed", "expired", "cancelled", "owed")


def numbers(town: Town, program: Program, member: Member) -> dict[str, int]:
    """A balance's numbers that aren't 0."""
    told = town.read(member, f"/programs/{program.id}/balance")
    return {name: told[name] for name in NUMBERS if told[name]}


def lot_states(town: Town, program: Program, member: Member) -> list[dict[str, int]]:
    """Lots' states, newest first; that they add up is checked."""
    lots = town.read(member, f"/programs/{program.id}/lots")["items"]
    assert all(sum(lot["states"].values()) == lot["amount"] for lot in lots), lots
    return [lot["states"] for lot in lots]


def test_a_fresh_member_has_nothing(served: Town) -> None:
    ana = served.make_member()
    program = served.make_program(None, [ana])
    told = served.read(ana, f"/programs/{program.id}/balance")
    assert told == {
        "program_id": str(program.id),
        "member_id": str(ana.id),
        "status": "active",
        "joined_at": "2026-11-20T10:00:00+00:00",
        "unit_name": "points",
        **dict.fromkeys(NUMBERS, 0),
        "next_activation": None,
        "next_expiry": None,
        "tier": None,
    }
    assert served.read(ana, f"/programs/{program.id}/lots")["items"] == []
    assert served.read(ana, f"/programs/{program.id}/history")["items"] == []


def test_points_become_active_and_expire_by_the_clock_alone(served: Town) -> None:
    ana = served.make_member()
    program = served.make_program({"pending_days": 14, **MONTHLY}, [ana])
    served.earned(program, ana, 20_000)
    before = served.heads()
    told = served.read(ana, f"/programs/{program.id}/balance")
    assert told["next_activation"] == {"at": "2026-12-04T10:00:00+00:00", "points": 10}
    assert told["next_expiry"] == {"at": "2026-12-21T00:00:00+00:00", "points": 10}
    assert (numbers(served, program, ana), lot_states(served, program, ana)) == ({"balance": 10, "pending": 10}, [{"pending": 10}])
    served.at(2026, 12, 4, 9, 59, 59)
    assert lot_states(served, program, ana) == [{"pending": 10}]
    served.at(2026, 12, 4, 10)
    told = served.read(ana, f"/programs/{program.id}/balance")
    assert (told["pending"], told["active"], told["next_activation"]) == (0, 10, None)
    assert lot_states(served, program, ana) == [{"active": 10}]
    served.at(2026, 12, 20, 23, 59, 59)
    assert numbers(served, program, ana) == {"balance": 10, "active": 10}
    served.at(2026, 12, 21, 0)
    assert (numbers(served, program, ana), lot_states(served, program, ana)) == ({"expired": 10}, [{"expired": 10}])
    assert served.heads() == before, "reading writes nothing"


def test_what_a_sweep_posted_reads_as_before_it(served: Town) -> None:
    ana = served.make_member()
    program = served.make_program(MONTHLY, [ana])
    served.earned(program, ana, 20_000)
    served.later(days=20)
    served.earned(program, ana, 40_000)
    served.at(2027, 1, 1)
    read = (numbers(served, program, ana), lot_states(served, program, ana), served.read(ana, f"/programs/{program.id}/forecast"))
    assert read[:2] == ({"balance": 20, "active": 20, "expired": 10}, [{"active": 20}, {"expired": 10}])
    assert served.expire(program, ana) == 10
    assert (numbers(served, program, ana), lot_states(served, program, ana), served.read(ana, f"/programs/{program.id}/forecast")) == read


def test_all_points_expire_by_inactivity_pending_ones_too(served: Town) -> None:
    ana = served.make_member()
    program = served.make_program({"pending_days": 60, "expiry": {"kind": "inactivity", "months": 1}}, [ana])
    served.earned(program, ana, 20_000)
    assert served.read(ana, f"/programs/{program.id}/balance")["next_expiry"] == {"at": "2026-12-21T00:00:00+00:00", "points": 10}
    forecast = served.read(ana, f"/programs/{program.id}/forecast")["items"]
    assert [(one["month"], one["expiring"], one["left"]) for one in forecast[:3]] == [
        ("2026-11", 0, 10),
        ("2026-12", 10, 0),
        ("2027-01", 0, 0),
    ]
    served.at(2026, 12, 21, 0)
    assert (numbers(served, program, ana), lot_states(served, program, ana)) == ({"expired": 10}, [{"expired": 10}])


def test_a_reservation_is_reserved_until_it_is_confirmed(served: Town) -> None:
    ana = served.make_member()
    program = served.make_program(None, [ana])
    served.earned(program, ana, 20_000)
    burn = served.burn(program, ana, 4, confirm_minutes=15)
    assert numbers(served, program, ana) == {"balance": 6, "active": 6, "reserved": 4}
    assert lot_states(served, program, ana) == [{"active": 6, "reserved": 4}]
    served.confirm(program, ana, burn)
    assert numbers(served, program, ana) == {"balance": 6, "active": 6, "redeemed": 4}
    assert lot_states(served, program, ana) == [{"active": 6, "redeemed": 4}]
    served.burn(program, ana, 1)
    assert (numbers(served, program, ana), lot_states(served, program, ana)) == (
        {"balance": 5, "active": 5, "redeemed": 5},
        [{"active": 5, "redeemed": 5}],
    )


def test_a_cancelled_reservation_goes_back_where_it_came_from(served: Town) -> None:
    ana = served.make_member()
    program = served.make_program(MONTHLY, [ana])
    for day in (1, 5):
        served.at(2026, 11, day)
        served.earned(program, ana, 20_000)
    served.cancel(program, ana, served.burn(program, ana, 15, confirm_minutes=60))
    assert (numbers(served, program, ana), lot_states(served, program, ana)) == (
        {"balance": 20, "active": 20},
        [{"active": 10}, {"active": 10}],
    )


def test_a_cancelled_reservation_of_expired_points_is_renewed_for_the_days_of_grace(served: Town) -> None:
    ana = served.make_member()
    program = served.make_program(MONTHLY, [ana])
    served.earned(program, ana, 20_000)
    served.at(2026, 12, 20, 23)
    burn = served.burn(program, ana, 4, confirm_minutes=180)
    served.at(2026, 12, 21, 1)
    served.cancel(program, ana, burn, grace_days=7)
    renewed, old = served.read(ana, f"/programs/{program.id}/lots")["items"]
    assert (renewed["states"], renewed["amount"], renewed["burn_id"], renewed["purchase_id"]) == ({"active": 4}, 4, str(burn.burn), None)
    assert renewed["expires_at"] == "2026-12-28T01:00:00+00:00"
    assert (old["states"], old["amount"], old["burn_id"]) == ({"expired": 6, "renewed": 4}, 10, None)
    assert numbers(served, program, ana) == {"balance": 4, "active": 4, "expired": 6}


def test_returns_cancel_points_and_what_they_cannot_take_is_owed(served: Town) -> None:
    ana = served.make_member()
    program = served.make_program(None, [ana])
    served.earned(program, ana, 20_000, transaction_id="T-1")
    served.burn(program, ana, 8)
    served.give_back(program, 20_000, transaction_id="T-1")
    assert numbers(served, program, ana) == {"redeemed": 8, "cancelled": 2, "owed": 8}
    assert lot_states(served, program, ana) == [{"redeemed": 8, "cancelled": 2}]
    served.earned(program, ana, 20_000)
    assert numbers(served, program, ana) == {"balance": 2, "active": 2, "redeemed": 8, "cancelled": 10}
    assert lot_states(served, program, ana)[0] == {"active": 2, "cancelled": 8}


def test_where_returns_may_overdraw_the_balance_it_is_below_zero(served: Town) -> None:
    ana = served.make_member()
    program = served.make_program({"return_policy": "allow_negative"}, [ana])
    served.earned(program, ana, 20_000, transaction_id="T-1")
    served.burn(program, ana, 8)
    served.give_back(program, 20_000, transaction_id="T-1")
    assert numbers(served, program, ana) == {"balance": -8, "redeemed": 8, "cancelled": 2, "owed": 8}


def test_the_tier_tells_what_counts_and_what_is_missing(served: Town) -> None:
    ana = served.make_member()
    program = served.make_program({"tiers": TIERS}, [ana])
    path = f"/programs/{program.id}/balance"
    served.earned(program, ana, 20_000)
    low = {
        "place": 0,
        "name": "Silver",
        "multiplier_percent": 100,
        "window": "ever",
        "points": 10,
        "next_name": "Gold",
        "points_to_next": 10,
    }
    assert served.read(ana, path)["tier"] == low
    served.burn(program, ana, 10)
    assert served.read(ana, path)["tier"] == low
    served.earned(program, ana, 20_000)
    gold = {
        "place": 1,
        "name": "Gold",
        "multiplier_percent": 200,
        "window": "ever",
        "points": 20,
        "next_name": None,
        "points_to_next": None,
    }
    assert served.read(ana, path)["tier"] == gold


def test_a_yearly_tier_ends_with_the_year_after(served: Town) -> None:
    ana = served.make_member()
    program = served.make_program({"tiers": TIERS, "tier_window": "year"}, [ana])
    served.earned(program, ana, 40_000)
    tiers = {}
    for year in (2026, 2027, 2028):
        served.at(year, 12, 1)
        tier = served.read(ana, f"/programs/{program.id}/balance")["tier"]
        tiers[year] = (tier["name"], tier["points"])
    assert tiers == {2026: ("Gold", 20), 2027: ("Gold", 20), 2028: ("Silver", 0)}


def test_terms_that_another_process_changed_count_at_once(served: Town) -> None:
    """The settings that this process keeps in memory were read before: asked by version, they are read again."""
    ana = served.make_member()
    program = served.make_program({"tiers": TIERS}, [ana])
    served.earned(program, ana, 20_000)
    assert served.read(ana, f"/programs/{program.id}/balance")["tier"]["name"] == "Silver"
    renamed = terms(tiers=[{"name": "Bronze", "threshold": 0}])
    with served.elsewhere() as database:
        add_terms(database, OPERATOR, program.id, renamed, valid_from=None, now=served.clock.at)
    assert served.read(ana, f"/programs/{program.id}/balance")["tier"]["name"] == "Bronze"


@pytest.mark.parametrize("expiry", [{"kind": "months", "months": 2}, {"kind": "calendar_end", "period": "quarter"}, {"kind": "none"}])
def test_the_forecast_adds_up_to_the_balance_and_to_what_time_brings(served: Town, expiry: dict[str, Any]) -> None:
    ana = served.make_member()
    program = served.make_program({"pending_days": 14, "expiry": expiry}, [ana])
    for month, day, amount in ((9, 30, 10_000), (10, 15, 30_000), (11, 5, 20_000), (11, 19, 50_000)):
        served.at(2026, month, day)
        served.earned(program, ana, amount)
    served.at(2026, 11, 20)
    served.burn(program, ana, 3)
    balance = numbers(served, program, ana)["balance"]
    months = served.read(ana, f"/programs/{program.id}/forecast")["items"]
    assert [one["month"] for one in months] == ["2026-11", "2026-12", *(f"2027-{number:02d}" for number in range(1, 11))]
    assert balance == months[-1]["left"] + sum(one["expiring"] for one in months)
    for one, following in pairwise(months):
        assert following["left"] == one["left"] - following["expiring"]
        served.clock.set(datetime.fromisoformat(f"{following['month']}-01T00:00:00").replace(tzinfo=UTC))
        told = numbers(served, program, ana)
        assert {name: told.get(name, 0) for name in ("active", "pending")} == {name: one[name] for name in ("active", "pending")}, one


def test_lots_come_in_pages_newest_first(served: Town) -> None:
    ana, bo = served.make_member(), served.make_member()
    program = served.make_program(None, [ana, bo])
    for number in range(1, 8):
        served.earned(program, ana, number * 10_000, transaction_id=f"T-{number}")
        served.earned(program, bo, 10_000)
    lots = served.pages(ana, f"/programs/{program.id}/lots", limit=3)
    assert [(lot["transaction_id"], lot["amount"]) for lot in lots] == [(f"T-{number}", number * 5) for number in range(7, 0, -1)]
