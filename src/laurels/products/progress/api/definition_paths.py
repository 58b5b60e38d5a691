"""Lasting names in paths. A text of another form names nothing: 404, as for a name that nothing has.

Endpoints name whoever asks before these: who may not ask isn't told what is there.
"""

from typing import Annotated, TypeAlias

from fastapi import Depends, Path

from laurels.products.progress.schemas.definition_fields import known_name
from laurels.web.identifiers import MAX_ID

PathText: TypeAlias = Annotated[str, Path(min_length=1, max_length=MAX_ID)]


async def topic_of_path(topic_slug: PathText) -> str:
    """A topic's lasting name."""
    return known_name(topic_slug, what="topic")


async def goal_of_path(goal_type: PathText) -> str:
    """A goal's lasting name."""
    return known_name(goal_type, what="goal")


async def badge_of_path(badge_slug: PathText) -> str:
    """A badge's lasting name."""
    return known_name(badge_slug, what="badge")


async def trigger_of_path(trigger: PathText) -> str:
    """A trigger's name."""
    return known_name(trigger, what="reaction")


TopicSlug: TypeAlias = Annotated[str, Depends(topic_of_path)]
GoalType: TypeAlias = Annotated[str, Depends(goal_of_path)]
BadgeSlug: TypeAlias = Annotated[str, Depends(badge_of_path)]
Trigger: TypeAlias = Annotated[str, Depends(trigger_of_path)]
