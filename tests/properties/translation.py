"""The model's operations as proposals of the toy product, and the ledger's outcomes in the model's words."""

from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from laurels.core.errors import DomainError
from laurels.ledger import Account, BusinessKey, Nature
from laurels.ledger.account import meter, system
from laurels.ledger.batch import Outcome, Posted, Proposal
from laurels.ledger.writer import RequestKey
from ledger.parcels import DAY, Earn, Expire, SetAside, Settle, Spend
from ledger.toy import NOON, Give, Grant, TakeBack, fail, member, refuse
from properties.model import Operation

BOOKS = ("recognition", "pot", "program/7")
ASSETS = ("credit", "coin")
WINDOWS = ("2026-10", "2026-11", "2026-12")
MEMBERS = range(4)

amounts = st.integers(1, 4) | st.integers(1, 40)
fingerprints = st.sampled_from(["this body", "that body"])
requests = st.none() | st.tuples(st.sampled_from(["a", "b", "c"]), fingerprints)
businesses = st.none() | st.tuples(st.sampled_from(["p", "q"]), st.sampled_from(["", "these details", "those details"]))
common = {"book": st.sampled_from(BOOKS), "asset": st.sampled_from(ASSETS), "request": requests}

grants = st.fixed_dictionaries(
    {**common, "kind": st.just("grant"), "to": st.sampled_from(MEMBERS), "amount": amounts, "business": businesses}
)
gives = st.fixed_dictionaries(
    {
        **common,
        "kind": st.just("give"),
        "pair": st.sampled_from([(giver, receiver) for giver in MEMBERS for receiver in MEMBERS if giver != receiver]),
        "amount": amounts,
        "limit": st.sampled_from([4, 30, 10_000]),
        "window": st.sampled_from(WINDOWS),
        "filled": st.sampled_from([0, 3, 50]),
        "carry": st.sampled_from([0, 10, 10_000]),
        "business": businesses,
    }
)
refusals = st.fixed_dictionaries({**common, "kind": st.just("refuse")})
days = st.integers(0, 6)
forever = 10**4
earns = st.fixed_dictionaries(
    {
        **common,
        "kind": st.just("earn"),
        "to": st.sampled_from(MEMBERS[:2]),
        "amount": amounts,
        "earned": st.integers(-2, 0),
        "usable": st.integers(-1, 3) | st.just(0),
        "expires": st.integers(0, 5) | st.just(forever),
        "pieces": st.integers(0, 3),
        "day": days,
    }
)
spends = st.fixed_dictionaries(
    {
        **common,
        "kind": st.just("spend"),
        "by": st.sampled_from(MEMBERS[:2]),
        "amount": st.integers(1, 20),
        "takes_pending": st.booleans(),
        "from_lot": st.none() | st.none() | st.tuples(st.integers(1, 9), st.just(0)),
        "day": days,
    }
)
expiries = st.fixed_dictionaries({**common, "kind": st.just("expire"), "of": st.sampled_from(MEMBERS[:2]), "day": days})
holds = st.fixed_dictionaries(
    {
        **common,
        "kind": st.just("set_aside"),
        "of": st.sampled_from(MEMBERS[:2]),
        "amount": st.integers(0, 12),
        "pieces": st.integers(0, 2),
        "places": st.integers(0, 1),
        "limit": st.sampled_from([1, 3]),
        "day": days,
    }
)
settlements = st.fixed_dictionaries(
    {
        **common,
        "kind": st.just("settle"),
        "back": st.integers(1, 4),
        "used": st.none() | st.integers(0, 4),
        "grace": st.none() | st.integers(1, 2),
        "day": days,
    }
)
"""Of a hold placed so many operations before it."""

failures = st.fixed_dictionaries({**common, "kind": st.just("fail")})


def number_gives(operations: list[Operation], first: int) -> list[Operation]:
    """Operations with each gift's note and each hold numbered, giver and receiver apart."""
    numbered = []
    for place, operation in enumerate(operations):
        values = dict(operation)
        if "pair" in values:
            values["giver"], values["receiver"] = values.pop("pair")
            values["note"] = first + place
        if values["kind"] == "set_aside":
            values["hold"] = first + place
        if "back" in values:
            values["hold"] = max(0, first + place - values.pop("back"))
        numbered.append(values)
    return numbered


def take_back(given: Operation, entry: int) -> Operation:
    """The operation that takes a gift back."""
    kept = ("book", "asset", "giver", "receiver", "amount", "window", "note")
    return {**{name: given[name] for name in kept}, "kind": "take_back", "entry": entry, "request": None}


def proposal(operation: Operation) -> Proposal[Any]:
    """The proposal that an operation is."""
    asked = operation["request"]
    request = None if asked is None else RequestKey("member/1:anything", *asked)
    return Proposal(_decision(operation), NOON + operation.get("day", 0) * DAY, "member/1", request)


PARCELS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "earn": (Earn, ("to", "amount", "earned", "usable", "expires", "pieces")),
    "spend": (Spend, ("by", "amount", "takes_pending", "from_lot")),
    "expire": (Expire, ("of",)),
    "set_aside": (SetAside, ("hold", "of", "amount", "pieces", "places", "limit")),
    "settle": (Settle, ("hold", "used", "grace")),
}
"""The decisions on lots and holds, and what they take of an operation."""


def _decision(operation: Operation) -> Any:
    business = operation.get("business")
    key = None if business is None else BusinessKey(*business)
    kind, book, asset = operation["kind"], operation["book"], operation["asset"]
    if kind == "grant":
        return Grant(operation["to"], operation["amount"], book, asset, key)
    if kind == "give":
        names = ("giver", "receiver", "amount", "limit", "window", "filled", "carry")
        return Give(UUID(int=operation["note"]), book=book, asset=asset, key=key, **{name: operation[name] for name in names})
    if kind == "take_back":
        names = ("entry", "giver", "receiver", "amount", "window")
        return TakeBack(note=UUID(int=operation["note"]), book=book, asset=asset, **{name: operation[name] for name in names})
    if kind in PARCELS:
        made, names = PARCELS[kind]
        values = {name: operation[name] for name in names}
        if values.get("expires") == forever:
            values["expires"] = None
        return made(book=book, **values)
    toy = refuse() if kind == "refuse" else fail(KeyError("a mistake"))
    return type(toy)(toy.decides, book=book)


def outcome_in_words(outcome: Outcome) -> tuple[Any, ...]:
    """What became of a proposal, as the model says it."""
    if isinstance(outcome, Posted):
        return ("posted", outcome.entry, outcome.answer.left, outcome.is_replay)
    if isinstance(outcome, DomainError):
        return ("refused", outcome.code)
    return ("failed",)


def account_of(named: tuple[Any, ...]) -> Account:
    """The ledger's account for the model's."""
    book, asset, purpose, whose, window = named
    if whose == "all":
        return Account(book, asset, "system", purpose)
    if whose is None:
        return system(book, asset, purpose)
    if asset == "meter":
        return meter(book, f"member/{member(whose)}", purpose, window)
    nature = Nature.LOTS if purpose == "points" else Nature.PURSE
    return Account(book, asset, f"member/{member(whose)}", purpose, nature=nature)
