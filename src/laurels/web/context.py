"""What a process has one of: made by `laurels.main`, found by every endpoint."""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request

from laurels.core.clock import Clock
from laurels.core.database import Database
from laurels.core.secrets import derived_key, secret_key
from laurels.core.settings import Settings
from laurels.ledger.writer import Writer
from laurels.web.caller import Authenticator
from laurels.web.idempotency import KeysInFlight
from laurels.web.limits import RateLimiter
from laurels.web.live import Live
from laurels.web.pages import Pages


@dataclass
class Context:
    """The process's parts. Endpoints take what they need and hand it to actions."""

    settings: Settings
    clock: Clock
    database: Database
    writer: Writer
    limiter: RateLimiter
    live: Live
    pages: Pages
    authenticate: Authenticator
    keys_in_flight: KeysInFlight = field(default_factory=KeysInFlight)
    form_key: bytes = field(init=False, repr=False)
    """Signs form tokens."""

    def __post_init__(self) -> None:
        self.form_key = derived_key(secret_key(self.settings), "form token")


async def context_of(request: Request) -> Context:
    """The process's context. A coroutine, because FastAPI sends plain functions to a thread."""
    context: Context = request.app.state.context
    return context


Ctx = Annotated[Context, Depends(context_of)]


def site_address(context: Context, request: Request) -> str:
    """The site's address as people know it, without a slash at its end: what addresses that leave the site begin with."""
    return (context.settings.public_url or str(request.base_url)).rstrip("/")
