"""The ledger's books in memory: decisions are tried on them one after another, with no database."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

from laurels.core.rows import key_of
from laurels.core.windows import Month, month_of
from laurels.identity.tables import Participant, StaffAction
from laurels.ledger import Account, Decision, Draft, View
from laurels.ledger.sheet import always_needed
from laurels.ledger.view import State
from laurels.products.recognition.accounts import BOOK
from laurels.products.recognition.decisions import GiveCredits
from laurels.products.recognition.rules import Policy

A = TypeVar("A")

ANA, BO, CY, STAFF = (UUID(int=number) for number in range(1, 5))
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
POLICY = Policy()


@dataclass
class Books:
    """What was accepted so far.

    Attributes:
        last: the draft of the last decision that was accepted.
    """

    view: View = field(default_factory=View)
    entry: int = 0
    last: Draft = field(init=False)

    def __post_init__(self) -> None:
        for who in (ANA, BO, CY):
            self.put(Participant(who, "active"))

    def put(self, row: Any) -> None:
        """Have a row."""
        self.view.rows[type(row), key_of(row)] = row

    def hold(self, account: Account, balance: int, window: str | None = None) -> None:
        """Have an account hold something."""
        self.view.accounts[account.id] = State(account, balance, window, is_new=False)

    def decide(self, decision: Decision[A], at: datetime = NOW) -> A:
        """Decide, and accept what is decided."""
        needs = decision.needs()
        for account in (*needs.accounts, *always_needed(decision.book)):
            self.view.accounts.setdefault(account.id, State(account))
        for kind, key in needs.rows:
            self.view.rows.setdefault((kind, key), None)
        draft = Draft(self.view, book=decision.book, entry=self.entry + 1, at=at)
        answer = decision.decide(draft)
        draft.accept()
        self.entry += 1
        self.last = draft
        return answer

    def row(self, kind: type[A], key: Any) -> A:
        """A row as it is now."""
        found: A = self.view.rows[kind, key]
        assert found is not None
        return found

    def held(self, account: Account) -> int:
        """What an account holds now."""
        state = self.view.accounts.get(account.id)
        return state.balance if state else 0

    def moved(self) -> list[tuple[str, str, int, str]]:
        """What the last decision moved: source and target by purpose, amount, kind."""
        return [(posting.source.purpose, posting.target.purpose, posting.amount, posting.kind) for posting in self.last.postings]


def gift(credits: int, *, giver: UUID = ANA, receiver: UUID = BO, at: datetime = NOW, number: int = 100, **values: Any) -> GiveCredits:
    """A gift of Ana's to Bo, unless said otherwise."""
    policy = values.get("policy", POLICY)
    known: dict[str, Any] = {"message": "Thank you!", "value": None, "policy": policy, "month": month_of(at, policy.zone)}
    return GiveCredits(recognition=UUID(int=number), giver=giver, receiver=receiver, credits=credits, **known | values)


def audit_row(action: str = "recognition.reversed", *, number: int = 900) -> StaffAction:
    """A row of the staff's log."""
    return StaffAction(UUID(int=number), NOW, STAFF, action, "x", "{}", "{}", "")


NOVEMBER = Month("2026-11")
OCTOBER = Month("2026-10")
__all__ = ["ANA", "BO", "BOOK", "CY", "NOVEMBER", "NOW", "OCTOBER", "POLICY", "STAFF", "Books", "audit_row", "gift"]
