"""/pot/rounds: rounds that ended, their draws, and the proof that these were fair."""

from typing import Annotated, Any, TypeAlias

from fastapi import APIRouter, Path
from starlette.responses import StreamingResponse

from laurels.core.errors import Missing
from laurels.products.pot import queries
from laurels.products.pot.actions.opening import OpenHouse
from laurels.products.pot.errors import RoundGoesOn
from laurels.products.pot.queries.proofs import proof_of
from laurels.products.pot.schemas.fields import (
    EXAMPLE_COMMITMENT,
    EXAMPLE_ID,
    EXAMPLE_MEMBER,
    EXAMPLE_PARAMS,
    EXAMPLE_PARAMS_HASH,
    EXAMPLE_SEED,
)
from laurels.products.pot.schemas.pots import DrawAnswer, RoundAnswer
from laurels.web.caller import Signed
from laurels.web.context import Ctx
from laurels.web.documented import documented
from laurels.web.pagination import Cursor, CursorInvalid, Page, PageSize, read_cursor, write_cursor
from laurels.web.schemas import PLAINLY

router = APIRouter(prefix="/pot/rounds")

MAX_ROUND = 2**31 - 1
"""The largest number that a round can have."""

RoundNumber: TypeAlias = Annotated[int, Path(ge=1, le=MAX_ROUND, description="A round's number.", examples=[1]), PLAINLY]

_PROOF_EXAMPLE: dict[str, Any] = {
    "pot": "main",
    "round": 1,
    "label": "r1",
    "params": EXAMPLE_PARAMS,
    "params_hash": EXAMPLE_PARAMS_HASH,
    "commitment": EXAMPLE_COMMITMENT,
    "seed": EXAMPLE_SEED,
    "ended_by": "won",
    "winner": EXAMPLE_MEMBER,
    "amount": 5,
    "draws": [
        {
            "number": 1,
            "message": EXAMPLE_ID,
            "member": EXAMPLE_MEMBER,
            "client_seed": "my lucky words",
            "price_number": 1,
            "price": 5,
            "heat": 1_000_000,
            "pot_after": 5,
            "ppm": 100_000,
            "prize": 5,
        }
    ],
}
_PROOF: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {"application/json": {"schema": {"type": "object"}, "example": _PROOF_EXAMPLE}},
        "description": "A file with all draws of the round.",
        "headers": {"Content-Disposition": {"description": "A name for the file.", "schema": {"type": "string"}}},
    }
}


@router.get("", responses=documented(CursorInvalid))
def list_pot_rounds(caller: Signed, context: Ctx, limit: PageSize = 20, cursor: Cursor = None) -> Page[RoundAnswer]:
    """Rounds that ended, newest first, their seeds revealed."""
    before = read_cursor(cursor, int)
    with context.database.read.connect() as connection:
        rounds, has_more = queries.list_rounds(connection, limit=limit, before=before[0] if before else None)
    following = write_cursor(rounds[-1].row.number) if has_more else None
    return Page(items=[RoundAnswer.of(one) for one in rounds], next_cursor=following)


@router.get("/{round}", responses=documented(RoundGoesOn, Missing))
def read_pot_round(round: RoundNumber, caller: Signed, context: Ctx, house: OpenHouse) -> RoundAnswer:
    """One round that ended. What binds the one that goes on is in `GET /pot`."""
    with context.database.read.connect() as connection:
        return RoundAnswer.of(queries.get_round(connection, round))


@router.get("/{round}/draws", responses=documented(CursorInvalid, Missing))
def list_pot_draws(
    round: RoundNumber, caller: Signed, context: Ctx, house: OpenHouse, limit: PageSize = 50, cursor: Cursor = None
) -> Page[DrawAnswer]:
    """A round's draws in their order; of the round that goes on, too: without its seed they tell nothing of those to come."""
    after = read_cursor(cursor, int)
    with context.database.read.connect() as connection:
        pot = queries.find_pot(connection)
        if pot is None or round > pot.round:
            raise Missing(what="round")
        draws, has_more = queries.list_draws(connection, round, limit=limit, after=after[0] if after else 0)
    following = write_cursor(draws[-1].number) if has_more else None
    return Page(items=[DrawAnswer.of(draw) for draw in draws], next_cursor=following)


@router.get("/{round}/proof", response_class=StreamingResponse, responses=_PROOF | documented(RoundGoesOn, Missing))
def download_pot_proof(round: RoundNumber, caller: Signed, context: Ctx, house: OpenHouse) -> StreamingResponse:
    """All that anyone needs to verify a round that ended, in one file: its seed, what it was bound by, and every draw."""
    pieces = proof_of(context.database, round)
    disposition = f'attachment; filename="round-{round}.json"'
    return StreamingResponse(pieces, media_type="application/json", headers={"Content-Disposition": disposition})
