"""The ids in these endpoints' paths. A text of another form names nothing: 404, as for an id that nothing has."""

from typing import Annotated, TypeAlias
from uuid import UUID

from fastapi import Depends

from laurels.web.identifiers import OpaqueId, known_id


async def program_of_path(program_id: OpaqueId) -> UUID:
    """The program's id."""
    return known_id(program_id, what="program")


async def campaign_of_path(campaign_id: OpaqueId) -> UUID:
    """The campaign's id."""
    return known_id(campaign_id, what="campaign")


async def reward_of_path(reward_id: OpaqueId) -> UUID:
    """The reward's id."""
    return known_id(reward_id, what="reward")


async def member_of_path(member_id: OpaqueId) -> UUID:
    """The member's id."""
    return known_id(member_id, what="member")


async def key_of_path(key_id: OpaqueId) -> UUID:
    """The service key's id."""
    return known_id(key_id, what="service key")


ProgramId: TypeAlias = Annotated[UUID, Depends(program_of_path)]
CampaignId: TypeAlias = Annotated[UUID, Depends(campaign_of_path)]
RewardId: TypeAlias = Annotated[UUID, Depends(reward_of_path)]
MemberId: TypeAlias = Annotated[UUID, Depends(member_of_path)]
KeyId: TypeAlias = Annotated[UUID, Depends(key_of_path)]
