"""Leaving the boards for good, when an account is deleted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from laurels.ledger import BusinessKey, Draft, Needs
from laurels.products.progress.accounts import BOOK, standing


@dataclass(frozen=True, slots=True)
class Left:
    """How many boards a member left."""

    boards: int


@dataclass(frozen=True, slots=True)
class LeaveBoards:
    """Count a member's standings down to 0, so that boards needn't know for ever who left.

    Their total stays: the ledger keeps what was given, and the board of all
    time leaves out who isn't active.

    Attributes:
        windows: of the boards that they are on.
    """

    name: ClassVar[str] = "leave_boards"
    answers: ClassVar[type] = Left
    key: ClassVar[BusinessKey | None] = None

    member: UUID
    windows: Sequence[str]

    @property
    def book(self) -> str:
        return BOOK

    @property
    def reference(self) -> UUID:
        return self.member

    def needs(self) -> Needs:
        return Needs([standing(self.member, window) for window in self.windows])

    def decide(self, draft: Draft) -> Left:
        left = 0
        for window in self.windows:
            board = standing(self.member, window)
            if points := draft.balance(board):
                draft.count(board, -points, "left")
                left += 1
        return Left(left)
