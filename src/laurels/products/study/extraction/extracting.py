"""Reading documents, each in a process of its own that can be ended without harm."""

from collections.abc import Generator, Iterator
from contextlib import closing
import logging
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from laurels.products.study.extraction.errors import FileBroken, FileRefused, FileTooLong, FileTooMuchText, FileWithoutText
from laurels.products.study.extraction.file_types import FileType
from laurels.products.study.extraction.limits import LIMITS, Limits
from laurels.products.study.extraction.messages import Ended, Errand, Failed, Message, longest_line, read_message
from laurels.products.study.extraction.pages import Outline, Page
from laurels.products.study.extraction.processes import read_lines

log = logging.getLogger(__name__)


class PageStream(Iterator[Page]):
    """The pages of a document while they are read; at most a few of them are in memory.

    Use it with `with`, or call `close`: that ends the process which reads. Its
    wall-clock limit counts only the time that it is waited for.
    """

    def __init__(self, messages: Generator[Message, None, None], outline: Outline, limits: Limits) -> None:
        self._messages = messages
        self._limits = limits
        self._last = 0
        self._characters = 0
        self.title = outline.title
        """The author's own, or None."""
        self.page_count = outline.page_count
        """Pages there will be."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Page:
        """The next page.

        Raises:
            FileRefused: the file can't be read on, or it ends and no page had text (FileWithoutText).
            ReaderStopped: the process was ended by somebody else.
        """
        message = next(self._messages)
        if isinstance(message, Page):
            return self._counted(message)
        self.close()
        if not isinstance(message, Ended):
            raise FileBroken
        if not self._characters:
            raise FileWithoutText
        raise StopIteration

    def close(self) -> None:
        """End the process, if it is still there."""
        self._messages.close()

    def _counted(self, page: Page) -> Page:
        self._last += 1
        self._characters += len(page.text)
        if page.number != self._last or len(page.text) > self._limits.max_page_characters:
            raise FileBroken
        if page.number > self._limits.max_pages:
            raise FileTooLong(limit=self._limits.max_pages)
        if self._characters > self._limits.max_characters:
            raise FileTooMuchText(limit=self._limits.max_characters)
        return page


def extract_pages(source: Path | BinaryIO, file_type: FileType, limits: Limits = LIMITS) -> PageStream:
    """Read a document page by page.

    Args:
        source: where the file is, or the file itself, which must have a descriptor; its place is moved.

    Raises:
        FileRefused: the file can't be read: damaged, locked, too much of anything, too slow.
        ReaderStopped: the process couldn't be started, or was ended by somebody else; try again.
        OSError: `source` can't be opened.
    """
    return _opened(source, Errand(file_type, limits, first_page_only=False))


def probe(source: Path | BinaryIO, file_type: FileType, limits: Limits = LIMITS) -> Outline:
    """Open a document and read its first page, as a trial before it is accepted.

    Raises:
        FileRefused, ReaderStopped, OSError: as `extract_pages`. A document whose first page has no text passes: others may have some.
    """
    with _opened(source, Errand(file_type, limits, first_page_only=True)) as pages:
        next(pages, None) if pages.page_count else None
        return Outline(pages.title, pages.page_count)


def _opened(source: Path | BinaryIO, errand: Errand) -> PageStream:
    messages = _messages(source, errand)
    first = next(messages)
    if not isinstance(first, Outline):
        messages.close()
        raise FileBroken
    return PageStream(messages, first, errand.limits)


def _messages(source: Path | BinaryIO, errand: Errand) -> Generator[Message, None, None]:
    """What the process says, up to its end; a refusal is raised."""
    if isinstance(source, Path):
        with source.open("rb") as file:
            yield from _messages(file, errand)
        return
    limits = errand.limits
    with closing(read_lines(source, errand.written(), limits=limits, longest_line=longest_line(limits))) as lines:
        for line in lines:
            yield _believed(line)


def _believed(line: bytes) -> Message:
    try:
        message = read_message(line)
    except (ValueError, RecursionError):
        log.warning("a process that reads documents said what it never says")
        raise FileBroken from None
    if isinstance(message, FileRefused):
        raise message
    if isinstance(message, Failed):
        log.info("a document couldn't be read: %s", message.cause)
        raise FileBroken
    return message
