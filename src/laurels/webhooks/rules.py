"""When a delivery is tried, what an answer means, and when an endpoint is given up. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final
from uuid import UUID

RETRY_AFTER: Final = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=18),
    timedelta(hours=22),
)
"""The pause after each failure: ten tries over 71 h 35 m 5 s. The Standard Webhooks guidelines advise such a schedule."""

MAX_TRIES: Final = len(RETRY_AFTER) + 1

JITTER_PERCENT: Final = 10
"""By how much a pause is stretched or shrunk at most, so that what failed together isn't tried together."""

MAX_RETRY_AFTER: Final = timedelta(hours=24)
"""Most that a receiver's Retry-After is heeded."""

PATIENCE: Final = timedelta(days=3)
"""How long an endpoint may go without a success, before a delivery that used up its tries disables it."""

MAX_URL = 2_000
MAX_DESCRIPTION = 200
MAX_SUBJECT = 200
MAX_EVENT_TYPES = 100
MAX_ENDPOINTS = 100
"""Most endpoints of a subject."""

MAX_REPLAYED = 10_000
"""Most deliveries that one request queues again."""

KEPT: Final = timedelta(days=30)
"""How long events, deliveries and attempts are kept."""

OLD_SECRET_HOURS = 24
MAX_OLD_SECRET_HOURS = 168
"""How long a secret that was rotated out goes on signing: by default, and at most."""

TEST_TYPE = "webhook.test"
"""The type of the event that tests an endpoint; only that endpoint gets it."""


class DeliveryStatus(StrEnum):
    """Where a delivery stands."""

    PENDING = "pending"  # not tried yet, or queued again by hand
    FAILED = "failed"  # tried, and will be tried again
    DELIVERED = "delivered"  # answered with 2xx
    DEAD = "dead"  # given up; only by hand is it tried again


class EndpointStatus(StrEnum):
    """Whether an endpoint gets events."""

    ACTIVE = "active"  # it does
    DISABLED = "disabled"  # it doesn't, until somebody enables it
    DELETED = "deleted"  # it is going, with all that was sent to it


class DisabledReason(StrEnum):
    """Why an endpoint gets nothing."""

    STAFF = "staff"  # somebody said so
    GONE = "gone"  # it answered 410
    FAILING = "failing"  # nothing arrived there for three days


class Failure(StrEnum):
    """Why a try isn't a success."""

    STATUS = "status"  # an answer that isn't 2xx
    REDIRECT = "redirect"  # it points elsewhere; redirects aren't followed
    TIMEOUT = "timeout"  # no whole answer in time
    CONNECTION = "connection"  # no connection, or it broke
    TLS = "tls"  # the certificate doesn't hold
    HOST_UNKNOWN = "host-unknown"  # its name has no address
    ADDRESS_REFUSED = "address-refused"  # its name leads to an address that isn't public
    URL_REFUSED = "url-refused"  # its URL isn't allowed by today's settings
    SEALED = "sealed"  # its signing secret can't be opened: the secret key was changed
    DISABLED = "disabled"  # the endpoint was disabled before it was its turn
    MISTAKE = "mistake"  # one of ours; the log has it
    INTERRUPTED = "interrupted"  # the process ended in its last try


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a request.

    Attributes:
        status: of the HTTP answer; None where there was none.
        failure: None for a success.
        retry_after: what the receiver asked for.
        excerpt: the beginning of the answer's body.
    """

    status: int | None
    failure: Failure | None
    duration_ms: int
    excerpt: str = ""
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What follows an attempt.

    Attributes:
        next_try_at: None where no other try follows.
        disables: why the endpoint is to be disabled; None if it isn't.
    """

    status: DeliveryStatus
    next_try_at: datetime | None = None
    disables: DisabledReason | None = None


def failure_of(status: int) -> Failure | None:
    """What an answer's status means: only 2xx is a success."""
    if 200 <= status < 300:
        return None
    return Failure.REDIRECT if 300 <= status < 400 else Failure.STATUS


def judge(answer: Answer, *, delivery: UUID, tries: int, now: datetime, last_success_at: datetime | None) -> Verdict:
    """What follows an answer: done, another try, or the end.

    Args:
        tries: this one included.
        last_success_at: of the endpoint, with any delivery.
    """
    if answer.failure is None:
        return Verdict(DeliveryStatus.DELIVERED)
    if answer.status == 410:
        return Verdict(DeliveryStatus.DEAD, disables=DisabledReason.GONE)
    if tries >= MAX_TRIES:
        is_given_up = last_success_at is None or last_success_at <= now - PATIENCE
        return Verdict(DeliveryStatus.DEAD, disables=DisabledReason.FAILING if is_given_up else None)
    return Verdict(DeliveryStatus.FAILED, next_try_at=now + pause_after(tries, delivery=delivery, asked=_heeded(answer)))


def pause_after(tries: int, *, delivery: UUID, asked: timedelta | None = None) -> timedelta:
    """How long to wait after so many failed tries; at least as long as the receiver asked.

    The jitter is drawn from the delivery's id and the try, so that the same failure always has the same pause.
    """
    drawn = int.from_bytes(sha256(delivery.bytes + tries.to_bytes(2)).digest()[:4])
    permille = drawn % (20 * JITTER_PERCENT + 1) - 10 * JITTER_PERCENT
    pause = RETRY_AFTER[min(tries, len(RETRY_AFTER)) - 1]
    jittered = pause + pause * permille // 1000
    return max(jittered, min(asked, MAX_RETRY_AFTER)) if asked else jittered


def _heeded(answer: Answer) -> timedelta | None:
    """Retry-After has a meaning with 429 and 503 (RFC 9110, 10.2.3; RFC 6585, 4)."""
    return answer.retry_after if answer.status in (429, 503) else None
