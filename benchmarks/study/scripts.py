"""Scripts to read: PDF files of made-up sentences, the same in every run.

A page is like those of lectures that were looked at: those of written scripts have 200 to 270 words, and 90 to 160 rows of the index;
slides have 50 words, and 20 rows. Nearly half of its words are those that hold sentences together, and the others follow Zipf's law.
"""

from collections.abc import Sequence
from itertools import accumulate
import random
from textwrap import wrap
import zlib

WORDS = 250
"""Of a page."""

SENTENCE = 16

VOCABULARY = 8_000

HOLDING = 45
"""Of a hundred words, so many only hold a sentence together."""

_HELD_BY = (
    *("the", "of", "and", "to", "in", "a", "is", "that", "for", "it", "as", "was", "with", "be", "by", "on", "not", "he", "his", "but"),
    *("at", "are", "this", "have", "from", "or", "had", "an", "they", "which"),
)

LINE = 85
"""Characters."""


def make_scripts(files: int, pages: int) -> list[bytes]:
    """So many PDFs of so many pages."""
    chance = random.Random(20261120)
    words = ["".join(chance.choices(_SYLLABLES, k=chance.choice((2, 3, 3, 4)))) for _ in range(VOCABULARY)]
    weights = list(accumulate(1 / place for place in range(1, VOCABULARY + 1)))
    sentences = iter(lambda: _sentence(chance, words, weights), "")
    return [pdf([wrap(" ".join(next(sentences) for _ in range(WORDS // SENTENCE)), LINE) for _ in range(pages)]) for _ in range(files)]


def _sentence(chance: random.Random, words: Sequence[str], weights: Sequence[float]) -> str:
    content = chance.choices(words, cum_weights=weights, k=SENTENCE)
    return " ".join(chance.choice(_HELD_BY) if chance.randrange(100) < HOLDING else word for word in content).capitalize() + "."


_SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprstv" for vowel in "aeiou"]


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
