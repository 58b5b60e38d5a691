"""member create, member promote."""

import json

import pytest

from cli.conftest import Laurels
from laurels.core.database import Database
from laurels.identity.queries import find_credentials, find_member_by_name


def test_created_member_is_told_as_json_and_can_sign_in(laurels: Laurels, database: Database) -> None:
    words = ("--student-id", "S-1", "--email", "Ada@Example.org", "--password", "seven quiet lanterns", "--role", "admin", "--json")
    done = laurels("member", "create", *words)
    assert done.exit_code == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["student_id"], told["email"], told["role"], told["status"]) == ("S-1", "ada@example.org", "admin", "active")
    assert "password" not in done.stdout and "student_order" not in told
    assert "T" in told["created_at"] and told["created_at"].endswith("+00:00")
    with database.read.connect() as connection:
        found = find_credentials(connection, "ada@example.org")
    assert found is not None and str(found[0].id) == told["id"] and found[1].startswith("$argon2id$")


def test_member_without_password_is_created(laurels: Laurels, database: Database) -> None:
    done = laurels("member", "create", "--student-id", "7", "--full-name", "Ana Díaz")
    assert (done.exit_code, done.stdout.split(":")[0]) == (0, "Ana Díaz (7, member) created")
    with database.read.connect() as connection:
        assert find_credentials(connection, "7") is None


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("--student-id", " "), 2, "laurels: --student-id: Send at least one character."),
        (("--student-id", "1", "--email", "nobody"), 2, "laurels: --email: Send an email address"),
        (("--student-id", "1", "--password", "short"), 1, "laurels: password: choose 10 to 128 characters"),
        (("--student-id", "1", "--role", "king"), 2, "Invalid value for '--role'"),
    ],
)
def test_field_that_cannot_be_is_told_in_a_line(laurels: Laurels, words: tuple[str, ...], code: int, told: str) -> None:
    done = laurels("member", "create", *words)
    assert (done.exit_code, done.stdout) == (code, "")
    assert told in done.stderr and "Traceback" not in done.stderr


def test_taken_student_id_is_told_in_a_line(laurels: Laurels) -> None:
    assert laurels("member", "create", "--student-id", "1").exit_code == 0
    done = laurels("member", "create", "--student-id", "1")
    assert (done.exit_code, done.stderr.count("\n")) == (1, 1)
    assert "Another member has this student_id" in done.stderr


def test_promoted_member_has_the_role(laurels: Laurels, database: Database) -> None:
    laurels("member", "create", "--student-id", "1", "--email", "ada@example.org", "--role", "admin")
    done = laurels("member", "create", "--student-id", "2", "--username", "bo_lindt")
    assert done.exit_code == 0
    assert laurels("member", "promote", "bo_lindt", "--role", "staff").stdout.startswith("bo_lindt (2, staff) is now staff")
    with database.read.connect() as connection:
        found = find_member_by_name(connection, "2")
    assert found is not None and found.role == "staff"


def test_nobody_and_the_last_admin_are_not_changed(laurels: Laurels) -> None:
    laurels("member", "create", "--student-id", "1", "--role", "admin")
    assert "There is no such member" in laurels("member", "promote", "9", "--role", "staff").stderr
    done = laurels("member", "promote", "1", "--role", "member")
    assert (done.exit_code, "last active admin" in done.stderr) == (1, True)
