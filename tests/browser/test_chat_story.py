"""A chat with documents in a browser: an answer as it is written, its sources beside it, stopping, limits, and who else may read."""

import re
from threading import Event

from playwright.sync_api import Dialog, expect
import pytest

from browser.conftest import LookAs, Visit
from browser.lectures import QUESTION, SCRIPT, Lectures, ask

HOSTILE = "<img src=x onerror=alert(1)> <script>alert(2)</script> ![x](https://evil.example/p.png) [out](javascript:alert(3)) [1]"


def of_importance(seen: Visit) -> list[str]:
    """What a browser complained of; leaving a page cuts what it was fetching."""
    return [one for one in seen.complaints if "net::ERR_ABORTED" not in one]


def test_member_asks_sees_the_sources_then_the_answer_and_opens_the_page(look: LookAs, lectures: Lectures) -> None:
    seen, goes_on = look(lectures.newcomer("Ada Reyes")), Event()
    page, server = seen.page, lectures.server
    server.say("**Kinetic energy** is conserved [1], ", "and momentum is, as well [2].", waits=goes_on)
    seen.open(f"/study/classes/{lectures.room.room.id}")
    page.get_by_role("textbox", name="Your question").fill(QUESTION)
    page.get_by_role("button", name="Begin a chat").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(QUESTION)
    expect(page.get_by_text("Looking through the documents…")).to_be_visible()
    found = page.locator("[data-found] .source").first
    expect(found).to_contain_text("mechanics-lecture-notes.pdf")
    expect(found).to_contain_text(SCRIPT[1])
    expect(found).to_be_visible()
    goes_on.set()
    words = page.locator(".words.md")
    expect(words).to_have_text("Kinetic energy is conserved 1, and momentum is, as well 2.")
    expect(words.locator("strong")).to_have_text("Kinetic energy")
    expect(page.locator("#spoken")).to_contain_text("Kinetic energy is conserved [1], and momentum is, as well [2].")
    expect(page.get_by_text("Looking through the documents…")).to_have_count(0)

    words.get_by_role("link", name="Source 1").click()
    card = page.locator(".source:target")
    expect(card).to_be_in_viewport()
    card.get_by_role("link").click()
    expect(page).to_have_url(re.compile(r"/study/documents/.+/pages/2\?from=\d+&to=\d+$"))
    expect(page.locator("mark")).to_contain_text("In an elastic collision kinetic energy is conserved as well.")
    assert of_importance(seen) == []


def test_answer_is_stopped_and_what_came_stays(look: LookAs, lectures: Lectures) -> None:
    who = lectures.newcomer("Stan Stops")
    seen, path = look(who), lectures.chat(who)
    page = seen.page
    lectures.server.say("Kinetic energy, and then a lot more", hangs=True)
    seen.open(path)
    ask(page, QUESTION)
    expect(page.locator("[data-words]")).to_have_text("Kinetic energy, and then a lot more")
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".reply")).to_contain_text("Stopped")
    expect(page.locator(".words.md")).to_have_text("Kinetic energy, and then a lot more")
    expect(page.get_by_role("textbox", name="Your question")).to_be_focused()
    assert of_importance(seen) == []


def test_page_that_is_loaded_again_goes_on_with_the_answer(look: LookAs, lectures: Lectures) -> None:
    who, goes_on = lectures.newcomer("Rita Reload"), Event()
    seen, path = look(who), lectures.chat(who)
    page = seen.page
    lectures.server.say("All of it [1].", waits=goes_on)
    seen.open(path)
    ask(page, QUESTION)
    expect(page.locator("[data-found] .source").first).to_be_visible()
    seen.open(path)
    beside = look(who)
    beside.open(path)
    for window in (page, beside.page):
        expect(window.locator("[data-found] .source").first).to_be_visible()
    goes_on.set()
    for window in (page, beside.page):
        expect(window.locator(".words.md")).to_have_text("All of it 1.")
        expect(window.locator(".mine > .bubble")).to_have_count(1)
    assert of_importance(seen) + of_importance(beside) == []


def test_lost_connection_begins_the_answer_anew(look: LookAs, lectures: Lectures) -> None:
    who, goes_on = lectures.newcomer("Lola Lost"), Event()
    seen, path = look(who), lectures.chat(who)
    page = seen.page
    lectures.server.say("Whole, in spite of all [1].", waits=goes_on)
    cut = iter([True])
    page.route("**/stream", lambda route: route.abort() if next(cut, False) else route.fallback())
    seen.open(path)
    ask(page, QUESTION)
    expect(page.locator("[data-found] .source").first).to_be_visible()
    goes_on.set()
    expect(page.locator(".words.md")).to_have_text("Whole, in spite of all 1.")


def test_offline_words_stay_and_are_sent_later(look: LookAs, lectures: Lectures) -> None:
    who = lectures.newcomer("Otis Offline")
    seen, path = look(who), lectures.chat(who)
    page = seen.page
    seen.open(path)
    page.context.set_offline(True)
    ask(page, "What is conserved, are you there?")
    expect(page.get_by_text("You are offline.")).to_be_visible()
    expect(page.get_by_role("textbox", name="Your question")).to_have_value("What is conserved, are you there?")
    page.context.set_offline(False)
    expect(page.get_by_text("You are offline.")).to_be_hidden()
    lectures.server.say("I am [1].")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator(".words.md")).to_have_text("I am 1.")
    expect(page.locator(".mine > .bubble")).to_have_count(1)


def test_keys_send_and_break_lines(look: LookAs, lectures: Lectures) -> None:
    who = lectures.newcomer("Kim Keys")
    seen, path = look(who), lectures.chat(who)
    page = seen.page
    seen.open(path)
    field = page.get_by_role("textbox", name="Your question")
    expect(field).to_be_focused()
    field.press("Enter")
    expect(page.locator(".mine > .bubble")).to_have_count(0)
    field.press_sequentially("What is")
    field.press("Shift+Enter")
    field.press_sequentially("conserved?")
    lectures.server.say("Momentum [1].")
    field.press("Enter")
    expect(page.locator(".mine > .bubble")).to_have_text("What is\nconserved?")
    expect(page.locator(".words.md")).to_have_text("Momentum 1.")
    expect(page.get_by_role("textbox", name="Your question")).to_have_value("")


def test_used_up_tokens_are_told_with_what_to_do_and_words_stay(look: LookAs, lectures: Lectures) -> None:
    who = lectures.newcomer("Tess Tokens")
    seen, path = look(who, width=390), lectures.chat(who)
    lectures.room.school.limit(lectures.room.room, who, daily=10)
    seen.open(path)
    ask(seen.page, "What is conserved?")
    told = seen.page.get_by_role("alert")
    expect(told).to_contain_text("of the day's 10 tokens are used or set aside")
    expect(told).to_contain_text("It begins anew on Nov 20, 2026")
    expect(told.get_by_role("link", name="See your tokens")).to_be_visible()
    expect(seen.page.get_by_role("textbox", name="Your question")).to_have_value("What is conserved?")


def test_failed_answer_says_why_and_another_is_asked_for(look: LookAs, lectures: Lectures) -> None:
    who = lectures.newcomer("Fay Fails")
    seen, path = look(who), lectures.chat(who)
    page = seen.page
    seen.open(path)
    lectures.server.fail(401, code="invalid_api_key")
    ask(page, QUESTION)
    expect(page.locator(".reply")).to_contain_text("The AI model gave no whole answer")
    lectures.server.say("Here it is [1].")
    page.get_by_role("button", name="Ask again").click()
    expect(page.locator(".answer > .words.md")).to_have_text("Here it is 1.")
    page.get_by_text("1 earlier answer").click()
    expect(page.get_by_text("It had no words.")).to_be_visible()


def test_owner_rates_names_shares_takes_along_and_deletes(look: LookAs, lectures: Lectures) -> None:
    who = lectures.newcomer("Olga Owner")
    seen, other, path = look(who), look(lectures.room.ana), lectures.chat(who, "Energy [1].")
    page = seen.page
    seen.open(path)
    page.get_by_role("button", name="Not helpful").click()
    expect(page.get_by_role("button", name="Not helpful")).to_have_attribute("aria-pressed", "true")
    page.get_by_text("Say why").click()
    page.get_by_role("textbox", name="Remark").fill("It is about inelastic ones.")
    page.get_by_role("button", name="Save the remark").click()
    expect(page.get_by_text("Your remark")).to_be_visible()

    page.get_by_text("About this chat").click()
    page.get_by_role("textbox", name="Title").fill("Collisions")
    page.get_by_role("button", name="Rename").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Collisions")

    page.get_by_role("switch", name="Shared with the class").click()
    expect(page.get_by_role("switch", name="Shared with the class")).to_have_attribute("aria-checked", "true")
    other.open(path)
    expect(other.page.locator(".words.md")).to_have_text("Energy 1.")
    expect(other.page.get_by_text("Shared by Olga Owner.")).to_be_visible()
    expect(other.page.get_by_role("textbox", name="Your question")).to_have_count(0)

    page.get_by_text("About this chat").click()
    with page.expect_download() as taken:
        page.get_by_role("link", name="Export as Markdown").click()
    assert taken.value.suggested_filename.endswith(".md")
    page.get_by_text("Delete this chat").click()
    page.get_by_role("button", name="Delete for good").click()
    expect(page).to_have_url(re.compile("/study/classes/"))
    response = other.open(path)
    assert response.status == 404


def test_hostile_answer_does_nothing(look: LookAs, lectures: Lectures) -> None:
    who = lectures.newcomer("Hana Hostile")
    seen, path = look(who), lectures.chat(who)
    page = seen.page
    dialogs: list[Dialog] = []
    asked: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog), dialog.dismiss()))
    page.on("request", lambda request: asked.append(request.url))
    lectures.server.say(HOSTILE)
    seen.open(path)
    ask(page, "<b>Break</b> it")
    expect(page.locator(".words.md")).to_contain_text("<script>alert(2)</script>")
    assert page.locator(".words.md :is(img, script, iframe, a:not(.cite))").count() == 0
    assert (dialogs, [url for url in asked if not url.startswith(lectures.address)]) == ([], [])
    assert of_importance(seen) == []


def test_phone_folds_the_sources_and_a_citation_opens_them(look: LookAs, lectures: Lectures) -> None:
    who = lectures.newcomer("Phil Phone")
    seen, path = look(who, width=390, height=844), lectures.chat(who, "Energy [1].")
    page = seen.page
    seen.open(path)
    card = page.locator(".source").first
    expect(card).to_be_hidden()
    page.get_by_role("link", name="Source 1").click()
    expect(card).to_be_in_viewport()
    card.get_by_role("link").click()
    expect(page.locator("mark")).to_contain_text("In an elastic collision")


@pytest.mark.parametrize("width", [390, 1280])
def test_without_scripts_everything_is_there(look: LookAs, lectures: Lectures, width: int) -> None:
    who = lectures.newcomer("Nora Plain")
    seen, path = look(who, width=width, java_script_enabled=False), lectures.chat(who)
    page = seen.page
    seen.open(path)
    lectures.server.say("Energy [1].")
    ask(page, QUESTION)
    expect(page.locator(".words.md")).to_have_text("Energy 1.")
    page.get_by_role("button", name="Helpful", exact=True).click()
    expect(page.get_by_role("button", name="Helpful", exact=True)).to_have_attribute("aria-pressed", "true")
    page.get_by_role("switch", name="Shared with the class").click()
    expect(page.get_by_role("status").filter(has_text="The class may read this chat now.")).to_be_visible()
