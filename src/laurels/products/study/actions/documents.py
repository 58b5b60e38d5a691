"""Documents: taken in from an upload, taken away, read anew.

A file is looked at before anything of it is kept: its size while it comes, what
it is, whether it opens. Then it is put away, and only then decided about: a
crash in between leaves a file without a document, which `jobs.sweep` removes.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
import logging
import os
from typing import BinaryIO
import unicodedata
from uuid import UUID

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from laurels.core.errors import DomainError, Unavailable
from laurels.core.ids import new_id
from laurels.core.settings import Settings
from laurels.core.text import remove_controls
from laurels.jobs import Workplace
from laurels.ledger.writer import Posted, Proposal, RequestKey
from laurels.products.study.bounds import MAX_FILE_NAME
from laurels.products.study.decisions.documents import (
    AddDocument,
    DocumentChanged,
    Quota,
    RemoveDocument,
    ReprocessDocument,
    Shelf,
    Upload,
)
from laurels.products.study.desk import Desk
from laurels.products.study.errors import ClassClosed, DuplicateDocument
from laurels.products.study.extraction import FileType, check_upload, probe
from laurels.products.study.queries.access import read_document, read_session, read_standing
from laurels.products.study.queries.documents import find_same
from laurels.products.study.rules.permissions import Permission
from laurels.products.study.storage import StorageUnavailable, new_key
from laurels.products.study.tables import StudyDocument
from laurels.web.caller import Caller
from laurels.web.problems import ContentTooLarge

PIECE_BYTES = 2**18
"""Of a file that is copied: in memory at once."""

log = logging.getLogger(__name__)


async def upload(
    place: Workplace, desk: Desk, caller: Caller, shelf: Shelf, file: UploadFile, *, request: RequestKey | None = None
) -> Posted[DocumentChanged]:
    """Take a file in as a document of a class or a session; reading it follows.

    Refused, nothing of it is kept: neither a row nor the file, and no quota is used.

    Raises:
        ContentTooLarge: it is larger than the settings allow.
        FileRefused: it isn't a document that can be read, whatever its name says.
        ReaderStopped, StorageUnavailable: try again.
        DomainError: what `AddDocument` refuses.
    """
    taking = partial(_take_in, place, desk, caller, shelf, file, request is None)
    taken = await asyncio.get_running_loop().run_in_executor(desk.uploads, taking)
    decision = AddDocument(taken, shelf, quota_of(place.settings, shelf), caller.member_id)
    try:
        posted = await place.writer.post(Proposal(decision, place.clock.now(), caller.actor, request))
    except Unavailable:
        raise  # it isn't known what became of it: if it has no row, the file is swept up
    except DuplicateDocument as refusal:
        await run_in_threadpool(_drop, desk, taken.storage_key)
        raise await run_in_threadpool(_named, place, shelf, taken.digest, refusal) from None
    except DomainError:
        await run_in_threadpool(_drop, desk, taken.storage_key)
        raise
    if posted.is_replay:
        await run_in_threadpool(_drop, desk, taken.storage_key)
    return posted


async def remove_document(place: Workplace, caller: Caller, document_id: UUID, *, request: RequestKey | None = None) -> None:
    """Take a document away, with all that it says.

    Raises:
        DomainError: what `RemoveDocument` refuses.
    """
    row = await run_in_threadpool(_read, place, caller, document_id)
    decision = RemoveDocument(row.id, Shelf(row.class_id, row.session_id), row.digest, caller.member_id)
    await place.writer.post(Proposal(decision, place.clock.now(), caller.actor, request))


async def reprocess_document(place: Workplace, caller: Caller, document_id: UUID) -> None:
    """Have a document read anew.

    Raises:
        DomainError: what `ReprocessDocument` refuses.
    """
    row = await run_in_threadpool(_read, place, caller, document_id)
    decision = ReprocessDocument(row.id, Shelf(row.class_id, row.session_id), caller.member_id)
    await place.writer.post(Proposal(decision, place.clock.now(), caller.actor))


def quota_of(settings: Settings, shelf: Shelf) -> Quota:
    """How much fits on a shelf, by the settings."""
    if shelf.session_id is None:
        return Quota(settings.study_class_files, settings.study_class_mebibytes * 2**20)
    return Quota(settings.study_session_files, settings.study_session_mebibytes * 2**20)


def clean_name(sent: str) -> str:
    """A file's name as it is kept: without folders and control characters; a long one loses what is before its ending."""
    name = remove_controls(sent.replace("\\", "/").rpartition("/")[2]).replace("\n", " ").replace("\t", " ")
    name = unicodedata.normalize("NFC", name).strip()
    if len(name) <= MAX_FILE_NAME:
        return name
    ending = name[name.rfind(".") :] if "." in name[-10:] else ""
    return name[: MAX_FILE_NAME - len(ending)] + ending


def _take_in(place: Workplace, desk: Desk, caller: Caller, shelf: Shelf, sent: UploadFile, is_new: bool) -> Upload:
    """Look at a file, and put it away; for a thread that may block. One that may be a replay isn't compared: its decision tells."""
    _require_may_upload(place, caller, shelf)
    name = clean_name(sent.filename or "")
    with desk.spooled() as file:
        size, digest = _copy(sent.file, file, limit_bytes=place.settings.max_file_bytes)
        file_type = check_upload(file, name)
        if is_new:
            _require_new(place, shelf, digest)
        pages = _page_count(file, file_type)
        key = new_key(place.clock.now())
        with _from_beginning(file) as whole:
            desk.storage.put(key, whole)
    return Upload(new_id(), name, file_type.value, size, digest, key, pages)


def _require_may_upload(place: Workplace, caller: Caller, shelf: Shelf) -> None:
    """Turn away early who may not upload: the decision checks again."""
    with place.database.read.connect() as connection:
        if shelf.session_id is None:
            standing = read_standing(connection, shelf.class_id, caller.member_id, Permission.UPLOAD)
        else:
            standing = read_session(connection, shelf.session_id, caller.member_id, mine_only=True).standing
            standing.require(Permission.CHAT)
    if not standing.room.is_active:
        raise ClassClosed()


def _copy(sent: BinaryIO, file: BinaryIO, *, limit_bytes: int) -> tuple[int, str]:
    """Copy a file; gives its size and its digest."""
    digest, size = sha256(), 0
    sent.seek(0)
    while piece := sent.read(PIECE_BYTES):
        size += len(piece)
        if size > limit_bytes:
            raise ContentTooLarge(limit_bytes=limit_bytes)
        digest.update(piece)
        file.write(piece)
    file.flush()
    return size, digest.hexdigest()


def _require_new(place: Workplace, shelf: Shelf, digest: str) -> None:
    """Turn away early what is there already: the decision checks again."""
    with place.database.read.connect() as connection:
        same = find_same(connection, shelf.scope, digest)
    if same is not None:
        raise DuplicateDocument(filename=same[1], document_id=str(same[0]))


def _page_count(file: BinaryIO, file_type: FileType) -> int:
    """Open a file as a trial, in a process of its own; gives how many pages it says that it has."""
    return probe(file, file_type).page_count


@contextmanager
def _from_beginning(file: BinaryIO) -> Iterator[BinaryIO]:
    """The same file, at its beginning: who opened it in another process has moved the place that both share, behind its buffer."""
    with os.fdopen(os.dup(file.fileno()), "rb") as whole:
        whole.seek(0)
        yield whole


def _named(place: Workplace, shelf: Shelf, digest: str, refusal: DuplicateDocument) -> DuplicateDocument:
    """The refusal of two uploads at once, with the name that its decision may not tell."""
    with place.database.read.connect() as connection:
        same = find_same(connection, shelf.scope, digest)
    told = DuplicateDocument(filename=same[1] if same else "", document_id=str(refusal.fields["document_id"]))
    told.is_replay = refusal.is_replay
    return told


def _drop(desk: Desk, key: str) -> None:
    """Remove a file that no document has; what can't be removed now is swept up later."""
    try:
        desk.storage.delete(key)
    except StorageUnavailable:
        log.warning("a file without a document is left to be swept up")


def _read(place: Workplace, caller: Caller, document_id: UUID) -> StudyDocument:
    with place.database.read.connect() as connection:
        return read_document(connection, document_id, caller.member_id)[0]
