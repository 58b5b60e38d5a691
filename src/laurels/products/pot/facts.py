"""What the pot announces: ids and numbers, for whoever listens."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True)
class MessagePaid:
    """A member paid for a message.

    Attributes:
        number: its place in the round.
        left: what is in the pot now: what the next round begins with where this one was won.
        current: the round that goes on now.
        messages: how many were paid in that.
    """

    name: ClassVar[str] = "pot.paid"
    pot: str
    message: UUID
    member: UUID
    round: int
    number: int
    price: int
    left: int
    current: int
    messages: int


@dataclass(frozen=True, slots=True)
class PotWon:
    """A message won the pot; its round is over."""

    name: ClassVar[str] = "pot.won"
    pot: str
    message: UUID
    member: UUID
    round: int
    prize: int


@dataclass(frozen=True, slots=True)
class PotReset:
    """An admin emptied the pot; its round is over."""

    name: ClassVar[str] = "pot.reset"
    pot: str
    round: int
    amount: int
    left: int
    current: int
    messages: int


@dataclass(frozen=True, slots=True)
class PotContributed:
    """A member put coins into the pot without a message."""

    name: ClassVar[str] = "pot.contributed"
    pot: str
    member: UUID
    amount: int
    left: int
    current: int
    messages: int


@dataclass(frozen=True, slots=True)
class CoinsChanged:
    """A member's coins changed otherwise: staff added or took some, or something done elsewhere earned them.

    Attributes:
        reason: `top_up`, `deduction`, `earned`.
    """

    name: ClassVar[str] = "coins.changed"
    member: UUID
    reason: str
    amount: int
    balance: int


@dataclass(frozen=True, slots=True)
class ReplyReady:
    """A message's reply came after it, or won't come."""

    name: ClassVar[str] = "pot.replied"
    message: UUID
    member: UUID
    status: str


@dataclass(frozen=True, slots=True)
class MessageRefunded:
    """A message's price was returned, because the bot couldn't answer it."""

    name: ClassVar[str] = "pot.refunded"
    pot: str
    message: UUID
    member: UUID
    amount: int
    left: int
    current: int
    messages: int
