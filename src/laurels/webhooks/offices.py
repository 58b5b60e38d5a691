"""Whose webhooks the pages are about: the community's admins have every endpoint, others those of one subject."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, TypeAlias

from fastapi import Depends, Request

from laurels.web.caller import Caller

_OFFICE = "laurels.webhook_office"


@dataclass(frozen=True, slots=True)
class Office:
    """Whose endpoints are managed, by whom, and what the pages look like.

    Attributes:
        scope: the subject of the endpoints; None for an admin of the community, who manages every one.
        path: where the pages are mounted.
        layout: the template around them; `level` is that of their headings in it.
        frame: what the layout needs.
        types: names of the types of events that there can be; None for all.
    """

    caller: Caller
    scope: str | None
    path: str
    layout: str = "layouts/console.html"
    level: int = 1
    frame: Mapping[str, Any] = field(default_factory=dict)
    types: Collection[str] | None = None


def open_office(request: Request, office: Office) -> None:
    """Say whose pages these are: for the dependency that `pages` are mounted with."""
    request.scope[_OFFICE] = office


async def office_of(request: Request) -> Office:
    """Whose pages these are."""
    office: Office = request.scope[_OFFICE]
    return office


AtOffice: TypeAlias = Annotated[Office, Depends(office_of)]
"""An endpoint's parameter: what the dependency that the pages are mounted with has said."""
