"""Documents over HTTP: sent, read, listed, opened, deleted; by whom, and how many."""

from collections.abc import Callable
from hashlib import sha256

import httpx
import pytest

from laurels.core.errors import Missing
from laurels.core.ids import new_id
from laurels.identity.tables import Member
from laurels.products.study.accounts import shelf_bytes, shelf_files
from laurels.products.study.decisions.documents import RemoveDocument, ReprocessDocument, Shelf
from laurels.products.study.decisions.sessions import OpenSession
from laurels.products.study.facts import DocumentAdded, DocumentReady
from laurels.products.study.tables import study_document
from products.study.extraction import files
from products.study.school import School
from products.study.shelves import OPTICS, add, add_read, read_all, row, rows_kept, send, stored, tidy
from support.site import refused


def test_a_document_is_taken_in_read_and_shown(served: School) -> None:
    room, owner, (ana,) = served.with_members(1)
    data = files.pdf(OPTICS, title="Optics")
    answer = send(served, ana, room, "week 3/optics.pdf", data)
    assert answer.status_code == 202, answer.text
    taken = answer.json()
    assert answer.headers["location"] == f"/api/v1/documents/{taken['id']}"
    assert taken["filename"] == "optics.pdf", "folders are nobody's business"
    assert (taken["processing_status"], taken["progress"], taken["pages"]) == ("PENDING", 0, 2)
    assert (taken["scope"], taken["class_id"], taken["session_id"]) == ("CLASS", str(room.id), None)
    assert (taken["uploaded_by"], taken["uploaded_by_name"]) == (str(ana.id), ana.display_name)
    read_all(served)
    known = served.read(owner, f"/documents/{taken['id']}")
    assert (known["processing_status"], known["progress"], known["pages"], known["passages"]) == ("READY", 100, 2, 2)
    assert (known["title"], known["language"], known["error"], known["note"]) == ("Optics", "en", None, None)
    assert served.pages(owner, f"/documents/classes/{room.id}") == [known]
    assert [fact["document"] for fact in served.told(DocumentAdded.name)] == [taken["id"]]
    assert [(fact["document"], fact["passages"]) for fact in served.told(DocumentReady.name)] == [(taken["id"], 2)]


def test_a_page_tells_its_text_and_where_its_passages_are(served: School) -> None:
    room, owner, _ = served.with_members(0)
    document = add_read(served, owner, room)
    page = served.read(owner, f"/documents/{document}/pages/2")
    assert (page["page"], page["pages"], page["filename"]) == (2, 2, "optics.pdf")
    assert page["text"] == "A lens gathers light in its focus."
    assert page["passages"] == [{"start": 0, "end": len(page["text"])}]
    refused(served.get(owner, f"/documents/{document}/pages/3"), 404, "not-found")
    refused(served.get(owner, f"/documents/{document}/pages/0"), 422, "validation-failed")


def test_the_file_comes_back_as_it_was_sent_and_is_never_shown_in_place(served: School) -> None:
    room, owner, _ = served.with_members(0)
    data = b"<!doctype html><title>Hi</title><p>Some <script>alert(1)</script> words.</p>"
    document = add(served, owner, room, "caf\u00e9 1.html", data)
    answer = served.get(owner, f"/documents/{document}/file")
    assert (answer.status_code, answer.content) == (200, data)
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''caf%C3%A9%201.html"
    assert answer.headers["content-type"].startswith("text/html")
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    tag = answer.headers["etag"]
    assert tag == f'"{sha256(data).hexdigest()}"'
    again = served.http.get(f"/api/v1/documents/{document}/file", headers=served.headers(owner) | {"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("name", ["long.pdf", "long.docx", "long.txt"])
def test_a_file_of_any_length_comes_back_whole(served: School, name: str) -> None:
    room, owner, _ = served.with_members(0)
    pages = [[f"Line {line} of page {page}, which says something." for line in range(40)] for page in range(60)]
    data = {"long.pdf": files.pdf(pages), "long.docx": files.word(pages), "long.txt": str(pages).encode() * 10}[name]
    document = add_read(served, owner, room, name, data)
    assert served.get(owner, f"/documents/{document}/file").content == data


def test_the_same_upload_sent_again_is_one_document(served: School) -> None:
    room, _, (ana,) = served.with_members(1)
    data = files.pdf(OPTICS)
    first = send(served, ana, room, "a.pdf", data, key="once")
    second = send(served, ana, room, "a.pdf", data, key="once")
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json() == second.json()
    assert second.headers["idempotency-replayed"] == "true"
    assert len(stored(served)) == 1
    refused(send(served, ana, room, "a.pdf", files.pdf([["Other words."]]), key="once"), 422, "idempotency-key-reused")
    assert len(stored(served)) == 1, "what was refused isn't kept"


def test_the_same_file_is_refused_where_it_is_and_taken_elsewhere(served: School) -> None:
    room, owner, (ana,) = served.with_members(1)
    other = served.found(owner, "Chemistry")
    first = add(served, owner, room, "a.txt", b"Some words.")
    problem = refused(send(served, ana, room, "b.txt", b"Some words."), 409, "duplicate-document")
    assert (problem["document_id"], problem["filename"]) == (str(first), "a.txt")
    add(served, owner, other, "c.txt", b"Some words.")
    assert len(stored(served)) == 2
    assert served.ask(owner, "DELETE", f"/documents/{first}").status_code == 204
    add(served, ana, room, "again.txt", b"Some words.")


def test_of_the_same_file_sent_at_once_one_is_taken(wide: School) -> None:
    room, _, members = wide.with_members(6)
    calls: list[Callable[[], httpx.Response]] = [lambda who=who: send(wide, who, room, "a.txt", b"The same.") for who in members]
    answers = wide.together(*calls)
    assert sorted(answer.status_code for answer in answers) == [202] + [409] * 5
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"duplicate-document"}
    assert {answer.json()["filename"] for answer in answers if answer.status_code == 409} == {"a.txt"}
    assert len(stored(wide)) == wide.count(study_document) == 1


def test_quotas_hold_for_uploads_at_once(school: School) -> None:
    with school.open_wide(study_class_files=3):
        room, _, members = school.with_members(8)
        calls: list[Callable[[], httpx.Response]] = [
            lambda who=who: send(school, who, room, "a.txt", f"Words of {who.id}.".encode()) for who in members
        ]
        answers = school.together(*calls)
        taken = [answer for answer in answers if answer.status_code == 202]
        problems = [refused(answer, 409, "shelf-full") for answer in answers if answer.status_code != 202]
        assert (len(taken), len(problems)) == (3, 5)
        assert all((one["limit"], one["used"], one["unit"]) == (3, 3, "documents") for one in problems)
        assert school.held(shelf_files(room.id)) == 3
        assert school.held(shelf_bytes(room.id)) == sum(answer.json()["size_bytes"] for answer in taken)
        assert len(stored(school)) == school.count(study_document) == 3, "refused ones leave nothing"


def test_a_quota_of_bytes_counts_what_is_there_and_is_given_back(school: School) -> None:
    with school.open(study_class_mebibytes=1):
        room, owner, _ = school.with_members(0)
        size = 700_000
        first = add(school, owner, room, "a.txt", b"a " * (size // 2))
        problem = refused(send(school, owner, room, "b.txt", b"b " * (size // 2)), 409, "shelf-full")
        assert (problem["limit"], problem["used"], problem["unit"]) == (2**20, size, "bytes")
        assert school.ask(owner, "DELETE", f"/documents/{first}").status_code == 204
        assert (school.held(shelf_files(room.id)), school.held(shelf_bytes(room.id))) == (0, 0)
        add(school, owner, room, "b.txt", b"b " * (size // 2))


def test_who_may_do_what_with_documents_of_a_class(served: School) -> None:
    room, owner, (ana, bo, manager) = served.with_members(3)
    served.permit(room, manager, is_manager=True)
    document, stranger = add_read(served, ana, room), served.make_member()
    served.permit(room, bo, can_upload=False)
    refused(send(served, bo, room, "b.txt", b"Words."), 403, "forbidden")
    refused(served.ask(bo, "DELETE", f"/documents/{document}"), 403, "forbidden")
    refused(served.ask(bo, "POST", f"/documents/{document}/reprocess"), 403, "forbidden")
    assert served.get(bo, f"/documents/{document}").status_code == 200
    served.permit(room, bo, can_read=False)
    for path in (
        f"/documents/{document}",
        f"/documents/{document}/pages/1",
        f"/documents/{document}/file",
        f"/documents/classes/{room.id}",
    ):
        refused(served.get(bo, path), 403, "forbidden")
        refused(served.get(stranger, path), 404, "not-found")
    refused(send(served, stranger, room, "b.txt", b"Words."), 404, "not-found")
    for method, path in (("DELETE", ""), ("POST", "/reprocess")):
        refused(served.ask(stranger, method, f"/documents/{document}{path}"), 404, "not-found")
    other = add(served, ana, room, "b.txt", b"Words.")
    assert served.ask(manager, "DELETE", f"/documents/{other}").status_code == 204
    assert served.ask(ana, "DELETE", f"/documents/documents/{document}").status_code == 204
    refused(served.ask(ana, "DELETE", f"/documents/{document}"), 404, "not-found")
    refused(served.get(owner, f"/documents/{document}"), 404, "not-found")


def test_an_archived_class_keeps_its_documents_and_takes_none(served: School) -> None:
    room, owner, (ana,) = served.with_members(1)
    document = add_read(served, ana, room)
    served.archive(room)
    refused(send(served, ana, room, "b.txt", b"Words."), 409, "class-closed")
    refused(served.ask(owner, "DELETE", f"/documents/{document}"), 409, "class-closed")
    refused(served.ask(owner, "POST", f"/documents/{document}/reprocess"), 409, "class-closed")
    assert served.read(ana, f"/documents/{document}/pages/1")["page"] == 1
    assert len(stored(served)) == 1


def test_who_may_upload_and_not_read_is_told_what_became_of_theirs(served: School) -> None:
    room, _, (ana,) = served.with_members(1)
    served.permit(room, ana, can_read=False)
    assert send(served, ana, room, "a.txt", b"Words.").status_code == 202


def test_documents_are_listed_newest_first_page_by_page_and_by_status(served: School) -> None:
    room, owner, _ = served.with_members(0)
    made = []
    for number in range(5):
        served.later(seconds=1)
        made.append(str(add(served, owner, room, f"{number}.txt", f"Words {number}.".encode())))
        if number == 2:
            read_all(served)
    path = f"/documents/classes/{room.id}"
    assert [one["id"] for one in served.pages(owner, path, limit=2)] == made[::-1]
    assert [one["id"] for one in served.pages(owner, path, status="READY", limit=2)] == made[2::-1]
    assert [one["id"] for one in served.pages(owner, path, status="PENDING")] == made[:2:-1]
    refused(served.get(owner, path, status="LOST"), 422, "validation-failed")


def test_a_long_name_keeps_its_ending(served: School) -> None:
    room, owner, _ = served.with_members(0)
    document = add(served, owner, room, "x" * 300 + "\u202e.txt", b"Words.")
    name = row(served, document).filename
    assert (len(name), name[-5:]) == (200, "x.txt")


def test_what_is_read_anew_is_the_same_and_is_not_found_meanwhile(served: School) -> None:
    room, owner, (ana,) = served.with_members(1)
    document = add_read(served, ana, room)
    before = rows_kept(served)
    again = served.ask(ana, "POST", f"/documents/{document}/reprocess")
    assert (again.status_code, again.json()["processing_status"]) == (202, "PENDING")
    refused(served.ask(owner, "POST", f"/documents/{document}/reprocess"), 409, "document-busy")
    read_all(served)
    assert row(served, document).processing_status == "READY"
    assert rows_kept(served) == before
    assert len(served.told(DocumentReady.name)) == 2


def test_a_deleted_document_leaves_nothing(served: School) -> None:
    room, owner, _ = served.with_members(0)
    kept = add_read(served, owner, room, "kept.txt", b"Kept words.")
    before, files_before = rows_kept(served), stored(served)
    document = add_read(served, owner, room)
    assert served.ask(owner, "DELETE", f"/documents/{document}").status_code == 204
    tidy(served)
    assert (rows_kept(served), stored(served)) == (before, files_before)
    assert row(served, kept).processing_status == "READY"
    assert served.held(shelf_files(room.id)) == 1


@pytest.mark.parametrize("path", ["/documents/{id}", "/documents/{id}/pages/1", "/documents/{id}/file", "/documents/classes/{id}"])
def test_what_is_not_there_is_missing(served: School, path: str) -> None:
    who: Member = served.make_member()
    for name in (str(new_id()), "nothing"):
        refused(served.get(who, path.format(id=name)), 404, "not-found")


def test_a_form_without_a_file_is_refused(served: School) -> None:
    room, owner, _ = served.with_members(0)
    path = f"/documents/classes/{room.id}/upload"
    refused(served.ask(owner, "POST", path, data={"file": "words"}), 422, "validation-failed")
    refused(served.ask(owner, "POST", path, json={}), 422, "validation-failed")


def test_a_document_that_was_just_deleted_is_neither_read_anew_nor_deleted_again(school: School) -> None:
    room, owner, _ = school.with_members(0)
    document = school.shelve(room, owner, deleted_at=school.clock.at, processing_status="READY")
    for decision in (
        ReprocessDocument(document.id, Shelf(room.id), owner.id),
        RemoveDocument(document.id, Shelf(room.id), document.digest, owner.id),
    ):
        with pytest.raises(Missing):
            school.post_now(decision)
    assert row(school, document.id).processing_status == "READY"
    assert school.held(shelf_files(room.id)) == 0


def test_a_document_of_a_chat_is_its_owners_alone_whoever_owns_the_class(school: School) -> None:
    room, owner, (ana,) = school.with_members(1)
    session = school.post_now(OpenSession(new_id(), room.id, ana.id, "", "standard")).answer.session
    document = school.shelve(room, ana, session_id=session, processing_status="READY")
    with pytest.raises(Missing):
        school.post_now(ReprocessDocument(document.id, Shelf(room.id, session), owner.id))
    assert row(school, document.id).processing_status == "READY"
    school.post_now(ReprocessDocument(document.id, Shelf(room.id, session), ana.id))
    assert row(school, document.id).processing_status == "PENDING"
