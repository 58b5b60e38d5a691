"""Opaque ids in paths and bodies: one of another form names nothing."""

from typing import Annotated, TypeAlias
from uuid import UUID

from pydantic import Field

from laurels.core.errors import Missing

MAX_ID = 64
"""Characters of an id that are looked at."""

OpaqueId: TypeAlias = Annotated[str, Field(min_length=1, max_length=MAX_ID, examples=["01a1f890-e37a-7c01-8a44-3f6d1f0f8a11"])]
"""An id as another answer gave it. One of another form names nothing: `known_id` says so."""


def known_id(text: str, *, what: str) -> UUID:
    """The id that a text is.

    Raises:
        Missing: it is none, so nothing has it.
    """
    try:
        return UUID(text)
    except ValueError:
        raise Missing(what=what) from None
