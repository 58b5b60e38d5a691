"""The feed, one recognition and its endorsements, over HTTP."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from laurels.core.errors import Missing
from laurels.identity.tables import staff_action
from laurels.products.recognition.queries import FeedFilter, get_thanks, list_endorsers, list_feed, recognitions
from laurels.products.recognition.rules import Policy
from laurels.products.recognition.schemas import GiftAnswer
from products.recognition.community import Community
from support.site import refused


def ids(answer: Any) -> list[str]:
    """The ids of a page."""
    assert answer.status_code == 200, answer.text
    return [one["recognition_id"] for one in answer.json()["items"]]


def every_page(community: Community, who: Any, **query: Any) -> list[str]:
    """The ids of all pages, one after another."""
    seen: list[str] = []
    for _ in range(50):
        page = community.get(who, "/recognitions", **query)
        seen += ids(page)
        if page.json()["next_cursor"] is None:
            return seen
        query["cursor"] = page.json()["next_cursor"]
    raise AssertionError("the feed has no end")


def test_a_gift_answers_with_all_of_it(served: Community) -> None:
    staff, ana, bo = served.join(role="staff"), served.join(), served.join()
    put = served.http.put("/api/v1/recognitions/values/Teamwork", json={}, headers=served.headers(staff))
    assert put.status_code == 201
    body = {"receiver_id": str(bo.id), "credits": 10, "message": "Thank you!", "value": "Teamwork"}
    answer = served.post(ana, "/recognitions", body)
    given = answer.json()
    assert answer.headers["location"] == f"/api/v1/recognitions/{given['recognition_id']}"
    assert given == {
        "recognition_id": given["recognition_id"],
        "sender_id": str(ana.id),
        "receiver_id": str(bo.id),
        "credits_transferred": 10,
        "message": "Thank you!",
        "value": "Teamwork",
        "endorsement_count": 0,
        "created_at": "2026-11-20T10:00:00+00:00",
        "updated_at": "2026-11-20T10:00:00+00:00",
        "month_bucket": "2026-11",
        "allowance_left": 90,
        "sendable_left": 90,
    }
    assert given.keys() == GiftAnswer.model_fields.keys()
    read = served.http.get(answer.headers["location"], headers=served.headers(bo)).json()
    assert {name: read[name] for name in given if name in read} == {name: value for name, value in given.items() if name in read}
    assert read["sender"] == {"id": str(ana.id), "student_id": ana.student_id, "display_name": ana.display_name}
    assert (read["is_endorsed_by_me"], read["is_reversed"]) == (False, False)


def test_an_unknown_value_is_refused(served: Community) -> None:
    ana, bo = served.join(), served.join()
    body = {"receiver_id": str(bo.id), "credits": 10, "message": "Thank you!", "value": "Unheard of"}
    refused(served.post(ana, "/recognitions", body), 422, "unknown-value")


def test_the_feed_is_newest_first_and_pages_miss_nothing(served: Community) -> None:
    """Also where many share an instant, and while new ones come."""
    ana, bo = served.join(), served.join()
    given = []
    for number in range(9):
        if number % 3 == 0:
            served.clock.advance(timedelta(seconds=1))
        given.append(served.gave(ana, bo, 1))
    whole = ids(served.get(ana, "/recognitions", limit=100))
    assert sorted(whole) == sorted(given)
    instants = [one["created_at"] for one in served.get(ana, "/recognitions", limit=100).json()["items"]]
    assert instants == sorted(instants, reverse=True)
    first = served.get(ana, "/recognitions", limit=2)
    served.clock.advance(timedelta(seconds=1))
    served.gave(ana, bo, 1)
    assert ids(first) + every_page(served, ana, limit=2, cursor=first.json()["next_cursor"]) == whole


def test_the_feed_is_narrowed_by_people_value_month_and_words(served: Community) -> None:
    staff, ana, bo, cy = served.join(role="staff"), served.join(), served.join(), served.join()
    for name in ("Teamwork", "Courage"):
        served.http.put(f"/api/v1/recognitions/values/{name}", json={}, headers=served.headers(staff))

    def give(giver: Any, receiver: Any, message: str, value: str | None = None) -> str:
        body = {"receiver_id": str(receiver.id), "credits": 1, "message": message, "value": value}
        return str(served.post(giver, "/recognitions", body).json()["recognition_id"])

    served.at(2026, 10, 31)
    first = give(ana, bo, "You fixed the CAFÉ machine", "Teamwork")
    served.at(2026, 11, 20)
    second, third = give(bo, ana, "Straße and café", "Courage"), give(ana, cy, "100% of it")

    def found(**query: Any) -> set[str]:
        return set(ids(served.get(cy, "/recognitions", **query)))

    assert found(giver=str(ana.id)) == {first, third}
    assert found(receiver=str(ana.id)) == {second}
    assert found(giver=str(ana.id), receiver=str(bo.id)) == {first}
    assert found(value="Courage") == {second}
    assert found(value="Nothing") == set()
    assert found(month="2026-10") == {first}
    assert found(month="2026-11", giver=str(ana.id)) == {third}
    assert found(text="café") == {first, second}
    assert found(text="STRASSE") == {second}
    assert found(text="%") == {third}
    assert found(text="_") == set()
    assert found(text="café", month="2026-11") == {second}
    assert found(giver="01a1f890-e37a-73f9-9bad-95b6014a4f20") == set()


def test_a_search_for_words_goes_on_over_pages_that_found_nothing(served: Community, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each page looks through a bounded number of messages, and the next goes on from there."""
    ana, bo, cy = served.join(), served.join(), served.join()
    with_words = []
    for number in range(12):
        served.clock.advance(timedelta(seconds=1))
        given = served.gave(ana, bo, 1, message="needle" if number in (1, 6) else "hay")
        if number in (1, 6):
            with_words.append(given)
    monkeypatch.setattr(recognitions, "MAX_SCANNED", 4)
    pages: list[list[str]] = []
    query: dict[str, Any] = {"text": "Needle", "limit": 1}
    while "cursor" not in query or query["cursor"] is not None:
        page = served.get(cy, "/recognitions", **query)
        pages.append(ids(page))
        query["cursor"] = page.json()["next_cursor"]
    assert [one for page in pages for one in page] == with_words[::-1]
    assert [] in pages, "a page may hold none and still have a next one"


def test_reversed_ones_are_seen_by_staff_and_the_two_concerned_only(served: Community) -> None:
    staff, ana, bo, cy = served.join(role="staff"), served.join(), served.join(), served.join()
    given = served.gave(ana, bo, 10)
    assert served.post(staff, f"/recognitions/{given}/reversal", {"reason": "Given twice."}).status_code == 201
    for who in (staff, ana, bo):
        read = served.get(who, f"/recognitions/{given}").json()
        assert (read["is_reversed"], read["reversal_reason"]) == (True, "Given twice.")
        assert ids(served.get(who, "/recognitions")) == [given]
        assert ids(served.get(who, "/recognitions", text="demo")) == [given]
    refused(served.get(cy, f"/recognitions/{given}"), 404, "not-found")
    assert ids(served.get(cy, "/recognitions")) == ids(served.get(cy, "/recognitions", text="demo")) == []
    refused(served.post(ana, f"/recognitions/{given}/endorsements"), 409, "recognition-reversed")


def test_what_is_drawn_for_everyone_is_seen_by_nobody_in_particular(served: Community) -> None:
    """A broadcast has no viewer: it shows what all may see, and nothing of one's own."""
    staff, ana, bo, cy = served.join(role="staff"), served.join(), served.join(), served.join()
    kept, taken, other = served.gave(ana, bo, 10), served.gave(ana, bo, 5), served.gave(cy, bo, 5)
    served.post(staff, f"/recognitions/{taken}/reversal", {"reason": "By mistake."})
    with served.database.read.connect() as connection:
        told = list_feed(connection, None, FeedFilter(), policy=Policy(), limit=10).items
        of_ana = list_feed(connection, None, FeedFilter(member=ana.id), policy=Policy(), limit=10).items
        with pytest.raises(Missing):
            get_thanks(connection, None, UUID(taken), policy=Policy())
        with pytest.raises(Missing):
            list_endorsers(connection, ana.id, limit=10)
    assert {str(one.id) for one in told} == {kept, other}
    assert not any(one.may_endorse or one.endorsed_by_me for one in told)
    assert [str(one.id) for one in of_ana] == [kept]


def test_everyone_sees_how_many_endorse_and_staff_who(served: Community) -> None:
    staff, ana, bo = served.join(role="staff"), served.join(), served.join()
    given = served.gave(ana, bo, 10)
    endorsers = [served.join() for _ in range(3)]
    for who in endorsers:
        served.clock.advance(timedelta(seconds=1))
        answer = served.post(who, f"/recognitions/{given}/endorsements")
        assert answer.headers["location"] == f"/api/v1/recognitions/{given}"
    assert answer.json() == {"recognition_id": given, "endorsement_count": 3}
    read = served.get(endorsers[0], f"/recognitions/{given}").json()
    assert (read["endorsement_count"], read["is_endorsed_by_me"]) == (3, True)
    assert served.get(ana, f"/recognitions/{given}").json()["is_endorsed_by_me"] is False
    first = served.get(staff, f"/recognitions/{given}/endorsements", limit=2).json()
    rest = served.get(staff, f"/recognitions/{given}/endorsements", limit=2, cursor=first["next_cursor"]).json()
    assert [one["member"]["id"] for one in first["items"] + rest["items"]] == [str(who.id) for who in endorsers]
    assert rest["next_cursor"] is None
    refused(served.get(staff, "/recognitions/none/endorsements"), 404, "not-found")


def test_a_giver_doesnt_endorse_unless_the_settings_say_so(community: Community) -> None:
    with community.open():
        ana, bo = community.join(), community.join()
        given = community.gave(ana, bo, 10)
        refused(community.post(ana, f"/recognitions/{given}/endorsements"), 403, "own-recognition")
    with community.open(recognition_giver_may_endorse=True):
        assert community.post(ana, f"/recognitions/{given}/endorsements").status_code == 201


def test_a_reversal_writes_the_staffs_log(served: Community) -> None:
    staff, ana, bo = served.join(role="staff"), served.join(), served.join()
    given = served.gave(ana, bo, 10)
    served.post(staff, f"/recognitions/{given}/reversal", {"reason": "Given twice."})
    refused(served.post(staff, f"/recognitions/{given}/reversal", {"reason": "Again."}), 409, "already-reversed")
    with served.database.read.connect() as connection:
        [row] = connection.execute(select(staff_action)).all()
    assert (row.actor_id, row.action, row.subject) == (staff.id, "recognition.reversed", f"recognition/{given}")
    assert (row.before, row.after) == ('{"is_reversed":false}', '{"credits":10,"is_reversed":true}')
    assert len(row.address_hash) == 32
