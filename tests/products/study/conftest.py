"""What study's tests share."""

from collections.abc import Callable, Iterator

import pytest
from starlette.testclient import TestClient

from laurels.core.clock import FixedClock
from laurels.core.database import Database
from laurels.core.settings import Settings
from laurels.identity.tables import Member
from products.recognition.paper import Paper
from products.study.classroom import PAGES, Classroom
from products.study.school import School
from support.applications import MakeApp
from support.members import MemberMaker, SignIn
from support.openai_server import OpenAIServer, an_openai_server

OpenPages = Callable[[Member], Paper]


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


@pytest.fixture
def here(served: School) -> Classroom:
    """A class with a document, and no model."""
    made = Classroom(served, members=2)
    made.put("mechanics.txt", PAGES)
    return made


@pytest.fixture
def papers(school: School, sign_in: SignIn) -> OpenPages:
    """The same, on the event loop of whoever serves: answers are written beside their requests."""

    def open_for(who: Member) -> Paper:
        paper = Paper(school, sign_in, who)
        assert isinstance(school.http, TestClient)
        paper._http.portal = school.http.portal
        return paper

    return open_for


@pytest.fixture
def modelled(school: School, model_server: OpenAIServer) -> Iterator[tuple[Classroom, OpenAIServer]]:
    """A class with a document, and a model's server."""
    with school.open(**(model_server.settings | {"embedding_model": ""})):
        made = Classroom(school, members=2)
        made.put("mechanics.txt", PAGES)
        yield made, model_server
