"""Awarding points for what happened elsewhere in the community, by the table that staff edit."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from laurels.core.errors import Missing
from laurels.identity.errors import MemberInactive
from laurels.jobs import JobContext
from laurels.ledger import BusinessKey, LimitReached
from laurels.products.progress.actions.awarding import Award, Office, award_all
from laurels.products.progress.actions.reversing import Reverser, reverse_activity
from laurels.products.progress.decisions.giving import Giving
from laurels.products.progress.errors import NothingToReverse
from laurels.products.progress.queries.reactions import load_reactions
from laurels.products.progress.rules import Reaction, Source, TriggerName

SYSTEM = "system/progress"
"""Who acts where nobody asked."""

SKIPPED = (MemberInactive, Missing, LimitReached)
"""What keeps a member from points that nobody asked for, and is no fault."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """Something that happened to a member elsewhere, and may award points.

    Attributes:
        key: tells it from all others of its name: awarded once, however often it is told.
        occurred_at: when it happened.
        class_id: the class that it happened in: its points count on that class's board, too.
    """

    name: TriggerName
    member: UUID
    key: str
    occurred_at: datetime
    class_id: UUID | None = None

    @property
    def activity(self) -> UUID:
        """The id of the activity that tells of it."""
        return uuid5(self.member, f"reaction/{self.name}/{self.key}")


def office_of(job: JobContext) -> Office:
    """Where a job's awards are decided."""
    return Office(job.database, job.writer, job.settings.zone)


def react(job: JobContext, triggers: Iterable[Trigger]) -> int:
    """Award what triggers are worth now; gives how many awards there were, with those made before.

    Nothing is awarded to members who are suspended or gone, above a cap that
    counts everybody's awards, or where staff set 0.

    Raises:
        Unavailable: the ledger can't be written now.
    """
    with job.database.read.connect() as connection:
        reactions = load_reactions(connection)
    awarded = 0
    for outcome in award_all(office_of(job), _awards(triggers, reactions), at=job.clock.now(), actor=SYSTEM):
        if isinstance(outcome, Exception) and not isinstance(outcome, SKIPPED):
            raise outcome
        awarded += not isinstance(outcome, Exception)
    return awarded


def take_back(job: JobContext, triggers: Iterable[Trigger], reason: str) -> int:
    """Reverse what triggers were awarded, if they were, because what happened was undone; gives how many activities were reversed."""
    reversed_ones = 0
    by = Reverser(SYSTEM, reason)
    for trigger in triggers:
        try:
            reverse_activity(office_of(job), trigger.activity, by, at=job.clock.now())
        except (Missing, NothingToReverse):
            continue  # it awarded nothing, or this was told before
        reversed_ones += 1
    return reversed_ones


def _awards(triggers: Iterable[Trigger], reactions: dict[TriggerName, Reaction]) -> Iterator[Award]:
    for trigger in triggers:
        reaction = reactions[trigger.name]
        if not reaction.points:
            continue
        giving = Giving(
            activity=trigger.activity,
            member=trigger.member,
            asked=reaction.points,
            kind=reaction.activity_type,
            description=reaction.description,
            occurred_at=trigger.occurred_at,
            source=Source.REACTION,
            class_id=trigger.class_id,
        )
        # The details name the member alone: staff may change what it is worth between two tellings.
        yield Award(giving, BusinessKey(f"reaction/{trigger.name}/{trigger.key}", str(trigger.member)))
