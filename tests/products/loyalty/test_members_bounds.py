"""Reading one member's points costs what that member has done, whatever else is in the book."""

import re

from laurels.core.clock import FixedClock
from laurels.core.database import Database
from laurels.products.loyalty.personal import erase_loyalty, export_loyalty
from laurels.products.loyalty.queries.current import read_current
from laurels.products.loyalty.queries.forecast import read_forecast
from laurels.products.loyalty.queries.history import HistoryFilter, list_history
from laurels.products.loyalty.queries.lots import list_lots
from laurels.products.loyalty.queries.points import read_balance
from products.loyalty.town import Town
from support.plans import Plans

LARGE = r"(account|entry|posting|lot|lot_change|hold|hold_take|purchase|purchase_return|burn|member|membership|t)"
FEW = r"USING INDEX ix_purchase(_return)?_(accepted|waiting)"
"""Events that aren't decided are few."""
WIDE = re.compile(rf"SCAN {LARGE}\b(?!.* {FEW})|\(book=\?\)|SEARCH posting .*\(target=\?\)|Seq Scan on {LARGE}\b")
"""What reads more than is asked for: a whole table, a whole book, or all that came to a program's own account."""


def wide_steps(steps: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Steps that read more than is asked for. A statement of lines or lots reads what came to the member's own purse: that is theirs."""
    theirs = ("anon_1.account_id", "JOIN posting ON lot.book")
    return [
        (statement, step)
        for statement, step in steps
        if WIDE.search(step) and not ("target=?" in step and any(sign in statement for sign in theirs))
    ]


def test_every_read_finds_its_rows_by_an_index(town: Town, database: Database, clock: FixedClock) -> None:
    ana = town.make_member()
    program = town.make_program(None, [ana])
    town.earned(program, ana, 20_000)
    town.confirm(program, ana, town.burn(program, ana, 4, confirm_minutes=5))
    plans, now = Plans(database.read), clock.at
    read_current(database, program.id, lambda connection, settings: read_balance(connection, settings, ana.id, at=now))
    read_current(database, program.id, lambda connection, settings: read_forecast(connection, settings, ana.id, at=now))
    read_current(database, program.id, lambda connection, settings: list_lots(connection, settings, ana.id, at=now, limit=10))
    with database.read.connect() as connection:
        list_history(connection, program.id, ana.id, HistoryFilter(text="a"), limit=10, before=(9, 9))
        export_loyalty(connection, ana.id)
    steps = plans.steps()
    assert len(steps) > 20
    assert wide_steps(steps) == []


def test_erasing_finds_its_rows_by_an_index(town: Town, database: Database) -> None:
    ana = town.make_member()
    program = town.make_program(None, [ana])
    town.earned(program, ana, 20_000)
    plans = Plans(database.write)
    with database.write.begin() as connection:
        erase_loyalty(connection, ana.id)
    steps = plans.steps()
    assert len(steps) > 10
    assert wide_steps(steps) == []
