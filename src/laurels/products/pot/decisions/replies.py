"""The bot's replies that come after their message: they come, fail, are asked for again, or the price goes back."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from laurels.ledger import BusinessKey, Draft, Needs
from laurels.products.pot.accounts import BOOK, ISSUED, coins, paid, pot_of
from laurels.products.pot.decisions.messages import REPLY_LEASE
from laurels.products.pot.errors import ReplySettled, ReplyUnderWay
from laurels.products.pot.facts import MessageRefunded, ReplyReady
from laurels.products.pot.tables import Pot, PotMessage


@dataclass(frozen=True, slots=True)
class ReplyKept:
    """What became of a message: `answered`, `pending`, `failed` or `refunded`."""

    message: UUID
    status: str


@dataclass(frozen=True, slots=True)
class KeepReply:
    """Write the bot's reply to a paid message; the first one stays.

    Raises:
        Missing: there is no such message.
        ReplySettled: it has one, its price was returned, or its writer's account was deleted.
    """

    name: ClassVar[str] = "keep_reply"
    answers: ClassVar[type] = ReplyKept
    book: ClassVar[str] = BOOK
    key: ClassVar[BusinessKey | None] = None

    message: UUID
    reply: str

    @property
    def reference(self) -> UUID:
        return self.message

    def needs(self) -> Needs:
        return Needs(rows=[(PotMessage, self.message)])

    def decide(self, draft: Draft) -> ReplyKept:
        row = require_open(draft, self.message)
        draft.change(row, reply=self.reply, reply_status="answered", tries=row.tries + 1, next_try_at=None)
        draft.announce(ReplyReady(row.id, row.member, "answered"))
        return ReplyKept(row.id, "answered")


@dataclass(frozen=True, slots=True)
class PutOffReply:
    """Note that the bot couldn't be asked, and when it is asked again; without a time it won't be, until its writer says so.

    Raises:
        Missing, ReplySettled.
    """

    name: ClassVar[str] = "put_off_reply"
    answers: ClassVar[type] = ReplyKept
    book: ClassVar[str] = BOOK
    key: ClassVar[BusinessKey | None] = None

    message: UUID
    next_try_at: datetime | None

    @property
    def reference(self) -> UUID:
        return self.message

    def needs(self) -> Needs:
        return Needs(rows=[(PotMessage, self.message)])

    def decide(self, draft: Draft) -> ReplyKept:
        row = require_open(draft, self.message)
        status = "failed" if self.next_try_at is None else "pending"
        draft.change(row, reply_status=status, tries=row.tries + 1, next_try_at=self.next_try_at)
        if status == "failed":
            draft.announce(ReplyReady(row.id, row.member, status))
        return ReplyKept(row.id, status)


@dataclass(frozen=True, slots=True)
class TakeReply:
    """Take a message's reply in hand, so that nobody else asks for it meanwhile: its time is put off by a lease.

    Raises:
        Missing, ReplySettled.
        ReplyUnderWay: somebody has it in hand.
    """

    name: ClassVar[str] = "take_reply"
    answers: ClassVar[type] = ReplyKept
    book: ClassVar[str] = BOOK
    key: ClassVar[BusinessKey | None] = None

    message: UUID

    @property
    def reference(self) -> UUID:
        return self.message

    def needs(self) -> Needs:
        return Needs(rows=[(PotMessage, self.message)])

    def decide(self, draft: Draft) -> ReplyKept:
        row = require_open(draft, self.message)
        if row.next_try_at is not None and draft.at < row.next_try_at:
            raise ReplyUnderWay()
        draft.change(row, reply_status="pending", next_try_at=draft.at + REPLY_LEASE)
        return ReplyKept(row.id, "pending")


@dataclass(frozen=True, slots=True)
class RefundMessage:
    """Return the price of a message that the bot couldn't answer; the count, and so the next price, stays.

    It comes out of the pot while the message's round goes on, and out of new
    coins once that is over. What won has its price back already, with all the
    rest: it keeps waiting for its reply instead.

    Attributes:
        member: whose message it is.
        day: the day that it counted against.
    """

    name: ClassVar[str] = "refund_message"
    answers: ClassVar[type] = ReplyKept
    book: ClassVar[str] = BOOK
    key: ClassVar[BusinessKey | None] = None

    message: UUID
    member: UUID
    pot: str
    day: date

    @property
    def reference(self) -> UUID:
        return self.message

    def needs(self) -> Needs:
        accounts = [coins(self.member), pot_of(self.pot), ISSUED, paid(self.member, self.day)]
        return Needs(accounts, [(PotMessage, self.message), (Pot, self.pot)])

    def decide(self, draft: Draft) -> ReplyKept:
        row, pot = require_open(draft, self.message), draft.row(Pot, self.pot)
        if row.prize:
            raise ReplySettled()
        is_there = pot.round == row.round and draft.balance(pot_of(pot.id)) >= row.price
        draft.move(pot_of(pot.id) if is_there else ISSUED, coins(row.member), row.price, "refund")
        draft.count(paid(row.member, row.day), -row.price, "refunded")
        draft.change(row, reply_status="failed", tries=row.tries + 1, next_try_at=None, is_refunded=True)
        left = draft.balance(pot_of(pot.id))
        draft.announce(MessageRefunded(pot.id, row.id, row.member, row.price, left, pot.round, pot.messages))
        draft.announce(ReplyReady(row.id, row.member, "refunded"))
        return ReplyKept(row.id, "refunded")


def require_open(draft: Draft, message: UUID) -> PotMessage:
    """A message that has no reply yet, whose price wasn't returned, and whose writer is still there.

    Raises:
        Missing, ReplySettled.
    """
    row = draft.row(PotMessage, message)
    if row.reply_status == "answered" or row.is_refunded or row.words is None:
        raise ReplySettled()
    return row
