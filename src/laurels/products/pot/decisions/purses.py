"""A member's coins: how a purse is opened, and what it may still put into the pot."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from laurels.core.windows import day_of, next_day_start, week_of
from laurels.ledger import Account, BusinessKey, Draft, Needs
from laurels.products.pot.accounts import BOOK, ISSUED, MAIN, coins, paid, pot_of
from laurels.products.pot.errors import Paused
from laurels.products.pot.rules import PotRules, allowance_due, effective_limit, own_limit, read_rules, weeks_since
from laurels.products.pot.tables import Pot, Sender

_SENDER_FIELDS = tuple(field.name for field in fields(Sender))


def purse_needs(member: UUID) -> tuple[Account, ...]:
    """The accounts that `open_purse` touches."""
    return (coins(member), ISSUED)


def open_purse(draft: Draft, member: UUID, rules: PotRules, zone: ZoneInfo) -> None:
    """Turn a member's purse to the current week: the first touch gives what all begin with, later weeks the allowance.

    Weeks without a touch roll one after another. A purse turned further already stays as it is.
    """
    purse, week = coins(member), week_of(draft.at, zone)
    last = draft.window(purse)
    if last is None:
        draft.move(ISSUED, purse, rules.starting_coins, "start", window=week)
        draft.turn(purse, week)
    elif weeks := weeks_since(last, week):
        draft.move(ISSUED, purse, allowance_due(rules, draft.balance(purse), weeks), "allowance", window=week)
        draft.turn(purse, week)


def sender_of(draft: Draft, member: UUID, day: date) -> Sender:
    """What a member has sent, also where they never did."""
    return draft.find(Sender, member) or Sender(member, 0, 0, 0, day, 0)


def keep_sender(draft: Draft, sender: Sender) -> None:
    """Write what a member has sent or set."""
    before = draft.find(Sender, sender.member)
    if before is None:
        draft.record(sender)
        return
    changed = {name: getattr(sender, name) for name in _SENDER_FIELDS if getattr(sender, name) != getattr(before, name)}
    if changed:
        draft.change(before, **changed)


def pay_in(draft: Draft, sender: Sender, rules: PotRules, amount: int, kind: str, *, pot: str, day: date, zone: ZoneInfo) -> None:
    """Move a member's coins into a pot, within what they and the community allow a day.

    Raises:
        Paused: they asked to be kept out.
        LimitReached: more than the day's limit would be paid.
        InsufficientBalance: they have less.
    """
    if (until := pause_of(sender, draft.at)) is not None:
        raise Paused(paused_until=until.isoformat())
    limit = limit_of(sender, rules, day)
    resets_at = next_day_start(draft.at, zone).isoformat()
    draft.count(paid(sender.member, day), amount, "paid", limit=limit, resets_at=resets_at)
    draft.move(coins(sender.member), pot_of(pot), amount, kind)


def pause_of(sender: Sender, at: datetime) -> datetime | None:
    """Until when a member asked to be kept out; None where they aren't, at an instant."""
    return sender.paused_until if sender.paused_until is not None and at < sender.paused_until else None


def limit_of(sender: Sender, rules: PotRules, day: date) -> int | None:
    """The most that a member may put into the pot on a day; None: no limit."""
    return effective_limit(rules.daily_limit, own_limit(sender.own_limit, sender.later_limit, sender.later_from, day))


@dataclass(frozen=True, slots=True)
class CoinsRead:
    """A member's coins at an instant.

    Attributes:
        messages: how many they paid, ever.
        paid_today: coins put into the pot on the community's day.
        daily_limit: the most of them, by the community or themselves; None: no limit.
        own_limit: what they set themselves; None: nothing.
        later_limit: what their own becomes on the day `later_from`.
        day: the community's.
    """

    balance: int
    messages: int
    paid_today: int
    daily_limit: int | None
    own_limit: int | None
    later_limit: int | None
    later_from: date | None
    paused_until: datetime | None
    day: date


@dataclass(frozen=True, slots=True)
class ReadCoins:
    """Tell a member's coins as if their week had been opened: previewed, never posted."""

    name: ClassVar[str] = "read_coins"
    answers: ClassVar[type] = CoinsRead
    book: ClassVar[str] = BOOK
    key: ClassVar[BusinessKey | None] = None
    reference: ClassVar[UUID | None] = None

    member: UUID
    at: datetime
    zone: ZoneInfo

    def needs(self) -> Needs:
        return Needs([*purse_needs(self.member), paid(self.member, day_of(self.at, self.zone))], [(Sender, self.member), (Pot, MAIN)])

    def decide(self, draft: Draft) -> CoinsRead:
        rules, day = read_rules(draft.row(Pot, MAIN).rules), day_of(self.at, self.zone)
        open_purse(draft, self.member, rules, self.zone)
        sender = sender_of(draft, self.member, day)
        is_later = sender.later_from is not None and day < sender.later_from
        return CoinsRead(
            balance=draft.balance(coins(self.member)),
            messages=sender.messages,
            paid_today=draft.balance(paid(self.member, day)),
            daily_limit=limit_of(sender, rules, day),
            own_limit=own_limit(sender.own_limit, sender.later_limit, sender.later_from, day),
            later_limit=sender.later_limit if is_later else None,
            later_from=sender.later_from if is_later else None,
            paused_until=pause_of(sender, self.at),
            day=day,
        )
