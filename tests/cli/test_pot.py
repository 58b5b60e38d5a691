"""pot verify, pot show: rounds proved from the command line."""

from collections.abc import Iterator
from dataclasses import dataclass
import json
from pathlib import Path

import pytest
from sqlalchemy import update

from cli.conftest import Laurels
from laurels.core.clock import SystemClock
from laurels.core.database import Database, open_database
from laurels.core.ids import new_id
from laurels.core.seal import Seal
from laurels.core.settings import Settings
from laurels.ledger.writer import Proposal, Writer
from laurels.products.pot.actions import open_pot
from laurels.products.pot.decisions import SendPaidMessage
from laurels.products.pot.queries import proof_of
from laurels.products.pot.rules import FlatOdds, PotRules
from laurels.products.pot.seeds import Seeds
from laurels.products.pot.tables import pot_message
from support.members import MemberMaker

ROUNDS = 3
"""That end, each by its first message: the chance is one."""


@dataclass(frozen=True)
class Played:
    """A database in which rounds were played."""

    laurels: Laurels
    database: Database


@pytest.fixture
def played(laurels: Laurels, database_url: str) -> Iterator[Played]:
    database, clock, seeds = open_database(database_url), SystemClock(), Seeds(Seal(bytes(32)))
    writer = Writer(database, clock)
    writer.start()
    who = MemberMaker(database, clock)().id
    open_pot(database, writer, clock, seeds, rules=PotRules(odds=FlatOdds(kind="flat", ppm=1_000_000)))
    for _ in range(ROUNDS):
        at = clock.now()
        message = SendPaidMessage(new_id(), who, "Hello", "", at, Settings().zone, seeds, seeds.fresh())
        writer.post_now(Proposal(message, at))
    writer.stop()
    yield Played(laurels, database)
    database.dispose()


def test_rounds_are_verified_and_counted_in_the_last_line(played: Played) -> None:
    done = played.laurels("pot", "verify")
    assert (done.exit_code, done.stdout.splitlines()) == (0, ["in=30 out=30 coins", "rounds=3 draws=3 wins=3 findings=0"]), done.stderr
    done = played.laurels("pot", "verify", "--round", "2")
    assert (done.exit_code, done.stdout) == (0, "rounds=1 draws=1 wins=1 findings=0\n")


def test_findings_name_the_draw_and_fail(played: Played) -> None:
    with played.database.write.begin() as connection:
        connection.execute(update(pot_message).where(pot_message.c.round == 2).values(price=11))
    done = played.laurels("pot", "verify")
    assert done.exit_code == 1
    assert "round 2, draw 1: its price is 11, and by the rules 10" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("rounds=3 draws=3 wins=3 findings=")


def test_round_that_goes_on_or_is_not_there_is_told_in_a_line(played: Played) -> None:
    for number, told in (("4", "This round goes on"), ("9", "round")):
        done = played.laurels("pot", "verify", "--round", number)
        assert (done.exit_code, len(done.stderr.splitlines()), told in done.stderr) == (1, 1, True)


def test_downloaded_proof_needs_no_database(played: Played, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "proof.json"
    file.write_bytes(b"".join(proof_of(played.database, 1)))
    monkeypatch.setenv("LAURELS_DATABASE_URL", "sqlite:////nowhere/none.db")
    done = played.laurels("pot", "verify", "--file", str(file))
    assert (done.exit_code, done.stdout) == (0, "rounds=1 draws=1 wins=1 findings=0\n"), done.stderr
    told = json.loads(file.read_text())
    told["draws"][0]["ppm"] = 1
    file.write_text(json.dumps(told))
    done = played.laurels("pot", "verify", "--file", str(file))
    assert (done.exit_code, done.stdout.splitlines()[-1]) == (1, "rounds=1 draws=1 wins=1 findings=1")
    file.write_text("{}")
    done = played.laurels("pot", "verify", "--file", str(file))
    assert (done.exit_code, "isn't a proof" in done.stderr) == (1, True)
    done = played.laurels("pot", "verify", "--file", str(file), "--round", "1")
    assert (done.exit_code, "Name one of them" in done.stderr) == (2, True)


def test_pot_is_shown_to_people_and_programs(played: Played) -> None:
    told = json.loads(played.laurels("pot", "show", "--json").stdout)
    assert (told["pot"], told["round"], told["messages"]) == (0, 4, 0)
    assert told["odds"] == {"kind": "flat", "ppm": 1_000_000}
    shown = played.laurels("pot", "show").stdout
    assert told["commitment"] in shown and "'linear'" in shown


def test_database_without_a_pot_has_nothing_to_verify(laurels: Laurels) -> None:
    done = laurels("pot", "verify")
    assert (done.exit_code, done.stdout) == (0, "rounds=0 draws=0 wins=0 findings=0\n")
    assert laurels("pot", "show").exit_code == 1
