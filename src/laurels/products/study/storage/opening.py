"""Which storage the settings name."""

from importlib import import_module

from laurels.core.settings import Settings
from laurels.products.study.storage.disk import DiskStorage
from laurels.products.study.storage.storing import Storage

_S3 = "laurels.products.study.storage.s3"
"""Loaded by name: what it needs is installed only where a bucket is wanted."""

FOLDER = "uploads"
"""In the home folder, where no other is set."""


def open_storage(settings: Settings) -> Storage:
    """A bucket, where one is set, or else a folder. Nothing is asked or made yet.

    Raises:
        ValueError: the bucket's package isn't installed, or half of its key is missing.
    """
    if not settings.s3_bucket:
        return DiskStorage(settings.upload_path or settings.home / FOLDER)
    if bool(settings.s3_access_key) != bool(settings.s3_secret_key.get_secret_value()):
        raise ValueError("LAURELS_S3_ACCESS_KEY and LAURELS_S3_SECRET_KEY belong together: set both, or neither")
    try:
        room = import_module(_S3)
    except ModuleNotFoundError as error:
        if error.name != "obstore":
            raise
        raise ValueError("LAURELS_S3_BUCKET needs a package: pip install 'laurels[s3]'") from None
    storage: Storage = room.S3Storage(settings)
    return storage
