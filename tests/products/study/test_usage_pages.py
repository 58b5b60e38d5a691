"""/study/usage, as a browser without scripts asks for it."""

from collections.abc import Callable
from datetime import timedelta
import re

import pytest

from laurels.identity.tables import Member
from products.pot.test_pages import said
from products.recognition.paper import Paper
from products.study.school import School

pytestmark = pytest.mark.any_database

Open = Callable[[Member], Paper]

PATH = "/study/usage"


def test_newcomer_is_led_to_the_classes(served: School, pages: Open) -> None:
    page = pages(served.make_member()).get(PATH)
    assert page.status_code == 200
    for part in ("You are in no class", "Nothing was used", "None yet"):
        assert part in said(page)
    assert 'href="/study"' in page.text


def test_meters_tell_what_resets_when_in_each_class(served: School, pages: Open) -> None:
    room, owner, (ana,) = served.with_members(1)
    served.found(ana, "Alone", zone="America/Lima")
    served.sponsor(room, ana)
    served.capture(served.spend(room, ana, 900), 300)
    served.spend(room, ana, 50)
    told = said(pages(ana).get(PATH))
    assert "Physics I Sponsored What the owner pays: Today 350 of 1M 50 set aside; resets Nov 20, 2026, 11:00 PM" in told
    assert "Then your own: Today 0 of 1M" in told
    assert "Alone Today 0 of 1M resets Nov 21, 2026, 5:00 AM" in told
    assert "What you pay for others: Today 350 of 5M" in said(pages(owner).get(PATH))


def test_days_and_records_tell_each_call(served: School, pages: Open) -> None:
    room, owner, (ana, ben) = served.with_members(2)
    served.capture(served.spend(room, ana, 900), 300, cost=40)
    served.clock.at += timedelta(days=1)
    served.sponsor(room, ana)
    served.capture(served.spend(room, ana, 900, operation="EMBEDDING", model_name="text-embedding-3-small"), 200, cost=5)
    served.release(served.spend(room, ana, 800))
    served.spend(room, ana, 700)
    served.capture(served.spend(room, ben, 900), 899)
    page = pages(ana).get(PATH)
    told = said(page)
    for part in (
        "Nov 20, 2026 300 0",
        "Nov 21, 2026 0 200",
        "Tokens 500",
        "Cost $0.000045",
        "text-embedding-3-small Finding by meaning · the owner paid 200 0 $0.000005",
        "gpt-4o-mini Answer 300 0 $0.00004",
        "Given back 800",
        "Set aside 700",
    ):
        assert part in told, part
    assert "899" not in told  # what others used is theirs
    assert "899" not in said(pages(owner).get(PATH))
    table = pages(ana).get(re.findall(r'href="([^"]+)" download', page.text)[0])
    assert table.text.count("\r\n") == 5
    assert str(ben.id) not in table.text


def test_records_come_in_pages_also_of_classes_that_were_left(served: School, pages: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("laurels.products.study.usage_pages.RECORDS", 2)
    room, _, (ana,) = served.with_members(1)
    for tokens in (111, 222, 333):
        served.capture(served.spend(room, ana, 400), tokens)
        served.later(minutes=1)
    served.remove(room, ana)
    browser = pages(ana)
    page = browser.get(PATH).text
    assert "You are in no class" in page
    assert ("333" in page, "222" in page, '<td class="figure">111</td>' in page) == (True, True, False)
    following = page.split(f'href="{PATH}?days=30&amp;cursor=')[1].split('"')[0]
    after = browser.get(f"{PATH}?days=30&cursor={following}").text
    assert '<td class="figure">111</td>' in after
    assert '<td class="figure">222</td>' not in after


def test_classes_come_in_pages(served: School, pages: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("laurels.products.study.usage_pages.CLASSES_SHOWN", 1)
    ana = served.make_member()
    served.found(ana, "First")
    served.later(minutes=1)
    served.found(ana, "Second")
    page = pages(ana).get(PATH).text
    assert "Second" in page
    assert "First" not in page
    more = page.split(f'href="{PATH}?days=30&amp;more=')[1].split('"')[0]
    assert "First" in pages(ana).get(f"{PATH}?days=30&more={more}").text


@pytest.mark.parametrize("query", ["cursor=zzz", "more=WzFd", "days=many"])
def test_made_up_address_is_refused(served: School, pages: Open, query: str) -> None:
    assert pages(served.make_member()).get(f"{PATH}?{query}").status_code == 422


@pytest.mark.parametrize(
    ("used", "sponsored", "sentence"),
    [
        (799, False, None),
        (800, False, "In Physics I, 80% of your tokens of the week are used or set aside."),
        (1_000, False, "In Physics I, your tokens of the week are used up."),
        (800, True, "In Physics I, 80% of what its owner pays for you in a week is used or set aside."),
        (1_000, True, "In Physics I, what its owner pays for you in a week is used up: you go on with your own tokens."),
    ],
)
def test_banner_tells_of_the_longest_limit_that_runs_out(
    served: School, pages: Open, used: int, sponsored: bool, sentence: str | None
) -> None:
    room, _, (ana,) = served.with_members(1)
    served.limit(room, ana, daily=1_000, weekly=1_000)
    if sponsored:
        served.sponsor(room, ana)
    served.capture(served.spend(room, ana, 1_000), used)
    told = said(pages(ana).get(PATH))
    assert ("In Physics I," in told) is (sentence is not None)
    if sentence is not None:
        assert sentence in told


def test_owner_is_told_when_what_they_pay_for_others_runs_out(served: School, pages: Open) -> None:
    room, owner, (ana,) = served.with_members(1)
    served.set_budget(room, daily=1_000, weekly=2_000, monthly=2_000)
    served.sponsor(room, ana)
    served.capture(served.spend(room, ana, 1_000), 900)
    for path in (PATH, f"/study/classes/{room.id}/limits"):
        assert "In Physics I, 90% of what you pay for others in a day is used or set aside." in said(pages(owner).get(path))
