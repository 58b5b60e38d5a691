"""What staff see of the pot is found through indexes, however much was paid before."""

from collections.abc import Callable

import pytest
from sqlalchemy import Connection

from laurels.core.ids import new_id
from laurels.products.pot.queries.changes import list_changes
from laurels.products.pot.queries.monitoring import read_coin_days, read_limit_use, read_replies
from laurels.products.pot.rules import DEFAULT_RULES
from products.pot.parlour import Parlour
from support.plans import Plans

pytestmark = pytest.mark.any_database


def days(connection: Connection, parlour: Parlour) -> None:
    read_coin_days(connection, parlour.place.settings.zone, at=parlour.clock.at)


def limits(connection: Connection, parlour: Parlour) -> None:
    read_limit_use(connection, DEFAULT_RULES, parlour.place.settings.zone, at=parlour.clock.at)


READS: dict[str, tuple[Callable[[Connection, Parlour], object], tuple[str, ...]]] = {
    "days": (days, ("ix_posting_source", "ix_posting_target", "ix_chain_recorded_at")),
    "limits": (limits, ("ix_posting_target", "ix_chain_recorded_at")),
    "replies": (lambda connection, _: read_replies(connection, limit=10), ("ix_pot_message_failed", "ix_pot_message_due")),
    "changes": (
        lambda connection, parlour: list_changes(connection, limit=25, before=(parlour.clock.at, new_id())),
        ("ix_coin_change_created_at",),
    ),
}


@pytest.mark.parametrize("name", sorted(READS))
def test_numbers_are_read_through_their_indexes(parlour: Parlour, name: str) -> None:
    parlour.begin()
    ana = parlour.make_member()
    parlour.send(ana, client_seed=parlour.unlucky(ana, until=1))
    read, indexes = READS[name]
    plans = Plans(parlour.database.read)
    with parlour.database.read.connect() as connection:
        read(connection, parlour)
    steps = [step for _, step in plans.steps(without=("seqscan", "bitmapscan", "sort"))]
    for index in indexes:
        assert any(index in step for step in steps), steps
