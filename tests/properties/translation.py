"""The model's operations as proposals of the toy product, and the ledger's outcomes in the model's words."""

from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from laurels.core.errors import DomainError
from laurels.ledger import Account, BusinessKey
from laurels.ledger.account import meter, system
from laurels.ledger.batch import Outcome, Posted, Proposal
from laurels.ledger.writer import RequestKey
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
failures = st.fixed_dictionaries({**common, "kind": st.just("fail")})


def number_gives(operations: list[Operation], first: int) -> list[Operation]:
    """Operations with each gift's note numbered, giver and receiver apart."""
    numbered = []
    for place, operation in enumerate(operations):
        values = dict(operation)
        if "pair" in values:
            values["giver"], values["receiver"] = values.pop("pair")
            values["note"] = first + place
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
    return Proposal(_decision(operation), NOON, "member/1", request)


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
    if whose is None:
        return system(book, asset, purpose)
    if asset == "meter":
        return meter(book, f"member/{member(whose)}", purpose, window)
    return Account(book, asset, f"member/{member(whose)}", purpose)
