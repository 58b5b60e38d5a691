"""A chat with documents in every state: for everyone, light, and still."""

from threading import Event

from playwright.sync_api import expect
import pytest

from browser.conftest import LookAs
from browser.lectures import QUESTION, Lectures, ask
from browser.test_access import violations
from browser.test_weight import FIRST_LOAD_BYTES, LAYOUT_SHIFT, OBSERVE_SHIFTS, WARM_BYTES, _weigh

WIDTHS = (320, 390, 1280)


@pytest.mark.parametrize("state", ["empty", "answered", "waiting", "refused", "failed", "opened", "shared"])
def test_every_state_is_for_everyone(look: LookAs, lectures: Lectures, state: str) -> None:
    who, goes_on = lectures.newcomer(f"Eve {state.title()}"), Event()
    table = "In **all** [1]:\n\n# Of energy\n\n| a | b |\n|---|--:|\n| 1 | 2 [2] |\n\n- one\n\n```\ncode = 1\n```\n\n> said"
    path = lectures.chat(who, *([] if state == "empty" else [table, "Again [1, 2]."]))
    seen = look(who, with_axe=True)
    page = seen.page
    if state == "refused":
        lectures.room.school.limit(lectures.room.room, who, weekly=10)
    if state == "waiting":
        lectures.server.say("Later", waits=goes_on)
    if state == "failed":
        lectures.server.fail(401, code="invalid_api_key")
    if state == "shared":
        lectures.room.school.ask(who, "PUT", f"/chat/sessions/{path.rpartition('/')[2]}/sharing", json={"is_shared": True})
        seen = look(lectures.room.ana, with_axe=True)
        page = seen.page
    seen.open(path)
    if state in ("waiting", "refused", "failed"):
        ask(page, QUESTION)
        shown = {"waiting": "[data-found] .source", "refused": "[role=alert]", "failed": ".notice.bad-tone"}[state]
        page.locator(shown).first.wait_for()
    if state == "opened":
        for summary in ("About this chat", "Delete this chat", "tokens left today"):
            page.get_by_text(summary).click()
        page.get_by_role("button", name="Helpful", exact=True).last.click()
        page.get_by_text("Say why").click()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, (width, scheme)
            assert violations(page) == [], (width, scheme)
    goes_on.set()


def test_nothing_moves_where_motion_is_reduced(look: LookAs, lectures: Lectures) -> None:
    who, goes_on = lectures.newcomer("Mo Still"), Event()
    seen, path = look(who), lectures.chat(who)
    lectures.server.say("Later", waits=goes_on)
    seen.open(path)
    ask(seen.page, QUESTION)
    expect(seen.page.locator("[data-waits]")).to_be_visible()
    assert seen.page.evaluate("document.getAnimations().length") == 0
    goes_on.set()


def test_chat_is_light(look: LookAs, lectures: Lectures) -> None:
    who = lectures.newcomer("Wim Light")
    seen, path = look(who, width=390), lectures.chat(who, *(["Energy is conserved, as the script says on its second page [1]. " * 8] * 4))
    weights = _weigh(seen.page)
    seen.open(path)
    seen.page.wait_for_function("() => document.fonts.status === 'loaded'")
    assert 30_000 < sum(weights) <= FIRST_LOAD_BYTES
    weights.clear()
    seen.open(path)
    assert 0 < sum(weights) <= WARM_BYTES


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_jumps_while_a_chat_loads(look: LookAs, lectures: Lectures, width: int) -> None:
    who = lectures.newcomer("Jo Jumps")
    seen, path = look(who, width=width), lectures.chat(who, *["Energy is conserved, as the script says on its second page [1]. " * 8] * 4)
    seen.page.add_init_script(OBSERVE_SHIFTS)
    seen.page.route("**/*.woff2", lambda route: (seen.page.wait_for_timeout(300), route.continue_()))
    seen.open(path)
    seen.page.wait_for_function("() => document.fonts.status === 'loaded'")
    seen.page.wait_for_timeout(200)
    assert seen.page.evaluate("window.shifts") <= LAYOUT_SHIFT
