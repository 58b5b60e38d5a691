"""What study's tests share."""

from collections.abc import Iterator

import pytest

from laurels.core.clock import FixedClock
from laurels.core.database import Database
from laurels.core.settings import Settings
from products.study.school import School
from support.applications import MakeApp
from support.members import MemberMaker, SignIn


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
