"""Ids in paths: what isn't one names nothing, and is answered like what isn't there."""

from typing import Annotated, TypeAlias
from uuid import UUID

from fastapi import Depends

from laurels.web.identifiers import OpaqueId, known_id


async def class_of_path(class_id: OpaqueId) -> UUID:
    """The class's id."""
    return known_id(class_id, what="class")


async def session_of_path(session_id: OpaqueId) -> UUID:
    """The chat session's id."""
    return known_id(session_id, what="session")


async def message_of_path(message_id: OpaqueId) -> UUID:
    """The message's id."""
    return known_id(message_id, what="message")


async def document_of_path(doc_id: OpaqueId) -> UUID:
    """The document's id."""
    return known_id(doc_id, what="document")


async def member_of_path(user_id: OpaqueId) -> UUID:
    """The member's id."""
    return known_id(user_id, what="member")


async def key_of_path(key_id: OpaqueId) -> UUID:
    """The service key's id."""
    return known_id(key_id, what="service key")


ClassId: TypeAlias = Annotated[UUID, Depends(class_of_path)]
SessionId: TypeAlias = Annotated[UUID, Depends(session_of_path)]
MessageId: TypeAlias = Annotated[UUID, Depends(message_of_path)]
DocumentId: TypeAlias = Annotated[UUID, Depends(document_of_path)]
UserId: TypeAlias = Annotated[UUID, Depends(member_of_path)]
KeyId: TypeAlias = Annotated[UUID, Depends(key_of_path)]
