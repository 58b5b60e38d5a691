"""Paid messages in requests and answers."""

from typing import Literal, TypeAlias
from uuid import UUID

from pydantic import Field

from laurels.products.pot.actions.sending import status_of
from laurels.products.pot.decisions import Quote
from laurels.products.pot.schemas.fields import (
    EXAMPLE_COMMITMENT,
    EXAMPLE_ID,
    EXAMPLE_PARAMS_HASH,
    EXAMPLE_TIME,
    ClientSeed,
    MessageText,
    share_of,
)
from laurels.products.pot.tables import PotMessage
from laurels.web.schemas import Amount, Answer, Body, UtcInstant, example

ReplyStatus: TypeAlias = Literal["answered", "pending", "failed", "refunded"]
WhyNot: TypeAlias = Literal["paused", "limit-reached", "insufficient-balance"]

_REPLY_STATUS = "`pending`: the bot is being asked; `failed`: it couldn't answer, ask again; `refunded`: the price was returned."


class MessageBody(Body):
    """A message to the bot, and the most that it may cost."""

    model_config = example({"message": "Hello! What is in the pot?", "max_price": 50, "client_seed": "my lucky words"})

    message: MessageText
    max_price: Amount | None = Field(None, description="The most that it may cost; else it is refused. Left out: whatever it costs.")
    client_seed: ClientSeed = Field("", description="What you add to your draw: with it nobody can have known how it ends.")


class QuoteAnswer(Answer):
    """What the caller's next message costs, and its chance, now."""

    model_config = example(
        {
            "price": 5,
            "message_number": 1,
            "price_number": 1,
            "pot": 0,
            "pot_after": 5,
            "odds": 0.1,
            "odds_ppm": 100_000,
            "round": 1,
            "round_message_number": 1,
            "commitment": EXAMPLE_COMMITMENT,
            "params_hash": EXAMPLE_PARAMS_HASH,
            "balance": 100,
            "can_send": True,
            "why_not": None,
        }
    )

    price: int = Field(description="Coins.")
    message_number: int = Field(description="It would be the caller's so-many-eth message ever.")
    price_number: int = Field(description="The n of its price: another one where prices begin anew with rounds or days.")
    pot: int = Field(description="What is in the pot.")
    pot_after: int = Field(description="What would be in it with the price: what it may win.")
    odds: float = Field(description="Its chance to win, as a part of one.")
    odds_ppm: int = Field(description="The same in millionths: what it is drawn by.")
    round: int
    round_message_number: int = Field(description="Its place in the round, were it the next; others may come first.")
    commitment: str = Field(description="What the round's draws are bound by, in hex.")
    params_hash: str = Field(description="SHA-256 of the round's rules, in hex.")
    balance: int
    can_send: bool
    why_not: WhyNot | None = Field(description="What it would be refused for.")

    @staticmethod
    def of(quote: Quote) -> "QuoteAnswer":
        """The answer for a quote."""
        reason = _why_not(quote)
        return QuoteAnswer(
            price=quote.price,
            message_number=quote.messages + 1,
            price_number=quote.price_number,
            pot=quote.in_pot,
            pot_after=quote.in_pot + quote.price,
            odds=share_of(quote.ppm),
            odds_ppm=quote.ppm,
            round=quote.round,
            round_message_number=quote.number,
            commitment=quote.commitment,
            params_hash=quote.params_hash,
            balance=quote.balance,
            can_send=reason is None,
            why_not=reason,
        )


class SentAnswer(Answer):
    """A message that was paid for: what it cost, what it drew, and the bot's reply."""

    model_config = example(
        {
            "message_id": EXAMPLE_ID,
            "round": 1,
            "number": 1,
            "message_number": 1,
            "price": 5,
            "odds_ppm": 100_000,
            "is_winner": False,
            "prize": 0,
            "balance": 95,
            "pot": 5,
            "next_price": 10,
            "reply": "Hello! You paid 5 coins; there are 5 in the pot.",
            "reply_status": "answered",
            "created_at": EXAMPLE_TIME,
        }
    )

    message_id: UUID
    round: int = Field(description="The round that it was drawn in; over, where it won.")
    number: int = Field(description="Its place in the round: the n of the draw.")
    message_number: int = Field(description="It is the caller's so-many-eth message ever.")
    price: int
    odds_ppm: int = Field(description="Its chance, in millionths.")
    is_winner: bool
    prize: int = Field(description="What it won: all that was in the pot, its own price included. 0: nothing.")
    balance: int = Field(description="What the caller has then.")
    pot: int = Field(description="What is in the pot then.")
    next_price: int = Field(description="What the caller's next message costs.")
    reply: str | None = Field(description="The bot's; null while there is none.")
    reply_status: ReplyStatus = Field(description=_REPLY_STATUS)
    created_at: UtcInstant


class MessageAnswer(Answer):
    """A paid message with its reply: for its writer."""

    model_config = example(
        {
            "message_id": EXAMPLE_ID,
            "message": "Hello! What is in the pot?",
            "round": 1,
            "number": 1,
            "price_number": 1,
            "price": 5,
            "odds_ppm": 100_000,
            "client_seed": "my lucky words",
            "pot_after": 5,
            "is_winner": False,
            "prize": 0,
            "balance_after": 95,
            "reply": "Hello! You paid 5 coins; there are 5 in the pot.",
            "reply_status": "answered",
            "created_at": EXAMPLE_TIME,
        }
    )

    message_id: UUID
    message: str | None = Field(description="Null where it was erased.")
    round: int
    number: int = Field(description="Its place in the round: the n of the draw.")
    price_number: int = Field(description="The n of its price.")
    price: int
    odds_ppm: int = Field(description="Its chance, in millionths.")
    client_seed: str = Field(description="What its writer added to the draw.")
    pot_after: int = Field(description="What was in the pot with its price in it, before any prize left.")
    is_winner: bool
    prize: int
    balance_after: int = Field(description="What its writer had then.")
    reply: str | None
    reply_status: ReplyStatus = Field(description=_REPLY_STATUS)
    created_at: UtcInstant

    @staticmethod
    def of(row: PotMessage) -> "MessageAnswer":
        """The answer for a message."""
        return MessageAnswer.model_validate(
            {
                "message_id": row.id,
                "message": row.words,
                "round": row.round,
                "number": row.number,
                "price_number": row.price_number,
                "price": row.price,
                "odds_ppm": row.ppm,
                "client_seed": row.client_seed,
                "pot_after": row.pot_after,
                "is_winner": row.prize > 0,
                "prize": row.prize,
                "balance_after": row.balance_after,
                "reply": row.reply,
                "reply_status": status_of(row),
                "created_at": row.created_at,
            }
        )


def _why_not(quote: Quote) -> WhyNot | None:
    """The first thing that sending would be refused for."""
    if quote.paused_until is not None:
        return "paused"
    if quote.room is not None and quote.room < quote.price:
        return "limit-reached"
    return "insufficient-balance" if quote.balance < quote.price else None
