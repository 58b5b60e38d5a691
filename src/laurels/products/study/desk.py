"""What the process has one of for study: made by `laurels.main` and the worker, found at `app.state.study`."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from threading import BoundedSemaphore
from typing import Annotated, BinaryIO

from fastapi import Depends, Request

from laurels.core.settings import Settings
from laurels.model import Model, Prices, open_prices
from laurels.products.study.answers import Answers
from laurels.products.study.storage import Storage, open_storage

CHILDREN = 2
"""Most processes that read documents at once."""

UPLOADS = 4
"""Most uploads that are looked at, and put away, at once: each by a process of its own. More wait their turn."""

SPOOL = "spool"
"""Folder in the home folder for files on their way; what is in it has no name, and goes with the process."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Where originals are kept, what answers and places texts, and how much is read at once.

    Attributes:
        model: None: answers quote the documents, which are found by words alone.
        reading: taken by whoever reads a document.
        uploads: threads that look at what is uploaded.
        prices: of the model's tokens.
        answers: those that this process writes. Close them before the writer and the model.
    """

    storage: Storage
    model: Model | None
    spool: Path
    reading: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(CHILDREN))
    uploads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(UPLOADS, thread_name_prefix="upload"))
    prices: Prices = field(default_factory=lambda: Prices("USD", {}))
    answers: Answers = field(default_factory=Answers)

    @contextmanager
    def spooled(self) -> Iterator[BinaryIO]:
        """A file on this machine's disk, for the time that it is worked on."""
        self.spool.mkdir(mode=0o700, parents=True, exist_ok=True)
        with TemporaryFile(dir=self.spool) as file:
            yield file


def open_desk(settings: Settings, model: Model | None) -> Desk:
    """Study's parts, by the settings.

    Raises:
        ValueError: the storage that they name can't be used.
    """
    return Desk(open_storage(settings), model, settings.home / SPOOL, prices=open_prices(settings))


async def desk_of(request: Request) -> Desk:
    """The process's parts of study."""
    desk: Desk = request.app.state.study
    return desk


DeskParts = Annotated[Desk, Depends(desk_of)]
