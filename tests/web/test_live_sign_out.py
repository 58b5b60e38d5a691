"""Signing out ends the session's live pages too, in the whole application."""

from typing import Any

import httpx
import pytest


@pytest.mark.parametrize("where", ["here", "elsewhere"])
def test_signing_out_ends_the_streams_of_that_session_only(server: str, make_member: Any, sign_in: Any, where: str) -> None:
    member = make_member("7")
    leaving, staying = sign_in(member), sign_in(member)
    with httpx.Client(base_url=server, timeout=30) as client, following(client, leaving) as left, following(client, staying) as kept:
        gone, here = left.iter_lines(), kept.iter_lines()
        assert next(gone).startswith("id: ")
        assert next(here).startswith("id: ")
        if where == "here":
            assert client.post("/api/v1/auth/logout", headers=leaving.headers).status_code == 204
        else:
            sessions = client.get("/api/v1/auth/sessions", headers=leaving.headers).json()["items"]
            current = next(session["id"] for session in sessions if session["is_current"])
            assert client.delete(f"/api/v1/auth/sessions/{current}", headers=staying.headers).status_code == 204
        assert [line for line in gone if line.startswith("event")] == [], "it ends"
        assert client.get("/api/v1/auth/me", headers=staying.headers).status_code == 200
        assert client.get("/events?topics=me", headers=leaving.headers).status_code == 401


def following(client: httpx.Client, session: Any) -> Any:
    return client.stream("GET", "/events?topics=me", headers=session.headers)
