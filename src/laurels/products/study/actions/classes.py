"""Classes: made, changed, archived, handed over and deleted; joined and left."""

from dataclasses import dataclass
import secrets
from uuid import UUID

from sqlalchemy import update
from starlette.concurrency import run_in_threadpool

from laurels.core.errors import Denied, Missing, Unavailable
from laurels.core.ids import new_id
from laurels.core.settings import Settings
from laurels.identity.editing import Editor, audit_row
from laurels.identity.tables import StaffAction
from laurels.ledger import Decision
from laurels.ledger.writer import Posted, Proposal, RequestKey, post_within
from laurels.products.study.decisions.classes import ChangeClass, ClassDone, CreateClass, RotateCode, Wanted
from laurels.products.study.decisions.memberships import JoinClass, LeaveClass, MemberDone
from laurels.products.study.decisions.ownership import ArchiveClass, DeleteClass, TransferClass
from laurels.products.study.queries.classes import find_by_code
from laurels.products.study.rules.codes import ALPHABET, LENGTH, is_code, read_code
from laurels.products.study.rules.permissions import TokenLimits
from laurels.products.study.tables import study_document
from laurels.web.caller import Caller, Role
from laurels.web.context import Context

MAX_CODES_TRIED = 10
"""Codes that are made before giving up: of 2^40, one that is taken is a rarity."""


@dataclass(frozen=True, slots=True)
class NewClass:
    """A class that is to be made.

    Attributes:
        capacity: most members; None: no limit.
        zone: IANA zone by whose midnights limits reset; None: the community's default for classes.
    """

    name: str
    description: str = ""
    capacity: int | None = None
    zone: str | None = None


async def create_class(context: Context, caller: Caller, new: NewClass, *, request: RequestKey | None = None) -> Posted[ClassDone]:
    """Make a class of the caller's.

    Raises:
        Denied: staff alone may make classes here.
        DomainError: what `CreateClass` refuses.
    """
    require_creator(context.settings, caller)
    settings, at = context.settings, context.clock.now()
    decision = CreateClass(
        id=new_id(),
        owner=caller.member_id,
        title=new.name,
        description=new.description,
        code=await run_in_threadpool(_free_code, context),
        capacity=new.capacity,
        zone=new.zone or settings.study_time_zone,
        budget=TokenLimits(settings.study_sponsor_daily, settings.study_sponsor_weekly, settings.study_sponsor_monthly),
        limits=first_limits(settings),
        max_chats=settings.study_max_chats,
    )
    return await context.writer.post(Proposal(decision, at, caller.actor, request))


def require_creator(settings: Settings, caller: Caller) -> None:
    """Check that somebody may make classes.

    Raises:
        Denied: staff alone may.
    """
    if settings.study_creators == "staff" and not caller.role.covers(Role.STAFF):
        raise Denied(needs=Role.STAFF.value)


def first_limits(settings: Settings) -> TokenLimits:
    """The tokens that a membership begins with."""
    return TokenLimits(settings.study_daily_tokens, settings.study_weekly_tokens, settings.study_monthly_tokens)


async def join_class(context: Context, caller: Caller, code: str, *, request: RequestKey | None = None) -> Posted[MemberDone]:
    """Have the caller join the class that a code lets into, however they typed it.

    Raises:
        Missing: the code lets nobody in.
        DomainError: what `JoinClass` refuses.
    """
    read = read_code(code)
    class_id = await run_in_threadpool(_find, context, read) if is_code(read) else None
    if class_id is None:
        raise Missing(what="class")
    settings = context.settings
    decision = JoinClass(class_id, caller.member_id, read, first_limits(settings), settings.study_max_chats)
    return await context.writer.post(Proposal(decision, context.clock.now(), caller.actor, request))


async def leave_class(context: Context, caller: Caller, class_id: UUID) -> None:
    """Have the caller leave a class.

    Raises:
        DomainError: what `LeaveClass` refuses.
    """
    decision = LeaveClass(class_id, caller.member_id)
    await context.writer.post(Proposal(decision, context.clock.now(), caller.actor))


async def change_class(context: Context, caller: Caller, editor: Editor, class_id: UUID, wanted: Wanted) -> None:
    """Change a class: what differs of `wanted`, columns by name.

    Raises:
        DomainError: what `ChangeClass` refuses.
    """
    audit = class_record(context, editor, class_id, "class.changed", wanted)
    await _post(context, editor, ChangeClass(class_id, caller.member_id, wanted, audit))


async def rotate_code(
    context: Context, caller: Caller, editor: Editor, class_id: UUID, *, request: RequestKey | None = None
) -> Posted[ClassDone]:
    """Give a class another code; the old one lets nobody in from then on.

    Raises:
        DomainError: what `RotateCode` refuses.
    """
    code = await run_in_threadpool(_free_code, context)
    audit = class_record(context, editor, class_id, "class.code_rotated", {})  # the code itself is for those who may share it
    decision = RotateCode(class_id, caller.member_id, code, audit)
    return await context.writer.post(Proposal(decision, context.clock.now(), editor.actor, request))


async def archive_class(context: Context, caller: Caller, editor: Editor, class_id: UUID, *, is_archived: bool) -> None:
    """Close a class, or open it again.

    Raises:
        DomainError: what `ArchiveClass` refuses.
    """
    audit = class_record(context, editor, class_id, "class.archived" if is_archived else "class.reopened", {})
    await _post(context, editor, ArchiveClass(class_id, caller.member_id, is_archived, audit))


async def transfer_class(context: Context, caller: Caller, editor: Editor, class_id: UUID, heir: UUID) -> None:
    """Hand a class over to another of its members.

    Raises:
        DomainError: what `TransferClass` refuses.
    """
    audit = class_record(context, editor, class_id, "class.transferred", {"owner_id": str(heir)})
    await _post(context, editor, TransferClass(class_id, caller.member_id, heir, audit))


async def delete_class(context: Context, caller: Caller, editor: Editor, class_id: UUID) -> None:
    """Delete a class, with all its documents and those of its chats: their words and files follow by a job.

    Both stand or fall together.

    Raises:
        DomainError: what `DeleteClass` refuses.
    """
    at = context.clock.now()
    audit = class_record(context, editor, class_id, "class.deleted", {})
    proposal = Proposal(DeleteClass(class_id, caller.member_id, audit), at, editor.actor)
    document = study_document.c

    def delete() -> None:
        with context.database.write.begin() as connection:
            post_within(connection, proposal, at)
            theirs = update(study_document).where(document.class_id == class_id, document.deleted_at.is_(None))
            connection.execute(theirs.values(deleted_at=at))

    await run_in_threadpool(delete)


def class_record(context: Context, editor: Editor, class_id: UUID, action: str, after: Wanted) -> StaffAction:
    """The row that puts a change of a class on record."""
    return audit_row(editor, f"class/{class_id}", action=action, after=after, now=context.clock.now())


async def _post(context: Context, editor: Editor, decision: Decision[ClassDone]) -> None:
    await context.writer.post(Proposal(decision, context.clock.now(), editor.actor))


def _find(context: Context, code: str) -> UUID | None:
    with context.database.read.connect() as connection:
        return find_by_code(connection, code)


def _free_code(context: Context) -> str:
    """A code that no class has. Should two take it at once all the same, the second is refused by its unique constraint."""
    for _ in range(MAX_CODES_TRIED):
        code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        if _find(context, code) is None:
            return code
    raise Unavailable()
