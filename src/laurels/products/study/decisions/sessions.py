"""Chat sessions: begun and deleted, no more of them than a member may have in a class."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from laurels.core.errors import Missing
from laurels.ledger import BusinessKey, Draft, Needs
from laurels.products.study.accounts import BOOK, sessions
from laurels.products.study.bounds import MAX_SESSIONS
from laurels.products.study.decisions.guards import require_standing, standing_rows
from laurels.products.study.errors import TooManySessions
from laurels.products.study.rules.permissions import Permission
from laurels.products.study.tables import ChatSession


@dataclass(frozen=True, slots=True)
class SessionDone:
    """What a decision about a session was about."""

    session: UUID


@dataclass(frozen=True, slots=True)
class OpenSession:
    """Begin a session in a class.

    Attributes:
        title: empty: it is named after its first question.

    Raises:
        Missing, MemberInactive, Denied, ClassClosed: who begins it, and where.
        TooManySessions: they have as many there as they may.
    """

    name: ClassVar[str] = "open_session"
    answers: ClassVar[type] = SessionDone
    book: ClassVar[str] = BOOK
    key: ClassVar[BusinessKey | None] = None

    session: UUID
    class_id: UUID
    member: UUID
    title: str
    ai_tier: str

    @property
    def reference(self) -> UUID:
        return self.session

    def needs(self) -> Needs:
        return Needs([sessions(self.class_id, self.member)], standing_rows(self.class_id, self.member))

    def decide(self, draft: Draft) -> SessionDone:
        require_standing(draft, self.class_id, self.member, Permission.CHAT)
        meter = sessions(self.class_id, self.member)
        if draft.balance(meter) >= MAX_SESSIONS:
            raise TooManySessions(limit=MAX_SESSIONS)
        draft.count(meter, 1, "begun", limit=MAX_SESSIONS)
        draft.record(self._row(draft))
        return SessionDone(self.session)

    def _row(self, draft: Draft) -> ChatSession:
        return ChatSession(
            id=self.session,
            class_id=self.class_id,
            user_id=self.member,
            title=self.title,
            ai_tier=self.ai_tier,
            is_shared=False,
            messages=0,
            answers=0,
            created_at=draft.at,
            updated_at=draft.at,
        )


@dataclass(frozen=True, slots=True)
class DeleteSession:
    """Count a session as gone: whoever posts this deletes its rows, in the same transaction.

    An answer that is being written in it is settled all the same.

    Raises:
        Missing: there is no such session of theirs.
        MemberInactive.
    """

    name: ClassVar[str] = "delete_session"
    answers: ClassVar[type] = SessionDone
    book: ClassVar[str] = BOOK
    key: ClassVar[BusinessKey | None] = None

    session: UUID
    class_id: UUID
    member: UUID

    @property
    def reference(self) -> UUID:
        return self.session

    def needs(self) -> Needs:
        rows = [*standing_rows(self.class_id, self.member), (ChatSession, self.session)]
        return Needs([sessions(self.class_id, self.member)], rows)

    def decide(self, draft: Draft) -> SessionDone:
        require_standing(draft, self.class_id, self.member, even_archived=True)
        row = draft.find(ChatSession, self.session)
        if row is None or row.user_id != self.member or row.class_id != self.class_id:
            raise Missing(what="session")
        meter = sessions(self.class_id, self.member)
        draft.count(meter, -min(1, draft.balance(meter)), "deleted")
        return SessionDone(self.session)
