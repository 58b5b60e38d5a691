"""What the pot does, for staff: what moved by day, how much of the daily limit is used, which replies are missing."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Select, case, func, literal, select, union_all

from laurels.core.windows import day_of, day_start
from laurels.identity.tables import member
from laurels.ledger.reader import balances, board, last_sequences, posting
from laurels.products.pot.accounts import BOOK, ISSUED, MAIN, RESET, TAKEN, paid, pot_of
from laurels.products.pot.rules import PotRules, effective_limit, own_limit
from laurels.products.pot.tables import pot_message, pot_sender

account = board
"""The ledger's accounts: here for who paid."""

DAYS = 30
"""Days that are told."""
SHARES = (0, 25, 50, 75, 100)
"""Where the classes of the limit's use begin, in percent."""


class Flow(StrEnum):
    """What coins do: as the ledger's kinds, but for what is returned."""

    START = "start"  # new coins to begin with
    ALLOWANCE = "allowance"  # new coins of a week
    EARNED = "earned"  # new coins for something done elsewhere
    TOP_UP = "top_up"  # new coins by staff
    REISSUED = "reissued"  # new coins for a price whose round is over
    MESSAGE = "message"  # paid for messages, into the pot
    CONTRIBUTION = "contribution"  # put into the pot without one
    PRIZE = "prize"  # won, out of the pot
    RESET = "reset"  # gone with a pot that was reset
    REFUND = "refund"  # prices returned out of the pot
    DEDUCTION = "deduction"  # taken from members by staff


NEW = (Flow.START, Flow.ALLOWANCE, Flow.EARNED, Flow.TOP_UP, Flow.REISSUED)
"""How coins come into being."""


@dataclass(frozen=True, slots=True)
class CoinDay:
    """What coins did on a day of the community; a flow that isn't there moved none."""

    day: date
    moved: dict[Flow, int] = field(default_factory=dict)

    def of(self, *flows: Flow) -> int:
        """Coins of some flows together."""
        return sum(self.moved.get(flow, 0) for flow in flows)


@dataclass(frozen=True, slots=True)
class Supply:
    """Coins ever: issued = what members have + the pot + reset + taken."""

    issued: int
    in_pot: int
    reset: int
    taken: int

    @property
    def held(self) -> int:
        """What members have."""
        return self.issued - self.in_pot - self.reset - self.taken


@dataclass(frozen=True, slots=True)
class LimitUse:
    """How much of their limit those use who paid today.

    Attributes:
        classes: members by share, in the order of `SHARES`; the last one has used it up.
        unlimited: members who paid and have no limit.
    """

    classes: tuple[int, ...]
    unlimited: int

    @property
    def members(self) -> int:
        """All of them."""
        return sum(self.classes) + self.unlimited


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A paid message whose reply failed; not what it says: that is between its writer and the bot."""

    id: UUID
    member: UUID
    display_name: str
    round: int
    number: int
    price: int
    tries: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Replies:
    """Replies that are missing: `pending` ones come by themselves, of `failed` ones the latest are listed."""

    pending: int
    failed: int
    latest: tuple[Unanswered, ...]


def read_coin_days(connection: Connection, zone: ZoneInfo, *, at: datetime, number: int = DAYS) -> list[CoinDay]:
    """What coins did on each of so many days up to the one of an instant, the earliest first, by when it was recorded.

    Args:
        zone: the community's.
    """
    today = day_of(at, zone)
    days = [CoinDay(today - timedelta(days=ago)) for ago in reversed(range(number))]
    marks = last_sequences(connection, BOOK, [day_start(one.day, zone) for one in days])
    # No condition on the book: an account is in one, and SQLite would read all of the book's postings by it.
    place = case(*((posting.c.sequence > mark, spot) for spot, mark in reversed(list(enumerate(marks)))), else_=-1)
    pot = pot_of(MAIN).id
    sides = [
        select(literal(side).label("side"), place.label("place"), posting.c.kind, posting.c.amount).where(
            column == account_id, posting.c.sequence > marks[0]
        )
        for side, column, account_id in (
            ("new", posting.c.source, ISSUED.id),
            ("in", posting.c.target, pot),
            ("out", posting.c.source, pot),
            ("taken", posting.c.target, TAKEN.id),
        )
    ]
    moved = union_all(*sides).subquery()
    sums = select(moved.c.side, moved.c.place, moved.c.kind, func.sum(moved.c.amount).label("coins"))
    for row in connection.execute(sums.group_by(moved.c.side, moved.c.place, moved.c.kind)):
        flow = Flow.REISSUED if (row.side, row.kind) == ("new", Flow.REFUND) else Flow(row.kind)
        days[row.place].moved[flow] = int(row.coins)
    return days


def read_supply(connection: Connection) -> Supply:
    """Coins ever issued, and where they are."""
    pot = pot_of(MAIN)
    found = balances(connection, [ISSUED, pot, RESET, TAKEN])
    return Supply(-found[ISSUED], found[pot], found[RESET], found[TAKEN])


def read_limit_use(connection: Connection, rules: PotRules, zone: ZoneInfo, *, at: datetime) -> LimitUse:
    """How much of their limit, the community's or their own lower one, those use who paid on the day of an instant."""
    today = day_of(at, zone)
    limits = {
        row.payer: effective_limit(rules.daily_limit, own_limit(row.own_limit, row.later_limit, row.later_from, today))
        for row in connection.execute(_payers(connection, day_start(today, zone)))
    }
    used = balances(connection, [paid(payer, today) for payer in limits])
    classes: defaultdict[int, int] = defaultdict(int)
    for payer, limit in limits.items():
        coins = used[paid(payer, today)]
        if coins and limit is not None:
            share = min(100 * coins // limit, 100) if limit else 100
            classes[sum(share >= least for least in SHARES) - 1] += 1
    unlimited = sum(limit is None and used[paid(payer, today)] > 0 for payer, limit in limits.items())
    return LimitUse(tuple(classes[place] for place in range(len(SHARES))), unlimited)


def _payers(connection: Connection, since: datetime) -> Select[tuple[UUID, int | None, int | None, date | None]]:
    """Who put coins into the pot since an instant, with the limits that they set themselves."""
    [mark] = last_sequences(connection, BOOK, [since])
    payers = (
        select(account.c.owner_id.label("payer"))
        .join(posting, posting.c.source == account.c.id)
        .where(posting.c.target == pot_of(MAIN).id, posting.c.sequence > mark)
        .distinct()
        .subquery()
    )
    own = pot_sender.c
    return select(payers.c.payer, own.own_limit, own.later_limit, own.later_from).outerjoin(pot_sender, own.member == payers.c.payer)


def read_replies(connection: Connection, *, limit: int) -> Replies:
    """Replies that are missing, and the latest so many of those that failed and can be asked for again."""
    row = pot_message.c
    # The statuses are written out, for the partial indexes to be used.
    is_pending = row.reply_status == literal("pending", literal_execute=True)
    is_failed = row.reply_status == literal("failed", literal_execute=True)
    can_be_asked = is_failed & row.is_refunded.is_(False) & row.words.is_not(None)
    columns = (row.id, row.member, member.c.display_name, row.round, row.number, row.price, row.tries, row.created_at)
    latest = select(*columns).join(member, member.c.id == row.member).where(can_be_asked)
    return Replies(
        pending=connection.scalar(select(func.count()).select_from(pot_message).where(is_pending)) or 0,
        failed=connection.scalar(select(func.count()).select_from(pot_message).where(can_be_asked)) or 0,
        latest=tuple(Unanswered(*each) for each in connection.execute(latest.order_by(row.created_at.desc(), row.id.desc()).limit(limit))),
    )


def count_payers(connection: Connection, number: int, *, pot_id: str = MAIN) -> int:
    """How many members have paid for messages of a round."""
    row = pot_message.c
    counted = select(func.count(row.member.distinct())).where(row.pot == pot_id, row.round == number)
    return connection.scalar(counted) or 0
