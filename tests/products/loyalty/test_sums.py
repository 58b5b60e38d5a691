"""What is outstanding and what expired unused, as statements sum them, beside what the ledger holds."""

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from laurels.products.loyalty.queries.breakage import EarnedIn, read_breakage
from laurels.products.loyalty.queries.outstanding import LATER, NEVER, Due, read_outstanding
from laurels.products.loyalty.queries.report import read_report
from laurels.products.loyalty.tables import Program
from products.loyalty.town import Town

MakeProgram = Callable[..., Program]


def outstanding(town: Town, program: Program) -> dict[str, Due]:
    with town.database.read.connect() as connection:
        found = read_outstanding(connection, program.id, at=town.clock.at, zone=ZoneInfo(program.zone))
        report = read_report(connection, program.id, at=town.clock.at)
    assert sum(due.total for due in found) == report.pending + report.active + report.reserved
    return {due.month: due for due in found}


def breakage(town: Town, program: Program) -> list[EarnedIn]:
    with town.database.read.connect() as connection:
        return list(read_breakage(connection, program.id, at=town.clock.at, zone=ZoneInfo(program.zone)))


def test_unspent_points_stand_in_the_month_of_their_last_day(town: Town, make_program: MakeProgram) -> None:
    ana, bo = town.make_member(), town.make_member()
    program = make_program({"pending_days": 10, "expiry": {"kind": "months", "months": 1}}, [ana, bo], zone="Europe/Madrid")
    town.earned(program, ana, 100_000, at=datetime(2026, 11, 1, 12, tzinfo=UTC))  # usable, until the end of 1 December
    town.earned(program, bo, 40_000, at=datetime(2026, 11, 15, 12, tzinfo=UTC))  # pending
    town.earned(program, bo, 20_000, at=datetime(2026, 10, 30, 12, tzinfo=UTC))  # until the end of 30 November, in Madrid
    assert [(due.active, due.pending, due.reserved) for due in map(outstanding(town, program).get, ("2026-11", "2026-12")) if due] == [
        (10, 0, 0),
        (50, 20, 0),
    ]
    town.burn(program, ana, 30, confirm_minutes=60)
    assert outstanding(town, program)["2026-12"] == Due("2026-12", 20, 20, 30)


def test_points_without_a_date_and_those_far_ahead_stand_for_themselves(town: Town, make_program: MakeProgram) -> None:
    ana = town.make_member()
    for_ever, long = make_program({}, [ana]), make_program({"expiry": {"kind": "months", "months": 36}}, [ana])
    town.earned(for_ever, ana, 10_000)
    town.earned(long, ana, 10_000)
    assert outstanding(town, for_ever)[NEVER].active == 5
    assert outstanding(town, long)[LATER].active == 5
    assert len(outstanding(town, long)) == 14


def test_reservation_of_a_lot_that_has_expired_stands_in_this_month(town: Town, make_program: MakeProgram) -> None:
    ana = town.make_member()
    program = make_program({"expiry": {"kind": "months", "months": 1}}, [ana])
    town.earned(program, ana, 100_000)
    town.burn(program, ana, 20, confirm_minutes=60 * 24 * 60)
    town.at(2026, 12, 22)
    assert outstanding(town, program)["2026-12"] == Due("2026-12", 0, 0, 20)
    town.expire(program, ana)
    assert outstanding(town, program)["2026-12"].total == 20


def test_share_that_expired_goes_by_the_month_of_the_purchase(town: Town, make_program: MakeProgram) -> None:
    ana, bo = town.make_member(), town.make_member()
    program = make_program({"expiry": {"kind": "months", "months": 2}}, [ana, bo], zone="Europe/Madrid")
    assert breakage(town, program) == []
    town.earned(program, ana, 100_000, at=datetime(2026, 9, 30, 21, 59, tzinfo=UTC))  # still September in Madrid
    town.earned(program, bo, 100_000, at=datetime(2026, 9, 30, 22, tzinfo=UTC))  # October there
    town.burn(program, ana, 30)
    assert breakage(town, program) == [EarnedIn("2026-09", 50, 0, 20), EarnedIn("2026-10", 50, 0, 50)]
    town.at(2026, 12, 1)  # the points of September are over; no sweep has said so yet
    assert breakage(town, program) == [EarnedIn("2026-09", 50, 20, 0), EarnedIn("2026-10", 50, 0, 50)]
    town.at(2026, 12, 2)
    before = breakage(town, program)
    assert before == [EarnedIn("2026-09", 50, 20, 0), EarnedIn("2026-10", 50, 50, 0)]
    assert [one.percent for one in before] == [40, 100]
    town.expire(program, ana)
    town.expire(program, bo)
    assert breakage(town, program) == before


def test_points_given_back_late_are_not_earned_twice(town: Town, make_program: MakeProgram) -> None:
    ana = town.make_member()
    program = make_program({"expiry": {"kind": "months", "months": 1}}, [ana])
    town.earned(program, ana, 100_000)
    burned = town.burn(program, ana, 20, confirm_minutes=60 * 24 * 60)
    town.at(2026, 12, 22)
    town.cancel(program, ana, burned, grace_days=5)
    assert breakage(town, program) == [EarnedIn("2026-11", 50, 30, 20)]
    town.at(2026, 12, 30)
    assert breakage(town, program) == [EarnedIn("2026-11", 50, 50, 0)]
