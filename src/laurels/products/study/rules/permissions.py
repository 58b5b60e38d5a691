"""What members may do in a class: permissions, templates of them, and what a membership begins with."""

from dataclasses import dataclass
from enum import StrEnum


class Permission(StrEnum):
    """What a member may do, by the name of its column."""

    READ = "can_read"  # see documents and shared chats
    CHAT = "can_chat"  # ask
    UPLOAD = "can_upload"  # add documents to the class
    SHARE = "can_share_class"  # see and pass on the class's code
    MANAGE = "is_manager"  # members, permissions, limits, documents of others


@dataclass(frozen=True, slots=True)
class Permissions:
    """A member's permissions."""

    is_manager: bool = False
    can_read: bool = True
    can_chat: bool = True
    can_upload: bool = True
    can_share_class: bool = False


TEMPLATES = {
    "reader": Permissions(can_chat=False, can_upload=False),
    "participant": Permissions(),
    "sharer": Permissions(can_share_class=True),
    "manager": Permissions(is_manager=True, can_share_class=True),
}
"""Permissions by a name: what staff of a class give with one choice."""

OWNER = Permissions(is_manager=True, can_share_class=True)
"""What an owner may do, whatever their membership says."""


@dataclass(frozen=True, slots=True)
class TokenLimits:
    """The most tokens of a day, a week and a month."""

    daily: int = 1_000_000
    weekly: int = 5_000_000
    monthly: int = 15_000_000


DEFAULT_LIMITS = TokenLimits()
"""What a membership begins with."""

DEFAULT_BUDGET = TokenLimits(5_000_000, 25_000_000, 75_000_000)
"""What an owner pays for all whom they sponsor in a class, unless they set otherwise."""

DEFAULT_CHATS = 3
"""Questions of a member that are answered at once."""

DEFAULT_ZONE = "Europe/Madrid"
"""By whose midnights limits reset, unless a class says otherwise."""


def template_of(permissions: Permissions) -> str | None:
    """The template that permissions are; None where they are none."""
    return next((name for name, template in TEMPLATES.items() if template == permissions), None)
