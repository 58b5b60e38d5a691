"""What the pot's tests share."""

from collections.abc import Callable, Iterator

import pytest

from laurels.core.clock import FixedClock
from laurels.core.database import Database
from laurels.core.settings import Settings
from laurels.identity.tables import Member
from products.pot.parlour import Parlour
from products.recognition.paper import Paper
from support.applications import MakeApp
from support.members import MemberMaker, SignIn


@pytest.fixture
def parlour(
    database: Database, clock: FixedClock, settings: Settings, make_member: MemberMaker, sign_in: SignIn, make_app: MakeApp
) -> Iterator[Parlour]:
    """A parlour that isn't served yet: `with parlour.open():`. Afterwards its books are proved."""
    made = Parlour(database, clock, settings, make_member, sign_in, make_app)
    made.writer.start()
    yield made
    made.writer.stop()
    made.verify()


@pytest.fixture
def served(parlour: Parlour) -> Iterator[Parlour]:
    """A parlour served in process, its seeds known."""
    with parlour.open():
        parlour.serve()
        yield parlour


@pytest.fixture
def wide(parlour: Parlour) -> Iterator[Parlour]:
    """A parlour served by a real server, for parallel requests."""
    with parlour.open_wide():
        parlour.serve()
        yield parlour


@pytest.fixture
def pages(served: Parlour, sign_in: SignIn) -> Callable[[Member], Paper]:
    """`pages(member)` is the member's browser, without scripts."""
    return lambda who: Paper(served, sign_in, who)
