"""Leaving a document to another process, because this one wants to end."""

from laurels.jobs import JobContext


class Interrupted(Exception):
    """The process wants to end; what was done so far stands, and another goes on."""


def go_on(job: JobContext) -> None:
    """Look whether to go on, between two pieces of the work.

    Raises:
        Interrupted: the process wants to end.
    """
    if job.is_stopping():
        raise Interrupted
