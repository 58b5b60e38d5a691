"""What a member shows of themselves: their name on boards, and public cards."""

from datetime import datetime
import secrets
from uuid import UUID

from sqlalchemy import func, insert, select, update

from laurels.core.database import Database
from laurels.core.errors import Missing
from laurels.identity.actions import lock_active_member
from laurels.ledger.writer import Posted, Proposal, RequestKey
from laurels.products.progress.decisions.profiles import Appearing, ChangeAppearance
from laurels.products.progress.errors import TooManyCards
from laurels.products.progress.tables import ShareCard, share_card
from laurels.web.caller import Caller
from laurels.web.context import Context

MAX_LIVE_CARDS = 5
"""Most cards of a member that are public at once."""

TOKEN_BYTES = 16
"""Random bytes of a card's address: 128 bits, so that nobody finds one by trying."""


async def change_appearance(
    context: Context, caller: Caller, *, is_anonymous: bool, request: RequestKey | None = None
) -> Posted[Appearing]:
    """Hide one's own name on boards, or show it.

    Raises:
        DomainError: what `ChangeAppearance` refuses.
    """
    decision = ChangeAppearance(caller.member_id, is_anonymous)
    return await context.writer.post(Proposal(decision, context.clock.now(), caller.actor, request))


def make_card(database: Database, member_id: UUID, *, now: datetime) -> ShareCard:
    """Make a public card; whoever has its address sees it until it is revoked.

    Raises:
        NotSignedIn: the member isn't active any more.
        TooManyCards: too many of theirs are public already.
    """
    with database.write.begin() as connection:
        lock_active_member(connection, member_id)  # two that come at once are counted one after the other
        theirs = share_card.c.member == member_id
        live = connection.execute(
            select(func.count()).select_from(share_card).where(theirs, share_card.c.revoked_at.is_(None))
        ).scalar_one()
        if live >= MAX_LIVE_CARDS:
            raise TooManyCards(most=MAX_LIVE_CARDS)
        made = ShareCard(secrets.token_urlsafe(TOKEN_BYTES), member_id, now, None)
        connection.execute(insert(share_card).values(token=made.token, member=member_id, created_at=now, revoked_at=None))
    return made


def revoke_card(database: Database, member_id: UUID, token: str, *, now: datetime) -> None:
    """Take one's own card back: its address leads nowhere from now on, for ever.

    Raises:
        Missing: the member has no such card, or took it back before.
    """
    theirs = (share_card.c.token == token) & (share_card.c.member == member_id) & share_card.c.revoked_at.is_(None)
    with database.write.begin() as connection:
        if not connection.execute(update(share_card).where(theirs).values(revoked_at=now)).rowcount:
            raise Missing(what="card")
