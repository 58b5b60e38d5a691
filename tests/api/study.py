"""What there is of study, for requests to be about."""

from collections.abc import Callable
from typing import Any

Ask = Callable[[str, str, dict[str, Any] | None], Any]
"""Sends a method, a path below `/api/v1` and a body; gives the answer's JSON."""

CLASS = {"name": "Physics I"}


def open_class(ask: Ask, ask_as_friend: Ask) -> dict[str, str]:
    """A class of the asker's with a friend in it and a key, and the code of a class of the friend's; gives what paths and bodies take."""
    room = ask("POST", "/classes", CLASS)
    ask_as_friend("POST", "/classes/join", {"class_code": room["class_code"]})
    members = ask("GET", f"/classes/{room['id']}/members", None)["items"]
    friend = next(one["user_id"] for one in members if not one["is_owner"])
    key = ask("POST", f"/classes/{room['id']}/keys", {"name": "notebook"})
    theirs = ask_as_friend("POST", "/classes", CLASS)
    return {"class_id": room["id"], "user_id": friend, "key_id": key["id"], "class_code": theirs["class_code"]}


def open_removal(ask: Ask, ask_as_stranger: Ask, class_id: str) -> str:
    """Somebody who was in a class of the asker's and was removed; gives their id."""
    room = ask("GET", f"/classes/{class_id}", None)
    before = {one["user_id"] for one in ask("GET", f"/classes/{class_id}/members", None)["items"]}
    ask_as_stranger("POST", "/classes/join", {"class_code": room["class_code"]})
    [removed] = {one["user_id"] for one in ask("GET", f"/classes/{class_id}/members", None)["items"]} - before
    ask("DELETE", f"/classes/{class_id}/members/{removed}", None)
    return str(removed)


def open_chat(ask: Ask, class_id: str) -> dict[str, str]:
    """A chat of the asker's in a class, with a question that was answered; gives what paths take."""
    session = ask("POST", "/chat/sessions", {"class_id": class_id})["id"]
    asked = ask("POST", f"/chat/sessions/{session}/messages", {"content": "What is conserved?"})
    return {"session_id": session, "message_id": asked["answer"]["id"]}
