"""Chats in requests and answers."""

from typing import Annotated, Any, Literal, TypeAlias
from uuid import UUID

from pydantic import Field

from laurels.products.study.answers import Taken
from laurels.products.study.bounds import MAX_NAME, MAX_NOTE, MAX_QUESTION
from laurels.products.study.queries.messages import Cited, ShownMessage
from laurels.products.study.queries.sessions import ShownSession
from laurels.products.study.schemas.fields import EXAMPLE_CLASS, EXAMPLE_ID, EXAMPLE_MEMBER, EXAMPLE_OTHER, EXAMPLE_TIME
from laurels.products.study.schemas.usage import TRACKER, PeriodAnswer, TrackerAnswer
from laurels.web.schemas import Answer, Body, Id, PlainLine, PlainText, UtcInstant, example

Status: TypeAlias = Literal["asked", "pending", "answered", "stopped", "failed"]
Title: TypeAlias = Annotated[PlainLine, Field(min_length=1, max_length=MAX_NAME, examples=["Conservation of energy"])]
Question: TypeAlias = Annotated[PlainText, Field(min_length=1, max_length=MAX_QUESTION, examples=["What is conserved in a collision?"])]
Note: TypeAlias = Annotated[PlainText, Field(max_length=MAX_NOTE)]

_CITATION: dict[str, Any] = {
    "number": 1,
    "document_id": EXAMPLE_OTHER,
    "is_available": True,
    "filename": "mechanics.pdf",
    "page": 12,
    "start": 120,
    "end": 178,
    "text": "In an elastic collision, kinetic energy is conserved as well.",
}
_QUESTION: dict[str, Any] = {
    "id": EXAMPLE_OTHER,
    "session_id": EXAMPLE_ID,
    "content": "What is conserved in an elastic collision?",
    "is_user": True,
    "timestamp": EXAMPLE_TIME,
    "status": "asked",
    "question_id": None,
    "response_time_ms": None,
    "context_used": [],
    "model_name": None,
    "error_code": None,
    "is_replaced": False,
    "rating": None,
    "note": None,
}
_ANSWER: dict[str, Any] = _QUESTION | {
    "id": EXAMPLE_MEMBER,
    "content": "Momentum, and kinetic energy as well [1].",
    "is_user": False,
    "status": "answered",
    "question_id": EXAMPLE_OTHER,
    "response_time_ms": 840,
    "context_used": [_CITATION],
    "model_name": "gpt-4o-mini-2024-07-18",
}


class ChatSessionBody(Body):
    """A session that is to begin."""

    model_config = example({"class_id": EXAMPLE_CLASS}, {"class_id": EXAMPLE_CLASS, "title": "Conservation of energy"})

    class_id: Id
    title: Title | None = Field(None, description="Left out: it is named after its first question.")


class ChatSessionChange(Body):
    """A session's new title."""

    model_config = example({"title": "Conservation of energy"})

    title: Title


class SharingBody(Body):
    """Whether members of the class may read a session."""

    model_config = example({"is_shared": True})

    is_shared: bool


class QuestionBody(Body):
    """A question."""

    model_config = example({"content": "What is conserved in an elastic collision?"})

    content: Question
    stream: bool = Field(False, description="True: the answer comes as server-sent events, as with `Accept: text/event-stream`.")


class RegenerateBody(Body):
    """How another answer is to come."""

    model_config = example({"stream": False})

    stream: bool = Field(False, description="True: as server-sent events.")


class FeedbackBody(Body):
    """What is thought of an answer."""

    model_config = example({"rating": 1, "note": None}, {"rating": -1, "note": "It is about inelastic ones."})

    rating: Literal[-1, 1] | None = Field(description="1: helpful; -1: not; null: no opinion any more.")
    note: Note | None = Field(None, description="Why. Left out: what was said before is forgotten.")


class ChatSessionAnswer(Answer):
    """A chat session."""

    model_config = example(
        {
            "id": EXAMPLE_ID,
            "title": "Conservation of energy",
            "user_id": EXAMPLE_MEMBER,
            "owner_name": "Ana Díaz",
            "class_id": EXAMPLE_CLASS,
            "ai_tier": "standard",
            "is_shared": False,
            "is_mine": True,
            "messages": 2,
            "created_at": EXAMPLE_TIME,
            "updated_at": EXAMPLE_TIME,
        }
    )

    id: UUID
    title: str = Field(description="Empty until its first question.")
    user_id: UUID = Field(description="Whose it is.")
    owner_name: str | None = Field(description="Null where the account was deleted.")
    class_id: UUID
    ai_tier: str
    is_shared: bool = Field(description="Members of the class may read it.")
    is_mine: bool
    messages: int
    created_at: UtcInstant
    updated_at: UtcInstant = Field(description="When somebody last asked or was answered.")

    @staticmethod
    def of(shown: ShownSession) -> "ChatSessionAnswer":
        """The answer for a session."""
        row = shown.row
        return ChatSessionAnswer(
            id=row.id,
            title=row.title,
            user_id=row.user_id,
            owner_name=shown.owner,
            class_id=row.class_id,
            ai_tier=row.ai_tier,
            is_shared=row.is_shared,
            is_mine=shown.is_mine,
            messages=row.messages,
            created_at=row.created_at,
            updated_at=row.updated_at,
        )


class CitationAnswer(Answer):
    """What an answer cites: a place on a page of a document."""

    model_config = example(_CITATION)

    number: int = Field(description="As the answer says it: [1].")
    document_id: UUID
    is_available: bool = Field(description="False: the document is deleted, or not mine to read; then nothing of it is told.")
    filename: str | None
    page: int = Field(description="From 1: `GET /documents/{doc_id}/pages/{number}` opens it.")
    start: int = Field(description="Where it begins in the page's text, in characters (Unicode code points).")
    end: int
    text: str | None = Field(description="What stands there.")

    @staticmethod
    def of(cited: Cited) -> "CitationAnswer":
        """The answer for a citation."""
        return CitationAnswer(
            number=cited.number,
            document_id=cited.document,
            is_available=cited.is_available,
            filename=cited.filename,
            page=cited.page,
            start=cited.start,
            end=cited.end,
            text=cited.text,
        )


class ChatMessageAnswer(Answer):
    """A question or an answer."""

    model_config = example(_QUESTION, _ANSWER)

    id: UUID
    session_id: UUID
    content: str = Field(description="An answer's is Markdown.")
    is_user: bool = Field(description="A question; else an answer.")
    timestamp: UtcInstant
    status: Status = Field(description="`asked`: a question. Of an answer: `pending`, `answered`, `stopped` or `failed`.")
    question_id: UUID | None = Field(description="Of an answer: what it answers.")
    response_time_ms: int | None = Field(description="From the question to the answer's end.")
    context_used: list[CitationAnswer] = Field(description="What the answer cites.")
    model_name: str | None = Field(description="What answered; `extracts`: nothing but the documents' own sentences.")
    error_code: str | None = Field(description="Why an answer failed.")
    is_replaced: bool = Field(description="Another answer was asked for.")
    rating: int | None = Field(description="1: helpful; -1: not. To its owner alone.")
    note: str | None = Field(description="Why. To its owner alone.")

    @staticmethod
    def of(shown: ShownMessage) -> "ChatMessageAnswer":
        """The answer for a message."""
        row = shown.row
        return ChatMessageAnswer.model_validate(
            {
                "id": row.id,
                "session_id": row.session_id,
                "content": row.content,
                "is_user": row.is_user,
                "timestamp": row.created_at,
                "status": row.status,
                "question_id": row.question,
                "response_time_ms": row.response_time_ms,
                "context_used": [CitationAnswer.of(cited) for cited in shown.citations],
                "model_name": row.model_name,
                "error_code": row.error_code,
                "is_replaced": row.is_replaced,
                "rating": row.rating if shown.is_mine else None,
                "note": row.note if shown.is_mine else None,
            }
        )


class ExchangeAnswer(Answer):
    """A question and its answer."""

    model_config = example({"message": _QUESTION, "answer": _ANSWER})

    message: ChatMessageAnswer
    answer: ChatMessageAnswer


class SourcesAnswer(Answer):
    """The event `sources`: what an answer is made from, before its first word."""

    model_config = example({"answer_id": EXAMPLE_MEMBER, "sources": [_CITATION]})

    answer_id: UUID
    sources: list[CitationAnswer]


class TakenAnswer(Answer):
    """The event `usage`: what an answer took, and how its asker's own limits stand then."""

    model_config = example({**TRACKER, "input_tokens": 2_100, "output_tokens": 320, "usage_estimated": False, "share": None})

    daily: PeriodAnswer
    weekly: PeriodAnswer
    monthly: PeriodAnswer
    share: TrackerAnswer | None = Field(description="Of what the class's owner pays for them. Null where the owner doesn't.")
    input_tokens: int
    output_tokens: int
    usage_estimated: bool = Field(description="The model's server told no tokens.")

    @staticmethod
    def of(taken: Taken) -> "TakenAnswer":
        """The event for what was taken."""
        own = TrackerAnswer.of(taken.use.own)
        return TakenAnswer(
            daily=own.daily,
            weekly=own.weekly,
            monthly=own.monthly,
            share=TrackerAnswer.of_any(taken.use.share),
            input_tokens=taken.input_tokens,
            output_tokens=taken.output_tokens,
            usage_estimated=taken.is_estimated,
        )


class AnswerDone(Answer):
    """The event `done`: the answer as it is kept."""

    model_config = example({"answer": _ANSWER})

    answer: ChatMessageAnswer
