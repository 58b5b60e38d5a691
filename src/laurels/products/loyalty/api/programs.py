"""/programs and /programs/{id}."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from laurels.core.errors import Denied, Invalid, Missing
from laurels.identity.editors import Editing, tell_saved
from laurels.ledger.writer import RequestKey
from laurels.products.loyalty import queries
from laurels.products.loyalty.actions.programs import change_program, create_program
from laurels.products.loyalty.api.callers import Reading
from laurels.products.loyalty.api.ids import ProgramId
from laurels.products.loyalty.errors import Archived, TooMany
from laurels.products.loyalty.schemas.fields import Status
from laurels.products.loyalty.schemas.programs import ProgramAnswer, ProgramBody, ProgramChange
from laurels.products.loyalty.tables import Program
from laurels.web.caller import AdminOnly, Signed
from laurels.web.context import Ctx
from laurels.web.documented import created, documented
from laurels.web.etags import CONDITIONAL, IfMatch, IfNoneMatch, etag_of, tell_version, versioned
from laurels.web.idempotency import keyed
from laurels.web.pagination import Cursor, CursorInvalid, Page, PageSize, page_of, read_cursor

router = APIRouter()


@router.post(
    "",
    status_code=201,
    responses=created("program_id", "read_program", "change_program", "earn", field="id") | documented(Invalid, TooMany),
)
def create_loyalty_program(
    body: ProgramBody,
    caller: AdminOnly,
    editor: Editing,
    context: Ctx,
    request: Request,
    response: Response,
    key: Annotated[RequestKey | None, keyed("create-program")],
) -> ProgramAnswer:
    """Create a program with its first terms, and with campaigns and rewards if they are there already: for the community's admins."""
    saved = create_program(context.database, editor, body.new(), now=context.clock.now(), request=key)
    tell_saved(request, response, saved, f"/programs/{saved.id}")
    with context.database.read.connect() as connection:
        made = queries.get_visible_program(connection, caller, saved.id)
    return _answer(response, made)


@router.get("", responses=documented(CursorInvalid))
def list_loyalty_programs(
    caller: Signed,
    context: Ctx,
    status: Annotated[Status | None, Query(description="Only these.")] = None,
    joined: Annotated[bool, Query(description="Only those that I am a member of.")] = False,
    run_by_me: Annotated[bool, Query(description="Only those that name me as an admin.")] = False,
    limit: PageSize = 50,
    cursor: Cursor = None,
) -> Page[ProgramAnswer]:
    """The programs that I run, belong to or could join, by name; for the community's admins all."""
    after = read_cursor(cursor, str, UUID)
    with context.database.read.connect() as connection:
        rows = queries.list_programs(
            connection,
            caller,
            limit=limit + 1,
            after=(after[0], after[1]) if after else None,
            status=status,
            only_joined=joined,
            only_run=run_by_me,
        )
    return page_of(rows, limit, cursor=lambda row: (row.name, row.id), item=ProgramAnswer.of)


@router.get("/{program_id}", responses=versioned(is_read=True) | documented(Missing))
def read_program(
    program_id: ProgramId, caller: Reading, context: Ctx, response: Response, if_none_match: IfNoneMatch = None
) -> ProgramAnswer:
    """One program. A draft is shown to its admins only, an archived one to its members as well."""
    with context.database.read.connect() as connection:
        found = queries.get_visible_program(connection, caller, program_id)
    return _answer(response, found, if_none_match)


@router.patch("/{program_id}", responses=versioned() | documented(Missing, Denied, Archived, Invalid, *CONDITIONAL), name="change_program")
def change_loyalty_program(
    program_id: ProgramId, body: ProgramChange, editor: Editing, expected: IfMatch, context: Ctx, response: Response
) -> ProgramAnswer:
    """Change a program's settings, activate, pause or archive it: for its admins."""
    changed = change_program(context.database, editor, program_id, body.wanted(), expected=expected, now=context.clock.now())
    return _answer(response, changed)


def _answer(response: Response, found: Program, if_none_match: str | None = None) -> ProgramAnswer:
    tell_version(response, etag_of(found.version), if_none_match)
    return ProgramAnswer.of(found)
