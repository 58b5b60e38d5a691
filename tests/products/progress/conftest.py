"""What progress's tests share."""

from collections.abc import Callable, Iterator

import pytest

from laurels.core.clock import FixedClock
from laurels.core.database import Database
from laurels.core.settings import Settings
from laurels.identity.tables import Member
from products.progress.circle import Circle
from products.recognition.paper import Paper
from support.applications import MakeApp
from support.members import MemberMaker, SignIn


@pytest.fixture
def circle(
    database: Database, clock: FixedClock, settings: Settings, make_member: MemberMaker, sign_in: SignIn, make_app: MakeApp
) -> Iterator[Circle]:
    """A circle that isn't served yet: `with circle.open():`. Afterwards its books are proved."""
    made = Circle(database, clock, settings, make_member, sign_in, make_app)
    made.writer.start()
    yield made
    made.writer.stop()
    made.verify()


@pytest.fixture
def served(circle: Circle) -> Iterator[Circle]:
    """A circle served in process."""
    with circle.open():
        yield circle


@pytest.fixture
def wide(circle: Circle) -> Iterator[Circle]:
    """A circle served by a real server, for parallel requests."""
    with circle.open_wide():
        yield circle


@pytest.fixture
def pages(served: Circle, sign_in: SignIn) -> Callable[[Member], Paper]:
    """`pages(member)` is the member's browser."""
    return lambda who: Paper(served, sign_in, who)
