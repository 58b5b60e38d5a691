"""The secrets that a client may hold: access token, refresh token, session cookie, service key.

An access token is a JWT (RFC 9068's profile, HS256): short-lived, and worth
nothing once its session is gone. Refresh tokens and cookies are the same kind
of thing: session, generation, chance, and a mark (HMAC) that we made it, so
that garbage costs no look-up and an old one is known as ours. The server keeps
their hash only.

A service key is `lk_<id>_<secret>`: the id in 32 hex digits, the secret 32
random bytes in base64url. Its beginning makes it known to secret scanners.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
import hmac
import re
import secrets
from uuid import UUID

import jwt

from laurels.core.ids import new_id
from laurels.core.secrets import derived_key
from laurels.web.caller import SERVICE_KEY_PREFIX

ISSUER = "laurels"
AUDIENCE = "laurels-api"
MAX_TOKEN_LENGTH = 1_024
"""Longer ones aren't ours, and aren't read."""

_CHANCE_BYTES = 32
_MARK_BYTES = 16
_SECRET_BYTES = 16 + 4 + _CHANCE_BYTES + _MARK_BYTES
_SERVICE_KEY = re.compile(SERVICE_KEY_PREFIX + "([0-9a-f]{32})_[A-Za-z0-9_-]{43}")
_REQUIRED = ["iss", "aud", "sub", "sid", "jti", "iat", "exp", "typ"]


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys that identity works with, each for one purpose."""

    access_tokens: bytes
    secrets: bytes
    addresses: bytes
    accounts: bytes
    service_keys: bytes

    @staticmethod
    def of(master: bytes) -> "Keys":
        """Derive them from the one secret key."""
        purposes = ("access-tokens", "secrets", "addresses", "accounts", "service-keys")
        return Keys(*(derived_key(master, f"identity/{purpose}") for purpose in purposes))


@dataclass(frozen=True, slots=True)
class Access:
    """What a good access token says."""

    session_id: UUID
    member_id: UUID
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Secret:
    """What a refresh token or cookie says, once its mark is found to be ours."""

    session_id: UUID
    generation: int
    hash: str


@dataclass(frozen=True, slots=True)
class KeySecret:
    """What a service key says: which it is, and the hash that the right secret has."""

    key_id: UUID
    hash: str


def issue_access_token(keys: Keys, *, session_id: UUID, member_id: UUID, now: datetime, minutes: int) -> str:
    """Sign an access token for a session."""
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": str(member_id),
        "sid": str(session_id),
        "jti": str(new_id()),
        "typ": "access",
        "iat": int(now.timestamp()),
        "exp": int((now + timedelta(minutes=minutes)).timestamp()),
    }
    return jwt.encode(claims, keys.access_tokens, algorithm="HS256", headers={"typ": "at+jwt"})


def read_access_token(keys: Keys, token: str, *, now: datetime) -> Access | None:
    """What an access token says; None where it isn't ours, isn't for this, or is over.

    The algorithm is pinned: what the token's header asks for, `none` included, counts for nothing.
    """
    if len(token) > MAX_TOKEN_LENGTH:
        return None
    access = _verified(keys.access_tokens, token)
    return access if access is not None and now < access.expires_at else None


def issue_secret(keys: Keys, *, via: str, session_id: UUID, generation: int) -> str:
    """Make a refresh token (`via` bearer) or a cookie's value (`via` cookie)."""
    body = session_id.bytes + generation.to_bytes(4, "big") + secrets.token_bytes(_CHANCE_BYTES)
    return _spell(body + _mark(keys, via, body))


def read_secret(keys: Keys, secret: str, *, via: str) -> Secret | None:
    """What a secret says; None where we never made it for this purpose."""
    try:
        raw = urlsafe_b64decode(secret.encode("ascii") + b"==") if len(secret) <= MAX_TOKEN_LENGTH else b""
    except (UnicodeEncodeError, binascii.Error):
        return None
    body, mark = raw[:-_MARK_BYTES], raw[-_MARK_BYTES:]
    # Base64's decoder skips what it doesn't know: only the one spelling that we wrote counts.
    if len(raw) != _SECRET_BYTES or _spell(raw) != secret or not hmac.compare_digest(mark, _mark(keys, via, body)):
        return None
    return Secret(UUID(bytes=body[:16]), int.from_bytes(body[16:20], "big"), hash_of(secret))


def issue_service_key(key_id: UUID) -> str:
    """Make the text of a service key: to be shown once, and kept as its hash only."""
    return f"{SERVICE_KEY_PREFIX}{key_id.hex}_{_spell(secrets.token_bytes(_CHANCE_BYTES))}"


def read_service_key(keys: Keys, text: str) -> KeySecret | None:
    """What a service key says; None where it hasn't the form of one."""
    found = _SERVICE_KEY.fullmatch(text)
    return None if found is None else KeySecret(UUID(hex=found[1]), hash_of_service_key(keys, text))


def hash_of_service_key(keys: Keys, text: str) -> str:
    """What the database keeps of a service key.

    It is keyed, so that whoever can write into the database can't make a key by
    that alone, and a fast one: nobody guesses 32 random bytes.
    """
    return hmac.new(keys.service_keys, text.encode("ascii"), sha256).hexdigest()


def hash_of(secret: str) -> str:
    """What the database keeps. SHA-256 without salt: the secret itself is 32 random bytes."""
    return sha256(secret.encode()).hexdigest()


@lru_cache(maxsize=2_048)
def _verified(key: bytes, token: str) -> Access | None:
    """Whether it is ours depends on nothing else, so the last ones are remembered; whether it is over is asked each time."""
    try:
        claims = jwt.decode(
            token,
            key,
            algorithms=["HS256"],
            audience=AUDIENCE,
            issuer=ISSUER,
            # Times are checked by the caller, by the clock that was passed in.
            options={"require": _REQUIRED, "verify_exp": False, "verify_iat": False},
        )
        access = Access(UUID(claims["sid"]), UUID(claims["sub"]), datetime.fromtimestamp(claims["exp"], tz=UTC))
    except (jwt.InvalidTokenError, ValueError, TypeError, AttributeError, OverflowError):
        return None
    return access if claims["typ"] == "access" else None


def _spell(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _mark(keys: Keys, via: str, body: bytes) -> bytes:
    return hmac.new(keys.secrets, via.encode() + b"\x1f" + body, sha256).digest()[:_MARK_BYTES]
