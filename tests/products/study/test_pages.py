"""Classes, as a browser without scripts asks for them: the cards, joining, making, one class, leaving."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import insert

from conftest import NOW
from laurels.core.ids import new_id
from laurels.identity.tables import Member
from laurels.products.study.rules.codes import spell_code
from laurels.products.study.tables import StudyClass, study_session
from products.loyalty.admin_paper import problems_in
from products.pot.test_pages import said
from products.recognition.paper import Paper
from products.study.school import School

pytestmark = pytest.mark.any_database

Open = Callable[[Member], Paper]


def path_of(room: StudyClass) -> str:
    """Where a class's pages begin."""
    return f"/study/classes/{room.id}"


def code_of(school: School, room: StudyClass) -> str:
    """A class's code as it is now."""
    code = school.room(room.id).class_code
    assert code is not None
    return code


def chat(school: School, room: StudyClass, who: Member, title: str, **more: object) -> None:
    """A chat's row."""
    values = {"id": new_id(), "class_id": room.id, "user_id": who.id, "title": title, "ai_tier": "standard", "is_shared": False}
    values |= {"messages": 2, "answers": 1, "created_at": school.clock.at, "updated_at": school.clock.at}
    with school.database.write.begin() as connection:
        connection.execute(insert(study_session).values(**{**values, **more}))


def test_newcomer_is_shown_how_to_begin(served: School, pages: Open) -> None:
    page = said(pages(served.make_member()).get("/study"))
    assert "Your first class Join one by the code that a teacher gave you, or make your own" in page
    assert "Class code" in page
    assert "Make a class" in page


def test_cards_tell_role_documents_chats_and_today_s_tokens(served: School, pages: Open) -> None:
    room, owner, (ana, _) = served.with_members(2, description="<b>Mechanics</b>")
    served.shelve(room, owner, processing_status="READY", progress=100, pages=3, passages=9)
    served.shelve(room, owner)
    chat(served, room, ana, "Levers")
    served.capture(served.spend(room, ana, 900), 450)
    old = served.found(ana, "Last year's")
    served.archive(old)
    browser = pages(ana)
    page = browser.get("/study")
    told = said(page)
    assert "Physics I Participant <b>Mechanics</b> 1 document of 2 ready 1 chat 3 members Tokens today 450 / 1M" in told
    assert told.index("Physics I") < told.index("Last year's Archived")  # though it is the older one
    assert "&lt;b&gt;Mechanics" in page.text
    assert "Physics I Owner" in said(pages(owner).get("/study"))


def test_classes_come_in_pages(served: School, pages: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("laurels.products.study.pages.CARDS", 1)
    ana = served.make_member()
    served.found(ana, "First")
    served.later(minutes=1)
    served.found(ana, "Second")
    browser = pages(ana)
    page = browser.get("/study").text
    assert "Second" in page
    assert "First" not in page
    following = page.split('href="/study?cursor=')[1].split('"')[0]
    assert "First" in browser.get(f"/study?cursor={following}").text


@pytest.mark.parametrize("percent", [80, 100])
def test_banner_tells_when_tokens_run_out(served: School, pages: Open, percent: int) -> None:
    room, _, (ana,) = served.with_members(1)
    served.limit(room, ana, daily=1_000)
    served.capture(served.spend(room, ana, 1_000), 10 * percent)
    sentence = {
        80: "In Physics I, 80% of your tokens of the day are used or set aside.",
        100: "In Physics I, your tokens of the day are used up.",
    }
    for path in ("/study", path_of(room), "/study/usage"):
        assert sentence[percent] in said(pages(ana).get(path))


def test_code_lets_in_however_it_is_typed(served: School, pages: Open) -> None:
    room, _, _ = served.with_members(0)
    ana, code = served.make_member(), code_of(served, room)
    browser = pages(ana)
    answer = browser.post("/study/join", page="/study", class_code=f" {spell_code(code).lower()} ", request_key=str(new_id()))
    assert (answer.status_code, answer.headers["location"]) == (303, path_of(room))
    assert served.membership(room, ana).status == "active"
    assert browser.told(path_of(room)) == "Welcome to the class."


def test_link_to_join_asks_first(served: School, pages: Open) -> None:
    owner = served.make_member(display_name="Marta")
    room = served.found(owner, description="Mechanics.")
    ana = served.make_member()
    page = pages(ana).get(f"/study/join?code={code_of(served, room)}")
    told = said(page)
    assert page.status_code == 200
    for part in ("Join Physics I", "Mechanics.", "Its owner Marta", "never what you ask"):
        assert part in told
    assert len(served.memberships(room)) == 1
    answer = pages(ana).post("/study/join", page="/study", class_code=spell_code(code_of(served, room)))
    assert answer.status_code == 303


@pytest.mark.parametrize("code", ["", "WRONG", "22222222", "0000-OOOO"])
def test_wrong_code_says_what_to_do_and_stays_typed(served: School, pages: Open, code: str) -> None:
    served.with_members(0)
    answer = pages(served.make_member()).post("/study/join", page="/study", class_code=code)
    assert answer.status_code == 422
    assert problems_in(answer.text)["class_code"]
    assert f'value="{code}"' in answer.text
    shown = pages(served.make_member()).get("/study/join", code=code)
    assert ("No class has this code." in said(shown)) is bool(code)


def test_who_was_removed_finds_the_code_closed(served: School, pages: Open) -> None:
    room, _, (ana,) = served.with_members(1)
    served.remove(room, ana)
    answer = pages(ana).post("/study/join", page="/study", class_code=code_of(served, room))
    assert answer.status_code == 403
    assert "You were removed from this class" in problems_in(answer.text)["form"]


def test_class_is_made_and_its_maker_owns_it(served: School, pages: Open) -> None:
    ana = served.make_member()
    browser = pages(ana)
    sent = {"name": "Optics", "description": "Light\r\nand glass.", "request_key": str(new_id())}
    first, again = (browser.post("/study/classes", page="/study", **sent) for _ in range(2))
    assert (first.status_code, first.headers["location"]) == (again.status_code, again.headers["location"])
    path = first.headers["location"]
    page = said(browser.get(path))
    assert "Optics Owner" in page
    assert "Light and glass." in page
    assert len(browser.get("/study").text.split('class="card offer class-card"')) == 2  # the same request twice made one class


@pytest.mark.parametrize(
    ("fields", "wrong"), [({"name": ""}, "name"), ({"name": "x" * 81}, "name"), ({"name": "A", "description": "x" * 2_001}, "description")]
)
def test_class_that_can_t_be_made_keeps_what_was_typed(served: School, pages: Open, fields: dict[str, str], wrong: str) -> None:
    answer = pages(served.make_member()).post("/study/classes", page="/study", **fields)
    assert answer.status_code == 422
    assert list(problems_in(answer.text)) == [wrong]
    assert fields[wrong] in answer.text


def test_where_staff_make_classes_members_are_told_so(school: School, sign_in: Callable[[Member], object]) -> None:
    ana, sol = school.make_member(), school.make_member(role="staff")
    with school.open(study_creators="staff"):
        browser = Paper(school, sign_in, ana)  # type: ignore[arg-type]
        assert "Here the staff make classes." in said(browser.get("/study"))
        assert browser.post("/study/classes", page="/study", name="Mine").status_code == 403
        assert Paper(school, sign_in, sol).post("/study/classes", page="/study", name="Ours").status_code == 303  # type: ignore[arg-type]


def test_class_shows_chats_shared_ones_tokens_and_the_way_out(served: School, pages: Open) -> None:
    room, owner, (ana, ben) = served.with_members(2, capacity=9)
    chat(served, room, ana, "Why <i>levers</i> work")
    chat(served, room, ben, "Mine alone")
    chat(served, room, owner, "For all", is_shared=True, updated_at=NOW - timedelta(hours=1))
    served.spend(room, ana, 700)
    page = pages(ana).get(path_of(room))
    told = said(page)
    for part in (
        "Why <i>levers</i> work",
        "For all",
        "Members 3 of 9",
        "Today 700 of 1M 700 set aside;",
        "Leave the class",
        "Europe/Madrid",
    ):
        assert part in told, part
    assert "Mine alone" not in told
    assert "&lt;i&gt;levers" in page.text
    assert "answers are the documents' own sentences" in told  # no model is set
    assert "Limits" not in told  # that is for managers


def test_code_is_shown_to_whom_it_may(served: School, pages: Open) -> None:
    room, owner, (ana, ben) = served.with_members(2)
    served.permit(room, ben, can_share_class=True)
    code = code_of(served, room)
    for who, is_shown in ((owner, True), (ana, False), (ben, True)):
        text = pages(who).get(path_of(room)).text
        assert (spell_code(code) in text) is is_shown
        assert (f"/study/join?code={code}" in text) is is_shown


def test_who_may_not_ask_or_read_is_shown_neither(served: School, pages: Open) -> None:
    room, owner, (ana,) = served.with_members(1)
    chat(served, room, owner, "For all", is_shared=True)
    served.permit(room, ana, can_chat=False, can_read=False)
    told = said(pages(ana).get(path_of(room)))
    assert "Begin a chat" not in told
    assert "For all" not in told
    assert "You may not ask in this class." in told
    assert pages(ana).get(f"{path_of(room)}/keys").status_code == 403


def test_archived_class_is_read_only(served: School, pages: Open) -> None:
    room, owner, (ana,) = served.with_members(1)
    served.archive(room)
    for who in (owner, ana):
        told = said(pages(who).get(path_of(room)))
        assert "This class is archived" in told
        assert "Begin a chat" not in told


def test_outsiders_learn_nothing_of_a_class(served: School, pages: Open) -> None:
    room, _, (ben,) = served.with_members(1)
    served.remove(room, ben)
    for who in (served.make_member(), served.make_member(role="admin"), ben):
        browser = pages(who)
        for part in ("", "/leave", "/members", f"/members/{room.owner_id}", "/limits", "/usage", "/keys", "/settings", "/tokens"):
            answer = browser.get(path_of(room) + part)
            assert answer.status_code == 404, part
            assert "Physics" not in answer.text
        assert browser.post(f"{path_of(room)}/leave", page="/study").status_code == 404
    assert pages(ben).get(f"/study/classes/{new_id()}").status_code == 404


def test_tokens_are_fetched_by_script_alone(served: School, pages: Open) -> None:
    room, _, (ana,) = served.with_members(1)
    served.sponsor(room, ana)
    part = pages(ana).get(f"{path_of(room)}/tokens", scripted=True)
    assert "<html" not in part.text
    assert 'id="tokens"' in part.text
    assert "pays first, up to: Today 0 of 1M" in said(part)
    led = pages(ana).get(f"{path_of(room)}/tokens")
    assert (led.status_code, led.headers["location"]) == (303, path_of(room))


def test_leaving_asks_first_and_can_be_undone_by_the_code(served: School, pages: Open) -> None:
    room, owner, (ana,) = served.with_members(1)
    browser = pages(ana)
    assert "Leave Physics I?" in said(browser.get(f"{path_of(room)}/leave"))
    assert served.membership(room, ana).status == "active"
    answer = browser.post(f"{path_of(room)}/leave", page=f"{path_of(room)}/leave")
    assert (answer.status_code, answer.headers["location"]) == (303, "/study")
    assert browser.get(path_of(room)).status_code == 404
    assert "Hand it over to another member first" in said(pages(owner).get(f"{path_of(room)}/leave"))
    refused = pages(owner).post(f"{path_of(room)}/leave", page=path_of(room))
    assert refused.status_code == 409
    assert "Hand the class over" in problems_in(refused.text)["form"]


def test_home_leads_to_open_classes_and_their_tokens(served: School, pages: Open) -> None:
    room, owner, (ana,) = served.with_members(1)
    old = served.found(ana, "Last year's")
    served.archive(old)
    served.shelve(room, owner, processing_status="READY", progress=100)
    told = said(pages(ana).get("/"))
    assert "All classes Physics I 1 document" in told
    assert "Last year's" not in told
    served.spend(room, ana, 700)
    assert "Physics I 700 of 1M tokens today" in said(pages(ana).get("/"))
    assert "Join a class, or make your own: its documents answer your questions." in said(pages(served.make_member()).get("/"))
