"""Take the README's pictures: `python docs/take_pictures.py`. Needs Chromium and what `make setup` installs.

Starts a demo of its own and photographs the real pages, light, dark and on a phone.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
import os
from pathlib import Path
import shutil
import socket
import struct
import subprocess
import sys
from tempfile import TemporaryDirectory
from threading import Thread
import zlib

from playwright.sync_api import Browser, Page, StorageState, sync_playwright

PICTURES = Path(__file__).parent / "pictures"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
WHO = "jonas@example.org"
RUNS_A_PROGRAM = "leila@example.org"
STUDIES = "priya@example.org"
"""Whose chat is taken."""
PLACES = {"program": ("/programs", "Wine & Dine"), "class": ("/study", "Introduction to Ecology")}
"""The demo's program and class whose pages are taken: the page that leads to each, and its link's words."""

PASSWORD = "thank you kindly"  # noqa: S105  # the demo prints it
MAX_BYTES = 150_000
"""Of a picture: the README loads them all."""

_SIGNATURE = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class Shot:
    """One picture: of which page, how large, in which colours, seen by whom.

    Attributes:
        path: `{program}` in it stands for the program's id, `{class}` for the class's.
        follow: words of the page's link that is followed.
    """

    name: str
    path: str
    width: int
    height: int
    colours: str = "light"
    scale: float = 1
    who: str = WHO
    follow: str = ""


SHOTS = (
    Shot("recognition-light", "/recognition", 1280, 1000),
    Shot("recognition-dark", "/recognition", 1280, 1000, colours="dark"),
    Shot("home-phone", "/", 390, 780, scale=1.5),
    Shot("leaderboard-phone", "/leaderboard", 390, 780, colours="dark", scale=1.5),
    Shot("rewards-phone", "/rewards", 390, 780, scale=1.5),
    Shot("progress-light", "/progress", 1280, 1000),
    Shot("progress-phone", "/progress", 390, 780, colours="dark", scale=1.5),
    Shot("pot-phone", "/pot", 390, 780, scale=1.5),
    Shot("study-light", "/study/classes/{class}", 1280, 860, who=STUDIES, follow="carrying capacity"),
    Shot("study-phone", "/study/classes/{class}", 390, 780, colours="dark", scale=1.5, who=STUDIES, follow="carrying capacity"),
    Shot("program-light", "/programs/{program}", 1280, 1000),
    Shot("program-rewards-phone", "/programs/{program}/rewards", 390, 780, scale=1.5),
    Shot("program-editor-light", "/console/programs/{program}/rules", 1280, 1000, who=RUNS_A_PROGRAM),
)


def main() -> None:
    """Take them all."""
    PICTURES.mkdir(exist_ok=True)
    with demo() as address, sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-dev-shm-usage"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=find_browser(), args=flags)
        sessions = {who: sign_in(browser, address, who) for who in (WHO, RUNS_A_PROGRAM, STUDIES)}
        for shot in SHOTS:
            picture = shrink(take(browser, address, shot, sessions[shot.who]))
            if len(picture) > MAX_BYTES:
                raise SystemExit(f"{shot.name} has {len(picture)} bytes, more than {MAX_BYTES}")
            (PICTURES / f"{shot.name}.png").write_bytes(picture)
            sys.stdout.write(f"{shot.name}.png {len(picture)} bytes\n")
        browser.close()


def find_browser() -> str:
    """The machine's own."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        raise SystemExit(f"none of {', '.join(BROWSERS)} is installed: apt-get install chromium")
    return found


@contextmanager
def demo() -> Iterator[str]:
    """The address of a new demo."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with TemporaryDirectory() as home:
        command = [sys.executable, "-m", "laurels.cli", "demo", "--port", str(port)]
        variables = {**os.environ, "LAURELS_HOME": home}
        with subprocess.Popen(command, env=variables, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:  # noqa: S603
            assert process.stderr is not None
            if not any("Uvicorn running" in line for line in process.stderr):
                raise SystemExit("the demo didn't start")
            # A pipe that nobody reads fills up with what the server logs, and then holds it up.
            Thread(target=process.stderr.read, daemon=True).start()
            try:
                yield f"http://127.0.0.1:{port}"
            finally:
                process.terminate()


def sign_in(browser: Browser, address: str, who: str) -> StorageState:
    """A member's session, once for all of their pictures: sign-ins are counted."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{address}/sign-in?next=/account")
    page.fill("#username", who)
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_url(f"{address}/account")
    session = context.storage_state()
    context.close()
    return session


def take(browser: Browser, address: str, shot: Shot, session: StorageState) -> bytes:
    """A page as a member sees it."""
    context = browser.new_context(
        viewport={"width": shot.width, "height": shot.height},
        color_scheme="dark" if shot.colours == "dark" else "light",
        device_scale_factor=shot.scale,
        reduced_motion="reduce",
        storage_state=session,
    )
    page = context.new_page()
    page.goto(f"{address}{shot.path.format_map(ids_in(page, address, shot.path))}")
    if shot.follow:
        page.goto(address + link_to(page, shot.follow))
    page.evaluate("document.fonts.ready")
    picture = page.screenshot()
    context.close()
    return picture


def ids_in(page: Page, address: str, path: str) -> dict[str, str]:
    """The ids that a path names."""
    found = {}
    for name, (place, words) in PLACES.items():
        if f"{{{name}}}" in path:
            page.goto(address + place)
            found[name] = link_to(page, words).rpartition("/")[2]
    return found


def link_to(page: Page, words: str) -> str:
    """Where the first link with these words leads."""
    return page.locator("main a", has_text=words).first.get_attribute("href") or ""


def shrink(picture: bytes) -> bytes:
    """The same PNG, packed as tightly as zlib can."""
    parts, at, pixels = [], len(_SIGNATURE), b""
    while at < len(picture):
        (length,) = struct.unpack(">I", picture[at : at + 4])
        kind, content = picture[at + 4 : at + 8], picture[at + 8 : at + 8 + length]
        if kind == b"IDAT":
            pixels += content
        elif kind in (b"IHDR", b"IEND"):
            parts.append((kind, content))
        at += 12 + length
    parts.insert(1, (b"IDAT", zlib.compress(zlib.decompress(pixels), 9)))
    return _SIGNATURE + b"".join(_part(kind, content) for kind, content in parts)


def _part(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


if __name__ == "__main__":
    main()
