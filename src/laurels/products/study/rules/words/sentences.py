"""Where sentences begin and end: in scripts with spaces after a full stop and in those without, in prose and in lists."""

from collections.abc import Iterator
import re

Span = tuple[int, int]
"""Where something begins in a text, and the place behind its last character."""

MAX_SENTENCE = 1_000
"""Characters after which a sentence without an end (a table, a listing) is cut at a space, or where there is none in the midst."""

_ABBREVIATIONS = frozenset(
    (
        *("dr", "mr", "mrs", "ms", "prof", "st", "vs", "fig", "figs", "eq", "eqs", "vol", "pp", "cf", "al", "inc", "ltd", "jr", "sr"),
        *("approx", "sec", "ch", "op", "resp", "ca", "e.g", "i.e", "u.s", "gov", "gen", "col", "lt", "mt", "dept", "est", "jan", "feb"),
        *("mar", "apr", "aug", "sep", "sept", "oct", "nov", "dec", "sra", "srta", "ud", "uds", "dra", "núm", "pág", "págs", "art", "ee"),
        *("cap", "ej", "p.ej", "a.c", "d.c", "lic", "ing", "z.b", "d.h", "bzw", "usw", "u.a", "nr", "abs", "bd", "str", "vgl", "evtl"),
        *("ggf", "mme", "mlle", "p.ex", "av", "mgr", "bijv", "drs", "blz", "dott", "sig", "vd", "pag", "kap", "jfr", "bl.a"),
        *("т.е", "т.д", "др", "рис", "см", "стр", "डॉ", "प्रो", "श्री", "د", "أ"),
    )
)
"""What may end in a full stop in the midst of a sentence, without the stop. Single letters needn't be told: J. R. Smith."""

_CLOSING = "\"'\u2019\u201d\u00bb)\\]}\u300d\u300f\uff09\u3011\u300b"
_STOPS = r".!?\u2026\u061f\u06d4\u0964\u0965"
_ITEMS = r"[-*+#|>\u2022\u25aa\u25cf\u25e6\u2023\u2013\u2014]\s|\d{1,3}[.)]\s|\d{1,3}[\u3001\uff0e]"
_END = re.compile(
    rf"(?P<stop>(?<![{_STOPS}])[{_STOPS}]+[{_CLOSING}]*(?:\[\d+\])*(?=\s|$))"
    rf"|(?P<east>[\u3002\uff01\uff1f\uff0e]+[{_CLOSING}]*)"
    rf"|(?P<line>(?<![ \t])[ \t]*\n[ \t]*(?:\n\s*|(?={_ITEMS})))"
    r"|(?P<short>\n)"
)
"""Runs of stops and of blanks are looked at from their first sign alone: from each, a long one would take minutes."""

_SHORT_LINE = 45
"""Characters: a shorter line, with a capital or no letter case after it, is a heading or an item and not a line of wrapped prose."""

_LAST_WORD = re.compile(r"[\w.]+$")


def sentences_of(text: str, *, longest: int = MAX_SENTENCE) -> Iterator[Span]:
    """The sentences of a text, headings and items of lists among them, in their order and without the space around them.

    Nothing but space lies between two of them.

    Args:
        longest: characters of a sentence; a longer one is cut.
    """
    begin = 0
    for match in _END.finditer(text):
        if _ends(text, begin, match):
            yield from _cut(text, begin, match.end(), longest)
            begin = match.end()
    yield from _cut(text, begin, len(text), longest)


def _ends(text: str, begin: int, match: re.Match[str]) -> bool:
    if match.lastgroup in ("east", "line"):
        return True
    after = text[match.end() : match.end() + 40].lstrip()
    if not after:
        return True
    if match.lastgroup == "short":
        line = text[max(begin, text.rfind("\n", begin, match.start()) + 1) : match.start()].strip()
        return 0 < len(line) < _SHORT_LINE and not after[0].islower()
    if after[0].islower():
        return False
    if match[0] != ".":
        return True
    word = _LAST_WORD.search(text, max(begin, match.start() - 20), match.start())
    return word is None or not ((len(word[0]) == 1 and word[0].isalpha()) or word[0].casefold() in _ABBREVIATIONS)


def _cut(text: str, begin: int, end: int, longest: int) -> Iterator[Span]:
    """The span without space around it, in pieces that aren't too long."""
    begin, end = _trimmed(text, begin, end)
    while end - begin > longest:
        space = text.rfind(" ", begin + longest // 2, begin + longest)
        middle = begin + longest if space < 0 else space
        yield _trimmed(text, begin, middle)
        begin, end = _trimmed(text, middle, end)
    if end > begin:
        yield begin, end


def _trimmed(text: str, begin: int, end: int) -> Span:
    part = text[begin:end]
    return begin + len(part) - len(part.lstrip()), end - len(part) + len(part.rstrip())
