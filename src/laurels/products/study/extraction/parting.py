"""Parts of documents that have no pages of their own.

Text, Markdown, HTML and Word have no fixed pages. What the author broke into
sections is kept so: page breaks, form feeds, headings. Where nothing is broken,
or a section is long, a part ends after about `PART_WORDS` words, at the end of a
paragraph if one is near, else of a line, a sentence or a word. The same file is
always parted the same way, so that a citation of part 7 keeps leading there.
"""

from collections.abc import Iterable, Iterator
import re

PART_WORDS = 500
"""About a printed page."""
SECTION_WORDS = 1_500
"""The longest section that is one part."""
PART_CHARACTERS = 10_000
"""A part ends here at the latest, whatever its words are: long tables, data, text without any blank."""
_LONGEST_WORD = 500

_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
"""Letters of scripts that put no blanks between words."""
_ENDS = [
    re.compile(r"\n\s*\n"),
    re.compile(r"\n"),
    re.compile(r"[.!?。！？؟…]+[\"”’»」』)]*\s*"),
    re.compile(r"[\s、，]+"),
    re.compile(rf"\S{{{_LONGEST_WORD}}}"),
]
"""Where a text may be cut: the best places first."""


def count_words(text: str) -> int:
    """Words of a text; in scripts without blanks, two letters count as a word."""
    return len(text.split()) + (0 if text.isascii() else len(_UNSPACED.findall(text)) // 2)


def part_sections(sections: Iterable[str]) -> Iterator[str]:
    """The parts of sections, none of them empty; of a single section, that is of a text without breaks, parts of about a page."""
    kept = [section for section in sections if section.strip()]
    pages = SECTION_WORDS // PART_WORDS if len(kept) > 1 else 1
    for section in kept:
        if _fits(section, pages):
            yield section
        else:
            yield from _parts(section)


def _parts(text: str) -> Iterator[str]:
    gathered: list[str] = []
    words = characters = 0
    for piece in _pieces(text, 0):
        count = count_words(piece)
        if gathered and (words + count > PART_WORDS or characters + len(piece) > PART_CHARACTERS):
            yield "".join(gathered).strip("\n")
            gathered, words, characters = [], 0, 0
        gathered.append(piece)
        words += count
        characters += len(piece)
    if rest := "".join(gathered).strip("\n"):
        yield rest


def _pieces(text: str, rank: int) -> Iterator[str]:
    """The text in pieces that fit into a part, which make it again when put together."""
    if rank == len(_ENDS) or _fits(text, 1):
        yield text
        return
    begin = 0
    for end in _ENDS[rank].finditer(text):
        yield from _pieces(text[begin : end.end()], rank + 1)
        begin = end.end()
    if begin < len(text):
        yield from _pieces(text[begin:], rank + 1)


def _fits(text: str, pages: int) -> bool:
    return len(text) <= PART_CHARACTERS * pages and count_words(text) <= PART_WORDS * pages
