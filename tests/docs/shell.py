"""Commands of a document, run as a reader would: one shell, one block after another, each held to what the document expects."""

from dataclasses import dataclass
import os
from pathlib import Path
import re
import shutil
import subprocess
import sys
from threading import Timer
from types import TracebackType

import pytest

ROOT = Path(__file__).parents[2]
SHOWN_ADDRESS = "http://127.0.0.1:8000"
"""Where documents assume a server; tests put their own in its place."""

SHOWN_PROGRAMS = ".venv/bin/"

ANYTHING = "…"
BLOCK_WITHIN_SECONDS = 60

_FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_TITLE = re.compile(r"^#+ (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block of commands.

    Attributes:
        title: the heading that it stands under.
        expected: the `text` block that follows it, if any: what it prints.
    """

    title: str
    commands: str
    expected: str | None


def read_blocks(text: str) -> list[Block]:
    """The `sh` blocks of a markdown text, in order."""
    fences = list(_FENCE.finditer(text))
    blocks = []
    for number, fence in enumerate(fences):
        if fence[1] != "sh":
            continue
        following = fences[number + 1] if number + 1 < len(fences) else None
        expected = following[2] if following and following[1] == "text" else None
        titles = _TITLE.findall(_FENCE.sub("", text[: fence.start()]))
        blocks.append(Block(titles[-1] if titles else "", fence[2], expected))
    return blocks


def mismatch(expected: str, printed: str) -> str | None:
    """Where what was printed leaves what was expected; None if nowhere.

    In an expected line, `…` stands for anything; a line of nothing else for any number of lines.
    """
    lines = [line.strip() for line in expected.strip().splitlines()]
    pattern = "".join(r"(?:.*\n)*?" if line == ANYTHING else _line_pattern(line) for line in lines)
    said = "".join(f"{line.strip()}\n" for line in printed.strip().splitlines())
    if re.fullmatch(pattern, said):
        return None
    return f"expected:\n{expected}\nprinted:\n{printed}"


def _line_pattern(line: str) -> str:
    return ".*?".join(re.escape(part) for part in line.split(ANYTHING)) + r"\n"


class Shell:
    """A bash that runs blocks one after another, so that variables and functions stay."""

    def __init__(self, *, address: str, variables: dict[str, str]) -> None:
        if shutil.which("curl") is None:
            pytest.fail("The documents' commands need curl: apt-get install curl")
        self._address = address
        self._process = subprocess.Popen(
            ["bash", "--noprofile", "--norc"],
            cwd=ROOT,
            env={**os.environ, **variables},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def __enter__(self) -> "Shell":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._process.kill()
        self._process.communicate()

    def run(self, commands: str) -> str:
        """What a block prints, errors too.

        Raises:
            AssertionError: the shell ended, or didn't answer in time.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        end = "--- that was the block ---"
        watch = Timer(BLOCK_WITHIN_SECONDS, self._process.kill)
        watch.start()
        here = commands.replace(SHOWN_ADDRESS, self._address).replace(SHOWN_PROGRAMS, f"{Path(sys.executable).parent}/")
        self._process.stdin.write(f"{here}\nprintf '\\n%s\\n' '{end}'\n")
        self._process.stdin.flush()
        lines = []
        for line in self._process.stdout:
            if line.rstrip("\n") == end:
                watch.cancel()
                return "".join(lines)
            lines.append(line)
        raise AssertionError("the shell ended in:\n" + commands + "\n" + "".join(lines))
