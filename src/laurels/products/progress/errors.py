"""What progress refuses."""

from uuid import UUID

from laurels.core.errors import DomainError, Kind


class ProgressChanged(DomainError):
    """Staff changed the rules while this was decided: the action reads them again and decides anew, so nobody sees this."""

    code = "progress-changed"
    kind = Kind.UNAVAILABLE
    detail = "The rules of progress have just changed. Send the same request again."


class TypeNotAllowed(DomainError):
    """A type of activity that isn't the caller's to award."""

    code = "type-not-allowed"
    kind = Kind.DENIED
    detail = "You can't award {activity_type}. What you can: {allowed}."

    def __init__(self, *, activity_type: str, allowed: str) -> None:
        super().__init__(activity_type=activity_type, allowed=allowed)


class ClaimTooLarge(DomainError):
    """More points than a member may claim at once."""

    code = "claim-too-large"
    kind = Kind.INVALID
    detail = "You may claim at most {limit} points at once. Send fewer, or ask staff to award them."

    def __init__(self, *, limit: int) -> None:
        super().__init__(limit=limit)


class UnknownTopic(DomainError):
    """A topic that isn't in the list."""

    code = "unknown-topic"
    kind = Kind.INVALID
    detail = "There is no topic {topic}. Choose one of the list of topics, or have staff add it."

    def __init__(self, *, topic: str) -> None:
        super().__init__(topic=topic)


class AwardConflict(DomainError):
    """An event id came again with other details."""

    code = "award-conflict"
    kind = Kind.CONFLICT
    detail = "The event {event_id} is known with other details. Send it as it was, or use another id."

    def __init__(self, *, event_id: str) -> None:
        super().__init__(event_id=event_id)


class RequirementsNotMet(DomainError):
    """A quest of which steps are missing."""

    code = "requirements-not-met"
    kind = Kind.CONFLICT
    detail = "The requirements aren't met: {current} of {target} steps are done. Do the rest first."

    def __init__(self, *, current: int, target: int) -> None:
        super().__init__(current=current, target=target)


class QuestNotOpen(DomainError):
    """A quest that can't be begun or completed now."""

    code = "quest-not-open"
    kind = Kind.CONFLICT
    detail = "This quest isn't open: {reason}."

    def __init__(self, *, reason: str) -> None:
        super().__init__(reason=reason)


class QuestNotBegun(DomainError):
    """A step or completion of a quest that isn't in progress."""

    code = "quest-not-begun"
    kind = Kind.CONFLICT
    detail = "This quest isn't in progress. Begin it first."


class StepsCounted(DomainError):
    """Steps were told of a quest that counts them itself."""

    code = "steps-counted"
    kind = Kind.CONFLICT
    detail = "The steps of this quest are counted from activities. Award those instead."


class QuestCompletedAlready(DomainError):
    """A quest pays once."""

    code = "quest-completed"
    kind = Kind.CONFLICT
    detail = "This quest is completed already, and was paid once."


class NothingToReverse(DomainError):
    """An activity that was reversed before."""

    code = "activity-reversed"
    kind = Kind.CONFLICT
    detail = "This activity was reversed already."


class NotReversible(DomainError):
    """An activity that can't be taken back by itself."""

    code = "not-reversible"
    kind = Kind.CONFLICT
    detail = "What decay took can't be reversed. Award points instead."


class FreezesFull(DomainError):
    """No more freezes fit in hand."""

    code = "freezes-full"
    kind = Kind.CONFLICT
    detail = "{most} freezes are the most that one may have in hand. Use one first."

    def __init__(self, *, most: int) -> None:
        super().__init__(most=most)


class FreezesNotSold(DomainError):
    """Freezes can't be bought here."""

    code = "freezes-not-sold"
    kind = Kind.CONFLICT
    detail = "Freezes can't be bought. They are earned by keeping a streak."


class SeasonsOverlap(DomainError):
    """Two seasons at one time."""

    code = "seasons-overlap"
    kind = Kind.CONFLICT
    detail = "This time overlaps the season {season_id}. Choose another time, or change that season first."

    def __init__(self, *, season_id: UUID) -> None:
        super().__init__(season_id=str(season_id))


class TooManyCards(DomainError):
    """No more cards may be public at once."""

    code = "too-many-cards"
    kind = Kind.CONFLICT
    detail = "{most} cards are the most that one may share at once. Take one back first."

    def __init__(self, *, most: int) -> None:
        super().__init__(most=most)


class SeasonClosed(DomainError):
    """A season that doesn't change any more."""

    code = "season-closed"
    kind = Kind.CONFLICT
    detail = "This season is {season_status}: {reason}."

    def __init__(self, *, season_status: str, reason: str) -> None:
        super().__init__(season_status=season_status, reason=reason)


class NameTaken(DomainError):
    """A lasting name that another topic, goal or badge has, active or not."""

    code = "name-taken"
    kind = Kind.CONFLICT
    detail = "There is a {what} {name} already. Change that one, or choose another name."

    def __init__(self, *, what: str, name: str) -> None:
        super().__init__(what=what, name=name)


class ListFull(DomainError):
    """A list of what staff set is full."""

    code = "progress-list-full"
    kind = Kind.LIMITED
    detail = "There are {limit} {what} already, as many as there can be. Deactivate or change one that is there."

    def __init__(self, *, what: str, limit: int) -> None:
        super().__init__(what=what, limit=limit)


class NothingDue(DomainError):
    """A sweep met somebody for whom there was nothing left to do."""

    code = "nothing-due-in-progress"
    kind = Kind.CONFLICT
    detail = "There is nothing left to do."
