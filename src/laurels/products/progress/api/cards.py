"""/progress/cards: public cards, by who made them. Their pages are for everybody: `profile_pages`."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from laurels.core.errors import Missing
from laurels.products.progress.actions.sharing import make_card, revoke_card
from laurels.products.progress.errors import TooManyCards
from laurels.products.progress.queries.cards import list_cards
from laurels.products.progress.schemas.profiles import CardAnswer, CardsAnswer
from laurels.web.caller import Signed
from laurels.web.context import Ctx, site_address
from laurels.web.documented import documented
from laurels.web.limits import limited

router = APIRouter(prefix="/progress/cards")

CARDS_PER_MINUTE = 10
"""Cards that a member may make or take back in a minute."""

Token = Annotated[str, Path(max_length=40, pattern="^[A-Za-z0-9_-]+$", examples=["p3Zr0mY6QmC1vJ8xkT2bWg"])]


@router.post("", status_code=201, dependencies=[limited("share", per_minute=CARDS_PER_MINUTE)], responses=documented(TooManyCards))
def share_progress(caller: Signed, context: Ctx, request: Request, response: Response) -> CardAnswer:
    """Make a public card of my progress: my name, tier, level, points, streak and badges, as they are when it is looked at.

    Whoever has its address sees it, until I take it back. At most 5 at once.
    """
    card = make_card(context.database, caller.member_id, now=context.clock.now())
    answer = CardAnswer.of(card, site_address(context, request))
    response.headers["Location"] = answer.url
    return answer


@router.get("")
def list_my_cards(caller: Signed, context: Ctx, request: Request) -> CardsAnswer:
    """My public cards, the newest first; those taken back aren't among them."""
    with context.database.read.connect() as connection:
        cards = list_cards(connection, caller.member_id)
    return CardsAnswer(items=[CardAnswer.of(card, site_address(context, request)) for card in cards])


@router.delete(
    "/{token}", status_code=204, dependencies=[limited("revoke-card", per_minute=CARDS_PER_MINUTE)], responses=documented(Missing)
)
def take_card_back(token: Token, caller: Signed, context: Ctx) -> None:
    """Take a card back: its address leads nowhere from now on, for ever."""
    revoke_card(context.database, caller.member_id, token, now=context.clock.now())
