"""What a file is, by its content, and whether its name agrees."""

import pytest

from laurels.products.study.extraction import FileType, check_upload
from laurels.products.study.extraction.errors import FileMisnamed, FileUnsupported, FileUntyped, TextUndecodable
from laurels.products.study.extraction.file_types import ENDINGS, ending_of
from products.study.extraction.files import WORD_TYPES, as_file, pdf, raw_word, slides, word, zipped

CONTENTS = {
    FileType.PDF: pdf([["words"]]),
    FileType.DOCX: word([["words"]]),
    FileType.PPTX: slides([("Title", "words", "")]),
    FileType.TXT: b"just words\n",
    FileType.MD: b"# Head\n\nwords\n",
    FileType.HTML: b"<!doctype html><p>words</p>",
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_each_ending_with_its_content_is_accepted(ending: str) -> None:
    content = CONTENTS[ENDINGS[ending]]
    assert check_upload(as_file(content), f"My Notes{ending.upper()}") is ENDINGS[ending]


def test_the_file_is_left_at_its_beginning() -> None:
    file = as_file(CONTENTS[FileType.PDF])
    check_upload(file, "a.pdf")
    assert file.tell() == 0


@pytest.mark.parametrize(
    ("content", "name", "found"),
    [
        (FileType.PDF, "a.docx", "a PDF file"),
        (FileType.PDF, "a.txt", "a PDF file"),
        (FileType.DOCX, "a.pdf", "a Word file"),
        (FileType.DOCX, "a.pptx", "a Word file"),
        (FileType.PPTX, "a.docx", "a PowerPoint file"),
        (FileType.TXT, "a.pdf", "a text file"),
        (FileType.TXT, "a.html", "a text file"),
        (FileType.HTML, "a.md", "a web page"),
        (FileType.HTML, "a.txt", "a web page"),
    ],
)
def test_a_name_that_says_another_kind_is_refused_with_what_it_is(content: FileType, name: str, found: str) -> None:
    with pytest.raises(FileMisnamed, match=found):
        check_upload(as_file(CONTENTS[content]), name)


@pytest.mark.parametrize("name", ["notes", "notes.", ".pdf", "notes.xyz", "notes.pdf.exe", "dir.pdf/notes", ""])
@pytest.mark.parametrize("content", [FileType.PDF, FileType.DOCX, FileType.TXT])
def test_a_name_that_says_nothing_is_refused_with_the_list_of_endings(content: FileType, name: str) -> None:
    with pytest.raises(FileUntyped, match=r"\.pdf, \.docx, \.pptx, \.txt, \.md or \.html"):
        check_upload(as_file(CONTENTS[content]), name)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "picture"),
        (b"\xff\xd8\xff\xe0" + bytes(50), "picture"),
        (b"RIFF\x24\x00\x00\x00WEBPVP8 ", "picture"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "sound"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(20), "picture"),
        (b"\x00\x00\x00\x18ftypmp42" + bytes(20), "film"),
        (b'<?xml version="1.0"?>\n<!-- drawn --><svg xmlns="http://www.w3.org/2000/svg"/>', "picture"),
        (b"\x1f\x8b\x08\x00" + bytes(20), "archive"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(20), "archive"),
        (b"Rar!\x1a\x07\x01\x00", "archive"),
        (b"name" + bytes(253) + b"ustar" + bytes(250), "archive"),
        (zipped({"a.txt": "words"}), "archive"),
        (zipped({"mimetype": "application/epub+zip"}), "e-book"),
        (zipped({"mimetype": "application/vnd.oasis.opendocument.text"}), "OpenDocument"),
        (zipped({"META-INF/MANIFEST.MF": "Main-Class: Evil"}), "program for Java"),
        (
            zipped({"[Content_Types].xml": WORD_TYPES.replace("wordprocessingml.document.main", "spreadsheetml.sheet.main")}),
            "Excel",
        ),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "an old Office file"),
        (b"{\\rtf1\\ansi words}", "Rich Text"),
        (b"%!PS-Adobe-3.0\n", "PostScript"),
        (b"SQLite format 3\x00" + bytes(80), "database"),
    ],
)
@pytest.mark.parametrize("name", ["a.pdf", "a.txt", "a"])
def test_what_is_not_read_is_refused_by_its_content(content: bytes, found: str, name: str) -> None:
    with pytest.raises(FileUnsupported, match=found):
        check_upload(as_file(content), name)


def test_an_old_word_file_is_called_so() -> None:
    with pytest.raises(FileUnsupported, match="an old Word file"):
        check_upload(as_file(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)), "a.doc")


@pytest.mark.parametrize("text", ["MZ is a province", "BMW builds cars", "ID3 learns trees", "RIFF raff", "dex\nterity"])
def test_a_text_that_begins_as_programs_and_pictures_do_is_a_text(text: str) -> None:
    assert check_upload(as_file(text.encode()), "a.txt") is FileType.TXT


def test_a_text_about_pdf_is_a_text() -> None:
    assert check_upload(as_file(b"A PDF begins with:\n%PDF-1.7\n"), "a.md") is FileType.MD


def test_blanks_before_a_pdf_are_let_through() -> None:
    assert check_upload(as_file(b"\xef\xbb\xbf\r\n" + CONTENTS[FileType.PDF]), "a.pdf") is FileType.PDF


def test_the_main_part_of_a_word_file_may_have_any_name() -> None:
    types = WORD_TYPES.replace("/word/document.xml", "/word/document2.xml")
    assert check_upload(as_file(zipped({"[Content_Types].xml": types, "word/document2.xml": "<w/>"})), "a.docx") is FileType.DOCX


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_texts_in_encodings_that_can_be_told_are_accepted(encoding: str) -> None:
    text = "“Élan vital”: a phrase of Bergson’s, much quoted at the time – and misunderstood."
    assert check_upload(as_file(text.encode(encoding)), "a.txt") is FileType.TXT


@pytest.mark.parametrize(
    ("text", "encoding"),
    [("Привет, мир", "cp1251"), ("植物の成長を予測する", "shift_jis"), ("Zażółć gęślą jaźń, a więc łatwo to poznać", "cp1250")],
)
def test_texts_in_encodings_that_nothing_tells_are_refused(text: str, encoding: str) -> None:
    with pytest.raises(TextUndecodable, match="UTF-8"):
        check_upload(as_file(text.encode(encoding)), "a.txt")


def test_a_web_page_names_its_own_encoding() -> None:
    page = '<html><meta charset="shift_jis"><p>植物</p></html>'
    assert check_upload(as_file(page.encode("shift_jis")), "a.html") is FileType.HTML


def test_an_encoding_that_unpacks_is_no_encoding() -> None:
    with pytest.raises(TextUndecodable):
        check_upload(as_file(b'<html><meta charset="zip"><p>\xff\xfe\xc3\x28\x81</p></html>'), "a.html")


@pytest.mark.parametrize(("name", "ending"), [("a.PDF", ".pdf"), (" a.pdf ", ".pdf"), (".pdf", ""), ("a.b/c", ""), ("a.b\\c", "")])
def test_endings(name: str, ending: str) -> None:
    assert ending_of(name) == ending


def test_raw_word_is_a_word_file() -> None:
    assert check_upload(as_file(raw_word("<w:p/>")), "a.docx") is FileType.DOCX
