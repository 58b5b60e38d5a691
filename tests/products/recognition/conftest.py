"""What recognition's tests share."""

from collections.abc import Iterator

import pytest

from laurels.core.clock import FixedClock
from laurels.core.database import Database
from laurels.core.settings import Settings
from products.recognition.community import Community
from support.applications import MakeApp
from support.members import MemberMaker, SignIn


@pytest.fixture
def community(
    database: Database, clock: FixedClock, settings: Settings, make_member: MemberMaker, sign_in: SignIn, make_app: MakeApp
) -> Iterator[Community]:
    """A community that isn't served yet: `with community.open():`. Afterwards its books are proved."""
    made = Community(database, clock, settings, make_member, sign_in, make_app)
    yield made
    made.verify()


@pytest.fixture
def served(community: Community) -> Iterator[Community]:
    """A community served in process."""
    with community.open():
        yield community


@pytest.fixture
def wide(community: Community) -> Iterator[Community]:
    """A community served by a real server, for parallel requests."""
    with community.open_wide():
        yield community
