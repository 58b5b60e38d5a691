"""What commands work with: settings and a database that has its schema."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import ValidationError
from sqlalchemy import Connection, make_url

from laurels.core.clock import SystemClock
from laurels.core.database import Database, open_database
from laurels.core.migrate import current_revision, is_current, upgrade
from laurels.core.settings import Settings
from laurels.identity.mail import mailer_for
from laurels.products.recognition.policy import policy_of
from laurels.vouchers.http import HttpIssuer
from laurels.web.limits import RateLimiter


class CommandFailed(Exception):
    """A command can't do what was asked; the message is one line and names the cure."""

    def __init__(self, message: str, *, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


def read_settings() -> Settings:
    """The settings from the environment and `.env`.

    Raises:
        CommandFailed: one can't be used.
    """
    try:
        settings = Settings()
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False)[0]
        name = str(wrong["loc"][0]) if wrong["loc"] else "settings"
        variable = name if name.isupper() else f"LAURELS_{name.upper()}"
        reason = wrong["msg"].removeprefix("Value error, ")
        raise CommandFailed(f"{variable}: {reason}. Change it in the environment or in .env.", code=2) from None
    _check_parts(settings)
    return settings


def _check_parts(settings: Settings) -> None:
    """Make once what settings name beside the database, so that a wrong one is told here and not from within a server."""
    try:
        policy_of(settings)
        mailer_for(settings.mail_url.get_secret_value(), folder=settings.home, sender=settings.mail_sender)
        RateLimiter(SystemClock(), redis_url=settings.redis_url)
        if settings.voucher_issuer_url:
            HttpIssuer(settings.voucher_issuer_url).close()
    except ValueError as error:
        raise CommandFailed(f"{error}. Change it in the environment or in .env.", code=2) from None


def make_home(settings: Settings) -> None:
    """See that the home folder is there.

    Raises:
        CommandFailed: it can't be made.
    """
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandFailed(f"LAURELS_HOME: no folder can be made at {settings.home}: {error.strerror}. Name another.", code=2) from None


def shown_url(settings: Settings) -> str:
    """The database's URL for people: without its password."""
    return make_url(settings.resolved_database_url).render_as_string(hide_password=True)


def prepare_schema(settings: Settings) -> None:
    """See that the database has the schema that commands write into.

    A database without one gets it, and an SQLite file is brought up to date:
    nobody else uses it. A PostgreSQL with an older one is left alone, because
    other processes may run on it.

    Raises:
        CommandFailed: the schema must be migrated first.
    """
    make_home(settings)
    database = open_database(settings.resolved_database_url, pool_size=1)
    try:
        with database.read.connect() as connection:
            if is_current(connection):
                return
            is_ours_alone = database.is_sqlite or current_revision(connection) is None
    finally:
        database.dispose()
    if not is_ours_alone:
        raise _older(settings)
    upgrade(settings.resolved_database_url)


@contextmanager
def opened_for_writing(settings: Settings) -> Iterator[Database]:
    """The database, with its schema.

    Raises:
        CommandFailed: the schema must be migrated first.
    """
    prepare_schema(settings)
    database = open_database(settings.resolved_database_url)
    try:
        yield database
    finally:
        database.dispose()


@contextmanager
def opened_for_reading(settings: Settings) -> Iterator[Connection]:
    """One transaction on the database, in which nothing moves; nothing is created.

    Raises:
        CommandFailed: there is no schema, or an older one.
    """
    url = make_url(settings.resolved_database_url)
    is_sqlite = url.get_backend_name() == "sqlite"
    if is_sqlite and not Path(url.database or "").is_file():
        raise CommandFailed(f"There is no database at {shown_url(settings)} yet. Make one: laurels migrate, or laurels demo.")
    database = open_database(settings.resolved_database_url, pool_size=1)
    try:
        # On SQLite any read transaction is a snapshot already.
        engine = database.read if is_sqlite else database.read.execution_options(isolation_level="REPEATABLE READ")
        with engine.connect() as connection:
            if not is_current(connection):
                raise _older(settings)
            yield connection
    finally:
        database.dispose()


def _older(settings: Settings) -> CommandFailed:
    return CommandFailed(f"The database {shown_url(settings)} lacks the schema of this version of Laurels. Bring it there: laurels migrate")
