"""How large a request with awards may be: as large as ten thousand of them are."""

import json

import pytest

from laurels.web.problems import MAX_BATCH_BYTES, MAX_BODY_BYTES
from products.progress.circle import Circle
from support.site import refused

PATHS = ("/progress/awards", "/progress/awards/", "/progress/awards/batch")


@pytest.mark.parametrize("path", PATHS)
def test_a_list_may_be_larger_than_other_bodies(served: Circle, path: str) -> None:
    ana = served.make_member()
    one = {"event_id": "e-1", "member": ana.student_id, "amount": 10, "activity_type": "comment"}
    sent = json.dumps({"awards": [one]}).encode() + b" " * MAX_BODY_BYTES
    headers = {**served.key("award"), "Content-Type": "application/json"}
    answer = served.ask(headers, "POST", path, content=sent)
    assert (answer.status_code, answer.json()["awarded"], served.total(ana)) == (200, 1, 10)


@pytest.mark.parametrize("path", PATHS)
def test_what_is_too_large_is_refused_with_the_limit(served: Circle, path: str) -> None:
    headers = {**served.key("award"), "Content-Type": "application/json"}
    problem = refused(served.ask(headers, "POST", path, content=b" " * (MAX_BATCH_BYTES + 1)), 413, "content-too-large")
    assert problem["limit_bytes"] == MAX_BATCH_BYTES
