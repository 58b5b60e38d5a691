"""Documents on pages, as a browser without scripts sees them, and the list that a script asks for."""

from collections.abc import Callable
from html import unescape
import re

import pytest

from laurels.core.ids import new_id
from laurels.identity.tables import Member
from products.recognition.paper import Paper, errors_in
from products.study.extraction import files
from products.study.school import School
from products.study.shelves import OPTICS, add, add_read, read_all, row, rows_kept

pytestmark = pytest.mark.any_database

Open = Callable[[Member], Paper]


def test_a_document_is_uploaded_read_and_opened_without_a_script(served: School, pages: Open) -> None:
    room, _, (ana,) = served.with_members(1)
    browser, base = pages(ana), f"/study/classes/{room.id}"
    assert "None yet" in browser.get(base).text
    sent = browser.post(f"{base}/documents", files={"file": ("optics.pdf", files.pdf(OPTICS))}, request_key=str(new_id()))
    assert (sent.status_code, sent.headers["location"]) == (303, f"{base}#documents")
    assert "optics.pdf is here, and being read." in unescape(browser.told(base))
    page = browser.get(base).text
    assert "Waiting" in page
    assert "0 percent read" in page
    assert "every 2s" in page, "the list is fetched anew while something is being read"
    read_all(served)
    page = browser.get(base).text
    assert "Ready" in page
    assert "every 2s" not in page
    path = re.search(r'href="(/study/documents/[^"]+/pages/1)"', page)
    assert path is not None
    shown = browser.get(path[1])
    assert (shown.status_code, "Light bends where it enters glass." in shown.text) == (200, True)
    assert "page 1 of 2" in shown.text
    assert path[1].replace("/pages/1", "/pages/2") in shown.text, "the way to the next page"


def test_a_form_that_is_sent_twice_counts_once(served: School, pages: Open) -> None:
    room, _, (ana,) = served.with_members(1)
    browser, base, fields = pages(ana), f"/study/classes/{room.id}", {"request_key": str(new_id())}
    for _ in range(2):
        assert browser.post(f"{base}/documents", files={"file": ("a.txt", b"Words.")}, **fields).status_code == 303
    assert rows_kept(served)["study_document"] == 1


@pytest.mark.parametrize(
    ("name", "data", "status", "said"),
    [
        ("notes.pdf", b"MZ" + bytes(100), 422, "which can't be read here"),
        ("empty.txt", b"", 422, "This file is empty."),
        ("a.txt", b"The same.", 409, "The same file is here already, as first.txt."),
        ("", b"", 422, "Choose a file first."),
    ],
)
def test_a_refused_upload_says_so_beside_the_form(served: School, pages: Open, name: str, data: bytes, status: int, said: str) -> None:
    room, owner, (ana,) = served.with_members(1)
    add(served, owner, room, "first.txt", b"The same.")
    browser = pages(ana)
    answer = browser.post(f"/study/classes/{room.id}/documents", files={"file": (name, data)})
    assert answer.status_code == status
    assert said in unescape(errors_in(answer)["file"])
    assert "first.txt" in answer.text, "the others are listed below"


def test_a_file_that_is_too_large_gets_a_page(served: School, pages: Open) -> None:
    room, _, (ana,) = served.with_members(1)
    answer = pages(ana).post(f"/study/classes/{room.id}/documents", files={"file": ("a.txt", b"words " * 2_000_000)})
    assert (answer.status_code, "Send less at once" in answer.text) == (413, True)


def test_what_is_cited_is_marked_and_nothing_of_the_text_is_taken_for_markup(served: School, pages: Open) -> None:
    room, owner, (ana,) = served.with_members(1)
    text = "Before. <script>alert(1)</script> & after."
    document = add_read(served, owner, room, "a.txt", text.encode())
    browser, path = pages(ana), f"/study/documents/{document}/pages/1"
    begin, end = text.index("<script>"), text.index(" & after")
    marked = re.search(r"<mark[^>]*>(.*?)</mark>", browser.get(path, **{"from": begin, "to": end}).text)
    assert marked is not None
    assert unescape(marked[1]) == "<script>alert(1)</script>"
    assert "<script>alert" not in browser.get(path).text
    for span in ({"from": 5, "to": 3}, {"from": 900, "to": 9_000}, {"from": 3}):
        assert "<mark" not in browser.get(path, **span).text
    assert browser.get(f"/study/documents/{document}/pages/2").status_code == 404
    assert pages(served.make_member()).get(path).status_code == 404


def test_who_may_deletes_and_reads_anew(served: School, pages: Open) -> None:
    room, owner, (ana, bo) = served.with_members(2)
    document = add_read(served, ana, room)
    base = f"/study/classes/{room.id}"
    assert "Delete for good" not in pages(bo).get(base).text
    again = pages(ana).post(f"/study/documents/{document}/reprocess")
    assert (again.status_code, again.headers["location"]) == (303, f"{base}/documents")
    assert row(served, document).processing_status == "PENDING"
    refused = pages(bo).post(f"/study/documents/{document}/delete")
    assert (refused.status_code, "You may not do this" in pages(bo).told(refused.headers["location"])) == (303, False)
    assert row(served, document).deleted_at is None
    assert pages(owner).post(f"/study/documents/{document}/delete").status_code == 303
    assert "optics.pdf" not in pages(ana).get(base).text


def test_a_failed_document_says_why(served: School, pages: Open) -> None:
    room, _, (ana,) = served.with_members(1)
    add(served, ana, room, "scan.pdf", files.pdf([[]]))
    read_all(served)
    page = unescape(pages(ana).get(f"/study/classes/{room.id}").text)
    assert "Can't be read" in page
    assert "There is no text in this file" in page


def test_a_script_gets_the_list_alone(served: School, pages: Open) -> None:
    room, _, (ana,) = served.with_members(1)
    add(served, ana, room)
    part = pages(ana).get(f"/study/classes/{room.id}/documents", scripted=True)
    assert part.text.lstrip().startswith('<div id="document-list"')
    assert '<form class="form upload"' not in part.text, "a file that was chosen there must stay"


def test_more_documents_than_fit_are_on_a_page_of_their_own(served: School, pages: Open) -> None:
    room, owner, _ = served.with_members(0)
    for number in range(23):
        served.later(seconds=1)
        add(served, owner, room, f"n{number}.txt", f"Words {number}.".encode())
    browser = pages(owner)
    page = browser.get(f"/study/classes/{room.id}").text
    assert f"/study/classes/{room.id}/documents" in page
    first = browser.get(f"/study/classes/{room.id}/documents").text
    older = re.search(r'href="([^"]+cursor=[^"]+)"', first)
    assert older is not None
    second = browser.get(unescape(older[1])).text
    names = [re.findall(r"n\d+\.txt(?=</strong>)", text) for text in (first, second)]
    assert names == [[f"n{number}.txt" for number in range(22, 2, -1)], ["n2.txt", "n1.txt", "n0.txt"]]
