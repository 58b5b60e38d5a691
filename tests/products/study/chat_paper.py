"""A member's browser without scripts in a class: beginning a chat, and what a page says."""

from html import unescape
import re
from uuid import UUID

import httpx

from laurels.core.ids import new_id
from products.recognition.paper import Paper
from products.study.classroom import ELASTIC, Classroom


def said(answer: httpx.Response) -> str:
    """What a page says, its tags left out."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.text))).strip()


def key() -> dict[str, str]:
    """What a form draws for itself."""
    return {"request_key": str(new_id())}


def begin(here: Classroom, browser: Paper, content: str = ELASTIC) -> str:
    """Begin a chat with a question; gives the path of its page."""
    answer = browser.post(f"/study/classes/{here.room.id}/chats", content=content, **key())
    assert answer.status_code == 303, said(answer)
    path: str = answer.headers["location"]
    return path


def answer_of(here: Classroom, place: int = -1) -> UUID:
    """An answer's id."""
    return here.answers()[place].id
