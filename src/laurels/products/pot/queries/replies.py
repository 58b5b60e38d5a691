"""Replies that are still to come: which are due, and all that the bot is told to write one."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, literal, select

from laurels.identity.tables import member
from laurels.products.pot.decisions import Paid, Quote
from laurels.products.pot.queries.messages import get_message, list_history
from laurels.products.pot.queries.mine import read_quote
from laurels.products.pot.queries.pots import get_pot
from laurels.products.pot.rules import Params, PotRules, read_params, read_rules
from laurels.products.pot.tables import PotMessage, pot_message

PAST = 10
"""Earlier messages of its writer's that the bot is shown, with its replies."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A paid message that waits for its reply, and what there is to know of it.

    Attributes:
        past: its writer's answered messages before it, oldest first.
        quote: how its writer stands now.
        rules: those in force.
        params: what the round that goes on is drawn by.
        locale: its writer's.
    """

    message: PotMessage
    past: tuple[PotMessage, ...]
    quote: Quote
    rules: PotRules
    params: Params
    locale: str

    @property
    def done(self) -> Paid:
        """What the built-in bot would have been told, as things stand now."""
        message, quote = self.message, self.quote
        return Paid(
            message=message.id,
            round=message.round,
            number=message.number,
            price_number=message.price_number,
            price=message.price,
            ppm=message.ppm,
            prize=message.prize,
            balance=quote.balance,
            pot=quote.in_pot,
            current=quote.round,
            next_price=quote.price,
            messages=quote.messages,
        )


def due_replies(connection: Connection, at: datetime, *, limit: int) -> list[UUID]:
    """Messages whose reply is to be asked for at an instant: those that waited longest first."""
    columns = pot_message.c
    is_pending = columns.reply_status == literal("pending", literal_execute=True)  # written out, for the partial index to be used
    wanted = select(columns.id).where(is_pending, columns.next_try_at <= at)
    return list(connection.scalars(wanted.order_by(columns.next_try_at, columns.id).limit(limit)))


def read_waiting(connection: Connection, message_id: UUID, *, at: datetime, zone: ZoneInfo) -> Waiting:
    """A message with what its reply is made from.

    Raises:
        Missing: there is none.
    """
    message = get_message(connection, message_id)
    pot = get_pot(connection, message.pot)
    before, _ = list_history(connection, message.member, limit=PAST, before=(message.created_at, message.id))
    return Waiting(
        message=message,
        past=tuple(one for one in reversed(before) if one.reply is not None),
        quote=read_quote(connection, message.member, at=at, zone=zone),
        rules=read_rules(pot.rules),
        params=read_params(pot.params),
        locale=connection.execute(select(member.c.locale).where(member.c.id == message.member)).scalar_one(),
    )
