"""Sessions: begun by signing in, kept alive by use, ended for good by deleting their row."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, and_, delete, insert, or_, select, update

from laurels.core.ids import new_id
from laurels.identity.tables import MemberSession, member, member_session
from laurels.identity.tokens import Keys, hash_of, issue_secret, read_secret

MAX_SESSIONS = 50
"""Sessions of one member; a further one ends the one that is unused the longest."""

MAX_CLIENT_LENGTH = 160


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request comes from: what the client calls itself, and a keyed hash of its address."""

    client: str = ""
    address_hash: str = ""


@dataclass(frozen=True, slots=True)
class Started:
    """A session and its secret, which is told this once."""

    session: MemberSession
    secret: str


@dataclass(frozen=True, slots=True)
class Stolen:
    """An old refresh token came again: somebody else has a copy, so the session is ended."""

    session_id: UUID


def start_session(connection: Connection, keys: Keys, *, member_id: UUID, via: str, origin: Origin, now: datetime, days: int) -> Started:
    """Begin a session; `via` is `cookie` or `bearer`. Ends the longest unused one where there are too many."""
    session_id = new_id()
    secret = issue_secret(keys, via=via, session_id=session_id, generation=0)
    started = MemberSession(
        id=session_id,
        member_id=member_id,
        via=via,
        secret_hash=hash_of(secret),
        generation=0,
        created_at=now,
        last_used_at=now,
        expires_at=now + timedelta(days=days),
        client=origin.client[:MAX_CLIENT_LENGTH],
        address_hash=origin.address_hash,
    )
    connection.execute(insert(member_session).values(asdict(started)))
    newest = select(member_session.c.id).where(member_session.c.member_id == member_id)
    newest = newest.order_by(member_session.c.last_used_at.desc(), member_session.c.id.desc()).limit(MAX_SESSIONS)
    kept = connection.execute(newest).scalars().all()
    if len(kept) == MAX_SESSIONS:
        connection.execute(delete(member_session).where(member_session.c.member_id == member_id, member_session.c.id.not_in(kept)))
    return Started(started, secret)


def rotate_session(connection: Connection, keys: Keys, secret: str, *, now: datetime, days: int) -> Started | Stolen | None:
    """Exchange a refresh token for the next one.

    None where the token isn't ours, or its session is over. Where it was
    exchanged before, the whole session ends (RFC 9700, section 4.14.2): commit
    that. Of two that come at once with one token, the second is such a case.
    """
    read = read_secret(keys, secret, via="bearer")
    if read is None:
        return None
    following = issue_secret(keys, via="bearer", session_id=read.session_id, generation=read.generation + 1)
    table = member_session
    exchange = (
        update(table)
        .where(table.c.id == read.session_id, table.c.secret_hash == read.hash, table.c.expires_at > now)
        .values(secret_hash=hash_of(following), generation=read.generation + 1, last_used_at=now, expires_at=now + timedelta(days=days))
        .returning(*table.c)
    )
    row = connection.execute(exchange).one_or_none()
    if row is not None:
        return Started(MemberSession(*row), following)
    ended = delete(table).where(table.c.id == read.session_id).returning(table.c.generation)
    generation = connection.execute(ended).scalar_one_or_none()
    return Stolen(read.session_id) if generation is not None and generation > read.generation else None


def list_sessions(connection: Connection, member_id: UUID, *, now: datetime) -> list[MemberSession]:
    """A member's live sessions, the last used first; at most `MAX_SESSIONS`."""
    table = member_session
    live = select(table).where(table.c.member_id == member_id, table.c.expires_at > now)
    rows = connection.execute(live.order_by(table.c.last_used_at.desc(), table.c.id.desc()).limit(MAX_SESSIONS))
    return [MemberSession(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class Use:
    """A session's beginning and last noted use, and the zone of its member."""

    session_id: UUID
    member_id: UUID
    time_zone: str
    created_at: datetime
    last_used_at: datetime


def sessions_used(connection: Connection, since: datetime, *, after: Use | None, limit: int) -> list[Use]:
    """Sessions of active members that were used lately, the longest unused first; `after` is the last of the page before.

    One that is used meanwhile may come twice.
    """
    table = member_session
    wanted = select(table.c.id, table.c.member_id, member.c.time_zone, table.c.created_at, table.c.last_used_at)
    wanted = wanted.join(member, member.c.id == table.c.member_id).where(table.c.last_used_at >= since, member.c.status == "active")
    if after is not None:
        tied = and_(table.c.last_used_at == after.last_used_at, table.c.id > after.session_id)
        wanted = wanted.where(or_(table.c.last_used_at > after.last_used_at, tied))
    rows = connection.execute(wanted.order_by(table.c.last_used_at, table.c.id).limit(limit))
    return [Use(*row) for row in rows]


def end_session(connection: Connection, *, member_id: UUID, session_id: UUID) -> bool:
    """End one session of a member, at once and in every process; whether there was one."""
    ended = delete(member_session).where(member_session.c.id == session_id, member_session.c.member_id == member_id)
    return connection.execute(ended).rowcount == 1


def end_sessions(connection: Connection, member_id: UUID, *, but: UUID | None = None) -> int:
    """End all sessions of a member, or all but one; gives how many."""
    ended = delete(member_session).where(member_session.c.member_id == member_id)
    if but is not None:
        ended = ended.where(member_session.c.id != but)
    return connection.execute(ended).rowcount


def touch_sessions(connection: Connection, session_ids: list[UUID], *, now: datetime, days: int) -> None:
    """Note that sessions are in use, which moves their expiry."""
    used = update(member_session).where(member_session.c.id.in_(session_ids))
    connection.execute(used.values(last_used_at=now, expires_at=now + timedelta(days=days)))


def purge_sessions(connection: Connection, *, now: datetime) -> int:
    """Delete sessions that expired; a job does this daily. They open nothing before it either."""
    return connection.execute(delete(member_session).where(member_session.c.expires_at <= now)).rowcount
