"""The pot in a browser: a message, its price, a win that others see, and a round that the browser verifies by itself."""

from datetime import timedelta
from itertools import count
import re
from typing import Any

import orjson
from playwright.sync_api import Page, Route, expect
import pytest

from browser.community import Community
from browser.conftest import VisitAs
from browser.pot import Table, client_seed
from browser.test_access import violations
from laurels.identity.tables import Member
from laurels.products.pot.decisions import KeepReply, PauseMember
from laurels.products.pot.queries import PotNow, get_round, read_pot
from laurels.products.pot.rules import label_of, wins


def pot_of(community: Community) -> PotNow:
    """The pot as it is in the database."""
    with community.app.state.context.database.read.connect() as connection:
        return read_pot(connection)


def table_of(community: Community) -> Table:
    """Where messages are sent whose draws are known."""
    return Table(community.app.state.context, community.app.state.pot.seeds)


def send(page: Page, community: Community, who: Member, words: str, *, price: int, is_lucky: bool = False) -> None:
    """Write a message with a client seed that wins, or doesn't, and pay what the button says."""
    row = pot_of(community).row
    page.get_by_role("textbox", name="Your message").fill(words)
    page.get_by_text("Your part of the draw").click()
    page.get_by_label("Client seed").fill(client_seed(who, round=row.round, number=row.messages + 1, is_lucky=is_lucky))
    page.get_by_role("button", name=f"Send for {price} coins").click()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_member_chats_wins_and_verifies_the_round(visit: VisitAs, community: Community, scripts: bool) -> None:
    member = community.newcomer(f"Nia {'Script' if scripts else 'Plain'}")
    seen, watching = visit(member, width=390, height=844, java_script_enabled=scripts), visit(community.members[5])
    page, before = seen.page, pot_of(community).amount
    seen.open("/")
    page.get_by_role("link", name="Chat for the pot").click()
    watching.open("/pot")
    community.wait_until_followed(2 if scripts else 1)
    send(page, community, member, "Hello <b>there</b>", price=5)
    expect(page.locator("#talk")).to_contain_text("Hello <b>there</b>")
    expect(page.locator("#pot [data-pot]")).to_have_text(str(before + 5))
    expect(page.locator("#purse")).to_contain_text("95")
    expect(watching.page.locator("#pot [data-pot]")).to_have_text(str(before + 5))  # by itself
    if scripts:
        expect(page.get_by_role("textbox", name="Your message")).to_be_focused()
        expect(page.get_by_role("textbox", name="Your message")).to_have_value("")

    number = pot_of(community).row.round
    send(page, community, member, "And now?", price=10, is_lucky=True)
    win = page.get_by_role("region", name=f"The pot is yours: {before + 15} coins!")
    expect(win).to_be_visible()
    expect(win).to_be_focused()
    expect(win).to_contain_text(f"You have {100 + before} coins now")
    expect(page.get_by_role("button", name="Send for 15 coins")).to_be_visible()
    expect(watching.page.get_by_role("status").filter(has_text=f"{member.display_name} won the pot: {before + 15} coins.")).to_be_visible()
    expect(watching.page.locator("#wins")).to_contain_text(member.display_name)
    expect(watching.page.locator("#pot [data-pot]")).to_have_text("0")

    page.get_by_role("link", name="See that it was fair").click()
    expect(page).to_have_url(re.compile(f"/pot/rounds/{number}$"))
    if scripts:
        page.get_by_role("button", name="Verify in this browser").click()
        expect(page.locator("[data-verdict]")).to_have_text("All checks are OK: this round was drawn as promised.")
        expect(page.locator("[data-checks] li")).to_have_count(8)
        assert page.locator("[data-checks]").inner_text().count("OK") == 8
    # Leaving a page cuts what it was fetching.
    assert [one for one in seen.complaints + watching.complaints if "net::ERR_ABORTED" not in one] == []


def test_price_that_moved_is_told_before_it_is_paid(visit: VisitAs, community: Community) -> None:
    member = community.newcomer("Otto Twice")
    seen, row = visit(member), pot_of(community).row
    page = seen.page
    seen.open("/pot")
    elsewhere = client_seed(member, round=row.round, number=row.messages + 1, is_lucky=False)
    table_of(community).send(member, "From another window", elsewhere)
    send(page, community, member, "From this one", price=5)
    expect(page.get_by_role("alert")).to_contain_text("costs 10 now")
    expect(page.get_by_role("textbox", name="Your message")).to_have_value("From this one")
    page.get_by_role("button", name="Send for 10 coins").click()
    expect(page.locator("#talk")).to_contain_text("From this one")
    expect(page.locator("#purse")).to_contain_text("85")


def test_each_browser_fills_in_a_seed_of_its_own(visit: VisitAs, community: Community) -> None:
    found = []
    for scripts in (True, True, False):
        seen = visit(community.newcomer("Petra Seed"), java_script_enabled=scripts)
        seen.open("/pot")
        found.append(seen.page.locator("#client_seed").input_value())
    assert len(set(found)) == 3
    assert all(re.fullmatch("[0-9a-f]{16}", seed) for seed in found)


def losing_seed(proof: dict[str, Any]) -> str:
    """A client seed with which the draw that won would have lost."""
    last, seed, label = proof["draws"][-1], bytes.fromhex(proof["seed"]), label_of(proof["round"])
    texts = (f"other-{n}" for n in count())
    return next(text for text in texts if not wins(seed, label, last["number"], last["member"], text, ppm=last["ppm"]))


FORGERIES = {
    "price": ("Every price follows from the rules. (first at draw 2)", lambda proof: proof["draws"][1].update(price=1)),
    "chance": ("Every chance follows from the rules. (first at draw 1)", lambda proof: proof["draws"][0].update(ppm=1)),
    "client seed": ("Every draw is won or lost", lambda proof: proof["draws"][-1].update(client_seed=losing_seed(proof))),
    "gap": ("The draws are numbered without a gap", lambda proof: proof["draws"].pop(0)),
    "prize": ("The winner got what was in the pot", lambda proof: proof.update(amount=1)),
    "seed": ("The commitment is that of the revealed seed", lambda proof: proof.update(seed="00" * 32)),
    "rules": ("The rules have the hash", lambda proof: proof.update(params=proof["params"].replace('"step":5', '"step":6'))),
    "commitment": ("The commitment is the one on this page", lambda proof: proof.update(commitment="00" * 32)),
}


@pytest.mark.parametrize("part", FORGERIES)
def test_browser_finds_what_was_forged(visit: VisitAs, community: Community, part: str) -> None:
    sentence, forge = FORGERIES[part]

    def answer(route: Route) -> None:
        proof = orjson.loads(route.fetch().body())
        forge(proof)
        route.fulfill(json=proof)

    seen = visit(community.members[1])
    page = seen.page
    page.route("**/proof.json", answer)
    seen.open(community.path("/pot/rounds/{won}"))
    page.get_by_role("button", name="Verify in this browser").click()
    expect(page.locator("[data-verdict]")).to_contain_text("Something does not hold.")
    expect(page.locator("[data-checks] li").filter(has_text=sentence)).to_contain_text("Failed")


def test_win_moves_nothing_where_motion_is_reduced(visit: VisitAs, community: Community) -> None:
    winner = community.members[2]
    with community.app.state.context.database.read.connect() as connection:
        won = get_round(connection, community.pots.won).row.message
    seen = visit(winner)
    seen.open(f"/pot?won={won}")
    expect(seen.page.get_by_role("region", name="The pot is yours: 75 coins!")).to_be_focused()
    assert seen.page.evaluate("document.getAnimations().length") == 0
    expect(seen.page.locator(".rain")).to_be_hidden()


def test_reply_that_comes_later_takes_its_place_by_itself(visit: VisitAs, community: Community) -> None:
    member, row = community.newcomer("Vera Waits"), pot_of(community).row
    table = table_of(community)
    unlucky = client_seed(member, round=row.round, number=row.messages + 1, is_lucky=False)
    message = table.send(member, "Are you there?", unlucky, is_answered=False).message
    seen = visit(member)
    seen.open("/pot")
    expect(seen.page.locator("#talk")).to_contain_text("The bot is writing…")
    community.wait_until_followed(1)
    table.post(KeepReply(message, "I am, and I say so <i>late</i>."))
    expect(seen.page.locator("#talk")).to_contain_text("I am, and I say so <i>late</i>.")
    expect(seen.page.locator("#talk")).not_to_contain_text("The bot is writing…")


def test_older_messages_are_put_before_the_later(visit: VisitAs, community: Community) -> None:
    member, table = community.newcomer("Olga Long"), table_of(community)
    table.give(member, 2_000)
    for number in range(22):
        row = pot_of(community).row
        table.send(member, f"No. {number:02}", client_seed(member, round=row.round, number=row.messages + 1, is_lucky=False))
        community.clock.advance(timedelta(seconds=1))
    seen = visit(member, width=390)
    seen.open("/pot")
    own = seen.page.locator(".mine > .bubble")
    expect(own).to_have_count(20)
    expect(own.last).to_be_in_viewport()  # a chat begins at its end
    seen.page.get_by_role("link", name="Show older").click()
    expect(own).to_have_count(22)
    assert [re.sub(r"\D", "", text) for text in own.all_inner_texts()] == [f"{number:02}" for number in range(22)]
    expect(seen.page.get_by_role("link", name="Show older")).to_have_count(0)


def test_browser_that_cannot_compute_hashes_says_so(visit: VisitAs, community: Community) -> None:
    seen = visit(community.members[1])
    seen.page.add_init_script("Object.defineProperty(Crypto.prototype, 'subtle', {value: undefined})")
    seen.open(community.path("/pot/rounds/{won}"))
    expect(seen.page.get_by_text("This browser computes hashes on secure pages only (https).")).to_be_visible()
    expect(seen.page.get_by_role("button", name="Verify in this browser")).to_have_count(0)


@pytest.mark.parametrize("state", ["won", "refused", "paused", "poor", "verified"])
def test_every_state_is_for_everyone(visit: VisitAs, community: Community, state: str) -> None:
    member = community.members[2] if state == "won" else community.newcomer(f"Ivo {state.title()}")
    table, now = table_of(community), community.clock.now()
    if state == "paused":
        table.post(PauseMember(member.id, now + timedelta(days=7), now, community.app.state.context.settings.zone))
    if state == "poor":
        table.give(member, -97)
    seen = visit(member, width=320, with_axe=True)
    page = seen.page
    with community.app.state.context.database.read.connect() as connection:
        won = get_round(connection, community.pots.won).row.message
    seen.open({"won": f"/pot?won={won}", "verified": f"/pot/rounds/{community.pots.won}"}.get(state, "/pot"))
    if state == "refused":
        page.get_by_role("button", name="Send for 5 coins").click()
        expect(page.get_by_text("Write something first.")).to_be_visible()
        expect(page.get_by_role("textbox", name="Your message")).to_be_focused()
    if state == "verified":
        page.get_by_role("button", name="Verify in this browser").click()
        expect(page.locator("[data-verdict]")).to_contain_text("All checks are OK")
    for is_dark in (False, True):
        page.emulate_media(color_scheme="dark" if is_dark else "light", reduced_motion="reduce")
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
        assert violations(page) == []


def test_double_click_pays_once_and_shows_one_message(visit: VisitAs, community: Community) -> None:
    member, row = community.newcomer("Dora Double"), pot_of(community).row
    seen = visit(member)
    page = seen.page
    seen.open("/pot")
    page.get_by_role("textbox", name="Your message").fill("Once, please")
    page.get_by_text("Your part of the draw").click()
    page.get_by_label("Client seed").fill(client_seed(member, round=row.round, number=row.messages + 1, is_lucky=False))
    page.get_by_role("button", name="Send for 5 coins").dblclick()
    expect(page.get_by_role("button", name="Send for 10 coins")).to_be_visible()
    expect(page.locator(".mine > .bubble")).to_have_count(1)
    assert pot_of(community).row.messages == row.messages + 1
