"""What was used, by day, by member and by model: what the plots and tables of usage are drawn from.

Only calls that are settled count: what is set aside isn't used yet, and what was
given back never was. Days are the windows that the calls were counted in, by
their class's midnights.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, func, select

from laurels.core.database import among
from laurels.identity.tables import member
from laurels.products.study.tables import study_class, study_usage

_TOKENS = study_usage.c.input_tokens + study_usage.c.output_tokens


@dataclass(frozen=True, slots=True)
class Spending:
    """Whose calls are told of, and since when.

    Attributes:
        class_id: of one class; None: of all.
        member: of one member; None: of all.
        since: recorded from this instant on.
    """

    since: datetime
    class_id: UUID | None = None
    member: UUID | None = None

    @property
    def condition(self) -> ColumnElement[bool]:
        """It as SQL, answered by the indexes of a class, of a member, and of a member in a class; of everything: class by class."""
        row = study_usage.c
        found = (row.created_at >= self.since) & (row.status == "settled")
        if self.class_id is not None:
            found = found & (row.class_id == self.class_id)
        if self.member is not None:
            found = found & (row.user_id == self.member)
        if self.class_id is None and self.member is None:
            found = found & row.class_id.in_(select(study_class.c.id))
        return found


@dataclass(frozen=True, slots=True)
class TokenDay:
    """Tokens of a day.

    Attributes:
        own: on members' own limits from the start.
        overflow: on their own, because what the class's owner pays was used up.
        sponsored: that the owner paid.
        cost: of all of them, in millionths.
    """

    day: date
    own: int = 0
    overflow: int = 0
    sponsored: int = 0
    calls: int = 0
    cost: int = 0

    @property
    def tokens(self) -> int:
        """All of them."""
        return self.own + self.overflow + self.sponsored


@dataclass(frozen=True, slots=True)
class Total:
    """Tokens, calls of models, and their cost in millionths."""

    tokens: int
    calls: int
    cost: int


@dataclass(frozen=True, slots=True)
class MemberTokens:
    """Tokens of a member; one who left the class is told of, too. A deleted one has no name."""

    member: UUID
    display_name: str
    tokens: int
    own: int
    overflow: int
    sponsored: int
    calls: int
    cost: int


@dataclass(frozen=True, slots=True)
class ModelTokens:
    """Tokens of a model, for answers (`CHAT`) or for finding by meaning (`EMBEDDING`).

    Attributes:
        estimated: calls whose tokens the model's server didn't tell.
    """

    model_name: str
    operation_type: str
    input_tokens: int
    output_tokens: int
    calls: int
    estimated: int
    cost: int

    @property
    def tokens(self) -> int:
        """All of them."""
        return self.input_tokens + self.output_tokens


@dataclass(frozen=True, slots=True)
class ClassTokens:
    """Tokens of a class."""

    class_id: UUID
    name: str
    tokens: int
    calls: int
    cost: int


def read_token_days(connection: Connection, spending: Spending, *, days: list[date]) -> list[TokenDay]:
    """Tokens of each of these days; what was counted in other ones is left out.

    Args:
        days: in their order; `spending.since` isn't after the first one's begin.
    """
    row = study_usage.c
    columns = (row.day, _own(), _overflow(), _sponsored(), func.count(), func.sum(row.cost))
    found = connection.execute(select(*columns).where(spending.condition).group_by(row.day))
    known = {day: [int(value) for value in numbers] for day, *numbers in found}
    return [TokenDay(day, *known.get(day.isoformat(), ())) for day in days]


def read_total(connection: Connection, spending: Spending) -> Total:
    """All of it together."""
    sums = select(func.coalesce(func.sum(_TOKENS), 0), func.count(), func.coalesce(func.sum(study_usage.c.cost), 0))
    return Total(*(int(value) for value in connection.execute(sums.where(spending.condition)).one()))


def list_member_tokens(connection: Connection, spending: Spending, *, limit: int) -> list[MemberTokens]:
    """Who used most, the most first."""
    row = study_usage.c
    sums = (
        select(
            row.user_id,
            func.sum(_TOKENS).label("tokens"),
            _own().label("own"),
            _overflow().label("overflow"),
            _sponsored().label("sponsored"),
            func.count().label("calls"),
            func.sum(row.cost).label("cost"),
        )
        .where(spending.condition)
        .group_by(row.user_id)
        .subquery()
    )
    named = select(sums.c.user_id, member.c.display_name, *list(sums.c)[1:]).join(member, member.c.id == sums.c.user_id)
    found = connection.execute(named.order_by(sums.c.tokens.desc(), sums.c.user_id).limit(limit))
    return [MemberTokens(who, name, *map(int, numbers)) for who, name, *numbers in found]


def list_model_tokens(connection: Connection, spending: Spending) -> list[ModelTokens]:
    """What each model used, the most first."""
    row = study_usage.c
    estimated = func.count().filter(row.usage_estimated)
    columns = (row.model_name, row.operation_type, func.sum(row.input_tokens), func.sum(row.output_tokens), func.count())
    wanted = select(*columns, estimated, func.sum(row.cost)).where(spending.condition).group_by(row.model_name, row.operation_type)
    found = connection.execute(wanted.order_by(func.sum(_TOKENS).desc(), row.model_name, row.operation_type))
    return [ModelTokens(name, operation, *map(int, numbers)) for name, operation, *numbers in found]


def list_class_tokens(connection: Connection, spending: Spending, *, limit: int) -> list[ClassTokens]:
    """In which classes most was used, the most first; deleted ones are told of, too."""
    row = study_usage.c
    sums = (
        select(row.class_id, func.sum(_TOKENS).label("tokens"), func.count().label("calls"), func.sum(row.cost).label("cost"))
        .where(spending.condition)
        .group_by(row.class_id)
        .subquery()
    )
    named = select(sums.c.class_id, study_class.c.name, sums.c.tokens, sums.c.calls, sums.c.cost)
    found = connection.execute(
        named.join(study_class, study_class.c.id == sums.c.class_id).order_by(sums.c.tokens.desc(), sums.c.class_id).limit(limit)
    )
    return [ClassTokens(class_id, name, *map(int, numbers)) for class_id, name, *numbers in found]


def names_of_classes(connection: Connection, ids: Iterable[UUID]) -> dict[UUID, str]:
    """What classes are called: those of records, whose readers may have left them since."""
    row = study_class.c
    return {one.id: one.name for one in connection.execute(select(row.id, row.name).where(among(connection.dialect, row.id, ids)))}


def _own() -> ColumnElement[Any]:
    return _sum_where(study_usage.c.is_sponsored.is_(False) & study_usage.c.is_overflow.is_(False))


def _overflow() -> ColumnElement[Any]:
    return _sum_where(study_usage.c.is_overflow)


def _sponsored() -> ColumnElement[Any]:
    return _sum_where(study_usage.c.is_sponsored)


def _sum_where(condition: ColumnElement[bool]) -> ColumnElement[Any]:
    return func.coalesce(func.sum(_TOKENS).filter(condition), 0)
