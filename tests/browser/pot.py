"""The pot in the community that browser tests look at: rounds that were won and reset, and one that goes on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from fastapi import FastAPI

from laurels.core.ids import new_id
from laurels.identity.audit_log import new_action
from laurels.identity.tables import Member
from laurels.ledger.writer import Proposal
from laurels.products.pot.accounts import MAIN
from laurels.products.pot.actions import open_pot
from laurels.products.pot.decisions import ChangeCoins, Paid, PutOffReply, ResetPot, SendPaidMessage
from laurels.products.pot.rules import label_of, wins
from laurels.web.context import Context
from products.pot.parlour import KnownSeeds

SEED = bytes(range(32))
"""The seed of every round here."""
ODDS = 100_000
MESSAGES = (
    "Hello! What are you?",
    "What does my next message cost, and why?",
    "Is the draw fair? How would I know?",
    "Thank you. I will think about it over tea.",
)
REPLY = "I am the pot's bot: small, and honest about it. You paid {price}; {pot} are in the pot now. Its seed was fixed before the round."


@dataclass(frozen=True)
class Pots:
    """What there is to look at.

    Attributes:
        won: the number of a round that somebody won; `reset` of one that an admin ended; `current` goes on.
    """

    won: int
    reset: int
    current: int


@dataclass
class Table:
    """Sends messages whose draws are known beforehand."""

    context: Context
    seeds: KnownSeeds

    def send(self, who: Member, words: str, client_seed: str, *, is_answered: bool = True) -> Paid:
        """Pay for a message; one that isn't answered waits for its reply."""
        now = self.context.clock.now()
        decision = SendPaidMessage(
            message=new_id(),
            member=who.id,
            words=words,
            client_seed=client_seed,
            at=now,
            zone=self.context.settings.zone,
            seeds=self.seeds,
            fresh=self.seeds.fresh(),
            answer=(lambda done, *_: REPLY.format(price=done.price, pot=done.pot)) if is_answered else None,
        )
        done: Paid = self.context.writer.post_now(Proposal(decision, now, "test")).answer
        return done

    def post(self, decision: object) -> None:
        """Post a decision as it is."""
        self.context.writer.post_now(Proposal(decision, self.context.clock.now(), "test"))  # type: ignore[arg-type]  # any of them

    def give(self, who: Member, amount: int) -> None:
        """Add coins to a member's purse, as staff do."""
        now = self.context.clock.now()
        audit = new_action(actor_id=None, action="coins.changed", subject=f"member/{who.id}", before={}, after={}, now=now)
        self.post(ChangeCoins(new_id(), who.id, amount, "for the open day", None, audit, self.context.settings.zone))

    def reset(self, reason: str) -> None:
        """End the round by hand."""
        audit = new_action(actor_id=None, action="pot.reset", subject=f"pot/{MAIN}", before={}, after={}, now=self.context.clock.now())
        self.post(ResetPot(MAIN, reason, audit, self.seeds, self.seeds.fresh()))


def client_seed(who: Member, *, round: int, number: int, is_lucky: bool) -> str:
    """One with which a message wins, or doesn't."""
    texts = (f"{'lucky' if is_lucky else 'plain'}-{n}" for n in range(10_000))
    return next(text for text in texts if wins(SEED, label_of(round), number, str(who.id), text, ppm=ODDS) is is_lucky)


def open_known(app: FastAPI) -> None:
    """Begin the first round, before anything earns coins: the seeds of all rounds are known."""
    context: Context = app.state.context
    seeds = KnownSeeds()
    seeds.coming = [SEED]
    app.state.pot = replace(app.state.pot, seeds=seeds)
    open_pot(context.database, context.writer, context.clock, seeds)


def settle_pot(app: FastAPI, members: Sequence[Member]) -> Pots:
    """Have one round won and one reset; in the third, messages with every state of a reply."""
    table = Table(app.state.context, app.state.pot.seeds)
    number = 0
    for who in members[:4]:
        for words in MESSAGES[:2]:
            number += 1
            table.send(who, words, client_seed(who, round=1, number=number, is_lucky=False))
    table.send(members[2], MESSAGES[2], client_seed(members[2], round=1, number=number + 1, is_lucky=True))
    table.send(members[3], MESSAGES[3], client_seed(members[3], round=2, number=1, is_lucky=False))
    table.reset("A trial before the term")
    me = members[1]
    table.give(me, 240)
    place = 0
    for words in MESSAGES:
        place += 1
        table.send(me, words, client_seed(me, round=3, number=place, is_lucky=False))
    failed = table.send(me, "And what of tomorrow?", client_seed(me, round=3, number=place + 1, is_lucky=False), is_answered=False)
    table.post(PutOffReply(failed.message, None))
    table.send(me, "Are you there?", client_seed(me, round=3, number=place + 2, is_lucky=False), is_answered=False)
    return Pots(won=1, reset=2, current=3)
