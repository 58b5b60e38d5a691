"""Documents for study's tests: sent over HTTP, read by the job, and seen from behind."""

from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import select

from laurels.identity.tables import Member
from laurels.products.study.desk import Desk
from laurels.products.study.jobs import read_documents, read_left
from laurels.products.study.tables import StudyClass, StudyDocument, study_document, study_page, study_passage, study_shelved, study_term
from products.study.extraction import files
from products.study.school import School

KEPT = (study_document, study_shelved, study_page, study_passage, study_term)
"""Tables that hold something of a document."""

OPTICS = [["Light bends where it enters glass.", "This is called refraction."], ["A lens gathers light in its focus."]]
"""Two pages of a script."""


def send(school: School, who: Member, room: StudyClass, name: str, data: bytes, **more: Any) -> httpx.Response:
    """Upload a file to a class; `key` is an Idempotency-Key."""
    return school.ask(who, "POST", f"/documents/classes/{room.id}/upload", files={"file": (name, data)}, **more)


def add(school: School, who: Member, room: StudyClass, name: str = "optics.pdf", data: bytes | None = None) -> UUID:
    """The same, where it must be taken in; gives the document's id."""
    answer = send(school, who, room, name, files.pdf(OPTICS, title="Optics") if data is None else data)
    assert answer.status_code == 202, answer.text
    return UUID(answer.json()["id"])


def add_read(school: School, who: Member, room: StudyClass, name: str = "optics.pdf", data: bytes | None = None) -> UUID:
    """The same, and have it read."""
    added = add(school, who, room, name, data)
    read_all(school)
    read = row(school, added)
    assert read.processing_status == "READY", read
    return added


def read_all(school: School) -> None:
    """Read what is due, as the job does when it is told of a document."""
    read_documents(school.job(), desk_of(school))


def tidy(school: School) -> None:
    """What the job does each minute."""
    read_left(school.job(), desk_of(school))


def desk_of(school: School) -> Desk:
    """The application's parts of study."""
    desk: Desk = school.app.state.study
    return desk


def row(school: School, document_id: UUID) -> StudyDocument:
    """A document's row."""
    with school.database.read.connect() as connection:
        return StudyDocument(*connection.execute(select(study_document).where(study_document.c.id == document_id)).one())


def rows_kept(school: School) -> dict[str, int]:
    """How many rows there are of any document."""
    return {table.name: school.count(table) for table in KEPT}


def stored(school: School) -> list[str]:
    """The keys of all files that are kept today."""
    return sorted(desk_of(school).storage.keys(school.clock.at.date()))
