"""Members who chat over HTTP, for tests."""

from typing import Any

import httpx

from laurels.identity.tables import Member
from products.pot.parlour import Parlour


def say(parlour: Parlour, who: Member | dict[str, str], message: str = "Hello", *, key: str | None = None, **more: Any) -> httpx.Response:
    """Send a message; `max_price` and `client_seed` as they are told. Where neither a seed nor a key is, it doesn't win by chance."""
    if key is None and isinstance(who, Member):
        more.setdefault("client_seed", parlour.dull(who))
    return parlour.ask(who, "POST", "/messaging/send", key=key, json={"message": message, **more})


def said(parlour: Parlour, who: Member | dict[str, str], message: str = "Hello", **more: Any) -> Any:
    """The same, where it must be taken; gives its answer."""
    answer = say(parlour, who, message, **more)
    assert answer.status_code == 201, answer.text
    return answer.json()


def post(parlour: Parlour, who: Member, path: str, *, key: str | None = None, **body: Any) -> httpx.Response:
    """Ask for something else to happen."""
    return parlour.ask(who, "POST", path, key=key, json=body)


def public(parlour: Parlour, who: Member) -> str:
    """All that is told of the pot while a round goes on, as text."""
    paths = (
        "/pot",
        "/messaging/quote",
        "/messaging/history",
        "/currency/balance",
        "/currency/statement",
        "/pot/rounds",
        "/pot/rounds/1/draws",
    )
    return "".join(parlour.get(who, path).text for path in paths)
