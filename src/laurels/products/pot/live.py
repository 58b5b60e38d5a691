"""What open pages and API clients are told of the pot: what is in it, who won, and that something of one's own changed.

What is in the pot comes from the facts themselves: hundreds may watch, and
messages may come fast, so nothing is read for it.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import orjson

from laurels.identity.queries import find_member
from laurels.ledger.outbox import Told
from laurels.products.pot.accounts import MAIN
from laurels.products.pot.facts import CoinsChanged, MessagePaid, MessageRefunded, PotContributed, PotReset, PotWon, ReplyReady
from laurels.web.context import Context
from laurels.web.live import Message, member_topic

TOPIC = "pot"
"""What all who look at the pot follow."""
POT_CHANGED = "pot.changed"
"""With JSON: `pot` coins are in it, `round` goes on, `messages` were paid in that."""
POT_WON = "pot.won"
"""With JSON: `name` won `prize` coins in `round`; `member` is their id."""
COINS_CHANGED = "coins.changed"
"""Tells a member's pages to fetch their numbers."""
REPLY_READY = "reply.ready"
"""Tells a member's pages to fetch the replies that they wait for."""

CHANGES = frozenset({MessagePaid.name, PotContributed.name, PotReset.name, MessageRefunded.name})
"""Facts that tell what the pot holds."""

SECONDS = 1.0
"""How often the pot is told at most: a change after a quiet second is told at once."""


def register_drawings(context: Context) -> None:
    """Have the hub tell."""
    live = context.live
    live.on((*CHANGES, PotWon.name), Telling(context).tell, every_seconds=SECONDS)
    for name in (CoinsChanged.name, MessageRefunded.name, PotContributed.name):
        live.on(name, tell_owners)
    live.on(ReplyReady.name, tell_waiting)


class Telling:
    """Tells what the pot holds and who won, both at once: each of hundreds who watch is woken once."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def tell(self, told: Sequence[Told]) -> Iterable[Message]:
        """The pot after the latest of these changes, and the latest of these wins."""
        yield from tell_pot([one for one in told if one.name in CHANGES])
        yield from self.tell_win([one for one in told if one.name == PotWon.name])

    def tell_win(self, told: Sequence[Told]) -> Iterable[Message]:
        """The latest of these wins, by the winner's name, which facts don't hold: wins may come fast, and all are among the rounds."""
        for fact in _of_main(told)[-1:]:
            with self._context.database.read.connect() as connection:
                winner = find_member(connection, UUID(fact["member"]))
            name = winner.display_name if winner else None
            data = {"name": name, "prize": fact["prize"], "round": fact["round"], "member": fact["member"]}
            yield Message(TOPIC, POT_WON, orjson.dumps(data))


def tell_pot(told: Sequence[Told]) -> Iterable[Message]:
    """What the pot holds after the latest of these."""
    facts = _of_main(told)
    if facts:
        yield Message(TOPIC, POT_CHANGED, pot_told(facts[-1]["left"], facts[-1]["current"], facts[-1]["messages"]))


def pot_told(amount: int, round: int, messages: int) -> bytes:
    """What `POT_CHANGED` says: coins in the pot, the round that goes on, messages paid in it."""
    return orjson.dumps({"pot": amount, "round": round, "messages": messages})


def tell_owners(told: Sequence[Told]) -> list[Message]:
    """Whose coins changed, each once."""
    return _tell_members(told, COINS_CHANGED)


def tell_waiting(told: Sequence[Told]) -> list[Message]:
    """Whose message was answered, or won't be."""
    return _tell_members(told, REPLY_READY)


def _tell_members(told: Sequence[Told], event: str) -> list[Message]:
    members = dict.fromkeys(UUID(orjson.loads(one.payload)["member"]) for one in told)
    return [Message(member_topic(member), event) for member in members]


def _of_main(told: Sequence[Told]) -> list[dict[str, Any]]:
    """Facts about the community's pot."""
    facts: list[dict[str, Any]] = [orjson.loads(one.payload) for one in told]
    return [fact for fact in facts if fact["pot"] == MAIN]
