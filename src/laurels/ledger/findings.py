"""What a verification saw and found."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, Table

MAX_FINDINGS = 100
"""After so many the rest is only counted: one fault can show in many rows."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A row that isn't as it must be: its table, its key, and what is wrong."""

    table: str
    key: str
    what: str

    def __str__(self) -> str:
        return f"{self.table} {self.key}: {self.what}"


@dataclass(slots=True)
class Verified:
    """What a verification saw. `is_clean` where nothing is wrong."""

    entries: int = 0
    postings: int = 0
    accounts: int = 0
    books: int = 0
    faults: int = 0
    findings: list[Finding] = field(default_factory=list)
    heads: dict[str, str] = field(default_factory=dict)

    @property
    def is_clean(self) -> bool:
        return self.faults == 0

    def report(self, table: str, key: object, what: str) -> None:
        """Note a fault."""
        self.faults += 1
        if len(self.findings) < MAX_FINDINGS:
            self.findings.append(Finding(table, str(key), what))


def key_of(table: Table, row: Row[Any]) -> str:
    """A row's primary key, its parts joined by `/`."""
    return "/".join(str(getattr(row, column.name)) for column in table.primary_key.columns)
