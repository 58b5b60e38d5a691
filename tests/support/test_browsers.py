"""The browser of the tests sees what the server of the tests serves."""

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from playwright.sync_api import Browser
import pytest

from support import browsers
from support.servers import serving


@pytest.mark.browser
def test_browser_loads_a_page_from_a_real_server(browser: Browser) -> None:
    app = FastAPI()

    @app.get("/", response_class=HTMLResponse)
    async def page() -> str:
        return "<title>Thanks</title><script>document.title += '!'</script>"

    with serving(app) as address:
        opened = browser.new_page()
        opened.goto(address)
        assert opened.title() == "Thanks!"
        opened.close()


@pytest.mark.parametrize(("required", "outcome"), [("1", pytest.fail.Exception), ("", pytest.skip.Exception)])
def test_missing_browser_fails_only_where_it_is_required(monkeypatch: pytest.MonkeyPatch, required: str, outcome: type[Exception]) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("REQUIRE_BROWSER", required)
    with pytest.raises(outcome, match="no browser"):
        browsers.find_chromium()
