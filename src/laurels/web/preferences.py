"""The Prefer header (RFC 7240): whether a caller wants to wait for the result."""

from typing import Annotated

from fastapi import Header, Response

Prefer = Annotated[
    str | None, Header(max_length=200, description="`wait`: answer when it is decided, not only accepted.", examples=["wait"])
]


def wants_to_wait(prefer: str | None) -> bool:
    """Whether a Prefer header asks to wait, however long it says."""
    parts = (part.split(";")[0].split("=")[0].strip().lower() for part in (prefer or "").split(","))
    return "wait" in parts


def tell_waited(response: Response) -> None:
    """Say that the preference was honoured."""
    response.headers["Preference-Applied"] = "wait"
