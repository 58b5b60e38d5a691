"""key create, key list, key revoke: service keys, by the operator's hand."""

from typing import Annotated
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
import typer

from laurels.cli.opening import CommandFailed, opened_for_reading, opened_for_writing, read_settings
from laurels.cli.showing import remarks, say, say_json, say_table
from laurels.core.clock import SystemClock
from laurels.identity.key_schemas import NewServiceKeyAnswer, ServiceKeyAnswer, ServiceKeyBody
from laurels.identity.parts import open_identity
from laurels.identity.service_keys import create_key, get_key, list_keys, revoke_key
from laurels.identity.tables import ServiceKey

MAX_LISTED = 1_000

AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]
_BODY = TypeAdapter(ServiceKeyBody)


def add_to(app: typer.Typer) -> None:
    """Register these commands."""
    group = typer.Typer(no_args_is_help=True, help="Make, list and revoke service keys.")
    group.command(epilog="Example: **laurels key create --subject program/ID --scope earn --scope read --name till**")(create)
    group.command(name="list")(show)
    group.command(epilog="Example: **laurels key revoke 0192f4a0-5b1e-7c33-9c1d-3f6d1f0f8a11**")(revoke)
    app.add_typer(group, name="key")


def create(
    subject: Annotated[str, typer.Option(help="What it is for: program/ID.")],
    scope: Annotated[list[str], typer.Option(help="What it may do there: earn, burn, read. Give it several times.")],
    name: Annotated[str, typer.Option(help="To tell it from others.")],
    expires_at: Annotated[str | None, typer.Option(help="From when it opens nothing, as 2027-01-31T00:00:00Z; by default never.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make a service key. It is written to standard output this once; only its hash is kept."""
    body = _read_body(name=name, scopes=scope, expires_at=expires_at)
    settings = read_settings()
    with opened_for_writing(settings) as database:
        identity = open_identity(settings, database, SystemClock())
        try:
            created = create_key(identity, subject=subject, name=body.name, scopes=body.scopes, by=None, expires_at=body.expires_at)
        finally:
            identity.stop()
    if as_json:
        say_json(NewServiceKeyAnswer.of_new(created).model_dump(mode="json"))
    else:
        say(created.token)
        remarks.print(f"{_described(created.key)}: {created.key.id}. Keep the key now: it isn't shown again.", markup=False)


def show(
    subject: Annotated[str | None, typer.Option(help="Only keys for this, such as program/ID.")] = None,
    as_json: AsJson = False,
) -> None:
    """List service keys, newest first, revoked and expired ones too; never their secrets."""
    with opened_for_reading(read_settings()) as connection:
        keys = list_keys(connection, subject, limit=MAX_LISTED)
    answers = [ServiceKeyAnswer.of(key).model_dump(mode="json") for key in keys]
    if as_json:
        say_json(answers)
        return
    columns = ("id", "subject", "name", "scopes", "last_used_at", "expires_at", "revoked_at")
    rows = [[" ".join(told[name]) if name == "scopes" else told[name] or "-" for name in columns] for told in answers]
    say_table([column.replace("_at", "").replace("_", " ") for column in columns], rows)


def revoke(key_id: Annotated[UUID, typer.Argument(help="Its id, as the list tells it.")], as_json: AsJson = False) -> None:
    """Revoke a service key: it opens nothing from now on, in any process."""
    settings = read_settings()
    with opened_for_writing(settings) as database:
        identity = open_identity(settings, database, SystemClock())
        try:
            with database.read.connect() as connection:
                subject = get_key(connection, key_id).subject
            revoked = revoke_key(identity, subject=subject, key_id=key_id, by=None)
        finally:
            identity.stop()
    if as_json:
        say_json(ServiceKeyAnswer.of(revoked).model_dump(mode="json"))
    else:
        say(f"{_described(revoked)} is revoked: {revoked.id}")


def _read_body(**sent: object) -> ServiceKeyBody:
    """What the API would take, checked as there."""
    try:
        return _BODY.validate_python(sent)
    except ValidationError as error:
        wrong = error.errors(include_url=False)[0]
        option = str(wrong["loc"][0]).replace("_", "-").replace("scopes", "scope")
        raise CommandFailed(f"--{option}: {wrong['msg'].removeprefix('Value error, ')}", code=2) from None


def _described(key: ServiceKey) -> str:
    return f"{key.name} ({key.subject}: {key.scopes})"
