"""Two addresses for whoever runs Laurels: is the process alive, and can it do its work?"""

from fastapi import APIRouter
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from laurels.core.errors import DomainError, Kind
from laurels.core.migrate import is_current
from laurels.web.caller import Open
from laurels.web.context import Context, Ctx
from laurels.web.documented import documented
from laurels.web.schemas import Answer, example

router = APIRouter(tags=["Operations"], dependencies=[Open])


class NotReady(DomainError):
    """The process is up, and something that it needs isn't."""

    code = "not-ready"
    kind = Kind.UNAVAILABLE
    detail = "Not ready: each of database, schema and writer must be true. A false schema is cured by: laurels migrate."

    def __init__(self, *, database: bool, schema: bool, writer: bool, retry_after_seconds: int = 5) -> None:
        super().__init__(database=database, schema=schema, writer=writer, retry_after_seconds=retry_after_seconds)


class Alive(Answer):
    """The process answers."""

    model_config = example({"status": "alive"})

    status: str


class Ready(Answer):
    """The process can do its work."""

    model_config = example({"status": "ready"})

    status: str


@router.get("/healthz")
async def read_health() -> Alive:
    """Whether the process is alive.

    It says nothing of the database: restart the process only if this fails.
    """
    return Alive(status="alive")


@router.get("/readyz", responses=documented(NotReady))
def read_readiness(context: Ctx) -> Ready:
    """Whether the process can do its work.

    The database answers, its schema is the one this version needs, and the
    ledger's writer runs. Send requests only while this succeeds.
    """
    database, schema = _ask_database(context)
    if not (database and schema and context.writer.is_running):
        raise NotReady(database=database, schema=schema, writer=context.writer.is_running)
    return Ready(status="ready")


def _ask_database(context: Context) -> tuple[bool, bool]:
    try:
        with context.database.read.connect() as connection:
            connection.execute(select(1))
            return True, is_current(connection)
    except SQLAlchemyError:
        return False, False
