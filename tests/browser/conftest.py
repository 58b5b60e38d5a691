"""One server and one browser for all browser tests."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response
import pytest

from browser.community import Community, settle
from browser.lectures import Lectures, hold_lectures
from conftest import NOW
from laurels.core.clock import FixedClock
from laurels.core.database import open_database
from laurels.core.settings import Settings
from laurels.identity.tables import Member
from laurels.main import create_app
from support.browsers import open_browser
from support.databases import fresh_database
from support.members import MemberMaker, SignIn, sign_in_with
from support.servers import serving

AXE = Path(__file__).parent / "vendor" / "axe-4.14.1.min.js"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker("browser")


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """A running Chromium. It ends with these tests: while it runs, its thread has an event loop, and others may not start one."""
    with open_browser() as opened:
        yield opened


@pytest.fixture(scope="package")
def community(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Community]:
    """A served community; tests that change it do so with members of their own."""
    folder = tmp_path_factory.mktemp("browser")
    with fresh_database("sqlite", folder) as url:
        values: dict[str, Any] = {"home": folder / "home", "database_url": url, "secret_key": "s" * 64, "rate_limits": False}
        settings = Settings(_env_file=None, **values)
        clock, database = FixedClock(NOW), open_database(url)
        app = create_app(settings, clock=clock)
        with serving(app) as address:
            yield settle(app, address, clock, MemberMaker(database, clock), sign_in_with(database, settings, clock))
        database.dispose()


@dataclass
class Visit:
    """A browser window of somebody.

    Attributes:
        complaints: what the console said, and which requests failed.
    """

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> Response:
        """Go to a page."""
        response = self.page.goto(self.address + path)
        assert response is not None
        return response

    def watch(self) -> None:
        """Note every complaint from now on."""
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("requestfailed", self._note_failure)

    def _note_failure(self, request: Request) -> None:
        if "/events" not in request.url:  # leaving a page cuts its stream: that is how it ends
            self.complaints.append(f"{request.url}: {request.failure}")

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)


class Place(Protocol):
    """What is looked at: where it is served, and who signs people in."""

    address: str
    sign_in: SignIn


VisitAs = Callable[..., Visit]
LookAs = Callable[..., Visit]
"""The same, in the class of `Lectures`."""


@pytest.fixture
def visit(browser: Browser, community: Community) -> Iterator[VisitAs]:
    """`visit(member, width=390, color_scheme="dark", java_script_enabled=False)` opens a window; None is a stranger."""
    opened: list[BrowserContext] = []

    def open_for(member: Member | None = None, *, width: int = 1280, height: int = 900, with_axe: bool = False, **options: Any) -> Visit:
        opened.append(open_context(browser, community, member, with_axe=with_axe, viewport={"width": width, "height": height}, **options))
        return open_window(opened[-1], community)

    yield open_for
    for context in opened:
        context.close()


@pytest.fixture(scope="package")
def lectures(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Lectures]:
    """A class that asks a model."""
    with hold_lectures(tmp_path_factory.mktemp("lectures")) as held:
        yield held


@pytest.fixture
def look(browser: Browser, lectures: Lectures) -> Iterator[LookAs]:
    """`look(member, width=390)` opens a window."""
    opened: list[BrowserContext] = []

    def open_for(member: Member, *, width: int = 1280, height: int = 900, with_axe: bool = False, **options: object) -> Visit:
        size = {"width": width, "height": height}
        opened.append(open_context(browser, lectures, member, with_axe=with_axe, viewport=size, **options))
        return open_window(opened[-1], lectures)

    yield open_for
    for context in opened:
        context.close()


def open_context(browser: Browser, community: Place, member: Member | None, *, with_axe: bool, **options: Any) -> BrowserContext:
    """Somebody's browser, signed in: its windows share cookies and what was loaded."""
    context = browser.new_context(reduced_motion="reduce", **options)
    context.set_default_timeout(30_000)
    if member is not None:
        cookies = community.sign_in(member).cookies
        context.add_cookies([{"name": name, "value": value, "url": community.address} for name, value in cookies.items()])
    if with_axe:
        context.add_init_script(path=AXE)  # the strict policy for scripts doesn't hold for those
    return context


def open_window(context: BrowserContext, community: Place) -> Visit:
    """A window of a browser, watched from the start."""
    made = Visit(context.new_page(), community.address)
    made.watch()
    return made
