"""Freed memory goes back to the system, and what start-up made isn't looked through again."""

from pathlib import Path
import subprocess
import sys

import pytest

from laurels.core import memory

BLOCKS = """
import sys
from pathlib import Path
from laurels.core.memory import limit_kept_memory

def resident_kib():
    return int(next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS")).split()[1])

print(limit_kept_memory())
before = resident_kib()
for size in (8_000_000, 20_000_000, 20_000_000):  # glibc raises its own limit with the first block that is freed
    block = bytearray(size)
    small = bytearray(100_000)
    del block
print(resident_kib() - before)
"""

SPARED = """
import gc
from laurels.core.memory import spare_startup

kept = [[] for _ in range(10_000)]
spare_startup()
print(gc.get_freeze_count() > 10_000, any(one is kept for one in gc.get_objects()))
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux, where memory can be seen")
def test_large_blocks_go_back_when_freed() -> None:
    told, kept = subprocess.run([sys.executable, "-c", BLOCKS], capture_output=True, text=True, check=True).stdout.split()
    assert told == "True"
    assert int(kept) < 2_000


def test_another_c_library_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory.ctypes, "CDLL", lambda _: object())
    assert memory.limit_kept_memory() is False


def test_what_start_up_made_is_left_alone_by_the_collector() -> None:
    told = subprocess.run([sys.executable, "-c", SPARED], capture_output=True, text=True, check=True).stdout
    assert told.split() == ["True", "False"]
