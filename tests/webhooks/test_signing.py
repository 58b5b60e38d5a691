"""Signatures, checked by the standardwebhooks package; and rotation."""

from base64 import b64decode
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from pydantic import SecretStr
import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from laurels.core.clock import FixedClock
from laurels.core.seal import Seal, SealBroken
from laurels.webhooks import actions
from laurels.webhooks.signing import MAX_SECRETS, Secret, close_secrets, draw_secret, headers_for, in_use, open_secrets, rotated, sign
from webhooks.office import HASH, Office
from webhooks.receiver import Receiver

AT = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
DAY = timedelta(hours=24)


def test_signature_is_that_of_the_reference_implementation() -> None:
    secret = draw_secret()
    for body in (b"{}", b'{"type":"points.earned"}', '{"wörd":"☃"}'.encode()):
        signed = sign(secret, message_id="msg_1", timestamp=int(AT.timestamp()), body=body)
        assert signed == Webhook(secret.text).sign("msg_1", AT, body.decode())


def test_signature_of_the_specifications_kind_of_secret() -> None:
    secret = draw_secret()
    assert secret.text.startswith("whsec_")
    assert 24 <= len(b64decode(secret.text.removeprefix("whsec_"))) <= 64
    assert draw_secret() != secret


def test_sent_request_is_verified_by_the_package(office: Office, receiver: Receiver, clock: FixedClock) -> None:
    clock.set(datetime.now(UTC))  # the package goes by the machine's clock
    endpoint, secret = office.open(receiver.url)
    told = office.tell()
    assert office.send() == 1
    (got,) = receiver.got
    assert got.verify(secret) == {"type": "points.earned", "timestamp": clock.now().isoformat(), "data": {"points": told[0].sequence}}
    assert got.path == "/hooks?shop=1"
    assert got.headers["content-type"] == "application/json"
    assert got.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert got.headers["user-agent"].startswith("Laurels-Webhooks/")
    with pytest.raises(WebhookVerificationError):
        got.verify(draw_secret().text)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(got.body + b" ", got.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(got.body, got.headers | {"webhook-id": str(uuid4())})
    assert office.statuses(endpoint) == ["delivered"]


def test_timestamp_is_the_tries_and_the_payload_stays(office: Office, receiver: Receiver, clock: FixedClock) -> None:
    receiver.statuses = [500]
    office.open(receiver.url)
    office.tell()
    office.send()
    clock.advance(timedelta(minutes=1))
    office.send()
    first, second = receiver.got
    assert first.body == second.body and first.id == second.id
    assert int(second.headers["webhook-timestamp"]) - int(first.headers["webhook-timestamp"]) == 60


def test_both_secrets_sign_for_a_day_after_a_rotation(office: Office, receiver: Receiver, clock: FixedClock) -> None:
    clock.set(datetime.now(UTC))
    endpoint, old = office.open(receiver.url)
    changed, fresh = actions.rotate_secret(office.context, office.webhooks, office.caller, endpoint, scope=None, address_hash=HASH)
    assert changed.old_secret_until == clock.now() + DAY
    office.tell()
    office.send()
    signatures = receiver.got[0].headers["webhook-signature"].split(" ")
    assert len(signatures) == 2 and all(one.startswith("v1,") for one in signatures)
    assert receiver.got[0].verify(old) == receiver.got[0].verify(fresh)
    clock.advance(DAY)
    office.tell()
    office.send()
    assert len(receiver.got[1].headers["webhook-signature"].split(" ")) == 1
    at = receiver.got[1].headers["webhook-timestamp"]
    expected = sign(Secret(fresh), message_id=receiver.got[1].id, timestamp=int(at), body=receiver.got[1].body)
    assert receiver.got[1].headers["webhook-signature"] == expected


def test_leaked_secret_ends_at_once(office: Office, receiver: Receiver, clock: FixedClock) -> None:
    clock.set(datetime.now(UTC))
    endpoint, old = office.open(receiver.url)
    _, fresh = actions.rotate_secret(office.context, office.webhooks, office.caller, endpoint, keep_hours=0, scope=None, address_hash=HASH)
    office.tell()
    office.send()
    receiver.got[0].verify(fresh)
    with pytest.raises(WebhookVerificationError):
        receiver.got[0].verify(old)


def test_rotating_again_keeps_each_secrets_own_end() -> None:
    first = draw_secret()
    second = rotated([first], AT, keep=DAY)
    third = rotated(second, AT + timedelta(hours=1), keep=DAY)
    assert [one.until for one in third] == [None, AT + timedelta(hours=25), AT + DAY]
    assert [one.text for one in third][1:] == [one.text for one in second]
    assert len(in_use(third, AT + DAY)) == 2
    shortened = rotated(second, AT + timedelta(hours=1), keep=timedelta())
    assert len(shortened) == 1, "a leak ends all that came before"
    many = [first]
    for _ in range(9):
        many = rotated(many, AT, keep=DAY)
    assert len(many) == MAX_SECRETS


def test_secrets_are_sealed_for_their_endpoint() -> None:
    seal, endpoint = Seal(b"k" * 32), uuid4()
    secrets = rotated([draw_secret()], AT, keep=DAY)
    sealed = close_secrets(seal, endpoint, secrets)
    assert "whsec_" not in sealed
    assert open_secrets(seal, endpoint, sealed) == secrets
    with pytest.raises(SealBroken):
        open_secrets(seal, uuid4(), sealed)


def test_stored_endpoint_doesnt_hold_its_secret(office: Office, receiver: Receiver) -> None:
    endpoint, secret = office.open(receiver.url)
    assert secret not in repr(office.endpoint(endpoint))


def test_changed_secret_key_fails_the_delivery_and_a_rotation_mends_it(office: Office, receiver: Receiver, clock: FixedClock) -> None:
    endpoint, _ = office.open(receiver.url)
    office.tell()
    other = office.elsewhere(secret_key=SecretStr("z" * 64))
    try:
        other.send()
        (delivery,) = other.deliveries(endpoint)
        assert (delivery.status, delivery.error) == ("failed", "sealed")
        assert receiver.got == []
        actions.rotate_secret(other.context, other.webhooks, other.caller, endpoint, scope=None, address_hash=HASH)
        clock.advance(timedelta(minutes=1))
        other.send()
        assert other.statuses(endpoint) == ["delivered"]
    finally:
        other.webhooks.close()


def test_headers_name_the_event_and_the_instant() -> None:
    headers = headers_for([draw_secret()], message_id="msg_1", at=AT, body=b"{}")
    assert set(headers) == {"webhook-id", "webhook-timestamp", "webhook-signature"}
    assert (headers["webhook-id"], headers["webhook-timestamp"]) == ("msg_1", str(int(AT.timestamp())))
