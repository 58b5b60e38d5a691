"""/progress/seasons."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from laurels.core.errors import Invalid, Missing
from laurels.identity.editors import StaffEditing, tell_saved
from laurels.ledger.writer import RequestKey
from laurels.products.progress.actions.seasons import add_season, change_season, remove_season
from laurels.products.progress.errors import ListFull, SeasonClosed, SeasonsOverlap, UnknownTopic
from laurels.products.progress.queries.definitions import SEASONS, SeasonStatus, get_definition, list_definitions, season_status
from laurels.products.progress.schemas.seasons import SeasonAnswer, SeasonBody, SeasonChange
from laurels.products.progress.tables import SeasonRow
from laurels.web.caller import Signed
from laurels.web.context import Context, Ctx
from laurels.web.documented import created, documented
from laurels.web.etags import CONDITIONAL, IfMatch, IfNoneMatch, etag_of, tell_version, versioned
from laurels.web.idempotency import keyed
from laurels.web.identifiers import OpaqueId, known_id
from laurels.web.pagination import Cursor, CursorInvalid, Page, PageSize, page_of, read_cursor

router = APIRouter(prefix="/progress/seasons")


async def season_of_path(season_id: OpaqueId) -> UUID:
    """The season's id."""
    return known_id(season_id, what="season")


SeasonId = Annotated[UUID, Depends(season_of_path)]


@router.get("", responses=documented(CursorInvalid))
def list_seasons(caller: Signed, context: Ctx, limit: PageSize = 50, cursor: Cursor = None) -> Page[SeasonAnswer]:
    """All seasons, planned ones too, the last to begin first."""
    now = context.clock.now()
    after = read_cursor(cursor, datetime, UUID)
    with context.database.read.connect() as connection:
        rows = list_definitions(connection, SEASONS, limit=limit + 1, after=after)
    return page_of(rows, limit, cursor=SEASONS.place, item=lambda row: SeasonAnswer.of(row, now))


@router.get("/{season_id}", responses=versioned(is_read=True) | documented(Missing))
def read_season(season_id: SeasonId, caller: Signed, context: Ctx, response: Response, if_none_match: IfNoneMatch = None) -> SeasonAnswer:
    """One season."""
    now = context.clock.now()
    return _answer(response, _get(context, season_id), now, if_none_match)


@router.post(
    "",
    status_code=201,
    responses=created("season_id", "read_season", "change_progress_season", "remove_progress_season", field="id")
    | documented(ListFull, Invalid, SeasonsOverlap, UnknownTopic),
)
def add_progress_season(
    body: SeasonBody,
    editor: StaffEditing,
    context: Ctx,
    request: Request,
    response: Response,
    key: Annotated[RequestKey | None, keyed("add-season")],
) -> SeasonAnswer:
    """Add a season, which begins now or later: for staff."""
    now = context.clock.now()
    saved = add_season(context.database, editor, body.new(), now=now, request=key)
    tell_saved(request, response, saved, f"/progress/seasons/{saved.id}")
    return _answer(response, _get(context, saved.id), now)


@router.patch(
    "/{season_id}",
    responses=versioned() | documented(Missing, ListFull, Invalid, SeasonClosed, SeasonsOverlap, UnknownTopic, *CONDITIONAL),
)
def change_progress_season(
    season_id: SeasonId, body: SeasonChange, editor: StaffEditing, expected: IfMatch, context: Ctx, response: Response
) -> SeasonAnswer:
    """Change a season: for staff. All of it before it begins; then not what has passed; nothing once it is archived."""
    now = context.clock.now()
    return _answer(response, change_season(context.database, editor, season_id, body.wanted(), expected=expected, now=now), now)


@router.delete("/{season_id}", status_code=204, responses=documented(Missing, SeasonClosed, *CONDITIONAL))
def remove_progress_season(season_id: SeasonId, editor: StaffEditing, expected: IfMatch, context: Ctx) -> None:
    """Remove a season that hasn't begun: for staff."""
    remove_season(context.database, editor, season_id, expected=expected, now=context.clock.now())


def _get(context: Context, season_id: UUID) -> SeasonRow:
    with context.database.read.connect() as connection:
        return get_definition(connection, SEASONS, season_id)


def _answer(response: Response, row: SeasonRow, now: datetime, if_none_match: str | None = None) -> SeasonAnswer:
    tell_version(response, etag_of(row.version, list(SeasonStatus).index(season_status(row, now))), if_none_match)
    return SeasonAnswer.of(row, now)
