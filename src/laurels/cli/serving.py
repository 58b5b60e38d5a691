"""serve, worker, migrate, demo: the programs that run."""

import socket
from typing import Annotated

from fastapi import FastAPI
import typer
import uvicorn

from laurels.cli.demo import PASSWORD, SIGN_INS, seed
from laurels.cli.opening import CommandFailed, make_home, prepare_schema, read_settings, shown_url
from laurels.cli.showing import say
from laurels.core.logging import configure_logging
from laurels.core.memory import limit_kept_memory, spare_startup
from laurels.core.migrate import upgrade
from laurels.core.settings import Settings
from laurels.jobs.running import run_worker
from laurels.main import create_app
from laurels.model import open_model
from laurels.products.pot.house import open_house
from laurels.products.study.desk import open_desk
from laurels.reactions import WEBHOOK_SOURCES, timetable
from laurels.vouchers import open_vouchers
from laurels.webhooks import open_webhooks

DRAIN_SECONDS = 10
"""How long a stopping server waits for requests that are under way; streams end then."""

KEEP_ALIVE_SECONDS = 75
"""How long an idle connection is kept: longer than proxies do, so that they close it and not we."""

MAX_WORKERS = 64

Host = Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 for all.")]
Port = Annotated[int, typer.Option(min=1, max=65_535, help="Port to listen on.")]


def add_to(app: typer.Typer) -> None:
    """Register these commands."""
    app.command(epilog="Example: **laurels serve --host 0.0.0.0 --port 8000 --workers 2**")(serve)
    app.command(epilog="Example: **LAURELS_WORKER=outside laurels serve** in one terminal, **laurels worker** in another.")(worker)
    app.command(epilog="Example: **LAURELS_DATABASE_URL=postgresql://localhost/laurels laurels migrate**")(migrate)
    app.command(epilog="Example: **laurels demo --port 8000**")(demo)


def serve(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    workers: Annotated[int, typer.Option(min=1, max=MAX_WORKERS, help="Processes. One suffices on SQLite, which has one writer.")] = 1,
) -> None:
    """Serve the API and the pages.

    A new database gets its schema, and an SQLite file is brought up to date;
    another is left to `laurels migrate`. Ctrl-C or SIGTERM drains what is under way.
    """
    settings = read_settings()
    prepare_schema(settings)
    _serve(settings, host, port, workers=workers)


def worker() -> None:
    """Run schedules and outbox readers in a process of their own, beside servers with LAURELS_WORKER=outside."""
    settings = read_settings()
    prepare_schema(settings)
    configure_logging(settings.log_level)
    vouchers, webhooks = open_vouchers(settings), open_webhooks(settings, WEBHOOK_SOURCES)
    model = open_model(settings)  # nothing to close: jobs ask it with connections of their own
    house, desk = open_house(settings, model), open_desk(settings, model)
    try:
        run_worker(settings, timetable(settings, vouchers, webhooks, house, desk))
    finally:
        webhooks.close()
        vouchers.close()


def migrate() -> None:
    """Bring the database's schema to this version. Again, or by several at once, does no harm."""
    settings = read_settings()
    make_home(settings)
    revision = upgrade(settings.resolved_database_url)
    say(f"{shown_url(settings)} is at {revision}")


def demo(host: Host = "127.0.0.1", port: Port = 8000) -> None:
    """Try Laurels: a community with two months of recognitions, seeded once, served in one process.

    It lives in LAURELS_HOME (by default ./laurels-data); run again, it keeps its data. Delete the folder to begin anew.
    """
    settings = read_settings()
    prepare_schema(settings)
    _require_free(host, port)
    is_new = seed(settings)
    say(f"Laurels: http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}")  # noqa: S104  # compared, not bound
    say("")
    say(f"Sign in with one of these; the password is always: {PASSWORD}")
    for email, role in SIGN_INS:
        say(f"  {email:<24} {role}")
    say("")
    say(f"{'Seeded' if is_new else 'Kept'}: {shown_url(settings)}. Ctrl-C stops it.")
    _serve(settings, host, port, workers=1)


def application() -> FastAPI:
    """The application of one server process, its logging and memory limits included."""
    limit_kept_memory()
    settings = read_settings()
    configure_logging(settings.log_level)
    app = create_app(settings)
    spare_startup()
    return app


def _serve(settings: Settings, host: str, port: int, *, workers: int) -> None:
    _require_free(host, port)
    uvicorn.run(
        "laurels.cli.serving:application",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )


def _require_free(host: str, port: int) -> None:
    """Check that the port can be had, to say so in a line instead of a log.

    Raises:
        CommandFailed: it can't.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandFailed(f"Can't listen on {host}:{port}: {error.strerror}. Choose another: --port {port % 65_535 + 1}") from None
