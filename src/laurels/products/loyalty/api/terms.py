"""/programs/{id}/rules: the versions of a program's terms."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from laurels.core.errors import Denied, Invalid, Missing
from laurels.identity.editors import Editing, tell_saved
from laurels.ledger.writer import RequestKey
from laurels.products.loyalty import queries
from laurels.products.loyalty.actions.terms import add_terms
from laurels.products.loyalty.api.callers import Reading
from laurels.products.loyalty.api.ids import ProgramId
from laurels.products.loyalty.bounds import MAX_VERSIONS
from laurels.products.loyalty.errors import Archived, TooMany
from laurels.products.loyalty.schemas.programs import TermsAnswer, TermsBody
from laurels.web.context import Ctx
from laurels.web.documented import created, documented
from laurels.web.etags import IfNoneMatch, etag_of, tell_version, versioned
from laurels.web.idempotency import keyed
from laurels.web.pagination import Cursor, CursorInvalid, Page, PageSize, page_of, read_cursor
from laurels.web.schemas import PLAINLY

router = APIRouter(prefix="/{program_id}/rules")

VersionNumber = Annotated[int, Path(ge=1, le=MAX_VERSIONS), PLAINLY]


@router.post(
    "",
    status_code=201,
    responses=created("version", "read_program_rules", field="version") | documented(Missing, Denied, Archived, Invalid, TooMany),
)
def add_program_rules(
    program_id: ProgramId,
    body: TermsBody,
    editor: Editing,
    context: Ctx,
    request: Request,
    response: Response,
    key: Annotated[RequestKey | None, keyed("add-rules")],
) -> TermsAnswer:
    """Add a version of the terms, which holds from now or later: for the program's admins.

    No version ever changes. A purchase goes by the one that was in force when it was made.
    """
    saved = add_terms(context.database, editor, program_id, body.terms(), valid_from=body.valid_from, now=context.clock.now(), request=key)
    tell_saved(request, response, saved, f"/programs/{program_id}/rules/{saved.number}")
    with context.database.read.connect() as connection:
        return TermsAnswer.of(queries.get_terms(connection, program_id, saved.number))


@router.get("", responses=documented(Missing, CursorInvalid))
def list_program_rules(
    program_id: ProgramId, caller: Reading, context: Ctx, limit: PageSize = 20, cursor: Cursor = None
) -> Page[TermsAnswer]:
    """The versions of a program's terms, the last one first."""
    before = read_cursor(cursor, int)
    with context.database.read.connect() as connection:
        queries.get_visible_program(connection, caller, program_id)
        rows = queries.list_terms(connection, program_id, limit=limit + 1, before=before[0] if before else None)
    return page_of(rows, limit, cursor=lambda row: (row.version,), item=TermsAnswer.of)


@router.get("/{version}", responses=versioned(is_read=True) | documented(Missing))
def read_program_rules(
    program_id: ProgramId, version: VersionNumber, caller: Reading, context: Ctx, response: Response, if_none_match: IfNoneMatch = None
) -> TermsAnswer:
    """One version of a program's terms. It never changes."""
    with context.database.read.connect() as connection:
        queries.get_visible_program(connection, caller, program_id)
        found = queries.get_terms(connection, program_id, version)
    tell_version(response, etag_of(found.version), if_none_match)
    return TermsAnswer.of(found)
