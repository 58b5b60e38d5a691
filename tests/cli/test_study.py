"""study: classes looked after from the command line, without a model and with one."""

from collections.abc import Iterator
import csv
from dataclasses import dataclass
import io
import json
from pathlib import Path

import pytest
from sqlalchemy import select, update

from cli.conftest import Laurels
from laurels.core.clock import SystemClock
from laurels.core.database import Database, open_database
from laurels.core.ids import new_id
from laurels.identity.tables import Member
from laurels.ledger.writer import Proposal, Writer
from laurels.products.study.decisions.classes import CreateClass
from laurels.products.study.decisions.memberships import JoinClass
from laurels.products.study.rules.permissions import DEFAULT_BUDGET, DEFAULT_CHATS, DEFAULT_LIMITS
from laurels.products.study.tables import study_class, study_document, study_message, study_usage
from support.members import MemberMaker
from support.openai_server import OpenAIServer, an_openai_server

CODE = "EC9LGY26"
NICHE = "# Niches\n\nA niche is the part that a species plays in its community.\n\nNo two species share a niche for long.\n"
SOIL = "Worms mix the soil and let the rain in.\n"


@dataclass(frozen=True)
class Room:
    """A class, and commands on its database."""

    laurels: Laurels
    database: Database
    folder: Path
    owner: Member
    member: Member

    def file(self, name: str, text: str | bytes) -> str:
        """A file to upload."""
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(path)

    def upload(self, *files: str) -> None:
        """Upload files, which must be taken in."""
        done = self.laurels("study", "upload", CODE, *files)
        assert done.exit_code == 0, done.stdout + done.stderr

    def states(self) -> dict[str, str]:
        """Documents by name, and how far they were read."""
        with self.database.read.connect() as connection:
            return dict(connection.execute(select(study_document.c.filename, study_document.c.processing_status)).all())


@pytest.fixture
def room(laurels: Laurels, database_url: str, tmp_path: Path) -> Iterator[Room]:
    database, clock = open_database(database_url), SystemClock()
    make_member, writer = MemberMaker(database, clock), Writer(database, clock)
    owner, member = make_member("T-1"), make_member("S-1")
    made = CreateClass(
        id=new_id(),
        owner=owner.id,
        title="Ecology",
        description="",
        code=CODE,
        capacity=None,
        zone="UTC",
        budget=DEFAULT_BUDGET,
        limits=DEFAULT_LIMITS,
        max_chats=DEFAULT_CHATS,
    )
    writer.start()
    writer.post_now(Proposal(made, clock.now()))
    writer.post_now(Proposal(JoinClass(made.id, member.id, CODE, DEFAULT_LIMITS, DEFAULT_CHATS), clock.now()))
    writer.stop()
    yield Room(laurels, database, tmp_path, owner, member)
    database.dispose()


@pytest.fixture
def model_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenAIServer]:
    with an_openai_server() as server:
        monkeypatch.setenv("LAURELS_OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("LAURELS_OPENAI_API_KEY", server.key or "")
        monkeypatch.setenv("LAURELS_EMBEDDING_MODEL", "")
        yield server


def test_documents_are_uploaded_read_and_answer(room: Room) -> None:
    done = room.laurels("study", "upload", CODE, room.file("niches.md", NICHE), room.file("soil.txt", SOIL), "--member", "S-1")
    assert (done.exit_code, done.stdout.count("READY")) == (0, 2), done.stdout + done.stderr
    with room.database.read.connect() as connection:
        assert set(connection.scalars(select(study_document.c.uploaded_by))) == {room.member.id}
    done = room.laurels("study", "ask", CODE, "What is a niche?")
    assert "> A niche is the part that a species plays in its community. [1]" in done.stdout, done.stderr
    assert "[1] niches.md, 1" in done.stdout.splitlines()
    assert "extracts, 0 tokens" in done.stderr
    told = json.loads(room.laurels("study", "ask", CODE.lower(), "What do worms mix?", "--json").stdout)
    assert (told["model"], told["tokens"], told["sources"][0]["filename"]) == ("extracts", 0, "soil.txt")


def test_what_is_refused_keeps_nothing_else_back(room: Room) -> None:
    good, bad = room.file("niches.md", NICHE), room.file("program.pdf", b"MZ\x90\x00 not a document at all")
    done = room.laurels("study", "upload", CODE, bad, good)
    assert (done.exit_code, done.stdout.count("READY")) == (1, 1)
    assert done.stdout.startswith(f"{bad}: ")
    done = room.laurels("study", "upload", CODE, good)
    assert (done.exit_code, "niches.md" in done.stdout) == (1, True), "the same file isn't taken twice"
    assert room.states() == {"niches.md": "READY"}


def test_with_a_model_tokens_are_counted_and_no_chat_is_kept(room: Room, model_server: OpenAIServer) -> None:
    room.upload(room.file("niches.md", NICHE))
    model_server.say("A part in a community [1].")
    done = room.laurels("study", "ask", CODE, "What is a niche?", "--member", "S-1")
    assert done.stdout == "A part in a community [1].\n[1] niches.md, 1\n", done.stderr
    assert "gpt-4o-mini, 12 tokens" in done.stderr
    with room.database.read.connect() as connection:
        [used] = connection.execute(select(study_usage)).all()
        assert (used.user_id, used.status, used.input_tokens + used.output_tokens) == (room.member.id, "settled", 12)
        assert connection.execute(select(study_message)).first() is None
    model_server.fail(500)
    done = room.laurels("study", "ask", CODE, "What is a niche?")
    assert (done.exit_code, len(done.stderr.splitlines())) == (1, 1)
    assert "The AI model gave no whole answer" in done.stderr


def test_documents_are_read_anew(room: Room) -> None:
    room.upload(room.file("niches.md", NICHE), room.file("soil.txt", SOIL))
    soil = study_document.c.filename == "soil.txt"
    with room.database.write.begin() as connection:
        connection.execute(update(study_document).where(soil).values(processing_status="FAILED", error_code="file-broken"))
        document = connection.execute(select(study_document.c.id).where(soil)).scalar_one()
    done = room.laurels("study", "reprocess", "--failed")
    assert (done.exit_code, done.stdout) == (0, "again=1 refused=0\n"), done.stderr
    assert room.states() == {"niches.md": "READY", "soil.txt": "READY"}
    assert room.laurels("study", "reprocess", "--all").stdout == "again=2 refused=0\n"
    assert room.laurels("study", "reprocess", str(document)).stdout == "again=1 refused=0\n"
    assert room.laurels("study", "reprocess", str(new_id())).exit_code == 1
    for wrong in ((), ("--failed", "--all")):
        done = room.laurels("study", "reprocess", *wrong)
        assert (done.exit_code, "Say which" in done.stderr) == (2, True)
    with room.database.write.begin() as connection:
        connection.execute(update(study_class).values(is_active=False))
    assert room.laurels("study", "reprocess", "--all").stdout == "again=0 refused=2\n", "an archived class stays as it is"


def test_use_is_told_as_tables(room: Room, model_server: OpenAIServer) -> None:
    room.laurels("study", "ask", CODE, "What is a niche?", "--member", "S-1")
    shown = room.laurels("study", "usage", CODE).stdout
    assert [line.split() for line in shown.splitlines() if "S-1" in line] == [["S-1", "Member", "2", "12", "12", "12"]]
    rows = list(csv.DictReader(io.StringIO(room.laurels("study", "usage", CODE, "--csv").stdout)))
    assert [(row["student_id"], row["own_daily_used"], row["own_daily_limit"]) for row in rows] == [
        ("T-1", "0", "1000000"),
        ("S-1", "12", "1000000"),
    ]
    [record] = csv.DictReader(io.StringIO(room.laurels("study", "usage", CODE, "--records").stdout))
    assert (record["user_id"], record["operation_type"], record["input_tokens"]) == (str(room.member.id), "CHAT", "9")


def test_classes_are_listed_for_people_and_programs(room: Room) -> None:
    room.upload(room.file("niches.md", NICHE))
    [told] = json.loads(room.laurels("study", "classes", "--json").stdout)
    assert (told["name"], told["class_code"], told["members"], told["documents"]) == ("Ecology", CODE, 2, {"READY": 1})
    shown = room.laurels("study", "classes").stdout
    assert told["id"] in shown and CODE in shown


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("ask", "NOSUCH22", "What?"), "There is no class NOSUCH22"),
        (("usage", "01a1f890-e37a-73f9-9bad-95b6014a4f20"), "There is no class"),
        (("ask", CODE, "What?", "--member", "nobody"), "There is no member nobody"),
        (("ask", CODE, " "), "Ask in 1 to"),
    ],
)
def test_what_isnt_there_is_told_in_a_line(room: Room, words: tuple[str, ...], told: str) -> None:
    done = room.laurels("study", *words)
    assert done.exit_code in (1, 2) and len(done.stderr.splitlines()) == 1
    assert told in done.stderr


def test_whoever_isnt_in_the_class_asks_nothing(room: Room) -> None:
    MemberMaker(room.database, SystemClock())("S-9", username="outsider", email="outsider@example.org")
    done = room.laurels("study", "ask", CODE, "What is a niche?", "--member", "S-9")
    assert (done.exit_code, "isn't in this class" in done.stderr) == (1, True)
