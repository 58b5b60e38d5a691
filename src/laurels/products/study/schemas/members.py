"""Members of classes in requests and answers: permissions, limits, for whom the owner pays."""

from typing import Annotated, Any, Literal, TypeAlias
from uuid import UUID

from pydantic import Field

from laurels.identity.key_schemas import KeyName
from laurels.products.study.decisions.guards import Standing
from laurels.products.study.decisions.members import MAX_SPONSORED_AT_ONCE
from laurels.products.study.queries.members import MemberSeen
from laurels.products.study.rules.permissions import TEMPLATES, Permissions, template_of
from laurels.products.study.schemas.fields import EXAMPLE_MEMBER, EXAMPLE_TIME, Chats, Tokens
from laurels.products.study.schemas.usage import TRACKER, TrackerAnswer
from laurels.web.identifiers import OpaqueId
from laurels.web.schemas import Answer, Body, UtcInstant, example, unchanged

Template: TypeAlias = Literal["reader", "participant", "sharer", "manager"]

_READ = "Sees the class's documents, and chats that others share."
_CHAT = "May ask."
_UPLOAD = "May add documents to the class."
_SHARE = "Sees the class's code."
_MANAGE = "May do everything but what is the owner's alone: members, permissions, limits, documents of others."
_CHATS = "Questions that are answered at once."
_SPONSORED = "The class's owner pays first."
_TEMPLATE = "reader: read; participant: read, chat, upload; sharer: participant and share; manager: all."

_PERMISSIONS: dict[str, Any] = {"is_manager": False, "can_read": True, "can_chat": True, "can_upload": True, "can_share_class": False}
_LIMITS = {"daily_token_limit": 1_000_000, "weekly_token_limit": 5_000_000, "monthly_token_limit": 15_000_000}
MEMBERSHIP: dict[str, Any] = {
    **_PERMISSIONS,
    "is_owner": False,
    "template": "participant",
    "max_concurrent_chats": 3,
    "is_sponsored": False,
    **_LIMITS,
    "joined_at": EXAMPLE_TIME,
}


class PermissionsAnswer(Answer):
    """What a member may do."""

    model_config = example(_PERMISSIONS)

    is_manager: bool = Field(description=_MANAGE)
    can_read: bool = Field(description=_READ)
    can_chat: bool = Field(description=_CHAT)
    can_upload: bool = Field(description=_UPLOAD)
    can_share_class: bool = Field(description=_SHARE)

    @staticmethod
    def of(permissions: Permissions) -> "PermissionsAnswer":
        """The answer for permissions."""
        return PermissionsAnswer(**_told(permissions))


class ClassMembershipAnswer(PermissionsAnswer):
    """A membership: what somebody may do, and how many tokens they may use."""

    model_config = example(MEMBERSHIP)

    is_owner: bool = Field(description="May do everything, whatever else stands here.")
    template: Template | None = Field(description="The template that the permissions are, if they are one.")
    max_concurrent_chats: int = Field(description=_CHATS)
    is_sponsored: bool = Field(description=_SPONSORED)
    daily_token_limit: int
    weekly_token_limit: int
    monthly_token_limit: int
    joined_at: UtcInstant

    @staticmethod
    def of_standing(standing: Standing) -> "ClassMembershipAnswer":
        """The answer for a membership."""
        return ClassMembershipAnswer(**membership_fields(standing))


class ClassMemberAnswer(ClassMembershipAnswer):
    """A member of a class, and what they used."""

    model_config = example(
        {"user_id": EXAMPLE_MEMBER, "student_id": "S-1042", "display_name": "Ana Díaz", **MEMBERSHIP, "own": TRACKER, "share": None}
    )

    user_id: UUID
    student_id: str | None = Field(description="Null where they deleted their account.")
    display_name: str | None
    own: TrackerAnswer = Field(description="What they used of their own limits.")
    share: TrackerAnswer | None = Field(description="What they used of what the owner pays for them. Null where the owner doesn't.")

    @staticmethod
    def of_seen(seen: MemberSeen) -> "ClassMemberAnswer":
        """The answer for a member."""
        return ClassMemberAnswer(
            **membership_fields(seen.use.standing),
            user_id=seen.mine.member,
            student_id=seen.student_id,
            display_name=seen.display_name,
            own=TrackerAnswer.of(seen.use.own),
            share=TrackerAnswer.of_any(seen.use.share),
        )


class TemplatesAnswer(Answer):
    """What I may do in a class, and permissions by name."""

    model_config = example({"mine": MEMBERSHIP, "templates": {"reader": {**_PERMISSIONS, "can_chat": False, "can_upload": False}}})

    mine: ClassMembershipAnswer
    templates: dict[str, PermissionsAnswer] = Field(description=_TEMPLATE)

    @staticmethod
    def of(standing: Standing) -> "TemplatesAnswer":
        """The answer for somebody in a class."""
        named = {name: PermissionsAnswer.of(template) for name, template in TEMPLATES.items()}
        return TemplatesAnswer(mine=ClassMembershipAnswer.of_standing(standing), templates=named)


class ClassMemberChange(Body):
    """What of a member's permissions is to be otherwise: a template, then what differs from it. What is left out stays."""

    model_config = example({"template": "sharer", "can_upload": False, "max_concurrent_chats": 1})

    template: Template = unchanged(description=_TEMPLATE)
    is_manager: bool = unchanged(description=_MANAGE)
    can_read: bool = unchanged(description=_READ)
    can_chat: bool = unchanged(description=_CHAT)
    can_upload: bool = unchanged(description=_UPLOAD)
    can_share_class: bool = unchanged(description=_SHARE)
    max_concurrent_chats: Chats = unchanged(description=_CHATS)

    def wanted(self) -> dict[str, int]:
        """The columns and what they are to be."""
        sent = {name: getattr(self, name) for name in self.model_fields_set - {"template"}}
        return (_told(TEMPLATES[self.template]) if "template" in self.model_fields_set else {}) | sent


class TokenLimitsBody(Body):
    """Limits of tokens. What is left out stays."""

    model_config = example(_LIMITS)

    daily_token_limit: Tokens = unchanged(description="0: they may use none.")
    weekly_token_limit: Tokens = unchanged()
    monthly_token_limit: Tokens = unchanged()

    def wanted(self) -> dict[str, int]:
        """The columns and what they are to be."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class SponsorshipBody(Body):
    """For whom the class's owner is to pay first, or no longer."""

    model_config = example({"is_sponsored": True, "user_ids": [EXAMPLE_MEMBER]})

    is_sponsored: bool
    user_ids: Annotated[list[OpaqueId], Field(min_length=1, max_length=MAX_SPONSORED_AT_ONCE)] | None = Field(
        default=None, description="Null: all who are in the class now, but the owner."
    )


class SponsorshipAnswer(Answer):
    """What became of it."""

    model_config = example({"is_sponsored": True, "changed": 12})

    is_sponsored: bool
    changed: int = Field(description="For how many members that is new.")


class ClassKeyBody(Body):
    """A key for a program that asks as me."""

    model_config = example({"name": "notebook"})

    name: KeyName
    expires_at: Annotated[UtcInstant | None, Field(description="From when it opens nothing; left out for never.")] = None


def membership_fields(standing: Standing) -> dict[str, Any]:
    """A membership as answers tell it."""
    mine = standing.mine
    return {
        **_told(standing.permissions),
        "is_owner": standing.is_owner,
        "template": template_of(standing.permissions),
        "max_concurrent_chats": mine.max_concurrent_chats,
        "is_sponsored": mine.is_sponsored,
        "daily_token_limit": mine.daily_token_limit,
        "weekly_token_limit": mine.weekly_token_limit,
        "monthly_token_limit": mine.monthly_token_limit,
        "joined_at": mine.joined_at,
    }


def _told(permissions: Permissions) -> dict[str, Any]:
    return {name: getattr(permissions, name) for name in _PERMISSIONS}
