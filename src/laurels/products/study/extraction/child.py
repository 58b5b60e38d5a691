"""The process that opens one file from a stranger, and has nothing else to lose.

It limits itself before it loads what reads files: memory, processor time, no
file written, no process started, few files open. It gets the file as its
standard input and says what it finds on its standard output; it has no
environment, and so no password of the server's.
"""

from collections.abc import Callable
from importlib import import_module
import resource
import sys
import traceback
from typing import BinaryIO

from laurels.products.study.extraction.errors import (
    FileRefused,
    FileTooLargeInside,
    FileTooLong,
    FileTooMuchText,
    PageTooLong,
)
from laurels.products.study.extraction.file_types import FileType
from laurels.products.study.extraction.limits import Limits
from laurels.products.study.extraction.messages import Ended, Errand, Failed, Message, write_message
from laurels.products.study.extraction.pages import Outline, Page
from laurels.products.study.extraction.reading import Reading

Reader = Callable[[BinaryIO, Limits], Reading]

_READERS = "laurels.products.study.extraction.readers."
_MODULES = {
    FileType.PDF: "pdf",
    FileType.DOCX: "word",
    FileType.PPTX: "slides",
    FileType.TXT: "plain",
    FileType.MD: "markdown",
    FileType.HTML: "web_page",
}
"""Each loads its own libraries alone: the start is half of the time that a short document takes."""

_MAX_OPEN_FILES = 64


def main() -> None:
    """Read the file on standard input as the first argument says."""
    errand = Errand.parsed(sys.argv[1])
    limit_this_process(errand.limits)
    with open(0, "rb", closefd=False) as file, open(1, "wb", closefd=False) as said:
        say(said, errand, file)


def limit_this_process(limits: Limits) -> None:
    """Give up what reading a file doesn't need, for good."""
    if sys.platform != "darwin":  # macOS knows this limit, and refuses to have it set
        _lower(resource.RLIMIT_AS, limits.memory_bytes)
    _lower(resource.RLIMIT_CPU, limits.cpu_seconds, grace=1)  # at the first limit the kernel says what for, at the second it kills
    _lower(resource.RLIMIT_FSIZE, 0)
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_NOFILE, _MAX_OPEN_FILES)
    _lower(resource.RLIMIT_NPROC, 0)


def say(said: BinaryIO, errand: Errand, file: BinaryIO) -> None:
    """Write the messages of a file.

    Raises:
        ImportError: its reader can't be loaded, which isn't the file's fault.
    """
    read: Reader = import_module(_READERS + _MODULES[errand.file_type]).read
    try:
        _say_pages(said, errand, file, read)
        _say_one(said, Ended())
    except FileRefused as refusal:
        _say_one(said, refusal)
    except MemoryError:
        _say_one(said, FileTooLargeInside())
    except Exception as error:  # what damaged files make libraries raise has no end; the parent tells who keeps the program
        _say_one(said, Failed(_cause(error)))


def _say_pages(said: BinaryIO, errand: Errand, file: BinaryIO, read: Reader) -> None:
    limits = errand.limits
    file.seek(0)
    reading: Reading = read(file, limits)
    if reading.page_count > limits.max_pages:
        raise FileTooLong(limit=limits.max_pages)
    _say_one(said, Outline(reading.title, reading.page_count))
    characters = 0
    for number, text in enumerate(reading.pages, start=1):
        characters += len(text)
        if len(text) > limits.max_page_characters:
            raise PageTooLong(page=number, limit=limits.max_page_characters)
        if characters > limits.max_characters:
            raise FileTooMuchText(limit=limits.max_characters)
        _say_one(said, Page(number, text))
        if errand.first_page_only:
            return


def _say_one(said: BinaryIO, message: Message) -> None:
    said.write(write_message(message))
    said.flush()


def _cause(error: Exception) -> str:
    """The error's kind, and where it came from; never its words, which may be the document's."""
    frames = traceback.extract_tb(error.__traceback__)
    last = frames[-1]
    return f"{type(error).__module__}.{type(error).__qualname__} in {last.name}, line {last.lineno}"


def _lower(limit: int, most: int, *, grace: int = 0) -> None:
    _, hard = resource.getrlimit(limit)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(limit, (most, most + grace if hard == resource.RLIM_INFINITY else min(most + grace, hard)))
