"""How commands show things: answers on standard output, progress and remarks on standard error."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import datetime
import json
import sys
from typing import Any

from rich import box
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table
import typer

WIDE = 160
"""Columns of what isn't shown on a terminal: nothing should be cut there."""

answers = Console(width=None if sys.stdout.isatty() else WIDE)
"""Standard output, for people."""

remarks = Console(stderr=True, soft_wrap=True)
"""Standard error."""


def say(line: str) -> None:
    """A line on standard output, as it is: programs may read it."""
    typer.echo(line)


def say_json(answer: Any) -> None:
    """An answer as JSON on standard output; dataclasses become objects, and what JSON lacks becomes text."""
    typer.echo(json.dumps(_plain(answer), ensure_ascii=False, indent=2, default=_as_text))


def _plain(answer: Any) -> Any:
    if isinstance(answer, list):
        return [_plain(one) for one in answer]
    return asdict(answer) if is_dataclass(answer) and not isinstance(answer, type) else answer


def _as_text(value: Any) -> str:
    """What JSON lacks, as the API writes it."""
    return value.isoformat() if isinstance(value, datetime) else str(value)


def say_table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A table for people; columns of numbers are set right."""
    table = Table(*header, box=box.SIMPLE)
    for place, column in enumerate(table.columns):
        column.overflow = "fold"
        if rows and all(isinstance(row[place], int) for row in rows):
            column.justify = "right"
    for row in rows:
        table.add_row(*(str(cell) for cell in row))
    answers.print(table)


@contextmanager
def progress(what: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """A bar on standard error, where that is a terminal; gives a function that moves it forward."""
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=remarks,
        transient=True,
        disable=not remarks.is_terminal,
    )
    with bar:
        task = bar.add_task(what, total=total)
        yield lambda steps: bar.advance(task, steps)
