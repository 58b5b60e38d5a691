"""program create, list, show and report: loyalty programs from files, and how they stand."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import Connection
import typer

from laurels.cli.opening import CommandFailed, opened_for_reading, opened_for_writing, read_settings
from laurels.cli.program_report import REPORT_EXAMPLE, report
from laurels.cli.showing import remarks, say, say_json, say_table
from laurels.core.clock import SystemClock
from laurels.core.errors import Missing
from laurels.identity.editing import OPERATOR
from laurels.identity.queries import members_by_student_id
from laurels.products.loyalty import queries
from laurels.products.loyalty.actions.programs import create_program
from laurels.products.loyalty.bounds import MAX_ADMINS, MAX_CAMPAIGNS, MAX_PROGRAMS, MAX_REWARDS, MAX_VERSIONS
from laurels.products.loyalty.schemas.campaigns import CampaignAnswer
from laurels.products.loyalty.schemas.people import ListedAnswer
from laurels.products.loyalty.schemas.programs import ProgramAnswer, ProgramBody, TermsAnswer
from laurels.products.loyalty.schemas.rewards import RewardAnswer
from laurels.web.fields import field_errors

MAX_FILE_BYTES = 1024 * 1024
"""Largest file that is read: what the API takes, too."""

CREATE_HELP = "JSON: what POST /api/v1/programs takes. docs/examples/program.json is one."

AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]


def add_to(app: typer.Typer) -> None:
    """Register these commands."""
    group = typer.Typer(no_args_is_help=True, help="Create loyalty programs and look at them.")
    group.command(epilog="Example: **laurels program create --file docs/examples/program.json --active**")(create)
    group.command("list", epilog="Example: **laurels program list --json**")(list_all)
    group.command(epilog="Example: **laurels program show 01a1f890-e37a-73f9-9bad-95b6014a4f20 --json**")(show)
    group.command(epilog=REPORT_EXAMPLE)(report)
    app.add_typer(group, name="program")


def create(
    file: Annotated[Path, typer.Option(exists=True, dir_okay=False, readable=True, help=CREATE_HELP)],
    active: Annotated[bool, typer.Option("--active", help="Have it run at once; else it is a draft, or what the file says.")] = False,
    admin: Annotated[list[str] | None, typer.Option(help="Student id of a member who runs it. May be repeated.")] = None,
    as_json: AsJson = False,
) -> None:
    """Create a program from a file with its settings, terms, campaigns and rewards; prints its id."""
    body = _read(file)
    with opened_for_writing(read_settings()) as database:
        with database.read.connect() as connection:
            admins = _members(connection, admin or [])
        new = replace(body.new(), is_active=active or body.is_active, admins=admins)
        saved = create_program(database, OPERATOR, new, now=SystemClock().now())
        with database.read.connect() as connection:
            found = _whole(connection, saved.id)
    if as_json:
        say_json(found)
        return
    counts = f"{len(found['campaigns'])} campaigns, {len(found['rewards'])} rewards"
    remarks.print(f"{body.name} is {found['program']['status']}, with {len(body.terms.rules)} rules, {counts}. Its id:")
    say(str(saved.id))


def list_all(as_json: AsJson = False) -> None:
    """List all programs, by name."""
    with opened_for_reading(read_settings()) as connection:
        found = queries.list_all_programs(connection, limit=MAX_PROGRAMS)
    if as_json:
        say_json([ProgramAnswer.of(row).model_dump(mode="json") for row in found])
        return
    if not found:
        remarks.print("There is no program yet. Create one: laurels program create --file docs/examples/program.json")
        return
    rows = [(row.id, row.name, row.status, row.currency, row.zone, row.joining) for row in found]
    say_table(("id", "name", "status", "currency", "zone", "joining"), rows)


def show(program_id: Annotated[UUID, typer.Argument(metavar="ID", help="As `list` shows it.")], as_json: AsJson = False) -> None:
    """Show a program with its terms, campaigns, rewards and admins."""
    with opened_for_reading(read_settings()) as connection:
        found = _whole(connection, program_id)
    if as_json:
        say_json(found)
        return
    program = found["program"]
    say(f"{program['name']} ({program['status']}): {program['unit_name']}, {program['currency']}, {program['zone']}, {program['joining']}")
    latest = found["terms"][0]
    rules = [(rule["name"], rule["points"], rule["spend_per"], rule["accrual"], rule["priority"]) for rule in latest["terms"]["rules"]]
    say(f"Terms, version {latest['version']}, in force from {latest['valid_from'] or 'the beginning'}:")
    say_table(("rule", "points", "for minor units", "accrual", "priority"), rules)
    if found["campaigns"]:
        campaigns = [(one["name"], one["starts_at"], one["ends_at"], _left(one["budget_left"])) for one in found["campaigns"]]
        say_table(("campaign", "from", "until", "points left"), campaigns)
    if found["rewards"]:
        say_table(("reward", "cost", "left"), [(one["name"], one["cost"], _left(one["stock_left"])) for one in found["rewards"]])


def _read(file: Path) -> ProgramBody:
    """The program that a file describes.

    Raises:
        CommandFailed: it is too large, isn't JSON, or has a field that can't be taken.
    """
    if file.stat().st_size > MAX_FILE_BYTES:
        raise CommandFailed(f"{file} is larger than {MAX_FILE_BYTES} bytes. Create the program with less, and add the rest later.", code=2)
    try:
        return ProgramBody.model_validate_json(file.read_bytes())
    except ValidationError as error:
        sent = [{**one, "loc": ("body", *one["loc"])} for one in error.errors(include_url=False, include_input=False)]
        wrong = field_errors(sent, translate=str)
        told = "; ".join(f"{one.name or 'the file'}: {one.detail}" for one in wrong)
        raise CommandFailed(f"{file}: {told}", code=2) from None


def _members(connection: Connection, student_ids: list[str]) -> tuple[UUID, ...]:
    """Members by their student ids.

    Raises:
        CommandFailed: somebody isn't there, or they are too many.
    """
    if len(student_ids) > MAX_ADMINS:
        raise CommandFailed(f"--admin: a program has at most {MAX_ADMINS} admins.", code=2)
    known = members_by_student_id(connection, student_ids)
    if unknown := [one for one in student_ids if one not in known]:
        raise CommandFailed(f"--admin: nobody has the student id {unknown[0]}. Create them first: laurels member create", code=2)
    return tuple(known[one] for one in student_ids)


def _whole(connection: Connection, program_id: UUID) -> dict[str, Any]:
    """All that is set of a program, as the API tells it.

    Raises:
        Missing: there is none.
    """
    row = queries.find_program(connection, program_id)
    if row is None:
        raise Missing(what="program")
    terms = queries.list_terms(connection, program_id, limit=MAX_VERSIONS)
    campaigns = queries.list_campaigns(connection, program_id, limit=MAX_CAMPAIGNS)
    rewards = queries.list_rewards(connection, program_id, limit=MAX_REWARDS, with_archived=True)
    return {
        "program": ProgramAnswer.of(row).model_dump(mode="json"),
        "terms": [TermsAnswer.of(one).model_dump(mode="json") for one in terms],
        "campaigns": [CampaignAnswer.of(one).model_dump(mode="json") for one in campaigns],
        "rewards": [RewardAnswer.of(one).model_dump(mode="json") for one in rewards],
        "admins": [ListedAnswer.of(one).model_dump(mode="json") for one in queries.list_admins(connection, program_id)],
    }


def _left(number: int | None) -> int | str:
    return "unbounded" if number is None else number
