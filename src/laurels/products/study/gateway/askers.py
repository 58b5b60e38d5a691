"""Who a program asks for: the member who made its key, or the member whose access token it sends."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from laurels.core.database import Database
from laurels.core.errors import Invalid
from laurels.identity.queries import find_member
from laurels.identity.service_keys import get_key
from laurels.products.study.actions.relaying import Asker
from laurels.products.study.errors import NotInClass
from laurels.products.study.queries.keys import CHAT_SCOPE, class_of
from laurels.web.caller import AnyCaller, Role, ServiceCaller, service_or
from laurels.web.context import Ctx
from laurels.web.key_refusals import KeyRefused
from laurels.web.language import N_

PROJECT = "OpenAI-Project"
"""The header by which a member says which class: `OpenAI(project=...)` sends it. A key's class is its own."""

_NAME_A_CLASS = N_("Send the class's id in this header, or a key of the class instead of an access token.")


@dataclass(frozen=True, slots=True)
class Asking:
    """A member, and the class that they ask in, as the request says: whether they are in it is seen later."""

    asker: Asker
    class_id: UUID


async def find_asking(request: Request, context: Ctx, caller: Annotated[AnyCaller, service_or(Role.MEMBER, scope=CHAT_SCOPE)]) -> Asking:
    """Who asks, and in which class.

    Raises:
        KeyRefused: the key is no class's, or no member's.
        Invalid: a member names no class.
        NotInClass: what they name is none.
    """
    if isinstance(caller, ServiceCaller):
        return await run_in_threadpool(_of_key, context.database, caller)
    return Asking(Asker(caller.member_id, caller.actor, caller.locale), _named_class(request))


def _named_class(request: Request) -> UUID:
    named = request.headers.get(PROJECT)
    if not named:
        raise Invalid(field=PROJECT, reason=_NAME_A_CLASS)
    try:
        return UUID(named)
    except ValueError:
        raise NotInClass() from None


def _of_key(database: Database, caller: ServiceCaller) -> Asking:
    class_id = class_of(caller.subject)
    with database.read.connect() as connection:
        maker = get_key(connection, caller.key_id).created_by
        found = None if maker is None else find_member(connection, maker)
    if class_id is None or found is None:
        raise KeyRefused()
    return Asking(Asker(found.id, caller.actor, found.locale), class_id)


AskingPart = Annotated[Asking, Depends(find_asking)]
