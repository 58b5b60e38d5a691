"""Pages of text cut into passages: whole sentences, long enough to answer and short enough that the answer stands out.

Nothing crosses a page, so a passage's place is a page and a span of its text, which a citation can mark.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
import re

from laurels.products.study.rules.words.sentences import Span, sentences_of
from laurels.products.study.rules.words.terms import SPACELESS

WORDS = 140
"""A passage is closed by the sentence that would bring it above this."""

OVERLAP_WORDS = 23
"""The next passage of the page begins with the last sentences of the one before, as long as they have no more than this."""

MAX_WORDS = 190
"""No passage is longer: a longer sentence is cut."""

SIGNS_A_WORD = 2
"""Characters of a script without spaces that count as a word."""

CHARACTERS_A_WORD = 20
"""Encoded data and long numbers have few words: they count as if they had one for so many characters, since a model may be told them."""

MAX_GAP = 400
"""Characters of blanks between two sentences of a passage."""

_SIGN = re.compile(f"[{SPACELESS}]")
_SPACED = re.compile(rf"[^\s{SPACELESS}]+")


@dataclass(frozen=True, slots=True)
class Page:
    """A page, slide or section of a document, as it was extracted.

    Attributes:
        number: from 1.
    """

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of a page.

    Attributes:
        page: the page's number.
        start: where it begins in the page's text, in characters.
        end: the place behind its last character.
        text: what stands there.
        words: how long it is, as `words_in` counts.
    """

    page: int
    start: int
    end: int
    text: str
    words: int


def words_in(text: str) -> int:
    """How long a text is: words between spaces, and SIGNS_A_WORD characters of a script without spaces for one, rounded up."""
    return len(_SPACED.findall(text)) - (-len(_SIGN.findall(text)) // SIGNS_A_WORD)


def passages_of(pages: Iterable[Page]) -> Iterator[Passage]:
    """The passages of pages, in their order; one page is held at a time."""
    for page in pages:
        for start, end, words in _spans(page.text):
            yield Passage(page.number, start, end, page.text[start:end], words)


def _spans(text: str) -> Iterator[tuple[int, int, int]]:
    """Begin, end and length in words of each passage of a page."""
    held: deque[tuple[Span, int]] = deque()
    total = fresh = 0
    for span, words in _pieces(text):
        gap = span[0] - held[-1][0][1] if held else 0
        if gap > MAX_GAP:  # between sentences only, and each of them ends in a word: there is always something fresh
            yield held[0][0][0], held[-1][0][1], total
            held.clear()
            total = fresh = gap = 0
        words = max(words, (gap + span[1] - span[0]) // CHARACTERS_A_WORD)
        if fresh and total + words > WORDS:
            yield held[0][0][0], held[-1][0][1], total
            total, fresh = _keep_overlap(held, total, room=MAX_WORDS - words), 0
        held.append((span, words))
        total, fresh = total + words, fresh + words
    if fresh:
        yield held[0][0][0], held[-1][0][1], total


def _keep_overlap(held: deque[tuple[Span, int]], total: int, *, room: int) -> int:
    """Let go of all but the last sentences; gives the words that are left."""
    while held and total > min(OVERLAP_WORDS, room):
        total -= held.popleft()[1]
    return total


def _pieces(text: str) -> Iterator[tuple[Span, int]]:
    """The sentences of a page with their lengths, none above MAX_WORDS."""
    for begin, end in sentences_of(text):
        pending = [(begin, end)]
        while pending:
            start, stop = pending.pop()
            words = words_in(text[start:stop])
            if words <= MAX_WORDS:
                yield (start, stop), words
                continue
            space = text.rfind(" ", start + 1, (start + stop) // 2 + 1)
            middle = (start + stop) // 2 if space < 0 else space
            pending += [(middle, stop), (start, middle)]
