"""What the index knows a text by: its words without the stop words, each cut to its stem; runs of two where no spaces part words.

A question is asked in several languages at once where its documents are in several: `asked_of` gives each of its words all the
stems that it has there.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
import re
from types import MappingProxyType
import unicodedata

import Stemmer

from laurels.products.study.rules.words.languages import STEMMERS, UNKNOWN, bare, language_of, stops_of
from laurels.products.study.rules.words.stops import HAN_PHRASES, HANGUL_PARTICLES, HANGUL_PHRASES, HIRAGANA_PHRASES

MAX_TERM = 40
"""Characters of a term: what is longer is no word, and is cut."""

MAX_MET = 50_000
"""Words whose terms are remembered, those met last."""

MAX_QUESTION_WORDS = 48
"""Different words of a question that are looked up; the rest are left out."""

MAX_LANGUAGES = 4
"""Languages that a question is asked in at once."""

_HAN = r"\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_HIRAGANA = r"\u3041-\u309f"
_KATAKANA = r"\u30a0-\u30ff\u31f0-\u31ff"
_HANGUL = r"\u1100-\u11ff\u3130-\u318f\uac00-\ud7af"
_THAI = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
"""Thai, Lao, Burmese and Khmer: written without spaces, too."""
SPACELESS = _HAN + _HIRAGANA + _KATAKANA + _HANGUL + _THAI
"""Characters of the scripts that are cut into runs of two, for a regular expression's brackets."""

_SPACELESS = re.compile(f"[{SPACELESS}]")

_MARKS = r"\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u0653-\u065f\u06d6-\u06ed\u0900-\u0963\u0966-\u0dff"
"""Signs that letters carry: Python doesn't count them as parts of words."""

_LETTER = rf"[^\W{SPACELESS}]"
_TOKEN = re.compile(
    rf"(?P<number>\d+(?:[.,\u066b\u066c]\d+)+)|(?P<name>\b[a-z](?:\+\+|#)(?!\w))"
    rf"|(?P<han>[{_HAN}]+)|(?P<hiragana>[{_HIRAGANA}]+)|(?P<hangul>[{_HANGUL}]+)|(?P<run>[{_KATAKANA}]+|[{_THAI}]+)"
    rf"|(?P<word>{_LETTER}+(?:[{_MARKS}]+{_LETTER}*)*)"
)
_APOSTROPHE = re.compile(
    r"(?<=\w)['\u2019\u02bc](?:s|t|d|m|ll|re|ve)\b|\b(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu|un|all|dall|dell|nell|sull|quell|quest)['\u2019\u02bc](?=\w)"
)
"""English endings and French, Italian and Catalan beginnings that an apostrophe parts from their word."""

_THOUSANDS = re.compile(r"(\d{1,3}(?:([.,\u066b\u066c])\d{3})(?:\2\d{3})*)(?:\D(\d+))?")

_REWRITTEN = MappingProxyType(
    {
        **dict.fromkeys((0x00AD, 0x200B, 0x200C, 0x200D, 0xFEFF)),  # signs that show nothing
        **dict.fromkeys((*range(0x064B, 0x0653), 0x0640, 0x0670)),  # Arabic: short vowels, and the stroke that stretches a word
        0x093C: None,  # Devanagari: the nukta is often left out,
        0x0901: 0x0902,  # and chandrabindu written as anusvara
        **{digit: str(unicodedata.digit(chr(digit))) for start in (0x0660, 0x06F0, 0x0966, 0x09E6) for digit in range(start, start + 10)},
        **dict.fromkeys((0x0622, 0x0623, 0x0625, 0x0671), 0x0627),  # Arabic: alefs,
        0x0649: 0x064A,  # and yeh without its dots
    }
)
"""Signs of one word that are written in several ways; None where it may be left out."""

_NASAL = re.compile("[\u0919\u091e\u0923\u0928\u092e]\u094d(?=[\u0915-\u0939])")
"""Devanagari: a nasal before a consonant, which anusvara may stand for."""


def _cut(phrases: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(sorted(phrases, key=len, reverse=True)))


_HAN_CUT, _HIRAGANA_CUT, _HANGUL_CUT = _cut(HAN_PHRASES), _cut(HIRAGANA_PHRASES), _cut(HANGUL_PHRASES)


@lru_cache(maxsize=MAX_MET)
def _term(word: str, language: str) -> str:
    """The term that a word stands under; empty: a stop word. Stemmers aren't to be shared among threads, and cost nothing to make."""
    stem = Stemmer.Stemmer(STEMMERS[language], 0).stemWord(word) if language in STEMMERS else word
    return "" if word in stops_of(language) or not stem else bare(stem)[:MAX_TERM]


def _stems(words: Iterable[str], language: str) -> list[str]:
    return [term for word in words if (term := _term(word, language))]


@dataclass(frozen=True, slots=True)
class Question:
    """What is looked up for a question.

    Attributes:
        language: the question's own, or UNKNOWN.
        words: for each of its words but stop words, once, in their order, the different terms it may stand under.
    """

    language: str
    words: tuple[tuple[str, ...], ...]

    @property
    def terms(self) -> tuple[str, ...]:
        """All terms, once each."""
        return tuple(dict.fromkeys(term for word in self.words for term in word))


def terms_of(text: str, language: str) -> list[str]:
    """The terms of a text in their order, with repetitions: stems in Snowball's manner (snowballstem.org) where it has the language."""
    return _stems(words_of(text), language)


def asked_of(question: str, languages: Iterable[str]) -> Question:
    """What to look up for a question.

    Args:
        languages: those of the documents that may answer, the commonest first; MAX_LANGUAGES of them count.
    """
    among = list(dict.fromkeys(languages))[:MAX_LANGUAGES]
    own = language_of(question, expected=among)
    stops = stops_of(own)
    words = dict.fromkeys(word for word in words_of(question) if word not in stops)
    found: dict[tuple[str, ...], None] = {}
    for word in islice(words, MAX_QUESTION_WORDS):
        # Its own stop words are gone: what is one in another language too (the German "die") is kept.
        terms = (_stems([word], language) or ([] if own == UNKNOWN else [word]) for language in among or [own])
        if variants := tuple(dict.fromkeys(term for found_terms in terms for term in found_terms)):
            found[variants] = None
    return Question(own, tuple(found))


def is_pair(term: str) -> bool:
    """Whether a term is a run of two characters, or one, of a script without spaces."""
    return _SPACELESS.match(term) is not None


def words_of(text: str) -> Iterator[str]:
    """Words, numbers, names like x_1 and C++, and runs of two characters where no spaces part words; all in one way of writing."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_REWRITTEN)
    plain = _NASAL.sub("\u0902", _APOSTROPHE.sub(" ", plain))
    for match in _TOKEN.finditer(plain):
        kind, token = match.lastgroup, match[0]
        if kind == "word":
            if "_" in token:
                yield from _parts(token)
            else:
                yield token
        elif kind == "number":
            yield _number(token)
        elif kind == "han":
            yield from _in_pairs(_HAN_CUT.split(token))
        elif kind == "hiragana":
            yield from _in_pairs(part for part in _HIRAGANA_CUT.split(token) if len(part) > 2)
        elif kind == "hangul":
            yield from _in_pairs(_without_particle(part) for part in _HANGUL_CUT.split(token))
        else:
            yield from [token] if kind == "name" else _in_pairs([token])


def _parts(word: str) -> Iterator[str]:
    """A name in several parts like learning_rate, and its parts."""
    yield word.strip("_") or word
    if "_" in word.strip("_"):
        yield from (part for part in word.split("_") if len(part) > 1)


def _number(written: str) -> str:
    """1,234.5 and 1.234,5 alike: 1234.5. What may be thousands or decimals (1,234) is taken for thousands."""
    if whole := _THOUSANDS.fullmatch(written):
        return re.sub(r"\D", "", whole[1]) + (f".{whole[3]}" if whole[3] else "")
    return re.sub(r"\D", ".", written)


def _in_pairs(runs: Iterable[str]) -> Iterator[str]:
    for run in runs:
        if len(run) == 1:
            yield run
        yield from (run[at : at + 2] for at in range(len(run) - 1))


def _without_particle(word: str) -> str:
    return word[:-1] if len(word) > 2 and word[-1] in HANGUL_PARTICLES else word
