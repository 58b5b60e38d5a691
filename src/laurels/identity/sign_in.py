"""Signing in, staying signed in, signing out.

Whatever is wrong with a name or a password, the same work is done and the same
answer given, so that neither words nor time tell whether somebody is a member.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from starlette.concurrency import run_in_threadpool

from laurels.identity.actions import lock_active_member, store_password
from laurels.identity.errors import MemberSuspended, RefreshRefused, RefreshReused, SignInThrottled, WrongCredentials
from laurels.identity.parts import Identity
from laurels.identity.passwords import check_password
from laurels.identity.queries import find_credentials, get_member
from laurels.identity.sessions import Origin, Started, Stolen, end_session, end_sessions, rotate_session, start_session
from laurels.identity.tables import Member, member_password
from laurels.identity.throttle import count_attempt, forgive_attempt
from laurels.identity.tokens import issue_access_token


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that was begun or renewed, and whose it is."""

    started: Started
    member: Member

    @property
    def secret(self) -> str:
        """The cookie's value, or the refresh token; told this once."""
        return self.started.secret


async def sign_in(identity: Identity, *, name: str, password: str, via: str, origin: Origin) -> SignedIn:
    """Begin a session for whoever has this name (email, username or student id) and password.

    Raises:
        SignInThrottled: too many attempts failed for the name or from the address.
        WrongCredentials: they don't belong together, or nobody has this name.
        MemberSuspended: they do, but the member is suspended.
        Unavailable: too many passwords are being verified.
    """
    stored = await run_in_threadpool(_begin_attempt, identity, name, origin)
    is_right = await identity.passwords.verify(stored[1] if stored else None, password)
    if stored is None or not is_right:
        raise WrongCredentials()
    member, password_hash = stored
    if member.status == "suspended":
        raise MemberSuspended()
    fresh_hash = await identity.passwords.hash(password) if identity.passwords.is_outdated(password_hash) else None
    return await run_in_threadpool(_start, identity, name, member.id, password_hash, fresh_hash, via, origin)


async def change_password(identity: Identity, *, member_id: UUID, session_id: UUID, current: str, new: str, origin: Origin) -> None:
    """Change one's own password, which ends all other sessions.

    Raises:
        SignInThrottled, WrongCredentials: as in `sign_in`; guesses here are counted as well.
        Invalid: the new one is too weak.
        NotSignedIn: they deleted their account, or were suspended, meanwhile.
    """
    member = await check_own_password(identity, member_id=member_id, password=current, origin=origin)
    check_password(new, member.student_id, member.username, member.email, field="new_password")
    fresh_hash = await identity.passwords.hash(new)

    def store() -> None:
        with identity.database.write.begin() as connection:
            lock_active_member(connection, member_id)
            store_password(connection, member_id, fresh_hash, identity=identity)
            end_sessions(connection, member_id, but=session_id)

    await run_in_threadpool(store)


async def check_own_password(identity: Identity, *, member_id: UUID, password: str, origin: Origin) -> Member:
    """Check that whoever is signed in knows the password: before what can't be undone.

    Raises:
        SignInThrottled, WrongCredentials: as in `sign_in`.
    """
    name = f"own/{member_id}"
    member, password_hash = await run_in_threadpool(_begin_own_attempt, identity, member_id, name, origin)
    if not await identity.passwords.verify(password_hash, password):
        raise WrongCredentials()

    def forgive() -> None:
        with identity.database.write.begin() as connection:
            forgive_attempt(connection, identity.keys, name=name, address_hash=origin.address_hash)

    await run_in_threadpool(forgive)
    return member


def refresh(identity: Identity, refresh_token: str) -> SignedIn:
    """Exchange a refresh token for the next one, and a new access token.

    Raises:
        RefreshRefused: it opens nothing (any more).
        RefreshReused: it was exchanged before; its session has ended.
        MemberSuspended: its member has been suspended.
    """
    with identity.database.write.begin() as connection:
        renewed = rotate_session(connection, identity.keys, refresh_token, now=identity.now(), days=identity.settings.session_days)
        member = get_member(connection, renewed.session.member_id) if isinstance(renewed, Started) else None
    # Raised out here, so that the end of a stolen session is committed.
    if isinstance(renewed, Stolen):
        raise RefreshReused()
    if renewed is None or member is None:
        raise RefreshRefused()
    if member.status == "suspended":
        raise MemberSuspended()
    return SignedIn(renewed, member)


def sign_out(identity: Identity, *, member_id: UUID, session_id: UUID) -> bool:
    """End a session, at once and in every process; whether there was one."""
    with identity.database.write.begin() as connection:
        return end_session(connection, member_id=member_id, session_id=session_id)


def access_token_for(identity: Identity, signed_in: SignedIn) -> str:
    """A fresh access token for a bearer session."""
    session = signed_in.started.session
    minutes = identity.settings.access_token_minutes
    return issue_access_token(identity.keys, session_id=session.id, member_id=session.member_id, now=identity.now(), minutes=minutes)


def _begin_attempt(identity: Identity, name: str, origin: Origin) -> tuple[Member, str] | None:
    _count(identity, _asked_as(name), origin)
    with identity.database.read.connect() as connection:
        return find_credentials(connection, name)


def _begin_own_attempt(identity: Identity, member_id: UUID, name: str, origin: Origin) -> tuple[Member, str | None]:
    _count(identity, name, origin)
    with identity.database.read.connect() as connection:
        stored = connection.execute(select(member_password.c.hash).where(member_password.c.member_id == member_id)).scalar_one_or_none()
        return get_member(connection, member_id), stored


def _asked_as(name: str) -> str:
    """What attempts to sign in by a name are counted under: apart from all other counts, whatever name is tried."""
    return f"sign-in/{name.lower()}"


def _count(identity: Identity, name: str, origin: Origin) -> None:
    with identity.database.write.begin() as connection:
        wait = count_attempt(connection, identity.keys, name=name, address_hash=origin.address_hash, now=identity.now())
    if wait:
        raise SignInThrottled(retry_after_seconds=wait)


def _start(
    identity: Identity, name: str, member_id: UUID, verified_hash: str, fresh_hash: str | None, via: str, origin: Origin
) -> SignedIn:
    with identity.database.write.begin() as connection:
        stored = connection.execute(
            select(member_password.c.hash).where(member_password.c.member_id == member_id).with_for_update(key_share=True)
        ).scalar_one_or_none()
        if stored != verified_hash:
            # Changed while we verified the old one: a session begun now would outlive the change that ends them all.
            raise WrongCredentials()
        if fresh_hash is not None:
            store_password(connection, member_id, fresh_hash, identity=identity)
        forgive_attempt(connection, identity.keys, name=_asked_as(name), address_hash=origin.address_hash)
        started = start_session(
            connection,
            identity.keys,
            member_id=member_id,
            via=via,
            origin=origin,
            now=identity.now(),
            days=identity.settings.session_days,
        )
        return SignedIn(started, get_member(connection, member_id))
