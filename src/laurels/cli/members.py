"""member create, member promote: people, by the operator's hand."""

from dataclasses import asdict
from enum import StrEnum
from typing import Annotated, Any

from pydantic import TypeAdapter, ValidationError
import typer

from laurels.cli.opening import CommandFailed, opened_for_writing, read_settings
from laurels.cli.showing import say, say_json
from laurels.core.clock import SystemClock
from laurels.core.database import Database
from laurels.core.settings import Settings
from laurels.identity.actions import create_member, promote_member
from laurels.identity.fields import DisplayName, Email, FullName, StudentId, Username
from laurels.identity.parts import Identity, open_identity
from laurels.identity.tables import Member


class RoleName(StrEnum):
    """What a member may do."""

    MEMBER = "member"  # gives, endorses, redeems
    STAFF = "staff"  # also moderates, and keeps members and vouchers
    ADMIN = "admin"  # also decides who is staff


AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]

_FIELDS: dict[str, TypeAdapter[str]] = {
    "student-id": TypeAdapter(StudentId),
    "email": TypeAdapter(Email),
    "username": TypeAdapter(Username),
    "full-name": TypeAdapter(FullName),
    "display-name": TypeAdapter(DisplayName),
}


def add_to(app: typer.Typer) -> None:
    """Register these commands."""
    group = typer.Typer(no_args_is_help=True, help="Create members and give them roles.")
    group.command(epilog="Example: **laurels member create --student-id S-1 --email ada@example.org --role admin**")(create)
    group.command(epilog="Example: **laurels member promote ada@example.org --role staff**")(promote)
    app.add_typer(group, name="member")


def create(
    student_id: Annotated[str, typer.Option(help="The institution's id; unique.")],
    email: Annotated[str | None, typer.Option(help="To sign in with.")] = None,
    username: Annotated[str | None, typer.Option(help="Another name to sign in with.")] = None,
    password: Annotated[
        str | None, typer.Option(envvar="LAURELS_NEW_PASSWORD", help="At least 10 characters; asked for on a terminal if left out.")
    ] = None,
    role: Annotated[RoleName, typer.Option(help="What they may do.")] = RoleName.MEMBER,
    full_name: Annotated[str | None, typer.Option(help="For staff.")] = None,
    display_name: Annotated[str | None, typer.Option(help="For everyone; by default the full name.")] = None,
    as_json: AsJson = False,
) -> None:
    """Create a member. Without a password they can't sign in until staff set one."""
    given = {"student-id": student_id, "email": email, "username": username, "full-name": full_name, "display-name": display_name}
    cleaned = {name: _clean(name, value) for name, value in given.items() if value is not None}
    if password is None and typer.get_text_stream("stdin").isatty():
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    settings = read_settings()
    with opened_for_writing(settings) as database:
        identity = _identity(settings, database)
        try:
            created = create_member(
                identity,
                student_id=cleaned["student-id"],
                email=cleaned.get("email"),
                username=cleaned.get("username"),
                password=password,
                role=role.value,
                full_name=cleaned.get("full-name", ""),
                display_name=cleaned.get("display-name", ""),
            )
        finally:
            identity.stop()
    _show(created, as_json=as_json, done="created")


def promote(
    name: Annotated[str, typer.Argument(help="Their email, username or student id.")],
    role: Annotated[RoleName, typer.Option(help="What they may do from now on.")],
    as_json: AsJson = False,
) -> None:
    """Give a member another role."""
    settings = read_settings()
    with opened_for_writing(settings) as database:
        identity = _identity(settings, database)
        try:
            changed = promote_member(identity, name.strip(), role.value)
        finally:
            identity.stop()
    _show(changed, as_json=as_json, done=f"is now {role.value}")


def _identity(settings: Settings, database: Database) -> Identity:
    return open_identity(settings, database, SystemClock())


def _clean(name: str, value: str) -> str:
    try:
        return _FIELDS[name].validate_python(value)
    except ValidationError as error:
        message = error.errors(include_url=False)[0]["msg"].removeprefix("Value error, ")
        raise CommandFailed(f"--{name}: {message}", code=2) from None


def _show(member: Member, *, as_json: bool, done: str) -> None:
    if as_json:
        told: dict[str, Any] = asdict(member)
        del told["student_order"]
        say_json(told)
    else:
        say(f"{member.display_name} ({member.student_id}, {member.role}) {done}: {member.id}")
