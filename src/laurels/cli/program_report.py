"""program report: a program's points as a whole, and whether they balance."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any
from uuid import UUID

import typer

from laurels.cli.opening import CommandFailed, opened_for_reading, read_settings
from laurels.cli.showing import say, say_json, say_table
from laurels.core.clock import SystemClock
from laurels.core.currencies import main_units
from laurels.products.loyalty.queries.report import Report, read_report

REPORT_EXAMPLE = "Example: **laurels program report 01a1f890-e37a-73f9-9bad-95b6014a4f20**"


def report(
    program_id: Annotated[UUID, typer.Argument(metavar="ID", help="As `list` shows it.")],
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON, with amounts in minor units.")] = False,
) -> None:
    """Tell where a program's points came from and what became of them, and check that the sums agree.

    It fails, and names the sums, where they don't: then prove the books by `laurels ledger verify`.
    """
    with opened_for_reading(read_settings()) as connection:
        found = read_report(connection, program_id, at=SystemClock().now())
    if as_json:
        say_json(_answer(found))
    else:
        _show(found)
    if not found.is_balanced:
        wrong = "; ".join(f"{check.says}: {check.left} and {check.right}" for check in found.checks if not check.is_met)
        raise CommandFailed(f"The report doesn't balance: {wrong}. Prove the books: laurels ledger verify")


def _answer(found: Report) -> dict[str, Any]:
    checks = [{**asdict(check), "is_met": check.is_met} for check in found.checks]
    about = {"program": found.program.id, "name": found.program.name, "currency": found.program.currency}
    return {**asdict(found), **about, "checks": checks, "is_balanced": found.is_balanced}


def _show(found: Report) -> None:
    def money(minor: int) -> str:
        return f"{main_units(minor, found.program.currency):,} {found.program.currency}"

    say(
        f"{found.program.name}, {found.at:%Y-%m-%d %H:%M} UTC: {found.members} members, {found.purchases} purchases of {money(found.spent)}"
    )
    say_table(("points", found.program.unit_name), _points(found))
    if found.returns:
        rows = [(one.status, one.policy or "", one.returns, money(one.amount), one.points, one.taken, one.owed) for one in found.returns]
        say_table(("returns", "policy", "how many", "amount", "points due", "taken", "owed"), rows)
    for check in found.checks:
        say(f"{'ok' if check.is_met else 'WRONG'}: {check.says}: {check.left} {'=' if check.is_met else 'is not'} {check.right}")


def _points(found: Report) -> Sequence[tuple[str, int]]:
    return (
        ("issued", found.issued),
        ("  by rules", found.from_rules),
        ("  by tiers", found.from_tiers),
        ("  by campaigns", found.from_campaigns),
        ("pending", found.pending),
        ("active", found.active),
        ("reserved", found.reserved),
        ("redeemed", found.redeemed),
        ("expired", found.expired),
        ("  of which no sweep has posted yet", found.unswept),
        ("cancelled", found.cancelled),
        ("  taken by returns", found.returned),
        ("  recovered for returns from later earnings", found.recovered),
        ("  given up by leaving", found.given_up),
        ("owed by members for returns", found.owed),
        ("left in campaigns' budgets", found.budgets),
    )
