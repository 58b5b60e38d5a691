"""Sending by hand, and what is forgotten."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from laurels.core.clock import FixedClock
from laurels.core.errors import Missing
from laurels.webhooks import actions, replays
from laurels.webhooks.errors import TooManyWebhooks, UnknownEventType, WebhookDisabled
from laurels.webhooks.queries import get_delivery, get_endpoint, list_endpoints
from laurels.webhooks.replays import Replayed
from laurels.webhooks.rules import KEPT, DeliveryStatus
from laurels.webhooks.tables import webhook_attempt, webhook_delivery, webhook_endpoint, webhook_event
from webhooks.office import HASH, Office
from webhooks.receiver import Receiver


def replay(office: Office, endpoint: UUID, delivery: UUID, *, scope: str | None = None) -> str:
    """Queue a delivery again; gives its status."""
    queued = replays.replay_delivery(office.context, office.webhooks, office.caller, endpoint, delivery, scope=scope, address_hash=HASH)
    return queued.status


def replay_all(office: Office, endpoint: UUID, since: datetime, until: datetime) -> Replayed:
    """Queue again what failed in a span."""
    return replays.replay_failed(
        office.context, office.webhooks, office.caller, endpoint, since=since, until=until, scope=None, address_hash=HASH
    )


@pytest.mark.parametrize("status", [200, 500, 410])
def test_delivery_is_sent_again_whatever_became_of_it(office: Office, receiver: Receiver, status: int) -> None:
    receiver.statuses = [status]
    endpoint, _ = office.open(receiver.url)
    office.tell()
    office.send()
    if status == 410:
        office.change(endpoint, status="active")
    (delivery,) = office.deliveries(endpoint)
    assert replay(office, endpoint, delivery.id) == "pending"
    assert office.send() == 1
    assert receiver.ids[0] == receiver.ids[1]
    assert office.statuses(endpoint) == ["delivered"]
    assert office.row(delivery.id).tries == 1
    assert len(office.attempts(delivery.id)) == 2, "the attempts before stay visible"


def test_what_failed_in_a_span_is_sent_again(office: Office, receiver: Receiver, clock: FixedClock) -> None:
    receiver.status = 500
    endpoint, _ = office.open(receiver.url)
    office.tell()
    clock.advance(timedelta(hours=1))
    since = clock.now()
    office.tell(2)
    clock.advance(timedelta(hours=1))
    until = clock.now()
    office.tell()
    office.send()
    for _ in range(4):
        office.send()
    office.change(endpoint, status="disabled")
    office.change(endpoint, status="active")
    assert office.statuses(endpoint) == ["dead"] * 4
    receiver.status = 200
    assert replay_all(office, endpoint, since, until) == Replayed(2, has_more=False)
    office.send()
    assert office.statuses(endpoint) == ["dead", "delivered", "delivered", "dead"]
    assert replay_all(office, endpoint, since, until) == Replayed(0, has_more=False)


def test_many_failures_are_replayed_in_parts(
    office: Office, receiver: Receiver, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replays, "MAX_REPLAYED", 2)
    endpoint, _ = office.open(receiver.url)
    office.tell(3)
    office.change(endpoint, status="disabled")
    office.change(endpoint, status="active")
    span = clock.now(), clock.now() + timedelta(seconds=1)
    assert replay_all(office, endpoint, *span) == Replayed(2, has_more=True)
    assert office.statuses(endpoint) == ["pending", "pending", "dead"]
    assert replay_all(office, endpoint, *span) == Replayed(1, has_more=False)


def test_nothing_is_queued_for_a_disabled_endpoint(office: Office, receiver: Receiver, clock: FixedClock) -> None:
    endpoint, _ = office.open(receiver.url)
    office.tell()
    office.change(endpoint, status="disabled")
    office.tell()
    (delivery,) = office.deliveries(endpoint)
    assert (delivery.status, delivery.error) == ("dead", "disabled")
    with pytest.raises(WebhookDisabled):
        replay(office, endpoint, delivery.id)
    with pytest.raises(WebhookDisabled):
        replay_all(office, endpoint, clock.now(), clock.now())
    with pytest.raises(WebhookDisabled):
        replays.send_test(office.context, office.webhooks, endpoint, scope=None)
    assert office.send() == 0


def test_test_event_goes_to_one_endpoint_whatever_it_wants(office: Office, receiver: Receiver) -> None:
    endpoint, _ = office.open(receiver.url, event_types=["points.expired"])
    other, _ = office.open(receiver.url)
    queued = replays.send_test(office.context, office.webhooks, endpoint, scope=None)
    office.send()
    (got,) = receiver.got
    assert got.id == str(queued.event_id)
    assert (got.said["type"], got.said["data"]) == ("webhook.test", {"webhook_id": str(endpoint)})
    assert office.statuses(endpoint) == ["delivered"] and office.statuses(other) == []


def test_scope_hides_other_subjects_from_every_read_and_action(office: Office, receiver: Receiver) -> None:
    mine, _ = office.open(receiver.url, scope="program/wine")
    theirs, _ = office.open(receiver.url, scope="program/books")
    everybodys, _ = office.open(receiver.url)
    office.tell(book="books")
    (delivery,) = office.deliveries(theirs)
    with office.database.read.connect() as connection:
        assert [one.id for one in list_endpoints(connection, "program/wine", limit=9)] == [mine]
        assert [one.id for one in list_endpoints(connection, None, limit=9)] == [mine, theirs, everybodys]
        for hidden in (theirs, everybodys, uuid4()):
            with pytest.raises(Missing):
                get_endpoint(connection, "program/wine", hidden)
        with pytest.raises(Missing):
            get_delivery(connection, "program/wine", theirs, delivery.id)
        with pytest.raises(Missing):
            get_delivery(connection, None, mine, delivery.id)
    scoped = {"scope": "program/wine", "address_hash": HASH}
    parts = office.context, office.webhooks, office.caller
    with pytest.raises(Missing):
        actions.change_endpoint(*parts, theirs, {"status": "disabled"}, scope="program/wine", address_hash=HASH)
    with pytest.raises(Missing):
        actions.rotate_secret(*parts, theirs, **scoped)  # type: ignore[arg-type]
    with pytest.raises(Missing):
        actions.delete_endpoint(office.context, office.caller, theirs, **scoped)  # type: ignore[arg-type]
    with pytest.raises(Missing):
        replay(office, theirs, delivery.id, scope="program/wine")
    with pytest.raises(Missing):
        replays.send_test(office.context, office.webhooks, theirs, scope="program/wine")
    with pytest.raises(Missing):
        replays.replay_failed(*parts, theirs, since=office.clock.now(), until=office.clock.now(), scope="program/wine", address_hash=HASH)
    assert office.endpoint(theirs).status == "active"


def test_changed_endpoint_goes_by_its_new_values(office: Office, receiver: Receiver) -> None:
    endpoint, _ = office.open("http://127.0.0.1:9999/gone", event_types=["points.expired"])
    office.tell()
    assert office.deliveries(endpoint) == []
    with pytest.raises(UnknownEventType):
        office.change(endpoint, event_types=["points.invented"])
    changed = office.change(endpoint, url=receiver.url, event_types=None, description="The shop")
    assert (changed.url, changed.event_types, changed.description) == (receiver.url, None, "The shop")
    assert office.change(endpoint, description="The shop") == changed, "what changes nothing is no change"
    office.tell()
    office.send()
    assert office.statuses(endpoint) == ["delivered"]


def test_a_subject_has_a_hundred_endpoints_at_most(office: Office, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "MAX_ENDPOINTS", 2)
    ids = [office.open(receiver.url, scope="program/wine")[0] for _ in range(2)]
    with pytest.raises(TooManyWebhooks):
        office.open(receiver.url, scope="program/wine")
    office.open(receiver.url, scope="program/books")
    office.open(receiver.url)
    actions.delete_endpoint(office.context, office.caller, ids[0], scope=None, address_hash=HASH)
    office.open(receiver.url, scope="program/wine")


def test_deleted_endpoint_is_gone_at_once_and_its_rows_by_night(office: Office, receiver: Receiver) -> None:
    endpoint, _ = office.open(receiver.url)
    kept, _ = office.open(receiver.url)
    office.tell(3)
    office.send()
    office.tell()
    actions.delete_endpoint(office.context, office.caller, endpoint, scope=None, address_hash=HASH)
    with office.database.read.connect() as connection, pytest.raises(Missing):
        get_endpoint(connection, None, endpoint)
    assert office.endpoint(endpoint).secrets_sealed == ""
    office.tell()
    office.send()
    assert len(receiver.got) == 6 + 2
    office.tidy()
    assert [row.id for row in office.rows(webhook_endpoint)] == [kept]
    assert {row.endpoint for row in office.rows(webhook_delivery)} == {kept}
    assert office.statuses(kept) == ["delivered"] * 5


def test_old_deliveries_go_with_their_attempts_and_events(
    office: Office, receiver: Receiver, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("laurels.webhooks.jobs.TIDIED_AT_ONCE", 2)
    endpoint, _ = office.open(receiver.url)
    office.tell(5)
    office.send()
    clock.advance(KEPT)
    office.tell()
    office.send()
    assert office.tidy() == 0, "thirty days, not less"
    clock.advance(timedelta(microseconds=1))
    assert office.tidy() == 10
    assert office.statuses(endpoint) == ["delivered"]
    assert [len(office.rows(table)) for table in (webhook_event, webhook_delivery, webhook_attempt)] == [1, 1, 1]
    assert office.deliveries(endpoint, status=DeliveryStatus.DEAD) == []
