"""Quotes, sending and what was sent, over HTTP: what is told, to whom, and what happens when it comes again."""

import pytest

from laurels.products.pot.decisions import PutOffReply
from products.pot.chatting import post, said, say
from products.pot.parlour import Parlour
from support.site import API, refused


def test_a_quote_tells_what_the_next_message_costs_and_what_it_may_win(served: Parlour) -> None:
    served.begin()
    ana, bo = served.make_member(), served.make_member()
    said(served, bo, client_seed=served.unlucky(bo, until=1))
    quote = served.read(ana, "/messaging/quote")
    bound = served.pot()
    assert quote == {
        "price": 5,
        "message_number": 1,
        "price_number": 1,
        "pot": 5,
        "pot_after": 10,
        "odds": 0.1,
        "odds_ppm": 100_000,
        "round": 1,
        "round_message_number": 2,
        "commitment": bound.commitment,
        "params_hash": bound.params_hash,
        "balance": 100,
        "can_send": True,
        "why_not": None,
    }
    done = said(served, ana, client_seed=served.unlucky(ana, until=2))
    assert (done["price"], done["number"], done["odds_ppm"]) == (5, 2, 100_000), "as it was quoted"


def test_a_quote_tells_why_a_message_would_be_refused(served: Parlour) -> None:
    served.begin(daily_limit=60)
    ana, bo, cy = served.make_member(), served.make_member(), served.make_member()
    served.give(ana, -97)
    assert post(served, bo, "/pot/contribute", amount=56).status_code == 201
    assert post(served, cy, "/pot/pause", days=2).status_code == 200
    for who, code in ((ana, "insufficient-balance"), (bo, "limit-reached"), (cy, "paused")):
        quote = served.read(who, "/messaging/quote")
        assert (quote["can_send"], quote["why_not"]) == (False, code)
        refused(say(served, who), 409, code)


def test_asking_changes_nothing(served: Parlour) -> None:
    served.begin()
    ana = served.make_member()
    before = served.heads()
    for path in ("/currency/balance", "/currency/statement", "/messaging/quote", "/messaging/history", "/pot", "/pot/limits", "/pot/rules"):
        served.read(ana, path)
    assert served.heads() == before


def test_the_first_who_asks_finds_the_pot_open(served: Parlour) -> None:
    ana = served.make_member()
    for path in ("/pot", "/messaging/quote", "/currency/balance", "/pot/limits"):
        assert served.get({}, path).status_code == 401
    assert served.heads() == [], "strangers begin no round"
    assert (served.read(ana, "/pot")["round"], served.read(ana, "/pot")["last_round"]) == (1, None)
    assert served.read(ana, "/messaging/quote")["price"] == 5


def test_a_sent_message_tells_what_happened_and_where_it_is(served: Parlour) -> None:
    served.begin()
    ana = served.make_member()
    answer = say(served, ana, "  Hello,\r\nbot! ", client_seed=(seed := served.unlucky(ana, until=1)))
    done = answer.json()
    assert answer.headers["location"] == f"{API}/messaging/messages/{done['message_id']}"
    assert (done["round"], done["number"], done["message_number"], done["is_winner"], done["prize"]) == (1, 1, 1, False, 0)
    assert (done["reply_status"], done["created_at"]) == ("answered", "2026-11-20T10:00:00+00:00")
    kept = served.http.get(answer.headers["location"], headers=served.headers(ana)).json()
    assert (kept["message"], kept["client_seed"], kept["reply"]) == ("Hello,\nbot!", seed, done["reply"])
    assert {name: kept[name] for name in done.keys() & kept.keys()} == {name: done[name] for name in done.keys() & kept.keys()}
    assert (kept["pot_after"], kept["balance_after"], kept["price_number"]) == (5, 95, 1)


def test_a_win_pays_the_whole_pot_and_begins_a_round(served: Parlour) -> None:
    served.begin()
    ana, bo = served.make_member(), served.make_member()
    said(served, bo, client_seed=served.unlucky(bo, until=1))
    done = said(served, ana, client_seed=served.lucky(ana, wins_at=2))
    assert (done["is_winner"], done["prize"], done["balance"], done["pot"], done["round"]) == (True, 10, 105, 0, 1)
    now = served.read(bo, "/pot")
    assert (now["pot"], now["round"], now["messages"]) == (0, 2, 0)
    assert now["last_round"]["winner"] == {"member_id": str(ana.id), "display_name": ana.display_name}
    assert (now["last_round"]["amount"], now["last_round"]["message_id"]) == (10, done["message_id"])
    assert served.read(ana, "/messaging/quote")["price"] == 10, "a win doesn't begin the price anew"


def test_nobody_sees_anothers_messages(served: Parlour) -> None:
    served.begin()
    ana, bo, admin = served.make_member(), served.make_member(), served.make_member(role="admin")
    mine = said(served, ana, "My secret")["message_id"]
    for who in (bo, admin):
        refused(served.get(who, f"/messaging/messages/{mine}"), 404, "not-found")
        refused(post(served, who, f"/messaging/messages/{mine}/retry"), 404, "not-found")
        assert served.read(who, "/messaging/history")["items"] == []
        assert "My secret" not in served.get(who, "/pot/rounds/1/draws").text
    assert served.read(ana, f"/messaging/messages/{mine}")["message"] == "My secret"
    for unknown in ("none", "01a1f890-e37a-73f9-9bad-95b6014a4f20"):
        refused(served.get(ana, f"/messaging/messages/{unknown}"), 404, "not-found")


def test_an_answered_message_cant_be_asked_for_again(served: Parlour) -> None:
    served.begin()
    ana = served.make_member()
    refused(post(served, ana, f"/messaging/messages/{said(served, ana)['message_id']}/retry"), 409, "reply-settled")


def test_a_message_that_the_bot_couldnt_answer_is_asked_for_again_by_its_writer(served: Parlour) -> None:
    served.begin()
    ana, bo = served.make_member(), served.make_member()
    mine = served.send(ana, answer=None, client_seed=served.unlucky(ana, until=1)).message
    path = f"/messaging/messages/{mine}"
    assert (served.read(ana, path)["reply"], served.read(ana, path)["reply_status"]) == (None, "pending")
    refused(post(served, ana, f"{path}/retry"), 409, "reply-under-way")
    served.post_now(PutOffReply(mine, None))
    assert served.read(ana, path)["reply_status"] == "failed"
    refused(post(served, bo, f"{path}/retry"), 404, "not-found")
    answer = served.http.post(f"{API}{path}/retry", headers=served.headers(ana) | {"Prefer": "wait"})
    assert (answer.status_code, answer.headers["preference-applied"], answer.json()["reply_status"]) == (200, "wait", "answered")
    assert served.read(ana, path)["reply"] == answer.json()["reply"] != ""
    balance = served.read(ana, "/currency/balance")
    assert (balance["balance"], balance["message_count"], served.in_pot()) == (95, 1, 5), "it costs nothing"


def test_history_comes_in_pages_newest_first(served: Parlour) -> None:
    served.begin()
    ana, bo = served.make_member(), served.make_member()
    for number in range(5):
        said(served, ana, f"Message {number}", client_seed=served.unlucky(ana, until=20))
        said(served, bo, client_seed=served.unlucky(bo, until=20))
        served.later(minutes=1)
    items = served.pages(ana, "/messaging/history", limit=2)
    assert [one["message"] for one in items] == [f"Message {number}" for number in (4, 3, 2, 1, 0)]
    assert [one["price"] for one in items] == [25, 20, 15, 10, 5]
    refused(served.get(ana, "/messaging/history", cursor="bm9uZQ"), 422, "cursor-invalid")


def test_pages_of_messages_of_one_instant_show_each_once(served: Parlour) -> None:
    served.begin()
    ana = served.make_member()
    sent = {said(served, ana, client_seed=served.unlucky(ana, until=20))["message_id"] for _ in range(5)}
    shown = [one["message_id"] for one in served.pages(ana, "/messaging/history", limit=2)]
    assert (len(shown), set(shown)) == (5, sent)


def test_a_replayed_message_answers_the_same_and_costs_nothing(served: Parlour) -> None:
    served.begin()
    ana, bo = served.make_member(), served.make_member()
    first = say(served, ana, key="one", client_seed=(dull := served.unlucky(ana, until=9)))
    said(served, bo, client_seed=served.unlucky(bo, until=9))
    served.later(minutes=5)
    before = served.heads()
    again = say(served, ana, key="one", client_seed=dull)
    assert (again.status_code, again.headers["idempotency-replayed"], again.json()) == (201, "true", first.json())
    assert (again.headers["location"], served.heads()) == (first.headers["location"], before)
    assert "idempotency-replayed" not in first.headers
    refused(say(served, ana, "Another", key="one", client_seed=dull), 422, "idempotency-key-reused")
    assert say(served, bo, key="one").status_code == 201, "another member's key is another"


def test_a_refused_message_is_refused_alike_when_it_comes_again(served: Parlour) -> None:
    served.begin()
    ana = served.make_member()
    refused(say(served, ana, max_price=4, key="one"), 409, "price-moved")
    again = say(served, ana, max_price=4, key="one")
    assert (refused(again, 409, "price-moved")["price"], again.headers["idempotency-replayed"]) == (5, "true")


@pytest.mark.any_database
def test_the_thirty_first_message_of_a_minute_is_too_many_and_a_replay_isnt_counted(parlour: Parlour) -> None:
    with parlour.open(rate_limits=True):
        parlour.serve()
        parlour.begin(price={"kind": "capped", "step": 1, "most": 1})
        ana, bo = parlour.make_member(), parlour.make_member()
        for number in range(30):
            assert say(parlour, ana, key=f"k-{number}").status_code == 201
            assert say(parlour, ana, key="k-0").status_code == 201
        answer = say(parlour, ana, key="k-30")
        refused(answer, 429, "too-many-requests")
        assert 0 < int(answer.headers["retry-after"]) <= 60
        assert say(parlour, ana, key="k-7").headers["idempotency-replayed"] == "true"
        assert say(parlour, bo).status_code == 201, "each member has a quota of their own"
        assert parlour.read(ana, "/currency/balance")["message_count"] == 30


def test_prefer_wait_is_honoured_where_the_built_in_bot_answers_at_once(served: Parlour) -> None:
    served.begin()
    ana = served.make_member()
    headers = served.headers(ana) | {"Prefer": "wait"}
    answer = served.http.post(f"{API}/messaging/send", json={"message": "Hello"}, headers=headers)
    assert (answer.status_code, answer.headers["preference-applied"], answer.json()["reply_status"]) == (201, "wait", "answered")
    assert "preference-applied" not in say(served, ana).headers


def test_falling_odds_are_quoted_as_they_are_drawn(served: Parlour) -> None:
    served.begin(odds={"kind": "falling", "ppm": 100_000})
    ana, bo = served.make_member(), served.make_member()
    assert post(served, bo, "/pot/contribute", amount=85).status_code == 201
    quote = served.read(ana, "/messaging/quote")
    assert (quote["pot"], quote["pot_after"], quote["odds_ppm"], quote["odds"]) == (85, 90, 50_000, 0.05)
    assert said(served, ana)["odds_ppm"] == 50_000
