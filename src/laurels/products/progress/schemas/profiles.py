"""How a member appears to others, and public cards."""

from typing import Any
from uuid import UUID

from pydantic import Field

from laurels.products.progress.queries.profiles import HeldBadge, Profile, SeasonPlace
from laurels.products.progress.schemas.fields import EXAMPLE_ID, EXAMPLE_MEMBER, EXAMPLE_TIME
from laurels.products.progress.tables import ShareCard
from laurels.web.schemas import Answer, Body, UtcInstant, example

_BADGE: dict[str, Any] = {
    "slug": "first-step",
    "title": "First step",
    "description": "Your first points.",
    "icon": "spark",
    "earned_at": EXAMPLE_TIME,
}
_SEASON: dict[str, Any] = {"season": EXAMPLE_ID, "title": "Autumn 2026", "rank": 3, "points": 420}
_CARD: dict[str, Any] = {
    "token": "p3Zr0mY6QmC1vJ8xkT2bWg",
    "url": "https://laurels.example.org/share/p3Zr0mY6QmC1vJ8xkT2bWg",
    "picture_url": "https://laurels.example.org/share/p3Zr0mY6QmC1vJ8xkT2bWg.svg",
    "created_at": EXAMPLE_TIME,
}


class AppearanceChange(Body):
    """How to appear from now on."""

    model_config = example({"is_anonymous": True})

    is_anonymous: bool = Field(description="Whether boards hide my name; my points and rank stay what they are.")


class AppearanceAnswer(Answer):
    """How a member appears."""

    model_config = example({"is_anonymous": True})

    is_anonymous: bool


class HeldBadgeAnswer(Answer):
    """A badge that a member has."""

    model_config = example(_BADGE)

    slug: str
    title: str
    description: str
    icon: str
    earned_at: UtcInstant

    @staticmethod
    def of(held: HeldBadge) -> "HeldBadgeAnswer":
        """A badge."""
        shown = held.badge
        return HeldBadgeAnswer(slug=shown.slug, title=shown.title, description=shown.description, icon=shown.icon, earned_at=held.earned_at)


class SeasonPlaceAnswer(Answer):
    """Where a member stood when a season was archived."""

    model_config = example(_SEASON)

    season: UUID
    title: str
    rank: int
    points: int

    @staticmethod
    def of(place: SeasonPlace) -> "SeasonPlaceAnswer":
        """A place."""
        return SeasonPlaceAnswer(season=place.season, title=place.title, rank=place.rank, points=place.points)


class ProfileAnswer(Answer):
    """A member's progress as others see it."""

    model_config = example(
        {
            "id": EXAMPLE_MEMBER,
            "display_name": "Ana Díaz",
            "total_points": 650,
            "tier": "blaze",
            "tier_display": "Blaze",
            "level": 6,
            "current_streak_days": 4,
            "longest_streak_days": 12,
            "badges": [_BADGE],
            "seasons": [_SEASON],
            "is_anonymous": False,
        }
    )

    id: UUID
    display_name: str
    total_points: int
    tier: str
    tier_display: str
    level: int
    current_streak_days: int
    longest_streak_days: int
    badges: list[HeldBadgeAnswer] = Field(description="The latest first.")
    seasons: list[SeasonPlaceAnswer] = Field(description="Archived ones, the latest first.")
    is_anonymous: bool = Field(description="True in one's own only: who hides their name has no profile for others.")

    @staticmethod
    def of(profile: Profile) -> "ProfileAnswer":
        """A profile."""
        reached = profile.reached
        return ProfileAnswer(
            id=profile.member_id,
            display_name=profile.display_name,
            total_points=reached.total_points,
            tier=reached.tier.key,
            tier_display=reached.tier.title,
            level=reached.level,
            current_streak_days=profile.streak.current_days,
            longest_streak_days=profile.streak.longest_days,
            badges=[HeldBadgeAnswer.of(badge) for badge in profile.badges],
            seasons=[SeasonPlaceAnswer.of(place) for place in profile.seasons],
            is_anonymous=profile.is_anonymous,
        )


class CardAnswer(Answer):
    """A public card."""

    model_config = example(_CARD)

    token: str
    url: str = Field(description="The page that everybody may see who has this address, signed in or not.")
    picture_url: str = Field(description="The card alone, as SVG of 1200 by 630.")
    created_at: UtcInstant

    @staticmethod
    def of(card: ShareCard, site: str) -> "CardAnswer":
        """A card, with its addresses on a site."""
        url = f"{site}/share/{card.token}"
        return CardAnswer(token=card.token, url=url, picture_url=f"{url}.svg", created_at=card.created_at)


class CardsAnswer(Answer):
    """One's own public cards, the newest first."""

    model_config = example({"items": [_CARD]})

    items: list[CardAnswer]
