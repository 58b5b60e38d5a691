"""What commands that import files share: columns by the user's names, and a file for what was refused."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
import csv
from pathlib import Path

from laurels.cli.opening import CommandFailed
from laurels.core.imports import Refused, Tell

BATCH = 2_000
"""Rows of a transaction: nobody waits for a single one, so that more of them may share a commit."""

REFUSALS_HELP = "Write the rows that brought nothing to this CSV, with their reasons."


def chosen_columns(given: Sequence[str], known: Sequence[str], *, example: str) -> dict[str, str]:
    """The file's own names of columns, by ours.

    Args:
        given: as users write them: `sender=from`.
        example: a right one.

    Raises:
        CommandFailed: one isn't such a pair, or names a column that isn't ours.
    """
    columns = {}
    for one in given:
        ours, _, theirs = one.partition("=")
        if ours not in known or not theirs:
            raise CommandFailed(f"--column {one}: write one of {', '.join(known)}, then = and the file's name of it: {example}", code=2)
        columns[ours] = theirs
    return columns


@contextmanager
def refusals_file(path: Path | None, imported: Path) -> Iterator[Tell]:
    """What is called with each refused row: writes it to a CSV, where one is wanted.

    Raises:
        CommandFailed: it is the very file that is imported.
    """
    if path is None:
        yield _ignore
        return
    if path.exists() and path.samefile(imported):
        raise CommandFailed(f"--refusals {path} is the file itself, which would be written over. Name another.", code=2)
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("line", "code", "reason"))
        yield lambda refused: rows.writerow((refused.line, refused.code, refused.reason))


def _ignore(refused: Refused) -> None:
    """Only the counts are shown."""
