"""The Markdown that the API's descriptions are written in: paragraphs, lists, code, bold, links. No more than that.

Invariant: everything else is escaped, so what a description says can't become markup.
"""

import re

from markupsafe import Markup, escape

_MARKS = re.compile(r"`(?P<code>[^`]+)`|\*\*(?P<bold>[^*]+)\*\*|\[(?P<text>[^\]]+)\]\((?P<href>[^)\s]+)\)")
_NEW_ITEM = re.compile(r"^- ", re.MULTILINE)
_BEFORE_A_LIST = re.compile(r"\n(?=- )")


def prose(text: str) -> Markup:
    """Paragraphs and lists."""
    blocks = [block for part in text.strip().split("\n\n") for block in _apart(part.strip("\n")) if block]
    return Markup("\n").join(_list(block) if block.startswith("- ") else Markup("<p>{}</p>").format(inline(block)) for block in blocks)


def inline(text: str) -> Markup:
    """A line of text, with its code, bold and links."""
    made, end = Markup(""), 0
    for found in _MARKS.finditer(text):
        made += escape(text[end : found.start()]) + _mark(found)
        end = found.end()
    return made + escape(text[end:])


def _apart(block: str) -> list[str]:
    """A paragraph and the list that follows it without an empty line."""
    return [block] if block.startswith("- ") else _BEFORE_A_LIST.split(block, maxsplit=1)


def _list(block: str) -> Markup:
    items = [inline(" ".join(item.split())) for item in _NEW_ITEM.split(block) if item.strip()]
    return Markup("<ul>{}</ul>").format(Markup("").join(Markup("<li>{}</li>").format(item) for item in items))


def _mark(found: re.Match[str]) -> Markup:
    if found["code"]:
        return Markup("<code>{}</code>").format(found["code"])
    if found["bold"]:
        return Markup("<strong>{}</strong>").format(found["bold"])
    return Markup('<a href="{}">{}</a>').format(found["href"], found["text"])
