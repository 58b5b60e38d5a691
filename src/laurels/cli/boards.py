"""leaderboard recognition: who received most."""

import re
from typing import Annotated

import typer

from laurels.cli.opening import CommandFailed, opened_for_reading, read_settings
from laurels.cli.showing import say_json, say_table
from laurels.core.windows import MONTH_PATTERN, Month
from laurels.products.recognition.queries import ALL_TIME, BoardRow, list_board, month_period

MAX_ROWS = 1_000


def add_to(app: typer.Typer) -> None:
    """Register these commands."""
    group = typer.Typer(no_args_is_help=True, help="Who received most.")
    group.callback()(_boards)
    group.command(epilog="Example: **laurels leaderboard recognition --limit 5 --json**")(recognition)
    app.add_typer(group, name="leaderboard")


def _boards() -> None:
    """Who received most."""


def recognition(
    limit: Annotated[int, typer.Option(min=1, max=MAX_ROWS, help="Most rows.")] = 10,
    month: Annotated[str | None, typer.Option(help="Only this calendar month, such as 2026-11.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Members by credits received, then by student id; redeeming lowers nobody."""
    with opened_for_reading(read_settings()) as connection:
        rows = list_board(connection, month_period(_month(month)) if month else ALL_TIME, limit=limit).items
    if as_json:
        say_json([_answer(row) for row in rows])
        return
    header = ("rank", "student id", "name", "credits", "recognitions", "endorsements")
    say_table(header, [tuple(_answer(row).values()) for row in rows])


def _answer(row: BoardRow) -> dict[str, object]:
    """A row with the fields that the API gives it."""
    return {
        "rank": row.rank,
        "student_id": row.student_id,
        "display_name": row.display_name,
        "total_credits_received": row.total_credits_received,
        "recognition_count": row.recognition_count,
        "endorsement_total": row.endorsement_total,
    }


def _month(text: str) -> Month:
    if not re.fullmatch(MONTH_PATTERN, text):
        raise CommandFailed("--month: write a year and a month, such as 2026-11.", code=2)
    return Month(text)
