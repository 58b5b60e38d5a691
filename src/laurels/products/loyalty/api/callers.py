"""Who calls these endpoints, and what their answers say alike."""

from typing import Annotated, TypeAlias

from fastapi import Depends, Request, Response

from laurels.identity.parts import origin_of
from laurels.products.loyalty.actions.changes import Editor, Saved
from laurels.web.answers import mark_replay
from laurels.web.caller import AnyCaller, Role, Signed, service_or
from laurels.web.paths import API_PREFIX

READ = "read"
"""The scope of service keys that read a program."""


async def editor_of(request: Request, caller: Signed) -> Editor:
    """The member who changes settings, and where from; whether they may is for the action to say."""
    return Editor(caller, origin_of(request).address_hash)


def tell_saved(request: Request, response: Response, saved: Saved, path: str) -> None:
    """Say in the answer where the new thing is, and whether an earlier request made it."""
    response.headers["Location"] = f"{API_PREFIX}{path}"
    if saved.is_replay:
        mark_replay(request.scope)


Editing: TypeAlias = Annotated[Editor, Depends(editor_of)]
"""A member; whether they run the program is checked with the change."""

Reading: TypeAlias = Annotated[AnyCaller, service_or(Role.MEMBER, scope=READ)]
"""A member, or a program's service key that may read."""
