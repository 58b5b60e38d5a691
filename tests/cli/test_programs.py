"""program create, program list, program show."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from cli.conftest import Laurels
from laurels.core.database import Database
from laurels.products.loyalty.tables import program

SAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "program.json"


def count(database: Database) -> int:
    """How many programs there are."""
    with database.read.connect() as connection:
        return connection.execute(select(func.count()).select_from(program)).scalar_one()


def test_the_documented_sample_becomes_a_program_that_runs(laurels: Laurels) -> None:
    laurels("member", "create", "--student-id", "S-1", "--display-name", "Ana Díaz")
    done = laurels("program", "create", "--file", str(SAMPLE), "--active", "--admin", "S-1")
    assert done.exit_code == 0, done.stderr
    made = done.stdout.strip()
    assert UUID(made).version == 7, "the id alone, for scripts"
    assert "Wine & Dine is active, with 2 rules" in done.stderr
    shown = json.loads(laurels("program", "show", made, "--json").stdout)
    assert shown["program"]["id"] == made and shown["program"]["status"] == "active"
    assert shown["program"]["burn_rate"] == {"points": 100, "value_minor": 500}
    sample = json.loads(SAMPLE.read_text())
    [terms] = shown["terms"]
    assert [rule["name"] for rule in terms["terms"]["rules"]] == [rule["name"] for rule in sample["terms"]["rules"]]
    assert terms["terms"]["expiry"] == sample["terms"]["expiry"]
    assert [(one["name"], one["budget_left"]) for one in shown["campaigns"]] == [("Harvest", 50_000)]
    assert [(one["cost"], one["stock_left"]) for one in shown["rewards"]] == [(250, 200), (600, None), (2_500, 40)]
    assert [(one["student_id"], one["display_name"]) for one in shown["admins"]] == [("S-1", "Ana Díaz")]
    verified = laurels("ledger", "verify")
    assert verified.exit_code == 0, verified.stdout


def test_programs_are_listed_and_shown_to_people(laurels: Laurels) -> None:
    assert "There is no program yet" in laurels("program", "list").stderr
    made = laurels("program", "create", "--file", str(SAMPLE)).stdout.strip()
    listed = laurels("program", "list").stdout
    assert made in listed and "draft" in listed
    [row] = json.loads(laurels("program", "list", "--json").stdout)
    assert (row["id"], row["status"], row["version"]) == (made, "draft", 1)
    shown = laurels("program", "show", made).stdout
    for told in ("Wine & Dine (draft)", "Weekend dinners", "Harvest", "50000", "Cellar tour", "unbounded"):
        assert told in shown


def test_created_program_is_told_as_json(laurels: Laurels) -> None:
    done = laurels("program", "create", "--file", str(SAMPLE), "--json")
    assert json.loads(done.stdout)["program"]["status"] == "draft"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"currency": "EUX"}, "currency: Send an ISO 4217 code"),
        ({"terms": {"rules": [{"name": "A", "spend_per": 0, "points": 5}]}}, "terms.rules.0.spend_per: Send 1 or more."),
        ({"terms": {"rules": []}}, "terms.rules: Send at least one rule."),
        ({"colour": "red"}, "colour: Leave this field out"),
        ({"rewards": [{"name": "Tour", "cost": "600"}]}, "rewards.0.cost: Send a whole number"),
        (
            {"campaigns": [{"name": "X", "ends_at": "2026-01-01T00:00:00", "extra_points": 5}]},
            "campaigns.0.ends_at: Send the time with its offset",
        ),
    ],
)
def test_a_file_that_cant_be_is_told_field_by_field(
    laurels: Laurels, database: Database, tmp_path: Path, change: dict[str, Any], told: str
) -> None:
    file = tmp_path / "program.json"
    file.write_text(json.dumps(json.loads(SAMPLE.read_text()) | change))
    done = laurels("program", "create", "--file", str(file))
    assert (done.exit_code, done.stdout) == (2, "")
    assert told in " ".join(done.stderr.split())
    assert count(database) == 0


@pytest.mark.parametrize(
    ("content", "told"), [(b"{", "the file: Send valid JSON."), (b"\xff\xfe", "the file: Send valid JSON."), (b"[]", "Send a JSON object")]
)
def test_a_file_that_is_no_program_is_refused(laurels: Laurels, tmp_path: Path, content: bytes, told: str) -> None:
    file = tmp_path / "program.json"
    file.write_bytes(content)
    done = laurels("program", "create", "--file", str(file))
    assert (done.exit_code, done.stdout) == (2, "")
    assert told in " ".join(done.stderr.split())


def test_a_huge_file_is_refused(laurels: Laurels, tmp_path: Path) -> None:
    file = tmp_path / "program.json"
    file.write_bytes(b" " * (1024 * 1024 + 1))
    done = laurels("program", "create", "--file", str(file))
    assert done.exit_code == 2 and "is larger than" in " ".join(done.stderr.split())


def test_a_part_that_cant_be_leaves_nothing(laurels: Laurels, database: Database, tmp_path: Path) -> None:
    file = tmp_path / "program.json"
    backwards = {"name": "X", "starts_at": "2026-02-01T00:00:00Z", "ends_at": "2026-01-01T00:00:00Z", "extra_points": 5}
    file.write_text(json.dumps(json.loads(SAMPLE.read_text()) | {"campaigns": [backwards]}))
    done = laurels("program", "create", "--file", str(file))
    assert (done.exit_code, done.stdout) == (1, "")
    assert "ends_at: send an instant after starts_at" in done.stderr
    assert count(database) == 0


def test_nobody_by_that_student_id_leaves_nothing(laurels: Laurels, database: Database) -> None:
    done = laurels("program", "create", "--file", str(SAMPLE), "--admin", "S-404")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "nobody has the student id S-404" in " ".join(done.stderr.split())
    assert count(database) == 0


def test_an_unknown_program_is_told(laurels: Laurels) -> None:
    done = laurels("program", "show", "01a1f890-e37a-73f9-9bad-95b6014a4f20")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "There is no such program" in done.stderr
