"""Storage of both kinds, and a server that speaks S3's protocol."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from laurels.core.settings import Settings
from laurels.products.study.storage import Storage, open_storage
from support.s3_server import S3Server, an_s3_server


@pytest.fixture
def s3_server() -> Iterator[S3Server]:
    """A bucket."""
    with an_s3_server() as server:
        yield server


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where files on disk go; it isn't there yet."""
    return tmp_path / "some" / "uploads"


@pytest.fixture(params=["disk", "s3"])
def storage(request: pytest.FixtureRequest, folder: Path) -> Storage:
    """An empty storage, of each kind in turn."""
    if request.param == "disk":
        return open_storage(Settings(_env_file=None, upload_path=folder))
    return open_storage(Settings(_env_file=None, **request.getfixturevalue("s3_server").settings))
