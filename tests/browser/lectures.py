"""A class with a script to ask, and a model's server that says what a test has it say."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from conftest import NOW
from laurels.core.clock import FixedClock
from laurels.core.database import open_database
from laurels.core.settings import Settings
from laurels.identity.tables import Member
from products.study.classroom import Classroom
from products.study.school import School
from support.applications import make_app_with
from support.databases import fresh_database
from support.members import MemberMaker, SignIn, sign_in_with
from support.openai_server import OpenAIServer, an_openai_server

SCRIPT = (
    "A collision is an event in which two bodies exert forces on each other. Momentum is conserved in every collision.",
    "In an elastic collision kinetic energy is conserved as well. In an inelastic one a part of it becomes heat.",
    "Light bends where it enters glass; that is called refraction.",
)
QUESTION = "What is conserved in an elastic collision?"


@dataclass
class Lectures:
    """The class, as browsers are shown it."""

    room: Classroom
    server: OpenAIServer
    address: str
    sign_in: SignIn

    def newcomer(self, name: str) -> Member:
        """Somebody in the class whom no other test knows."""
        made = self.room.school.make_member(display_name=name)
        self.room.school.join(self.room.room, made)
        return made

    def chat(self, who: Member, *answers: str, question: str = QUESTION) -> str:
        """A chat with these answers; gives the path of its page."""
        session = self.room.begin(who)
        for answer in answers:
            self.server.say(answer)
            self.room.asked(session, question, who)
        return f"/study/chats/{session}"


@contextmanager
def hold_lectures(folder: Path, **changed: Any) -> Iterator[Lectures]:
    """Serve the class. `changed`: settings, such as those of no model."""
    with fresh_database("sqlite", folder) as url, an_openai_server() as server:
        values: dict[str, Any] = {"home": folder / "home", "database_url": url, "secret_key": "s" * 64, "rate_limits": False}
        values |= {"worker": "outside", **server.settings, "embedding_model": "", **changed}
        settings = Settings(_env_file=None, **values)
        clock, database = FixedClock(NOW), open_database(url)
        make_member, sign_in = MemberMaker(database, clock), sign_in_with(database, settings, clock)
        school = School(database, clock, settings, make_member, sign_in, make_app_with(settings, clock))
        school.writer.start()
        with school.open_wide():
            room = Classroom(school)
            room.put("mechanics-lecture-notes.pdf", SCRIPT)
            yield Lectures(room, server, str(school.http.base_url).rstrip("/"), sign_in)
        school.writer.stop()
        database.dispose()


def ask(page: Page, words: str) -> None:
    """Write a question, and send it."""
    page.get_by_role("textbox", name="Your question").fill(words)
    page.get_by_role("button", name="Ask", exact=True).click()
