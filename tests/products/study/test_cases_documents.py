"""The acceptance cases of study about documents, one test each, over HTTP and on both databases."""

from collections.abc import Callable, Iterator

import pytest

from laurels.products.study import index
from laurels.products.study.accounts import shelf_bytes, shelf_files
from products.study.extraction import files
from products.study.school import School
from products.study.shelves import OPTICS, add_read, row, rows_kept, send, stored, tidy
from support.site import refused

MEBIBYTE = 2**20

HOSTILE: dict[str, tuple[str, Callable[[], bytes], int, str]] = {
    "an executable": ("notes.pdf", lambda: b"MZ" + bytes(600), 422, "file-unsupported"),
    "a program of Linux": ("notes.txt", lambda: b"\x7fELF\x02\x01\x01" + bytes(600), 422, "file-unsupported"),
    "a PDF with a password": ("locked.pdf", lambda: files.pdf([["Secret."]], encrypt=b"guess"), 422, "file-encrypted"),
    "a Word file with a password": ("locked.docx", files.locked_office, 422, "file-encrypted"),
    "a bomb in a PDF": (
        "bomb.pdf",
        lambda: files.one_page_pdf(files.deflated_blanks(1_500), b"/FlateDecode"),
        422,
        "file-too-large-inside",
    ),
    "a bomb in a Word file": (
        "bomb.docx",
        lambda: files.raw_word("", extra={"word/a.xml": " " * 300 * MEBIBYTE}),
        422,
        "file-too-large-inside",
    ),
    "an empty file": ("empty.txt", lambda: b"", 422, "file-empty"),
    "blanks": ("blank.md", lambda: b" \n\t ", 422, "file-empty"),
    "eleven mebibytes": ("long.txt", lambda: b"words " * (11 * MEBIBYTE // 6), 413, "content-too-large"),
    "a PDF called text": ("notes.txt", lambda: files.pdf(OPTICS), 422, "file-misnamed"),
    "a name without an ending": ("notes", lambda: b"Words.", 422, "file-untyped"),
    "half a PDF": ("half.pdf", lambda: files.pdf(OPTICS)[:300], 422, "file-broken"),
    "a picture": ("photo.pdf", lambda: b"\x89PNG\r\n\x1a\n" + bytes(100), 422, "file-unsupported"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_s12_what_cannot_be_read_is_refused_and_nothing_of_it_is_stored(served: School, what: str) -> None:
    name, make, status, code = HOSTILE[what]
    room, owner, _ = served.with_members(0)
    before = served.heads()
    problem = refused(send(served, owner, room, name, make()), status, code)
    assert len(problem["detail"]) > 30, "it says what to do"
    assert served.heads() == before, "neither an entry nor a count"
    assert set(rows_kept(served).values()) == {0}
    assert stored(served) == []
    assert (served.held(shelf_files(room.id)), served.held(shelf_bytes(room.id))) == (0, 0)


@pytest.mark.any_database
def test_s12_a_body_without_a_length_is_cut_off_at_the_limit(wide: School) -> None:
    room, owner, _ = wide.with_members(0)

    def body() -> Iterator[bytes]:
        yield b'--x\r\ncontent-disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
        for _ in range(400):
            yield b"words " * (MEBIBYTE // 24)

    headers = wide.headers(owner) | {"Content-Type": "multipart/form-data; boundary=x"}
    path = f"/api/v1/documents/classes/{room.id}/upload"
    answer = wide.http.post(path, headers=headers, content=body())
    assert (answer.status_code, answer.json()["code"]) == (413, "content-too-large")
    assert answer.json()["limit_bytes"] > 10 * MEBIBYTE
    assert stored(wide) == []


def test_s14_a_deleted_document_is_neither_found_nor_opened(served: School) -> None:
    room, owner, (ana,) = served.with_members(1)
    kept = add_read(served, owner, room, "kept.txt", b"Lenses are made of glass.")
    gone = add_read(served, owner, room, "gone.txt", b"Lenses gather light in a focus of glass.")

    def found() -> set[object]:
        with served.database.read.connect() as connection:
            return {hit.document for hit in index.search(connection, [room.id], "Where do lenses gather light?")}

    assert found() == {kept, gone}
    assert served.ask(owner, "DELETE", f"/documents/{gone}").status_code == 204
    assert found() == {kept}, "at once: before anything is swept"
    for part in ("", "/pages/1", "/file"):
        refused(served.get(ana, f"/documents/{gone}{part}"), 404, "not-found")
    tidy(served)
    assert found() == {kept}


def test_s15_what_is_found_is_on_the_page_that_it_names(served: School) -> None:
    room, owner, (ana,) = served.with_members(1)
    pages = [[f"Chapter {number} is about the {animal}.", f"The {animal} eats {food}."] for number, (animal, food) in enumerate(ANIMALS, 1)]
    kinds = {
        "book.pdf": files.pdf(pages),
        "book.docx": files.word(pages),
        "book.pptx": files.slides([(lines[0], lines[1], "") for lines in pages]),
        "book.txt": "\f".join("\n".join(lines) for lines in pages).encode(),
    }
    for name, data in kinds.items():
        document = add_read(served, owner, room, name, data)
        assert row(served, document).pages == len(ANIMALS)
    with served.database.read.connect() as connection:
        for number, (animal, food) in enumerate(ANIMALS, 1):
            hits = index.search(connection, [room.id], f"What does the {animal} eat?", limit=len(kinds))
            assert {hit.page for hit in hits} == {number}
            assert len({hit.document for hit in hits}) == len(kinds)
            for hit in hits:
                page = served.read(ana, f"/documents/{hit.document}/pages/{hit.page}")
                assert page["text"][hit.start : hit.end] == hit.text
                assert food in hit.text


ANIMALS = [("heron", "fish"), ("beaver", "bark"), ("hedgehog", "snails"), ("squirrel", "acorns"), ("otter", "crabs")]
