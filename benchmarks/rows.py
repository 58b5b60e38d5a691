"""The rows of one gift, for the programs that write them without Laurels.

They are what the writer writes for a gift: an entry, four postings, a
recognition, a fact, a request key and five members' accounts. The sixth
account (the meter's other side, which every gift touches), the book's head and
the chain are left to the writer: one who writes transactions by hand would not
let every gift wait for one row.
"""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Generic, TypeVar
from uuid import UUID

import orjson

from benchmarks.community import MESSAGE, Gift
from laurels.core.windows import Month
from laurels.ledger.account import system
from laurels.products.recognition.accounts import BOOK, allowance, received, sent, standing

ENTRY = ("book", "sequence", "name", "actor", "reference", "occurred_at", "recorded_at", "answer", "checksum")
POSTING = ("book", "sequence", "position", "source", "target", "amount", "kind", "source_balance", "target_balance", "checksum")
RECOGNITION = ("id", "entry", "giver", "receiver", "credits", "message", "month", "endorsement_count", "created_at", "updated_at")
FACT = ("book", "sequence", "position", "name", "payload", "recorded_at")
COUNTED = system(BOOK, "meter", "counted")
REQUEST_KEY = ("hash", "fingerprint", "book", "sequence", "expires_at")

KEY_LIFE = timedelta(days=30)
Id = TypeVar("Id", UUID, str)
"""Account ids: as `UUID` for those who write SQL by hand, as digits for the ledger's own statements."""


@dataclass(frozen=True, slots=True)
class Touched(Generic[Id]):
    """The accounts that a gift changes, as ids; and the meters' other side."""

    allowance: Id
    sent: Id
    received: Id
    standing: Id
    monthly: Id
    counted: Id

    def changed(self) -> list[Id]:
        """Those whose balance is written."""
        return [self.allowance, self.sent, self.received, self.standing, self.monthly]


@cache
def touched_names(giver: UUID, receiver: UUID, month: Month) -> Touched[str]:
    """The accounts of one gift."""
    accounts = (allowance(giver), sent(giver, month), received(receiver), standing(receiver), standing(receiver, month), COUNTED)
    return Touched(*(account.id for account in accounts))


@cache
def touched(giver: UUID, receiver: UUID, month: Month) -> Touched[UUID]:
    """The accounts of one gift."""
    names = touched_names(giver, receiver, month)
    return Touched(*(UUID(getattr(names, field.name)) for field in fields(Touched)))


def entry(gift: Gift, book: int, number: int, now: datetime, left: int) -> tuple[object, ...]:
    answer = orjson.dumps({"recognition": gift.id, "allowance_left": left, "sendable_left": left}).decode()
    return (book, number, "give_credits", f"member/{gift.giver}", gift.id, now, now, answer, 0)


def postings(accounts: Touched[Id], book: int, number: int, balances: dict[Id, int]) -> list[tuple[object, ...]]:
    """The gift, what counts against the limit, and what the boards rank; with the balances after each."""
    return [
        (book, number, 0, accounts.counted, accounts.sent, 1, "sent", 0, balances[accounts.sent], 0),
        (book, number, 1, accounts.allowance, accounts.received, 1, "gift", balances[accounts.allowance], balances[accounts.received], 0),
        (book, number, 2, accounts.counted, accounts.standing, 1, "standing", 0, balances[accounts.standing], 0),
        (book, number, 3, accounts.counted, accounts.monthly, 1, "standing", 0, balances[accounts.monthly], 0),
    ]


def recognition(gift: Gift, number: int, month: Month, now: datetime) -> tuple[object, ...]:
    return (gift.id, number, gift.giver, gift.receiver, 1, MESSAGE, month, 0, now, now)


def fact(gift: Gift, book: int, number: int, now: datetime) -> tuple[object, ...]:
    payload = orjson.dumps({"recognition": gift.id, "giver": gift.giver, "receiver": gift.receiver, "credits": 1}).decode()
    return (book, number, 0, "recognition.given", payload, now)


def request_key(gift: Gift, book: int, number: int, now: datetime) -> tuple[object, ...]:
    return (key_hash(gift.giver, gift.id.hex), "f" * 64, book, number, now + KEY_LIFE)


def key_hash(giver: UUID, key: str) -> UUID:
    """What a request key is stored as."""
    return UUID(bytes=sha256(f"{giver}:give\x1f{key}".encode()).digest()[:16])
