"""Which tests one of pytest-xdist's workers runs one after another, because they share something that is dear to make.

By our own scheduler: since pytest 9.2 the one behind `--dist loadgroup` no longer sees the marks that it goes by, and says nothing.
"""

from xdist.scheduler import LoadScopeScheduling

TOGETHER = (
    "tests/api/test_contract.py",  # the requests: making them takes longer than sending them
    "tests/api/test_examples.py",  # the OpenAPI document
    "tests/browser/",  # a browser and a community
    "tests/docs/test_use_cases.py",  # a demo
    "tests/web/test_live_page.py",  # a browser
    "tests/web/test_reference.py",  # the same
)
"""How the ids of tests begin that belong together."""


class Scheduling(LoadScopeScheduling):
    """Gives each test to the next free worker; those that belong together to one, and before all others."""

    def _split_scope(self, nodeid: str) -> str:
        return next((place for place in TOGETHER if nodeid.startswith(place)), nodeid)
