"""The staff's page of study, as a browser without scripts asks for it."""

from collections.abc import Callable
import csv
from io import StringIO

import pytest
from sqlalchemy import insert

from laurels.core.ids import new_id
from laurels.identity.tables import Member
from laurels.products.study.tables import study_session
from products.pot.test_pages import said
from products.recognition.paper import Paper
from products.study.school import School
from support.members import SignIn

pytestmark = pytest.mark.any_database

Open = Callable[[Member], Paper]

PATH = "/console/study"


@pytest.fixture
def staff(served: School) -> Member:
    return served.make_member(role="staff")


def days_of(browser: Paper, **query: str) -> list[dict[str, str]]:
    """The rows of the table of days."""
    return list(csv.DictReader(StringIO(browser.get(f"{PATH}/days.csv", **query).text)))


def test_members_have_no_way_in(served: School, pages: Open) -> None:
    browser = pages(served.make_member())
    for path in (PATH, f"{PATH}/days.csv"):
        assert browser.get(path).status_code == 403


def test_page_says_so_where_nothing_has_happened(pages: Open, staff: Member) -> None:
    page = said(pages(staff).get(PATH))
    for part in ("Classes 0", "Nothing was used", "Set aside now None", "None yet", "No AI model is set", "words alone"):
        assert part in page, part


def test_model_and_embedder_are_named_where_they_are_set(school: School, sign_in: SignIn) -> None:
    sol = school.make_member(role="staff")
    told = {}
    for embedding in ("by-meaning", ""):
        with school.open(openai_base_url="http://127.0.0.1:9/v1", model="a-model", embedding_model=embedding):
            told[embedding] = said(Paper(school, sign_in, sol).get(PATH))
    for page in told.values():
        assert "No AI model is set" not in page
        assert "Answers come from a-model" in page
    assert "Passages are found by words, and by-meaning" in told["by-meaning"]
    assert "Passages are found by words alone" in told[""]


def test_numbers_of_classes_documents_tokens_and_holds_are_told(served: School, pages: Open, staff: Member) -> None:
    room, owner, (ana,) = served.with_members(1)
    served.later(minutes=1)
    old = served.found(owner, "Old <b>")
    served.archive(old)
    gone = served.found(owner, "Gone")
    served.shelve(room, owner, processing_status="READY", progress=100)
    served.shelve(room, owner)
    served.shelve(
        room, owner, processing_status="FAILED", error_code="file-damaged", error="It is damaged.", filename="secret.pdf", tries=2
    )
    served.shelve(room, owner, deleted_at=served.clock.at)
    served.capture(served.spend(room, ana, 900), 300, cost=40)
    served.capture(served.spend(gone, owner, 900), 500, cost=60)
    served.spend(room, ana, 700)
    browser = pages(staff)
    page = browser.get(PATH)
    told = said(page)
    for part in (
        "Classes 2 and 1 archived",
        "Documents 3 1 ready",
        "Tokens today 800 $0.0001",
        "Tokens this month 800 $0.0001",
        "Waiting: 1 Being read: 0 Ready: 1 Can't be read: 1",
        "It is damaged. file-damaged txt 2",
        "1 call goes on.",
        "gpt-4o-mini 700",
        "Nov 20, 2026 800",
        "2 1 1 1 300 $0.00004",
        "Old <b> Archived",
    ):
        assert part in told, part
    assert "Old &lt;b&gt;" in page.text
    assert "secret" not in page.text


def test_words_of_documents_and_chats_are_nowhere(served: School, pages: Open, staff: Member) -> None:
    room, owner, _ = served.with_members(0)
    served.shelve(room, owner, filename="canary-file.pdf", title="canary-title", processing_status="READY", progress=100)
    values = {"id": new_id(), "class_id": room.id, "user_id": owner.id, "title": "canary-chat", "ai_tier": "standard", "is_shared": True}
    values |= {"messages": 2, "answers": 1, "created_at": served.clock.at, "updated_at": served.clock.at}
    with served.database.write.begin() as connection:
        connection.execute(insert(study_session).values(**values))
    page = pages(staff).get(PATH)
    assert "Physics I" in page.text
    assert "canary" not in page.text
    assert pages(staff).get(f"/study/classes/{room.id}").status_code == 404


def test_days_are_to_be_had_as_a_table(served: School, pages: Open, staff: Member) -> None:
    room, _, (ana,) = served.with_members(1)
    served.capture(served.spend(room, ana, 900), 300, cost=40)
    served.sponsor(room, ana)
    served.capture(served.spend(room, ana, 900), 200)
    rows = days_of(pages(staff))
    assert len(rows) == 30
    today = {"own": "300", "overflow": "0", "sponsored": "200", "calls": "2", "cost_millionths": "40", "currency": "USD"}
    assert rows[-1] == {"day": "2026-11-20", **today}
    assert {row["calls"] for row in rows[:-1]} == {"0"}
    assert len(days_of(pages(staff), days="7")) == 7


def test_classes_come_in_pages(served: School, pages: Open, staff: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("laurels.products.study.console_pages.monitor.CLASSES", 1)
    owner = served.make_member()
    for name in ("First", "Second"):
        served.found(owner, name)
        served.later(minutes=1)
    browser = pages(staff)
    page = browser.get(PATH).text
    assert "Second" in page
    assert "First" not in page
    following = page.split(f'href="{PATH}?days=30&amp;cursor=')[1].split('"')[0]
    assert "First" in browser.get(f"{PATH}?days=30&cursor={following}").text
