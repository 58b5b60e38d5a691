"""progress show: where a member stands."""

from typing import Annotated, Any

import typer

from laurels.cli.opening import opened_for_reading, read_settings
from laurels.cli.showing import say, say_json, say_table
from laurels.core.clock import SystemClock
from laurels.products.progress.queries.configuration import load_basis
from laurels.products.progress.queries.status import Status, read_status
from laurels.products.progress.queries.whose import get_member_named

SHOW_EXAMPLE = "Example: **laurels progress show 537811 --json**"


def add_to(app: typer.Typer) -> None:
    """Register these commands."""
    group = typer.Typer(no_args_is_help=True, help="Points, tiers, levels and streaks.")
    group.callback()(_progress)
    group.command(epilog=SHOW_EXAMPLE)(show)
    app.add_typer(group, name="progress")


def _progress() -> None:
    """Points, tiers, levels and streaks."""


def show(
    student_id: Annotated[str, typer.Argument(metavar="STUDENT_ID", help="The institution's id of a member; or their id here.")],
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Tell where a member stands today: their points, tier, level and streak."""
    settings = read_settings()
    with opened_for_reading(settings) as connection:
        basis = load_basis(connection, settings.zone)
        found = read_status(connection, basis, get_member_named(connection, student_id), at=SystemClock().now(), activities=0)
    if as_json:
        say_json(_answer(found))
    else:
        _show(found)


def _answer(found: Status) -> dict[str, Any]:
    """With the fields that the API gives it."""
    return {
        "student_id": found.member.student_id,
        "total_points": found.reached.total_points,
        "tier": found.reached.tier.key,
        "level": found.reached.level,
        "current_streak_days": found.streak.current_days,
        "longest_streak_days": found.streak.longest_days,
    }


def _show(found: Status) -> None:
    at, streak = found.reached, found.streak
    ahead = f"{at.points_to_next_tier:,} points to {at.next_tier.title}" if at.next_tier else "the highest"
    say(f"{found.member.display_name} ({found.member.student_id or found.member.id})")
    say_table(
        ("", "", "next"),
        [
            ("points", f"{at.total_points:,}", ""),
            ("tier", at.tier.title, ahead),
            ("level", at.level, f"{at.points_to_next_level:,} points to level {at.level + 1}"),
            ("streak, days", streak.current_days, f"the longest: {streak.longest_days}"),
        ],
    )
