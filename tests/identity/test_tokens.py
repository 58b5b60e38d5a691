"""Access tokens, and the secrets behind sessions."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import jwt
import pytest

from laurels.identity.tokens import Keys, hash_of, issue_access_token, issue_secret, read_access_token, read_secret

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
KEYS = Keys.of(b"k" * 32)
SESSION, MEMBER = uuid4(), uuid4()


def issued(now: datetime = NOW, minutes: int = 15) -> str:
    return issue_access_token(KEYS, session_id=SESSION, member_id=MEMBER, now=now, minutes=minutes)


def claims_of(token: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


def signed(algorithm: str = "HS256", key: bytes | str = KEYS.access_tokens, **changed: Any) -> str:
    claims = {name: value for name, value in (claims_of(issued()) | changed).items() if value is not None}
    return jwt.encode(claims, key, algorithm=algorithm)


def test_an_access_token_names_its_session_and_member() -> None:
    access = read_access_token(KEYS, issued(), now=NOW)
    assert access is not None
    assert (access.session_id, access.member_id, access.expires_at) == (SESSION, MEMBER, NOW + timedelta(minutes=15))
    assert jwt.get_unverified_header(issued()) == {"alg": "HS256", "typ": "at+jwt"}
    assert claims_of(issued())["jti"] != claims_of(issued())["jti"]


def test_an_access_token_ends_at_its_instant() -> None:
    token = issued()
    assert read_access_token(KEYS, token, now=NOW + timedelta(minutes=15, microseconds=-1)) is not None
    assert read_access_token(KEYS, token, now=NOW + timedelta(minutes=15)) is None


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é.é.é", "." * 2_000], ids=["empty", "x", "parts", "not ascii", "dots"])
def test_what_is_no_token_opens_nothing(token: str) -> None:
    assert read_access_token(KEYS, token, now=NOW) is None


def test_a_changed_token_opens_nothing() -> None:
    token = issued()
    head, body, mark = token.split(".")
    for changed in (token + "x", f"{head}.{body}.", f"{head}.{body[:-2]}AA.{mark}", f"{head}.{body}.{mark[::-1]}", token * 20):
        assert read_access_token(KEYS, changed, now=NOW) is None


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
def test_the_token_does_not_choose_the_algorithm() -> None:
    assert read_access_token(KEYS, signed(), now=NOW) is not None
    assert read_access_token(KEYS, signed(algorithm="none", key=""), now=NOW) is None
    assert read_access_token(KEYS, signed(algorithm="HS512"), now=NOW) is None
    assert read_access_token(KEYS, signed(key=b"another key that is long enough.."), now=NOW) is None


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "others"},
        {"aud": "other-api"},
        {"typ": "refresh"},
        {"typ": None},
        {"sid": None},
        {"sid": "not an id"},
        {"sid": 7},
        {"sub": "not an id"},
        {"exp": None},
        {"exp": "soon"},
        {"exp": 10**30},
        {"exp": -1},
        {"exp": True},
        {"jti": None},
    ],
    ids=str,
)
def test_a_token_of_ours_for_something_else_opens_nothing(changed: dict[str, Any]) -> None:
    assert read_access_token(KEYS, signed(**changed), now=NOW) is None


def test_keys_differ_by_purpose_and_by_master() -> None:
    keys = [KEYS.access_tokens, KEYS.secrets, KEYS.addresses, KEYS.accounts, Keys.of(b"l" * 32).access_tokens]
    assert len(set(keys)) == len(keys)


def test_a_secret_says_its_session_and_generation() -> None:
    secret = issue_secret(KEYS, via="bearer", session_id=SESSION, generation=3)
    read = read_secret(KEYS, secret, via="bearer")
    assert read is not None
    assert (read.session_id, read.generation, read.hash) == (SESSION, 3, hash_of(secret))
    assert secret != issue_secret(KEYS, via="bearer", session_id=SESSION, generation=3)


def test_a_secret_is_of_no_use_for_another_purpose_or_under_another_key() -> None:
    cookie = issue_secret(KEYS, via="cookie", session_id=SESSION, generation=0)
    assert read_secret(KEYS, cookie, via="bearer") is None
    assert read_secret(Keys.of(b"l" * 32), cookie, via="cookie") is None


@pytest.mark.parametrize("secret", ["", "x", "====", "A" * 91, "é" * 10, "A" * 5_000, "a b", "\ud800"], ids=ascii)
def test_made_up_secrets_are_known_without_a_look_up(secret: str) -> None:
    assert read_secret(KEYS, secret, via="cookie") is None


def test_no_letter_of_a_secret_can_be_changed_added_or_left_out() -> None:
    secret = issue_secret(KEYS, via="cookie", session_id=SESSION, generation=0)
    for place in range(len(secret)):
        other = "A" if secret[place] != "A" else "B"
        assert read_secret(KEYS, secret[:place] + other + secret[place + 1 :], via="cookie") is None
        assert read_secret(KEYS, secret[:place] + secret[place + 1 :], via="cookie") is None
        assert read_secret(KEYS, secret[:place] + "!" + secret[place:], via="cookie") is None
    assert read_secret(KEYS, secret + "=", via="cookie") is None
