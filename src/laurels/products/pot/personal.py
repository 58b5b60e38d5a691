"""What the pot keeps about a member: for their export, and erased when they go."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, or_, select, update

from laurels.ledger.writer import hold_book
from laurels.products.pot.accounts import BOOK
from laurels.products.pot.tables import coin_change, pot_message, pot_sender

MAX_EXPORTED = 10_000
"""Most rows of a kind in one export, newest first."""


def export_pot(connection: Connection, member_id: UUID) -> dict[str, Any]:
    """A member's messages with their draws and replies, what they set themselves, and coins that staff gave or took."""
    message, change, sender = pot_message.c, coin_change.c, pot_sender.c
    sent = select(
        message.id,
        message.round,
        message.number,
        message.price,
        message.prize,
        message.client_seed,
        message.words,
        message.reply,
        message.is_refunded,
        message.created_at,
    )
    sent = sent.where(message.member == member_id).order_by(message.created_at.desc(), message.id.desc())
    changed = select(change.id, change.amount, change.reason, change.created_at)
    changed = changed.where(change.member == member_id).order_by(change.created_at.desc(), change.id.desc())
    held_back = select(sender.messages, sender.own_limit, sender.later_limit, sender.later_from, sender.paused_until)
    return {
        name: [dict(found) for found in connection.execute(wanted.limit(MAX_EXPORTED)).mappings()]
        for name, wanted in (
            ("messages", sent),
            ("coins_changed", changed),
            ("restraint", held_back.where(sender.member == member_id)),
        )
    }


def erase_pot(connection: Connection, member_id: UUID) -> None:
    """Blank what a member wrote and was answered, and reasons about them or by them.

    Draws stay, with what their writer added to them, or past rounds could no
    longer be verified; they name nobody but an opaque id. The book is held
    meanwhile: a message that is being decided would else bring its words
    after they were blanked.
    """
    hold_book(connection, BOOK)
    written = or_(pot_message.c.words.is_not(None), pot_message.c.reply.is_not(None))
    erased = update(pot_message).where(pot_message.c.member == member_id, written)
    connection.execute(erased.values(words=None, reply=None))
    left = update(pot_message).where(pot_message.c.member == member_id, pot_message.c.reply_status == "pending")
    connection.execute(left.values(reply_status="failed", next_try_at=None))
    about = or_(coin_change.c.member == member_id, coin_change.c.made_by == member_id)
    connection.execute(update(coin_change).where(about, coin_change.c.reason.is_not(None)).values(reason=None))
