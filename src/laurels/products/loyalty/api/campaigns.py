"""/programs/{id}/campaigns."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from laurels.core.errors import Denied, Invalid, Missing
from laurels.identity.editors import Editing, tell_saved
from laurels.ledger import InsufficientBalance
from laurels.ledger.writer import RequestKey
from laurels.products.loyalty import queries
from laurels.products.loyalty.actions.campaigns import add_campaign, change_campaign, end_campaign, fund_campaign
from laurels.products.loyalty.api.callers import Reading
from laurels.products.loyalty.api.ids import CampaignId, ProgramId
from laurels.products.loyalty.errors import Archived, TooMany
from laurels.products.loyalty.queries import ShownCampaign
from laurels.products.loyalty.schemas.campaigns import BudgetAnswer, BudgetBody, CampaignAnswer, CampaignBody, CampaignChange
from laurels.web.context import Context, Ctx
from laurels.web.documented import created, documented
from laurels.web.etags import CONDITIONAL, IfMatch, IfNoneMatch, etag_of, tell_version, versioned
from laurels.web.idempotency import keyed, tell_replay
from laurels.web.pagination import Cursor, CursorInvalid, Page, PageSize, page_of, read_cursor

router = APIRouter(prefix="/{program_id}/campaigns")


@router.post(
    "",
    status_code=201,
    responses=created("campaign_id", "read_campaign", "change_program_campaign", "end_program_campaign", "change_budget", field="id")
    | documented(Missing, Denied, Archived, Invalid, TooMany),
)
def add_program_campaign(
    program_id: ProgramId,
    body: CampaignBody,
    editor: Editing,
    context: Ctx,
    request: Request,
    response: Response,
    key: Annotated[RequestKey | None, keyed("add-campaign")],
) -> CampaignAnswer:
    """Add a campaign, which begins now or later, with its budget: for the program's admins."""
    saved = add_campaign(context.database, editor, program_id, body.new(), now=context.clock.now(), request=key)
    tell_saved(request, response, saved, f"/programs/{program_id}/campaigns/{saved.id}")
    return _answer(response, _get(context, program_id, saved.id))


@router.get("", responses=documented(Missing, CursorInvalid))
def list_campaigns(
    program_id: ProgramId,
    caller: Reading,
    context: Ctx,
    live: Annotated[bool, Query(description="Only those that haven't ended.")] = False,
    limit: PageSize = 50,
    cursor: Cursor = None,
) -> Page[CampaignAnswer]:
    """A program's campaigns, the last to begin first."""
    before = read_cursor(cursor, datetime, UUID)
    with context.database.read.connect() as connection:
        queries.get_visible_program(connection, caller, program_id)
        rows = queries.list_campaigns(
            connection,
            program_id,
            limit=limit + 1,
            before=(before[0], before[1]) if before else None,
            live_at=context.clock.now() if live else None,
        )
    return page_of(rows, limit, cursor=lambda shown: (shown.row.starts_at, shown.row.id), item=CampaignAnswer.of)


@router.get("/{campaign_id}", responses=versioned(is_read=True) | documented(Missing))
def read_campaign(
    program_id: ProgramId, campaign_id: CampaignId, caller: Reading, context: Ctx, response: Response, if_none_match: IfNoneMatch = None
) -> CampaignAnswer:
    """One campaign, and what it may still give."""
    with context.database.read.connect() as connection:
        queries.get_visible_program(connection, caller, program_id)
        found = queries.get_campaign(connection, program_id, campaign_id)
    return _answer(response, found, if_none_match)


@router.patch("/{campaign_id}", responses=versioned() | documented(Missing, Denied, Archived, Invalid, *CONDITIONAL))
def change_program_campaign(
    program_id: ProgramId,
    campaign_id: CampaignId,
    body: CampaignChange,
    editor: Editing,
    expected: IfMatch,
    context: Ctx,
    response: Response,
) -> CampaignAnswer:
    """Change a campaign: for the program's admins. Once it has begun, only its name, its end and `has_budget`."""
    change_campaign(context.database, editor, program_id, campaign_id, body.wanted(), expected=expected, now=context.clock.now())
    return _answer(response, _get(context, program_id, campaign_id))


@router.delete("/{campaign_id}", status_code=204, responses=documented(Missing, Denied, Archived, *CONDITIONAL))
def end_program_campaign(program_id: ProgramId, campaign_id: CampaignId, editor: Editing, expected: IfMatch, context: Ctx) -> None:
    """End a campaign now, or remove one that hasn't begun, with its budget: for the program's admins."""
    end_campaign(context.database, editor, program_id, campaign_id, expected=expected, now=context.clock.now())


@router.post("/{campaign_id}/budget", responses=documented(Missing, Denied, Archived, Invalid, InsufficientBalance))
def change_budget(
    program_id: ProgramId,
    campaign_id: CampaignId,
    body: BudgetBody,
    editor: Editing,
    context: Ctx,
    request: Request,
    key: Annotated[RequestKey | None, keyed("change-budget")],
) -> BudgetAnswer:
    """Add points to a campaign's budget, or take back what it has left: for the program's admins."""
    posted = fund_campaign(context.database, editor, program_id, campaign_id, body.points, now=context.clock.now(), request=key)
    tell_replay(request, posted)
    return BudgetAnswer(budget_left=posted.answer.budget)


def _get(context: Context, program_id: UUID, campaign_id: UUID) -> ShownCampaign:
    with context.database.read.connect() as connection:
        return queries.get_campaign(connection, program_id, campaign_id)


def _answer(response: Response, found: ShownCampaign, if_none_match: str | None = None) -> CampaignAnswer:
    tell_version(response, etag_of(found.row.version, found.budget_left), if_none_match)
    return CampaignAnswer.of(found)
