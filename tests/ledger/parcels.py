"""Toy decisions on lots and holds: earn, spend, expire, set aside, settle; for tests and properties."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from laurels.ledger import Account, BusinessKey, Draft, Lot, LotKey, Nature, Needs, Take, meter, system
from ledger.toy import BOOK, NOON, Answer, member

DAY = timedelta(days=1)


def points(number: int, book: str = BOOK) -> Account:
    """A member's purse of lots."""
    return Account(book, "point", f"member/{member(number)}", "points", nature=Nature.LOTS)


def stock(book: str = BOOK) -> Account:
    """A plain purse that all draw on."""
    return Account(book, "piece", "system", "stock")


def chats(number: int, book: str = BOOK) -> Account:
    """A meter of what a member has open."""
    return meter(book, f"member/{member(number)}", "chats")


def made(book: str = BOOK, asset: str = "point") -> Account:
    """Where points and pieces come from."""
    return system(book, asset, "made")


def used(book: str = BOOK, asset: str = "point") -> Account:
    """Where they go."""
    return system(book, asset, "used")


def gone(book: str = BOOK) -> Account:
    """Where points go that expire."""
    return system(book, "point", "gone")


@dataclass(frozen=True)
class Earn:
    """Make a lot: usable and expired so many days from now; negative: that long ago."""

    name: ClassVar[str] = "toy_earn"
    answers: ClassVar[type] = Answer
    reference: ClassVar[UUID | None] = None

    to: int
    amount: int
    expires: int | None = None
    usable: int = 0
    earned: int = 0
    pieces: int = 0
    book: str = BOOK
    key: BusinessKey | None = None

    def needs(self) -> Needs:
        return Needs([made(self.book), points(self.to, self.book), made(self.book, "piece"), stock(self.book)])

    def decide(self, draft: Draft) -> Answer:
        target = points(self.to, self.book)
        ends = None if self.expires is None else draft.at + self.expires * DAY
        lot = Lot(draft.at + self.earned * DAY, draft.at + self.usable * DAY, ends)
        draft.move(made(self.book), target, self.amount, "earn", lot=lot)
        draft.move(made(self.book, "piece"), stock(self.book), self.pieces, "stock")
        return Answer(draft.entry, draft.balance(target))


@dataclass(frozen=True)
class Spend:
    """Use points of the lots that expire first, or of one lot."""

    name: ClassVar[str] = "toy_spend"
    answers: ClassVar[type] = Answer
    key: ClassVar[BusinessKey | None] = None
    reference: ClassVar[UUID | None] = None

    by: int
    amount: int
    takes_pending: bool = False
    from_lot: tuple[int, int] | None = None
    book: str = BOOK

    def needs(self) -> Needs:
        return Needs([used(self.book)], lots=[points(self.by, self.book)])

    def decide(self, draft: Draft) -> Answer:
        purse, only = points(self.by, self.book), None if self.from_lot is None else LotKey(*self.from_lot)
        draft.move(purse, used(self.book), self.amount, "spend", takes_pending=self.takes_pending, from_lot=only)
        return Answer(draft.entry, draft.usable(purse))


@dataclass(frozen=True)
class Expire:
    """Move out what has expired."""

    name: ClassVar[str] = "toy_expire"
    answers: ClassVar[type] = Answer
    key: ClassVar[BusinessKey | None] = None
    reference: ClassVar[UUID | None] = None

    of: int
    book: str = BOOK

    def needs(self) -> Needs:
        return Needs([gone(self.book)], lots=[points(self.of, self.book)])

    def decide(self, draft: Draft) -> Answer:
        return Answer(draft.entry, draft.expire(points(self.of, self.book), gone(self.book)))


@dataclass(frozen=True)
class SetAside:
    """Hold points, pieces of the stock and a place, until tomorrow."""

    name: ClassVar[str] = "toy_set_aside"
    answers: ClassVar[type] = Answer
    key: ClassVar[BusinessKey | None] = None
    reference: ClassVar[UUID | None] = None

    hold: int
    of: int
    amount: int
    pieces: int = 0
    places: int = 0
    limit: int = 2
    until: datetime = NOON + DAY
    book: str = BOOK

    def needs(self) -> Needs:
        accounts = [points(self.of, self.book), stock(self.book), chats(self.of, self.book)]
        return Needs([used(self.book), used(self.book, "piece")], holding=accounts)

    def decide(self, draft: Draft) -> Answer:
        purse = points(self.of, self.book)
        draft.hold(
            UUID(int=self.hold),
            self.until,
            Take(stock(self.book), self.pieces, used(self.book, "piece")),
            Take(chats(self.of, self.book), self.places, limit=self.limit, is_lent=True),
            Take(purse, self.amount, used(self.book)),
        )
        return Answer(draft.entry, draft.usable(purse))


@dataclass(frozen=True)
class Settle:
    """Capture some of a hold, and give back the rest."""

    name: ClassVar[str] = "toy_settle"
    answers: ClassVar[type] = Answer
    key: ClassVar[BusinessKey | None] = None
    reference: ClassVar[UUID | None] = None

    hold: int
    used: int | None = None
    grace: int | None = None
    book: str = BOOK

    def needs(self) -> Needs:
        return Needs(holds=[UUID(int=self.hold)])

    def decide(self, draft: Draft) -> Answer:
        grace = None if self.grace is None else self.grace * DAY
        return Answer(draft.entry, draft.settle(UUID(int=self.hold), self.used, grace=grace).captured)
