"""What loyalty's tests share."""

from collections.abc import Callable, Iterator

import pytest

from laurels.core.clock import FixedClock
from laurels.core.database import Database
from laurels.core.settings import Settings
from laurels.identity.tables import Member
from laurels.products.loyalty.actions.decided import Decided
from laurels.products.loyalty.tables import Program
from products.loyalty.town import Town
from products.recognition.paper import Paper
from support.applications import MakeApp
from support.members import MemberMaker, SignIn


@pytest.fixture
def town(
    database: Database, clock: FixedClock, settings: Settings, make_member: MemberMaker, sign_in: SignIn, make_app: MakeApp
) -> Iterator[Town]:
    """A town that isn't served yet: `with town.open():`. Afterwards its books are proved."""
    made = Town(database, clock, settings, make_member, sign_in, make_app)
    made.writer.start()
    yield made
    made.writer.stop()
    made.verify()


@pytest.fixture
def served(town: Town) -> Iterator[Town]:
    """A town served in process."""
    with town.open():
        yield town


@pytest.fixture
def wide(town: Town) -> Iterator[Town]:
    """A town served by a real server, for parallel requests."""
    with town.open_wide():
        yield town


@pytest.fixture
def make_program(town: Town) -> Callable[..., Program]:
    """`make_program({"pending_days": 14}, [ana, bo])`: an active program with these members."""
    return town.make_program


@pytest.fixture
def earn(town: Town) -> Callable[..., Decided]:
    """`earn(program, member, 10_000, at=...)`: a purchase, decided at once."""
    return town.earn


@pytest.fixture
def pages(served: Town, sign_in: SignIn) -> Callable[[Member], Paper]:
    """`pages(member)` is the member's browser."""
    return lambda who: Paper(served, sign_in, who)
