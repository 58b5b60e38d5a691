"""What becomes of a member's points, month by month."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from laurels.products.loyalty.queries.configuration import Configuration
from laurels.products.loyalty.queries.points import read_points
from laurels.products.loyalty.rules import ForecastMonth, forecast

FORECAST_MONTHS = 12
"""This month and the eleven after it."""


def read_forecast(connection: Connection, configuration: Configuration, member_id: UUID, *, at: datetime) -> tuple[ForecastMonth, ...]:
    """A year of a member's points by month of the program's zone, if nothing more is earned or burned.

    Raises:
        Missing: they never joined.
        ProgramChanged: the settings are stale: see `read_current`.
    """
    now = read_points(connection, configuration, member_id, at=at)
    return forecast(now.lots, now=at, zone=configuration.zone, months=FORECAST_MONTHS, inactive_from=now.inactive_from)
