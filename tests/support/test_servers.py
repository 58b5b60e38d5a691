"""The real server of the tests: it runs the lifespan, answers over a socket, and stops."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
import httpx2
import pytest

from support.servers import serving


def test_serving_runs_the_lifespan_around_real_requests() -> None:
    happened: list[str] = []

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        happened.append("started")
        yield
        happened.append("stopped")

    app = FastAPI(lifespan=lifespan)

    @app.get("/")
    async def answer() -> list[str]:
        return happened

    with serving(app) as address:
        assert httpx2.get(address).json() == ["started"]
    assert happened == ["started", "stopped"]
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(address)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_serving_says_that_an_application_did_not_start() -> None:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        raise OSError("no disk")
        yield

    with pytest.raises(RuntimeError, match="didn't start"), serving(FastAPI(lifespan=lifespan)):
        pass
