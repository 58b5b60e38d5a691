"""What study's tests share."""

from collections.abc import Callable, Iterator

import pytest

from laurels.core.clock import FixedClock
from laurels.core.database import Database
from laurels.core.settings import Settings
from laurels.identity.tables import Member
from products.recognition.paper import Paper
from products.study.school import School
from support.applications import MakeApp
from support.members import MemberMaker, SignIn
from support.openai_server import OpenAIServer, an_openai_server


@pytest.fixture
def school(
    database: Database, clock: FixedClock, settings: Settings, make_member: MemberMaker, sign_in: SignIn, make_app: MakeApp
) -> Iterator[School]:
    """A school that isn't served yet: `with school.open():`. Afterwards its books are proved."""
    made = School(database, clock, settings, make_member, sign_in, make_app)
    made.writer.start()
    yield made
    made.writer.stop()
    made.verify()


@pytest.fixture
def served(school: School) -> Iterator[School]:
    """A school served in process."""
    with school.open():
        yield school


@pytest.fixture
def wide(school: School) -> Iterator[School]:
    """A school served by a real server, for parallel requests."""
    with school.open_wide():
        yield school


@pytest.fixture
def model_server() -> Iterator[OpenAIServer]:
    """The model's server."""
    with an_openai_server() as told:
        yield told


@pytest.fixture
def pages(served: School, sign_in: SignIn) -> Callable[[Member], Paper]:
    """`pages(member)` is the member's browser, without scripts."""
    return lambda who: Paper(served, sign_in, who)
