"""Scripts to read: PDF files made up of words as frequent as a language's, the same in every run."""

from collections.abc import Sequence
from textwrap import wrap
import zlib

from benchmarks.study.search_speed import Texts

WORDS = 330
"""Of a page: a script's, in one column of 12 points."""

LINE = 85
"""Characters."""


def make_script(texts: Texts, pages: int) -> bytes:
    """A PDF of so many pages."""
    return pdf([wrap(" ".join(f"{' '.join(texts.words(15)).capitalize()}." for _ in range(WORDS // 15)), LINE) for _ in range(pages)])


def pdf(pages: Sequence[Sequence[str]]) -> bytes:
    """A PDF with a page for each list of lines, its contents packed as programs do (ISO 32000-1)."""
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"", b"<</Type/Font/Subtype/Type1/BaseFont/Times-Roman/Encoding/WinAnsiEncoding>>"]
    kids = []
    for lines in pages:
        kids.append(b"%d 0 R" % (len(objects) + 1))
        contents = len(objects) + 2
        objects.append(b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents %d 0 R/Resources<</Font<</F 3 0 R>>>>>>" % contents)
        shown = b"".join(b"(%s) Tj T*\n" % line.encode("cp1252") for line in lines)
        packed = zlib.compress(b"BT /F 12 Tf 15 TL 60 780 Td\n" + shown + b"ET")
        objects.append(b"<</Length %d/Filter/FlateDecode>>stream\n" % len(packed) + packed + b"\nendstream")
    objects[1] = b"<</Type/Pages/Kids[%s]/Count %d>>" % (b" ".join(kids), len(kids))
    return _assembled(objects)


def _assembled(objects: Sequence[bytes]) -> bytes:
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(out)
