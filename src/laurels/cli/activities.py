"""import activities: what members did, from files."""

from contextlib import ExitStack
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from laurels.cli.importing import BATCH, REFUSALS_HELP, chosen_columns, refusals_file
from laurels.cli.opening import CommandFailed, opened_for_writing, read_settings
from laurels.cli.showing import progress, say, say_table
from laurels.core.clock import SystemClock
from laurels.core.database import Database
from laurels.core.settings import Settings
from laurels.ledger.writer import Writer
from laurels.products.progress.imports import (
    COLUMNS,
    FileShape,
    FileUnusable,
    ImportStopped,
    Refused,
    Summary,
    import_activities,
    read_activities,
)

ACTIVITIES_EXAMPLE = "Example: **laurels import activities quizzes.csv --format csv --column member=student --refusals refused.csv**"

_FORMAT_HELP = (
    "oulad: the Open University's studentAssessment. csv: event_id, member, amount, activity_type, occurred_at; also description, topic; "
    "see docs/importing-activities.md."
)
_COLUMN_HELP = "The file's own name of a column: member=student. May be repeated."
_TIME_HELP = "How times are written, as in %d/%m/%Y %H:%M; without it, ISO 8601. Times without an offset are the community's."


class Layout(StrEnum):
    """What a file looks like."""

    OULAD = "oulad"  # the Open University's: a line is a submission
    CSV = "csv"  # with a header


@dataclass(frozen=True, slots=True)
class _Place:
    """What awards are decided with."""

    settings: Settings
    clock: SystemClock
    database: Database
    writer: Writer


def activities(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="In UTF-8; also gzipped or zipped.")],
    layout: Annotated[Layout, typer.Option("--format", help=_FORMAT_HELP)],
    column: Annotated[list[str] | None, typer.Option(help=_COLUMN_HELP)] = None,
    time_format: Annotated[str | None, typer.Option(help=_TIME_HELP)] = None,
    delimiter: Annotated[str, typer.Option(help="What stands between cells: one character, or tab.")] = ",",
    refusals: Annotated[Path | None, typer.Option(dir_okay=False, help=REFUSALS_HELP)] = None,
) -> None:
    """Award points for what a file says that members did, each at its own time.

    Members are created on the way, without a password. Totals, boards and streaks count what is imported; goals, quests and
    streaks' bonuses don't. The same file again changes nothing, so an import that was stopped is simply started again.
    The last line counts: rows that were awarded, refused, awarded before (replayed), and the points that the awarded ones brought.
    """
    columns = chosen_columns(column or [], COLUMNS[layout.value], example="member=student")
    settings = read_settings()
    clock = SystemClock()
    firsts: dict[str, Refused] = {}
    with ExitStack() as stack:
        database = stack.enter_context(opened_for_writing(settings))
        write = stack.enter_context(refusals_file(refusals, file))
        advance = stack.enter_context(progress("Importing", file.stat().st_size))
        writer = Writer(database, clock, batch=BATCH)
        writer.start()
        stack.callback(writer.stop)

        def tell(refused: Refused) -> None:
            firsts.setdefault(refused.code, refused)
            write(refused)

        rows = read_activities(file, layout.value, FileShape(settings.zone, columns, delimiter, time_format), advance=advance)
        try:
            summary = import_activities(_Place(settings, clock, database, writer), rows, tell=tell)
        except (FileUnusable, ImportStopped) as error:
            raise CommandFailed(f"{file}: {error}") from error
    _show(summary, firsts, are_kept=refusals is not None)


def _show(summary: Summary, firsts: dict[str, Refused], *, are_kept: bool) -> None:
    if summary.refused:
        found = [(code, rows, firsts[code].line, firsts[code].reason) for code, rows in summary.refused.most_common()]
        say_table(("refused because of", "rows", "first in line", "where it says"), found)
        if not are_kept:
            say("To see each: add --refusals refused.csv. Mend the rows and import the file again: what was awarded isn't awarded twice.")
    refused = sum(summary.refused.values())
    say(f"members={summary.people} new_members={summary.created}")
    say(f"awarded={summary.awarded} refused={refused} replayed={summary.replayed} points={summary.points}")
