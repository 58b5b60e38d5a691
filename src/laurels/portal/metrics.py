"""/metrics: what products count, for Prometheus, in its text format 0.0.4.

Who asks needs a service key of progress with the scope `read`, as a bearer
token, or is staff. What is read is small, and kept for some seconds, so that
asking often costs nothing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Annotated
from weakref import WeakKeyDictionary

from fastapi import APIRouter
from sqlalchemy import Connection, Engine
from starlette.responses import Response

from laurels.core.windows import day_of
from laurels.products.pot.queries.monitoring import read_coin_days, read_replies, read_supply
from laurels.products.progress.queries import monitoring
from laurels.products.progress.queries.access import READ, SUBJECT
from laurels.products.progress.queries.configuration import current_basis
from laurels.web.caller import AnyCaller, Role, require_scope, service_or
from laurels.web.context import Context, Ctx

router = APIRouter(include_in_schema=False)

KEPT = timedelta(seconds=15)
"""How old what is told may be."""

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Reader = Annotated[AnyCaller, service_or(Role.STAFF, scope=READ)]
"""A member of the staff, or a service key that may read."""

_lock = Lock()
_kept: WeakKeyDictionary[Engine, tuple[datetime, str]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Metric:
    """A number of a name, or one for each value of a label.

    Attributes:
        kind: `gauge`, or `counter` for what only grows.
        label: its label's name; empty where there is one number alone.
        samples: label values with their numbers.
    """

    name: str
    help: str
    label: str
    samples: tuple[tuple[str, int], ...]
    kind: str = "gauge"

    def lines(self) -> Iterator[str]:
        """The metric as Prometheus reads it."""
        yield f"# HELP {self.name} {self.help}"
        yield f"# TYPE {self.name} {self.kind}"
        for value, number in self.samples:
            escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
            labels = f'{{{self.label}="{escaped}"}}' if self.label else ""
            yield f"{self.name}{labels} {number}"


@router.get("/metrics")
def read_metrics(caller: Reader, context: Ctx) -> Response:
    """What products count, at most some seconds old."""
    require_scope(caller, SUBJECT, READ, what="metrics")
    now, engine = context.clock.now(), context.database.write
    with _lock:
        kept = _kept.get(engine)
    if kept is None or not kept[0] <= now < kept[0] + KEPT:
        kept = (now, _read(context, now))
        with _lock:
            _kept[engine] = kept
    return Response(kept[1], media_type=MEDIA_TYPE, headers={"Cache-Control": "no-store"})


def _read(context: Context, now: datetime) -> str:
    with context.database.read.connect() as connection:
        metrics = [*_of_progress(connection, context, now), *_of_pot(connection, context, now)]
    return "".join(f"{line}\n" for metric in metrics for line in metric.lines())


def _of_progress(connection: Connection, context: Context, now: datetime) -> Iterable[Metric]:
    zone = context.settings.zone
    today = day_of(now, zone)
    basis = current_basis(connection, context.database, zone)
    days = monitoring.awards_of(monitoring.read_days(connection, today, 1))
    tiers = tuple((tier.key, members) for tier, members in monitoring.read_tiers(connection, basis.rules))
    streaks = tuple((one.name, one.members) for one in monitoring.read_streaks(connection, today))
    quests, totals = monitoring.read_funnel(connection, at=now), monitoring.read_totals(connection)
    stages = (("in_progress", quests.in_progress), ("completed", quests.completed), ("expired", quests.expired))
    flows = (("issued", totals.issued), ("taken_back", totals.taken_back), ("decayed", totals.decayed))
    prefix = "laurels_progress"
    return [
        Metric(f"{prefix}_points_today", "Points given today.", "type", tuple((row.activity_type, row.points) for row in days)),
        Metric(f"{prefix}_awards_today", "Awards of today.", "type", tuple((row.activity_type, row.awards) for row in days)),
        Metric(f"{prefix}_members_by_tier", "Active members by tier.", "tier", tiers),
        Metric(f"{prefix}_streaks", "Members by the days of a streak that goes on.", "days", streaks),
        Metric(f"{prefix}_quests", "Last runs of quests by status.", "status", stages),
        Metric(f"{prefix}_points_total", "Points ever, by what became of them.", "flow", flows, "counter"),
        Metric(f"{prefix}_points_held", "Points that members have.", "", (("", totals.held),)),
    ]


def _of_pot(connection: Connection, context: Context, now: datetime) -> Iterable[Metric]:
    [today] = read_coin_days(connection, context.settings.zone, at=now, number=1)
    supply, replies = read_supply(connection), read_replies(connection, limit=0)
    moved = tuple((flow.value, coins) for flow, coins in sorted(today.moved.items()))
    flows = (("issued", supply.issued), ("reset", supply.reset), ("taken", supply.taken))
    missing = (("pending", replies.pending), ("failed", replies.failed))
    prefix = "laurels_pot"
    return [
        Metric(f"{prefix}_coins_today", "Coins that moved today.", "flow", moved),
        Metric(f"{prefix}_coins_total", "Coins ever, by how they came and went.", "flow", flows, "counter"),
        Metric(f"{prefix}_coins_held", "Coins that members have.", "", (("", supply.held),)),
        Metric(f"{prefix}_amount", "Coins in the pot.", "", (("", supply.in_pot),)),
        Metric(f"{prefix}_replies_missing", "Paid messages without a reply, by what becomes of them.", "status", missing),
    ]
