"""What a page costs: bytes over the wire, and lines that jump while it loads."""

from typing import Any

from playwright.sync_api import Page
import pytest

from browser.community import Community
from browser.conftest import VisitAs

FIRST_LOAD_BYTES = 80 * 1024
WARM_BYTES = 10 * 1024
LAYOUT_SHIFT = 0.02

OBSERVE_SHIFTS = """
window.shifts = 0;
new PerformanceObserver(list => { for (const one of list.getEntries()) if (!one.hadRecentInput) window.shifts += one.value; })
  .observe({type: "layout-shift", buffered: true});
"""


def _weigh(page: Page) -> list[int]:
    """Collects the bytes of each answer, headers included, as they came over the wire."""
    weights: list[int] = []
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")

    def note(finished: dict[str, Any]) -> None:
        weights.append(int(finished["encodedDataLength"]))

    session.on("Network.loadingFinished", note)
    return weights


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/recognition",
        "/leaderboard",
        "/rewards",
        "/programs/{program}",
        "/programs/{program}/rewards",
        "/progress",
        "/progress/quests",
        "/progress/boards",
        "/progress/share",
        "/share/{card}",
        "/pot",
        "/pot/coins",
        "/pot/rounds/{won}",
        "/study",
        "/study/usage",
        "/study/classes/{own_class}",
        "/study/classes/{own_class}/limits",
        "/study/classes/{own_class}/usage",
        "/console/study",
        "/console/programs/{program}/rules",
        "/console/programs/{program}/numbers",
        "/console/progress",
        "/console/progress/rules",
        "/console/pot",
        "/console/pot/rules",
        "/console",
        "/docs",
        "/docs/reference/loyalty-programs",
        "/docs/reference/progress-rules",
        "/docs/problems",
    ],
)
def test_first_load_and_the_next_page_are_light(visit: VisitAs, community: Community, path: str) -> None:
    seen = visit(community.members[1] if path.startswith("/study") else community.staff, width=390)  # staff are in no class
    weights = _weigh(seen.page)
    seen.open(community.path(path))
    seen.page.wait_for_function("() => document.fonts.status === 'loaded'")
    first = sum(weights)
    assert 30_000 < first <= FIRST_LOAD_BYTES
    weights.clear()
    seen.open("/statement")
    assert 0 < sum(weights) <= WARM_BYTES


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/recognition",
        "/leaderboard",
        "/rewards",
        "/programs",
        "/programs/{program}",
        "/progress",
        "/progress/quests",
        "/progress/boards",
        "/progress/share",
        "/people/{runner}/progress",
        "/pot",
        "/pot/coins",
        "/pot/rounds/{won}",
        "/study",
        "/study/usage",
        "/study/classes/{own_class}",
        "/study/classes/{own_class}/members",
        "/study/classes/{own_class}/limits",
        "/study/classes/{own_class}/usage",
        "/console/study",
        "/console/programs/{program}/rules",
        "/console/programs/{program}/numbers",
        "/console/progress",
        "/console/progress/rules",
        "/console/pot",
        "/console/pot/rules",
        "/sign-in",
        "/docs",
        "/docs/reference/loyalty-programs",
    ],
)
def test_nothing_jumps_while_loading(visit: VisitAs, community: Community, path: str, width: int) -> None:
    who = community.staff if path.startswith("/console") else community.members[1]
    seen = visit(None if path == "/sign-in" else who, width=width)
    seen.page.add_init_script(OBSERVE_SHIFTS)
    # The font comes late, as over a slow line: the text must not move when it does.
    seen.page.route("**/*.woff2", lambda route: (seen.page.wait_for_timeout(300), route.continue_()))
    seen.open(community.path(path))
    seen.page.wait_for_function("() => document.fonts.status === 'loaded'")
    seen.page.wait_for_timeout(200)
    assert seen.page.evaluate("window.shifts") <= LAYOUT_SHIFT
