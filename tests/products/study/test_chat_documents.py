"""Documents of a chat's own: for its owner alone, also where the chat is shared."""

from uuid import UUID

from sqlalchemy import delete, update

from laurels.core.ids import new_id
from laurels.identity.tables import Member
from laurels.products.study import index
from laurels.products.study.facts import ClassChanged
from laurels.products.study.jobs import sweep
from laurels.products.study.tables import StudyClass, study_session
from products.study.school import School
from products.study.shelves import add_read, desk_of, read_all, row, rows_kept, stored
from support.site import refused


def begin(school: School, who: Member, room: StudyClass) -> UUID:
    """Begin a chat; gives its id."""
    answer = school.ask(who, "POST", "/chat/sessions", json={"class_id": str(room.id)})
    assert answer.status_code == 201, answer.text
    return UUID(answer.json()["id"])


def add_to_chat(school: School, who: Member, session: UUID, name: str = "own.txt", data: bytes = b"My own zebra eats grass.") -> UUID:
    """Upload to a chat, and have it read; gives the document's id."""
    answer = school.ask(who, "POST", f"/documents/sessions/{session}/upload", files={"file": (name, data)})
    assert answer.status_code == 202, answer.text
    assert (answer.json()["scope"], answer.json()["session_id"]) == ("CHAT", str(session))
    read_all(school)
    return UUID(answer.json()["id"])


def test_a_chats_document_is_found_there_and_nowhere_else(served: School) -> None:
    room, owner, (ana, bo) = served.with_members(2)
    session, other = begin(served, ana, room), begin(served, bo, room)
    common = add_read(served, owner, room, "common.txt", b"The common zebra eats grass.")
    own = add_to_chat(served, ana, session)
    with served.database.read.connect() as connection:
        found = [
            {hit.document for hit in index.search(connection, scopes, "What does the zebra eat?")}
            for scopes in ([room.id, session], [room.id], [room.id, other])
        ]
    assert found == [{common, own}, {common}, {common}]
    assert [one["id"] for one in served.pages(ana, f"/documents/sessions/{session}")] == [str(own)]
    assert [one["id"] for one in served.pages(ana, f"/documents/classes/{room.id}")] == [str(common)]


def test_nobody_but_its_owner_sees_a_chats_documents(served: School) -> None:
    room, owner, (ana, bo) = served.with_members(2)
    session = begin(served, ana, room)
    document = add_to_chat(served, ana, session)
    with served.database.write.begin() as connection:
        connection.execute(update(study_session).where(study_session.c.id == session).values(is_shared=True))
    for who in (owner, bo, served.make_member()):
        for path in (f"/documents/sessions/{session}", *(f"/documents/{document}{part}" for part in ("", "/pages/1", "/file"))):
            refused(served.get(who, path), 404, "not-found")
        refused(served.ask(who, "POST", f"/documents/sessions/{session}/upload", files={"file": ("a.txt", b"A.")}), 404, "not-found")
        refused(served.ask(who, "DELETE", f"/documents/{document}"), 404, "not-found")
        refused(served.ask(who, "POST", f"/documents/{document}/reprocess"), 404, "not-found")
    assert served.read(ana, f"/documents/{document}/pages/1")["text"] == "My own zebra eats grass."
    assert served.ask(ana, "POST", f"/documents/{document}/reprocess").status_code == 202
    assert served.ask(ana, "DELETE", f"/documents/{document}").status_code == 204


def test_a_chats_documents_have_quotas_of_their_own_and_need_can_chat(school: School) -> None:
    with school.open(study_session_files=1):
        room, _, (ana,) = school.with_members(1)
        school.permit(room, ana, can_upload=False)
        session = begin(school, ana, room)
        add_to_chat(school, ana, session)
        path = f"/documents/sessions/{session}/upload"
        refused(school.ask(ana, "POST", path, files={"file": ("b.txt", b"B words.")}), 409, "shelf-full")
        school.permit(room, ana, can_chat=False)
        refused(school.ask(ana, "POST", path, files={"file": ("b.txt", b"B words.")}), 403, "forbidden")


def test_a_chats_documents_tell_the_class_nothing(served: School) -> None:
    room, _, (ana,) = served.with_members(1)
    session = begin(served, ana, room)
    before = len(served.told(ClassChanged.name))
    add_to_chat(served, ana, session)
    assert len(served.told(ClassChanged.name)) == before


def test_documents_of_a_deleted_chat_are_swept(served: School) -> None:
    room, _, (ana,) = served.with_members(1)
    session = begin(served, ana, room)
    document = add_to_chat(served, ana, session)
    assert row(served, document).processing_status == "READY"
    with served.database.write.begin() as connection:
        connection.execute(delete(study_session).where(study_session.c.id == session))
    sweep(served.job(), desk_of(served))
    assert set(rows_kept(served).values()) == {0}
    assert stored(served) == []
    refused(served.get(ana, f"/documents/sessions/{new_id()}"), 404, "not-found")
