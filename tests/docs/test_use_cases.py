"""The documents' commands do what the documents say: against a real server, in the demo's community, in the order of each page."""

from collections.abc import Iterator
from contextlib import contextmanager
import os
from pathlib import Path
import re
import socket
import subprocess
import sys

import pytest

from docs.shell import ROOT, SHOWN_ADDRESS, Block, Shell, mismatch, read_blocks

RUN = (
    "README.md",
    "docs/use-cases.md",
    "docs/api.md",
    "docs/operations.md",
    "docs/walkthrough.md",
    "docs/earn-and-burn.md",
    "docs/awarding-points.md",
)
"""Documents whose `sh` blocks are run. What runs on and on, or needs another machine, is indented in them instead."""

RUN_ELSEWHERE = {"docs/importing-purchases.md": "tests/cli/test_purchases.py", "docs/importing-activities.md": "tests/cli/test_progress.py"}
"""Documents whose blocks another test runs, against what they need, and which."""

STARTED = "Uvicorn running"


@contextmanager
def demo(home: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """A demo of its own; gives its address, and the variables that let commands find its data."""
    variables = {"LAURELS_HOME": str(home)}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = home.parent / "demo.log"
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "laurels.cli", "demo", "--port", str(port)],
            cwd=ROOT,
            env={**os.environ, **variables},
            stdout=out,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert process.stderr is not None
    try:
        told = []
        for line in process.stderr:
            told.append(line)
            if STARTED in line:
                break
        else:
            raise AssertionError(f"the demo didn't start:\n{log.read_text()}{''.join(told)}")
        # What it goes on to log is nobody's to read here, and a full pipe would hold it up.
        drain = subprocess.Popen(["cat"], stdin=process.stderr, stdout=subprocess.DEVNULL)
        yield f"http://127.0.0.1:{port}", variables
    finally:
        process.terminate()
        process.wait(30)
        process.stderr.close()
    drain.wait(30)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, str]]]:
    with demo(tmp_path_factory.mktemp("demo") / "home") as running:
        yield running


@pytest.mark.parametrize("document", RUN)
def test_commands_do_what_the_document_says(document: str, town: tuple[str, dict[str, str]]) -> None:
    address, variables = town
    wrong = []
    with Shell(address=address, variables=variables) as shell:
        for block in read_blocks((ROOT / document).read_text()):
            printed = shell.run(block.commands).replace(address, SHOWN_ADDRESS)
            if block.expected is not None and (told := mismatch(block.expected, printed)):
                wrong.append(f"{block.title}\n{block.commands}\n{told}")
    assert wrong == [], "\n\n".join(wrong)


@pytest.mark.parametrize("document", RUN)
def test_document_has_commands_to_run(document: str) -> None:
    assert read_blocks((ROOT / document).read_text()) != []


def test_every_document_with_commands_is_run() -> None:
    found = {str(path.relative_to(ROOT)) for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")] if read_blocks(path.read_text())}
    assert found == {*RUN, *RUN_ELSEWHERE}


@pytest.mark.parametrize(("document", "test"), RUN_ELSEWHERE.items())
def test_documents_run_elsewhere_are_named_there(document: str, test: str) -> None:
    assert Path(document).name in (ROOT / test).read_text()


def test_every_use_case_says_what_to_expect() -> None:
    text = (ROOT / "docs/use-cases.md").read_text()
    titles = [title for title in re.findall(r"^### (.+)$", text, re.MULTILINE) if title[0].isdigit()]
    expecting = {block.title for block in read_blocks(text) if block.expected}
    assert [title for title in titles if title not in expecting] == []
    assert [int(title.partition(".")[0]) for title in titles] == list(range(1, len(titles) + 1))


@pytest.mark.parametrize(
    ("expected", "printed", "fits"),
    [
        ('{"id":"…","n":5}', '{"id":"abc","n":5}', True),
        ('{"id":"…","n":5}', '{"id":"abc","n":6}', False),
        ("one\n…\nlast", "one\ntwo\nthree\nlast", True),
        ("one\n…\nlast", "one\nlast", True),
        ("one\nlast", "one\ntwo\nlast", False),
        ("one", "one\ntwo", False),
        ("a.c", "abc", False),
    ],
)
def test_what_is_printed_is_held_to_what_is_expected(expected: str, printed: str, fits: bool) -> None:
    assert (mismatch(expected, printed) is None) is fits


def test_commands_are_read_with_what_follows_them() -> None:
    text = "## A\n```sh\necho 1\n```\n\n```text\n1\n```\n```sh\necho 2\n```\n"
    assert read_blocks(text) == [Block("A", "echo 1\n", "1\n"), Block("A", "echo 2\n", None)]
