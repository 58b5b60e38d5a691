"""What a purchase would earn, through the same rules that post it; previewed, never posted."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from laurels.ledger import BusinessKey, Draft, Needs
from laurels.products.loyalty.decisions.earning import EarnPoints, Grant
from laurels.products.loyalty.decisions.guards import ANY_STATUS, require_program
from laurels.products.loyalty.rules import expires_at, usable_from

NOBODY = UUID(int=0)
"""Stands for somebody who has earned nothing yet: the lowest tier, and room in every cap."""


@dataclass(frozen=True, slots=True)
class WouldEarn:
    """What a purchase would earn, and why.

    Attributes:
        usable_from: when its points could be spent.
        expires_at: when they would expire; None: never, or by inactivity.
    """

    grant: Grant
    usable_from: datetime
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class DryRun:
    """Work a purchase out with the caps, budgets and tier as they stand now, and change nothing.

    Raises:
        Missing: there is no such program.
        ProgramChanged: the settings changed since they were read.
    """

    name: ClassVar[str] = "dry_run"
    answers: ClassVar[type] = WouldEarn
    key: ClassVar[BusinessKey | None] = None
    reference: ClassVar[UUID | None] = None

    earning: EarnPoints

    @property
    def book(self) -> str:
        return self.earning.book

    def needs(self) -> Needs:
        return self.earning.needs()

    def decide(self, draft: Draft) -> WouldEarn:
        basis, at = self.earning.basis, self.earning.purchase.occurred_at
        require_program(draft, basis.program, version=basis.version, allowed=ANY_STATUS)
        grant = self.earning.grant(draft, is_explained=True)
        return WouldEarn(grant, usable_from(basis.terms, at, basis.zone), expires_at(basis.terms, at, basis.zone))
