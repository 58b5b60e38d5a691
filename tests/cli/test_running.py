"""migrate, demo, serve, openapi, and what happens when something can't be."""

from collections.abc import Callable
import json
import os
from pathlib import Path
import signal
import socket
import subprocess
import sys
import time
from urllib.request import urlopen

import pytest
from sqlalchemy import text

from cli.conftest import Laurels
from laurels.cli.demo import PASSWORD, SIGN_INS, seed
from laurels.cli.demo_story import PEOPLE
from laurels.core.clock import FixedClock
from laurels.core.database import Database, open_database
from laurels.core.migrate import latest_revision, upgrade
from laurels.core.settings import Settings
from laurels.identity.passwords import check_password
from laurels.ledger.reader import heads, verify
from laurels.products.pot.queries import verify_pot
from laurels.products.recognition.queries import count_vouchers

STARTS_WITHIN_SECONDS = 60


def test_migrate_gives_the_schema_and_may_be_repeated(laurels_on_empty: Laurels) -> None:
    for _ in range(2):
        done = laurels_on_empty("migrate")
        assert done.exit_code == 0 and done.stdout.endswith(f"is at {latest_revision()}\n")


def test_reading_a_database_without_schema_names_the_cure(laurels_on_empty: Laurels) -> None:
    done = laurels_on_empty("ledger", "verify")
    assert (done.exit_code, done.stderr.count("\n")) == (1, 1)
    assert "laurels migrate" in done.stderr


def test_older_schema_is_migrated_where_nobody_else_uses_it(laurels: Laurels, database: Database) -> None:
    with database.write.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'unknown'"))
    done = laurels("member", "create", "--student-id", "1")
    # That revision can't be migrated from, so that this shows who tried: SQLite did, PostgreSQL left it alone.
    told = "was used by another version of Laurels" if database.is_sqlite else "Bring it there: laurels migrate"
    assert (done.exit_code, done.stderr.count("\n")) == (1, 1)
    assert told in done.stderr


@pytest.mark.parametrize(
    ("name", "value", "code", "told"),
    [
        ("LAURELS_TIME_ZONE", "Atlantis", 2, "LAURELS_TIME_ZONE: 'Atlantis' is no IANA time zone"),
        ("LAURELS_DATABASE_URL", "nonsense", 1, "LAURELS_DATABASE_URL isn't one"),
        ("LAURELS_DATABASE_URL", "postgresql://127.0.0.1:1/none", 1, "Is the database that LAURELS_DATABASE_URL names there"),
        ("LAURELS_DATABASE_URL", "sqlite:////nowhere/laurels.db", 1, "unable to open database file"),
        ("LAURELS_SECRET_KEY", "short", 1, "needs at least 16"),
        ("LAURELS_DATABASE_URL", "sqlite://", 1, "LAURELS_DATABASE_URL isn't one"),
        ("LAURELS_DATABASE_URL", "mysql://host/name", 1, "LAURELS_DATABASE_URL isn't one"),
        ("LAURELS_PUBLIC_URL", "laurels.example.org", 2, "LAURELS_PUBLIC_URL: 'laurels.example.org' isn't the address of a site; write it"),
        ("LAURELS_VOUCHER_CURRENCY", "ZZZ", 2, "LAURELS_VOUCHER_CURRENCY: 'ZZZ' is no ISO 4217 code"),
        ("LAURELS_VOUCHER_ISSUER_URL", "http://host:port", 2, "LAURELS_VOUCHER_ISSUER_URL must be like https://"),
        ("LAURELS_MAIL_URL", "smtp://host:99999", 2, "LAURELS_MAIL_URL must look like smtp://"),
        ("LAURELS_MAIL_SENDER", "a@example.org\nBcc: b@example.org", 2, "LAURELS_MAIL_SENDER"),
        ("LAURELS_REDIS_URL", "nonsense", 2, "LAURELS_REDIS_URL must be like redis://"),
        ("LAURELS_HOME", "/dev/null", 2, "LAURELS_HOME: no folder can be made at /dev/null"),
    ],
)
def test_setting_that_cannot_be_is_told_in_a_line(
    run_on: Callable[[str], Laurels], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, code: int, told: str
) -> None:
    laurels = run_on(f"sqlite:///{tmp_path / 'laurels.db'}")
    monkeypatch.setenv(name, value)
    done = laurels("member", "create", "--student-id", "1")
    assert (done.exit_code, done.stderr.count("\n")) == (code, 1)
    assert told in done.stderr


def test_value_finer_than_its_currency_is_told_in_a_line(laurels: Laurels, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAURELS_VOUCHER_CURRENCY", "JPY")
    monkeypatch.setenv("LAURELS_VOUCHER_VALUE", "0.5")
    done = laurels("serve", "--port", "1")
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
    assert "LAURELS_VOUCHER_VALUE is 0.5, and JPY has 0 decimals" in done.stderr


def test_taken_port_is_told_in_a_line(laurels: Laurels) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = laurels("serve", "--port", str(port))
    assert (done.exit_code, done.stderr.count("\n")) == (1, 1)
    assert f"Can't listen on 127.0.0.1:{port}" in done.stderr


def test_every_command_teaches_by_an_example(laurels: Laurels) -> None:
    commands = [
        ("serve",), ("worker",), ("migrate",), ("demo",), ("openapi",), ("import", "recognitions"), ("member", "create"),
        ("member", "promote"), ("ledger", "verify"), ("ledger", "statement"), ("leaderboard", "recognition"),
    ]  # fmt: skip
    for command in commands:
        shown = laurels(*command, "--help")
        assert shown.exit_code == 0 and "Example:" in shown.stdout, command


def test_openapi_is_written_and_leaves_nothing_behind(laurels: Laurels, home: Path) -> None:
    document = json.loads(laurels("openapi").stdout)
    assert document["openapi"].startswith("3.") and "/api/v1/recognitions" in document["paths"]
    assert not home.exists()


# Demo


def test_demo_is_seeded_once_and_its_books_are_right(database: Database, settings: Settings, clock: FixedClock) -> None:
    assert seed(settings, clock=clock)
    with database.read.connect() as connection:
        verified, before, vouchers = verify(connection), heads(connection), count_vouchers(connection)
        pot = verify_pot(connection)
        members = connection.execute(text("SELECT count(*) FROM member")).scalar()
        latest = connection.execute(text("SELECT count(*) FROM recognition WHERE month = '2026-11'")).scalar()
    assert verified.is_clean and verified.entries > 300
    assert members == len(PEOPLE) and latest is not None and latest > 20
    assert vouchers == {"ISSUED": 1, "PENDING": 1, "FAILED": 0}
    assert (pot.rounds, pot.wins, pot.faults) == (1, 1, 0)
    assert not seed(settings, clock=clock)
    with database.read.connect() as connection:
        assert heads(connection) == before


def test_demo_tells_the_same_story_every_time(settings: Settings, clock: FixedClock, tmp_path: Path) -> None:
    stories, awarded, messages = [], [], []
    for name in ("one", "two"):
        url = f"sqlite:///{tmp_path / name}.db"
        upgrade(url)
        seed(settings.model_copy(update={"database_url": url}), clock=clock)
        database = open_database(url)
        with database.read.connect() as connection:
            stories.append(connection.execute(text("SELECT message, credits, created_at FROM recognition ORDER BY entry")).all())
            told = "SELECT activity_type, amount, description, occurred_at FROM point_activity ORDER BY 1, 2, 3, 4"
            awarded.append(connection.execute(text(told)).all())
            told = "SELECT words, price, prize, reply, created_at FROM pot_message ORDER BY entry"
            messages.append(connection.execute(text(told)).all())
        database.dispose()
    assert stories[0] == stories[1] and len(stories[0]) > 100
    assert awarded[0] == awarded[1] and len(awarded[0]) > 1_000
    assert messages[0] == messages[1] and len(messages[0]) > 10


def test_demo_accounts_are_of_its_people_and_their_password_is_a_good_one() -> None:
    assert {email for email, _ in SIGN_INS} <= {f"{person.username}@example.org" for person in PEOPLE}
    for person in PEOPLE:
        check_password(PASSWORD, person.username, person.student_id)


def test_demo_serves_until_it_is_stopped(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LAURELS_")}
    environment["LAURELS_HOME"] = str(tmp_path / "home")
    command = [sys.executable, "-m", "laurels.cli", "demo", "--port", str(port)]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, cwd=tmp_path, stdout=subprocess.PIPE, stderr=log, text=True)
        assert process.stdout is not None
        try:
            shown = "".join(iter(process.stdout.readline, "\n"))
            assert shown == f"Laurels: http://127.0.0.1:{port}\n"
            assert wait_for(f"http://127.0.0.1:{port}/readyz") == 200
        finally:
            process.send_signal(signal.SIGTERM)
            with process.stdout:
                rest = process.stdout.read()  # communicate() would lose what readline() has read ahead
            process.wait(timeout=STARTS_WITHIN_SECONDS)
    assert PASSWORD in rest and all(email in rest for email, _ in SIGN_INS)
    assert (tmp_path / "home" / "laurels.db").is_file()


def wait_for(address: str) -> int:
    """The status of an address, once there is an answer."""
    until = time.monotonic() + STARTS_WITHIN_SECONDS
    while True:
        try:
            with urlopen(address, timeout=5) as answer:
                return int(answer.status)
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
