"""/progress/monitoring: how the economy of points does."""

from fastapi import APIRouter

from laurels.core.windows import day_of
from laurels.products.progress.queries import monitoring
from laurels.products.progress.queries.configuration import current_basis
from laurels.products.progress.schemas.monitoring import (
    MonitoringAnswer,
    active_answer,
    days_answer,
    funnel_answer,
    streaks_answer,
    tiers_answer,
    totals_answer,
    weeks_answer,
)
from laurels.web.caller import StaffOnly
from laurels.web.context import Ctx
from laurels.web.limits import limited

router = APIRouter(prefix="/progress/monitoring")

READS_PER_MINUTE = 30


@router.get("", dependencies=[limited("monitoring", per_minute=READS_PER_MINUTE)])
def read_monitoring(caller: StaffOnly, context: Ctx) -> MonitoringAnswer:
    """Points by day and type, members by tier, streaks, quests, and what became of points: for staff.

    Days and weeks are the community's; sums of a day change while late events
    of it arrive. `GET /metrics` tells the same of today, for Prometheus.
    """
    now, zone = context.clock.now(), context.settings.zone
    today = day_of(now, zone)
    with context.database.read.connect() as connection:
        basis = current_basis(connection, context.database, zone)
        days = monitoring.read_days(connection, today)
        return MonitoringAnswer(
            today=today,
            points_today=sum(row.points for row in days if row.day == today),
            days=days_answer(days),
            tiers=tiers_answer(monitoring.read_tiers(connection, basis.rules)),
            most_active=active_answer(monitoring.read_most_active(connection, at=now)),
            streaks=streaks_answer(monitoring.read_streaks(connection, today)),
            quests=funnel_answer(monitoring.read_funnel(connection, at=now)),
            weeks=weeks_answer(monitoring.read_weeks(connection, zone, at=now)),
            totals=totals_answer(monitoring.read_totals(connection)),
        )
