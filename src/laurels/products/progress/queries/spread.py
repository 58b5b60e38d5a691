"""How members are spread over thresholds of points: read from the ledger's histogram, never by counting them all."""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise

from sqlalchemy import Connection, func, literal, select

from laurels.identity.tables import member
from laurels.ledger.reader import balances, number_above
from laurels.products.progress.accounts import BOOK, points

_PURPOSE = "points"
_ALL_TIME = ""


def spread(connection: Connection, thresholds: Sequence[int]) -> list[int]:
    """How many active members are on each rung: from its threshold to just below the next.

    Args:
        thresholds: points, ascending, the first 0.

    Returns:
        As many numbers as thresholds; their sum is the number of active members.
    """
    everybody = connection.execute(select(func.count()).select_from(member).where(member.c.status == "active")).scalar_one()
    absent = _absent(connection)

    def reached(threshold: int) -> int:
        above = number_above(connection, BOOK, _PURPOSE, _ALL_TIME, threshold - 1)
        return above - (len(absent) - bisect_left(absent, threshold))

    at_least = [everybody, *(reached(threshold) for threshold in thresholds[1:]), 0]
    return [here - above for here, above in pairwise(at_least)]


def _absent(connection: Connection) -> list[int]:
    """What those hold who don't take part, ascending."""
    # Written out, as the partial index has it: there are few such members among many.
    inactive = select(member.c.id).where(member.c.status != literal("active", literal_execute=True))
    return sorted(balances(connection, [points(who) for who in connection.execute(inactive).scalars()]).values())
