"""What a member's points of each topic make of them there."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from laurels.ledger.reader import balances
from laurels.products.progress.accounts import standing
from laurels.products.progress.queries.definitions import TOPICS, list_definitions
from laurels.products.progress.rules import Rules, Skill, skill_of, topic_window
from laurels.products.progress.tables import TopicRow


@dataclass(frozen=True, slots=True)
class TopicSkill:
    """A member's points of a topic, what they make of them, and what would be next; None at the top."""

    topic: TopicRow
    points: int
    skill: Skill
    next_skill: Skill | None


def list_skills(connection: Connection, rules: Rules, member_id: UUID) -> list[TopicSkill]:
    """The topics that a member has points of, the most first; also those that can't be chosen any more."""
    topics = list_definitions(connection, TOPICS)
    accounts = [standing(member_id, topic_window(topic.slug)) for topic in topics]
    held = balances(connection, accounts)
    found = [_skilled(rules, topic, held[account]) for topic, account in zip(topics, accounts, strict=True) if held[account] > 0]
    return sorted(found, key=lambda one: (-one.points, one.topic.position, one.topic.slug))


def _skilled(rules: Rules, topic: TopicRow, points: int) -> TopicSkill:
    skill = skill_of(rules, points)
    following = rules.skills[rules.skills.index(skill) + 1 :]
    return TopicSkill(topic, points, skill, following[0] if following else None)
