"""How a member appears to others."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from laurels.ledger import BusinessKey, Draft, Needs
from laurels.products.progress.accounts import BOOK
from laurels.products.progress.decisions.basis import require_awardee
from laurels.products.progress.decisions.counting import progress_row
from laurels.products.progress.tables import Awardee, MemberProgress


@dataclass(frozen=True, slots=True)
class Appearing:
    """How a member appears from now on."""

    member: UUID
    is_anonymous: bool


@dataclass(frozen=True, slots=True)
class ChangeAppearance:
    """Hide a member's name on boards, or show it: their points and ranks stay what they are.

    Raises:
        Missing, MemberInactive: nobody to hide.
    """

    name: ClassVar[str] = "change_appearance"
    answers: ClassVar[type] = Appearing
    book: ClassVar[str] = BOOK
    key: ClassVar[BusinessKey | None] = None

    member: UUID
    is_anonymous: bool

    @property
    def reference(self) -> UUID:
        return self.member

    def needs(self) -> Needs:
        return Needs(rows=[(Awardee, self.member), (MemberProgress, self.member)])

    def decide(self, draft: Draft) -> Appearing:
        require_awardee(draft, self.member)
        draft.change(progress_row(draft, self.member), is_anonymous=self.is_anonymous)
        return Appearing(self.member, self.is_anonymous)
