"""What owners do with a chat beside asking, and who else may read it: as a browser without scripts asks for it."""

from threading import Event

import pytest

from products.recognition.paper import errors_in
from products.study.chat_paper import answer_of, begin, key, said
from products.study.classroom import ELASTIC, Classroom
from products.study.conftest import OpenPages
from support.openai_server import OpenAIServer

pytestmark = pytest.mark.any_database


def test_feedback_is_noted_taken_back_and_explained(here: Classroom, papers: OpenPages) -> None:
    browser = papers(here.ana)
    path = begin(here, browser)
    at = f"{path}/messages/{answer_of(here)}/feedback"
    noted = browser.post(at, scripted=True, rating="-1")
    assert 'value="" aria-pressed="true"' in noted.text
    browser.post(at, rating="-1", note="It is about <i>inelastic</i> ones.")
    assert (here.answers()[0].rating, here.answers()[0].note) == (-1, "It is about <i>inelastic</i> ones.")
    assert "It is about &lt;i&gt;inelastic&lt;/i&gt; ones.</textarea>" in browser.get(path).text
    long = browser.post(at, scripted=True, rating="1", note="x" * 1_001)
    assert (long.status_code, "That is too long. 1,000 characters are the most." in long.text) == (422, True)
    browser.post(at, rating="")
    assert (here.answers()[0].rating, here.answers()[0].note) == (None, None)


def test_title_can_be_changed(here: Classroom, papers: OpenPages) -> None:
    browser = papers(here.ana)
    path = begin(here, browser)
    browser.post(f"{path}/rename", title="Energy & momentum")
    assert '<h1 id="chat-title">Energy &amp; momentum</h1>' in browser.get(path).text
    wrong = browser.post(f"{path}/rename", title=" ")
    assert wrong.status_code == 422
    assert "title" in errors_in(wrong)
    assert '<details class="card fold-card" id="about" open>' in wrong.text


def test_shared_chat_is_read_by_its_class_and_by_nobody_else(here: Classroom, papers: OpenPages) -> None:
    browser, other, outsider = papers(here.ana), papers(here.members[1]), papers(here.school.make_member())
    path = begin(here, browser)
    assert other.get(path).status_code == 404
    switched = browser.post(f"{path}/sharing", scripted=True, is_shared="true")
    assert 'role="switch" aria-checked="true"' in switched.text
    page = other.get(path)
    assert page.status_code == 200
    assert f"Shared by {here.ana.display_name}." in said(page)
    for part in ('id="composer"', "/regenerate", "/feedback", "/delete", 'role="switch"'):
        assert part not in page.text
    assert outsider.get(path).status_code == 404
    for part in ("messages", "rename", "sharing", "delete"):
        assert other.post(f"{path}/{part}", title="Mine", content="Mine", **key()).status_code == 404
    browser.post(f"{path}/sharing", is_shared="false")
    assert other.get(path).status_code == 404


def test_answer_on_its_way_is_looked_for_by_whom_it_is_shared_with(modelled: tuple[Classroom, OpenAIServer], papers: OpenPages) -> None:
    here, server = modelled
    goes_on = Event()
    server.say("Later [1].", waits=goes_on)
    browser, other, session = papers(here.ana), papers(here.members[1]), here.begin()
    path = f"/study/chats/{session}"
    browser.post(f"{path}/sharing", is_shared="true")
    browser.post(f"{path}/messages", scripted=True, content=ELASTIC, **key())
    page = other.get(path)
    assert 'hx-trigger="every 4s"' in page.text
    assert "data-stream" not in page.text, "an answer's stream is its asker's alone"
    goes_on.set()
    here.follow(session, str(answer_of(here)))
    part = other.get(f"{path}/messages/{answer_of(here)}", scripted=True)
    assert "Later 1 ." in said(part)
    assert 'id="tokens"' not in part.text


def test_deleted_chat_is_gone(here: Classroom, papers: OpenPages) -> None:
    browser = papers(here.ana)
    path = begin(here, browser)
    assert "are deleted for good" in said(browser.get(path))
    answer = browser.post(f"{path}/delete")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/study/classes/{here.room.id}")
    assert browser.get(path).status_code == 404
    assert here.messages() == []


def test_who_may_not_ask_reads(here: Classroom, papers: OpenPages) -> None:
    browser = papers(here.ana)
    path = begin(here, browser)
    here.school.permit(here.room, here.ana, can_chat=False)
    page = browser.get(path)
    assert "You may read here, and not ask." in said(page)
    assert 'id="composer"' not in page.text
    assert browser.post(f"{path}/messages", content="Still?", **key()).status_code == 403


def test_archived_class_is_read_only(here: Classroom, papers: OpenPages) -> None:
    browser = papers(here.ana)
    path = begin(here, browser)
    here.school.archive(here.room)
    page = browser.get(path)
    assert "This class is archived" in said(page)
    assert 'id="composer"' not in page.text
    assert browser.post(f"{path}/messages", content="Still?", **key()).status_code == 409
    browser.post(f"{path}/sharing", is_shared="true")
    assert "This class is archived" in browser.told(path)
