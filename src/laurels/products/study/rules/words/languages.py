"""Which language a text is in: by its script where that tells, else by the stop words it holds."""

from collections import Counter
from collections.abc import Iterable
from functools import cache
from itertools import islice
import re
from types import MappingProxyType
import unicodedata

from laurels.products.study.rules.words.stops import STOPS

UNKNOWN = "und"
"""A language that isn't told (BCP 47's "undetermined"): its words are kept whole."""

STEMMERS = MappingProxyType(
    {
        "ar": "arabic",
        "ca": "catalan",
        "cs": "czech",
        "da": "danish",
        "de": "german",
        "el": "greek",
        "en": "english",
        "es": "spanish",
        "fa": "persian",
        "fi": "finnish",
        "fr": "french",
        "hi": "hindi",
        "hu": "hungarian",
        "hy": "armenian",
        "id": "indonesian",
        "it": "italian",
        "nb": "norwegian",
        "nl": "dutch",
        "pl": "polish",
        "pt": "portuguese",
        "ro": "romanian",
        "ru": "russian",
        "sv": "swedish",
        "ta": "tamil",
        "tr": "turkish",
    }
)
"""Language (ISO 639-1) to the name of its stemmer in Snowball."""

LANGUAGES = frozenset(STEMMERS) | {"he", "ja", "ko", "th", "zh"}
"""The languages that are told apart."""

MAX_SAMPLE_WORDS = 3_000
"""Words that a language is told by."""

_SCRIPTS = (
    ("ja", r"\u3041-\u309f\u30a0-\u30ff\uff66-\uff9f"),
    ("zh", r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"),
    ("ko", r"\u1100-\u11ff\u3130-\u318f\uac00-\ud7af"),
    ("arabic", r"\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff"),
    ("devanagari", r"\u0900-\u097f"),
    ("cyrillic", r"\u0400-\u052f"),
    ("el", r"\u0370-\u03ff\u1f00-\u1fff"),
    ("he", r"\u0590-\u05ff"),
    ("hy", r"\u0530-\u058f"),
    ("ta", r"\u0b80-\u0bff"),
    ("th", r"\u0e00-\u0e7f"),
    ("latin", r"a-zA-Z\u00aa\u00ba\u00c0-\u024f\u1e00-\u1eff"),
)
_COUNTED = tuple((script, re.compile(f"[{letters}]")) for script, letters in _SCRIPTS)
_SPEAKERS = MappingProxyType({"arabic": ("ar", "fa"), "devanagari": ("hi",), "cyrillic": ("ru",)})
_LATIN = tuple(sorted(set(STOPS) - {"ar", "fa", "hi", "ru", "el"}))

_WORD = re.compile(r"[^\W\d_]+(?:[\u0900-\u0963]+[^\W\d_]*)*")
_KANA_SHARE = 10
"""Of a hundred characters of Chinese or Japanese, so many kana make it Japanese: a Chinese text may name a Japanese thing."""

_MIN_SHARE = 8
"""Of a hundred words of a long text, so many at least are its language's stop words; half as many tell nothing."""

_LONG = 40
"""Words from which on a text is long."""


def language_of(text: str, *, expected: Iterable[str] = ()) -> str:
    """The language of a text or a question: one of LANGUAGES, or UNKNOWN.

    Args:
        expected: the languages of the documents that a question is asked of. What a few words leave open between several is
            decided for an expected one, if only one of them is.
    """
    script = _script_of(text)
    if script in LANGUAGES or not script:
        return script or UNKNOWN
    speakers = _SPEAKERS.get(script, _LATIN)
    return _speaker(text, speakers, frozenset(expected))


def _script_of(text: str) -> str:
    sample = text[: MAX_SAMPLE_WORDS * 8]
    found = {script: len(letters.findall(sample)) for script, letters in _COUNTED}
    east = found["ja"] + found["zh"]
    first = "ja" if found["ja"] * 100 > east * _KANA_SHARE else "zh"
    found |= {"ja": 0, "zh": 0, first: east * 2}  # a character says as much as two letters
    script = max(found, key=lambda name: found[name])
    return script if found[script] else ""


def _speaker(text: str, speakers: Iterable[str], expected: frozenset[str]) -> str:
    words = [match[0] for match in islice(_WORD.finditer(text.casefold()), MAX_SAMPLE_WORDS)]
    held = Counter({language: sum(word in _known(language) for word in words) for language in speakers})
    most = max(held.values(), default=0)
    if not most or (len(words) >= _LONG and most * 100 < len(words) * _MIN_SHARE):
        return UNKNOWN
    likely = [language for language in held if held[language] == most]
    if len(likely) > 1:
        likely = [language for language in likely if language in expected]
    return likely[0] if len(likely) == 1 else UNKNOWN


@cache
def _known(language: str) -> frozenset[str]:
    """Its stop words, with and without accents."""
    return stops_of(language) | {bare(word) for word in stops_of(language)}


def stops_of(language: str) -> frozenset[str]:
    """A language's stop words in lower case; none where it has no list."""
    return STOPS.get(language, frozenset())


def bare(word: str) -> str:
    """A Latin or Greek word without its accents; any other as it is."""
    if word.isascii() or word[0] >= "\u0400":
        return word
    return "".join(letter for letter in unicodedata.normalize("NFD", word) if not "\u0300" <= letter <= "\u036f")
