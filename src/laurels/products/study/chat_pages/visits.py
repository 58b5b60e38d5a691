"""Somebody who looks at a chat: its owner, or a member of its class whom it is shared with."""

from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias
from uuid import UUID

from fastapi import Depends, Request
from starlette.responses import Response

from laurels.core.errors import DomainError
from laurels.products.study.desk import Desk, DeskParts
from laurels.products.study.queries.access import SessionSeen, read_session
from laurels.products.study.rules.permissions import Permission
from laurels.products.study.tables import ChatSession
from laurels.products.study.visits import STUDY, Visit
from laurels.web.caller import Caller, Signed
from laurels.web.context import Context, Ctx

CHATS = f"{STUDY}/chats"


def chat_path(session_id: UUID) -> str:
    """Where a chat's page is."""
    return f"{CHATS}/{session_id}"


@dataclass(frozen=True, slots=True)
class ChatVisit(Visit):
    """A request for the page of a chat, by somebody who may see it."""

    seen: SessionSeen
    parts: Desk

    @property
    def session(self) -> ChatSession:
        """The chat's row."""
        return self.seen.session

    @property
    def here(self) -> str:
        """Where its page is."""
        return chat_path(self.session.id)

    @property
    def may_ask(self) -> bool:
        """Whether who looks may go on with it."""
        return self.seen.is_mine and self.room.is_active and self.standing.may(Permission.CHAT)

    def back(self, said: str, **fields: Any) -> Response:
        """After a form was handled: lead to the chat, where a marked sentence is shown."""
        return self.context.pages.lead(self.request, self.here, said, **fields)

    def back_refused(self, refusal: DomainError) -> Response:
        """After a button was refused: lead to the chat, where that is said."""
        return self.back("{reason}", reason=self.context.pages.explain(self.request, refusal))


def chat_visit_of(session_id: UUID, request: Request, context: Ctx, caller: Signed, desk: DeskParts) -> ChatVisit:
    """A chat, for whoever may see it.

    Raises:
        Missing: there is none for them.
    """
    return visit_chat(session_id, request, context, caller, desk)


def own_chat_visit_of(session_id: UUID, request: Request, context: Ctx, caller: Signed, desk: DeskParts) -> ChatVisit:
    """A chat, for whoever owns it.

    Raises:
        Missing: there is none of theirs.
    """
    return visit_chat(session_id, request, context, caller, desk, mine_only=True)


def visit_chat(session_id: UUID, request: Request, context: Context, caller: Caller, desk: Desk, *, mine_only: bool = False) -> ChatVisit:
    """A chat as it is now.

    Raises:
        Missing: there is none for them.
    """
    with context.database.read.connect() as connection:
        seen = read_session(connection, session_id, caller.member_id, mine_only=mine_only)
    return ChatVisit(request, context, caller, seen.standing, seen, desk)


AtChat: TypeAlias = Annotated[ChatVisit, Depends(chat_visit_of)]
"""An endpoint's parameter: a chat, and somebody who may see it."""

AtOwnChat: TypeAlias = Annotated[ChatVisit, Depends(own_chat_visit_of)]
"""An endpoint's parameter: a chat, and whoever owns it."""
