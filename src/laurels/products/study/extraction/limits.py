"""What reading one document may take."""

from dataclasses import dataclass

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one document and on the process that reads it."""

    max_pages: int = 2_000
    max_characters: int = 10_000_000
    """Of all pages together."""
    max_page_characters: int = 200_000
    max_unpacked_bytes: int = 256 * MEBIBYTE
    """Of all files in an archive together (docx and pptx are archives)."""
    max_archive_files: int = 10_000
    memory_bytes: int = 1024 * MEBIBYTE
    """Address space of the reading process."""
    cpu_seconds: int = 30
    wall_seconds: float = 60.0
    """The longest that the reading process is waited for, all waits together."""


LIMITS = Limits()
"""Those of a server that nobody told otherwise."""
