"""Who may ask for which award. What the rules say of types and amounts is checked with the decision, in `decisions.permits`."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from laurels.core.errors import Denied, Invalid
from laurels.core.ids import new_id
from laurels.products.progress.decisions.giving import Giving
from laurels.products.progress.rules import ActivityType, Source
from laurels.web.caller import AnyCaller, Caller, Role
from laurels.web.language import N_

MAX_AWARD = 1_000_000
"""Most points that anybody awards at once."""

MAX_AHEAD = timedelta(minutes=5)
"""How far another machine's clock may be ahead of ours."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An award as somebody asks for it.

    Attributes:
        occurred_at: when it was done; None: now.
    """

    amount: int
    kind: ActivityType
    description: str = ""
    topic: str | None = None
    class_id: UUID | None = None
    occurred_at: datetime | None = None


def giving_of(caller: AnyCaller, member: UUID, asked: Asked, *, now: datetime) -> Giving:
    """What is to be decided of an award that somebody asks for.

    A member claims for themselves, for what they did just now; staff and
    services award to anybody, for any time up to now.

    Raises:
        Denied: a plain member names somebody else, a class or a time.
        Invalid: the time lies ahead.
    """
    source = _source(caller)
    if source is Source.SELF and (member != _id_of(caller) or asked.class_id is not None or asked.occurred_at is not None):
        raise Denied(needs=Role.STAFF.value)
    if asked.occurred_at is not None and asked.occurred_at > now + MAX_AHEAD:
        raise Invalid(field="occurred_at", reason=N_("send a time that isn't in the future"))
    return Giving(
        activity=new_id(),
        member=member,
        asked=asked.amount,
        kind=asked.kind,
        description=asked.description,
        occurred_at=(asked.occurred_at or now).astimezone(UTC),
        source=source.value,
        topic=asked.topic,
        class_id=asked.class_id,
        awarded_by=_id_of(caller) if source is Source.STAFF else None,
    )


def _source(caller: AnyCaller) -> Source:
    if not isinstance(caller, Caller):
        return Source.SERVICE
    return Source.STAFF if caller.role.covers(Role.STAFF) else Source.SELF


def _id_of(caller: AnyCaller) -> UUID | None:
    return caller.member_id if isinstance(caller, Caller) else None
