"""Who changes settings over HTTP, and what the answers say alike."""

from typing import Annotated, TypeAlias

from fastapi import Depends, Request, Response

from laurels.identity.editing import Editor, Saved
from laurels.identity.parts import origin_of
from laurels.web.answers import mark_replay
from laurels.web.caller import Signed, StaffOnly
from laurels.web.paths import API_PREFIX


async def editor_of(request: Request, caller: Signed) -> Editor:
    """The member who changes settings, and where from; whether they may is for the action to say."""
    return Editor(caller, origin_of(request).address_hash)


async def staff_editor_of(request: Request, caller: StaffOnly) -> Editor:
    """The same, of the community's staff."""
    return Editor(caller, origin_of(request).address_hash)


def tell_saved(request: Request, response: Response, saved: Saved, path: str) -> None:
    """Say in the answer where the new thing is, and whether an earlier request made it."""
    response.headers["Location"] = f"{API_PREFIX}{path}"
    if saved.is_replay:
        mark_replay(request.scope)


Editing: TypeAlias = Annotated[Editor, Depends(editor_of)]
"""A member; whether they may change it is checked with the change."""

StaffEditing: TypeAlias = Annotated[Editor, Depends(staff_editor_of)]
"""A member of the staff, or an admin; else 401 or 403."""
