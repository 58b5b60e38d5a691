"""One test run: which databases it covers, and the folder that its processes share.

pytest-xdist starts several processes for one run; they find the folder by an
environment variable, and take turns by file locks in it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
import fcntl
import os
from pathlib import Path
import shutil
import tempfile

DATABASES = ("sqlite", "postgresql")
FOLDER_VARIABLE = "LAURELS_TEST_RUN_FOLDER"
SERVER_VARIABLE = "LAURELS_TEST_DATABASE_URL"


MEMORY = Path("/dev/shm")
MEMORY_NEEDED = 3 * 2**30
"""Free bytes that the tests' databases want at most, with room to spare."""


def open_folder() -> Path:
    """The run's folder; the first process of the run makes it, in memory where there is room."""
    if FOLDER_VARIABLE not in os.environ:
        os.environ[FOLDER_VARIABLE] = tempfile.mkdtemp(prefix="laurels-tests-", dir=_roomy_folder())
    return Path(os.environ[FOLDER_VARIABLE])


def _roomy_folder() -> Path | None:
    """The system's folder in memory, where every commit's sync to the disk costs nothing; None: the usual one."""
    try:
        return MEMORY if shutil.disk_usage(MEMORY).free >= MEMORY_NEEDED else None
    except OSError:
        return None


def remove_folder() -> None:
    """Remove the run's folder: only the process that made it may."""
    shutil.rmtree(os.environ.pop(FOLDER_VARIABLE))


def forget_settings() -> None:
    """Take LAURELS_* and their aliases out of the environment, so that the operator's settings don't reach a test."""
    aliases = {"DATABASE_URL", "JWT_SECRET_KEY", "OPENAI_API_KEY", "OPENAI_BASE_URL", "UPLOAD_PATH", "REDIS_URL"}
    for name in list(os.environ):
        if name in aliases or (name.startswith("LAURELS_") and not name.startswith("LAURELS_TEST_")):
            del os.environ[name]


@contextmanager
def taking_turns(name: str) -> Iterator[Path]:
    """Hold a lock that all processes of the run share; gives a file that the holders may keep notes in."""
    folder = open_folder()
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder / f"{name}.note"
