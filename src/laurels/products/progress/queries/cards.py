"""Public cards: which there are, and what one shows."""

import re
from uuid import UUID

from sqlalchemy import Connection, select

from laurels.core.errors import Missing
from laurels.identity.queries import find_member
from laurels.identity.tables import Member
from laurels.products.progress.tables import ShareCard, share_card

CARDS_LISTED = 20
"""Most cards of a list: more than may be public at once."""

TOKEN = re.compile("[A-Za-z0-9_-]{16,40}")
"""What tokens look like: no other is looked for."""


def list_cards(connection: Connection, member_id: UUID, *, limit: int = CARDS_LISTED) -> list[ShareCard]:
    """A member's public cards, the newest first."""
    theirs = select(share_card).where(share_card.c.member == member_id, share_card.c.revoked_at.is_(None))
    return [ShareCard(*row) for row in connection.execute(theirs.order_by(share_card.c.created_at.desc(), share_card.c.token).limit(limit))]


def get_shared_member(connection: Connection, token: str) -> Member:
    """Whose card has this token: for everybody who knows it.

    Raises:
        Missing: there is no such card, it was taken back, or its member isn't active any more: nobody can tell which.
    """
    live = select(share_card.c.member).where(share_card.c.token == token, share_card.c.revoked_at.is_(None))
    owner = connection.execute(live).scalar_one_or_none() if TOKEN.fullmatch(token) else None
    found = find_member(connection, owner) if owner else None
    if found is None or found.status != "active":
        raise Missing(what="card")
    return found
