"""import purchases, program report: as docs/importing-purchases.md tells it."""

import json
from pathlib import Path
import re

import pytest
from sqlalchemy import func, select, update

from cli.conftest import Laurels
from cli.documents import commands_of, file_of, last_line
from laurels.core.database import Database
from laurels.ledger import tables as ledger
from laurels.products.loyalty.tables import membership, program, purchase

DOCUMENT = Path(__file__).parents[2] / "docs" / "importing-purchases.md"


@pytest.fixture
def program_id(laurels: Laurels, tmp_path: Path) -> str:
    """An active program that gives 5 points for 100.00."""
    return make(laurels, tmp_path, "--active")


def make(laurels: Laurels, folder: Path, *words: str) -> str:
    told = {"name": "Wine & Dine", "currency": "GBP", "zone": "Europe/London"}
    file = folder / "program.json"
    file.write_text(json.dumps({**told, "terms": {"rules": [{"name": "Everything", "spend_per": 10_000, "points": 5}]}}))
    done = laurels("program", "create", "--file", str(file), *words)
    assert done.exit_code == 0, done.stderr
    return str(done.stdout.strip())


@pytest.fixture
def till(tmp_path: Path) -> Path:
    """The document's file."""
    path = tmp_path / "till.csv"
    path.write_text(file_of(DOCUMENT))
    return path


def test_document_tells_what_happens(
    laurels: Laurels, database: Database, program_id: str, till: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(till.parent)
    commands = commands_of(DOCUMENT)
    assert [words[:2] for words, _ in commands] == [["import", "purchases"], ["import", "purchases"], ["program", "report"]]
    for place, (words, promised) in enumerate(commands):
        done = laurels(*(program_id if word == "$PROGRAM" else word for word in words))
        assert done.exit_code == 0, done.stderr
        assert promised is None or last_line(done.stdout) == promised
        with database.read.connect() as connection:
            posted = connection.execute(select(func.count()).select_from(purchase)).scalar_one()
            joined = connection.execute(select(func.count()).select_from(membership)).scalar_one()
        assert (posted, joined) == ((0, 0) if place == 0 else (3, 2)), "the dry run posts nothing"
    assert [line.split(",")[:2] for line in (till.parent / "refused.csv").read_text().splitlines()] == [
        ["line", "code"],
        ["7", "unreadable"],
    ]
    again = laurels(*(program_id if word == "$PROGRAM" else word for word in commands[1][0]))
    assert last_line(again.stdout) == "earned=0 reversed=0 refused=1 replayed=4 points=0"
    assert last_line(laurels("ledger", "verify").stdout).startswith("ok: ")


def test_returns_may_be_left_out_and_members_left_alone(laurels: Laurels, program_id: str, till: Path) -> None:
    columns = {"transaction_id": "receipt", "member": "card", "amount": "total", "occurred_at": "when", "returns": "refers to"}
    words = ["--program", program_id, "--format", "csv", "--column", "category=department"]
    words += [word for ours, theirs in columns.items() for word in ("--column", f"{ours}={theirs}")]
    done = laurels("import", "purchases", str(till), *words, "--returns", "skip", "--members", "existing")
    assert done.exit_code == 0, done.stderr
    assert last_line(done.stdout) == "earned=0 reversed=0 refused=1 replayed=0 points=0"
    assert re.search(r"returns +left out +1\b", done.stdout) and re.search(r"waiting +3\b", done.stdout)
    # The returns weren't read as anything else: the purchases they name are whole once their members are there.
    done = laurels("import", "purchases", str(till), *words, "--returns", "skip")
    assert last_line(done.stdout) == "earned=3 reversed=0 refused=1 replayed=0 points=19"


ACTIVATE = 'so that nothing can be earned. Its admins activate it: PATCH /api/v1/programs/{program} with {"status": "active"}'


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("draft", f"is draft, {ACTIVATE}"),
        ("paused", f"is paused, {ACTIVATE}"),
        ("archived", "is archived, for good. Import into another"),
    ],
)
def test_program_that_does_not_run_takes_nothing_in(
    laurels: Laurels, database: Database, till: Path, tmp_path: Path, status: str, told: str
) -> None:
    identifier = make(laurels, tmp_path)
    with database.write.begin() as connection:
        connection.execute(update(program).values(status=status))
    done = laurels("import", "purchases", str(till), "--program", identifier, "--format", "csv")
    assert (done.exit_code, done.stderr.count("\n")) == (1, 1)
    assert told.replace("{program}", identifier) in done.stderr


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("--column", "card"), 2, "--column card: write one of transaction_id, member, amount"),
        (("--column", "colour=red"), 2, "--column colour=red: write one of"),
        (("--delimiter", ";;"), 1, "expected one character"),
        (("--time-format", "%H:%M"), 1, "doesn't tell year, month and day"),
        ((), 1, "the file has no column transaction_id"),
    ],
)
def test_file_that_cannot_be_imported_is_told_in_a_line(
    laurels: Laurels, program_id: str, till: Path, words: tuple[str, ...], code: int, told: str
) -> None:
    done = laurels("import", "purchases", str(till), "--program", program_id, "--format", "csv", *words)
    assert (done.exit_code, done.stderr.count("\n")) == (code, 1)
    assert told in done.stderr


def test_unknown_program_is_told_in_a_line(laurels: Laurels, till: Path) -> None:
    nobody = "01a1f890-e37a-73f9-9bad-95b6014a4f20"
    for words in (("import", "purchases", str(till), "--program", nobody, "--format", "csv"), ("program", "report", nobody)):
        done = laurels(*words)
        assert (done.exit_code, done.stderr.count("\n")) == (1, 1) and "program" in done.stderr


def test_report_is_told_to_people_and_programs(laurels: Laurels, program_id: str, tmp_path: Path) -> None:
    file = tmp_path / "plain.csv"
    file.write_text("transaction_id,member,occurred_at,amount\nT-1,S-1,2026-03-01 10:00,200.00\nT-2,S-1,2026-03-02 10:00,-100.00\n")
    done = laurels("import", "purchases", str(file), "--program", program_id, "--format", "csv")
    assert last_line(done.stdout) == "earned=1 reversed=1 refused=0 replayed=0 points=10", done.stderr
    told = json.loads(laurels("program", "report", program_id, "--json").stdout)
    assert {name: told[name] for name in ("program", "currency", "members", "purchases", "spent", "issued", "active", "returned")} == {
        "program": program_id,
        "currency": "GBP",
        "members": 1,
        "purchases": 1,
        "spent": 20_000,
        "issued": 10,
        "active": 5,
        "returned": 5,
    }
    assert told["is_balanced"] and all(check["is_met"] for check in told["checks"])
    assert told["returns"] == [
        {"status": "applied", "policy": "within_balance", "returns": 1, "amount": 10_000, "points": 5, "taken": 5, "owed": 0}
    ]
    shown = laurels("program", "report", program_id).stdout
    assert "1 members, 1 purchases of 200.00 GBP" in shown
    assert "ok: issued = pending + active + reserved + redeemed + expired + cancelled: 10 = 10" in shown


def test_report_that_does_not_balance_says_so_and_fails(laurels: Laurels, database: Database, program_id: str, tmp_path: Path) -> None:
    file = tmp_path / "plain.csv"
    file.write_text("transaction_id,member,occurred_at,amount\nT-1,S-1,2026-03-01 10:00,200.00\n")
    laurels("import", "purchases", str(file), "--program", program_id, "--format", "csv")
    with database.write.begin() as connection:
        connection.execute(update(ledger.lot).values(left=ledger.lot.c.left - 3))
    done = laurels("program", "report", program_id)
    assert done.exit_code == 1
    assert "WRONG: issued = pending + active + reserved + redeemed + expired + cancelled: 10 is not 7" in done.stdout
    assert "The report doesn't balance: issued = pending + active" in done.stderr
    assert json.loads(laurels("program", "report", program_id, "--json").stdout)["is_balanced"] is False
