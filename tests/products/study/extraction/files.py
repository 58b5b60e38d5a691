"""Files made by code, sound and hostile."""

import hashlib
import io
import struct
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile
import zlib

from docx import Document
from docx.enum.text import WD_BREAK
from pptx import Presentation
from pptx.util import Inches

MEBIBYTE = 1024 * 1024

WORD_TYPES = """<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/word/document.xml"
 ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"""
WORD_RELATIONS = """<?xml version="1.0" encoding="UTF-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1"
 Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>"""
WORD_NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"

_PAD = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")
"""What a password is filled up with: ISO 32000-1, 7.6.3.3."""


def as_file(data: bytes) -> BinaryIO:
    """Bytes as a file."""
    return io.BytesIO(data)


def pdf(pages: list[list[str]], *, title: str = "", encrypt: bytes | None = None) -> bytes:
    """A PDF with a page per list of lines; a page without lines has a grey box, as a scan would.

    Args:
        encrypt: a password that opens it; the empty one opens by itself.
    """
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"", b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"]
    kids = []
    for lines in pages:
        content = _content(lines)
        number = len(objects) + 1
        kids.append(b"%d 0 R" % number)
        objects.append(b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents %d 0 R/Resources<</Font<</F1 3 0 R>>>>>>" % (number + 1))
        objects.append(_stream(content if encrypt is None else _rc4(_object_key(encrypt, number + 1), content)))
    objects[1] = b"<</Type/Pages/Kids[%s]/Count %d>>" % (b" ".join(kids), len(kids))
    objects.append(b"<</Title(%s)>>" % title.encode("latin-1"))
    return assembled_pdf(objects, extra=b"/Info %d 0 R" % len(objects) + (_encryption(encrypt) if encrypt is not None else b""))


def assembled_pdf(objects: list[bytes], *, extra: bytes = b"") -> bytes:
    """Objects 1, 2, 3... as a file; the first is the catalog."""
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, extra, table)
    return bytes(out)


def one_page_pdf(content: bytes, filters: bytes) -> bytes:
    """A PDF whose only page has this content as it is stored."""
    return assembled_pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[4 0 R]/Count 1>>",
            b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 5 0 R/Resources<</Font<</F1 3 0 R>>>>>>",
            b"<</Length %d/Filter%s>>stream\n" % (len(content), filters) + content + b"\nendstream",
        ]
    )


def deflated_blanks(mebibytes: int) -> bytes:
    """Very many blanks, packed."""
    packer = zlib.compressobj(9)
    piece = b" " * MEBIBYTE
    return b"".join([packer.compress(piece) for _ in range(mebibytes)]) + packer.flush()


def zipped(parts: dict[str, str | bytes]) -> bytes:
    """An archive of named parts."""
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def raw_word(body: str, *, doctype: str = "", extra: dict[str, str | bytes] | None = None) -> bytes:
    """A Word file of no more than its main part."""
    main = f'<?xml version="1.0" encoding="UTF-8"?>{doctype}<w:document xmlns:w="{WORD_NAMESPACE}"><w:body>{body}</w:body></w:document>'
    return zipped({"[Content_Types].xml": WORD_TYPES, "_rels/.rels": WORD_RELATIONS, "word/document.xml": main} | (extra or {}))


def word(pages: list[list[str]], *, title: str = "") -> bytes:
    """A Word file as python-docx writes it, with page breaks between its pages."""
    document = Document()
    document.core_properties.title = title
    for at, paragraphs in enumerate(pages):
        if at:
            document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
        for text in paragraphs:
            document.add_paragraph(text)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def slides(texts: list[tuple[str, str, str]], *, title: str = "") -> bytes:
    """A PowerPoint file: title, text and notes of each slide."""
    presentation = Presentation()
    presentation.core_properties.title = title
    for heading, text, notes in texts:
        slide = presentation.slides.add_slide(presentation.slide_layouts[5])
        slide.shapes.title.text = heading
        slide.shapes.add_textbox(Inches(1), Inches(2), Inches(4), Inches(1)).text_frame.text = text
        if notes:
            slide.notes_slide.notes_text_frame.text = notes
    return saved(presentation)


def saved(presentation: "Presentation") -> bytes:
    """A presentation's bytes."""
    out = io.BytesIO()
    presentation.save(out)
    return out.getvalue()


def locked_office() -> bytes:
    """What Office writes for a file with a password: an old container around the name of what is locked."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(512)


def with_size_in_directory(archive: bytes, name: str, size: int) -> bytes:
    """An archive whose directory says that a part unpacks to `size` bytes."""
    at = archive.rindex(b"PK\x01\x02", 0, archive.rindex(name.encode()))
    return archive[: at + 24] + struct.pack("<I", size) + archive[at + 28 :]


def _content(lines: list[str]) -> bytes:
    if not lines:
        return b"0.5 g 50 50 400 600 re f"
    shown = b"".join(b"(%s) Tj T*\n" % _escaped(line) for line in lines)
    return b"BT /F1 12 Tf 14 TL 50 800 Td\n" + shown + b"ET"


def _escaped(line: str) -> bytes:
    return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)").encode("cp1252")


def _stream(content: bytes) -> bytes:
    return b"<</Length %d>>stream\n" % len(content) + content + b"\nendstream"


def _encryption(password: bytes) -> bytes:
    user = _rc4(_file_key(password), _PAD)
    return b"/ID[<00><00>]/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<%s>/U<%s>>>" % (_owner_entry().hex().encode(), user.hex().encode())


def _owner_entry() -> bytes:
    return _rc4(hashlib.md5((b"owner" + _PAD)[:32]).digest()[:5], _PAD)


def _file_key(password: bytes) -> bytes:
    return hashlib.md5((password + _PAD)[:32] + _owner_entry() + struct.pack("<i", -4) + b"\x00").digest()[:5]


def _object_key(password: bytes, number: int) -> bytes:
    return hashlib.md5(_file_key(password) + number.to_bytes(3, "little") + b"\x00\x00").digest()[:10]


def _rc4(key: bytes, data: bytes) -> bytes:
    state, j = list(range(256)), 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    out, i, j = bytearray(), 0, 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)


def slow_pdf() -> bytes:
    """A PDF of which pdfium reads some sixteen pages in a second: 2,000 pages share a long drawing."""
    drawing = zlib.compress(b"BT /F1 12 Tf 50 800 Td\n" + b"(abc) Tj 1 0 Td\n" * 100_000 + b"ET")
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 3 0 R>>>>>>"
    kids = b" ".join(b"%d 0 R" % number for number in range(5, 2_005))
    return assembled_pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[%s]/Count 2000>>" % kids,
            b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
            b"<</Length %d/Filter/FlateDecode>>stream\n" % len(drawing) + drawing + b"\nendstream",
            *[page] * 2_000,
        ]
    )


def lettered_pdf(lines: list[str]) -> bytes:
    """A PDF in any script. Letters stand from left to right, as a printer sets them: Arabic has to be given backwards."""
    letters = sorted({letter for line in lines for letter in line})
    meanings = "".join(f"<{ord(letter):04X}> <{letter.encode('utf-16-be').hex()}>\n" for letter in letters)
    table = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def "
        f"1 begincodespacerange <0000> <FFFF> endcodespacerange {len(letters)} beginbfchar\n{meanings}endbfchar endcmap end end"
    )
    shown = "".join("<" + "".join(f"{ord(letter):04X}" for letter in line) + "> Tj T*\n" for line in lines)
    return assembled_pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[4 0 R]/Count 1>>",
            b"<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H/DescendantFonts[6 0 R]/ToUnicode 7 0 R>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 5 0 R/Resources<</Font<</F1 3 0 R>>>>>>",
            _stream(f"BT /F1 12 Tf 14 TL 50 800 Td\n{shown}ET".encode()),
            b"<</Type/Font/Subtype/CIDFontType2/BaseFont/X/DW 600/FontDescriptor 8 0 R"
            b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>>>",
            _stream(table.encode()),
            b"<</Type/FontDescriptor/FontName/X/Flags 4/FontBBox[0 0 1000 1000]/ItalicAngle 0"
            b"/Ascent 800/Descent -200/CapHeight 700/StemV 80>>",
        ]
    )
