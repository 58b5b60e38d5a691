"""What managers and owners of a class do on its pages, as a browser without scripts asks for them."""

from collections.abc import Callable
from datetime import timedelta
import re

import pytest

from laurels.core.ids import new_id
from laurels.identity.queries import get_member
from laurels.identity.tables import Member
from laurels.products.study.rules.codes import spell_code
from laurels.products.study.tables import StudyClass
from products.loyalty.admin_paper import fields_of, problems_in
from products.pot.test_pages import said
from products.recognition.paper import Paper
from products.study.school import School
from products.study.test_pages import path_of

pytestmark = pytest.mark.any_database

Open = Callable[[Member], Paper]

MANAGED = ("/members", "/limits", "/usage", "/settings")
POSTS = (
    ("/members/sponsorship", {"is_sponsored": "true"}),
    ("/members/{ana}", {"template": "reader", "max_concurrent_chats": "1"}),
    ("/members/{ana}/limits", {"daily_token_limit": "1", "weekly_token_limit": "1", "monthly_token_limit": "1"}),
    ("/members/{ana}/sponsorship", {"is_sponsored": "true"}),
    ("/members/{ana}/removal", {"is_meant": "true"}),
    ("/members/{ana}/return", {}),
    ("/budget", {"sponsor_daily": "1", "sponsor_weekly": "1", "sponsor_monthly": "1"}),
    ("/settings", {"name": "Mine", "description": "", "capacity": "", "time_zone": "UTC"}),
    ("/settings/code", {}),
    ("/settings/archive", {"is_archived": "true"}),
    ("/settings/owner", {"user_id": "{ana}", "is_meant": "true"}),
    ("/settings/deletion", {"typed_name": "Physics I"}),
)
OF_OWNER = ("/members/sponsorship", "/members/{ana}/sponsorship", "/budget", "/settings/archive", "/settings/owner", "/settings/deletion")


@pytest.fixture
def room(served: School) -> StudyClass:
    return served.found(served.make_member(display_name="Marta"))


@pytest.fixture
def owner(served: School, room: StudyClass) -> Member:
    with served.database.read.connect() as connection:
        return get_member(connection, room.owner_id)


@pytest.fixture
def ana(served: School, room: StudyClass) -> Member:
    made = served.make_member(display_name="Ana <b>")
    served.join(room, made)
    return made


@pytest.fixture
def manager(served: School, room: StudyClass) -> Member:
    made = served.make_member(display_name="Max")
    served.join(room, made)
    served.permit(room, made, is_manager=True, can_share_class=True)
    return made


def test_members_have_no_way_in(served: School, pages: Open, room: StudyClass, ana: Member) -> None:
    browser, before = pages(ana), served.heads()
    for part in (*MANAGED, f"/members/{ana.id}"):
        assert browser.get(path_of(room) + part).status_code == 403, part
    for part, fields in POSTS:
        sent = {name: value.format(ana=ana.id) for name, value in fields.items()}
        assert browser.post(path_of(room) + part.format(ana=ana.id), page="/study", **sent).status_code == 403, part
    assert served.heads() == before


def test_managers_do_all_but_what_is_the_owner_s(served: School, pages: Open, room: StudyClass, ana: Member, manager: Member) -> None:
    browser = pages(manager)
    for part in MANAGED:
        assert browser.get(path_of(room) + part).status_code == 200, part
    before = served.heads()
    for part in OF_OWNER:
        fields = {name: value.format(ana=ana.id) for name, value in dict(POSTS)[part].items()}
        answer = browser.post(path_of(room) + part.format(ana=ana.id), page="/study", **fields)
        # A button leads on to what is said; a form is shown again.
        assert answer.status_code in (303, 403), part
    assert served.heads() == before
    page = said(browser.get(f"{path_of(room)}/settings"))
    assert "are for the class's owner, Marta." in page
    assert "Delete the class" not in page
    theirs = said(browser.get(f"{path_of(room)}/members/{room.owner_id}"))
    assert "they may do everything in it, and set their own limits" in theirs
    assert "Save the limits" not in theirs


def test_members_are_listed_with_what_they_may(
    served: School, pages: Open, room: StudyClass, owner: Member, ana: Member, manager: Member
) -> None:
    served.sponsor(room, ana)
    served.permit(room, ana, can_upload=False, max_concurrent_chats=1)
    page = pages(owner).get(f"{path_of(room)}/members")
    told = said(page)
    assert re.search(r"Marta you \S+ · joined .{1,12} Owner 3 questions at once", told)
    assert re.search(r"Ana <b> \S+ · joined .{1,12} May read, ask Sponsored 1 question at once", told)
    assert re.search(r"Max \S+ · joined .{1,12} Manager 3 questions at once", told)
    assert "Ana &lt;b&gt;" in page.text
    assert spell_code(served.room(room.id).class_code or "") in told


def test_members_come_in_pages(served: School, pages: Open, room: StudyClass, owner: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("laurels.products.study.manage_pages.members.ROWS", 2)
    monkeypatch.setattr("laurels.products.study.manage_pages.limits.ROWS", 2)
    for number in range(2):
        served.later(minutes=1)
        served.join(room, served.make_member(display_name=f"Later {number}"))
    browser = pages(owner)
    for part in ("/members", "/limits"):
        first = browser.get(path_of(room) + part).text
        assert "Later 0" in first
        assert "Later 1" not in first
        following = first.split(f'href="{path_of(room)}{part}?cursor=')[1].split('"')[0]
        assert "Later 1" in browser.get(f"{path_of(room)}{part}?cursor={following}").text


@pytest.mark.parametrize("template", ["reader", "participant", "sharer", "manager"])
def test_template_gives_its_permissions(served: School, pages: Open, room: StudyClass, owner: Member, ana: Member, template: str) -> None:
    path, browser = f"{path_of(room)}/members/{ana.id}", pages(owner)
    answer = browser.post(path, page=path, template=template, max_concurrent_chats="2", can_chat="true")
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    mine = served.membership(room, ana)
    assert mine.is_manager is (template == "manager")
    assert mine.can_chat is (template != "reader")
    assert mine.can_share_class is (template in ("sharer", "manager"))
    assert mine.max_concurrent_chats == 2
    assert f'value="{template}" checked' in browser.get(path).text


def test_single_permissions_are_given_one_by_one(served: School, pages: Open, room: StudyClass, owner: Member, ana: Member) -> None:
    path, browser = f"{path_of(room)}/members/{ana.id}", pages(owner)
    answer = browser.post(path, page=path, template="own", max_concurrent_chats="3", can_read="true", can_share_class="true")
    assert answer.status_code == 303
    mine = served.membership(room, ana)
    assert (mine.can_read, mine.can_chat, mine.can_upload, mine.can_share_class, mine.is_manager) == (True, False, False, True, False)
    form = fields_of(browser.get(path).text, 'id="permissions"')
    assert (form["template"], form["can_share_class"], form.get("can_chat")) == ("own", "true", None)
    assert browser.post(path, page=path, **form).status_code == 303  # sent back as it is, it changes nothing
    assert served.membership(room, ana) == mine


def test_forms_sent_back_as_they_are_change_nothing(served: School, pages: Open, room: StudyClass, owner: Member, ana: Member) -> None:
    browser, member = pages(owner), f"{path_of(room)}/members/{ana.id}"
    forms = (
        (member, member, 'id="permissions"'),
        (member, f"{member}/limits", 'id="limits"'),
        (f"{path_of(room)}/limits", f"{path_of(room)}/budget", 'id="budget"'),
        (f"{path_of(room)}/settings", f"{path_of(room)}/settings", 'id="class"'),
    )
    before, rows = served.room(room.id), served.memberships(room)
    for page, action, form in forms:
        assert browser.post(action, page=page, **fields_of(browser.get(page).text, form)).status_code == 303, action
    assert (served.room(room.id), served.memberships(room)) == (before, rows)


WRONG = (
    ("", {"template": "king", "max_concurrent_chats": "3"}, "template"),
    ("", {"template": "reader", "max_concurrent_chats": "none"}, "max_concurrent_chats"),
    ("", {"template": "reader", "max_concurrent_chats": "51"}, "max_concurrent_chats"),
    ("/limits", {"daily_token_limit": "", "weekly_token_limit": "5", "monthly_token_limit": "5"}, "daily_token_limit"),
    ("/limits", {"daily_token_limit": "5", "weekly_token_limit": "-5", "monthly_token_limit": "5"}, "weekly_token_limit"),
    ("/limits", {"daily_token_limit": "5", "weekly_token_limit": "5", "monthly_token_limit": "many"}, "monthly_token_limit"),
    ("/removal", {}, "is_meant"),
)


@pytest.mark.parametrize(("part", "fields", "wrong"), WRONG)
def test_wrong_input_about_a_member_stands_beside_its_field(
    served: School, pages: Open, room: StudyClass, owner: Member, ana: Member, part: str, fields: dict[str, str], wrong: str
) -> None:
    path, before = f"{path_of(room)}/members/{ana.id}", served.membership(room, ana)
    answer = pages(owner).post(path + part, page=path, **fields)
    assert answer.status_code == 422
    assert list(problems_in(answer.text)) == [wrong]
    typed = {name: value for name, value in fields.items() if name != "template"}
    for name, value in typed.items():
        assert re.search(f'name="{name}"[^>]* value="{re.escape(value)}"', answer.text), name
    assert served.membership(room, ana) == before


def test_limits_hold_and_are_shown_with_their_use(served: School, pages: Open, room: StudyClass, owner: Member, ana: Member) -> None:
    path, browser = f"{path_of(room)}/members/{ana.id}", pages(owner)
    sent = {"daily_token_limit": "1 000", "weekly_token_limit": "2000", "monthly_token_limit": "0"}
    assert browser.post(f"{path}/limits", page=path, **sent).status_code == 303
    mine = served.membership(room, ana)
    assert (mine.daily_token_limit, mine.weekly_token_limit, mine.monthly_token_limit) == (1_000, 2_000, 0)
    served.limit(room, ana, monthly=3_000)
    served.capture(served.spend(room, ana, 900), 850)
    page = browser.get(f"{path_of(room)}/limits")
    assert "Ana <b> Today 850 / 1K This week 850 / 2K This month 850 / 3K" in said(page)
    assert 'class="tokens small near"' in page.text
    assert "Today 850 of 1K" in said(browser.get(path))


def test_owner_s_budget_is_the_owner_s(served: School, pages: Open, room: StudyClass, owner: Member, manager: Member) -> None:
    limits, browser = f"{path_of(room)}/limits", pages(owner)
    wrong = browser.post(f"{path_of(room)}/budget", page=limits, sponsor_daily="", sponsor_weekly="lots", sponsor_monthly="5")
    assert wrong.status_code == 422
    assert list(problems_in(wrong.text)) == ["sponsor_daily", "sponsor_weekly"]
    assert 'value="lots"' in wrong.text
    assert (
        browser.post(f"{path_of(room)}/budget", page=limits, sponsor_daily="0", sponsor_weekly="7", sponsor_monthly="9").status_code == 303
    )
    now = served.room(room.id)
    assert (now.sponsor_daily, now.sponsor_weekly, now.sponsor_monthly) == (0, 7, 9)
    assert "What you pay for others" not in said(pages(manager).get(limits))


def test_owner_sponsors_one_or_all_and_stops(
    served: School, pages: Open, room: StudyClass, owner: Member, ana: Member, manager: Member
) -> None:
    members, browser = f"{path_of(room)}/members", pages(owner)
    one = f"{members}/{ana.id}"
    assert browser.post(f"{one}/sponsorship", page=one, is_sponsored="true").status_code == 303
    assert served.membership(room, ana).is_sponsored
    assert "Stop paying for them" in said(browser.get(one))
    assert browser.post(f"{members}/sponsorship", page=members, is_sponsored="true").status_code == 303
    assert browser.told(members) == "You pay first for 1 more."
    assert served.membership(room, manager).is_sponsored
    browser.post(f"{members}/sponsorship", page=members, is_sponsored="false")
    assert not any(row.is_sponsored for row in served.memberships(room))


def test_who_is_put_out_can_be_let_in_again(served: School, pages: Open, room: StudyClass, manager: Member, ana: Member) -> None:
    members, browser = f"{path_of(room)}/members", pages(manager)
    answer = browser.post(f"{members}/{ana.id}/removal", page=members, is_meant="true")
    assert (answer.status_code, answer.headers["location"]) == (303, members)
    assert served.membership(room, ana).status == "removed"
    assert "Put out of the class" in said(browser.get(members))
    assert browser.get(f"{members}/{ana.id}").status_code == 404
    assert browser.post(f"{members}/{ana.id}/return", page=members).status_code == 303
    assert served.membership(room, ana).status == "left"
    browser.post(f"{members}/{room.owner_id}/removal", page=members, is_meant="true")
    assert "Hand the class over" in browser.told(members)
    assert served.membership(room, ana).status == "left"


def test_member_of_another_class_is_not_found(served: School, pages: Open, room: StudyClass, owner: Member) -> None:
    other, _, (ben,) = served.with_members(1)
    browser, path = pages(owner), f"{path_of(room)}/members/{ben.id}"
    assert browser.get(path).status_code == 404
    assert browser.post(path, page="/study", template="reader", max_concurrent_chats="1").status_code == 404
    assert served.membership(other, ben).can_chat


def test_settings_are_changed(served: School, pages: Open, room: StudyClass, manager: Member) -> None:
    settings, browser = f"{path_of(room)}/settings", pages(manager)
    sent = {"name": "Physics II", "description": "Waves.", "capacity": "30", "time_zone": "America/Lima"}
    assert browser.post(settings, page=settings, **sent).status_code == 303
    now = served.room(room.id)
    assert (now.name, now.description, now.capacity, now.time_zone) == ("Physics II", "Waves.", 30, "America/Lima")
    assert browser.post(settings, page=settings, **{**sent, "capacity": "", "description": ""}).status_code == 303
    now = served.room(room.id)
    assert (now.capacity, now.description) == (None, "")


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"name": ""}, "name"),
        ({"capacity": "0"}, "capacity"),
        ({"capacity": "many"}, "capacity"),
        ({"capacity": "1"}, "capacity"),  # two are in it
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"time_zone": ""}, "time_zone"),
    ],
)
def test_wrong_settings_are_kept_as_typed(
    served: School, pages: Open, room: StudyClass, owner: Member, ana: Member, changes: dict[str, str], wrong: str
) -> None:
    settings = f"{path_of(room)}/settings"
    sent = {"name": "New name", "description": "", "capacity": "", "time_zone": "UTC", **changes}
    answer = pages(owner).post(settings, page=settings, **sent)
    assert answer.status_code == 422
    assert list(problems_in(answer.text)) == [wrong]
    assert fields_of(answer.text, 'id="class"')[wrong] == changes[wrong]
    assert served.room(room.id) == room


def test_new_code_shuts_the_old_one_out(served: School, pages: Open, room: StudyClass, manager: Member) -> None:
    settings, browser = f"{path_of(room)}/settings", pages(manager)
    assert browser.post(f"{settings}/code", page=settings).status_code == 303
    fresh = served.room(room.id).class_code
    assert fresh != room.class_code
    assert spell_code(fresh or "") in browser.get(settings).text
    assert pages(served.make_member()).post("/study/join", page="/study", class_code=room.class_code or "").status_code == 422


def test_archived_class_offers_nothing_but_to_open_it(served: School, pages: Open, room: StudyClass, owner: Member, ana: Member) -> None:
    settings, browser = f"{path_of(room)}/settings", pages(owner)
    assert browser.post(f"{settings}/archive", page=settings, is_archived="true").status_code == 303
    assert not served.room(room.id).is_active
    for part in ("/members", "/limits", "/settings", f"/members/{ana.id}"):
        page = browser.get(path_of(room) + part)
        assert page.status_code == 200
        assert "Save" not in said(page)
    refused = browser.post(settings, page=settings, name="Other", description="", capacity="", time_zone="UTC")
    assert refused.status_code == 409
    assert browser.post(f"{settings}/archive", page=settings, is_archived="false").status_code == 303
    assert served.room(room.id).is_active


def test_class_is_handed_over_where_it_is_meant(served: School, pages: Open, room: StudyClass, owner: Member, ana: Member) -> None:
    settings, browser = f"{path_of(room)}/settings", pages(owner)
    wrong = browser.post(f"{settings}/owner", page=settings, user_id="")
    assert wrong.status_code == 422
    assert list(problems_in(wrong.text)) == ["user_id", "is_meant"]
    unmeant = browser.post(f"{settings}/owner", page=settings, user_id=str(ana.id))
    assert f'value="{ana.id}" selected' in unmeant.text
    stranger = browser.post(f"{settings}/owner", page=settings, user_id=str(served.make_member().id), is_meant="true")
    assert stranger.status_code == 404
    assert served.room(room.id).owner_id == owner.id
    done = browser.post(f"{settings}/owner", page=settings, user_id=str(ana.id), is_meant="true")
    assert (done.status_code, done.headers["location"]) == (303, path_of(room))
    assert served.room(room.id).owner_id == ana.id
    assert browser.get(f"{path_of(room)}/members").status_code == 200  # as a manager


def test_class_is_deleted_where_its_name_is_typed(served: School, pages: Open, room: StudyClass, owner: Member, ana: Member) -> None:
    settings, browser = f"{path_of(room)}/settings", pages(owner)
    for typed in ("", "physics i"):
        wrong = browser.post(f"{settings}/deletion", page=settings, typed_name=typed)
        assert wrong.status_code == 422
        assert problems_in(wrong.text) == {"typed_name": "Type the class's name exactly as it is: Physics I"}
    assert browser.get(path_of(room)).status_code == 200
    done = browser.post(f"{settings}/deletion", page=settings, typed_name="Physics I")
    assert (done.status_code, done.headers["location"]) == (303, "/study")
    assert browser.told("/study") == "Physics I is deleted."
    for who in (owner, ana):
        assert pages(who).get(path_of(room)).status_code == 404


def test_usage_tells_days_members_models_and_cost(served: School, pages: Open, room: StudyClass, owner: Member, ana: Member) -> None:
    browser, usage = pages(owner), f"{path_of(room)}/usage"
    empty = said(browser.get(usage))
    assert "Nothing was used" in empty
    assert "Nobody yet" in empty
    served.sponsor(room, ana)
    served.capture(served.spend(room, ana, 2_000), 1_500, cost=700)
    served.capture(served.spend(room, owner, 500, operation="EMBEDDING", model_name="text-embedding-3-small"), 300, cost=6)
    served.release(served.spend(room, ana, 900))
    served.set_budget(room, daily=1_500, weekly=1_500, monthly=1_500)
    served.capture(served.spend(room, ana, 400), 200)
    page = browser.get(usage)
    told = said(page)
    for part in (
        "Tokens 2K",
        "Cost $0.000706",
        "Calls of a model 3",
        "Ana <b> 2 calls 1,700 1,500 200 $0.0007",
        "Marta 1 call 300 0 0 $0.000006",
        "gpt-4o-mini Answer 1,700 0 2 $0.0007",
        "text-embedding-3-small Finding by meaning 300 0 1 $0.000006",
        "Nov 20, 2026 300 1,500 200",
        "Own, because the owner's were used up",
    ):
        assert part in told, part
    assert page.text.count('<svg class="chart"') == 1
    served.clock.at += timedelta(days=10)
    assert "Nothing was used" in said(browser.get(usage, days=7))
    assert "Nov 20, 2026 300 1,500 200" in said(browser.get(usage, days=30))
    assert browser.get(usage, days=31).status_code == 200  # what isn't offered counts as thirty


def test_tables_lead_to_what_they_say(served: School, pages: Open, room: StudyClass, owner: Member, ana: Member) -> None:
    served.capture(served.spend(room, ana, 2_000), 1_500, cost=700)
    browser = pages(owner)
    hrefs = [href.replace("&amp;", "&") for href in re.findall(r'href="([^"]+)" download', browser.get(f"{path_of(room)}/usage").text)]
    assert len(hrefs) == 2
    for href in hrefs:
        table = browser.get(href)
        assert table.headers["content-type"] == "text/csv; charset=utf-8"
        assert str(ana.id) in table.text


def test_keys_are_made_shown_once_and_ended(served: School, pages: Open, room: StudyClass, owner: Member, ana: Member) -> None:
    keys, browser = f"{path_of(room)}/keys", pages(ana)
    assert "No keys yet" in said(browser.get(keys))
    wrong = browser.post(keys, page=keys, name="", expires_at="yesterday")
    assert wrong.status_code == 422
    assert list(problems_in(wrong.text)) == ["name", "expires_at"]
    made = browser.post(keys, page=keys, name="notebook")
    assert made.status_code == 201
    [token] = set(re.findall(r"lk_\w+", made.text))
    assert 'base_url="http' in made.text.replace("&#34;", '"')
    listed = browser.get(keys)
    assert token not in listed.text
    assert "notebook" in said(listed)
    assert "notebook of Ana <b>" in said(pages(owner).get(keys))
    other = served.make_member()
    served.join(room, other)
    assert "notebook" not in said(pages(other).get(keys)).replace("such as notebook", "")
    revocation = re.findall(r'action="([^"]+/revocation)"', listed.text)[0]
    assert pages(other).post(revocation, page="/study").status_code == 404
    assert browser.post(revocation, page=keys).status_code == 303
    assert "Revoked" in said(browser.get(keys))
    assert browser.post(f"{keys}/{new_id()}/revocation", page=keys).status_code == 404


def test_who_may_not_ask_makes_no_key(served: School, pages: Open, room: StudyClass, ana: Member) -> None:
    served.permit(room, ana, can_chat=False)
    keys = f"{path_of(room)}/keys"
    assert pages(ana).get(keys).status_code == 403
    assert pages(ana).post(keys, page="/study", name="notebook").status_code == 403
