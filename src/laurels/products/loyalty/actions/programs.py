"""Programs: created by the community's admins, changed by their own."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, exists, insert, select, update

from laurels.core.database import Database
from laurels.core.errors import Denied, Invalid
from laurels.core.ids import new_id
from laurels.identity.editing import Changed, ChangeSettings, Editor, Saved, audit_row, changes_of
from laurels.ledger.writer import Posted, Proposal, RequestKey, hold_book, post_within
from laurels.products.loyalty.accounts import book_of
from laurels.products.loyalty.actions.campaigns import NewCampaign, insert_campaign
from laurels.products.loyalty.actions.changes import hold_program, note, require_open, require_room
from laurels.products.loyalty.actions.people import insert_admin
from laurels.products.loyalty.actions.rewards import NewReward, insert_reward
from laurels.products.loyalty.actions.terms import insert_terms
from laurels.products.loyalty.bounds import DEFAULT_CONFIRM_MINUTES, DEFAULT_GRACE_DAYS, MAX_PROGRAMS
from laurels.products.loyalty.decisions.settings import PROGRAMS_BOOK
from laurels.products.loyalty.queries.access import subject_of
from laurels.products.loyalty.queries.configuration import forget
from laurels.products.loyalty.rules.terms import Terms
from laurels.products.loyalty.tables import Program, program, purchase
from laurels.web.caller import Role
from laurels.web.etags import Expected

FOLLOWING: Mapping[str, tuple[str, ...]] = {
    "draft": ("active", "archived"),
    "active": ("paused", "archived"),
    "paused": ("active", "archived"),
    "archived": (),
}
"""What a program of each status may become."""

_FIXED = frozenset({"currency", "zone"})
"""What all amounts and times of a program are read by."""


@dataclass(frozen=True, slots=True)
class NewProgram:
    """A program to be created, with its first terms, which hold from the beginning of time.

    Attributes:
        burn_points: so many points are worth `burn_minor` of the currency; None: points buy rewards only.
        admins: members who run it beside the community's admins.
        is_active: whether it runs at once; else it is a draft.
    """

    name: str
    currency: str
    zone: str
    terms: Terms
    description: str = ""
    unit_name: str = "points"
    joining: str = "open"
    burn_points: int | None = None
    burn_minor: int | None = None
    confirm_minutes: int = DEFAULT_CONFIRM_MINUTES
    grace_days: int = DEFAULT_GRACE_DAYS
    campaigns: tuple[NewCampaign, ...] = field(default=())
    rewards: tuple[NewReward, ...] = field(default=())
    admins: tuple[UUID, ...] = field(default=())
    is_active: bool = False


def create_program(database: Database, editor: Editor, new: NewProgram, *, now: datetime, request: RequestKey | None = None) -> Saved:
    """Create a program with all that belongs to it, in one transaction: for the community's admins and the command line.

    Raises:
        Denied: somebody else asks.
        Invalid: a time or a bonus can't be.
        Missing, MemberInactive: an admin isn't there, or takes part in nothing.
        TooMany: there are too many programs.
    """
    if editor.caller is not None and not editor.caller.role.covers(Role.ADMIN):
        raise Denied(needs=Role.ADMIN.value)
    made = _draft(new, by=editor.member_id, now=now)
    with database.write.begin() as connection:
        noted = _note_creation(connection, editor, made, now=now, request=request)
        if not noted.is_replay:
            require_room(connection, program, limit=MAX_PROGRAMS, what="programs")
            hold_book(connection, book_of(made.id))
            connection.execute(insert(program).values(asdict(made)))
            insert_terms(connection, made.id, new.terms, version=1, valid_from=None, by=editor.member_id, now=now)
            for campaign in new.campaigns:
                insert_campaign(connection, editor, made, new_id(), campaign, now=now)
            for reward in new.rewards:
                insert_reward(connection, editor, made, new_id(), reward, now=now)
            for member_id in new.admins:
                insert_admin(connection, editor, made.id, member_id, now=now)
            if new.is_active:
                connection.execute(update(program).where(program.c.id == made.id).values(status="active"))
    return Saved(noted.answer.id, 1, noted.is_replay)


def change_program(
    database: Database, editor: Editor, program_id: UUID, wanted: Mapping[str, Any], *, expected: Expected, now: datetime
) -> Program:
    """Change a program's settings or its status: draft to active; active to paused and back; any to archived, for good.

    Args:
        wanted: values by the names of `Program`'s fields.

    Raises:
        Missing, Denied: see `hold_program`.
        Archived: it doesn't change any more.
        Invalid: it can't become that; or its currency or zone is fixed.
        PreconditionFailed: it was changed since.
    """
    with database.write.begin() as connection:
        before = hold_program(connection, editor, program_id)
        expected.check(before.version)
        require_open(before)
        changes = changes_of(before, wanted)
        if not changes:
            return before
        _check_status(before, changes.get("status", before.status))
        for name in sorted(changes.keys() & _FIXED):
            _check_untouched(connection, before, name)
        changed = replace(before, **changes, version=before.version + 1, updated_at=now)
        connection.execute(update(program).where(program.c.id == program_id).values(asdict(changed)))
        was = {name: getattr(before, name) for name in changes}
        note(connection, editor, before, about=program_id, action="program.changed", before=was, after=changes, now=now)
    forget(database, program_id)
    return changed


def _draft(new: NewProgram, *, by: UUID | None, now: datetime) -> Program:
    return Program(
        id=new_id(),
        name=new.name,
        description=new.description,
        currency=new.currency,
        zone=new.zone,
        unit_name=new.unit_name,
        status="draft",
        joining=new.joining,
        burn_points=new.burn_points,
        burn_minor=new.burn_minor,
        confirm_minutes=new.confirm_minutes,
        grace_days=new.grace_days,
        version=1,
        created_by=by,
        created_at=now,
        updated_at=now,
    )


def _note_creation(connection: Connection, editor: Editor, made: Program, *, now: datetime, request: RequestKey | None) -> Posted[Changed]:
    """On record in the book of all programs: the new one's own couldn't tell that its request came before."""
    after = {"currency": made.currency, "zone": made.zone, "joining": made.joining}
    audit = audit_row(editor, subject_of(made.id), action="program.created", after=after, now=now)
    return post_within(connection, Proposal(ChangeSettings(PROGRAMS_BOOK, made.id, audit, number=1), now, editor.actor, request), now)


def _check_status(before: Program, status: str) -> None:
    following = FOLLOWING[before.status]
    if status != before.status and status not in following:
        raise Invalid(field="status", reason=f"a program that is {before.status} can become {' or '.join(following)}")


def _check_untouched(connection: Connection, before: Program, name: str) -> None:
    """Amounts and days that were told by the old currency and zone can't be told anew."""
    has_purchases = connection.execute(select(exists().where(purchase.c.program == before.id))).scalar_one()
    if before.status != "draft" or has_purchases:
        raise Invalid(field=name, reason="it is fixed once a program was activated: create another program")
