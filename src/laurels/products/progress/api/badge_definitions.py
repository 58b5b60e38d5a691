"""/progress/badge-definitions, and the changes of /progress/badges: badges as staff set them. A member's own are in `badges`."""

from typing import Annotated

from fastapi import APIRouter, Request, Response

from laurels.core.errors import Invalid, Missing
from laurels.identity.editors import StaffEditing, tell_saved
from laurels.ledger.writer import RequestKey
from laurels.products.progress.actions.badges import add_badge, change_badge
from laurels.products.progress.api.definition_paths import BadgeSlug
from laurels.products.progress.errors import ListFull, NameTaken, UnknownTopic
from laurels.products.progress.queries.definitions import BADGES, get_definition, list_definitions
from laurels.products.progress.schemas.badge_definitions import (
    BadgeDefinitionAnswer,
    BadgeDefinitionBody,
    BadgeDefinitionChange,
    BadgeDefinitionList,
)
from laurels.products.progress.tables import BadgeRow
from laurels.web.caller import StaffOnly
from laurels.web.context import Context, Ctx
from laurels.web.documented import created, documented
from laurels.web.etags import CONDITIONAL, IfMatch, IfNoneMatch, etag_of, tell_version, versioned
from laurels.web.idempotency import keyed

router = APIRouter(prefix="/progress")


@router.get("/badge-definitions")
def list_badge_definitions(caller: StaffOnly, context: Ctx) -> BadgeDefinitionList:
    """The badges as they are set, those put aside too: for staff."""
    with context.database.read.connect() as connection:
        return BadgeDefinitionList.of(list_definitions(connection, BADGES))


@router.get("/badge-definitions/{badge_slug}", responses=versioned(is_read=True) | documented(Missing))
def read_badge_definition(
    caller: StaffOnly, badge_slug: BadgeSlug, context: Ctx, response: Response, if_none_match: IfNoneMatch = None
) -> BadgeDefinitionAnswer:
    """One badge as it is set: for staff."""
    return _answer(response, _get(context, badge_slug), if_none_match)


@router.post(
    "/badges",
    status_code=201,
    responses=created("badge_slug", "read_badge_definition", "change_progress_badge", field="slug")
    | documented(NameTaken, ListFull, Invalid, UnknownTopic),
)
def add_progress_badge(
    body: BadgeDefinitionBody,
    editor: StaffEditing,
    context: Ctx,
    request: Request,
    response: Response,
    key: Annotated[RequestKey | None, keyed("add-badge")],
) -> BadgeDefinitionAnswer:
    """Add a badge: for staff. Members who merit it get it with their next activity."""
    saved = add_badge(context.database, editor, body.new(), now=context.clock.now(), request=key)
    tell_saved(request, response, saved, f"/progress/badge-definitions/{body.slug}")
    return _answer(response, _get(context, body.slug))


@router.patch("/badges/{badge_slug}", responses=versioned() | documented(Missing, ListFull, *CONDITIONAL))
def change_progress_badge(
    editor: StaffEditing, badge_slug: BadgeSlug, body: BadgeDefinitionChange, expected: IfMatch, context: Ctx, response: Response
) -> BadgeDefinitionAnswer:
    """Change a badge, put it aside or take it back: for staff. Who has it keeps it."""
    now = context.clock.now()
    return _answer(response, change_badge(context.database, editor, badge_slug, body.wanted(), expected=expected, now=now))


def _get(context: Context, slug: str) -> BadgeRow:
    with context.database.read.connect() as connection:
        return get_definition(connection, BADGES, slug)


def _answer(response: Response, row: BadgeRow, if_none_match: str | None = None) -> BadgeDefinitionAnswer:
    tell_version(response, etag_of(row.version), if_none_match)
    return BadgeDefinitionAnswer.of(row)
