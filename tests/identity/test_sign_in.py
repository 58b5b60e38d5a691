"""Races and rare turns of signing in."""

import asyncio
from collections.abc import Iterator

from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
import pytest
from sqlalchemy import select, update

from laurels.core.clock import FixedClock
from laurels.core.database import Database
from laurels.core.settings import Settings
from laurels.identity import actions
from laurels.identity.actions import change_profile, create_member, delete_member, ensure_members, store_password
from laurels.identity.errors import MemberSuspended, NameTaken, SignInThrottled, WrongCredentials
from laurels.identity.parts import Identity, open_identity, origin_of
from laurels.identity.queries import find_member, find_member_by_name
from laurels.identity.sessions import Origin, list_sessions
from laurels.identity.sign_in import SignedIn, access_token_for, change_password, refresh, sign_in
from laurels.identity.tables import Member, member, member_password, member_word
from laurels.identity.tokens import read_access_token
from laurels.web.caller import NotSignedIn

PASSWORD = "seven quiet lanterns"


@pytest.fixture
def identity(settings: Settings, database: Database, clock: FixedClock) -> Iterator[Identity]:
    opened = open_identity(settings, database, clock)
    yield opened
    opened.stop()


@pytest.fixture
def ana(identity: Identity) -> Member:
    return create_member(identity, student_id="7", username="ana", password=PASSWORD)


def signed_in(identity: Identity, name: str = "7") -> SignedIn:
    return asyncio.run(sign_in(identity, name=name, password=PASSWORD, via="bearer", origin=Origin("tests", "here")))


def test_an_access_token_is_of_the_session_that_began(identity: Identity, ana: Member) -> None:
    session = signed_in(identity)
    access = read_access_token(identity.keys, access_token_for(identity, session), now=identity.now())
    assert access is not None
    assert (access.session_id, access.member_id) == (session.started.session.id, ana.id)
    assert (session.started.session.client, session.started.session.address_hash) == ("tests", "here")


def test_a_password_that_changes_while_it_is_verified_begins_no_session(
    identity: Identity, ana: Member, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    verify = identity.passwords.verify

    async def slow(stored: str | None, password: str) -> bool:
        is_right = await verify(stored, password)
        with database.write.begin() as connection:
            store_password(connection, ana.id, identity.passwords.hash_now("eight bright lanterns"), identity=identity)
        return is_right

    monkeypatch.setattr(identity.passwords, "verify", slow)
    with pytest.raises(WrongCredentials):
        signed_in(identity)
    with database.read.connect() as connection:
        assert list_sessions(connection, ana.id, now=identity.now()) == []


def test_a_suspended_member_gets_no_fresh_tokens_even_with_a_session(identity: Identity, ana: Member, database: Database) -> None:
    token = signed_in(identity).secret
    with database.write.begin() as connection:
        connection.execute(update(member).where(member.c.id == ana.id).values(status="suspended"))
    with pytest.raises(MemberSuspended):
        refresh(identity, token)


def test_a_username_taken_in_between_is_told_as_taken(identity: Identity, ana: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    other = create_member(identity, student_id="8")
    looks = iter([True])
    real = actions.require_names_free

    def blind_at_first(*arguments: object, **names: object) -> None:
        if next(looks, False):
            return  # as if ana came between the look and the update
        real(*arguments, **names)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(actions, "require_names_free", blind_at_first)
    with pytest.raises(NameTaken):
        change_profile(identity, other.id, {"username": "ana"})


def test_attempts_to_sign_in_leave_what_a_member_does_at_home_alone(identity: Identity, ana: Member) -> None:
    """Whoever tried names such as own/<id> kept its member from changing their password."""
    for name in (f"own/{ana.id}", f"OWN/{ana.id}"):
        for _ in range(6):
            with pytest.raises((WrongCredentials, SignInThrottled)):
                signed_in(identity, name)
    session = signed_in(identity).started.session
    asyncio.run(
        change_password(
            identity, member_id=ana.id, session_id=session.id, current=PASSWORD, new="eight bright lanterns", origin=Origin("tests", "here")
        )
    )


def test_a_password_that_arrives_after_the_account_is_gone_is_not_kept(
    identity: Identity, ana: Member, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = signed_in(identity).started.session
    hashed = identity.passwords.hash

    async def slow(password: str) -> str:
        delete_member(identity, ana.id)
        return await hashed(password)

    monkeypatch.setattr(identity.passwords, "hash", slow)
    with pytest.raises(NotSignedIn):
        asyncio.run(
            change_password(
                identity,
                member_id=ana.id,
                session_id=session.id,
                current=PASSWORD,
                new="eight bright lanterns",
                origin=Origin("tests", "here"),
            )
        )
    with database.read.connect() as connection:
        assert connection.execute(select(member_password)).all() == []


def test_a_profile_that_arrives_after_the_account_is_gone_is_not_kept(identity: Identity, ana: Member, database: Database) -> None:
    delete_member(identity, ana.id)
    with database.read.connect() as connection:
        gone = find_member(connection, ana.id)
    for changes in ({"display_name": "Ana again"}, {"username": "ana"}, {"locale": "es", "time_zone": "Europe/Madrid"}):
        with pytest.raises(NotSignedIn):
            change_profile(identity, ana.id, changes)
    with database.read.connect() as connection:
        assert find_member(connection, ana.id) == gone
        assert connection.execute(select(member_word)).all() == []


def test_a_student_id_goes_before_a_username_that_looks_like_it(identity: Identity, database: Database) -> None:
    """Whoever chose another's id as their username got the gifts and the sign-ins that were meant for its owner."""
    made = create_member(identity, student_id="S-1042", password=PASSWORD)
    with pytest.raises(NameTaken):
        create_member(identity, student_id="evil", username="s-1042", password="another good password")
    create_member(identity, student_id="9", username="bo")
    with pytest.raises(NameTaken):
        create_member(identity, student_id="BO")
    with database.write.begin() as connection:
        imported = ensure_members(connection, ["Ab-7"], now=identity.now())
    squatter = create_member(identity, student_id="other", username="ab-7", password="another good password")
    with database.read.connect() as connection:
        for name, owner in (("S-1042", made.id), ("Ab-7", imported["Ab-7"]), ("ab-7", squatter.id)):
            found = find_member_by_name(connection, name)
            assert found is not None and found.id == owner, name
    with database.write.begin() as connection:
        store_password(connection, imported["Ab-7"], identity.passwords.hash_now(PASSWORD), identity=identity)
    assert signed_in(identity, "Ab-7").member.id == imported["Ab-7"]


def test_an_address_is_hashed_and_ipv6_counts_by_its_network(app: FastAPI, client: TestClient) -> None:
    def hashed(host: str | None, agent: str = "curl/8") -> Origin:
        scope = {"type": "http", "app": app, "client": (host, 1) if host else None, "headers": [(b"user-agent", agent.encode())]}
        return origin_of(Request(scope))

    home, neighbour = hashed("2001:db8:1:2::7"), hashed("2001:db8:1:3::7")
    assert home == hashed("2001:db8:1:2:ffff::1")
    assert home.address_hash != neighbour.address_hash
    assert hashed("2001:db8::1") == hashed("2001:db8::2:3:4:5") != hashed("2001:db8:0:1::1")
    assert hashed("192.0.2.1").address_hash != hashed("192.0.2.2").address_hash
    assert hashed(None).address_hash
    assert "192" not in hashed("192.0.2.1").address_hash[:8] + hashed("192.0.2.1").client
    assert hashed("192.0.2.1", "a\x1bb" + "c" * 500).client == "ab" + "c" * 157
