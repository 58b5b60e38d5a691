"""A member's data in study: exported whole, and gone to the last word when they go."""

from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Text, cast, insert, select, update

from laurels.core.database import Database, fold_log, metadata
from laurels.core.ids import new_id
from laurels.identity.actions import delete_member
from laurels.identity.parts import Identity
from laurels.identity.service_keys import create_key, list_keys
from laurels.identity.tables import Member
from laurels.jobs.timetable import UTC_ZONE
from laurels.products.study.accounts import chats, own, owned, seats, sessions, shelf_bytes, shelf_files
from laurels.products.study.decisions.billing import Spend, Spent, Ticket
from laurels.products.study.decisions.documents import AddDocument, Quota, RemoveDocument, Shelf, Upload
from laurels.products.study.decisions.questions import Asked, AskQuestion, FinishAnswer
from laurels.products.study.decisions.sessions import OpenSession, SessionDone
from laurels.products.study.index import add_passages
from laurels.products.study.personal import export_study
from laurels.products.study.rules.words import Page, passages_of
from laurels.products.study.storage import new_key
from laurels.products.study.tables import (
    Citation,
    StudyClass,
    StudyDocument,
    study_citation,
    study_document,
    study_message,
    study_page,
    study_passage,
    study_term,
    study_usage,
)
from products.study import shelves
from products.study.school import School
from support.plans import Plans

CANARY = "zyzzyva"
"""A word that nobody but who is erased uses; its stem keeps these letters."""
STEM = CANARY[:6]


def shelve(school: School, room: StudyClass, who: Member, words: str, *, session: UUID | None = None) -> UUID:
    """A document that was read; gives its id."""
    upload = Upload(new_id(), f"{words}.md", "md", 100, f"{words}-digest", new_key(school.clock.at))
    shelf = Shelf(room.id, session)
    school.post_now(AddDocument(upload, shelf, Quota(100, 10_000), who.id))
    row = select(study_document).where(study_document.c.id == upload.id)
    with school.database.write.begin() as connection:
        connection.execute(insert(study_page).values(document=upload.id, number=1, text=f"The {words} eats leaves."))
        document = StudyDocument(*connection.execute(row).one())
        pieces = passages_of([Page(1, f"The {words} eats leaves.")])
        add_passages(connection, document, pieces, title=words, language="en")
        read = update(study_document).where(study_document.c.id == upload.id)
        connection.execute(read.values(processing_status="READY", title=words, note=words, passages=1, pages=1, due_at=None))
    return upload.id


def begin(school: School, room: StudyClass, who: Member, title: str) -> UUID:
    """A session; gives its id."""
    opened: SessionDone = school.post_now(OpenSession(new_id(), room.id, who.id, title, "standard")).answer
    return opened.session


def ask(school: School, room: StudyClass, session: UUID, who: Member, words: str) -> Asked:
    """A question of 100 tokens at most, that isn't answered yet."""
    spend = Spend(new_id(), room.id, who.id, "CHAT", "gpt", 100, school.clock.at, UTC_ZONE, school.clock.at, takes_slot=True)
    asked: Asked = school.post_now(AskQuestion(session, new_id(), f"What is a {words}?", spend)).answer
    return asked


def finish(school: School, session: UUID, asked: Asked, words: str, document: UUID) -> None:
    """Its answer, which cites a document and is remarked on."""
    cited = [Citation(asked.answer, 1, document, 1, 1, 0, 10)]
    school.post_now(FinishAnswer(asked.answer, session, asked.ticket, "answered", f"{words} [1]", Spent(40, 20, 7, False), 5, cited))
    with school.database.write.begin() as connection:
        connection.execute(update(study_message).where(study_message.c.id == asked.answer).values(rating=-1, note=f"no {words}"))


def tables_with(database: Database, word: str) -> list[str]:
    """The tables in which a word stands anywhere, whatever the column."""
    found = []
    with database.read.connect() as connection:
        for table in metadata.sorted_tables:
            columns = [cast(column, Text) for column in table.c]
            rows = connection.execute(select(*columns)).all()
            if any(word in str(value) for row in rows for value in row):
                found.append(table.name)
    return found


def identity_of(school: School) -> Identity:
    """Identity as the application has it."""
    identity: Identity = school.app.state.identity
    return identity


def test_an_export_has_classes_documents_chats_remarks_and_what_was_used(school: School) -> None:
    ana, bo = school.make_member(), school.make_member()
    room = school.found(ana, "Beekeeping")
    other = school.found(bo, "Botany")
    school.join(other, ana)
    document = shelve(school, room, ana, "drone")
    shelve(school, other, bo, "fern")
    session = begin(school, room, ana, "About drones")
    finish(school, session, ask(school, room, session, ana, "drone"), "A male bee.", document)
    theirs = begin(school, other, bo, "About ferns")
    ask(school, other, theirs, bo, "fern")
    with school.database.read.connect() as connection:
        told = export_study(connection, ana.id)
    assert [one["name"] for one in told["classes"]] == ["Beekeeping"]
    assert {one["name"] for one in told["memberships"]} == {"Beekeeping", "Botany"}
    assert [(one["filename"], "storage_key" in one) for one in told["documents"]] == [("drone.md", False)]
    assert [one["title"] for one in told["sessions"]] == ["About drones"]
    assert [(one["content"], one["rating"], one["note"]) for one in told["messages"]] == [
        ("A male bee. [1]", -1, "no A male bee."),
        ("What is a drone?", None, None),
    ]
    assert [(one["document"], one["number"]) for one in told["citations"]] == [(document, 1)]
    assert [(one["input_tokens"], one["output_tokens"]) for one in told["usage"]] == [(40, 20)]


def test_deleting_an_account_leaves_no_word_of_it_anywhere(served: School) -> None:
    ana, bo = served.make_member(), served.make_member()
    mine = served.found(ana, f"{CANARY} club", description=f"All about the {CANARY}")
    shared = served.found(bo, "Zoology")
    served.join(shared, ana)
    for room in (mine, shared):
        document = shelve(served, room, ana, CANARY)
        session = begin(served, room, ana, f"On {CANARY}")
        shelve(served, room, ana, f"{CANARY} alone", session=session)
        finish(served, session, ask(served, room, session, ana, CANARY), f"A {CANARY}.", document)
    served.post_now(RemoveDocument(document, Shelf(shared.id), f"{CANARY}-digest", ana.id))
    create_key(identity_of(served), subject=f"class/{shared.id}", name=f"{CANARY} notebook", scopes=["chat"], by=ana.id)
    kept = shelve(served, shared, bo, "beetle")
    left_before = tables_with(served.database, STEM)
    assert {"study_term", "study_page", "study_message", "study_class", "service_key"} < set(left_before)
    delete_member(identity_of(served), ana.id)
    assert tables_with(served.database, STEM) == []
    with served.database.read.connect() as connection:
        assert connection.scalars(select(study_passage.c.document)).all() == [kept], "others' documents stay"
        assert connection.scalars(select(study_citation.c.message)).all() == []
        assert connection.execute(select(study_term.c.term).where(study_term.c.term.like("beetl%"))).first() is not None
        there = connection.execute(select(study_document.c.id).where(study_document.c.deleted_at.is_(None))).scalars().all()
        [key] = list_keys(connection, f"class/{shared.id}")
        used = connection.execute(select(study_usage.c.input_tokens).where(study_usage.c.user_id == ana.id)).scalars().all()
    assert there == [kept]
    assert key.revoked_at is not None
    assert used == [40, 40], "numbers stay with the ledger"
    assert served.held(own(shared.id, ana.id, "2026-11-20")) == 60
    for scope, files in ((mine.id, 0), (shared.id, 1)):
        assert (served.held(shelf_files(scope)), served.held(shelf_bytes(scope))) == (files, 100 * files)
    assert [served.held(sessions(room.id, ana.id)) for room in (mine, shared)] == [0, 0]
    assert (served.held(seats(mine.id)), served.held(seats(shared.id)), served.held(owned(ana.id))) == (0, 1, 0)


def test_a_class_goes_to_the_manager_who_joined_first_and_sponsors_nobody(served: School) -> None:
    ana, bo, cy, dan, eva = (served.make_member() for _ in range(5))
    room = served.found(ana, "Zoology")
    for who in (bo, cy, dan, eva):
        served.join(room, who)
        served.later(minutes=1)
    for who in (cy, dan, eva):
        served.permit(room, who, is_manager=True)
    served.sponsor(room, bo, dan)
    served.suspend(cy)
    delete_member(identity_of(served), ana.id)
    after = served.room(room.id)
    assert (after.owner_id, after.is_active, after.name) == (dan.id, True, "Zoology"), "who is suspended gets nothing"
    assert [one.is_sponsored for one in served.memberships(room)] == [False] * 5
    assert served.membership(room, dan).can_share_class
    assert (served.held(owned(ana.id)), served.held(owned(dan.id)), served.held(seats(room.id))) == (0, 1, 4)
    assert served.membership(room, ana).status == "left"


def test_a_class_that_nobody_manages_is_archived(served: School) -> None:
    ana, bo = served.make_member(), served.make_member()
    room = served.found(ana, "Zoology", description="By Ana")
    served.join(room, bo)
    shelve(served, room, bo, "beetle")
    delete_member(identity_of(served), ana.id)
    after = served.room(room.id)
    assert (after.is_active, after.deleted_at, after.name, after.description) == (False, None, "Zoology", "")
    assert served.held(shelf_files(room.id)) == 1, "others' documents can still be read"
    assert {"class_id": str(room.id), "what": "archived"} in served.told("study.class_changed")


def test_an_answer_under_way_keeps_no_words_and_is_counted(served: School) -> None:
    ana, bo = served.make_member(), served.make_member()
    room = served.found(bo)
    served.join(room, ana)
    session = begin(served, room, ana, CANARY)
    asked = ask(served, room, session, ana, CANARY)
    assert isinstance(asked.ticket, Ticket)
    delete_member(identity_of(served), ana.id)
    served.post_now(FinishAnswer(asked.answer, session, asked.ticket, "answered", CANARY, Spent(40, 20, 7, False), 5))
    assert tables_with(served.database, STEM) == []
    assert (served.held(own(room.id, ana.id, "2026-11-20")), served.held(chats(room.id, ana.id))) == (60, 0)


def test_documents_are_taken_from_whoever_reads_them_before_their_words_go(served: School) -> None:
    ana = served.make_member()
    shelve(served, served.found(ana, "Botany"), ana, "fern")
    plans = Plans(identity_of(served).database.write)
    delete_member(identity_of(served), ana.id)
    plans.steps()
    did = [" ".join(statement.split()[:3]) for statement, _ in plans.asked]
    assert did.index("UPDATE study_document SET") < did.index("DELETE FROM study_term") < did.index("DELETE FROM study_page")


@pytest.mark.parametrize("times", [1, 2])
def test_whoever_has_nothing_in_study_is_erased_too(served: School, times: int) -> None:
    ana = served.make_member()
    for _ in range(times):
        delete_member(identity_of(served), ana.id)
    with served.database.read.connect() as connection:
        told = export_study(connection, ana.id)
    assert all(rows == [] for rows in told.values())


def test_files_go_with_the_account_and_the_databases_own_file_keeps_no_word(served: School) -> None:
    ana = served.make_member()
    room = served.found(ana, "Zoology")
    shelves.add_read(served, ana, room, "beetle.txt", f"The {CANARY} eats leaves.".encode())
    storage, today = shelves.desk_of(served).storage, served.clock.at.date()
    assert len(list(storage.keys(today))) == 1
    delete_member(identity_of(served), ana.id)
    shelves.tidy(served)
    assert list(storage.keys(today)) == []
    with served.database.read.connect() as connection:
        assert connection.execute(select(study_document.c.id)).all() == []
    if served.database.is_sqlite:
        assert fold_log(served.database)
        file = Path(str(served.database.write.url.database))
        assert CANARY.encode() not in file.read_bytes()
