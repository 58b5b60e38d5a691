"""Chat sessions over HTTP: whose they are, who reads them, and what goes with them."""

from uuid import UUID

import pytest

from laurels.core.errors import Missing
from laurels.core.ids import new_id
from laurels.products.study.accounts import sessions
from laurels.products.study.bounds import MAX_SESSIONS
from laurels.products.study.decisions import sessions as decided
from laurels.products.study.decisions.sessions import DeleteSession, OpenSession
from laurels.products.study.errors import TooManySessions
from products.study.classroom import ELASTIC, PAGES, Classroom
from products.study.school import School
from support.site import refused


def test_a_chat_is_begun_named_listed_and_deleted(school: School) -> None:
    with school.open():
        here = Classroom(school)
        first, second = here.begin(title="Momentum"), here.begin()
        shown = school.read(here.ana, f"/chat/sessions/{first}")
        assert (shown["title"], shown["class_id"], shown["user_id"]) == ("Momentum", str(here.room.id), str(here.ana.id))
        assert (shown["ai_tier"], shown["is_shared"], shown["is_mine"], shown["owner_name"]) == (
            "standard",
            False,
            True,
            here.ana.display_name,
        )
        renamed = school.ask(here.ana, "PATCH", f"/chat/sessions/{first}", json={"title": "Collisions"})
        assert renamed.json()["title"] == "Collisions"
        assert {one["id"] for one in school.pages(here.ana, "/chat/sessions", limit=1)} == {first, second}
        assert school.read(here.ana, "/chat/sessions", class_id=str(here.room.id))["items"]
        here.asked(first)
        assert school.ask(here.ana, "DELETE", f"/chat/sessions/{first}").status_code == 204
        refused(school.get(here.ana, f"/chat/sessions/{first}"), 404, "not-found")
        assert [one["id"] for one in school.pages(here.ana, "/chat/sessions")] == [second]
        assert (here.messages(), here.citations()) == ([], [])
        assert school.held(sessions(here.room.id, here.ana.id)) == 1


def test_a_chat_is_begun_once_under_a_key_and_no_more_than_may_be(school: School) -> None:
    with school.open():
        here = Classroom(school)
        body = {"class_id": str(here.room.id)}
        first, again = (school.ask(here.ana, "POST", "/chat/sessions", json=body, key="one") for _ in range(2))
        assert first.json()["id"] == again.json()["id"]
        assert MAX_SESSIONS > school.held(sessions(here.room.id, here.ana.id)) == 1


def test_who_may_begin_and_see_chats(school: School) -> None:
    with school.open():
        here = Classroom(school, members=2)
        stranger, other = school.make_member(), here.members[1]
        session = here.begin()
        body = {"class_id": str(here.room.id)}
        refused(school.ask(stranger, "POST", "/chat/sessions", json=body), 404, "not-found")
        for who in (stranger, other, here.owner):
            refused(school.get(who, f"/chat/sessions/{session}"), 404, "not-found")
            refused(here.ask(session, who=who), 404, "not-found")
            refused(school.ask(who, "DELETE", f"/chat/sessions/{session}"), 404, "not-found")
        school.permit(here.room, here.ana, can_chat=False)
        assert refused(here.ask(session), 403, "forbidden")["needs"] == "can_chat"
        refused(school.ask(here.ana, "POST", "/chat/sessions", json=body), 403, "forbidden")
        school.archive(here.room)
        refused(here.ask(session, who=here.ana), 403, "forbidden")
        assert school.read(here.ana, f"/chat/sessions/{session}")["id"] == session
        school.remove(here.room, here.ana)
        refused(school.get(here.ana, f"/chat/sessions/{session}"), 404, "not-found")
        assert school.pages(here.ana, "/chat/sessions") == []


def test_an_archived_class_answers_nothing_and_is_read(school: School) -> None:
    with school.open():
        here = Classroom(school)
        session = here.begin()
        here.asked(session)
        school.archive(here.room)
        refused(here.ask(session), 409, "class-closed")
        refused(school.ask(here.ana, "PATCH", f"/chat/sessions/{session}", json={"title": "No"}), 409, "class-closed")
        assert len(school.pages(here.ana, f"/chat/sessions/{session}/messages")) == 2


def test_a_shared_chat_is_read_by_who_may_read_and_shows_nothing_of_its_own_documents(school: School) -> None:
    with school.open():
        here = Classroom(school, members=2)
        other = here.members[1]
        session = here.begin()
        here.put("own.txt", ["Elastic collisions: my own notes say that kinetic energy is conserved."], session=UUID(session))
        here.put("mechanics.txt", PAGES)
        answer = here.asked(session)
        assert {one["filename"] for one in answer["context_used"]} == {"own.txt", "mechanics.txt"}
        refused(school.get(other, f"/chat/sessions/{session}/messages"), 404, "not-found")
        assert school.ask(here.ana, "PUT", f"/chat/sessions/{session}/sharing", json={"is_shared": True}).status_code == 200
        [shared] = school.pages(other, f"/chat/classes/{here.room.id}/shared")
        assert (shared["id"], shared["is_mine"], shared["owner_name"]) == (session, False, here.ana.display_name)
        shown = school.read(other, f"/chat/sessions/{session}/messages/{answer['id']}")["context_used"]
        told = {(one["filename"], one["is_available"], one["text"] is None) for one in shown}
        assert told == {("mechanics.txt", True, False), (None, False, True)}
        refused(here.ask(session, who=other), 404, "not-found")
        refused(school.get(other, f"/chat/sessions/{session}/messages/{answer['id']}/stream"), 404, "not-found")
        school.permit(here.room, other, can_read=False)
        refused(school.get(other, f"/chat/sessions/{session}/messages"), 404, "not-found")
        refused(school.get(other, f"/chat/classes/{here.room.id}/shared"), 403, "forbidden")
        school.ask(here.ana, "PUT", f"/chat/sessions/{session}/sharing", json={"is_shared": False})
        assert school.pages(here.ana, f"/chat/classes/{here.room.id}/shared") == []


def test_who_may_not_read_any_more_sees_their_answers_without_what_they_cite(school: School) -> None:
    with school.open():
        here = Classroom(school)
        here.put("mechanics.txt", PAGES)
        session = here.begin()
        answer = here.asked(session)
        school.permit(here.room, here.ana, can_read=False)
        shown = school.read(here.ana, f"/chat/sessions/{session}/messages/{answer['id']}")
        assert {(one["is_available"], one["text"], one["filename"]) for one in shown["context_used"]} == {(False, None, None)}
        again = here.asked(session)
        assert again["content"].startswith("Your documents don't say anything about this.")


def test_a_chat_is_exported_with_its_sources(school: School) -> None:
    with school.open():
        here = Classroom(school)
        here.put("mechanics.txt", PAGES)
        session = here.begin()
        here.asked(session)
        answer = school.get(here.ana, f"/chat/sessions/{session}/export")
        assert answer.headers["content-type"].startswith("text/markdown")
        assert answer.headers["content-disposition"] == 'attachment; filename="chat-2026-11-20.md"'
        lines = answer.text.splitlines()
        assert lines[0] == f"# {ELASTIC}"
        assert f"## {ELASTIC}" in lines
        assert "- [1] mechanics.txt, page 2" in lines


def test_an_answer_that_was_asked_for_again_is_exported_under_its_question(school: School) -> None:
    with school.open():
        here = Classroom(school)
        here.put("mechanics.txt", PAGES)
        session = here.begin()
        first = here.asked(session)
        here.asked(session, "Who bakes bread on Mars?")
        assert school.ask(here.ana, "POST", f"/chat/sessions/{session}/messages/{first['id']}/regenerate", json={}).status_code == 201
        text = school.get(here.ana, f"/chat/sessions/{session}/export").text
        assert text.count("- [1] mechanics.txt, page 2") == 1
        assert text.index("- [1] mechanics.txt, page 2") < text.index("## Who bakes bread on Mars?")


def test_ids_of_another_session_name_nothing(school: School) -> None:
    with school.open():
        here = Classroom(school)
        session, other = here.begin(), here.begin()
        answer = here.asked(session)
        for path in (f"{answer['id']}", f"{answer['id']}/stream"):
            refused(school.get(here.ana, f"/chat/sessions/{other}/messages/{path}"), 404, "not-found")
        for verb in ("regenerate", "stop"):
            refused(school.ask(here.ana, "POST", f"/chat/sessions/{other}/messages/{answer['id']}/{verb}", json={}), 404, "not-found")


def test_nobody_has_more_chats_in_a_class_than_they_may_and_a_deleted_one_makes_room(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decided, "MAX_SESSIONS", 2)
    room, _, (ana, bo) = school.with_members(2)
    first, *more = (OpenSession(new_id(), room.id, ana.id, "", "standard") for _ in range(3))
    school.post_now(first)
    school.post_now(more[0])
    with pytest.raises(TooManySessions):
        school.post_now(more[1])
    with pytest.raises(Missing):
        school.post_now(DeleteSession(first.session, room.id, bo.id))
    assert school.held(sessions(room.id, ana.id)) == 2, "another's chat isn't theirs to delete"
    school.post_now(DeleteSession(first.session, room.id, ana.id))
    school.post_now(more[1])
    assert (school.held(sessions(room.id, ana.id)), school.held(sessions(room.id, bo.id))) == (2, 0)
