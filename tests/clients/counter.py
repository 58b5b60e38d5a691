"""The Streamlit client as its tests use it: what visitors type, press and read, and a way to the server that can lose answers."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

from laurels.identity.tables import Member
from products.pot.parlour import Parlour

CLIENT = Path(__file__).parents[2] / "clients" / "streamlit"
PASSWORD = "seven quiet lanterns"
RUNS_WITHIN_SECONDS = 30

App = Callable[..., Any]


class Line:
    """Stands before an application, as a gateway does, and can lose the answers to messages that were carried out."""

    def __init__(self, app: App) -> None:
        self._app = app
        self.losing = 0

    async def __call__(self, scope: Any, receive: App, send: App) -> None:
        """Pass a request on."""
        if not self.losing or not scope.get("path", "").endswith("/messaging/send"):
            await self._app(scope, receive, send)
            return
        self.losing -= 1

        async def lose(_: Any) -> None:
            """The answer goes nowhere."""

        await self._app(scope, receive, lose)
        await send({"type": "http.response.start", "status": 502, "headers": [(b"content-type", b"text/plain")]})
        await send({"type": "http.response.body", "body": b"Bad gateway"})


@dataclass
class Counter:
    """Where visitors come to.

    Attributes:
        parlour: the pot behind it; `line` is what leads there, `address` where it is.
    """

    parlour: Parlour
    line: Line
    address: str

    def visit(self) -> AppTest:
        """A new visitor's tab, drawn."""
        return AppTest.from_file(str(CLIENT / "app.py"), default_timeout=RUNS_WITHIN_SECONDS).run()

    def member(self, **values: Any) -> Member:
        """A member who knows their password."""
        return self.parlour.make_member(password=PASSWORD, **values)

    def visit_as(self, who: Member) -> AppTest:
        """A tab in which a member has signed in."""
        tab = self.visit()
        field(tab, "Username, email or student id").input(who.email)
        field(tab, "Password").input(PASSWORD)
        return button(tab, "Sign in").click().run()


def field(tab: AppTest, label: str) -> Any:
    """A text field, by what is written beside it."""
    (found,) = [one for one in (*tab.text_input, *tab.text_area) if one.label == label]
    return found


def button(tab: AppTest, label: str) -> Any:
    """A button, by what it says."""
    (found,) = [one for one in tab.button if one.label == label]
    return found


def numbers(tab: AppTest) -> dict[str, str]:
    """The numbers that are always on screen."""
    assert not tab.exception, tab.exception
    return {one.label: one.value for one in tab.metric}


def words(tab: AppTest) -> str:
    """Everything that a tab tells, as text."""
    assert not tab.exception, tab.exception
    told = (*tab.title, *tab.text, *tab.caption, *tab.error, *tab.warning, *tab.success, *tab.info, *tab.code)
    return "\n".join(str(one.value) for one in told)
