"""What members did for points in the community that browser tests look at, and what there is to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from laurels.core.ids import new_id
from laurels.identity.editing import OPERATOR
from laurels.identity.tables import Member
from laurels.ledger.writer import Proposal
from laurels.products.progress.actions.quests_set import NewQuest, add_quest
from laurels.products.progress.actions.seasons import NewSeason, add_season
from laurels.products.progress.actions.sharing import make_card
from laurels.products.progress.actions.topics import NewTopic, add_topic
from laurels.products.progress.decisions.awarding import AwardPoints
from laurels.products.progress.decisions.giving import Giving
from laurels.products.progress.decisions.profiles import ChangeAppearance
from laurels.products.progress.decisions.quests import BeginQuest
from laurels.products.progress.queries.configuration import basis_of, forget
from laurels.products.progress.rules import ActivityType, Difficulty, QuestType, Source
from laurels.web.context import Context

TOPICS = (("algebra", "Algebra"), ("botany", "Botany"), ("chemistry", "Chemistry"))
QUESTS = (
    NewQuest(
        "Five comments on algebra",
        80,
        "Ask, answer, or say what helped you.",
        topic="algebra",
        difficulty=Difficulty.MEDIUM,
        steps=5,
        activity_types=(ActivityType.COMMENT,),
    ),
    NewQuest("Say hello", 10, steps=1, activity_types=(ActivityType.COMMENT,)),
    NewQuest(
        "A quiz a day", 15, "Any quiz of the course.", quest_type=QuestType.DAILY, steps=1, activity_types=(ActivityType.QUIZ_COMPLETE,)
    ),
    NewQuest(
        "Build something that others use", 400, "Show it to the community, and let them try it.", difficulty=Difficulty.EPIC, steps=10
    ),
)
DONE = (ActivityType.QUIZ_COMPLETE, ActivityType.COMMENT, ActivityType.PROJECT_CREATE, ActivityType.PROJECT_UPDATE)


@dataclass(frozen=True)
class Progress:
    """What there is to look at.

    Attributes:
        runner: the community's second member, who did most; `card` is theirs.
        hidden: the id of a member who hides their name.
        quest: one that the runner has begun; `ready` has all of its steps; `offered` can be begun.
    """

    runner: UUID
    card: str
    hidden: UUID
    quest: UUID
    ready: UUID
    offered: UUID


def settle_progress(context: Context, members: Sequence[Member]) -> Progress:
    """Set topics and a season, award points on the last days, hide one member's name, and share another's card."""
    now = context.clock.now()
    for slug, title in TOPICS:
        add_topic(context.database, OPERATOR, NewTopic(slug, title), now=now)
    add_season(context.database, OPERATOR, NewSeason("Autumn of the long evenings", now + timedelta(days=40)), now=now)
    forget(context.database)
    for place, who in enumerate(members):
        for day in range(12 - place):
            kind, topic = DONE[(place + day) % 4], TOPICS[(place + day) % 3][0]
            award(context, who, 35 + 15 * (day % 3) + 40 * (place == 1), kind, topic, days_ago=day)
    hidden = members[3].id
    context.writer.post_now(Proposal(ChangeAppearance(hidden, is_anonymous=True), now))
    card = make_card(context.database, members[1].id, now=now)
    quest, ready, offered, _ = (add_quest(context.database, OPERATOR, new, now=now).id for new in QUESTS)
    for begun in (quest, ready):
        begin(context, members[1], begun)
    award(context, members[1], 20, ActivityType.COMMENT, "algebra")
    return Progress(members[1].id, card.token, hidden, quest, ready, offered)


def begin(context: Context, who: Member, quest: UUID) -> None:
    """Begin a quest."""
    now, basis = context.clock.now(), basis_of(context.database, context.settings.zone)
    [known] = [one for one in basis.quests if one.id == quest]
    context.writer.post_now(Proposal(BeginQuest(known, who.id, basis, now), now))


def award(context: Context, who: Member, points: int, kind: ActivityType, topic: str | None = None, *, days_ago: int = 0) -> None:
    """Award points for something that was done."""
    now = context.clock.now()
    giving = Giving(
        activity=new_id(),
        member=who.id,
        asked=points,
        kind=kind,
        description="Kirchhoff's laws, chapter 3",
        occurred_at=now - timedelta(days=days_ago),
        source=Source.STAFF.value,
        topic=topic,
    )
    context.writer.post_now(Proposal(AwardPoints(giving, basis_of(context.database, context.settings.zone), now), now))
