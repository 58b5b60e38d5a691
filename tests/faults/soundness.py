"""What must be true of the books after whatever happened."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import select

from laurels.core.database import Database
from laurels.ledger import tables
from laurels.ledger.reader import verify
from ledger.toy import note_table


def check_books(database: Database, acknowledged: Collection[tuple[int, int]] = ()) -> int:
    """Verify the books; each acknowledged (entry, note) is there, and each entry is there whole. Gives how many entries there are."""
    with database.read.begin() as connection:
        seen = verify(connection)
        assert seen.findings == []
        notes = {row.entry: row.id for row in connection.execute(select(note_table))}
        entries = {row.sequence: row for row in connection.execute(select(tables.entry))}
        asked = {row.sequence for row in connection.execute(select(tables.request_key))}
        told = {row.sequence for row in connection.execute(select(tables.outbox))}
        moved = {row.sequence for row in connection.execute(select(tables.posting.c.sequence))}
    lost = [one for one in acknowledged if notes.get(one[0]) is None or notes[one[0]].int != one[1]]
    assert lost == [], "acknowledged, and not there"
    gifts = {sequence for sequence, entry in entries.items() if entry.name == "toy_give"}
    for others in (set(notes), asked, told, moved & gifts):
        assert others == gifts, "an entry is there by half"
    assert {entry.reference for sequence, entry in entries.items() if sequence in gifts} == set(notes.values())
    return len(entries)


def acknowledged(lines: list[str]) -> list[tuple[int, int]]:
    """The (entry, note) pairs that a storm told; a last line cut in two by the kill is none."""
    whole = [line.split() for line in lines if line.endswith("\n")]
    pairs: list[Any] = [tuple(map(int, parts)) for parts in whole if len(parts) == 2]
    return pairs
