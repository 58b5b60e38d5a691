"""A chat as Markdown, to be kept elsewhere."""

from collections.abc import Callable, Iterable
from uuid import UUID

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
    """A session's questions in their order, each with the answer that stands and its sources; those that were replaced are left out."""
    questions, answers = list[ShownMessage](), dict[UUID | None, ShownMessage]()
    for shown in messages:
        if shown.row.is_user:
            questions.append(shown)
        elif not shown.row.is_replaced:  # it may come after later questions: another answer was asked for then
            answers[shown.row.question] = shown
    parts = [f"# {session.title or say(UNTITLED)}"]
    for question in questions:
        parts.append(f"## {' '.join(question.row.content.split())}")
        answer = answers.get(question.row.id)
        if answer is not None and answer.row.content:
            parts += [answer.row.content, *_sources(answer.citations, say)]
    return "\n\n".join(parts) + "\n"


def _sources(citations: Iterable[Cited], say: Say) -> list[str]:
    lines = [f"- {_place(cited, say)}" for cited in citations]
    return [f"**{say(SOURCES)}**\n\n" + "\n".join(lines)] if lines else []


def _place(cited: Cited, say: Say) -> str:
    if cited.filename is None:
        return say(GONE).format(number=cited.number)
    return say(PLACE).format(number=cited.number, filename=cited.filename, page=cited.page)
