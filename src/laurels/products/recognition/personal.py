"""What recognition keeps about a member: for their export, and erased when they go."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, or_, select, update

from laurels.ledger.writer import hold_book
from laurels.products.recognition.accounts import BOOK
from laurels.products.recognition.tables import endorsement, recognition, redemption

MAX_EXPORTED = 10_000
"""Most rows of a kind in one export, newest first."""


def export_recognition(connection: Connection, member_id: UUID) -> dict[str, Any]:
    """Recognitions that a member gave and received, endorsements and redemptions. Codes of vouchers stay with the vouchers."""
    given = recognition.c
    concerned = select(
        given.id, given.giver, given.receiver, given.credits, given.message, given.value, given.month, given.created_at, given.reversed_at
    )
    concerned = concerned.where(or_(given.giver == member_id, given.receiver == member_id))
    concerned = concerned.order_by(given.created_at.desc(), given.id.desc())
    endorsed = select(endorsement.c.recognition, endorsement.c.created_at).where(endorsement.c.member == member_id)
    endorsed = endorsed.order_by(endorsement.c.created_at.desc(), endorsement.c.recognition)
    row = redemption.c
    redeemed = select(row.id, row.credits, row.value_minor, row.currency, row.status, row.created_at, row.fulfilled_at)
    redeemed = redeemed.where(row.member == member_id).order_by(row.created_at.desc(), row.id.desc())
    return {
        name: [dict(found) for found in connection.execute(wanted.limit(MAX_EXPORTED)).mappings()]
        for name, wanted in (("recognitions", concerned), ("endorsements", endorsed), ("redemptions", redeemed))
    }


def erase_recognition(connection: Connection, member_id: UUID) -> None:
    """Blank what a member wrote: their messages, and their reasons as staff. Ids and numbers stay with the ledger.

    The book is held meanwhile: a gift that is being decided would else bring
    its words after they were blanked.
    """
    hold_book(connection, BOOK)
    connection.execute(update(recognition).where(recognition.c.giver == member_id, recognition.c.message != "").values(message=""))
    reasons = update(recognition).where(recognition.c.reversed_by == member_id, recognition.c.reversal_reason.is_not(None))
    connection.execute(reasons.values(reversal_reason=""))
