"""One request key, whatever has happened to its event since: the same answer, or where the event stands."""

from products.loyalty.till import open_till
from products.loyalty.town import Town
from support.site import refused


def test_a_purchase_that_waited_answers_its_key_again_when_its_member_has_joined(served: Town) -> None:
    till, _ = open_till(served)
    eve = served.make_member("late")
    first = till.earn(eve, 10_000, "T-1", key="one")
    assert (first.status_code, first.json()["status"]) == (202, "waiting")
    served.join(till.program, eve)
    again = till.earn(eve, 10_000, "T-1", key="one")
    assert (again.status_code, again.json()["status"]) == (202, "waiting"), "what the request was told then"
    assert till.earn(eve, 10_000, "T-1", key="two").json()["points"] == 5
    assert served.held(till.program, eve)["points"] == 5


def test_a_purchase_waits_for_a_member_however_their_id_is_written(served: Town) -> None:
    till, _ = open_till(served)
    eve = served.make_member("late")
    written = [str(eve.id), str(eve.id).upper(), eve.id.hex, eve.id.hex.upper()]
    for place, ref in enumerate(written):
        assert till.earn(ref, 10_000, f"T-{place}").json()["status"] == "waiting"
    served.join(till.program, eve)
    till.work()
    assert served.held(till.program, eve)["points"] == 20, "an id in capitals was forgotten when its member joined"


def test_a_request_that_comes_again_and_asks_to_wait_is_told_where_its_purchase_stands(served: Town) -> None:
    till, ana = open_till(served)
    first = till.earn(ana, 10_000, "T-1", key="one", waits=False)
    assert (first.status_code, first.json()["status"]) == (202, "accepted")
    again = till.earn(ana, 10_000, "T-1", key="one", waits=True)
    assert again.json()["event_id"] == first.json()["event_id"]
    assert again.json()["is_replay"] is True
    assert (again.status_code, again.json()["status"]) == (202, "accepted"), "200 says that it is decided"
    till.work()
    again = till.earn(ana, 10_000, "T-1", key="one", waits=True)
    assert (again.status_code, again.json()["status"]) == (200, "earned")
    refused(till.earn(ana, 20_000, "T-2", key="one"), 422, "idempotency-key-reused")
