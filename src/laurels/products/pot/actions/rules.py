"""New rules of the pot."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update

from laurels.core.database import Database
from laurels.identity.editing import Change, Editor, put_on_record
from laurels.ledger.writer import hold_book
from laurels.products.pot.accounts import BOOK, MAIN
from laurels.products.pot.queries import get_pot
from laurels.products.pot.rules import PotRules
from laurels.products.pot.tables import Pot, pot
from laurels.web.etags import Expected

_RULES = UUID("5b0f2b1e-1a3c-4c53-9a7e-0b0c7d2f6e11")
"""By which the ledger knows the rules: there is one document."""


def change_rules(database: Database, editor: Editor, rules: PotRules, *, expected: Expected, now: datetime) -> Pot:
    """Put rules in force: those of the draw from the next round on, all else at once. The same again change nothing.

    Raises:
        Missing: the pot isn't open.
        PreconditionFailed: others were put in force meanwhile.
    """
    with database.write.begin() as connection:
        hold_book(connection, BOOK)
        row = get_pot(connection)
        expected.check(row.version)
        document = rules.model_dump_json()
        if document == row.rules:
            return row
        connection.execute(update(pot).where(pot.c.id == MAIN).values(rules=document, version=row.version + 1, updated_at=now))
        told = {"version": row.version}, {"version": row.version + 1}
        put_on_record(connection, editor, Change(BOOK, f"pot/{MAIN}", _RULES, "rules.changed", *told, row.version + 1), now=now)
        return get_pot(connection)
