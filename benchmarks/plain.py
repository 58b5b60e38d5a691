"""The same endpoint as one writes it plainly: FastAPI, SQLAlchemy, one transaction a request, the same rows.

With the care that a good engineer takes: the token is checked, the session
looked up, the request's key stored, members checked, the accounts locked in
one order, sums checked, statements few.
"""

from contextlib import nullcontext
from datetime import UTC, datetime
import os
from threading import Lock
from typing import Annotated, Any
from uuid import UUID

from fastapi import FastAPI, Header, HTTPException
from pydantic import BaseModel, Field
from sqlalchemy import Connection, bindparam, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from benchmarks import rows
from benchmarks.community import Gift
from laurels.core.clock import SystemClock
from laurels.core.database import open_database
from laurels.core.ids import new_id
from laurels.core.secrets import secret_key
from laurels.core.settings import Settings
from laurels.core.windows import month_of
from laurels.identity.tables import member, member_session
from laurels.identity.tokens import Keys, read_access_token
from laurels.ledger import tables
from laurels.products.recognition.tables import recognition

settings = Settings()
keys = Keys.of(secret_key(settings))
clock = SystemClock()
database = open_database(settings.resolved_database_url, pool_size=20)
app = FastAPI()

TABLES = {
    tables.entry: rows.ENTRY,
    tables.posting: rows.POSTING,
    recognition: rows.RECOGNITION,
    tables.outbox: rows.FACT,
    tables.request_key: rows.REQUEST_KEY,
}
BOOK = int(os.environ["PLAIN_BOOK"])


class Body(BaseModel):
    """What is asked for."""

    receiver_id: UUID
    credits: int = Field(ge=1)
    message: str = Field(min_length=1, max_length=500)


one_at_a_time = Lock() if database.is_sqlite else nullcontext()
"""SQLite has one writer: threads that wait here sleep less than those that wait for the file."""


@app.post("/api/v1/recognitions", status_code=201)
def give(body: Body, authorization: Annotated[str, Header()], idempotency_key: Annotated[str, Header()]) -> dict[str, Any]:
    """Thank a member with credits."""
    access = read_access_token(keys, authorization.removeprefix("Bearer "), now=clock.now())
    if access is None:
        raise HTTPException(401)
    with one_at_a_time, database.write.begin() as connection:
        return _give(connection, _caller(connection, access.session_id), body, idempotency_key)


def _caller(connection: Connection, session_id: UUID) -> UUID:
    session = connection.execute(
        select(member.c.id, member.c.status)
        .join(member_session, member_session.c.member_id == member.c.id)
        .where(member_session.c.id == session_id, member_session.c.expires_at > clock.now())
    ).one_or_none()
    if session is None or session.status != "active":
        raise HTTPException(401)
    found: UUID = session.id
    return found


def _give(connection: Connection, giver: UUID, body: Body, idempotency_key: str) -> dict[str, Any]:
    now = datetime.now(UTC)
    month = month_of(now, settings.zone)
    gift = Gift(new_id(), giver, body.receiver_id)
    if connection.execute(select(func.count()).where(member.c.id == body.receiver_id, member.c.status == "active")).scalar() != 1:
        raise HTTPException(404)
    accounts = rows.touched(giver, body.receiver_id, month)
    names = [identifier.hex for identifier in accounts.changed()]
    account = tables.account
    locked = select(account.c.id, account.c.balance).where(account.c.id.in_(names)).order_by(account.c.id).with_for_update()
    balances = {UUID(row.id): row.balance for row in connection.execute(locked)}
    if balances[accounts.allowance] < 1 or balances[accounts.sent] + 1 > settings.recognition_sending_limit:
        raise HTTPException(409)
    after = {identifier: balance + (-1 if identifier == accounts.allowance else 1) for identifier, balance in balances.items()}
    number = _number(connection)
    key = (*rows.request_key(gift, BOOK, number, now)[1:], rows.key_hash(giver, idempotency_key))
    connection.execute(
        update(account).where(account.c.id == bindparam("one")).values(balance=bindparam("then")),
        [{"one": identifier.hex, "then": balance} for identifier, balance in after.items()],
    )
    written = [
        (tables.entry, [rows.entry(gift, BOOK, number, now, after[accounts.allowance])]),
        (tables.posting, rows.postings(accounts, BOOK, number, after)),
        (recognition, [rows.recognition(gift, number, month, now)]),
        (tables.outbox, [rows.fact(gift, BOOK, number, now)]),
        (tables.request_key, [(key[-1], *key[:-1])]),
    ]
    try:
        for table, made in written:
            connection.execute(insert(table), [_values(table, row) for row in made])
    except IntegrityError:
        raise HTTPException(409) from None
    return {"recognition_id": gift.id, "sender_id": giver, "receiver_id": body.receiver_id, "created_at": now, "credits": body.credits}


def _number(connection: Connection) -> int:
    if database.is_sqlite:
        book = tables.book
        moved = update(book).where(book.c.id == BOOK).values(sequence=book.c.sequence + 1).returning(book.c.sequence)
        return int(connection.execute(moved).scalar_one())
    return int(connection.execute(text("SELECT nextval('gift_number')")).scalar_one())


def _values(table: Any, row: tuple[object, ...]) -> dict[str, object]:
    values = dict(zip(TABLES[table], row, strict=True))
    for column in ("source", "target", "hash"):
        if isinstance(found := values.get(column), UUID):
            values[column] = found.hex  # these columns take digits
    return values
