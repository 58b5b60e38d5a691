"""Which tests coverage doesn't look at: what they run through, other tests run through too, and traced it takes half as long again.

They walk through the whole application from outside: in a browser, from a
shell, by the API's description. Each rule has tests of its own, which count.
"""

from collections.abc import Iterator
from contextlib import contextmanager
import os

import coverage

UNTRACED = ("tests/api/test_contract.py", "tests/browser/", "tests/docs/test_use_cases.py", "tests/web/test_reference.py")
"""How the ids of such tests begin."""

CHILDREN = "COVERAGE_PROCESS_CONFIG"
"""The variable by which processes that tests start know that they are to be traced."""


@contextmanager
def tracing_for(nodeid: str) -> Iterator[None]:
    """Trace no line while a test runs that isn't looked at, nor in what it starts."""
    traced = coverage.Coverage.current()
    if traced is None or not nodeid.startswith(UNTRACED):
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
