"""Signatures by Standard Webhooks 1.0.0 (standardwebhooks.com), symmetric: HMAC-SHA256 under a secret of each endpoint.

While a secret is being rotated out, both sign: `webhook-signature` lists the
signatures, the newest secret's first.
"""

from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
import hmac
import secrets
from uuid import UUID

import orjson

from laurels.core.seal import Seal

SECRET_BYTES = 32
PREFIX = "whsec_"
VERSION = "v1"

MAX_SECRETS = 4
"""Most secrets that sign at once; rotating once more drops the oldest."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A signing secret.

    Attributes:
        text: `whsec_` and base64, as its receiver keeps it.
        until: how long it signs; None for the one in use.
    """

    text: str
    until: datetime | None = None


def draw_secret() -> Secret:
    """A fresh secret of 256 random bits."""
    return Secret(PREFIX + b64encode(secrets.token_bytes(SECRET_BYTES)).decode())


def rotated(known: Sequence[Secret], now: datetime, *, keep: timedelta) -> list[Secret]:
    """The secrets after a rotation: a fresh one, then those that still sign; the one in use until now for `keep` longer."""
    old = [Secret(one.text, min(one.until, now + keep) if one.until else now + keep) for one in known]
    return [draw_secret(), *in_use(old, now)][:MAX_SECRETS]


def in_use(known: Sequence[Secret], now: datetime) -> list[Secret]:
    """Those that sign now."""
    return [one for one in known if one.until is None or one.until > now]


def sign(secret: Secret, *, message_id: str, timestamp: int, body: bytes) -> str:
    """`v1,<base64>` over id, timestamp (seconds since 1970) and body."""
    key = b64decode(secret.text.removeprefix(PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return f"{VERSION},{b64encode(hmac.digest(key, signed, 'sha256')).decode()}"


def headers_for(known: Sequence[Secret], *, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers of a request that is sent at an instant."""
    timestamp = int(at.timestamp())
    signatures = (sign(one, message_id=message_id, timestamp=timestamp, body=body) for one in in_use(known, at))
    return {"webhook-id": message_id, "webhook-timestamp": str(timestamp), "webhook-signature": " ".join(signatures)}


def close_secrets(seal: Seal, endpoint: UUID, known: Sequence[Secret]) -> str:
    """Secrets as they are stored."""
    return seal.close(endpoint, orjson.dumps([[one.text, one.until] for one in known]).decode())


def open_secrets(seal: Seal, endpoint: UUID, sealed: str) -> list[Secret]:
    """What `close_secrets` stored.

    Raises:
        SealBroken: it doesn't open.
    """
    return [Secret(text, datetime.fromisoformat(until) if until else None) for text, until in orjson.loads(seal.open(endpoint, sealed))]
