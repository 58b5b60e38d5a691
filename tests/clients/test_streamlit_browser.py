"""The Streamlit client as people start it, in a real browser: everything comes from this machine."""

from collections.abc import Iterator
from contextlib import contextmanager
import os
from pathlib import Path
import signal
import subprocess
import sys
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Request, expect
import pytest

from clients.counter import CLIENT, PASSWORD, Counter
from products.pot.chatting import post
from support.servers import free_port, wait_until_listening

pytestmark = [pytest.mark.browser, pytest.mark.any_database]

COMES_WITHIN_MILLISECONDS = 30_000
STOPS_WITHIN_SECONDS = 20


@contextmanager
def running(address: str, log: Path) -> Iterator[str]:
    """The client in a process of its own, from the folder that its README says; gives its address."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", "clients/streamlit/app.py", "--server.headless", "true"]
    command += ["--server.port", str(port), "--server.fileWatcherType", "none"]
    variables = {**os.environ, "LAURELS_API": address, "LAURELS_REFRESH_SECONDS": "1"}
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=CLIENT.parents[1], env=variables, stdout=output, stderr=output, text=True)
        try:
            wait_until_listening(port, process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=STOPS_WITHIN_SECONDS)


def test_member_signs_in_sends_wins_and_leaves(counter: Counter, browser: Browser, tmp_path: Path) -> None:
    parlour = counter.parlour
    parlour.begin()
    ana, bo = counter.member(display_name="Ana Díaz"), counter.member()
    elsewhere: list[str] = []

    def note(request: Request) -> None:
        if urlsplit(request.url).hostname not in ("127.0.0.1", None):
            elsewhere.append(request.url)

    with running(counter.address, tmp_path / "log") as address:
        context = browser.new_context(viewport={"width": 1000, "height": 900}, reduced_motion="reduce")
        context.set_default_timeout(COMES_WITHIN_MILLISECONDS)
        expect.set_options(timeout=COMES_WITHIN_MILLISECONDS)
        page = context.new_page()
        page.on("request", note)
        page.goto(address)
        page.get_by_label("Username, email or student id").fill(ana.email)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_test_id("stFormSubmitButton").get_by_role("button", name="Sign in").click()
        coins = page.get_by_test_id("stMetric").filter(has_text="Your coins")
        pot = page.get_by_test_id("stMetric").filter(has_text="In the pot")
        expect(coins).to_contain_text("100")
        expect(page.get_by_text(parlour.pot().commitment)).to_be_visible()

        page.get_by_label("Your message").fill("What is in the pot?")
        page.get_by_text("Your part of the draw").click()
        page.get_by_role("textbox", name="Client seed (optional)").fill(parlour.unlucky(ana, until=1))
        page.get_by_role("button", name="Send for 5 coins").dblclick()
        expect(page.get_by_role("button", name="Send for 10 coins")).to_be_visible()
        expect(coins).to_contain_text("95")
        assert len(parlour.messages()) == 1, "a double click pays once"

        assert post(parlour, bo, "/pot/contribute", amount=37).status_code == 201
        expect(pot).to_contain_text("42")  # told without anything being pressed

        page.get_by_label("Your message").fill("And now?")
        page.get_by_text("Your part of the draw").click()
        page.get_by_role("textbox", name="Client seed (optional)").fill(parlour.lucky(ana, wins_at=2))
        page.get_by_role("button", name="Send for 10 coins").click()
        expect(page.get_by_text("The pot is yours: 52 coins!")).to_be_visible()
        expect(coins).to_contain_text("137")
        expect(page.get_by_test_id("stBalloons")).to_be_attached()
        expect(page.get_by_test_id("stBalloons")).to_be_hidden()  # reduced motion: the words say it all
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_text("You are signed out.")).to_be_visible()
        expect(page.get_by_text("Ana Díaz")).to_have_count(0)
        context.close()
    assert parlour.coins(ana) == 137
    assert elsewhere == []
