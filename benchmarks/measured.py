"""Figures of several runs on both databases, and the table that tells them beside their goals."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from benchmarks.figures import NAMES

Goal = tuple[str, str, str, str]
"""A figure's name, what it is, its goal, and how it is written."""


@dataclass(slots=True)
class Measured:
    """Figures by (what, database), one for each run; and versions of what was measured."""

    runs: dict[tuple[str, str], list[float]]
    versions: dict[str, str]

    def add(self, what: str, engine: str, figure: float) -> None:
        """Note one run."""
        self.runs[what, engine].append(figure)

    def of(self, what: str, engine: str) -> float | None:
        """The median of a figure's runs; None where it wasn't measured."""
        found = self.runs.get((what, engine))
        return median(found) if found else None

    def last(self, engine: str) -> str:
        """The latest run of a database, for whoever watches."""
        return ", ".join(f"{what} {figures[-1]:,.1f}" for (what, of), figures in self.runs.items() if of == engine)


def cell(figure: float | None, form: str) -> str:
    """A figure as a table has it."""
    return "–" if figure is None else form.format(figure)


def write_table(measured: Measured, goals: Iterable[Goal], **told: object) -> str:
    """What was measured, beside the goals.

    Args:
        told: what stands for the places in their words.
    """
    lines = ["| what | goal | SQLite | PostgreSQL |", "| --- | --- | ---: | ---: |"]
    for name, what, goal, form in goals:
        cells = [cell(measured.of(name, engine), form) for engine in NAMES]
        lines.append(f"| {what.format(**told)} | {goal} | {cells[0]} | {cells[1]} |")
    return "\n".join(lines) + "\n"
