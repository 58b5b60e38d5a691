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
        self.lots: dict[tuple[str, int, int], dict[str, Any]] = {}
        self.holds: dict[tuple[str, int], dict[str, Any]] = {}
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
        saved = deepcopy(self.state())
        postings: list[tuple[Any, ...]] = []
        entry = len(self.entries.get(operation["book"], [])) + 1
        try:
            left = getattr(self, operation["kind"])(operation, entry, postings)
        except Refused as refusal:
            self.balances, self.windows, self.reversed, self.notes, self.lots, self.holds = saved
            return ("refused", str(refusal))
        except KeyError:
            self.balances, self.windows, self.reversed, self.notes, self.lots, self.holds = saved
            return ("failed",)
        self.entries.setdefault(operation["book"], []).append(postings)
        return ("posted", entry, left, False)

    def state(self) -> tuple[Any, ...]:
        """All that a refused operation leaves as it was."""
        return self.balances, self.windows, self.reversed, self.notes, self.lots, self.holds

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

    # What its lots and holds mean. Days stand for times.

    def earn(self, operation: Operation, entry: int, postings: list[tuple[Any, ...]]) -> int:
        book, to, day = (operation[name] for name in ("book", "to", "day"))
        points = (book, "point", "points", to, "")
        times = {name: day + operation[name] for name in ("earned", "usable", "expires")}
        self.make_lot(postings, (book, "point", "made", None, ""), points, operation["amount"], "earn", entry, times)
        self.post(postings, (book, "piece", "made", None, ""), (book, "piece", "stock", "all", ""), operation["pieces"], "stock")
        return self.balances[points]

    def spend(self, operation: Operation, entry: int, postings: list[tuple[Any, ...]]) -> int:
        book, day = operation["book"], operation["day"]
        points = (book, "point", "points", operation["by"], "")
        usable, pending, _ = self.open_lots(points, day)
        if operation["from_lot"] is not None:
            one = (book, *operation["from_lot"])
            chosen = [one] if one in self.lots and self.lots[one]["account"] == points else []
        else:
            chosen = usable + (pending if operation["takes_pending"] else [])
        self.take(chosen, operation["amount"])
        self.post(postings, points, (book, "point", "used", None, ""), operation["amount"], "spend")
        return sum(self.lots[key]["left"] for key in self.open_lots(points, day)[0])

    def expire(self, operation: Operation, entry: int, postings: list[tuple[Any, ...]]) -> int:
        book = operation["book"]
        points = (book, "point", "points", operation["of"], "")
        _, _, expired = self.open_lots(points, operation["day"])
        amount = sum(self.lots[key]["left"] for key in expired)
        self.take(expired, amount)
        self.post(postings, points, (book, "point", "gone", None, ""), amount, "expiry")
        return amount

    def set_aside(self, operation: Operation, entry: int, postings: list[tuple[Any, ...]]) -> int:
        book, day, who = operation["book"], operation["day"], operation["of"]
        pieces, places, amount = (operation[name] for name in ("pieces", "places", "amount"))
        points, chats = (book, "point", "points", who, ""), (book, "meter", "chats", who, "")
        if pieces:
            self.post(postings, (book, "piece", "stock", "all", ""), (book, "piece", "stock/held", "all", ""), pieces, "hold")
            self.balances.setdefault((book, "piece", "used", None, ""), 0)
        if self.balances.get(chats, 0) + places > operation["limit"] and places:
            raise Refused("limit-reached")
        self.post(postings, (book, "meter", "counted", None, ""), chats, places, "hold")
        parts = self.take(self.open_lots(points, day)[0], amount)
        if amount:
            self.post(postings, points, (book, "point", "points/held", who, ""), amount, "hold")
            self.balances.setdefault((book, "point", "used", None, ""), 0)
        placed = {"entry": entry, "who": who, "pieces": pieces, "places": places, "amount": amount, "parts": parts}
        self.holds[book, operation["hold"]] = {**placed, "settled_by": None, "captured": None}
        return sum(self.lots[key]["left"] for key in self.open_lots(points, day)[0])

    def settle(self, operation: Operation, entry: int, postings: list[tuple[Any, ...]]) -> int:
        book, day = operation["book"], operation["day"]
        hold = self.holds.get((book, operation["hold"]))
        if hold is None:
            raise Refused("not-found")
        if hold["settled_by"] is not None:
            raise Refused("hold-resolved")
        most = max(hold["pieces"], hold["amount"])
        captured: int = most if operation["used"] is None else operation["used"]
        if captured > most:
            raise KeyError("more than it holds")
        stock, points = (book, "piece", "stock", "all", ""), (book, "point", "points", hold["who"], "")
        aside, held = (book, "piece", "stock/held", "all", ""), (book, "point", "points/held", hold["who"], "")
        self.post(postings, aside, (book, "piece", "used", None, ""), min(captured, hold["pieces"]), "capture")
        self.post(postings, aside, stock, hold["pieces"] - min(captured, hold["pieces"]), "release")
        chats = (book, "meter", "chats", hold["who"], "")
        self.post(postings, chats, (book, "meter", "counted", None, ""), hold["places"], "release")
        kept = min(captured, hold["amount"])
        self.post(postings, held, (book, "point", "used", None, ""), kept, "capture")
        single = sorted(key for key, part in hold["parts"] for _ in range(part))
        back = sorted(single, key=self.rank)[kept:]  # point by point: those that expire first are gone
        restored = 0
        for key in sorted(set(back), key=self.rank):
            lot, amount = self.lots[key], back.count(key)
            if operation["grace"] is not None and lot["expires"] <= day:
                times = {"earned": lot["earned"], "usable": day, "expires": day + operation["grace"]}
                self.make_lot(postings, held, points, amount, "release", entry, times)
            else:
                lot["left"] += amount
                restored += amount
        self.post(postings, held, points, restored, "release")
        hold.update(settled_by=entry, captured=captured)
        return captured

    def rank(self, key: tuple[str, int, int]) -> tuple[Any, ...]:
        """What lots are spent by."""
        return self.lots[key]["expires"], self.lots[key]["earned"], key

    def open_lots(self, points: tuple[Any, ...], day: int) -> tuple[list[Any], list[Any], list[Any]]:
        """A purse's lots with something left: usable, pending, expired."""
        mine = sorted((key for key, lot in self.lots.items() if lot["account"] == points and lot["left"]), key=self.rank)
        expired = [key for key in mine if self.lots[key]["expires"] <= day]
        usable = [key for key in mine if self.lots[key]["usable"] <= day and key not in expired]
        return usable, [key for key in mine if key not in usable and key not in expired], expired

    def take(self, keys: list[tuple[str, int, int]], amount: int) -> list[tuple[tuple[str, int, int], int]]:
        """Take an amount out of lots in order; gives how much of each."""
        if sum(self.lots[key]["left"] for key in keys) < amount:
            raise Refused("insufficient-balance")
        parts = []
        for key in keys:
            part = min(self.lots[key]["left"], amount)
            self.lots[key]["left"] -= part
            amount -= part
            parts.append((key, part))
        return parts

    def make_lot(
        self,
        postings: list[tuple[Any, ...]],
        source: tuple[Any, ...],
        points: tuple[Any, ...],
        amount: int,
        kind: str,
        entry: int,
        times: dict[str, Any],
    ) -> None:
        """Move an amount into a new lot."""
        key = (points[0], entry, len(postings))
        self.post(postings, source, points, amount, kind)
        self.lots[key] = {"account": points, "amount": amount, "left": amount, **times}

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
