"""Files that are made to do harm: each is refused with what to do, in little time, and the server goes on."""

import io
from zipfile import ZIP_LZMA, ZipFile
import zlib

from hypothesis import given, settings
from hypothesis import strategies as st
import pytest

from laurels.products.study.extraction import Limits, check_upload
from laurels.products.study.extraction.errors import (
    FileBroken,
    FileEmpty,
    FileEncrypted,
    FileRefused,
    FileTooLargeInside,
    FileTooLong,
    FileTooMuchText,
    FileTooSlow,
    FileUnsupported,
    FileWithMacros,
    FileWithoutText,
    PageTooLong,
)
from products.study.extraction.conftest import Read
from products.study.extraction.files import (
    MEBIBYTE,
    WORD_TYPES,
    as_file,
    deflated_blanks,
    locked_office,
    one_page_pdf,
    pdf,
    raw_word,
    slides,
    slow_pdf,
    with_size_in_directory,
    word,
    zipped,
)

PARAGRAPH = "<w:p><w:r><w:t>words</w:t></w:r></w:p>"
SOUND = [
    ("a.docx", word([["words"]])),
    ("a.docx", raw_word(PARAGRAPH)),
    ("a.pptx", slides([("Title", "words", "")])),
    ("a.pdf", pdf([["words"]])),
    ("a.txt", "“words” é".encode()),
    ("a.html", b"<!-- a --><p>words</p>"),
]
LAUGHS = "".join(f'<!ENTITY l{rank} "{f"&l{rank - 1};" * 10}">' for rank in range(1, 10))
LAUGHING = f'<!DOCTYPE w [<!ENTITY l0 "lol">{LAUGHS}]>'


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(FileEmpty):
        check_upload(as_file(b""), "notes.pdf")


def test_blanks_alone_are_an_empty_file() -> None:
    with pytest.raises(FileEmpty):
        check_upload(as_file(b" \n\t \r\n"), "notes.txt")


@pytest.mark.parametrize("head", [b"\x7fELF\x02\x01\x01", b"MZ\x90\x00\x03\x00", b"\xcf\xfa\xed\xfe\x07", b"#!/bin/sh\nrm -rf ~\n"])
def test_a_program_that_is_called_pdf_is_refused(head: bytes) -> None:
    with pytest.raises(FileUnsupported, match="program"):
        check_upload(as_file(head + bytes(100)), "homework.pdf")


def test_a_program_that_has_a_pdf_behind_it_is_refused() -> None:
    with pytest.raises(FileUnsupported, match="program"):
        check_upload(as_file(b"MZ\x90\x00" + pdf([["words"]])), "homework.pdf")


def test_a_pdf_with_a_password_is_refused(read: Read) -> None:
    with pytest.raises(FileEncrypted):
        read(pdf([["secret words"]], encrypt=b"pass"), "a.pdf")


def test_a_pdf_that_only_forbids_printing_is_read(read: Read) -> None:
    assert read(pdf([["open words"]], encrypt=b""), "a.pdf").pages[0].text == "open words"


def test_a_word_file_with_a_password_is_refused() -> None:
    with pytest.raises(FileEncrypted):
        check_upload(as_file(locked_office()), "a.docx")


def test_an_archive_with_a_password_is_refused() -> None:
    data = bytearray(raw_word(PARAGRAPH))
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(FileEncrypted):
        check_upload(as_file(bytes(data)), "a.docx")


def test_a_pdf_that_is_cut_off_is_refused() -> None:
    whole = pdf([["words"]] * 50)
    with pytest.raises(FileBroken):
        check_upload(as_file(whole[: len(whole) // 2]), "a.pdf")


def test_a_pdf_of_nothing_but_its_ends_is_refused(read: Read) -> None:
    with pytest.raises(FileBroken):
        read(b"%PDF-1.4\nnothing\n%%EOF", "a.pdf")


def test_a_word_file_that_is_cut_off_is_refused() -> None:
    with pytest.raises(FileBroken):
        check_upload(as_file(word([["words"]])[:-300]), "a.docx")


def test_a_pdf_that_unpacks_to_more_than_the_memory_is_refused(read: Read) -> None:
    with pytest.raises(FileTooLargeInside):
        read(one_page_pdf(deflated_blanks(300), b"/FlateDecode"), "a.pdf", Limits(memory_bytes=250 * MEBIBYTE))


def test_a_pdf_packed_twice_is_refused(read: Read) -> None:
    packed = zlib.compress(deflated_blanks(300), 9)
    assert len(packed) < 10_000
    with pytest.raises(FileTooLargeInside):
        read(one_page_pdf(packed, b"[/FlateDecode/FlateDecode]"), "a.pdf", Limits(memory_bytes=250 * MEBIBYTE))


def test_a_word_file_that_unpacks_to_too_much_is_refused_by_its_directory() -> None:
    data = with_size_in_directory(raw_word(PARAGRAPH, extra={"word/media/a.png": "x"}), "word/media/a.png", 257 * MEBIBYTE)
    with pytest.raises(FileTooLargeInside):
        check_upload(as_file(data), "a.docx")


def test_a_word_file_that_unpacks_to_too_much_is_refused() -> None:
    with pytest.raises(FileTooLargeInside):
        check_upload(as_file(raw_word(PARAGRAPH, extra={"a.bin": bytes(5 * MEBIBYTE)})), "a.docx", Limits(max_unpacked_bytes=MEBIBYTE))


def test_a_directory_that_says_less_than_there_is_is_found_out(read: Read) -> None:
    data = with_size_in_directory(raw_word(PARAGRAPH, extra={"a.bin": bytes(5 * MEBIBYTE)}), "a.bin", 10)
    with pytest.raises(FileBroken):
        read(data, "a.docx", Limits(max_unpacked_bytes=MEBIBYTE))


def test_too_many_files_in_an_archive_are_refused() -> None:
    data = raw_word(PARAGRAPH, extra={f"word/{number}.xml": "<a/>" for number in range(200)})
    with pytest.raises(FileTooLargeInside):
        check_upload(as_file(data), "a.docx", Limits(max_archive_files=100))


def test_an_archive_within_a_document_is_never_unpacked(read: Read) -> None:
    inner = zipped({"bomb": bytes(50 * MEBIBYTE)})
    found = read(raw_word(PARAGRAPH, extra={"word/embeddings/inner.zip": inner}), "a.docx", Limits(max_unpacked_bytes=MEBIBYTE))
    assert [page.text for page in found.pages] == ["words"]


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "..\\evil.xml", "C:\\evil.xml"])
def test_names_that_lead_out_of_an_archive_are_refused(name: str) -> None:
    with pytest.raises(FileBroken):
        check_upload(as_file(raw_word(PARAGRAPH, extra={name: "x"})), "a.docx")


def test_a_part_that_is_there_twice_is_refused() -> None:
    data = raw_word(PARAGRAPH, extra={"word/document.xmm": "<other/>"}).replace(b"word/document.xmm", b"word/document.xml")
    with pytest.raises(FileBroken):
        check_upload(as_file(data), "a.docx")


def test_an_archive_packed_in_an_unusual_way_is_refused() -> None:
    data = io.BytesIO(raw_word(PARAGRAPH))
    with ZipFile(data, "a", ZIP_LZMA) as archive:
        archive.writestr("word/more.xml", "<a/>")
    with pytest.raises(FileBroken):
        check_upload(data, "a.docx")


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_whatever_is_damaged_is_refused_or_accepted_and_nothing_else(data: st.DataObject) -> None:
    name, sound = data.draw(st.sampled_from(SOUND))
    hurt = bytearray(sound)
    for at in data.draw(st.lists(st.integers(-len(sound), len(sound) - 1), min_size=1, max_size=20)):
        hurt[at] = data.draw(st.integers(0, 255))
    try:
        check_upload(as_file(bytes(hurt[: data.draw(st.sampled_from([None, len(hurt) // 2, -30]))])), name)
    except FileRefused as refusal:
        assert str(refusal)


@pytest.mark.parametrize(("letters", "title"), [("FEFF004100070042", "AB"), ("FEFFD8000041", None)])
def test_a_title_of_bad_characters_is_cleaned_or_left_out(read: Read, letters: str, title: str | None) -> None:
    data = pdf([["words"]], title="TITLE HERE").replace(b"(TITLE HERE)", f"<{letters}>".encode())
    found = read(data, "a.pdf")
    assert (found.title, found.pages[0].text) == (title, "words")


def test_laughing_entities_are_refused(read: Read) -> None:
    with pytest.raises(FileBroken):
        read(raw_word("<w:p><w:r><w:t>&l9;</w:t></w:r></w:p>", doctype=LAUGHING), "a.docx")


def test_entities_behind_a_long_remark_are_not_replaced(read: Read) -> None:
    remark = f"<!--{'.' * 2 * MEBIBYTE}-->"
    with pytest.raises(FileBroken):
        read(raw_word("<w:p><w:r><w:t>&l9;</w:t></w:r></w:p>", doctype=remark + LAUGHING), "a.docx")
    body = f"<w:p><w:r><w:t>&e;</w:t></w:r></w:p>{PARAGRAPH}"
    found = read(raw_word(body, doctype=f'{remark}<!DOCTYPE w [<!ENTITY e "replaced">]>'), "a.docx")
    assert [page.text for page in found.pages] == ["words"]


def test_a_file_of_the_server_is_not_read_through_an_entity(read: Read) -> None:
    body = f"<w:p><w:r><w:t>&e;</w:t></w:r></w:p>{PARAGRAPH}"
    doctype = '<!DOCTYPE w [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    with pytest.raises(FileBroken):
        read(raw_word(body, doctype=doctype), "a.docx")
    found = read(raw_word(body, doctype=f"<!--{'.' * 2 * MEBIBYTE}-->{doctype}"), "a.docx")
    assert [page.text for page in found.pages] == ["words"]


def test_markup_that_fills_the_memory_is_refused(read: Read) -> None:
    with pytest.raises(FileTooLargeInside):
        read(raw_word(PARAGRAPH * 1_000_000), "a.docx", Limits(memory_bytes=300 * MEBIBYTE))


def test_markup_without_an_end_is_refused(read: Read) -> None:
    with pytest.raises(FileBroken):
        read(raw_word("<w:sdt>" * 100_000), "a.docx")


def test_tables_in_tables_in_tables_take_no_longer_than_others(read: Read) -> None:
    """Each depth once doubled the work: 80 of them never ended."""
    body = "<w:tbl><w:tr><w:tc>" * 80 + PARAGRAPH + "</w:tc></w:tr></w:tbl>" * 80
    assert [page.text for page in read(raw_word(body), "a.docx", Limits(cpu_seconds=5)).pages] == ["words"]


def test_macros_are_refused_by_their_part() -> None:
    with pytest.raises(FileWithMacros):
        check_upload(as_file(raw_word(PARAGRAPH, extra={"word/vbaProject.bin": b"Sub AutoOpen()"})), "a.docx")


def test_macros_are_refused_by_the_declared_type() -> None:
    types = WORD_TYPES.replace("vnd.openxmlformats-officedocument.wordprocessingml.document.main", "vnd.ms-word.document.macroEnabled.main")
    with pytest.raises(FileWithMacros):
        check_upload(as_file(raw_word(PARAGRAPH, extra={"[Content_Types].xml": types})), "a.docx")


def test_more_pages_than_may_be_are_refused(read: Read) -> None:
    with pytest.raises(FileTooLong, match="2000 pages"):
        read(pdf([["x"]] * 2_001), "a.pdf")


def test_as_many_pages_as_may_be_are_read(read: Read) -> None:
    assert len(read(pdf([["x"]] * 2_000), "a.pdf").pages) == 2_000


def test_a_slide_with_a_book_on_it_is_refused(read: Read) -> None:
    with pytest.raises(PageTooLong, match="Page 2"):
        read(slides([("One", "text", ""), ("Two", "word " * 41_000, "")]), "a.pptx")


def test_more_text_than_may_be_is_refused(read: Read) -> None:
    with pytest.raises(FileTooMuchText):
        read(pdf([["word " * 10]] * 50), "a.pdf", Limits(max_characters=1_000))


def test_a_file_that_takes_too_much_of_the_processor_is_stopped(read: Read) -> None:
    with pytest.raises(FileTooSlow):
        read(slow_pdf(), "a.pdf", Limits(cpu_seconds=1))


def test_a_file_that_takes_too_long_is_stopped(read: Read) -> None:
    with pytest.raises(FileTooSlow):
        read(slow_pdf(), "a.pdf", Limits(wall_seconds=0.3))


def test_a_pdf_of_pictures_alone_is_refused(read: Read) -> None:
    with pytest.raises(FileWithoutText, match="OCR"):
        read(pdf([[], []]), "a.pdf")


def test_a_text_with_nulls_is_refused() -> None:
    with pytest.raises(FileUnsupported, match="a file of data"):
        check_upload(as_file(b"some\x00words"), "a.txt")


def test_a_page_of_scripts_gives_its_words_alone(read: Read) -> None:
    page = b"""<!doctype html><title>Plants</title><style>p{}</style><p onclick="steal()">Plants need<script>steal()</script> light</p>
    <!-- secret --><iframe src="http://evil.example">inner</iframe><p hidden>unseen</p><template>also unseen</template>"""
    found = read(page, "a.html")
    assert (found.title, [page.text for page in found.pages]) == ("Plants", ["Plants need light"])


def test_a_page_of_very_deep_tags_is_refused(read: Read) -> None:
    with pytest.raises(FileWithoutText):
        read(b"<p>" + b"<div>" * 50_000 + b"words", "a.html")
