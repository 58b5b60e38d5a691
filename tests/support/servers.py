"""A real server on a port of its own, in a thread: for tests that need parallel requests, streams or a browser. And ports of processes."""

from collections.abc import Iterator
from contextlib import contextmanager
import socket
import subprocess
import threading
from typing import Any

from fastapi import FastAPI
import uvicorn

STARTS_WITHIN_SECONDS = 30


class _Server(uvicorn.Server):
    """Tells when it takes requests."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_up = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.is_up.set()


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """Serve an application, lifespan and all; gives its address, `http://127.0.0.1:<port>`.

    Raises:
        RuntimeError: it didn't start, or didn't stop.
    """
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = _Server(uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=5, lifespan="on"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="test-server")
    thread.start()
    try:
        _wait_until_up(server, thread)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(STARTS_WITHIN_SECONDS)
        listener.close()
        if thread.is_alive():
            raise RuntimeError("the server didn't stop")


def free_port() -> int:
    """A port that nobody has now: for a process that must be told one."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_listening(port: int, process: "subprocess.Popen[Any]") -> None:
    """Wait until somebody listens on a port that a process was told.

    Raises:
        RuntimeError: it ended, or nobody did in time.
    """
    for _ in range(STARTS_WITHIN_SECONDS * 20):
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        try:
            process.wait(0.05)
        except subprocess.TimeoutExpired:
            continue
        break
    raise RuntimeError(f"{process.args!r} doesn't listen on {port}")


def _wait_until_up(server: _Server, thread: threading.Thread) -> None:
    for _ in range(STARTS_WITHIN_SECONDS * 10):
        if server.is_up.wait(0.1):
            return
        if not thread.is_alive():
            break  # its lifespan failed, and said why in the log
    raise RuntimeError("the server didn't start")
