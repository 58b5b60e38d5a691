"""Servers of a school as processes of their own, and clients that ask them."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
import json
from pathlib import Path
import subprocess
from typing import Any

import httpx
from pydantic import SecretStr

from faults.shop import process
from laurels.identity.tables import Member
from products.study.classroom import without_vectors
from products.study.school import School
from support.openai_server import OpenAIServer
from support.site import API

SCRIPT = str(Path(__file__).parent / "school_server.py")
PASSWORD = "a password of 24 letters"
CONNECTIONS = 64


@dataclass
class ServerProcess:
    """A server of its own, and a client of it."""

    running: "subprocess.Popen[str]"
    http: httpx.Client

    def headers(self, who: Member) -> dict[str, str]:
        """Headers of a member who signs in by the server's own clock."""
        answer = self.http.post("/auth/login", json={"username": who.username, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}


@contextmanager
def servers_of(school: School, model_server: OpenAIServer, number: int) -> Iterator[list[ServerProcess]]:
    """Processes that serve a school's database; killed in the end."""
    settings = school.place.settings
    told = {"database_url": settings.resolved_database_url, "rate_limits": False, "worker": "outside", **_plain(model_server)}
    told["secret_key"] = settings.secret_key.get_secret_value()
    with ExitStack() as stack:
        servers = []
        for one in range(number):
            home = {"home": str(settings.home / f"server-{one}")}
            running, port = stack.enter_context(process(SCRIPT, json.dumps(told | home)))
            limits = httpx.Limits(max_connections=CONNECTIONS)
            client = stack.enter_context(httpx.Client(base_url=f"http://127.0.0.1:{port}{API}", timeout=60, limits=limits))
            servers.append(ServerProcess(running, client))
        yield servers


def _plain(model_server: OpenAIServer) -> dict[str, Any]:
    settings = without_vectors(model_server)
    return {name: value.get_secret_value() if isinstance(value, SecretStr) else value for name, value in settings.items()}
