"""jobs set-aside, jobs retry: what readers gave up on, and another try at it."""

from typing import Annotated

import typer

from laurels.cli.opening import opened_for_reading, opened_for_writing, read_settings
from laurels.cli.showing import remarks, say, say_json, say_table
from laurels.core.clock import SystemClock
from laurels.ledger.outbox import list_set_aside, retry_set_aside


def add_to(app: typer.Typer) -> None:
    """Register these commands."""
    group = typer.Typer(no_args_is_help=True, help="See what jobs gave up on, and have them try again.")
    group.command("set-aside", epilog="Example: **laurels jobs set-aside**")(show_set_aside)
    group.command("retry", epilog="Example: **laurels jobs retry issue_vouchers**")(retry)
    app.add_typer(group, name="jobs")


def show_set_aside(as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False) -> None:
    """Show the facts that a reader failed on again and again; everything after them went on."""
    with opened_for_reading(read_settings()) as connection:
        given_up = list_set_aside(connection)
    if as_json:
        say_json(given_up)
        return
    if not given_up:
        remarks.print("Nothing was set aside.")
        return
    rows = [(one.reader, one.book, one.sequence, one.tries, f"{one.at:%Y-%m-%d %H:%M}", one.error or "") for one in given_up]
    say_table(("reader", "book", "entry", "tries", "since (UTC)", "why"), rows)


def retry(reader: Annotated[str, typer.Argument(help="The reader's name, as `set-aside` shows it.")]) -> None:
    """Give a reader's set-aside facts their tries again, once what they failed on is mended."""
    with opened_for_writing(read_settings()) as database, database.write.begin() as connection:
        count = retry_set_aside(connection, reader, now=SystemClock().now())
    say(f"again={count}")
