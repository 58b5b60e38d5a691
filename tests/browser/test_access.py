"""Every page, for everyone: no axe violation, nothing wider than the window, a clean console."""

from collections.abc import Callable, Iterator
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page
import pytest

from browser.community import Community
from browser.conftest import Visit, VisitAs, open_context, open_window

LOOKS = ((320, "light"), (390, "dark"), (1280, "light"), (1280, "dark"))
"""Every width and every scheme. Colours don't depend on a phone's width: both of its widths in both schemes would find nothing more."""
LookAt = Callable[[str, str], None]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

STRANGERS = (
    "/sign-in",
    "/register",
    "/docs",
    "/docs/reference/loyalty-programs",
    "/docs/reference/progress-rules",
    "/docs/problems",
    "/nothing-here",
    "/share/{card}",
    "/share/no-such-card",
)
MEMBERS = (
    "/",
    "/recognition",
    "/recognition?text=recursion",
    "/recognition?text=nothing-like-it",
    "/recognition/{recognition}",
    "/leaderboard",
    "/leaderboard?month=2026-11",
    "/leaderboard?month=2026-01",
    "/rewards",
    "/rewards/redeem?credits=5",
    "/rewards/redeem?credits=999",
    "/statement",
    "/programs",
    "/programs/{program}",
    "/programs/{program}/rewards",
    "/programs/{program}/burn?reward_id={dinner}",
    "/programs/{program}/burn?points=200",
    "/programs/{program}/burn?points=99999",
    "/programs/{program}/burns",
    "/programs/{program}/burns/{reserved}",
    "/programs/{program}/burns/{fulfilled}",
    "/programs/{program}/history",
    "/programs/{program}/history?kind=earn&from=2026-11-01&to=2026-11-30&text=nothing-like-it",
    "/programs/{program}/lots",
    "/programs/{program}/leave",
    "/programs/{other}",
    "/progress",
    "/progress/activities",
    "/progress/activities?type=comment&topic=algebra&from=2026-11-01&to=2026-11-30",
    "/progress/activities?type=decay",
    "/progress/freeze",
    "/progress/quests",
    "/progress/quests?show=in_progress",
    "/progress/quests/{quest}",
    "/progress/quests/{ready}",
    "/progress/quests/{offered}",
    "/progress/boards",
    "/progress/boards/week",
    "/progress/boards/month?of=2026-10",
    "/progress/boards/season",
    "/progress/boards/topic?of=botany",
    "/progress/share",
    "/people/{runner}/progress",
    "/people/{member}/progress",
    "/people/{hidden}/progress",
    "/pot",
    "/pot/coins",
    "/pot/rounds",
    "/pot/rounds/{won}",
    "/pot/rounds/{reset}",
    "/pot/rounds/{current}",
    "/pot/rounds/999",
    "/study",
    "/study/join",
    "/study/join?code={class_code}",
    "/study/join?code=2222",
    "/study/usage",
    "/study/usage?days=7",
    "/study/classes/{joined_class}",
    "/study/classes/{joined_class}/documents",
    "/study/classes/{joined_class}/keys",
    "/study/classes/{joined_class}/leave",
    "/study/classes/{joined_class}/members",
    "/study/classes/{own_class}",
    "/study/classes/{own_class}/documents",
    "/study/classes/{own_class}/members",
    "/study/classes/{own_class}/members/{pupil}",
    "/study/classes/{own_class}/limits",
    "/study/classes/{own_class}/usage",
    "/study/classes/{own_class}/usage?days=90",
    "/study/classes/{own_class}/settings",
    "/study/classes/{archived_class}",
    "/study/classes/{archived_class}/members",
    "/study/classes/{archived_class}/limits",
    "/study/classes/{archived_class}/settings",
    "/account",
    "/account/delete",
    "/docs",
    "/docs/reference/recognition",
    "/nothing-here",
    "/console",
)
STAFF = (
    "/console",
    "/console/members",
    "/console/members/new",
    "/console/members/{member}",
    "/console/recognition",
    "/console/recognition?member=nobody",
    "/console/recognition/{recognition}/reverse",
    "/console/patterns",
    "/console/values",
    "/console/vouchers",
    "/console/ledger",
    "/console/audit",
    "/console/webhooks",
    "/console/programs",
    "/console/programs/new",
    "/console/programs/{program}",
    "/console/programs/{program}/rules",
    "/console/programs/{program}/rules/versions/1",
    "/console/programs/{program}/campaigns",
    "/console/programs/{program}/campaigns/new",
    "/console/programs/{program}/campaigns/{campaign}",
    "/console/programs/{program}/rewards",
    "/console/programs/{program}/rewards/new",
    "/console/programs/{program}/rewards/{dinner}",
    "/console/programs/{program}/members",
    "/console/programs/{program}/members?q=nobody",
    "/console/programs/{program}/members/{buyer}",
    "/console/programs/{program}/numbers",
    "/console/programs/{program}/keys",
    "/console/programs/{program}/webhooks",
    "/console/programs/{program}/webhooks/new",
    "/console/programs/{program}/settings",
    "/console/programs/{other}",
    "/console/programs/{other}/numbers",
    "/console/progress",
    "/console/progress/rules",
    "/console/progress/rules?preset=garden",
    "/console/progress/topics",
    "/console/progress/topics/algebra",
    "/console/progress/goals",
    "/console/progress/goals/new",
    "/console/progress/quests",
    "/console/progress/quests/{quest}",
    "/console/progress/badges/quiz-ten",
    "/console/progress/badges/new",
    "/console/progress/seasons",
    "/console/progress/seasons/new",
    "/console/progress/reactions",
    "/console/progress/reactions/daily_sign_in",
    "/console/progress/members?q=1",
    "/console/progress/members?q=nobody",
    "/console/progress/members/{runner}",
    "/console/pot",
    "/console/pot/rules",
    "/console/pot/coins",
    "/console/pot/coins?q=nobody",
    "/console/pot/coins/{member}",
    "/console/pot/reset",
    "/console/study",
    "/console/study?days=7",
)
NEWCOMERS = (
    "/",
    "/recognition",
    "/leaderboard",
    "/rewards",
    "/statement",
    "/programs",
    "/programs/{program}/history",
    "/progress",
    "/progress/activities",
    "/progress/freeze",
    "/progress/quests?show=done",
    "/progress/quests?show=over",
    "/progress/boards",
    "/progress/boards/week?of=2026-W01",
    "/progress/share",
    "/pot",
    "/pot/coins",
    "/study",
    "/study/usage",
    "/study/classes/{own_class}",
)


def violations(page: Page) -> list[str]:
    """What axe finds wrong with a page, for every element that it is wrong with."""
    found: dict[str, Any] = page.evaluate("rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES)
    return [f"{one['id']}: {node['target']} {node['failureSummary']}" for one in found["violations"] for node in one["nodes"]]


@pytest.fixture(scope="module")
def browsers(browser: Browser, community: Community) -> Iterator[dict[str, BrowserContext]]:
    """One for each who only looks: they needn't load the same files again for every page."""
    people = {"stranger": None, "member": community.members[1], "staff": community.staff, "newcomer": community.quiet}
    opened = {who: open_context(browser, community, member, with_axe=True) for who, member in people.items()}
    yield opened
    for context in opened.values():
        context.close()


@pytest.fixture
def look_at(browsers: dict[str, BrowserContext], community: Community) -> LookAt:
    """`look_at("member", "/programs")` checks a page in every look."""

    def look(who: str, path: str) -> None:
        seen = open_window(browsers[who], community)
        try:
            _look_at(seen, community.path(path))
        finally:
            seen.page.close()

    return look


def _look_at(seen: Visit, path: str) -> None:
    seen.page.set_viewport_size({"width": LOOKS[0][0], "height": 900})
    status = seen.open(path).status
    faults: list[str] = []
    for width, scheme in LOOKS:
        seen.page.set_viewport_size({"width": width, "height": 900})
        seen.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        too_wide = seen.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        faults += [f"{width} {scheme}: {too_wide} px too wide"] if too_wide > 0 else []
        faults += [f"{width} {scheme}: {fault}" for fault in violations(seen.page)]
    assert faults == []
    assert status < 500
    # A browser reports a page's own 4xx as an error of the console: that one is meant.
    assert [said for said in seen.complaints if not (status >= 400 and f"status of {status}" in said)] == []


@pytest.mark.parametrize("path", STRANGERS)
def test_page_for_strangers_is_for_everyone(look_at: LookAt, path: str) -> None:
    look_at("stranger", path)


@pytest.mark.parametrize("path", MEMBERS)
def test_page_for_members_is_for_everyone(look_at: LookAt, path: str) -> None:
    look_at("member", path)


@pytest.mark.parametrize("path", STAFF)
def test_page_for_staff_is_for_everyone(look_at: LookAt, path: str) -> None:
    look_at("staff", path)


@pytest.mark.parametrize("path", NEWCOMERS)
def test_page_with_nothing_on_it_yet_is_for_everyone(look_at: LookAt, path: str) -> None:
    look_at("newcomer", path)


def test_refused_form_is_for_everyone(visit: VisitAs, community: Community) -> None:
    seen = visit(community.members[1], width=390, with_axe=True)
    seen.open("/recognition")
    seen.page.get_by_role("button", name="Give credits").click()
    seen.page.get_by_text("Type a name or a student id.").wait_for()
    assert violations(seen.page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_celebration_and_refused_claim_are_for_everyone(visit: VisitAs, community: Community, scheme: str) -> None:
    seen = visit(community.members[1], width=320, with_axe=True, color_scheme=scheme)
    shown = f"{community.members[1].id}.0.1"
    seen.page.context.add_cookies([{"name": "laurels_reached", "value": shown, "url": f"{community.address}/progress"}])
    seen.open("/progress")
    seen.page.get_by_role("heading", name="You are").wait_for()
    assert seen.page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    assert violations(seen.page) == []
    seen.page.get_by_role("spinbutton", name="Points").fill("0")
    seen.page.get_by_role("button", name="Add it").click()
    seen.page.get_by_text("Type whole points").wait_for()
    assert violations(seen.page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_unfolded_reference_is_for_everyone(visit: VisitAs, scheme: str) -> None:
    seen = visit(None, width=320, with_axe=True, color_scheme=scheme)
    seen.open("/docs/reference/loyalty-programs")
    assert seen.page.evaluate("[...document.querySelectorAll('details')].map(one => one.open = true).length") > 40
    assert seen.page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    assert violations(seen.page) == []


@pytest.mark.parametrize(
    "path", ["/", "/recognition", "/rewards", "/programs", "/progress", "/progress/boards", "/console/members", "/docs"]
)
def test_page_in_spanish_is_for_everyone(visit: VisitAs, community: Community, path: str) -> None:
    spanish = community.newcomer("Lucía Gómez", locale="es", role="staff")
    seen = visit(spanish, width=320, with_axe=True)
    seen.open(path)
    assert seen.page.evaluate("document.documentElement.lang") == "es"
    assert seen.page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    assert violations(seen.page) == []
