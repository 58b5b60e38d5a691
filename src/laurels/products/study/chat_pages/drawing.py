"""What a chat's page and its parts are drawn from."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from markupsafe import Markup
from sqlalchemy import Connection
from starlette.responses import Response

from laurels.products.study.bounds import MAX_NAME, MAX_NOTE, MAX_QUESTION
from laurels.products.study.chat_pages.refusals import Refused
from laurels.products.study.chat_pages.visits import ChatVisit
from laurels.products.study.decisions.documents import Shelf
from laurels.products.study.errors import AnswerFailed
from laurels.products.study.extracts import MODEL_NAME
from laurels.products.study.queries.classes import names_of
from laurels.products.study.queries.documents import see_shelf
from laurels.products.study.queries.messages import ShownMessage
from laurels.products.study.queries.sessions import get_session
from laurels.products.study.queries.turns import Turn, get_turn, list_turns
from laurels.products.study.queries.usage import ClassUse, Tracker, read_my_use
from laurels.products.study.tables import ChatMessage
from laurels.web.language import N_
from laurels.web.markdown import Note, render_markdown
from laurels.web.pagination import read_cursor, write_cursor
from laurels.web.paths import API_PREFIX, address

TURNS = 20
"""Questions of one page."""
DOCUMENTS = 10
"""Of a chat's own: as many as its page lists; another page has all."""

_LEFT = N_("{day} tokens left today, {week} this week, {month} this month")
_NONE_LEFT = {
    "day": N_("The day's tokens are used up. They begin anew on {time}."),
    "week": N_("The week's tokens are used up. They begin anew on {time}."),
    "month": N_("The month's tokens are used up. They begin anew on {time}."),
}

Values = dict[str, Any]


def draw_chat(
    visit: ChatVisit,
    *,
    form: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    refusal: Refused | None = None,
    cursor: str | None = None,
    opens_about: bool = False,
    status: int = 200,
) -> Response:
    """The page of a chat; or, with a form that was refused, the same with what is wrong."""
    with visit.context.database.read.connect() as connection:
        values = read_turns_of(connection, visit, cursor) | read_meters(connection, visit)
        values |= read_about(connection, visit)
    values |= {"is_waiting": any(turn.is_pending for turn in values["turns"]), "opens_about": opens_about, "topics": "me"}
    values |= composer(form, errors, refusal, takes_focus=not values["turns"] and not opens_about)
    return visit.draw("pages/chat", status=status, **chat_values(visit), **values)


def draw_part(visit: ChatVisit, part: str, *, status: int = 200, **values: Any) -> Response:
    """A part of the page, for a script to put in place."""
    return visit.draw(f"chat/{part}", is_part=True, status=status, **{**chat_values(visit), **composer(), **values})


def draw_reply(visit: ChatVisit, message_id: UUID, *, refusal: Refused | None = None, status: int = 200) -> Response:
    """The answer to a question as it stands, and what is left of the tokens.

    Args:
        message_id: the question's, or an answer's.
    """
    with visit.context.database.read.connect() as connection:
        values = {"turn": get_turn(connection, visit.seen, message_id), **read_meters(connection, visit)}
    return draw_part(visit, "finished", status=status, **values, refused=refusal)


def chat_values(visit: ChatVisit) -> Values:
    """What every part of a chat is drawn from."""
    session = visit.session
    return {
        "session": session,
        "title": session.title or visit.say(N_("New chat")),
        "here": visit.here,
        "is_mine": visit.seen.is_mine,
        "may_ask": visit.may_ask,
        "has_model": visit.parts.model is not None,
        "stream_path": f"{API_PREFIX}/chat/sessions/{session.id}/messages",
        "export_path": f"{API_PREFIX}/chat/sessions/{session.id}/export",
        "written": lambda answer: written(visit, answer),
        "why_failed": lambda row: visit.context.pages.explain(visit.request, AnswerFailed(error_code=row.error_code)),
        "told_model": lambda row: told_model(visit, row),
        "note_problem": "",
        "is_fresh": False,
        "max_question": MAX_QUESTION,
        "max_note": MAX_NOTE,
        "max_name": MAX_NAME,
    }


def composer(
    form: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    refusal: Refused | None = None,
    *,
    takes_focus: bool = False,
) -> Values:
    """What the form for a question is drawn from."""
    return {"form": form or {}, "errors": errors or {}, "refused": refusal, "takes_focus": takes_focus}


def read_turns_of(connection: Connection, visit: ChatVisit, cursor: str | None) -> Values:
    """A part of the chat, oldest first, with the way to what was before."""
    place = read_cursor(cursor, int)
    found = list_turns(connection, visit.seen, limit=TURNS, before=place[0] if place else None)
    turns: Sequence[Turn] = found[:TURNS][::-1]
    older = address(visit.here, {"cursor": write_cursor(turns[0].question.position)}) if len(found) > TURNS else ""
    return {"turns": turns, "older_href": older, "is_older": cursor is not None}


def read_about(connection: Connection, visit: ChatVisit) -> Values:
    """Whose chat it is; to its owner its own documents."""
    session, member = visit.session, visit.caller.member_id
    if not visit.seen.is_mine:
        return {"owner_name": get_session(connection, session.id, member).owner}
    shelf = see_shelf(connection, Shelf(session.class_id, session.id), member, limit=DOCUMENTS)
    return {"on_shelf": shelf, "max_mebibytes": visit.context.settings.study_max_file_mebibytes}


def read_meters(connection: Connection, visit: ChatVisit) -> Values:
    """What is left of the tokens of whoever looks."""
    use, owner = read_my_use(connection, visit.standing, at=visit.now), visit.room.owner_id
    payer = names_of(connection, [owner]).get(owner) if use.share else None
    return {"use": use, "left_words": left_words(visit, use), "payer_name": payer}


def left_words(visit: ChatVisit, use: ClassUse) -> Markup:
    """What is left, in a line: of what the class's owner pays, while there is some of that; else of one's own."""
    tracker = use.share if use.share is not None and all(one.left for one in use.share) else use.own
    used_up = [one for one in tracker if not one.left]
    if used_up:
        last = used_up[-1].window
        return Markup(visit.say(_NONE_LEFT[last.period.value])).format(time=visit.formats.time(last.resets_at))  # noqa: S704  # our own words
    return _left(visit, tracker)


def written(visit: ChatVisit, answer: ShownMessage) -> Markup:
    """An answer's words; its numbers lead to what it cites, on the same page."""
    known = {one.number for one in answer.citations}

    def note_of(number: int) -> Note | None:
        label = visit.say(N_("Source {number}")).format(number=number)
        return Note(f"#source-{answer.row.id}-{number}", label) if number in known else None

    return render_markdown(answer.row.content, note_of)


def told_model(visit: ChatVisit, row: ChatMessage) -> str:
    """What answered, and how long it took."""
    if row.model_name == MODEL_NAME:
        return visit.say(N_("Quoted from the documents"))
    if row.model_name is None or row.response_time_ms is None:
        return row.model_name or ""
    seconds = visit.formats.number((Decimal(row.response_time_ms) / 1000).quantize(Decimal("0.1")))
    return visit.say(N_("{model} · {seconds} s")).format(model=row.model_name, seconds=seconds)


def _left(visit: ChatVisit, tracker: Tracker) -> Markup:
    left = {one.window.period.value: visit.formats.compact(_rounded(one.left)) for one in tracker}
    return Markup(visit.say(_LEFT)).format(**left)  # noqa: S704  # our own words


def _rounded(left: int) -> int:
    """Three figures of a number, rounded down: nothing is promised that isn't there."""
    step: int = 10 ** max(0, len(str(left)) - 3)
    return left // step * step
