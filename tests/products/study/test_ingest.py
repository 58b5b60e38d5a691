"""Reading documents: through crashes, deletions, and what is down for a while; each by one reader at a time."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
import signal
import subprocess
import sys
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from laurels.core.settings import Settings
from laurels.jobs import JobContext
from laurels.products.study.facts import DocumentFailed, DocumentReady
from laurels.products.study.ingest.leases import LEASE, LeaseLost, take_due
from laurels.products.study.ingest.outcomes import MAX_TRIES
from laurels.products.study.jobs import read_documents, sweep
from laurels.products.study.storage import open_storage
from laurels.products.study.tables import study_class, study_document, study_page, study_passage
from products.study import reading_process
from products.study.extraction import files
from products.study.school import School
from products.study.shelves import add, add_read, desk_of, read_all, row, rows_kept, stored, tidy
from support.s3_server import an_s3_server

LONG = 400
"""Pages of a document that takes many pieces."""


def long_pdf(pages: int = LONG) -> bytes:
    """A script whose pages differ."""
    return files.pdf([[f"Page {page} tells of thing number {page * line}." for line in range(1, 21)] for page in range(1, pages + 1)])


def said(school: School, document: UUID) -> tuple[list[tuple[int, str]], list[tuple[int, int, int, int]]]:
    """What was read of a document: its pages, and where its passages are."""
    with school.database.read.connect() as connection:
        pages = select(study_page.c.number, study_page.c.text).where(study_page.c.document == document).order_by(study_page.c.number)
        of = study_passage.c
        passages = select(of.position, of.page, of.start, of.end).where(of.document == document).order_by(of.position)
        return [tuple(one) for one in connection.execute(pages)], [tuple(one) for one in connection.execute(passages)]


def job_that(school: School, look: Callable[[], bool]) -> JobContext:
    """A job that is asked between the pieces of its work whether to stop."""
    return replace(school.job(), is_stopping=look)


def on_look(number: int, do: Callable[[], Any]) -> Callable[[], bool]:
    """Between two pieces of the work, do something, once; go on."""
    looks = iter(range(number + 1))

    def look() -> bool:
        if next(looks, -1) == number:
            do()
        return False

    return look


def test_a_reading_that_is_killed_goes_on_behind_what_is_stored(school: School, database_url: str) -> None:
    with school.open():
        room, owner, _ = school.with_members(0)
        whole = add_read(school, owner, room, "whole.pdf", long_pdf())
        document = add(school, owner, school.found(owner, "Other"), "killed.pdf", long_pdf())
        command = [sys.executable, reading_process.__file__, database_url, str(school.place.settings.home), school.clock.at.isoformat()]
        process = subprocess.Popen(command, cwd=Path(__file__).parent)
        progress = 0
        while progress < 20 and process.poll() is None:
            progress = row(school, document).progress
        process.send_signal(signal.SIGKILL)
        process.wait()
        left = row(school, document)
        assert (left.processing_status, left.tries) == ("PROCESSING", 1), "it was killed in the middle"
        half = said(school, document)
        assert len(half[0]) > 0
        read_all(school)
        assert row(school, document) == left, "its lease still runs"
        school.clock.set(school.clock.at + LEASE)
        read_all(school)
        assert (row(school, document).processing_status, row(school, document).tries) == ("READY", 2)
        assert said(school, document) == said(school, whole)
        assert row(school, document).passages == row(school, whole).passages


def test_a_process_that_wants_to_end_leaves_a_document_to_the_next(served: School) -> None:
    room, owner, _ = served.with_members(0)
    document = add(served, owner, room, "long.pdf", long_pdf())
    looks = iter(range(1_000))
    read_documents(job_that(served, lambda: next(looks) >= 6), desk_of(served))
    left = row(served, document)
    assert (left.processing_status, left.tries, left.due_at) == ("PENDING", 0, served.clock.at)
    stored_pages = len(said(served, document)[0])
    assert 0 < stored_pages < LONG
    read_all(served)
    assert row(served, document).processing_status == "READY"
    assert [number for number, _ in said(served, document)[0]] == list(range(1, LONG + 1))


@pytest.mark.parametrize("look", [2, 5, 8])
def test_a_document_deleted_while_it_is_read_leaves_nothing(served: School, look: int) -> None:
    room, owner, _ = served.with_members(0)
    document = add(served, owner, room, "long.pdf", long_pdf())

    def delete() -> None:
        assert served.ask(owner, "DELETE", f"/documents/{document}").status_code == 204

    read_documents(job_that(served, on_look(look, delete)), desk_of(served))
    assert set(rows_kept(served).values()) == {0}
    assert stored(served) == []
    assert served.told(DocumentReady.name) == []


def test_two_readers_never_have_the_same_document(served: School) -> None:
    room, owner, _ = served.with_members(0)
    made = [add(served, owner, room, f"{number}.txt", f"Words of {number}.".encode()) for number in range(8)]
    other = replace(desk_of(served), reading=desk_of(served).reading.__class__(2))
    served.together(
        lambda: read_documents(served.job(), desk_of(served)),
        lambda: read_documents(served.job(), other),
    )
    rows = [row(served, document) for document in made]
    assert {(one.processing_status, one.tries, one.passages) for one in rows} == {("READY", 1, 1)}
    assert len(served.told(DocumentReady.name)) == len(made)


def test_what_lost_its_lease_writes_nothing_more(served: School) -> None:
    room, owner, _ = served.with_members(0)
    document = add(served, owner, room)
    late = take_due(served.job())
    assert late is not None
    served.clock.set(served.clock.at + LEASE)
    read_all(served)
    read = row(served, document)
    assert read.processing_status == "READY"
    with pytest.raises(LeaseLost), late.writing(progress=3):
        pass
    assert row(served, document) == read


def test_a_file_whose_pages_have_no_text_fails_with_a_reason(served: School) -> None:
    room, owner, _ = served.with_members(0)
    document = add(served, owner, room, "scan.pdf", files.pdf([[], []]))
    read_all(served)
    known = served.read(owner, f"/documents/{document}")
    assert (known["processing_status"], known["error_code"]) == ("FAILED", "file-without-text")
    assert "OCR" in known["error"]
    assert [(fact["document"], fact["error_code"]) for fact in served.told(DocumentFailed.name)] == [(str(document), "file-without-text")]
    assert row(served, document).due_at is None, "it isn't tried again"
    assert [one["id"] for one in served.pages(owner, f"/documents/classes/{room.id}", status="FAILED")] == [str(document)]


def test_pages_without_text_are_told_of_a_document_that_has_some(served: School) -> None:
    room, owner, _ = served.with_members(0)
    document = add_read(served, owner, room, "half.pdf", files.pdf([["Words."], [], []]))
    assert row(served, document).note == "2 of its 3 pages have no text that can be read: pictures, or nothing."


def test_a_file_that_is_gone_fails_at_once(served: School) -> None:
    room, owner, _ = served.with_members(0)
    document = add(served, owner, room)
    desk_of(served).storage.delete(row(served, document).storage_key)
    read_all(served)
    assert (row(served, document).processing_status, row(served, document).error_code) == ("FAILED", "file-gone")


def test_a_storage_that_is_away_is_tried_again_and_then_told(school: School) -> None:
    with an_s3_server() as bucket, school.open(**bucket.settings):
        room, owner, _ = school.with_members(0)
        document = add(school, owner, room)
        bucket.fails = 503
        for tries in range(1, MAX_TRIES):
            read_all(school)
            known = row(school, document)
            assert (known.processing_status, known.tries) == ("PENDING", tries)
            assert known.due_at is not None
            assert known.due_at >= school.clock.at + timedelta(seconds=10)
            school.clock.set(known.due_at)
        read_all(school)
        assert (row(school, document).processing_status, row(school, document).error_code) == ("FAILED", "reading-failed")
        bucket.fails = None
        assert school.ask(owner, "POST", f"/documents/{document}/reprocess").status_code == 202
        read_all(school)
        assert row(school, document).processing_status == "READY"


def test_a_bucket_keeps_gives_and_forgets_files(school: School) -> None:
    with an_s3_server() as bucket, school.open(**bucket.settings):
        room, owner, _ = school.with_members(0)
        data = long_pdf(20)
        document = add_read(school, owner, room, "s3.pdf", data)
        assert list(bucket.objects.values()) == [data]
        assert school.get(owner, f"/documents/{document}/file").content == data
        assert len(said(school, document)[0]) == 20
        assert school.ask(owner, "DELETE", f"/documents/{document}").status_code == 204
        tidy(school)
        assert not bucket.objects
        bucket.fails = 503
        answer = school.ask(owner, "POST", f"/documents/classes/{room.id}/upload", files={"file": ("a.txt", b"Words.")})
        assert (answer.status_code, answer.json()["code"]) == (503, "storage-unavailable")
        assert school.count(study_document) == 0


def test_files_without_a_document_are_swept_a_day_later(served: School) -> None:
    room, owner, _ = served.with_members(0)
    kept = row(served, add(served, owner, room)).storage_key
    storage = open_storage(served.place.settings)
    stray = f"{kept[:11]}{'0' * 40}"
    storage.put(stray, files.as_file(b"cut off"))
    day = served.clock.at.date()
    sweep(served.job(), desk_of(served))
    assert sorted(storage.keys(day)) == sorted([kept, stray]), "an upload may be under way"
    served.later(days=1)
    sweep(served.job(), desk_of(served))
    assert list(storage.keys(day)) == [kept]


def test_documents_of_a_deleted_class_are_swept(served: School) -> None:
    room, owner, _ = served.with_members(0)
    add_read(served, owner, room)
    with served.database.write.begin() as connection:
        gone = study_class.update().where(study_class.c.id == room.id)
        connection.execute(gone.values(deleted_at=served.clock.at, class_code=None))
    sweep(served.job(), desk_of(served))
    assert set(rows_kept(served).values()) == {0}
    assert stored(served) == []


@pytest.fixture
def settings(settings: Settings) -> Iterator[Settings]:
    """The same; and nothing of an upload is left in its folder on the way."""
    yield settings
    spool = settings.home / "spool"
    assert not spool.exists() or not list(spool.iterdir())
