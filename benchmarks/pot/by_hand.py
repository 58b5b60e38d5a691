"""A paid message as a transaction of its own, written by hand with care: the yardstick.

It keeps the request's key, locks the member's row, and as late as can be the
pot, which every message changes and which stands for its account too; checks
the coins and draws by the same seed. Then it writes in one go: the price and
perhaps the prize, the day's meter, the entry, its postings, the message with
its reply, the fact, a round that ended: the rows that Laurels writes, but for
the book's head, the chain and the meter's other side.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from uuid import UUID

import orjson

from benchmarks import rows
from benchmarks.by_hand import insert_into
from benchmarks.pot.crowd import REPLY, SHARED, WORDS, Crowd
from benchmarks.transactions import Place, Statement, run
from laurels.core.windows import day_of
from laurels.ledger.account import system
from laurels.products.pot.accounts import BOOK, MAIN, coins, paid, pot_of
from laurels.products.pot.decisions import SendPaidMessage
from laurels.products.pot.decisions.rounds import begun_by
from laurels.products.pot.rules import Heat, label_of, read_params, read_rules, wins
from laurels.products.pot.tables import pot_message, pot_round

COUNTED = system(BOOK, "meter", "counted")
POT = (
    *("rules", "round", "params", "params_hash", "commitment", "seed_id", "seed_sealed"),
    *("messages", "paid", "contributed", "heat", "heat_used", "opened_at"),
)
MESSAGE = tuple(column.name for column in pot_message.columns)
ROUND = tuple(column.name for column in pot_round.columns)

READ_POT = f"SELECT {', '.join(POT)} FROM pot WHERE id = %s"
READ_SENDER = "SELECT s.messages, m.status FROM pot_sender s JOIN member m ON m.id = s.member WHERE s.member = %s"
READ = "SELECT balance FROM account WHERE id = %s"
LOCK = " FOR NO KEY UPDATE"
MOVE = "UPDATE account SET balance = %s WHERE id = %s"
COUNT = "UPDATE pot SET messages = messages + 1, paid = paid + %s, heat_used = heat_used + 1 WHERE id = %s"
SENDER = "UPDATE pot_sender SET messages = messages + 1, round = %s, in_round = in_round + 1, in_day = in_day + 1 WHERE member = %s"


def measure(url: str, crowd: Crowd, *, messages: int) -> float:
    """Messages a second, all into the one pot."""
    return messages / run(url, BOOK, islice(crowd.sendings(), messages), send)


def send(place: Place, book: int, asked: SendPaidMessage) -> None:
    """One message, within its transaction."""
    now, lock = datetime.now(UTC), LOCK if place.has_row_locks else ""
    day, who, entry = day_of(now, asked.zone), asked.member, place.number()
    place.execute(insert_into("request_key", rows.REQUEST_KEY), _request_key(asked, book, entry, now))
    [(sent, status)] = place.execute(READ_SENDER + (f"{lock} OF s" if lock else ""), (who,))
    [found] = place.execute(READ_POT + lock, (MAIN,))  # the lock that all wait for: everything after it is as short as can be
    pot = dict(zip(POT, found, strict=True))
    price = read_params(pot["params"]).price.price(sent + 1, Heat())
    held, counted, in_pot = (place.execute(READ, (_id(account),))[0][0] for account in (coins(who), paid(who, day), pot_of(MAIN)))
    assert status == "active" and held >= price
    place.write(_written(book, entry, asked, Drawn(pot, sent + 1, price, held - price, counted + price, in_pot + price), now))


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a message finds, its price paid: the pot's row, the n of its price, the coins left, the day's count, the pot."""

    pot: dict[str, Any]
    place: int
    price: int
    left: int
    counted: int
    in_pot: int

    def prize(self, asked: SendPaidMessage) -> tuple[int, int, bytes]:
        """Its chance, what it wins, and the round's seed."""
        pot = self.pot
        ppm = read_params(pot["params"]).odds.odds(self.price, self.in_pot)
        seed = asked.seeds.open(UUID(str(pot["seed_id"])), pot["seed_sealed"])
        has_won = wins(seed, label_of(pot["round"]), pot["messages"] + 1, str(asked.member), SHARED, ppm=ppm)
        return ppm, self.in_pot if has_won else 0, seed


def _written(book: int, entry: int, asked: SendPaidMessage, drawn: Drawn, now: datetime) -> Iterator[Statement]:
    """Everything that a message writes."""
    day, who, price, pot = day_of(now, asked.zone), asked.member, drawn.price, drawn.pot
    ppm, prize, seed = drawn.prize(asked)
    balance = drawn.left + prize
    for account, after in ((coins(who), balance), (paid(who, day), drawn.counted), (pot_of(MAIN), drawn.in_pot - prize)):
        yield MOVE, (after, _id(account))
    answer = {"message": asked.message, "price": price, "prize": prize, "balance": balance, "pot": drawn.in_pot - prize}
    told = (book, entry, asked.name, f"member/{who}", asked.message, now, now, orjson.dumps(answer).decode(), 0)
    yield insert_into("entry", rows.ENTRY), told
    postings = [
        (COUNTED, paid(who, day), price, "paid", 0, drawn.counted),
        (coins(who), pot_of(MAIN), price, "message", drawn.left, drawn.in_pot),
        *([(pot_of(MAIN), coins(who), prize, "prize", 0, balance)] if prize else []),
    ]
    values = [
        (book, entry, position, _id(source), _id(target), amount, kind, left, right, 0)
        for position, (source, target, amount, kind, left, right) in enumerate(postings)
    ]
    yield insert_into("posting", rows.POSTING, len(values)), [value for row in values for value in row]
    place = (entry, MAIN, pot["round"], pot["messages"] + 1, who, SHARED, drawn.place)
    paid_for = (price, pot["heat"], drawn.in_pot, ppm, prize, balance, day.isoformat())
    yield insert_into("pot_message", MESSAGE), (asked.message, *place, *paid_for, WORDS, REPLY, "answered", 1, None, False, now)
    yield SENDER, (pot["round"], who)
    yield COUNT, (price, MAIN)
    if prize:
        yield from _round_ended(pot, asked, seed, prize, price, now)
    fact = orjson.dumps({"pot": MAIN, "message": asked.message, "member": who, "price": price, "left": drawn.in_pot - prize}).decode()
    yield insert_into("outbox", rows.FACT), (book, entry, 0, "pot.paid", fact, now)


def _round_ended(pot: dict[str, Any], asked: SendPaidMessage, seed: bytes, prize: int, price: int, now: datetime) -> Iterator[Statement]:
    """The round with its seed revealed, and the next one."""
    bound = (pot["params"], pot["params_hash"], pot["commitment"], seed.hex(), "won", asked.member, asked.message, None, prize)
    counts = (pot["messages"] + 1, pot["paid"] + price, pot["contributed"], pot["opened_at"], now)
    yield insert_into("pot_round", ROUND), (MAIN, pot["round"], *bound, *counts)
    begun = begun_by(read_rules(pot["rules"]), pot["round"] + 1, asked.fresh, now)
    changed = ", ".join(f"{name} = %s" for name in begun)
    yield f"UPDATE pot SET {changed} WHERE id = %s", (*begun.values(), MAIN)


def _request_key(asked: SendPaidMessage, book: int, entry: int, now: datetime) -> tuple[object, ...]:
    return (rows.key_hash(asked.member, asked.message.hex), "f" * 64, book, entry, now + rows.KEY_LIFE)


def _id(account: Any) -> UUID:
    return UUID(account.id)
