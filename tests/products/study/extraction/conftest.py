"""What the tests of reading files share."""

from collections.abc import Callable
from pathlib import Path

import pytest

from laurels.products.study.extraction import LIMITS, Limits, check_upload, probe
from products.study.extraction.whole import Extracted, extract

Read = Callable[..., Extracted]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Put a file through all that an upload goes through: `read(data, "name.pdf", limits)`."""

    def run(data: bytes, name: str, limits: Limits = LIMITS) -> Extracted:
        path = tmp_path / "upload"
        path.write_bytes(data)
        with path.open("rb") as file:
            file_type = check_upload(file, name, limits)
            probe(file, file_type, limits)
        return extract(path, file_type, limits)

    return run
