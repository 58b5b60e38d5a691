"""Whether waiting helps: a question that found no room would find some, once what is set aside for others is settled."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, and_, func, literal_column, select

from laurels.ledger.reader import balances
from laurels.products.study.decisions.billing import Meter, Spend, meters_of_member, meters_of_owner
from laurels.products.study.decisions.guards import Standing
from laurels.products.study.rules.windows import windows_at
from laurels.products.study.tables import study_usage

_HELD: ColumnElement[str] = literal_column("'held'")
"""Written out: SQLite finds no partial index by a value that it isn't told beforehand."""


def are_holds_in_the_way(connection: Connection, standing: Standing, spend: Spend) -> bool:
    """Whether a call would find room, with whoever may be billed, if nothing were set aside for others now."""
    windows = windows_at(spend.at, spend.zone)
    payers = [meters_of_member(standing.mine, windows)]
    if standing.mine.is_sponsored and not standing.is_owner:
        payers.append(meters_of_owner(standing, windows))
    return any(_fits(connection, meters, standing, spend.estimate) for meters in payers)


def _fits(connection: Connection, meters: Sequence[Meter], standing: Standing, estimate: int) -> bool:
    counted = balances(connection, [meter.account for meter in meters])
    return all(counted[meter.account] - _held(connection, meter, standing) + estimate <= meter.limit for meter in meters)


def _held(connection: Connection, meter: Meter, standing: Standing) -> int:
    """What is set aside on a meter by calls that aren't settled, of which there are never many."""
    usage = study_usage.c
    window = {"day": usage.day, "week": usage.week, "month": usage.month}[meter.period.value]
    open_here = and_(usage.status == _HELD, usage.class_id == standing.room.id, window == meter.window)
    wanted = select(func.coalesce(func.sum(usage.held), 0)).where(open_here, usage.is_sponsored.is_(meter.payer != "own"))
    if meter.payer != "sponsor":
        wanted = wanted.where(usage.user_id == standing.mine.member)
    return int(connection.execute(wanted).scalar_one())
