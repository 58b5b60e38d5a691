"""An application of endpoints made for these tests, with everything of the real one around them."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, FastAPI, Form, Request
from pydantic import Field, SecretStr
import pytest
from starlette.responses import HTMLResponse, Response
from starlette.testclient import TestClient

from laurels.core.clock import FixedClock
from laurels.core.database import open_database
from laurels.core.errors import Invalid, Unavailable
from laurels.core.settings import Settings
from laurels.ledger import InsufficientBalance
from laurels.ledger.writer import Writer
from laurels.web.app import build_app
from laurels.web.caller import AdminOnly, AnyCaller, Anyone, Caller, Open, Role, ServiceCaller, Signed, StaffOnly
from laurels.web.context import Context
from laurels.web.csrf import token_for
from laurels.web.documented import documented
from laurels.web.limits import RateLimiter, limited
from laurels.web.pages import Pages
from laurels.web.schemas import Amount, Answer, Body, Id, PlainText, example

MEMBER = Caller(
    member_id=UUID("01a1f890-e37a-73f9-9bad-95b6014a4f20"),
    role=Role.MEMBER,
    session_id=UUID("01a1f890-e37a-73f9-9bad-000000000001"),
    student_id="2041",
    display_name="Ada",
    time_zone="UTC",
    locale="en",
    via="bearer",
)
SERVICE = ServiceCaller(
    key_id=MEMBER.member_id,  # as if ids could collide: a key's requests must still never be taken for a member's
    subject="program/7",
    scopes=frozenset({"earn"}),
    name="till",
)
CALLERS: dict[str, AnyCaller] = {
    **{role.value: replace(MEMBER, role=role, member_id=UUID(int=MEMBER.member_id.int + rank)) for rank, role in enumerate(Role)},
    "service": SERVICE,
}


class Gift(Body):
    """What a gift takes."""

    model_config = example({"receiver_id": str(MEMBER.member_id), "credits": 3, "message": "Thank you!"})

    receiver_id: Id
    credits: Amount
    message: Annotated[PlainText, Field(min_length=1, max_length=10)]
    secret: SecretStr | None = None


class Given(Answer):
    """What it gives."""

    model_config = example({"credits": 3})

    credits: int


api = APIRouter(tags=["Tests"])
pages = APIRouter()


@api.post("/gifts", status_code=201, responses=documented(InsufficientBalance))
async def give(body: Gift, caller: Signed) -> Given:
    """Give credits.

    To a peer.
    """
    return Given(credits=body.credits)


@api.get("/gifts", dependencies=[Open])
async def list_gifts(limit: Annotated[int, Field(ge=1, le=100)] = 10) -> Given:
    """List gifts.

    As a number of them.
    """
    return Given(credits=limit)


@api.get("/gifts/{gift_id}", dependencies=[Open])
async def read_gift(gift_id: UUID) -> Given:
    """Read a gift.

    By its id.
    """
    return Given(credits=1)


@api.get("/refused", dependencies=[Open])
async def refuse() -> None:
    """Refuse for want of credits."""
    raise InsufficientBalance(available=5, needed=10, purse="allowance")


@api.get("/busy", dependencies=[Open])
def refuse_busy() -> None:
    """Refuse, from a thread, because of load."""
    raise Unavailable(retry_after_seconds=3)


@api.get("/words", dependencies=[Open])
async def refuse_words() -> None:
    """Refuse a field."""
    raise Invalid(field="value", reason="send one of the list")


@api.get("/broken", dependencies=[Open])
async def break_down() -> None:
    """Fail."""
    raise RuntimeError("the password is hunter2")


@api.get("/staff")
async def for_staff(caller: StaffOnly) -> Given:
    """For staff."""
    return Given(credits=1)


@api.get("/admin")
async def for_admins(caller: AdminOnly) -> Given:
    """For admins."""
    return Given(credits=1)


@api.get("/anyone")
async def for_anyone(caller: Anyone) -> dict[str, str]:
    """For anyone."""
    return {"role": caller.role if caller else "nobody"}


@api.post("/limited", dependencies=[limited("try", per_minute=2)])
async def be_limited(caller: Anyone) -> Given:
    """Be limited."""
    return Given(credits=1)


@pages.get("/page")
async def show_page(caller: Signed) -> Response:
    """A page for members."""
    return HTMLResponse("<p>page</p>")


@pages.post("/form")
async def take_form(request: Request, caller: Anyone, word: Annotated[str, Form()] = "") -> Response:
    """Take a form."""
    return HTMLResponse(f"<p>{len(word)}</p>")


@pages.get("/form")
async def show_form(request: Request, caller: Anyone) -> Response:
    """The form's token, bare."""
    return HTMLResponse(token_for(request))


MakeContext = Callable[..., Context]


@pytest.fixture
def make_context(tmp_path: Path, clock: FixedClock) -> Iterator[MakeContext]:
    """Makes contexts on a database that nothing has touched; who calls is what the header X-Test-Role says."""
    made: list[Context] = []

    def make(**changes: Any) -> Context:
        settings = Settings(_env_file=None, home=tmp_path, secret_key="s" * 64)  # type: ignore[call-arg]  # pydantic-settings' own argument
        database = open_database(f"sqlite:///{tmp_path / 'laurels.db'}")
        parts: dict[str, Any] = {
            "settings": settings,
            "clock": clock,
            "database": database,
            "writer": Writer(database, clock),
            "limiter": RateLimiter(clock),
            "live": None,
            "pages": Pages(clock=clock, community_name="Laurels", default_zone=settings.zone),
            "authenticate": authenticate,
        }
        made.append(Context(**parts | changes))
        return made[-1]

    yield make
    for context in made:
        context.database.dispose()


async def authenticate(request: Request) -> AnyCaller | None:
    """Whoever the test says."""
    return CALLERS.get(request.headers.get("x-test-role", ""))


@pytest.fixture
def web_app(make_context: MakeContext) -> FastAPI:
    """The endpoints of this file."""
    return build_app(make_context(), api=[api], pages=[pages])


@pytest.fixture
def web(web_app: FastAPI) -> TestClient:
    """A program that calls them: no cookies, no browser's headers."""
    return TestClient(web_app, headers={"Accept": "application/json"}, follow_redirects=False)


@pytest.fixture
def person(web_app: FastAPI) -> TestClient:
    """A person's browser on our own pages."""
    return TestClient(web_app, headers={"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}, follow_redirects=False)
