"""key create, key list, key revoke."""

import json
from uuid import uuid4

import pytest

from cli.conftest import Laurels
from laurels.core.database import Database
from laurels.identity.audit_log import list_actions
from laurels.identity.service_keys import list_keys
from laurels.identity.tokens import Keys, read_service_key

SUBJECT = f"program/{uuid4()}"
TILL = ("key", "create", "--subject", SUBJECT, "--scope", "read", "--scope", "earn", "--name", "till")


def test_created_key_alone_is_on_standard_output_and_only_its_hash_is_kept(laurels: Laurels, database: Database) -> None:
    done = laurels(*TILL)
    assert done.exit_code == 0, done.stderr
    read = read_service_key(Keys.of(b"s" * 64), done.stdout.removesuffix("\n"))
    assert read is not None
    with database.read.connect() as connection:
        (kept,) = list_keys(connection, SUBJECT)
        (action,) = list_actions(connection, limit=10, subject=f"service_key/{kept.id}")
    assert (kept.id, kept.secret_hash, kept.scopes, kept.name, kept.expires_at) == (read.key_id, read.hash, "earn read", "till", None)
    assert (action.action, action.actor_id) == ("service_key.created", None)
    assert "isn't shown again" in done.stderr and done.stdout.strip() not in done.stderr


def test_keys_are_listed_without_their_secret_and_revoked_by_id(laurels: Laurels) -> None:
    made = json.loads(laurels(*TILL, "--expires-at", "2999-01-31T00:00:00Z", "--json").stdout)
    assert (made["subject"], made["scopes"], made["expires_at"]) == (SUBJECT, ["earn", "read"], "2999-01-31T00:00:00+00:00")
    listed = laurels("key", "list", "--json").stdout
    assert json.loads(listed) == [{name: value for name, value in made.items() if name != "token"}]
    assert made["token"] not in listed and made["token"][36:] not in listed
    revoked = laurels("key", "revoke", made["id"])
    assert (revoked.exit_code, revoked.stdout) == (0, f"till ({SUBJECT}: earn read) is revoked: {made['id']}\n")
    (row,) = json.loads(laurels("key", "list", "--subject", SUBJECT, "--json").stdout)
    assert row["revoked_at"] is not None
    assert json.loads(laurels("key", "list", "--subject", "program/1", "--json").stdout) == []


def test_list_for_people_names_each_key(laurels: Laurels) -> None:
    laurels(*TILL)
    shown = laurels("key", "list").stdout
    assert "till" in shown and "earn read" in shown and SUBJECT.removeprefix("program/")[:8] in shown


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("--subject", "program/1", "--scope", "Earn", "--name", "till"), 2, "laurels: --scope: String should match pattern"),
        (("--subject", "program/1", "--scope", "earn", "--name", " "), 2, "laurels: --name: "),
        (("--subject", "program/1", "--scope", "earn", "--name", "till", "--expires-at", "soon"), 2, "laurels: --expires-at: "),
        (
            ("--subject", "program/1", "--scope", "earn", "--name", "till", "--expires-at", "2001-01-31T00:00:00Z"),
            1,
            "laurels: expires_at: ",
        ),
        (("--subject", "no subject", "--scope", "earn", "--name", "till"), 1, "laurels: subject: send what the key is for"),
    ],
)
def test_key_that_cannot_be_is_told_in_a_line(laurels: Laurels, words: tuple[str, ...], code: int, told: str) -> None:
    done = laurels("key", "create", *words)
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (code, "", 1)
    assert told in done.stderr


def test_key_that_is_not_there_is_told_in_a_line(laurels: Laurels) -> None:
    done = laurels("key", "revoke", str(uuid4()))
    assert (done.exit_code, done.stdout, done.stderr) == (1, "", "laurels: There is no such service key. Check the id.\n")
