"""What was used of which limit, and what is held: of members, and of owners' budgets. Each in a constant number of statements."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from laurels.core.database import among
from laurels.ledger import Account
from laurels.ledger.reader import balances
from laurels.products.study.accounts import own, share, sponsored
from laurels.products.study.decisions.guards import Standing
from laurels.products.study.rules.windows import Window, windows_at
from laurels.products.study.tables import ClassMember, StudyClass, study_usage


@dataclass(frozen=True, slots=True)
class Used:
    """How a limit stands in its window.

    Attributes:
        used: tokens that answers took.
        held: tokens set aside for answers under way.
    """

    window: Window
    used: int
    held: int
    limit: int

    @property
    def left(self) -> int:
        """Tokens that may still be set aside."""
        return max(0, self.limit - self.used - self.held)


class Tracker(NamedTuple):
    """A day's, a week's and a month's limit."""

    daily: Used
    weekly: Used
    monthly: Used


@dataclass(frozen=True, slots=True)
class ClassUse:
    """What a member used in a class.

    Attributes:
        own: of their own limits.
        share: of what the owner pays for them; None where the owner doesn't.
        sponsor: of an owner: what all used whom they pay for; else None.
    """

    standing: Standing
    own: Tracker
    share: Tracker | None
    sponsor: Tracker | None


def read_use(connection: Connection, standings: Sequence[Standing], *, at: datetime) -> list[ClassUse]:
    """What members used in classes: one member's in many classes, or many members' in one; in two statements.

    Args:
        at: it tells of the windows of this instant, each in its class's zone.
    """
    windows = [windows_at(at, ZoneInfo(standing.room.time_zone)) for standing in standings]
    meters = [_meters(standing, own_windows) for standing, own_windows in zip(standings, windows, strict=True)]
    counted = balances(connection, {meter.account for some in meters for meter in some})
    held = _held(connection, {standing.room.id for standing in standings})
    return [_told(standing, some, counted, held) for standing, some in zip(standings, meters, strict=True)]


def read_my_use(connection: Connection, standing: Standing, *, at: datetime) -> ClassUse:
    """The same of one member in one class."""
    return read_use(connection, [standing], at=at)[0]


def budget_of(room: StudyClass) -> tuple[int, int, int]:
    """What a class's owner pays for all whom they sponsor, by day, week and month."""
    return room.sponsor_daily, room.sponsor_weekly, room.sponsor_monthly


def limits_of(mine: ClassMember) -> tuple[int, int, int]:
    """A member's limits, by day, week and month."""
    return mine.daily_token_limit, mine.weekly_token_limit, mine.monthly_token_limit


class _Meter(NamedTuple):
    """A meter that is told of.

    Attributes:
        payer: `own`, `share` or `sponsor`.
        holder: whose open calls are held on it: a member's, or (None) those of all who are sponsored.
    """

    payer: str
    account: Account
    window: Window
    limit: int
    holder: UUID | None


_Holder: TypeAlias = tuple[UUID, UUID | None, bool, str]
"""A class, a member or (None) all, whether the owner pays, a window's name."""


def _meters(standing: Standing, windows: Sequence[Window]) -> list[_Meter]:
    room, mine = standing.room, standing.mine
    made = []
    for window, limit, budget in zip(windows, limits_of(mine), budget_of(room), strict=True):
        made.append(_Meter("own", own(room.id, mine.member, window.name), window, limit, mine.member))
        if standing.is_owner:
            made.append(_Meter("sponsor", sponsored(room.id, window.name), window, budget, None))
        elif mine.is_sponsored:
            made.append(_Meter("share", share(room.id, mine.member, window.name), window, limit, mine.member))
    return made


def _told(standing: Standing, meters: Sequence[_Meter], counted: dict[Account, int], held: dict[_Holder, int]) -> ClassUse:
    used: dict[str, list[Used]] = defaultdict(list)
    for meter in meters:
        open_now = held.get((standing.room.id, meter.holder, meter.payer != "own", meter.window.name), 0)
        used[meter.payer].append(Used(meter.window, max(0, counted[meter.account] - open_now), open_now, meter.limit))
    return ClassUse(standing, Tracker(*used["own"]), _tracker(used["share"]), _tracker(used["sponsor"]))


def _tracker(used: Sequence[Used]) -> Tracker | None:
    return Tracker(*used) if used else None


def _held(connection: Connection, class_ids: Iterable[UUID]) -> dict[_Holder, int]:
    """What is held in classes by open calls, of which there are never many: by member, and of sponsored ones by class, too."""
    usage = study_usage.c
    wanted = (
        select(usage.class_id, usage.user_id, usage.is_sponsored, usage.day, usage.week, usage.month, func.sum(usage.held))
        .where(usage.status == "held", among(connection.dialect, usage.class_id, class_ids))
        .group_by(usage.class_id, usage.user_id, usage.is_sponsored, usage.day, usage.week, usage.month)
    )
    held: dict[_Holder, int] = defaultdict(int)
    for class_id, member, is_sponsored, day, week, month, tokens in connection.execute(wanted):
        for window in (day, week, month):
            held[class_id, member, is_sponsored, window] += int(tokens)
            if is_sponsored:
                held[class_id, None, True, window] += int(tokens)
    return held
