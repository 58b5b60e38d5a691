"""Questions and their answers: asked with their tokens set aside, finished once, whatever becomes of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar
from uuid import UUID

from laurels.core.errors import Missing
from laurels.ledger import BusinessKey, Draft, Needs
from laurels.products.study.accounts import BOOK
from laurels.products.study.bounds import MAX_SESSION_MESSAGES
from laurels.products.study.decisions.billing import Spend, Spent, Ticket
from laurels.products.study.decisions.guards import require_standing
from laurels.products.study.decisions.tokens import place_tokens, settle_needs, settle_tokens, spend_needs
from laurels.products.study.errors import AnswerSettled, AnswerUnderWay, SessionFull
from laurels.products.study.facts import AnswerStopped, ConversationHeld, QuestionAnswered
from laurels.products.study.rules.permissions import Permission
from laurels.products.study.rules.titles import title_of
from laurels.products.study.tables import ChatMessage, ChatSession, Citation

CONVERSATION = 3
"""Answers that make a session a conversation."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question's answer: both messages' ids, and what settles what was set aside."""

    question: UUID
    answer: UUID
    ticket: Ticket


@dataclass(frozen=True, slots=True)
class AskQuestion:
    """Ask in a session: set tokens aside, write the question down, and an answer that is to come.

    Attributes:
        spend: the call that will answer; its id is the answer's, and it takes a slot.
        question: the question's id; where it is asked again, the first one's.
        replaces: the answer that is to be replaced by another; None: a new question.
        is_patient: whether tokens that are lacking may be waited for: then the refusal is `TokensHeld`, which no request key remembers.

    Raises:
        Missing, MemberInactive, Denied, ClassClosed: who asks, and where.
        SessionFull: the session has as many messages as it may.
        AnswerUnderWay: the answer to be replaced isn't finished, or another one has been asked for.
        TooManyChats, TokensUsedUp: as `place_tokens` says.
        TokensHeld: instead of `TokensUsedUp`, where it may be waited.
    """

    name: ClassVar[str] = "ask_question"
    answers: ClassVar[type] = Asked
    book: ClassVar[str] = BOOK
    key: ClassVar[BusinessKey | None] = None

    session: UUID
    question: UUID
    content: str
    spend: Spend
    replaces: UUID | None = None
    is_patient: bool = False

    @property
    def reference(self) -> UUID:
        return self.spend.id

    def needs(self) -> Needs:
        needs = spend_needs(self.spend)
        rows = [*needs.rows, (ChatSession, self.session)]
        return replace(needs, rows=rows if self.replaces is None else [*rows, (ChatMessage, self.replaces)])

    def decide(self, draft: Draft) -> Asked:
        standing = require_standing(draft, self.spend.class_id, self.spend.member, Permission.CHAT)
        session = draft.find(ChatSession, self.session)
        if session is None or session.user_id != self.spend.member or session.class_id != self.spend.class_id:
            raise Missing(what="session")
        if session.messages + 2 > MAX_SESSION_MESSAGES:
            raise SessionFull(limit=MAX_SESSION_MESSAGES)
        position = session.messages
        if self.replaces is None:
            draft.record(self.message(self.question, position, is_user=True))
            position += 1
        else:
            self.replace_answer(draft, self.replaces)
        ticket = place_tokens(draft, standing, self.spend, is_patient=self.is_patient)
        draft.record(self.message(self.spend.id, position, is_user=False))
        title = session.title or title_of(self.content)
        draft.change(session, messages=position + 1, updated_at=draft.at, title=title)
        return Asked(self.question, self.spend.id, ticket)

    def replace_answer(self, draft: Draft, answer: UUID) -> None:
        """Mark the answer that another one is asked for."""
        row = draft.find(ChatMessage, answer)
        if row is None or row.session_id != self.session or row.question != self.question:
            raise Missing(what="message")
        if row.status == "pending" or row.is_replaced:
            raise AnswerUnderWay()
        draft.change(row, is_replaced=True)

    def message(self, id: UUID, position: int, *, is_user: bool) -> ChatMessage:
        """The question's row, or the row of the answer that is to come."""
        return ChatMessage(
            id=id,
            session_id=self.session,
            position=position,
            is_user=is_user,
            question=None if is_user else self.question,
            content=self.content if is_user else "",
            status="asked" if is_user else "pending",
            error_code=None,
            model_name=None if is_user else self.spend.model_name,
            response_time_ms=None,
            is_replaced=False,
            rating=None,
            note=None,
            created_at=self.spend.at,
        )


@dataclass(frozen=True, slots=True)
class Finished:
    """How an answer ended: `answered`, `stopped` or `failed`."""

    answer: UUID
    status: str


@dataclass(frozen=True, slots=True)
class FinishAnswer:
    """Write an answer down as far as it came, with what it cites, and capture its tokens; give them back where none were used.

    Once: an answer that was given up already (its hold lapsed, its session was
    deleted) keeps no words, yet what it took is counted.

    Attributes:
        status: `answered`, `stopped` or `failed`.
        error_code: why, where it failed.
        spent: what it took; None: nothing.
        response_time_ms: from the question to this end.

    Raises:
        HoldResolved: it was finished already.
    """

    name: ClassVar[str] = "finish_answer"
    answers: ClassVar[type] = Finished
    book: ClassVar[str] = BOOK
    key: ClassVar[BusinessKey | None] = None

    answer: UUID
    session: UUID
    ticket: Ticket
    status: str
    content: str
    spent: Spent | None
    response_time_ms: int
    citations: Sequence[Citation] = ()
    error_code: str | None = None

    @property
    def reference(self) -> UUID:
        return self.answer

    def needs(self) -> Needs:
        needs = settle_needs(self.ticket)
        return replace(needs, rows=[*needs.rows, (ChatMessage, self.answer), (ChatSession, self.session)])

    def decide(self, draft: Draft) -> Finished:
        row, session = draft.find(ChatMessage, self.answer), draft.find(ChatSession, self.session)
        settle_tokens(draft, self.ticket, self.spent)
        if row is None or session is None or row.status != "pending":
            return Finished(self.answer, "failed" if row is None or session is None else row.status)
        draft.change(
            row,
            content=self.content,
            status=self.status,
            error_code=self.error_code,
            model_name=(self.spent and self.spent.model_name) or row.model_name,
            response_time_ms=self.response_time_ms,
            finished_at=draft.at,
        )
        for citation in self.citations:
            draft.record(citation)
        self.count(draft, session)
        draft.announce(QuestionAnswered(self.answer, self.session, self.ticket.class_id, self.ticket.member, self.status))
        return Finished(self.answer, self.status)

    def count(self, draft: Draft, session: ChatSession) -> None:
        """Count the answer in its session, and announce the one that makes it a conversation."""
        answers = session.answers + (self.status == "answered")
        draft.change(session, answers=answers, updated_at=draft.at)
        if answers == CONVERSATION and session.answers < CONVERSATION:
            draft.announce(ConversationHeld(session.id, session.class_id, session.user_id))


@dataclass(frozen=True, slots=True)
class StopRequested:
    """That an answer is to be stopped."""

    answer: UUID


@dataclass(frozen=True, slots=True)
class StopAnswer:
    """Have the rest of an answer left out: whoever writes it is told, ends it, and keeps what came.

    Raises:
        Missing: there is no such answer in the session, or the session is another's.
        AnswerSettled: it is finished.
    """

    name: ClassVar[str] = "stop_answer"
    answers: ClassVar[type] = StopRequested
    book: ClassVar[str] = BOOK
    key: ClassVar[BusinessKey | None] = None

    answer: UUID
    session: UUID
    member: UUID

    @property
    def reference(self) -> UUID:
        return self.answer

    def needs(self) -> Needs:
        return Needs(rows=[(ChatMessage, self.answer), (ChatSession, self.session)])

    def decide(self, draft: Draft) -> StopRequested:
        session, row = draft.find(ChatSession, self.session), draft.find(ChatMessage, self.answer)
        if session is None or session.user_id != self.member or row is None or row.session_id != self.session or row.is_user:
            raise Missing(what="message")
        if row.status != "pending":
            raise AnswerSettled()
        draft.announce(AnswerStopped(self.answer))
        return StopRequested(self.answer)
