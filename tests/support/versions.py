"""Changing over HTTP what has versions: as somebody does who read it before."""

from typing import Any

import httpx

from laurels.identity.tables import Member
from support.site import Site


def made(answer: httpx.Response) -> dict[str, Any]:
    """What was made, where it must be."""
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def expecting(site: Site, who: Member, tag: str) -> dict[str, str]:
    """A member's headers for a change that was made for a version."""
    return site.headers(who) | {"If-Match": tag}


def change(
    site: Site, who: Member, path: str, body: Any, *, tag: str | None = None, read: str | None = None, put: bool = False
) -> httpx.Response:
    """Somebody reads and then changes what is there; or changes the version that `tag` names.

    Args:
        read: where it is read, if not where it is changed.
        put: whether the change replaces it.
    """
    tag = tag or site.get(who, read or path).headers["ETag"]
    return site.ask(expecting(site, who, tag), "PUT" if put else "PATCH", path, json=body)


def changed(site: Site, who: Member, path: str, body: Any, *, read: str | None = None, put: bool = False) -> dict[str, Any]:
    """The same, where it must succeed."""
    answer = change(site, who, path, body, read=read, put=put)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found
