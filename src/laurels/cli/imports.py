"""import: recognitions from files; for purchases and activities see their own modules."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TextIO

import typer

from laurels.cli.activities import ACTIVITIES_EXAMPLE, activities
from laurels.cli.importing import BATCH, REFUSALS_HELP, chosen_columns, refusals_file
from laurels.cli.opening import CommandFailed, opened_for_writing, read_settings
from laurels.cli.purchases import PURCHASES_EXAMPLE, purchases
from laurels.cli.showing import progress, say, say_table
from laurels.core.clock import SystemClock
from laurels.core.text import normalize_text
from laurels.ledger.writer import Writer
from laurels.products.recognition.imports import COLUMNS, FileUnusable, ImportStopped, Source, Summary, import_gifts, read_gifts
from laurels.products.recognition.rules import MAX_MESSAGE

MAX_DATASET = 100
"""Characters of a dataset's name."""


class Layout(StrEnum):
    """What a file looks like."""

    COLLEGEMSG = "collegemsg"  # SNAP's: source, target, seconds since 1970; one credit a line
    CSV = "csv"  # with a header


EXAMPLE = "Example: **laurels import recognitions thanks.csv --format csv --column sender=from --refusals refused.csv**"
LAYOUT_HELP = "collegemsg: source target seconds. csv: sender, receiver, time (ISO 8601 with an offset); also credits, message, value."
DATASET_HELP = "Names where the rows come from: the same rows under the same name come once. By default the file's name."


def add_to(app: typer.Typer) -> None:
    """Register these commands."""
    group = typer.Typer(no_args_is_help=True, help="Bring in what other systems know.")
    group.callback()(_imports)
    group.command(epilog=EXAMPLE)(recognitions)
    group.command(epilog=PURCHASES_EXAMPLE)(purchases)
    group.command(epilog=ACTIVITIES_EXAMPLE)(activities)
    app.add_typer(group, name="import")


def _imports() -> None:
    """Bring in what other systems know."""


def recognitions(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="In UTF-8, in the order of time.")],
    layout: Annotated[Layout, typer.Option("--format", help=LAYOUT_HELP)],
    dataset: Annotated[str | None, typer.Option(help=DATASET_HELP)] = None,
    column: Annotated[list[str] | None, typer.Option(help="A CSV's own name of a column: sender=from. May be repeated.")] = None,
    message: Annotated[str, typer.Option(help="What rows without words say.")] = "Imported",
    refusals: Annotated[Path | None, typer.Option(dir_okay=False, help=REFUSALS_HELP)] = None,
    react: Annotated[
        bool, typer.Option("--react", help="Announce the gifts as if given now: to webhooks, reactions and open pages.")
    ] = False,
) -> None:
    """Post a file's rows as recognitions, each at its own time and under the rules of its month.

    Members are created on the way. The same file again changes nothing, so an import that was stopped is simply started again.
    The last line counts: accepted, refused, replayed (brought before), and members that the file names.
    """
    columns = chosen_columns(column or [], COLUMNS, example="sender=from")
    message = _said(message)
    source = Source((dataset or file.stem)[:MAX_DATASET], message, is_told=react)
    settings = read_settings()
    clock = SystemClock()
    with ExitStack() as stack:
        database = stack.enter_context(opened_for_writing(settings))
        tell = stack.enter_context(refusals_file(refusals, file))
        text = stack.enter_context(file.open(encoding="utf-8-sig", newline=""))
        advance = stack.enter_context(progress("Importing", file.stat().st_size))
        writer = Writer(database, clock, batch=BATCH)
        writer.start()
        stack.callback(writer.stop)
        try:
            rows = read_gifts(_watched(text, advance), layout.value, columns=columns)
            summary = import_gifts(rows, source, settings=settings, database=database, writer=writer, clock=clock, tell=tell)
        except UnicodeDecodeError:
            raise CommandFailed(f"{file} isn't in UTF-8. Convert it: iconv -f latin1 -t utf-8 {file}") from None
        except (FileUnusable, ImportStopped) as error:
            raise CommandFailed(f"{file}: {error}") from error
    _show(summary)


def _said(message: str) -> str:
    try:
        kept = normalize_text(message)
    except ValueError as error:
        raise CommandFailed(f"--message: {error}", code=2) from None
    if not 1 <= len(kept) <= MAX_MESSAGE:
        raise CommandFailed(f"--message: write 1 to {MAX_MESSAGE} characters.", code=2)
    return kept


def _watched(text: TextIO, advance: Callable[[int], None]) -> Iterator[str]:
    """The lines, with the bar moved on as they are read."""
    read = 0
    for number, line in enumerate(text, 1):
        read += len(line)
        if number % 500 == 0:
            advance(read)
            read = 0
        yield line


def _show(summary: Summary) -> None:
    if summary.refused:
        say_table(("refused because of", "rows"), summary.refused.most_common())
    refused = sum(summary.refused.values())
    say(f"accepted={summary.accepted} refused={refused} replayed={summary.replayed} members={summary.members}")
