"""Markdown: a page is a part under a heading of the first rank, or of the second where there is but one of the first.

Marks that only shape the text are taken away; words, code, and the layout of lists and tables stay.
"""

from collections.abc import Iterator
import re
from typing import BinaryIO

from laurels.products.study.extraction.cleaning import clean_text
from laurels.products.study.extraction.decoding import decode_text
from laurels.products.study.extraction.limits import Limits
from laurels.products.study.extraction.parting import part_sections
from laurels.products.study.extraction.reading import Reading, sensible_title

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$")
_UNDERLINES = {"=": 1, "-": 2}
_UNDERLINE = re.compile(r" {0,3}(=+|-{2,})[ \t]*$")
_TABLE_RULE = re.compile(r"[ \t]*\|?(?:[ \t]*:?-+:?[ \t]*\|)+[ \t]*(?::?-+:?[ \t]*)?$")
_RULE = re.compile(r" {0,3}(?:(?:\*[ \t]*){3,}|(?:_[ \t]*){3,}|(?:-[ \t]*){3,})$")
_DEFINITION = re.compile(r" {0,3}\[[^\]]{1,200}\]:[ \t]*\S+.*$")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9-]{0,30}(?:\s[^<>]{0,1000})?/?>")
_INLINE = [
    (re.compile(r"!?\[([^\[\]]{0,500})\]\([^()\s]{0,2000}(?:\([^()]{0,200}\))?(?:\s+[^()]{0,300})?\)"), r"\1"),
    (re.compile(r"!?\[([^\[\]]{1,500})\]\[[^\[\]]{0,200}\]"), r"\1"),
    (re.compile(r"<(https?://[^<>\s]{1,2000})>"), r"\1"),
    (re.compile(r"(?<!`)(`{1,2})(?!`)([^`]{1,2000})\1(?!`)"), r"\2"),
    (re.compile(r"\*\*\*(\S[^*\n]{0,2000}?)\*\*\*"), r"\1"),
    (re.compile(r"\*\*(\S[^*\n]{0,2000}?)\*\*"), r"\1"),
    (re.compile(r"(?<![\w*])\*([^\s*][^*\n]{0,1000}?)\*(?![\w*])"), r"\1"),
    (re.compile(r"(?<!\w)__(\S[^_\n]{0,1000}?)__(?!\w)"), r"\1"),
    (re.compile(r"(?<!\w)_([^\s_][^_\n]{0,1000}?)_(?!\w)"), r"\1"),
    (re.compile(r"~~(\S[^~\n]{0,1000}?)~~"), r"\1"),
    (re.compile(r"\\([\\`*_{}\[\]()#+.!>|~-])"), r"\1"),
]
"""Links and pictures leave their words; every repetition has an end, so that no text makes them slow."""
_FRONT = re.compile(r"---[ \t]*\n(.{0,20000}?)\n(?:---|\.\.\.)[ \t]*(?:\n|$)", re.DOTALL)
_FRONT_TITLE = re.compile(r"^title:[ \t]*[\"']?(.{1,300}?)[\"']?[ \t]*$", re.MULTILINE | re.IGNORECASE)


def read(file: BinaryIO, limits: Limits) -> Reading:
    """Read a Markdown text; raises as `decode_text`."""
    text = decode_text(file.read()).replace("\r\n", "\n").replace("\r", "\n")
    front = _FRONT.match(text)
    lines = list(_plain_lines(text[front.end() :] if front else text))
    ranks = [rank for rank, _ in lines]
    deepest = 1 if ranks.count(1) > 1 else 2
    pages = list(part_sections(clean_text(section, keeps_indents=True) for section in _sections(lines, deepest)))
    named = _FRONT_TITLE.search(front[1]) if front else None
    title = named[1] if named else next((line for rank, line in lines if rank == 1), None)
    return Reading(sensible_title(title), len(pages), pages)


def _sections(lines: list[tuple[int, str]], deepest: int) -> Iterator[str]:
    """Lines put together up to the next heading of rank `deepest` or above; a heading alone stays with what follows it."""
    gathered: list[str] = []
    has_words = False
    for rank, line in lines:
        if 0 < rank <= deepest and has_words:
            yield "\n".join(gathered)
            gathered, has_words = [], False
        gathered.append(line)
        has_words = has_words or (rank == 0 and bool(line.strip()))
    yield "\n".join(gathered)


def _plain_lines(text: str) -> Iterator[tuple[int, str]]:
    """Each line without marks, and the rank of the heading that it is, 0 for none."""
    lines = _COMMENT.sub("", text).split("\n")
    fence = ""
    for at, line in enumerate(lines):
        mark = _FENCE.match(line)
        if fence:
            if mark and mark[1].startswith(fence) and not line.strip(" \t`~"):
                fence = ""
            else:
                yield 0, line
        elif mark:
            fence = mark[1]
        elif not _is_layout(line, after=lines[at - 1] if at else ""):
            yield _ranked(line, before=lines[at + 1] if at + 1 < len(lines) else "")


def _is_layout(line: str, *, after: str) -> bool:
    """Whether a line says nothing by itself: a rule, what underlines a heading or a table's head, a link's definition."""
    is_underline = _UNDERLINE.match(line) is not None and bool(after.strip())
    return is_underline or any(mark.match(line) for mark in (_TABLE_RULE, _RULE, _DEFINITION))


def _ranked(line: str, *, before: str) -> tuple[int, str]:
    heading = _HEADING.match(line)
    if heading:
        return len(heading[1]), _plain(heading[2] or "")
    underline = _UNDERLINE.match(before)
    if underline and line.strip() and not line.lstrip().startswith(("-", "*", "|", ">", "#")):
        return _UNDERLINES[underline[1][0]], _plain(line)
    return 0, _plain(line)


def _plain(line: str) -> str:
    line = _TAG.sub("", re.sub(r"^[ \t]*(?:>[ \t]?)+", "", line))
    for pattern, replacement in _INLINE:
        line = pattern.sub(replacement, line)
    return line
