"""What is told when files can't be kept or read."""

from laurels.core.errors import Unavailable


class StorageUnavailable(Unavailable):
    """The disk or the bucket doesn't take a file, or doesn't give it: full, away, or not to be entered. The log says which."""

    code = "storage-unavailable"
    detail = "Uploaded files can't be reached just now. Try again in {retry_after_seconds} s; if that stays, tell who runs this site."

    def __init__(self, *, retry_after_seconds: int = 10) -> None:
        super().__init__(retry_after_seconds=retry_after_seconds)
