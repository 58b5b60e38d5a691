"""Request keys and rate limits of recognition's endpoints, over HTTP."""

from typing import Any

import pytest

from laurels.products.recognition.tables import endorsement, recognition, redemption
from products.recognition.community import Community
from support.site import API, refused


def test_a_replayed_gift_answers_the_same_and_moves_nothing(served: Community) -> None:
    staff, ana, bo, cy = served.join(role="staff"), served.join(), served.join(), served.join()
    first = served.give(ana, bo, 10, key="one")
    given = first.json()["recognition_id"]
    served.post(cy, f"/recognitions/{given}/endorsements")
    served.at(2026, 11, 21)
    again = served.give(ana, bo, 10, key='"one"')
    assert (again.status_code, again.headers["idempotency-replayed"]) == (201, "true")
    assert again.json() == first.json(), "as it was, whatever happened since"
    assert again.headers["location"] == first.headers["location"]
    served.post(staff, f"/recognitions/{given}/reversal", {"reason": "By mistake."})
    assert served.give(ana, bo, 10, key="one").json() == first.json()
    assert served.count(recognition) == 1
    assert "idempotency-replayed" not in first.headers


def test_the_same_key_with_another_body_is_refused(served: Community) -> None:
    ana, bo = served.join(), served.join()
    served.give(ana, bo, 10, key="one")
    refused(served.give(ana, bo, 11, key="one"), 422, "idempotency-key-reused")
    assert served.held(ana) == {"allowance": 90, "sent": 10}


def test_a_refusal_is_replayed_too(served: Community) -> None:
    ana, bo = served.join(), served.join()
    first = refused(served.give(ana, bo, 101, key="one"), 409, "limit-reached")
    served.gave(ana, bo, 100)
    answer = served.give(ana, bo, 101, key="one")
    again = refused(answer, 409, "limit-reached")
    assert (again["used"], answer.headers["idempotency-replayed"]) == (first["used"], "true")


def test_keys_of_operations_and_members_are_apart(served: Community) -> None:
    ana, bo = served.join(), served.join()
    given = served.gave(ana, bo, 20, key="k")
    served.gave(bo, ana, 20, key="k")
    assert served.post(bo, f"/recognitions/{given}/endorsements", key="k").status_code == 201
    assert served.redeem(bo, 5, key="k").status_code == 201
    counts = [served.count(table) for table in (recognition, endorsement, redemption)]
    assert counts == [2, 1, 1]


def test_the_other_posts_are_replayed_as_well(served: Community) -> None:
    staff, ana, bo = served.join(role="staff"), served.join(), served.join()
    given = served.gave(ana, bo, 20)
    calls: list[tuple[Any, str, Any]] = [
        (bo, f"/recognitions/{given}/endorsements", None),
        (bo, "/redemptions", {"credits": 5}),
        (staff, "/vouchers/stock", {"added": 5}),
        (staff, f"/recognitions/{given}/reversal", {"reason": "By mistake."}),
    ]
    for who, path, body in calls:
        first = served.post(who, path, body, key="k")
        before = served.heads()
        again = served.post(who, path, body, key="k")
        assert (again.status_code, again.json()) == (first.status_code, first.json()), path
        assert again.headers["idempotency-replayed"] == "true", path
        assert served.heads() == before, path


def test_parallel_gifts_with_one_key_are_one(wide: Community) -> None:
    ana, bo = wide.join(), wide.join()
    wide.headers(ana)
    answers = wide.together(*[lambda: wide.give(ana, bo, 10, key="one")] * 10)
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} <= {"idempotency-key-in-flight"}
    assert len({answer.json()["recognition_id"] for answer in answers if answer.status_code == 201}) == 1
    assert wide.held(ana) == {"allowance": 90, "sent": 10}


@pytest.mark.parametrize(
    ("path", "body", "most"),
    [("/recognitions", {"receiver_id": "nobody", "credits": 1, "message": "x"}, 30), ("/redemptions", {"credits": 1}, 5)],
)
def test_more_than_so_many_a_minute_are_told_to_wait(community: Community, path: str, body: dict[str, Any], most: int) -> None:
    with community.open(rate_limits=True):
        ana, bo = community.join(), community.join()
        for _ in range(most):
            assert community.post(ana, path, body).status_code in (404, 409)
        answer = community.post(ana, path, body)
        assert refused(answer, 429, "too-many-requests")["limit"] == most
        assert int(answer.headers["retry-after"]) >= 1
        assert community.post(bo, path, body).status_code in (404, 409), "others have their own"


def test_endorsements_have_a_limit_of_sixty(community: Community) -> None:
    with community.open(rate_limits=True):
        ana = community.join()
        statuses = [community.post(ana, "/recognitions/none/endorsements").status_code for _ in range(61)]
    assert statuses == [404] * 60 + [429]


def test_a_replay_isnt_counted(community: Community) -> None:
    with community.open(rate_limits=True):
        ana, bo = community.join(), community.join()
        community.gave(ana, bo, 20)
        redeemed = community.redeem(bo, 1, key="k").json()
        for _ in range(8):
            assert community.redeem(bo, 1, key="k").json() == redeemed
        statuses = [community.redeem(bo, 1).status_code for _ in range(5)]
        assert statuses == [201] * 4 + [429]
        assert community.redeem(bo, 1, key="k").json() == redeemed, "also when the limit is used up"


def test_both_forms_of_a_path_are_one(served: Community) -> None:
    ana = served.join()
    headers = served.headers(ana)
    assert served.http.get(f"{API}/me/purse/", headers=headers).json() == served.purse(ana)
