"""An office with a receiver."""

from collections.abc import Iterator

import pytest

from laurels.core.clock import FixedClock
from laurels.core.database import Database
from laurels.core.settings import Settings
from support.members import MemberMaker
from webhooks.office import Office
from webhooks.receiver import Receiver, a_receiver


@pytest.fixture
def office(settings: Settings, database: Database, clock: FixedClock, make_member: MemberMaker) -> Iterator[Office]:
    """Webhooks with one source of events; nothing is sent before the test says so."""
    opened = Office(settings, database, clock, make_member(role="admin"))
    yield opened
    opened.webhooks.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver that answers 200."""
    with a_receiver() as opened:
        yield opened
