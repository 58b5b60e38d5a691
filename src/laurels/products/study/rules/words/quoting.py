"""Answers without a model: the sentences of the best passages that hold most of the question, word for word."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
import re
from typing import Protocol
from uuid import UUID

from laurels.products.study.rules.words.ranking import THOUSAND, Asked
from laurels.products.study.rules.words.sentences import sentences_of
from laurels.products.study.rules.words.terms import terms_of

MAX_QUOTES = 3
"""Sentences that make an answer."""

MAX_QUOTE = 480
"""Characters of a quote; of a longer sentence a part is quoted."""

WORDS_OF_A_HEADING = 6
"""Fewer words without a full stop are taken for a heading, which names what is asked for and says nothing of it."""

_BULLET = re.compile("(?:[•‣◦▪●○\uf000-\uf0ff]\\s*|[*+–—-]\\s+)+")
"""What stands before a point of a list; from \uf000 on as PowerPoint's symbol fonts draw it."""

_END_MARKS = ".!?:;…。！？؟।"


class Quotable(Protocol):
    """A passage that was found: see `index.Hit`."""

    @property
    def document(self) -> UUID: ...
    @property
    def page(self) -> int: ...
    @property
    def start(self) -> int: ...
    @property
    def text(self) -> str: ...
    @property
    def score(self) -> int: ...
    @property
    def language(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence of a passage.

    Attributes:
        number: the passage's place among those found, from 1: what a citation is numbered by.
        start: where it begins in the text of the passage's page, in characters.
        end: the place behind its last character.
        text: word for word.
        weight: of the question's words in it, with its passage's standing; the higher the better.
    """

    number: int
    start: int
    end: int
    text: str
    weight: int


def quotes_of(found: Sequence[Quotable], asked: Asked, *, most: int = MAX_QUOTES) -> list[Quote]:
    """The sentences that hold most of the question, the best first; none where nothing holds any of it.

    Args:
        found: passages, the best first.
    """
    best = max((passage.score for passage in found), default=0)
    quotes, seen = list[Quote](), set[tuple[UUID, int, int]]()
    for number, passage in enumerate(found, 1):
        for quote in _quotes_in(passage, number, asked, best):
            place = (passage.document, passage.page, quote.start)
            if place not in seen:  # passages overlap
                seen.add(place)
                quotes.append(quote)
    return sorted(_telling(quotes), key=attrgetter("weight"), reverse=True)[:most]


def _telling(quotes: Iterable[Quote]) -> Iterable[Quote]:
    """All but headings that hold no more of the question than some sentence: a slide's few words may be all that there is."""
    quotes = list(quotes)
    told = max((quote.weight for quote in quotes if not _is_heading(quote.text)), default=0)
    return (quote for quote in quotes if quote.weight > told or not _is_heading(quote.text))


def _quotes_in(passage: Quotable, number: int, asked: Asked, best: int) -> Iterable[Quote]:
    """A passage's sentences that hold something; one of a passage that holds half as much as the best counts a quarter."""
    standing = passage.score * THOUSAND // best if best else THOUSAND
    for begun, end in sentences_of(passage.text, longest=MAX_QUOTE):
        bullet = _BULLET.match(passage.text, begun, end)
        start = bullet.end() if bullet else begun
        text = passage.text[start:end]
        if weight := asked.matched(terms_of(text, passage.language)) * standing * standing:
            yield Quote(number, passage.start + start, passage.start + end, text, weight)


def _is_heading(text: str) -> bool:
    """Whether a sentence looks like a heading: a few words without an end. Of scripts without spaces it isn't told."""
    words = text.split()
    return 1 < len(words) < WORDS_OF_A_HEADING and text.rstrip("\"'”’»)")[-1:] not in _END_MARKS
