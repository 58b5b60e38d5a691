"""A chat as Markdown, to be kept elsewhere."""

from collections.abc import Callable, Iterable

from laurels.products.study.queries.messages import Cited, ShownMessage
from laurels.products.study.tables import ChatSession
from laurels.web.language import N_

Say = Callable[[str], str]
"""Translates an English sentence."""

UNTITLED = N_("Chat")
SOURCES = N_("Sources")
PLACE = N_("[{number}] {filename}, page {page}")
GONE = N_("[{number}] a document that isn't there any more")


def session_markdown(session: ChatSession, messages: Iterable[ShownMessage], *, say: Say) -> str:
    """A session's questions and answers in their order, each answer with its sources; those that were replaced are left out."""
    parts = [f"# {session.title or say(UNTITLED)}"]
    for shown in messages:
        row = shown.row
        if row.is_user:
            parts.append(f"## {' '.join(row.content.split())}")
        elif row.content and not row.is_replaced:
            parts += [row.content, *_sources(shown.citations, say)]
    return "\n\n".join(parts) + "\n"


def _sources(citations: Iterable[Cited], say: Say) -> list[str]:
    lines = [f"- {_place(cited, say)}" for cited in citations]
    return [f"**{say(SOURCES)}**\n\n" + "\n".join(lines)] if lines else []


def _place(cited: Cited, say: Say) -> str:
    if cited.filename is None:
        return say(GONE).format(number=cited.number)
    return say(PLACE).format(number=cited.number, filename=cited.filename, page=cited.page)
