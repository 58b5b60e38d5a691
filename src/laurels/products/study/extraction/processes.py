"""Starting the process that reads a file, listening to it, and ending it."""

from collections.abc import Generator
from contextlib import suppress
import logging
import os
import selectors
import signal
import subprocess
import sys
from time import monotonic
from typing import BinaryIO

from laurels.core.errors import DomainError
from laurels.products.study.extraction.errors import FileBroken, FileTooLargeInside, FileTooSlow, ReaderStopped
from laurels.products.study.extraction.limits import Limits

log = logging.getLogger(__name__)

_START = "from laurels.products.study.extraction.child import main; main()"
_PIECE_BYTES = 65_536

_DEATHS: dict[int, type[DomainError]] = {
    signal.SIGXCPU: FileTooSlow,
    signal.SIGABRT: FileTooLargeInside,  # how pdfium and the C library end when memory is refused
    signal.SIGSEGV: FileBroken,
    signal.SIGBUS: FileBroken,
    signal.SIGILL: FileBroken,
    signal.SIGFPE: FileBroken,
    signal.SIGTRAP: FileBroken,
    signal.SIGSYS: FileBroken,
}
"""What a process died of by its own doing; any other signal came from somebody else."""


def read_lines(source: BinaryIO, argument: str, *, limits: Limits, longest_line: int) -> Generator[bytes, None, None]:
    """The lines that the reading process writes, without their ends. Closing the generator ends the process.

    Args:
        source: the file to read, with a descriptor.
        longest_line: in bytes.

    Raises:
        FileTooSlow: it took longer than `limits` allow.
        FileTooLargeInside, FileBroken: it died of the file.
        ReaderStopped: it couldn't be started, or died of something else.
    """
    child = _start(source, argument)
    try:
        clock = _Waiting(limits.wall_seconds)
        yield from _lines(child, clock, longest_line)
        _check_death(child, clock)
    finally:
        _end(child)


class _Waiting:
    """What is left of the time that a process is waited for. What its reader does between two waits isn't counted."""

    def __init__(self, seconds: float) -> None:
        self.left = seconds

    def wait(self, selector: selectors.BaseSelector) -> None:
        """Wait until there is something to read.

        Raises:
            FileTooSlow: the time is up.
        """
        began = monotonic()
        is_ready = self.left > 0 and selector.select(self.left)
        self.left -= monotonic() - began
        if not is_ready:
            raise FileTooSlow


def _start(source: BinaryIO, argument: str) -> subprocess.Popen[bytes]:
    """An isolated Python: its environment, folder and user's packages count for nothing; it leads a group of its own."""
    descriptor = source.fileno()  # a spooled file has one from now on, and something to flush
    source.flush()
    try:
        return subprocess.Popen(  # noqa: S603 - the arguments are this program's own
            [sys.executable, "-I", "-B", "-c", _START, argument],
            stdin=descriptor,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env={},
            cwd="/",
            start_new_session=True,
        )
    except (OSError, subprocess.SubprocessError):
        raise ReaderStopped from None


def _lines(child: subprocess.Popen[bytes], clock: _Waiting, longest_line: int) -> Generator[bytes, None, None]:
    said = child.stdout
    assert said is not None, "it was started with a pipe"
    pending = b""
    with selectors.DefaultSelector() as selector:
        selector.register(said, selectors.EVENT_READ)
        while True:
            clock.wait(selector)
            piece = os.read(said.fileno(), _PIECE_BYTES)
            if not piece:
                return
            *lines, pending = (pending + piece).split(b"\n")
            yield from lines
            if len(pending) > longest_line:
                raise FileBroken


def _check_death(child: subprocess.Popen[bytes], clock: _Waiting) -> None:
    try:
        status = child.wait(timeout=max(0.0, clock.left))
    except subprocess.TimeoutExpired:
        raise FileTooSlow from None
    if -status in _DEATHS:
        raise _DEATHS[-status]()
    if status:
        log.error("a process that reads documents ended with status %s", status)
        raise ReaderStopped


def _end(child: subprocess.Popen[bytes]) -> None:
    """Nothing of it is left, whatever it was at."""
    if child.poll() is None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    if child.stdout is not None:
        child.stdout.close()
