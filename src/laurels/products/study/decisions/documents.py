"""Documents come and go: who may add and remove them, how many fit, and none twice. What they say is read beside: see `ingest`."""

from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from laurels.core.errors import Denied, Missing
from laurels.ledger import Account, BusinessKey, Draft, Needs
from laurels.products.study.accounts import BOOK, shelf_bytes, shelf_files
from laurels.products.study.decisions.guards import Standing, require_standing, standing_rows
from laurels.products.study.errors import DocumentBusy, DuplicateDocument, ShelfFull
from laurels.products.study.facts import ClassChanged, DocumentAdded
from laurels.products.study.rules.permissions import Permission
from laurels.products.study.tables import ChatSession, Shelved, StudyDocument

BUSY = ("PENDING", "PROCESSING")
"""Statuses of a document that is being read, or waits for it."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where documents are kept: those of a class, or of one session of it.

    Attributes:
        session_id: the session that alone finds them; None: all who may read in the class do.
    """

    class_id: UUID
    session_id: UUID | None = None

    @property
    def scope(self) -> UUID:
        """Whose quotas are used, and among whose documents none comes twice."""
        return self.session_id or self.class_id

    def rows(self, member: UUID) -> list[tuple[type, Any]]:
        """The rows that `require_on` reads."""
        return [*standing_rows(self.class_id, member), *([(ChatSession, self.session_id)] if self.session_id else [])]


@dataclass(frozen=True, slots=True)
class Quota:
    """How much fits on a shelf."""

    files: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was looked at and put away, and is to become a document.

    Attributes:
        filename: as its owner calls it.
        file_type: by its content: `pdf`, `docx`, ...
        digest: SHA-256 of it, in hex.
        storage_key: where it is kept.
        pages: as many as it says that it has; None where only reading it tells.
    """

    id: UUID
    filename: str
    file_type: str
    size_bytes: int
    digest: str
    storage_key: str
    pages: int | None = None


@dataclass(frozen=True, slots=True)
class DocumentChanged:
    """What a decision about a document did: its status is `PENDING`, or `DELETED`."""

    document: UUID
    status: str


@dataclass(frozen=True, slots=True)
class AddDocument:
    """Take a file in as a document of a class or of a session.

    Raises:
        Missing: there is no such class or session for them.
        MemberInactive, Denied: they may not upload to the class; or not chat, for a session.
        ClassClosed: the class is archived.
        DuplicateDocument: the same file is there already. Its name isn't told here: a refusal is kept, and it is somebody's word.
        ShelfFull: as many documents, or bytes of them, are there as fit.
    """

    name: ClassVar[str] = "add_document"
    answers: ClassVar[type] = DocumentChanged
    book: ClassVar[str] = BOOK
    key: ClassVar[BusinessKey | None] = None

    upload: Upload
    shelf: Shelf
    quota: Quota
    member: UUID

    @property
    def reference(self) -> UUID:
        return self.upload.id

    def needs(self) -> Needs:
        shelf = self.shelf
        place = (Shelved, (shelf.scope, self.upload.digest))
        return Needs([shelf_files(shelf.scope), shelf_bytes(shelf.scope)], [*shelf.rows(self.member), place])

    def decide(self, draft: Draft) -> DocumentChanged:
        require_on(draft, self.shelf, self.member, Permission.UPLOAD)
        self._take_place(draft)
        _count(draft, shelf_files(self.shelf.scope), 1, self.quota.files, "documents")
        _count(draft, shelf_bytes(self.shelf.scope), self.upload.size_bytes, self.quota.bytes, "bytes")
        draft.record(self._row(draft))
        draft.announce(DocumentAdded(self.upload.id, self.shelf.class_id, self.member))
        _tell_class(draft, self.shelf)
        return DocumentChanged(self.upload.id, "PENDING")

    def _take_place(self, draft: Draft) -> None:
        """Keep the file's digest on its shelf, so that of two that come at once one is refused."""
        scope, digest = self.shelf.scope, self.upload.digest
        place = draft.find(Shelved, (scope, digest))
        if place is None:
            draft.record(Shelved(scope, digest, self.upload.id))
        elif place.document is not None:
            raise DuplicateDocument(filename="", document_id=str(place.document))
        else:
            draft.change(place, document=self.upload.id)

    def _row(self, draft: Draft) -> StudyDocument:
        upload = self.upload
        return StudyDocument(
            id=upload.id,
            class_id=self.shelf.class_id,
            session_id=self.shelf.session_id,
            uploaded_by=self.member,
            filename=upload.filename,
            file_type=upload.file_type,
            size_bytes=upload.size_bytes,
            digest=upload.digest,
            storage_key=upload.storage_key,
            processing_status="PENDING",
            progress=0,
            error_code=None,
            error=None,
            note=None,
            title=None,
            language=None,
            pages=upload.pages,
            passages=None,
            tries=0,
            due_at=draft.at,
            created_at=draft.at,
        )


@dataclass(frozen=True, slots=True)
class RemoveDocument:
    """Take a document away: nobody finds or opens it from then on. Its words and its file follow: see `jobs`.

    Attributes:
        shelf: where it is; `digest`: of its file. Both as they were read: they never change.

    Raises:
        Missing: there is no such document for them.
        MemberInactive, ClassClosed.
        Denied: somebody else uploaded it to the class, and they don't manage that.
    """

    name: ClassVar[str] = "remove_document"
    answers: ClassVar[type] = DocumentChanged
    book: ClassVar[str] = BOOK
    key: ClassVar[BusinessKey | None] = None

    document: UUID
    shelf: Shelf
    digest: str
    member: UUID

    @property
    def reference(self) -> UUID:
        return self.document

    def needs(self) -> Needs:
        shelf = self.shelf
        rows = [(StudyDocument, self.document), (Shelved, (shelf.scope, self.digest))]
        return Needs([shelf_files(shelf.scope), shelf_bytes(shelf.scope)], [*shelf.rows(self.member), *rows])

    def decide(self, draft: Draft) -> DocumentChanged:
        row = require_document(draft, self.document, self.shelf, self.member)
        draft.change(row, deleted_at=draft.at, due_at=None)
        draft.change(draft.row(Shelved, (self.shelf.scope, self.digest)), document=None)
        draft.count(shelf_files(self.shelf.scope), -1, "removed")
        draft.count(shelf_bytes(self.shelf.scope), -row.size_bytes, "removed")
        _tell_class(draft, self.shelf)
        return DocumentChanged(row.id, "DELETED")


@dataclass(frozen=True, slots=True)
class ReprocessDocument:
    """Have a document read anew, from its file. It isn't found meanwhile.

    Raises:
        Missing, MemberInactive, ClassClosed, Denied: as `RemoveDocument`.
        DocumentBusy: it is being read.
    """

    name: ClassVar[str] = "reprocess_document"
    answers: ClassVar[type] = DocumentChanged
    book: ClassVar[str] = BOOK
    key: ClassVar[BusinessKey | None] = None

    document: UUID
    shelf: Shelf
    member: UUID

    @property
    def reference(self) -> UUID:
        return self.document

    def needs(self) -> Needs:
        return Needs(rows=[*self.shelf.rows(self.member), (StudyDocument, self.document)])

    def decide(self, draft: Draft) -> DocumentChanged:
        row = require_document(draft, self.document, self.shelf, self.member)
        if row.processing_status in BUSY:
            raise DocumentBusy()
        again = {"error_code": None, "error": None, "note": None, "tries": 0, "due_at": draft.at, "ready_at": None, "passages": None}
        draft.change(row, processing_status="PENDING", progress=0, **again)
        draft.announce(DocumentAdded(row.id, row.class_id, row.uploaded_by))
        _tell_class(draft, self.shelf)
        return DocumentChanged(row.id, "PENDING")


def require_on(draft: Draft, shelf: Shelf, member: UUID, permission: Permission | None) -> Standing:
    """Somebody who changes what is on a shelf: of a class with a permission, of a session by owning it and by chatting.

    Raises:
        Missing: there is no such class or session for them.
        MemberInactive, Denied, ClassClosed.
    """
    if shelf.session_id is None:
        return require_standing(draft, shelf.class_id, member, permission)
    session = draft.row(ChatSession, shelf.session_id)
    if session.user_id != member or session.class_id != shelf.class_id:
        raise Missing(what="session")
    return require_standing(draft, shelf.class_id, member, Permission.CHAT if permission else None)


def require_document(draft: Draft, document: UUID, shelf: Shelf, member: UUID) -> StudyDocument:
    """A document that somebody may change: who uploaded it, and managers of its class; of a session, its owner.

    Raises:
        Missing: there is none for them.
        MemberInactive, Denied, ClassClosed.
    """
    row = draft.row(StudyDocument, document)
    if row.deleted_at is not None or (row.class_id, row.session_id) != (shelf.class_id, shelf.session_id):
        raise Missing(what="document")
    standing = require_on(draft, shelf, member, None)
    if shelf.session_id is None and not may_change(standing, row):
        raise Denied(needs=Permission.MANAGE.value)
    return row


def may_change(standing: Standing, document: StudyDocument) -> bool:
    """Whether somebody who sees a document may remove it: of a session's, its owner alone sees it."""
    is_theirs = document.session_id is not None or document.uploaded_by == standing.mine.member
    return is_theirs or standing.may(Permission.MANAGE)


def _count(draft: Draft, meter: Account, amount: int, limit: int, unit: str) -> None:
    if draft.balance(meter) + amount > limit:
        raise ShelfFull(unit=unit, limit=limit, used=draft.balance(meter))
    draft.count(meter, amount, "added", limit=limit)


def _tell_class(draft: Draft, shelf: Shelf) -> None:
    """Have pages of the class draw its documents anew; what a session alone finds concerns nobody else."""
    if shelf.session_id is None:
        draft.announce(ClassChanged(shelf.class_id, "documents"))
