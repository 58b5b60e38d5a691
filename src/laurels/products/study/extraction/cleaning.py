"""Text from a file, as it is kept, searched and shown: normal form C, plain letters, no leftovers of the layout."""

import re
import unicodedata

from laurels.core.text import remove_controls

_BREAKS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_SOFT_BREAK = re.compile("\u00ad(?:\r\n?|\n)[ \t]*")
_DROPPED = re.compile("[\u00ad\ufeff\ufdd0-\ufdef\ufffe\uffff]")
_BLANKS = re.compile("[ \t\u00a0\u2000-\u200a\u202f\u205f\u3000]+")
_EMPTY_LINES = re.compile(r"\n{3,}")
_LINE_ENDS = re.compile(r" +\n")
_PRESENTATION_FORMS = re.compile("[\ufb00-\ufb06\ufb1d-\ufdcf\ufdf0-\ufdfc\ufe70-\ufefc]+")
"""Letters as they are drawn: the ligatures of fi and ffl, Hebrew's wide letters, Arabic's forms by their place in a word."""
_BULLETS = str.maketrans({"\uf0b7": "•", "\uf0a7": "▪", "\uf0d8": "›", "\uf0fc": "✓"})
"""Word and PowerPoint draw bullets by symbol fonts, in which these mean nothing else."""
_HYPHENATED = re.compile(r"(?<=[^\W\d_]{2})-\n(?=[^\W\d_]{2})")
_WORD_BEFORE = re.compile(r"[^\W\d_]+\Z")
_WORD = re.compile(r"[^\W\d_]+")
_LONGEST_WORD = 40


def clean_text(text: str, *, keeps_indents: bool = False) -> str:
    """Text without controls, lone surrogates, ligatures and needless blanks, in normal form C.

    Args:
        keeps_indents: leave the blanks that begin a line as they are, since they mean something in code.
    """
    text = _BREAKS.sub("\n", _SOFT_BREAK.sub("", text))
    text = _DROPPED.sub("", remove_controls(text)).translate(_BULLETS)
    text = _PRESENTATION_FORMS.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    text = unicodedata.normalize("NFC", text)
    text = "\n".join(map(_trimmed, text.split("\n"))) if keeps_indents else _BLANKS.sub(" ", text).replace("\n ", "\n")
    return _EMPTY_LINES.sub("\n\n", _LINE_ENDS.sub("\n", text)).strip("\n" if keeps_indents else None).rstrip()


def join_hyphenated(text: str) -> str:
    """Put together words that were broken at the ends of lines; for text that was set in lines, as a PDF's is.

    Careful: only where small letters stand on both sides, and where the text
    doesn't write the same word with a hyphen within a line.
    """
    return _HYPHENATED.sub(_between, text)


def _between(found: re.Match[str]) -> str:
    """What stands between two halves of a word in place of the hyphen and the line's end."""
    text, begin, end = found.string, found.start(), found.end()
    if not (text[begin - 1].islower() and text[end].islower()):
        return found[0]
    left = _WORD_BEFORE.search(text[max(0, begin - _LONGEST_WORD) : begin])
    right = _WORD.match(text[end : end + _LONGEST_WORD])
    return "-" if left and right and f"{left[0]}-{right[0]}" in text else ""


def _trimmed(line: str) -> str:
    words = line.lstrip()
    return line[: len(line) - len(words)].replace("\u00a0", " ") + _BLANKS.sub(" ", words) if words else ""
