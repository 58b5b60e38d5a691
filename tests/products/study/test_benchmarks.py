"""The command that measures study, at a small share: it comes to its end, and says what the page says."""

from pathlib import Path
import re
import subprocess
import sys

import pytest

ROOT = Path(__file__).parents[3]

PARTS = {
    "search": ["95th percentile"],
    "reading": ["pages read a second"],
    "chatting": ["what Laurels adds to it", "the most while 50 chats stream"],
    "spending": ["tokens that 60 chats at once used", "tokens used by looking first"],
}


def figure(page: str, what: str) -> float:
    """A figure of the page's table for SQLite, by how its line begins."""
    found = re.search(rf"^\| [^|]*{re.escape(what)}[^|]*\|[^|]*\| ([\d.,]+) \|", page, re.MULTILINE)
    assert found, f"{what!r} isn't in {page}"
    return float(found[1].replace(",", ""))


@pytest.mark.slow
@pytest.mark.parametrize("part", PARTS)
def test_each_part_is_measured_and_told(part: str) -> None:
    command = [sys.executable, "-m", "benchmarks.study", "--share", "0.05", "--runs", "1", "--database", "sqlite", "--part", part]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    figures = {what: figure(run.stdout, what) for what in PARTS[part]}
    assert all(figures.values())
    if part == "spending":
        assert figures["tokens that 60 chats at once used"] <= 10_000 < figures["tokens used by looking first"]
