"""What the ledger must do, said once more with plain dictionaries and none of the ledger's code.

Slow and obvious. An operation is a plain dictionary; `apply` decides it and
gives its outcome: `("posted", entry, left, is_replay)` or `("refused", code)`.
"""

from copy import deepcopy
from datetime import datetime
from typing import Any

Operation = dict[str, Any]
Outcome = tuple[Any, ...]


class Refused(Exception):
    """An operation is refused, with a code."""


class Model:
    """Books of entries, accounts as numbers, keys as dictionaries.

    An account is a tuple: (book, asset, what it is, whose, window).
    """

    def __init__(self) -> None:
        self.balances: dict[tuple[Any, ...], int] = {}
        self.windows: dict[tuple[Any, ...], str] = {}
        self.entries: dict[str, list[list[tuple[Any, ...]]]] = {}
        self.reversed: set[tuple[str, int]] = set()
        self.notes: dict[int, dict[str, Any]] = {}
        self.requests: dict[tuple[str, str], tuple[str, str, Outcome]] = {}
        self.businesses: dict[tuple[str, str], tuple[str, str, Outcome]] = {}
        self.recorded_at: dict[str, datetime] = {}
        self.history: dict[str, list[tuple[datetime, dict[tuple[Any, ...], int]]]] = {}

    def run(self, operations: list[Operation], now: datetime) -> list[Outcome]:
        """Apply operations as one batch, recorded at one instant a book."""
        touched: set[str] = set()
        outcomes = []
        for operation in operations:
            before = len(self.entries.get(operation["book"], []))
            outcomes.append(self.apply(operation))
            if len(self.entries.get(operation["book"], [])) > before:
                touched.add(operation["book"])
        for book in touched:
            self.recorded_at[book] = max(now, self.recorded_at.get(book, now))
            held = {account: balance for account, balance in self.balances.items() if account[0] == book}
            self.history.setdefault(book, []).append((self.recorded_at[book], held))
        return outcomes

    def apply(self, operation: Operation) -> Outcome:
        """Decide one operation, as its keys and the books have it."""
        book, request = operation["book"], operation["request"]
        if request is not None:
            known = self.requests.get((book, request[0]))
            if known is not None:
                fingerprint, kind, outcome = known
                if fingerprint != request[1]:
                    return ("refused", "idempotency-key-reused")
                if outcome[0] == "posted" and kind != operation["kind"]:
                    return ("refused", "idempotency-key-reused")
                return self.again(outcome)
        outcome = self.decide_business(operation)
        if request is not None and outcome[0] != "failed":
            self.requests[book, request[0]] = (request[1], operation["kind"], outcome)
        return outcome

    def decide_business(self, operation: Operation) -> Outcome:
        business = operation.get("business")
        if business is not None:
            known = self.businesses.get((operation["book"], business[0]))
            if known is not None:
                details, kind, outcome = known
                if details != business[1] or kind != operation["kind"]:
                    return ("refused", "already-recorded")
                return self.again(outcome)
        outcome = self.decide(operation)
        if business is not None and outcome[0] == "posted":
            self.businesses[operation["book"], business[0]] = (business[1], operation["kind"], outcome)
        return outcome

    @staticmethod
    def again(outcome: Outcome) -> Outcome:
        """An outcome as it is replayed."""
        return (*outcome[:3], True) if outcome[0] == "posted" else outcome

    def decide(self, operation: Operation) -> Outcome:
        """Do it, or leave everything as it was."""
        saved = deepcopy((self.balances, self.windows, self.reversed, self.notes))
        postings: list[tuple[Any, ...]] = []
        entry = len(self.entries.get(operation["book"], [])) + 1
        try:
            left = getattr(self, operation["kind"])(operation, entry, postings)
        except Refused as refusal:
            self.balances, self.windows, self.reversed, self.notes = saved
            return ("refused", str(refusal))
        except KeyError:
            self.balances, self.windows, self.reversed, self.notes = saved
            return ("failed",)
        self.entries.setdefault(operation["book"], []).append(postings)
        return ("posted", entry, left, False)

    # What the toy's decisions mean

    def grant(self, operation: Operation, entry: int, postings: list[tuple[Any, ...]]) -> int:
        book, asset, to, amount = (operation[name] for name in ("book", "asset", "to", "amount"))
        purse = (book, asset, "purse", to, "")
        self.post(postings, (book, asset, "issued", None, ""), purse, amount, "grant")
        return self.balances.get(purse, 0)

    def give(self, operation: Operation, entry: int, postings: list[tuple[Any, ...]]) -> int:
        book, asset, amount, window = (operation[name] for name in ("book", "asset", "amount", "window"))
        mine, theirs = (book, asset, "purse", operation["giver"], ""), (book, asset, "purse", operation["receiver"], "")
        if self.windows.get(mine, "") < window:
            surplus = self.balances.get(mine, 0) - operation["carry"]
            if surplus > 0:
                self.post(postings, mine, (book, asset, "lapsed", None, ""), surplus, "lapse")
            self.post(postings, (book, asset, "issued", None, ""), mine, operation["filled"], "fill")
            self.windows[mine] = window
        meter = (book, "meter", "sent", operation["giver"], window)
        if self.balances.get(meter, 0) + amount > operation["limit"]:
            raise Refused("limit-reached")
        self.post(postings, (book, "meter", "counted", None, ""), meter, amount, "sent")
        self.post(postings, mine, theirs, amount, "gift")
        if operation["note"] in self.notes:
            raise KeyError("note")
        self.notes[operation["note"]] = {"entry": entry, "amount": amount, "is_reversed": False}
        return self.balances[mine]

    def take_back(self, operation: Operation, entry: int, postings: list[tuple[Any, ...]]) -> int:
        book, asset, amount, window = (operation[name] for name in ("book", "asset", "amount", "window"))
        if operation["note"] not in self.notes:
            raise Refused("not-found")
        if not 0 < operation["entry"] < entry:
            raise KeyError("no such entry")
        if (book, operation["entry"]) in self.reversed:
            raise Refused("already-reversed")
        mine, theirs = (book, asset, "purse", operation["giver"], ""), (book, asset, "purse", operation["receiver"], "")
        self.post(postings, theirs, mine, min(amount, self.balances.get(theirs, 0)), "back")
        meter = (book, "meter", "sent", operation["giver"], window)
        self.post(postings, meter, (book, "meter", "counted", None, ""), amount, "back")
        self.reversed.add((book, operation["entry"]))
        self.notes[operation["note"]]["is_reversed"] = True
        return self.balances.get(mine, 0)

    def refuse(self, operation: Operation, entry: int, postings: list[tuple[Any, ...]]) -> int:
        raise Refused("toy-disliked")

    def fail(self, operation: Operation, entry: int, postings: list[tuple[Any, ...]]) -> int:
        raise KeyError("a mistake")

    def post(self, postings: list[tuple[Any, ...]], source: tuple[Any, ...], target: tuple[Any, ...], amount: int, kind: str) -> None:
        """Move an amount; what belongs to a member never falls below zero."""
        if amount == 0:
            return
        left = self.balances.get(source, 0) - amount
        if left < 0 and source[3] is not None:
            raise Refused("insufficient-balance")
        self.balances[source] = left
        self.balances[target] = self.balances.get(target, 0) + amount
        postings.append((source, target, amount, kind, left, self.balances[target]))

    # Then

    def as_of(self, account: tuple[Any, ...], at: datetime) -> int:
        """What an account held at an instant."""
        held = 0
        for recorded_at, balances in self.history.get(account[0], []):
            if recorded_at <= at:
                held = balances.get(account, 0)
        return held
