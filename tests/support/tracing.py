"""Which tests coverage looks at: traced, a test takes half as long again, and many run through what others run through too.

Not looked at are those that walk through the whole application from outside: in
a browser, from a shell, by the API's description; and, of tests that run on
both databases, the second run, except where there is code for one database.
"""

from collections.abc import Iterator
from contextlib import contextmanager
import os

import coverage

FROM_OUTSIDE = ("tests/api/test_contract.py", "tests/browser/", "tests/docs/test_use_cases.py", "tests/web/test_reference.py")
"""How the ids of tests begin that aren't looked at."""

BY_DATABASE = (
    "tests/core/",
    "tests/faults/",
    "tests/jobs/",
    "tests/ledger/",
    "tests/migrations/",
    "tests/properties/",
    "tests/products/study/test_index",
)
"""How the ids of tests begin that are looked at on both databases: what they test differs."""

CHILDREN = "COVERAGE_PROCESS_CONFIG"
"""The variable by which processes that tests start know that they are to be traced."""


def is_traced(nodeid: str) -> bool:
    """Whether coverage looks at a test."""
    is_repeated = "[postgresql" in nodeid and not nodeid.startswith(BY_DATABASE)
    return not is_repeated and not nodeid.startswith(FROM_OUTSIDE)


@contextmanager
def tracing_for(nodeid: str) -> Iterator[None]:
    """Trace no line while a test runs that isn't looked at, nor in what it starts."""
    traced = coverage.Coverage.current()
    if traced is None or is_traced(nodeid):
        yield
        return
    children = os.environ.pop(CHILDREN, None)
    traced.stop()
    try:
        yield
    finally:
        traced.start()
        if children is not None:
            os.environ[CHILDREN] = children
