"""What requests and answers about activities are made of."""

from typing import Annotated, TypeAlias

from pydantic import Field

from laurels.products.progress.actions.permits import MAX_AWARD
from laurels.products.progress.bounds import MAX_ACTIVITY_DESCRIPTION, MAX_SLUG
from laurels.products.progress.rules import ActivityType
from laurels.web.schemas import PlainLine

EXAMPLE_ID = "01a1f890-e37a-73f9-9bad-95b6014a4f20"
EXAMPLE_MEMBER = "01a1f890-e37a-7c01-8a44-3f6d1f0f8a11"
EXAMPLE_TIME = "2026-11-20T10:00:00+00:00"

MAX_MEMBER_REF = 200
"""Characters of what names a member."""

AwardAmount: TypeAlias = Annotated[int, Field(strict=True, ge=1, le=MAX_AWARD)]
Kind: TypeAlias = Annotated[ActivityType, Field(strict=False)]
Description: TypeAlias = Annotated[PlainLine, Field(max_length=MAX_ACTIVITY_DESCRIPTION)]
MemberRef: TypeAlias = Annotated[PlainLine, Field(min_length=1, max_length=MAX_MEMBER_REF, description="A student id, or a member's id.")]
Topic: TypeAlias = Annotated[PlainLine, Field(min_length=1, max_length=MAX_SLUG)]
