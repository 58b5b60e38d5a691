"""A real page with the vendored htmx and its SSE extension, in a real browser, under our own Content-Security-Policy."""

from collections.abc import Iterator
from pathlib import Path

from fastapi import APIRouter
from playwright.sync_api import Browser, Page, expect
import pytest
from starlette.responses import HTMLResponse, Response

from laurels.core.database import Database
from laurels.web import appearance
from laurels.web.caller import Signed
from laurels.web.context import Ctx
from support.servers import serving
from web.live_town import ADA, Town

pytestmark = pytest.mark.browser

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Live</title>
<script src="{htmx}"></script><script src="{sse}"></script></head><body>
<div id="stream" hx-sse:connect="/events?topics=waves,me" hx-swap="none" hidden></div>
<p id="count" hx-get="/count" hx-trigger="test.waved from:body, refresh from:body" hx-swap="innerHTML">unread</p>
<p id="purse">100</p>
</body></html>"""

router = APIRouter()


@router.get("/live-page")
async def show_page(caller: Signed, context: Ctx) -> Response:
    """The page."""
    url = context.pages.assets.url
    return HTMLResponse(PAGE.format(htmx=url("vendor/htmx-4.0.1.min.js"), sse=url("vendor/hx-sse-4.0.1.min.js")))


@router.get("/count")
async def show_count(caller: Signed, context: Ctx) -> Response:
    """A fragment that says how often it was fetched."""
    context.fetched = getattr(context, "fetched", 0) + 1  # type: ignore[attr-defined]  # of these tests
    return HTMLResponse(f"fetched {context.fetched}")  # type: ignore[attr-defined]


@pytest.fixture
def town(database: Database, tmp_path: Path) -> Iterator[Town]:
    made = Town(database, tmp_path, router, appearance.router)
    made.writer.start()
    yield made
    made.writer.stop()


@pytest.fixture
def page(town: Town, browser: Browser) -> Iterator[Page]:
    with serving(town.app) as address:
        context = browser.new_context()
        context.add_cookies([{"name": "test-member", "value": str(ADA), "url": address}])
        opened = context.new_page()
        with opened.expect_response(lambda response: "/events" in response.url):
            opened.goto(f"{address}/live-page")
        yield opened
        context.close()
        town.live.stop()


def test_named_event_makes_the_page_fetch_and_unnamed_html_is_put_in_place(town: Town, page: Page) -> None:
    expect(page.locator("#count")).to_have_text("unread")
    town.wave(1)
    expect(page.locator("#count")).to_have_text("fetched 1")
    town.live.publish(f"member:{ADA}", "", b'<p id="purse" hx-swap-oob="true">90</p>')
    expect(page.locator("#purse")).to_have_text("90")


def test_page_whose_stream_ended_comes_back_and_fetches_what_it_missed(town: Town, page: Page) -> None:
    with page.expect_response(lambda response: "/events" in response.url):
        town.live.end_session(ADA)
    expect(page.locator("#count")).to_have_text("fetched 1")
    town.wave(1)
    expect(page.locator("#count")).to_have_text("fetched 2")
