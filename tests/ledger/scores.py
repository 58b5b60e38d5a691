"""What the ledger's tests of ranks share: a decision that scores on ranked boards."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from laurels.ledger import Account, BusinessKey, Draft, Needs, meter, system
from ledger.toy import BOOK, Answer, member

MONTH = "2026-11"


def total(number: int, book: str = BOOK) -> Account:
    """What a member scored ever: a purse that is ranked."""
    return Account(book, "score", f"member/{member(number)}", "total", ranked=True)


def standing(number: int, window: str = MONTH, book: str = BOOK) -> Account:
    """What a member scored in a window: a meter that is ranked."""
    return meter(book, f"member/{member(number)}", "standing", window, ranked=True)


@dataclass(frozen=True)
class Score:
    """Score on the total and in windows; below zero: take back, at most what is there."""

    name: ClassVar[str] = "toy_score"
    answers: ClassVar[type] = Answer
    reference: ClassVar[UUID | None] = None
    key: ClassVar[BusinessKey | None] = None

    to: int
    amount: int
    windows: Sequence[str] = (MONTH,)
    book: str = BOOK

    def needs(self) -> Needs:
        return Needs([self._made, total(self.to, self.book), *self._standings])

    def decide(self, draft: Draft) -> Answer:
        mine = total(self.to, self.book)
        if self.amount >= 0:
            draft.move(self._made, mine, self.amount, "score")
        else:
            draft.move(mine, self._made, min(-self.amount, draft.balance(mine)), "back")
        for account in self._standings:
            draft.count(account, max(self.amount, -draft.balance(account)), "score")
        return Answer(draft.entry, draft.balance(mine))

    @property
    def _made(self) -> Account:
        return system(self.book, "score", "made")

    @property
    def _standings(self) -> list[Account]:
        return [standing(self.to, window, self.book) for window in self.windows]
