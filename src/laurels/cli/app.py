"""The commands put together, and what happens when one fails."""

import logging
from typing import Annotated, Any

from alembic.util import CommandError
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
import typer
from typer.core import TyperGroup

from laurels import __version__
from laurels.cli import boards, documents, imports, jobs, keys, ledger, members, pot, programs, progress, serving, study
from laurels.cli.opening import CommandFailed
from laurels.core.errors import DomainError
from laurels.core.memory import spare_startup
from laurels.core.secrets import SecretKeyUnusable

INTERRUPTED = 130
"""What shells expect of a program that was stopped by Ctrl-C."""

log = logging.getLogger(__name__)


TOLD = (CommandFailed, DomainError, SecretKeyUnusable, DBAPIError, ArgumentError, CommandError, NoSuchModuleError, OSError)
"""What is told in a line; anything else is a mistake of ours, and shows where."""


class Commands(TyperGroup):
    """The command line; what a command can't do is told in one line."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise typer.Exit(INTERRUPTED) from None
        except TOLD as error:
            log.debug("the command failed", exc_info=error)
            typer.echo(f"laurels: {explain(error)}", err=True)
            raise typer.Exit(error.code if isinstance(error, CommandFailed) else 1) from None


def explain(error: Exception) -> str:
    """What went wrong and what to do, in one line."""
    if isinstance(error, DBAPIError):
        cause = (str(error.orig).strip().splitlines() or ["the database failed"])[0]
        return f"{cause}. Is the database that LAURELS_DATABASE_URL names there, and may this user use it?"
    if isinstance(error, CommandError):
        return f"{error}. The database was used by another version of Laurels: run that one, or a newer."
    if isinstance(error, (ArgumentError, NoSuchModuleError)):
        return "LAURELS_DATABASE_URL isn't one: write sqlite:///file.db or postgresql://user:password@host/name."
    return " ".join(str(error).split())


app = typer.Typer(
    name="laurels",
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    help="The points economy of a learning community.",
    epilog="Begin with: **laurels demo**. Settings are LAURELS_* variables; .env.example lists them.",
)


@app.callback(invoke_without_command=True)
def _options(version: Annotated[bool, typer.Option("--version", help="Tell the version and stop.")] = False) -> None:
    if version:
        typer.echo(f"laurels {__version__}")
        raise typer.Exit


serving.add_to(app)
imports.add_to(app)
members.add_to(app)
keys.add_to(app)
programs.add_to(app)
progress.add_to(app)
pot.add_to(app)
study.add_to(app)
ledger.add_to(app)
jobs.add_to(app)
boards.add_to(app)
documents.add_to(app)


def main() -> None:
    """The entry point `laurels`."""
    spare_startup()
    app(prog_name="laurels")
