"""A real Chromium, the machine's own: nothing is downloaded."""

from collections.abc import Iterator
from contextlib import contextmanager
import os
import shutil

from playwright.sync_api import Browser, sync_playwright
import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
STARTS_WITHIN_MILLISECONDS = 60_000


def find_chromium() -> str:
    """Its path. Without one a test is skipped and says so; with REQUIRE_BROWSER=1 it fails."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        told = f"no browser: none of {', '.join(NAMES)} is installed"
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(told)
        pytest.skip(told)
    return found


@contextmanager
def open_browser() -> Iterator[Browser]:
    """A running Chromium without windows. Only while it runs, the thread has an event loop: `asyncio.run` doesn't work there."""
    path = find_chromium()
    # Chromium refuses its sandbox to root, and /dev/shm is small in containers.
    flags = ["--no-sandbox", "--disable-dev-shm-usage"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags, timeout=STARTS_WITHIN_MILLISECONDS)
        yield browser
        browser.close()
