"""What requests about study are made of, and what examples show."""

from typing import Annotated, TypeAlias

from pydantic import Field

from laurels.products.study.bounds import MAX_CAPACITY, MAX_CHATS, MAX_DESCRIPTION, MAX_NAME, MAX_TOKENS
from laurels.web.schemas import PlainLine, PlainText

EXAMPLE_ID = "01a1f890-e37a-73f9-9bad-95b6014a4f20"
EXAMPLE_CLASS = "01a1f890-e37a-7b02-8f10-2c5b8e7d9a33"
EXAMPLE_MEMBER = "01a1f890-e37a-7c01-8a44-3f6d1f0f8a11"
EXAMPLE_OTHER = "01a1f890-e37a-7c02-9d21-7b1e5a0c4d22"
EXAMPLE_TIME = "2026-11-20T10:00:00+00:00"

ClassName: TypeAlias = Annotated[PlainLine, Field(min_length=1, max_length=MAX_NAME, examples=["Physics I"])]
ClassDescription: TypeAlias = Annotated[PlainText, Field(max_length=MAX_DESCRIPTION)]
Capacity: TypeAlias = Annotated[int, Field(strict=True, ge=1, le=MAX_CAPACITY)]
"""Most members of a class."""

ClassCode: TypeAlias = Annotated[PlainLine, Field(min_length=1, max_length=40, examples=["7KQF-2XMD"])]
"""A class's code as somebody typed it."""

Tokens: TypeAlias = Annotated[int, Field(strict=True, ge=0, le=MAX_TOKENS)]
"""A limit of tokens."""

Chats: TypeAlias = Annotated[int, Field(strict=True, ge=1, le=MAX_CHATS)]
"""Questions that are answered at once."""
