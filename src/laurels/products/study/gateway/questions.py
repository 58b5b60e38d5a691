"""What is asked, out of a conversation in OpenAI's protocol."""

from collections.abc import Iterable

from laurels.products.study.actions.relaying import Conversation
from laurels.products.study.queries.messages import Exchanged
from laurels.products.study.schemas.completions import ChatRequest, SaidMessage

INSTRUCTING = ("system", "developer")
"""Roles of messages in which a program tells the model what to do."""


def conversation_of(body: ChatRequest) -> Conversation:
    """What is asked: the last message; what was said before, in pairs; and what the program tells the model to do."""
    *before, last = body.messages
    question, turns = last.content, turns_of(before)
    if turns and not turns[0].answer:
        question = _joined(turns.pop(0).question, question)
    instructions = "\n\n".join(one.content for one in before if one.role in INSTRUCTING and one.content)
    return Conversation(body.model, question, turns, instructions, body.most_tokens)


def turns_of(said: Iterable[SaidMessage]) -> list[Exchanged]:
    """Questions with their answers, the newest first; the newest may have none. What one side said in several messages is one."""
    turns: list[Exchanged] = []
    for one in said:
        if one.role == "user":
            unanswered = turns.pop().question if turns and not turns[-1].answer else ""
            turns.append(Exchanged(_joined(unanswered, one.content), ""))
        elif one.role == "assistant" and turns:  # what answers nothing is left out
            latest = turns.pop()
            turns.append(Exchanged(latest.question, _joined(latest.answer, one.content)))
    return turns[::-1]


def _joined(first: str, then: str) -> str:
    return f"{first}\n\n{then}" if first and then else first or then
