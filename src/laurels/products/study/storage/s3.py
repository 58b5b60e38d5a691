"""Files in a bucket, by obstore: only `opening` loads this, and only where a bucket is set, since the package is optional."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
import logging
from tempfile import TemporaryFile
from typing import Any, BinaryIO, cast

import obstore
from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError
from obstore.store import S3Store

from laurels.core.errors import Missing
from laurels.core.settings import Settings
from laurels.products.study.storage.errors import StorageUnavailable
from laurels.products.study.storage.storing import PIECE_BYTES, checked_key, is_key

CONNECT_TIMEOUT = timedelta(seconds=5)
TIMEOUT = timedelta(seconds=60)
"""Longest that one file takes, of the largest that may be uploaded."""

MAX_RETRIES = 2
RETRY_TIMEOUT = timedelta(seconds=20)

_ALL_SETTINGS = "LAURELS_S3_ENDPOINT, LAURELS_S3_BUCKET, LAURELS_S3_ACCESS_KEY and LAURELS_S3_SECRET_KEY"

log = logging.getLogger(__name__)


class S3Storage:
    """Files in a bucket; see `Storage` for what it does. Nothing is asked until the first file."""

    def __init__(self, settings: Settings) -> None:
        self._store = S3Store(
            settings.s3_bucket,
            region=settings.s3_region,
            disable_bulk_delete=True,  # not every server of this protocol has it
            client_options={
                "connect_timeout": CONNECT_TIMEOUT,
                "timeout": TIMEOUT,
                "allow_http": settings.s3_endpoint.startswith("http://"),
            },
            retry_config={"max_retries": MAX_RETRIES, "retry_timeout": RETRY_TIMEOUT},
            **_own(settings),
        )

    def put(self, key: str, file: BinaryIO) -> None:
        checked_key(key)
        with _failures_told("put"):
            # In one request, which a bucket takes whole or not at all: parts that a crash left over would stay unseen, and be paid for.
            obstore.put(self._store, key, file.read(), use_multipart=False)

    def open(self, key: str) -> BinaryIO:
        # All of it, before anything of it is given: who reads has begun an answer, and can't tell of a failure any more.
        with _failures_told("open"):
            file = cast(BinaryIO, TemporaryFile())  # noqa: SIM115
            try:
                self._write(key, file)
                file.seek(0)
            except BaseException:
                file.close()
                raise
        return file

    def delete(self, key: str) -> None:
        checked_key(key)
        with _failures_told("delete"):
            try:
                obstore.delete(self._store, key)
            except FileNotFoundError as error:
                if _is_about_bucket(error):
                    raise

    def keys(self, day: date) -> Iterator[str]:
        with _failures_told("list"):
            for listed in obstore.list(self._store, f"{day:%Y-%m-%d}/"):
                yield from filter(is_key, [one["path"] for one in listed])

    def _write(self, key: str, file: BinaryIO) -> None:
        checked_key(key)
        with _failures_told("get"):
            try:
                for piece in obstore.get(self._store, key).stream(min_chunk_size=PIECE_BYTES):
                    file.write(piece)
            except FileNotFoundError as error:
                if _is_about_bucket(error):
                    raise
                raise Missing(what="file") from None


def _own(settings: Settings) -> dict[str, Any]:
    """What the settings name; the package looks for the rest in the environment and asks the machine."""
    named = {
        "endpoint": settings.s3_endpoint,
        "access_key_id": settings.s3_access_key,
        "secret_access_key": settings.s3_secret_key.get_secret_value(),
    }
    return {name: value for name, value in named.items() if value}


def _is_about_bucket(error: Exception) -> bool:
    """Whether it's the bucket that isn't there: then no file of it is gone, and somebody has to look at the settings."""
    return "NoSuchBucket" in str(error)


@contextmanager
def _failures_told(doing: str) -> Iterator[None]:
    """Raise what goes wrong as `StorageUnavailable`, and log a line of it, without what the server says: it may quote keys."""
    try:
        yield
    except (PermissionDeniedError, UnauthenticatedError):
        why = "it refuses the key; check LAURELS_S3_ACCESS_KEY, LAURELS_S3_SECRET_KEY and what that key may do"
    except (BaseError, OSError) as error:
        if _is_about_bucket(error):
            why = "there is no such bucket; check LAURELS_S3_BUCKET and LAURELS_S3_ENDPOINT"
        else:
            why = f"{type(error).__name__}; if that stays, check {_ALL_SETTINGS}, and the room left on the disk"
    else:
        return
    log.error("can't %s uploaded files in the bucket: %s", doing, why)
    raise StorageUnavailable from None
