"""The Streamlit client before a real server whose rounds are known."""

from collections.abc import Iterator

import httpx
import pytest

from clients.counter import CLIENT, RUNS_WITHIN_SECONDS, Counter, Line
from products.pot.conftest import parlour
from products.pot.parlour import Parlour
from support.applications import MakeApp
from support.servers import serving

__all__ = ["parlour"]


@pytest.fixture
def counter(parlour: Parlour, make_app: MakeApp, monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter]:
    """The client's way to a served parlour whose first round hasn't begun."""
    parlour.app = make_app()
    line = Line(parlour.app)
    with serving(line) as address, httpx.Client(base_url=address, timeout=RUNS_WITHIN_SECONDS) as parlour.http:
        parlour.serve()
        monkeypatch.setenv("LAURELS_API", address)
        monkeypatch.syspath_prepend(str(CLIENT))  # as `streamlit run` has it
        yield Counter(parlour, line, address)
