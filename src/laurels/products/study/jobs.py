"""Study's jobs. Each finds for itself what is left to do, so that running late, twice or on two machines harms nothing."""

from laurels.jobs import JobContext
from laurels.products.study.actions.lapsing import lapse_calls
from laurels.products.study.desk import Desk
from laurels.products.study.ingest import delete_orphans, read_due, sweep_deleted, sweep_strays


def read_documents(job: JobContext, desk: Desk) -> None:
    """Read the documents that are due: just added, to be tried again, or left by a process that died.

    What is told of a document is but a bell: whoever is at it takes up all that
    is due, also what is added meanwhile.
    """
    read_due(job, desk)


def read_left(job: JobContext, desk: Desk) -> None:
    """The same for whatever no bell was heard of; and remove the words and files of documents that were deleted."""
    read_due(job, desk)
    sweep_deleted(job, desk)


def sweep(job: JobContext, desk: Desk) -> None:
    """Delete the documents of deleted classes and sessions, and remove files that no document has."""
    delete_orphans(job)
    sweep_deleted(job, desk)
    sweep_strays(job, desk)


def lapse(job: JobContext) -> None:
    """Give up answers and other calls of a model that their process died over: what was set aside for them is given back."""
    lapse_calls(job)
