"""What an account leaves behind when it is deleted: its seats, its classes, and its room on shelves."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from laurels.ledger import BusinessKey, Draft, Needs
from laurels.products.study.accounts import BOOK, owned, seats, sessions, shelf_bytes, shelf_files
from laurels.products.study.decisions.seats import free_seat
from laurels.products.study.facts import ClassChanged


@dataclass(frozen=True, slots=True)
class Cleared:
    """What is taken off a shelf: of a class, or of a session, by its id."""

    scope: UUID
    files: int
    bytes: int


@dataclass(frozen=True, slots=True)
class StudyLeft:
    """In how many classes a member had a seat."""

    seats: int


@dataclass(frozen=True, slots=True)
class LeaveStudy:
    """Count down what a member had: seats, classes of their own, chats, documents. What they used stays counted.

    The rows are written beside, by whoever erases the account and holds the
    book meanwhile: what this is told is what they say.

    Attributes:
        classes: in which they have a seat.
        given_up: how many classes they own no longer.
        heirs: who owns each of those that go on; it may be more classes than they could make.
        chatted: classes in which they have chats.
        cleared: shelves, and what is taken off them.
        changed: classes whose pages are to be drawn anew, with what changed.
    """

    name: ClassVar[str] = "leave_study"
    answers: ClassVar[type] = StudyLeft
    book: ClassVar[str] = BOOK
    key: ClassVar[BusinessKey | None] = None

    member: UUID
    classes: Sequence[UUID]
    given_up: int
    heirs: Sequence[UUID]
    chatted: Sequence[UUID]
    cleared: Sequence[Cleared]
    changed: Sequence[tuple[UUID, str]]

    @property
    def reference(self) -> UUID:
        return self.member

    def needs(self) -> Needs:
        accounts = [owned(who) for who in dict.fromkeys((self.member, *self.heirs))]
        accounts += [seats(class_id) for class_id in self.classes]
        accounts += [sessions(class_id, self.member) for class_id in self.chatted]
        accounts += [meter(shelf.scope) for shelf in self.cleared for meter in (shelf_files, shelf_bytes)]
        return Needs(accounts)

    def decide(self, draft: Draft) -> StudyLeft:
        for class_id in self.classes:
            free_seat(draft, class_id)
        draft.count(owned(self.member), -self.given_up, "class")
        for heir, classes in Counter(self.heirs).items():
            draft.count(owned(heir), classes, "class")
        for meter in (sessions(class_id, self.member) for class_id in self.chatted):
            draft.count(meter, -draft.balance(meter), "deleted")
        for shelf in self.cleared:
            draft.count(shelf_files(shelf.scope), -shelf.files, "removed")
            draft.count(shelf_bytes(shelf.scope), -shelf.bytes, "removed")
        for class_id, what in self.changed:
            draft.announce(ClassChanged(class_id, what))
        return StudyLeft(len(self.classes))
