"""A chat, as a browser without scripts asks for it, and the parts that a script asks for."""

from html import unescape
import re
from threading import Event

import httpx
import pytest

from products.recognition.paper import errors_in
from products.study.chat_paper import answer_of, begin, key, said
from products.study.classroom import ELASTIC, PAGES, Classroom
from products.study.conftest import OpenPages
from support.openai_server import OpenAIServer

pytestmark = pytest.mark.any_database


def test_first_question_begins_a_chat_that_is_named_after_it(here: Classroom, papers: OpenPages) -> None:
    browser = papers(here.ana)
    fields = {"content": ELASTIC, **key()}
    first, again = (browser.post(f"/study/classes/{here.room.id}/chats", **fields) for _ in range(2))
    assert first.status_code == again.status_code == 303
    assert first.headers["location"] == again.headers["location"], "sent twice, it is begun once"
    page = browser.get(first.headers["location"])
    assert f'<h1 id="chat-title">{ELASTIC}</h1>' in page.text
    assert "In an elastic collision kinetic energy is conserved as well." in said(page)
    assert "No AI model is set here" in said(page)
    assert len(here.messages()) == 2


def test_citation_leads_to_the_words_beside_and_on_to_the_page(here: Classroom, papers: OpenPages) -> None:
    page = papers(here.ana).get(begin(here, papers(here.ana)))
    cited, place = here.citations()[0], here.answers()[0].id
    assert f'<a class="cite" href="#source-{place}-1" aria-label="Source 1">1</a>' in page.text
    card = page.text[page.text.index(f'id="source-{place}-1"') :]
    assert f'href="/study/documents/{cited.document}/pages/2?from={cited.start}&amp;to={cited.end}"' in card
    assert "mechanics.txt" in card
    assert f'<blockquote dir="auto">{PAGES[1]}</blockquote>' in card


def test_citation_of_a_deleted_document_leads_nowhere(here: Classroom, papers: OpenPages) -> None:
    browser = papers(here.ana)
    path = begin(here, browser)
    here.take_away(here.citations()[0].document)
    page = browser.get(path)
    assert "This document was deleted, or isn't yours to read." in page.text.replace("&#39;", "'")
    assert "/study/documents/" not in page.text.split("<template")[0]
    assert "mechanics.txt" not in page.text


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("  ", "Write a question first."),
        ("x" * 8_001, "That is too long. 8,000 characters are the most."),
        ("a\x07b", "Send text without control characters."),
    ],
)
def test_wrong_question_is_told_beside_its_field_and_begins_nothing(here: Classroom, papers: OpenPages, typed: str, problem: str) -> None:
    browser, path = papers(here.ana), f"/study/chats/{here.begin()}"
    for answer in (
        browser.post(f"/study/classes/{here.room.id}/chats", content=typed, **key()),
        browser.post(f"{path}/messages", content=typed, **key()),
        browser.post(f"{path}/messages", scripted=True, content=typed, **key()),
    ):
        assert answer.status_code == 422
        assert errors_in(answer) == {"content": problem}
    assert here.messages() == []
    assert browser.get(f"/study/classes/{here.room.id}").text.count('href="/study/chats/') == 1


def test_script_gets_the_question_in_its_place_and_an_empty_form(here: Classroom, papers: OpenPages) -> None:
    browser, session = papers(here.ana), here.begin()
    answer = browser.post(f"/study/chats/{session}/messages", scripted=True, content="Light <b>bends</b> at glass: refraction?", **key())
    assert answer.status_code == 200
    assert re.findall('hx-target="#([a-z-]+)" hx-swap="([A-Za-z]+)"', answer.text) == [
        ("nothing-yet", "delete"),
        ("talk", "beforeend"),
        ("chat-title", "innerHTML"),
    ]
    assert "Light &lt;b&gt;bends&lt;/b&gt; at glass: refraction?" in answer.text
    assert "Light bends where it enters glass" in said(answer), "quotes are there at once"
    assert "data-stream" not in answer.text


def test_model_is_followed_by_script_and_its_words_can_do_nothing(modelled: tuple[Classroom, OpenAIServer], papers: OpenPages) -> None:
    here, server = modelled
    goes_on = Event()
    server.say(
        "Kinetic energy [1]. <img src=x onerror=alert(1)> ![x](https://evil.example/p.png) [out](https://evil.example)", waits=goes_on
    )
    browser, session = papers(here.ana), here.begin()
    asked = browser.post(f"/study/chats/{session}/messages", scripted=True, content=ELASTIC, **key())
    answer = answer_of(here)
    assert f'data-stream="/api/v1/chat/sessions/{session}/messages/{answer}/stream"' in asked.text
    assert "Looking through the documents…" in said(asked)
    waiting = browser.get(f"/study/chats/{session}")
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in waiting.text
    assert browser.get(f"/study/chats/{session}/messages/{answer}", scripted=True).text.count("data-stream") == 1
    goes_on.set()
    here.follow(session, str(answer))
    shown = browser.get(f"/study/chats/{session}/messages/{answer}", scripted=True).text
    words = shown[shown.index('<div class="words md"') : shown.index('<div class="after"')]
    assert "&lt;img src=x onerror=alert(1)&gt; x out" in words
    assert re.findall("<(?!/)([a-z]+)", words) == ["div", "p", "a"], "nothing but the citation is an element"
    assert 'hx-target="#tokens"' in shown
    assert "gpt-4o-mini-2024-07-18 · 0 s" in said(httpx.Response(200, text=shown))


def test_without_scripts_the_answer_is_waited_for(modelled: tuple[Classroom, OpenAIServer], papers: OpenPages) -> None:
    here, server = modelled
    server.say("Kinetic energy [1].")
    browser, session = papers(here.ana), here.begin()
    answer = browser.post(f"/study/chats/{session}/messages", content=ELASTIC, **key())
    question = here.messages()[0].id
    assert (answer.status_code, answer.headers["location"]) == (303, f"/study/chats/{session}#turn-{question}")
    page = browser.get(f"/study/chats/{session}")
    assert "Kinetic energy 1 ." in said(page)
    assert "refresh" not in page.text.split("</head>")[0]


def test_stopping_keeps_what_came(modelled: tuple[Classroom, OpenAIServer], papers: OpenPages) -> None:
    here, server = modelled
    server.say("Kinetic energy, and so on", hangs=True)
    browser, session = papers(here.ana), here.begin()
    browser.post(f"/study/chats/{session}/messages", scripted=True, content=ELASTIC, **key())
    answer = str(answer_of(here))
    with here.streaming(here.ana, "GET", f"/chat/sessions/{session}/messages/{answer}/stream") as lines:
        next(line for line in lines if line == "event: delta")
    stopped = browser.post(f"/study/chats/{session}/messages/{answer}/stop")
    assert (stopped.status_code, stopped.headers["location"]) == (303, f"/study/chats/{session}")
    assert "Stopped" in said(browser.get(f"/study/chats/{session}"))
    browser.post(f"/study/chats/{session}/messages/{answer}/stop")
    assert "This answer is finished." in browser.told(f"/study/chats/{session}")


def test_failed_answer_says_why_and_can_be_asked_again(modelled: tuple[Classroom, OpenAIServer], papers: OpenPages) -> None:
    here, server = modelled
    server.fail(401, code="invalid_api_key")
    server.say("Now it is there [1].")
    browser, session = papers(here.ana), here.begin()
    browser.post(f"/study/chats/{session}/messages", content=ELASTIC, **key())
    page = browser.get(f"/study/chats/{session}")
    assert "The AI model gave no whole answer" in said(page)
    assert "Helpful" not in said(page)
    again = browser.post(f"/study/chats/{session}/messages/{answer_of(here)}/regenerate", **key())
    assert again.status_code == 303
    page = browser.get(f"/study/chats/{session}")
    assert "Now it is there" in said(page)
    assert "1 earlier answer" in said(page)


def test_asking_again_folds_the_earlier_answer(here: Classroom, papers: OpenPages) -> None:
    browser = papers(here.ana)
    path = begin(here, browser)
    answer = browser.post(f"{path}/messages/{answer_of(here)}/regenerate", scripted=True, **key())
    assert answer.status_code == 200
    assert "1 earlier answer" in said(answer)
    assert [row.is_replaced for row in here.answers()] == [True, False]


def test_used_up_tokens_say_when_they_come_again_and_keep_the_words(modelled: tuple[Classroom, OpenAIServer], papers: OpenPages) -> None:
    here, _ = modelled
    here.school.limit(here.room, here.ana, weekly=10)
    browser, session = papers(here.ana), here.begin()
    for scripted in (True, False):
        answer = browser.post(f"/study/chats/{session}/messages", scripted=scripted, content="My words", **key())
        assert answer.status_code == 409
        assert "0 of the week's 10 tokens are used or set aside, and this question may take" in said(answer)
        assert 'It begins anew on <time datetime="2026-11-22T23:00:00+00:00">' in answer.text
        assert ">\nMy words</textarea>" in answer.text
    begun = browser.post(f"/study/classes/{here.room.id}/chats", content="My words", **key())
    assert (begun.status_code, ">\nMy words</textarea>" in begun.text) == (409, True)
    assert browser.get(f"/study/classes/{here.room.id}").text.count('href="/study/chats/') == 1, "of a refused first question nothing stays"


def test_meter_tells_what_is_left_and_when_it_comes_again(modelled: tuple[Classroom, OpenAIServer], papers: OpenPages) -> None:
    here, _ = modelled
    here.school.limit(here.room, here.ana, daily=0)
    browser, session = papers(here.ana), here.begin()
    assert "The day's tokens are used up. They begin anew on Nov 20, 2026" in said(browser.get(f"/study/chats/{session}"))
    here.school.limit(here.room, here.ana, daily=900_000)
    assert "900K tokens left today, 5M this week, 15M this month" in said(browser.get(f"/study/chats/{session}"))
    here.school.sponsor(here.room, here.ana)
    assert f"{here.owner.display_name} pays first, up to:" in said(browser.get(f"/study/chats/{session}/tokens", scripted=True))


def test_too_many_at_once_are_told_to_wait(modelled: tuple[Classroom, OpenAIServer], papers: OpenPages) -> None:
    here, server = modelled
    here.school.permit(here.room, here.ana, max_concurrent_chats=1)
    goes_on = Event()
    server.say("Later", waits=goes_on)
    browser, session = papers(here.ana), here.begin()
    browser.post(f"/study/chats/{session}/messages", scripted=True, content=ELASTIC, **key())
    answer = browser.post(f"/study/chats/{session}/messages", scripted=True, content="And this?", **key())
    assert answer.status_code == 429
    assert "1 of your questions are being answered" in said(answer)
    goes_on.set()


def test_older_questions_come_by_pages(here: Classroom, papers: OpenPages) -> None:
    browser, session = papers(here.ana), here.begin()
    for number in range(22):
        here.asked(session, f"Question {number:02} of refraction")
    page = browser.get(f"/study/chats/{session}")
    asked = re.findall(r"Question (\d\d)", said(httpx.Response(200, text=page.text.split('<ol class="turns" id="talk">')[1])))
    assert asked == [f"{number:02}" for number in range(2, 22)]
    older = re.search(r'href="(/study/chats/[^"]+cursor=[^"]+)"', page.text)
    assert older is not None
    part = browser.get(unescape(older[1]), scripted=True)
    assert re.findall(r'class="bubble" dir="auto">Question (\d\d)', part.text) == ["00", "01"]
    whole = browser.get(unescape(older[1]))
    assert "Back to the latest" in said(whole)
    assert 'id="composer"' not in whole.text
