"""import purchases: a shop's purchases and returns, from files."""

from contextlib import ExitStack
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

import typer

from laurels.cli.importing import BATCH, REFUSALS_HELP, chosen_columns, refusals_file
from laurels.cli.opening import CommandFailed, opened_for_writing, read_settings
from laurels.cli.showing import progress, say, say_table
from laurels.core.clock import SystemClock
from laurels.core.database import Database
from laurels.core.imports import ImportStopped
from laurels.core.settings import Settings
from laurels.ledger.writer import Writer
from laurels.products.loyalty.errors import ProgramClosed
from laurels.products.loyalty.imports import COLUMNS, FileShape, FileUnusable, read_purchases
from laurels.products.loyalty.imports.posting import Summary, Wishes, import_purchases, survey_purchases
from laurels.products.loyalty.queries import configuration_of

PURCHASES_EXAMPLE = "Example: **laurels import purchases till.csv --program ID --format csv --column member=Card --dry-run**"

_FORMAT_HELP = (
    "online-retail: the UCI's. csv: transaction_id, member, occurred_at, and amount or amount_minor; see docs/importing-purchases.md."
)
_COLUMN_HELP = "The file's own name of a column: member=Card. May be repeated."
_TIME_HELP = "How times are written, as in %d/%m/%Y %H:%M; without it, ISO 8601. Times without an offset are the program's."


class Layout(StrEnum):
    """What a file looks like."""

    ONLINE_RETAIL = "online-retail"  # the UCI's: a line is an article of an invoice
    CSV = "csv"  # with a header


class Members(StrEnum):
    """What becomes of those whom a file names and who don't belong to the program."""

    CREATE = "create"  # they are made members, of the community and of the program
    EXISTING = "existing"  # their purchases wait for them, or are refused, as the terms say


class Returns(StrEnum):
    """What becomes of a file's returns."""

    APPLY = "apply"  # they take points back, by the terms' return policy
    SKIP = "skip"  # they are left out


@dataclass(frozen=True, slots=True)
class _Place:
    """What events are decided with."""

    settings: Settings
    clock: SystemClock
    database: Database
    writer: Writer


def purchases(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="In UTF-8; also gzipped or zipped.")],
    program: Annotated[UUID, typer.Option(help="The program's id, as `laurels program list` shows it. It must be active.")],
    layout: Annotated[Layout, typer.Option("--format", help=_FORMAT_HELP)],
    column: Annotated[list[str] | None, typer.Option(help=_COLUMN_HELP)] = None,
    time_format: Annotated[str | None, typer.Option(help=_TIME_HELP)] = None,
    delimiter: Annotated[str, typer.Option(help="What stands between cells: one character, or tab.")] = ",",
    members: Annotated[Members, typer.Option(help="Whether whoever isn't a member becomes one.")] = Members.CREATE,
    returns: Annotated[Returns, typer.Option(help="Whether returns take points back.")] = Returns.APPLY,
    refusals: Annotated[Path | None, typer.Option(dir_okay=False, help=REFUSALS_HELP)] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and count, and post nothing.")] = False,
) -> None:
    """Post a shop's purchases and returns to a program, each at its own time and by the terms that were in force then.

    Members are created on the way, without a password, and join at the time of their first purchase.
    The same file again changes nothing, so an import that was stopped is simply started again.
    The last line counts: purchases that earned, returns that were applied, rows that were refused, and rows that were decided
    before; `points` is what the purchases counted as `earned` earned: returns don't lower it, and a second run tells 0.
    """
    columns = chosen_columns(column or [], COLUMNS[layout.value], example="member=Card")
    wishes = Wishes(makes_members=members is Members.CREATE, applies_returns=returns is Returns.APPLY)
    settings = read_settings()
    clock = SystemClock()
    with ExitStack() as stack:
        database = stack.enter_context(opened_for_writing(settings))
        tell = stack.enter_context(refusals_file(refusals, file))
        known = configuration_of(database, program).program
        shape = FileShape(known.currency, ZoneInfo(known.zone), columns, delimiter, time_format)
        advance = stack.enter_context(progress("Reading" if dry_run else "Importing", file.stat().st_size))
        writer = Writer(database, clock, batch=BATCH)
        writer.start()
        stack.callback(writer.stop)
        place = _Place(settings, clock, database, writer)
        rows = read_purchases(file, layout.value, shape, advance=advance)
        take_in = survey_purchases if dry_run else import_purchases
        try:
            summary = take_in(place, program, rows, wishes, tell=tell)
        except ProgramClosed as error:
            raise CommandFailed(_told(program, str(error.fields["program_status"]))) from None
        except (FileUnusable, ImportStopped) as error:
            raise CommandFailed(f"{file}: {error}") from error
    _show(summary, is_dry=dry_run)


def _told(program: UUID, status: str) -> str:
    """That a program doesn't run, and what to do."""
    if status == "archived":
        return f"The program {program} is archived, for good. Import into another."
    cure = f'PATCH /api/v1/programs/{program} with {{"status": "active"}}'
    return f"The program {program} is {status}, so that nothing can be earned. Its admins activate it: {cure}"


def _show(summary: Summary, *, is_dry: bool) -> None:
    neither = [(why, "left out", rows) for why, rows in summary.left_out.most_common()]
    neither += [(code, "refused", rows) for code, rows in summary.refused.most_common()]
    if summary.waiting:
        neither.append(("no member or purchase yet", "waiting", summary.waiting))
    if neither:
        say_table(("because of", "rows are", "rows"), neither)
    refused = sum(summary.refused.values())
    people = f"members={summary.people} new_members={summary.created} joining={summary.joined}"
    if is_dry:
        say(f"purchases={summary.purchases} returns={summary.returns} refused={refused} {people}")
        return
    say(people)
    say(f"earned={summary.earned} reversed={summary.reversed} refused={refused} replayed={summary.replayed} points={summary.points}")
