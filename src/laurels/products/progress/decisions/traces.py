"""What an activity left behind it, and how a weekly goal counts it back."""

from dataclasses import dataclass
from datetime import date, datetime

import orjson

from laurels.ledger import Draft
from laurels.products.progress.decisions.counting import seen_of
from laurels.products.progress.decisions.giving import Effects
from laurels.products.progress.rules import ActivityType, Goal
from laurels.products.progress.tables import MemberBadge, PointActivity, WeeklyGoal


@dataclass(frozen=True, slots=True)
class Deed:
    """Something else that a member did, as far as goals look at it."""

    kind: ActivityType
    topic: str | None
    day: date | None


@dataclass(frozen=True, slots=True)
class Traces:
    """What an activity left, as an action read it.

    Attributes:
        revision: of its member's progress: whatever is awarded or reversed since makes all this stale.
        week: the one in which it counted for goals.
        rewards: the activities that paid the goals that it counted for, and its day's bonus: those not reversed.
        last_active_at: of the member's other activities, when the latest was done.
        is_day_shared: whether another activity made its day an active one, too.
        others: what else was done in its week.
        badges: those that the member has.
    """

    activity: PointActivity
    revision: int
    week: str
    rewards: tuple[PointActivity, ...] = ()
    last_active_at: datetime | None = None
    is_day_shared: bool = False
    others: frozenset[Deed] = frozenset()
    badges: tuple[MemberBadge, ...] = ()

    @property
    def kind(self) -> ActivityType:
        """What the activity is."""
        return ActivityType(self.activity.activity_type)

    @property
    def effects(self) -> Effects:
        """What it counted on."""
        return Effects.read(self.activity.effects)


def count_goal_back(draft: Draft, row: WeeklyGoal, traces: Traces, goal: Goal | None) -> WeeklyGoal:
    """Count an activity back from a weekly goal; gives its row as it then is.

    A day or a topic counts once, whichever activity came first: it is counted
    back when nothing else of the week stands for it.

    Args:
        goal: as staff have set it; None: they put it aside.
    """
    counted = [item for week, goal_type, item in traces.effects.goals if (week, goal_type) == (row.week, row.goal_type)]
    if row.seen is None:
        return draft.change(row, current_progress=max(0, row.current_progress - 1)) if None in counted else row
    activity = traces.activity
    item = counted[0] if counted else goal and goal.item(topic=activity.topic, day=activity.day)
    seen = seen_of(row)
    if not item or item not in seen or any(_stands_for(deed, goal, item) for deed in traces.others):
        return row
    seen.remove(item)
    return draft.change(row, current_progress=len(seen), seen=orjson.dumps(seen).decode())


def _stands_for(deed: Deed, goal: Goal | None, item: str) -> bool:
    """Whether something else that was done counts as a day or topic of a goal; of one that was put aside, whatever is of it does."""
    if goal is None:
        return not deed.kind.is_system and item in (deed.topic, str(deed.day))
    return goal.takes(deed.kind) and goal.item(topic=deed.topic, day=deed.day) == item
