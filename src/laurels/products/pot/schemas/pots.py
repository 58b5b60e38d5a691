"""The pot and its rounds in answers."""

from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from laurels.products.pot.decisions import PotEmptied
from laurels.products.pot.queries import Draw, PotNow, ShownRound
from laurels.products.pot.rules import Params, label_of, read_params
from laurels.products.pot.schemas.fields import (
    EXAMPLE_COMMITMENT,
    EXAMPLE_ID,
    EXAMPLE_MEMBER,
    EXAMPLE_PARAMS,
    EXAMPLE_PARAMS_HASH,
    EXAMPLE_SEED,
    EXAMPLE_TERMS,
    EXAMPLE_TIME,
    Reason,
)
from laurels.web.schemas import Answer, Body, UtcInstant, example

_WINNER = {"member_id": EXAMPLE_MEMBER, "display_name": "Ana Díaz"}
_BOUND: dict[str, Any] = {
    "terms": EXAMPLE_TERMS,
    "params": EXAMPLE_PARAMS,
    "params_hash": EXAMPLE_PARAMS_HASH,
    "commitment": EXAMPLE_COMMITMENT,
}
_ROUND: dict[str, Any] = {
    "round": 1,
    "label": "r1",
    "ended_by": "won",
    "winner": _WINNER,
    "message_id": EXAMPLE_ID,
    "amount": 75,
    "reason": None,
    "messages": 5,
    "paid": 75,
    "contributed": 0,
    **_BOUND,
    "seed": EXAMPLE_SEED,
    "opened_at": "2026-11-20T09:00:00+00:00",
    "ended_at": EXAMPLE_TIME,
}

_TERMS = "What the round's messages cost, and how likely they win."
_PARAMS = "The same as the one text that `params_hash` is of: canonical JSON."
_PARAMS_HASH = "SHA-256 of `params`, in hex."
_COMMITMENT = "SHA-256 of `pot-v1|`, the round's label, `|`, params_hash, `|` and the seed's 32 bytes; in hex."


class WinnerAnswer(Answer):
    """Who won a round."""

    model_config = example(_WINNER)

    member_id: UUID
    display_name: str | None


class RoundAnswer(Answer):
    """A round that ended: all that its draws are verified by."""

    model_config = example(_ROUND)

    round: int = Field(description="Its number, from 1.")
    label: str = Field(description="How draws and the commitment call it.")
    ended_by: Literal["won", "reset"]
    winner: WinnerAnswer | None = Field(description="Null where it was reset.")
    message_id: UUID | None = Field(description="The message that won.")
    amount: int = Field(description="What was in the pot: the prize, or what was reset.")
    reason: str | None = Field(description="Why it was reset.")
    messages: int = Field(description="How many were paid in it.")
    paid: int = Field(description="Coins of them.")
    contributed: int = Field(description="Coins put in without a message.")
    terms: Params = Field(description=_TERMS)
    params: str = Field(description=_PARAMS)
    params_hash: str = Field(description=_PARAMS_HASH)
    commitment: str = Field(description=_COMMITMENT)
    seed: str = Field(description="Revealed, in hex: 32 bytes.")
    opened_at: UtcInstant
    ended_at: UtcInstant

    @staticmethod
    def of(shown: ShownRound) -> "RoundAnswer":
        """The answer for a round."""
        row = shown.row
        winner = None if row.winner is None else WinnerAnswer(member_id=row.winner, display_name=shown.winner_name)
        return RoundAnswer.model_validate(
            {
                "round": row.number,
                "label": label_of(row.number),
                "ended_by": row.ended_by,
                "winner": winner,
                "message_id": row.message,
                "amount": row.amount,
                "reason": row.reason,
                "messages": row.messages,
                "paid": row.paid,
                "contributed": row.contributed,
                "terms": read_params(row.params),
                "params": row.params,
                "params_hash": row.params_hash,
                "commitment": row.commitment,
                "seed": row.seed,
                "opened_at": row.opened_at,
                "ended_at": row.ended_at,
            }
        )


class PotAnswer(Answer):
    """The pot, and the round that goes on."""

    model_config = example(
        {
            "pot": 30,
            "round": 2,
            "label": "r2",
            "messages": 3,
            "paid": 30,
            "contributed": 0,
            **_BOUND,
            "opened_at": EXAMPLE_TIME,
            "last_round": _ROUND,
        }
    )

    pot: int = Field(description="What is in it, in coins: whoever wins takes it all.")
    round: int
    label: str = Field(description="How draws and the commitment call the round.")
    messages: int = Field(description="How many were paid in the round.")
    paid: int = Field(description="Coins of them.")
    contributed: int = Field(description="Coins put in without a message.")
    terms: Params = Field(description=_TERMS)
    params: str = Field(description=_PARAMS)
    params_hash: str = Field(description=_PARAMS_HASH)
    commitment: str = Field(description=_COMMITMENT)
    opened_at: UtcInstant
    last_round: RoundAnswer | None = Field(description="The one before, its seed revealed.")

    @staticmethod
    def of(now: PotNow, last: ShownRound | None) -> "PotAnswer":
        """The answer for a pot, and the round before."""
        row = now.row
        return PotAnswer(
            pot=now.amount,
            round=row.round,
            label=label_of(row.round),
            messages=row.messages,
            paid=row.paid,
            contributed=row.contributed,
            terms=read_params(row.params),
            params=row.params,
            params_hash=row.params_hash,
            commitment=row.commitment,
            opened_at=row.opened_at,
            last_round=None if last is None else RoundAnswer.of(last),
        )


class DrawAnswer(Answer):
    """One draw of a round, with nothing of what was written."""

    model_config = example(
        {
            "number": 1,
            "message_id": EXAMPLE_ID,
            "member_id": EXAMPLE_MEMBER,
            "client_seed": "my lucky words",
            "price_number": 1,
            "price": 5,
            "heat": 1_000_000,
            "pot_after": 5,
            "odds_ppm": 100_000,
            "prize": 0,
        }
    )

    number: int = Field(description="Its place in the round, from 1.")
    message_id: UUID
    member_id: UUID
    client_seed: str
    price_number: int = Field(description="The n of its price.")
    price: int
    heat: int = Field(description="What demand multiplied the price by, in millionths.")
    pot_after: int = Field(description="What was in the pot with its price in it.")
    odds_ppm: int = Field(description="Its chance, in millionths.")
    prize: int = Field(description="0 where it didn't win.")

    @staticmethod
    def of(draw: Draw) -> "DrawAnswer":
        """The answer for a draw."""
        return DrawAnswer(
            number=draw.number,
            message_id=draw.message,
            member_id=draw.member,
            client_seed=draw.client_seed,
            price_number=draw.price_number,
            price=draw.price,
            heat=draw.heat,
            pot_after=draw.pot_after,
            odds_ppm=draw.ppm,
            prize=draw.prize,
        )


class ResetBody(Body):
    """Why the pot is emptied: on record, for all to read."""

    model_config = example({"reason": "The term has ended."})

    reason: Reason


class ResetAnswer(Answer):
    """What a reset ended."""

    model_config = example({"round": 2, "amount": 30, "current_round": 3})

    round: int = Field(description="The round that it ended; its seed is revealed.")
    amount: int = Field(description="What was in the pot.")
    current_round: int = Field(description="The round that goes on now.")

    @staticmethod
    def of(done: PotEmptied) -> "ResetAnswer":
        """The answer for a reset."""
        return ResetAnswer(round=done.ended, amount=done.amount, current_round=done.round)
