"""Telling how the reading of a document ended: documents are read beside the ledger, and facts are told by it alone."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from laurels.ledger import BusinessKey, Draft, Needs
from laurels.products.study.accounts import BOOK
from laurels.products.study.decisions.documents import Shelf
from laurels.products.study.facts import ClassChanged, DocumentFailed, DocumentReady


@dataclass(frozen=True, slots=True)
class ReadingTold:
    """That it was told."""

    document: UUID


@dataclass(frozen=True, slots=True)
class TellRead:
    """Announce that a document was read, or can't be; pages of its class are told, too. Nothing moves.

    Whoever reads posts it with `post_within`, in the transaction that writes
    the document's last state: both are there, or neither.

    Attributes:
        member: who uploaded it.
        passages: of one that was read.
        error_code: of one that can't be.
    """

    name: ClassVar[str] = "tell_document_read"
    answers: ClassVar[type] = ReadingTold
    book: ClassVar[str] = BOOK
    key: ClassVar[BusinessKey | None] = None

    document: UUID
    shelf: Shelf
    member: UUID
    passages: int = 0
    error_code: str | None = None

    @property
    def reference(self) -> UUID:
        return self.document

    def needs(self) -> Needs:
        return Needs()

    def decide(self, draft: Draft) -> ReadingTold:
        shelf = self.shelf
        if self.error_code is None:
            draft.announce(DocumentReady(self.document, shelf.class_id, shelf.session_id, self.member, self.passages))
        else:
            draft.announce(DocumentFailed(self.document, shelf.class_id, shelf.session_id, self.member, self.error_code))
        if shelf.session_id is None:
            draft.announce(ClassChanged(shelf.class_id, "documents"))
        return ReadingTold(self.document)
