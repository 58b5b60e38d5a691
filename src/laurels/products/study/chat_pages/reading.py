"""A chat's page, and the parts of it that a script asks for."""

from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from laurels.products.study.chat_pages.drawing import draw_chat, draw_part, draw_reply, read_meters, read_turns_of
from laurels.products.study.chat_pages.visits import CHATS, AtChat, AtOwnChat
from laurels.web.pages import is_partial, see_other
from laurels.web.pagination import Cursor

router = APIRouter()

PATH = f"{CHATS}/{{session_id}}"


@router.get(PATH)
def show_chat(visit: AtChat, cursor: Cursor = None) -> Response:
    """A chat: one's own, or one that is shared. A script asks for older questions alone."""
    if cursor is None or not is_partial(visit.request):
        return draw_chat(visit, cursor=cursor)
    with visit.context.database.read.connect() as connection:
        values = read_turns_of(connection, visit, cursor)
    return draw_part(visit, "talk", **values)


@router.get(f"{PATH}/tokens")
def show_tokens(visit: AtOwnChat) -> Response:
    """What is left of one's tokens, for a script to put in place; a browser is led to the chat."""
    if not is_partial(visit.request):
        return see_other(visit.here)
    with visit.context.database.read.connect() as connection:
        values = read_meters(connection, visit)
    return draw_part(visit, "now", **values)


@router.get(f"{PATH}/messages/{{message_id}}")
def show_reply(visit: AtChat, message_id: UUID) -> Response:
    """The answer to a question as it stands, for a script to put in place; a browser is led to the chat."""
    return draw_reply(visit, message_id) if is_partial(visit.request) else see_other(visit.here)
