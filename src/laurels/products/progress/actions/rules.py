"""New versions of the rules; no version ever changes."""

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert

from laurels.core.database import Database
from laurels.identity.editing import Change, Editor, put_on_record
from laurels.products.progress.accounts import BOOK
from laurels.products.progress.actions.opening import hold_settings, raise_version
from laurels.products.progress.bounds import MAX_RULES_VERSIONS
from laurels.products.progress.errors import ListFull
from laurels.products.progress.queries.configuration import forget
from laurels.products.progress.queries.definitions import current_rules
from laurels.products.progress.rules import Rules
from laurels.products.progress.tables import ProgressRules, progress_rules
from laurels.web.etags import Expected

_RULES = UUID("0e1f64c9-5e6b-4c1b-8a40-8a6a3c1f2d57")
"""By which the ledger knows the rules: there is one document."""


def change_rules(database: Database, editor: Editor, rules: Rules, *, expected: Expected, now: datetime) -> ProgressRules:
    """Put rules in force, as a new version; the same rules again change nothing.

    What was awarded stays; totals mean what the new rules say.

    Raises:
        Denied: the editor isn't of the staff.
        PreconditionFailed: others were put in force meanwhile.
        ListFull: there were too many versions.
    """
    with database.write.begin() as connection:
        held = hold_settings(connection, editor, now)
        before = current_rules(connection)
        expected.check(before.version)
        document = rules.model_dump_json()
        if document == before.document:
            return before
        if before.version >= MAX_RULES_VERSIONS:
            raise ListFull(what="versions of the rules", limit=MAX_RULES_VERSIONS)
        made = ProgressRules(before.version + 1, document, editor.member_id, now)
        connection.execute(insert(progress_rules).values(asdict(made)))
        told = {"rules_version": before.version}, {"rules_version": made.version, "preset": rules.preset}
        change = Change(BOOK, "progress/rules", _RULES, "rules.changed", *told, made.version)
        put_on_record(connection, editor, change, now=now)
        raise_version(connection, held, now, rules_version=made.version)
    forget(database)
    return made
