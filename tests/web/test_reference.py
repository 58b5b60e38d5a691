from playwright.sync_api import Browser
import pytest
from starlette.testclient import TestClient

from laurels.core.errors import DomainError


def test_every_problems_type_leads_to_its_explanation(client: TestClient) -> None:
    page = client.get("/docs/problems")
    assert page.status_code == 200
    codes = [code for code, error in DomainError.registry.items() if error.__module__.startswith("laurels.")]
    assert [code for code in codes if f'id="{code}"' not in page.text] == []


@pytest.mark.browser
def test_reference_is_drawn_under_the_strict_policy(server: str, browser: Browser) -> None:
    page = browser.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{server}/docs")
    page.get_by_role("link", name="/healthz").first.wait_for()
    page.get_by_role("button", name="Authorize").first.click()
    page.get_by_label("username").first.wait_for()
    assert complaints == []
    page.close()
