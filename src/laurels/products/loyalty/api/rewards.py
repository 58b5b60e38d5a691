"""/programs/{id}/rewards: the catalogue."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from laurels.core.errors import Denied, Invalid, Missing
from laurels.identity.editors import Editing, tell_saved
from laurels.ledger import InsufficientBalance
from laurels.ledger.writer import RequestKey
from laurels.products.loyalty import queries
from laurels.products.loyalty.actions.rewards import add_reward, change_reward, change_stock
from laurels.products.loyalty.api.callers import Reading
from laurels.products.loyalty.api.ids import ProgramId, RewardId
from laurels.products.loyalty.errors import Archived, TooMany
from laurels.products.loyalty.queries import ShownReward
from laurels.products.loyalty.schemas.rewards import PiecesAnswer, PiecesBody, RewardAnswer, RewardBody, RewardChange
from laurels.web.context import Context, Ctx
from laurels.web.documented import created, documented
from laurels.web.etags import CONDITIONAL, IfMatch, IfNoneMatch, etag_of, tell_version, versioned
from laurels.web.idempotency import keyed, tell_replay
from laurels.web.pagination import Cursor, CursorInvalid, Page, PageSize, page_of, read_cursor

router = APIRouter(prefix="/{program_id}/rewards")


@router.post(
    "",
    status_code=201,
    responses=created("reward_id", "read_reward", "change_program_reward", "archive_reward", "change_reward_stock", field="id")
    | documented(Missing, Denied, Archived, Invalid, TooMany),
)
def add_program_reward(
    program_id: ProgramId,
    body: RewardBody,
    editor: Editing,
    context: Ctx,
    request: Request,
    response: Response,
    key: Annotated[RequestKey | None, keyed("add-reward")],
) -> RewardAnswer:
    """Put a reward into the catalogue, with its stock: for the program's admins."""
    saved = add_reward(context.database, editor, program_id, body.new(), now=context.clock.now(), request=key)
    tell_saved(request, response, saved, f"/programs/{program_id}/rewards/{saved.id}")
    return _answer(response, _get(context, program_id, saved.id))


@router.get("", responses=documented(Missing, CursorInvalid))
def list_rewards(
    program_id: ProgramId,
    caller: Reading,
    context: Ctx,
    on_sale: Annotated[bool, Query(description="Only those on sale now, sold out or not.")] = False,
    with_archived: Annotated[bool, Query(description="Archived ones, too.")] = False,
    limit: PageSize = 50,
    cursor: Cursor = None,
) -> Page[RewardAnswer]:
    """A program's rewards, the cheapest first."""
    after = read_cursor(cursor, int, UUID)
    with context.database.read.connect() as connection:
        queries.get_visible_program(connection, caller, program_id)
        rows = queries.list_rewards(
            connection,
            program_id,
            limit=limit + 1,
            after=(after[0], after[1]) if after else None,
            on_sale_at=context.clock.now() if on_sale else None,
            with_archived=with_archived,
        )
    return page_of(rows, limit, cursor=lambda shown: (shown.row.cost, shown.row.id), item=RewardAnswer.of)


@router.get("/{reward_id}", responses=versioned(is_read=True) | documented(Missing))
def read_reward(
    program_id: ProgramId, reward_id: RewardId, caller: Reading, context: Ctx, response: Response, if_none_match: IfNoneMatch = None
) -> RewardAnswer:
    """One reward, and what is left of it."""
    with context.database.read.connect() as connection:
        queries.get_visible_program(connection, caller, program_id)
        found = queries.get_reward(connection, program_id, reward_id)
    return _answer(response, found, if_none_match)


@router.patch("/{reward_id}", responses=versioned() | documented(Missing, Denied, Archived, Invalid, *CONDITIONAL))
def change_program_reward(
    program_id: ProgramId, reward_id: RewardId, body: RewardChange, editor: Editing, expected: IfMatch, context: Ctx, response: Response
) -> RewardAnswer:
    """Change a reward: for the program's admins. What was taken before keeps what it was taken for."""
    change_reward(context.database, editor, program_id, reward_id, body.wanted(), expected=expected, now=context.clock.now())
    return _answer(response, _get(context, program_id, reward_id))


@router.delete("/{reward_id}", status_code=204, responses=documented(Missing, Denied, Archived, *CONDITIONAL))
def archive_reward(program_id: ProgramId, reward_id: RewardId, editor: Editing, expected: IfMatch, context: Ctx) -> None:
    """Take a reward out of the catalogue: for the program's admins. It may come back by `is_archived`."""
    change_reward(context.database, editor, program_id, reward_id, {"is_archived": True}, expected=expected, now=context.clock.now())


@router.post("/{reward_id}/stock", responses=documented(Missing, Denied, Archived, Invalid, InsufficientBalance))
def change_reward_stock(
    program_id: ProgramId,
    reward_id: RewardId,
    body: PiecesBody,
    editor: Editing,
    context: Ctx,
    request: Request,
    key: Annotated[RequestKey | None, keyed("change-stock")],
) -> PiecesAnswer:
    """Add pieces to a reward's stock, or take unsold ones out: for the program's admins."""
    posted = change_stock(context.database, editor, program_id, reward_id, body.added, now=context.clock.now(), request=key)
    tell_replay(request, posted)
    return PiecesAnswer(stock_left=posted.answer.stock)


def _get(context: Context, program_id: UUID, reward_id: UUID) -> ShownReward:
    with context.database.read.connect() as connection:
        return queries.get_reward(connection, program_id, reward_id)


def _answer(response: Response, found: ShownReward, if_none_match: str | None = None) -> RewardAnswer:
    tell_version(response, etag_of(found.row.version, found.stock_left), if_none_match)
    return RewardAnswer.of(found)
