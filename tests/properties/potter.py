"""Stories of a pot: what members, staff and admins do in it, as decisions with ids and seeds of their own; and what it comes to, plainly.

The model below uses none of the program's own code but the shapes of its rules.
"""

from collections import defaultdict
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
import hmac
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from laurels.core.seal import Seal
from laurels.identity.audit_log import new_action
from laurels.identity.tables import StaffAction
from laurels.ledger import Decision
from laurels.ledger.writer import Proposal
from laurels.products.pot.decisions import ChangeCoins, Contribute, EarnCoins, RefundMessage, ResetPot, SendPaidMessage
from laurels.products.pot.rules import Earning
from laurels.products.pot.seeds import FreshSeed, Seeds
from ledger.toy import NOON

UTC_ZONE = ZoneInfo("UTC")
SEALED = Seal(bytes(32))
SEEDS = Seeds(SEALED)
PEOPLE = 3
EARNED = {"recognition_received": 5, "goal_completed": 10, "quest_completed": 10, "tier_reached": 25}

Step = dict[str, Any]

who = st.integers(0, PEOPLE - 1)
sends = st.fixed_dictionaries(
    {
        "kind": st.just("send"),
        "who": who,
        "client_seed": st.sampled_from(["", "abc", "é", "a|b"]),
        "max_price": st.sampled_from([None, None, None, 5, 25]),
        "is_answered": st.booleans(),
    }
)
contributions = st.fixed_dictionaries({"kind": st.just("contribute"), "who": who, "amount": st.integers(1, 60)})
resets = st.just({"kind": "reset"})
refunds = st.fixed_dictionaries({"kind": st.just("refund"), "pick": st.integers(0, 30)})
changes = st.fixed_dictionaries({"kind": st.just("change"), "who": who, "amount": st.integers(-300, 500).filter(bool)})
earnings = st.fixed_dictionaries({"kind": st.just("earn"), "who": who, "trigger": st.sampled_from([*EARNED]), "source": st.integers(1, 3)})
prices = st.one_of(
    st.fixed_dictionaries({"kind": st.just("linear"), "step": st.integers(1, 8)}),
    st.fixed_dictionaries({"kind": st.just("capped"), "step": st.integers(1, 8), "most": st.integers(1, 20)}),
)
demand = st.just({"kind": "demand", "step": 5, "target": 1, "window_minutes": 7})
odds = st.fixed_dictionaries({"kind": st.sampled_from(["flat", "falling"]), "ppm": st.sampled_from([100_000, 400_000, 1_000_000])})


def rule_changes(price: st.SearchStrategy[Any]) -> st.SearchStrategy[Step]:
    """Other rules."""
    return st.fixed_dictionaries(
        {
            "kind": st.just("rules"),
            "price": price,
            "odds": odds,
            "price_resets": st.sampled_from(["never", "round", "day"]),
            "daily_limit": st.sampled_from([None, 40, 200]),
            "starting_coins": st.sampled_from([0, 100]),
        }
    )


def stories(price: st.SearchStrategy[Any], *, most: int) -> st.SearchStrategy[list[Step]]:
    """What happens, first to last; minutes or days pass before each."""
    steps = st.one_of(sends, sends, sends, sends, contributions, resets, refunds, changes, earnings, rule_changes(price))
    times = st.sampled_from([0, 0, 5, 60 * 24, 60 * 24 * 15])
    timed = st.tuples(steps, times).map(lambda told: {**told[0], "minutes": told[1]})
    return st.lists(timed, min_size=3, max_size=most)


@cache
def seed_of(place: int) -> FreshSeed:
    """The seed that the step at a place of a story brings; sealed once, so that it's the same row again."""
    secret, seed_id = sha256(f"seed {place}".encode()).digest(), UUID(int=10_000 + place)
    return FreshSeed(seed_id, secret, SEALED.close(seed_id, secret.hex()))


def decision_of(step: Step, place: int, at: datetime, members: list[UUID], refundable: tuple[UUID, int, datetime] | None) -> Decision[Any]:
    """A step as the program decides it."""
    own, kind = UUID(int=1_000 + place), step["kind"]
    someone = members[step.get("who", 0)]
    if kind == "send":
        answer = (lambda *happened: "Yes.") if step["is_answered"] else None
        fields = own, someone, "Hello", step["client_seed"], at, UTC_ZONE, SEEDS, step["fresh"]
        return SendPaidMessage(*fields, max_price=step["max_price"], answer=answer)
    if kind == "contribute":
        return Contribute(own, someone, step["amount"], at, UTC_ZONE)
    if kind == "reset":
        return ResetPot("main", "Because", _audit(own), SEEDS, step["fresh"])
    if kind == "refund":
        message, whose, sent_at = refundable or (own, 0, at)
        return RefundMessage(message, members[whose], "main", sent_at.date())
    if kind == "change":
        return ChangeCoins(own, someone, step["amount"], "Because", None, _audit(own), UTC_ZONE)
    return EarnCoins(someone, Earning(step["trigger"]), str(step["source"]), own, UTC_ZONE)


def _audit(own: UUID) -> StaffAction:
    return replace(new_action(actor_id=None, action="test", subject="pot/main", before={}, after={}, now=NOON), id=own)


def proposals(story: list[Step], members: list[UUID]) -> list[list[Step] | list[Proposal[Any]]]:
    """A story in parts: proposals that can be one batch, and between them lists of one change of the rules."""
    parts: list[Any] = [[]]
    at, sent = NOON, list[tuple[UUID, int, datetime]]()
    for place, step in enumerate(story):
        at += timedelta(minutes=step["minutes"])
        if step["kind"] == "rules":
            parts += [[step], []]
            continue
        refundable = sent[step["pick"] % len(sent)] if step["kind"] == "refund" and sent else None
        parts[-1].append(Proposal(decision_of(step, place, at, members, refundable), at))
        if step["kind"] == "send":
            sent.append((UUID(int=1_000 + place), step["who"], at))
    return parts


def with_seeds(story: list[Step]) -> list[Step]:
    """A story whose steps bring the seeds of the rounds that they may begin."""
    return [{**step, "fresh": seed_of(place)} for place, step in enumerate(story, 1)]


@dataclass
class Refused(Exception):
    """The model refuses something, with a code."""

    code: str


@dataclass
class Model:
    """Coins as plain numbers."""

    members: list[UUID]
    rules: dict[str, Any]
    seed: bytes
    issued: int = 0
    taken: int = 0
    emptied: int = 0
    pot: int = 0
    round: int = 1
    number: int = 0
    purses: dict[int, int] = field(default_factory=dict)
    weeks: dict[int, datetime] = field(default_factory=dict)
    sent: dict[int, list[tuple[int, datetime]]] = field(default_factory=lambda: defaultdict(list))
    paid: dict[tuple[int, Any], int] = field(default_factory=lambda: defaultdict(int))
    messages: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    earned: set[tuple[int, str, int]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.params = dict(self.rules)

    def begin(self, seed: bytes) -> None:
        """A new round, by the rules as they are."""
        self.round, self.number, self.seed, self.params = self.round + 1, 0, seed, dict(self.rules)

    def run(self, story: list[Step]) -> list[str | None]:
        """What becomes of each step that isn't a change of the rules: None where it is done, else the code of its refusal."""
        outcomes: list[str | None] = []
        at, sent = NOON, list[UUID]()
        for place, step in enumerate(story):
            at, own = at + timedelta(minutes=step["minutes"]), UUID(int=1_000 + place)
            if step["kind"] == "rules":
                self.rules.update({name: step[name] for name in self.rules})
                continue
            saved = deepcopy(vars(self))
            try:
                if step["kind"] == "refund":
                    self.refund(sent[step["pick"] % len(sent)] if sent else None)
                else:
                    getattr(self, step["kind"])(step, own, at)
                outcomes.append(None)
            except Refused as refusal:
                vars(self).update(saved)
                outcomes.append(refusal.code)
            sent += [own] if step["kind"] == "send" else []
        return outcomes

    def open(self, who: int, at: datetime) -> None:
        """The first touch gives what all begin with; each later week 50 more, up to 200."""
        monday = at.date() - timedelta(days=at.weekday())
        week = datetime(monday.year, monday.month, monday.day, tzinfo=at.tzinfo)
        if who not in self.purses:
            self.purses[who] = self.rules["starting_coins"]
            self.issued += self.rules["starting_coins"]
            self.weeks[who] = week
        while self.weeks[who] < week:
            grant = min(50, max(0, 200 - self.purses[who]))
            self.purses[who] += grant
            self.issued += grant
            self.weeks[who] += timedelta(days=7)

    def pay(self, who: int, amount: int, at: datetime) -> None:
        """Into the pot, within the day's limit."""
        limit = self.rules["daily_limit"]
        if limit is not None and self.paid[who, at.date()] + amount > limit:
            raise Refused("limit-reached")
        if amount > self.purses[who]:
            raise Refused("insufficient-balance")
        self.paid[who, at.date()] += amount
        self.purses[who] -= amount
        self.pot += amount

    def price(self, who: int, at: datetime) -> int:
        """What their next message costs."""
        sent, resets = self.sent[who], self.params["price_resets"]
        if resets == "round":
            sent = [one for one in sent if one[0] == self.round]
        if resets == "day":
            sent = [one for one in sent if one[1].date() == at.date()]
        price = self.params["price"]
        return int(min(price["step"] * (len(sent) + 1), price.get("most", 10**15)))

    def send(self, step: Step, own: UUID, at: datetime) -> None:
        """A paid message and its draw."""
        who, price = step["who"], self.price(step["who"], at)
        if step["max_price"] is not None and price > step["max_price"]:
            raise Refused("price-moved")
        self.open(who, at)
        self.pay(who, price, at)
        self.number += 1
        self.sent[who].append((self.round, at))
        ppm = self.params["odds"]["ppm"]
        if self.params["odds"]["kind"] == "falling":
            ppm = min(ppm, 900_000 * price // self.pot)
        text = f"r{self.round}|{self.number}|{self.members[who]}|{step['client_seed']}"
        has_won = int(hmac.new(self.seed, text.encode(), "sha256").hexdigest(), 16) < ppm * 2**256 // 10**6
        self.messages[own] = {"who": who, "price": price, "is_open": not step["is_answered"], "round": self.round, "day": at.date()}
        if has_won:
            self.messages[own]["is_open"] = False
            self.purses[who] += self.pot
            self.pot = 0
            self.begin(step["fresh"].secret)

    def contribute(self, step: Step, own: UUID, at: datetime) -> None:
        """Coins without a message."""
        self.open(step["who"], at)
        self.pay(step["who"], step["amount"], at)

    def reset(self, step: Step, own: UUID, at: datetime) -> None:
        """An admin empties it."""
        self.emptied += self.pot
        self.pot = 0
        self.begin(step["fresh"].secret)

    def refund(self, message: UUID | None) -> None:
        """The price back: out of the pot while the round goes on."""
        if message not in self.messages:
            raise Refused("not-found")
        one = self.messages[message]
        if not one["is_open"]:
            raise Refused("reply-settled")
        one["is_open"] = False
        if one["round"] == self.round and self.pot >= one["price"]:
            self.pot -= one["price"]
        else:
            self.issued += one["price"]
        self.purses[one["who"]] += one["price"]
        self.paid[one["who"], one["day"]] -= one["price"]

    def change(self, step: Step, own: UUID, at: datetime) -> None:
        """Staff give or take."""
        self.open(step["who"], at)
        if self.purses[step["who"]] + step["amount"] < 0:
            raise Refused("insufficient-balance")
        self.purses[step["who"]] += step["amount"]
        if step["amount"] > 0:
            self.issued += step["amount"]
        else:
            self.taken -= step["amount"]

    def earn(self, step: Step, own: UUID, at: datetime) -> None:
        """Something done elsewhere, once."""
        thing = step["who"], step["trigger"], step["source"]
        if thing in self.earned:
            return
        self.earned.add(thing)
        self.open(step["who"], at)
        self.purses[step["who"]] += EARNED[step["trigger"]]
        self.issued += EARNED[step["trigger"]]
