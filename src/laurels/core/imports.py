"""What every import of a file tells, whatever it brings: rows that brought nothing, and that it had to stop."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that brought nothing, and why."""

    line: int
    code: str
    reason: str


Tell: TypeAlias = Callable[[Refused], object]
"""What is called with each row that brought nothing."""


class ImportStopped(RuntimeError):
    """The import couldn't go on; what was posted stands, and the same command goes on from there.

    Args:
        line: the first of which it isn't known what became.
    """

    def __init__(self, line: int) -> None:
        super().__init__(f"line {line} couldn't be written. What came before stands: run the same command again to go on.")
