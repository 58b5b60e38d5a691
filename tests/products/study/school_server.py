"""A server of a school that tests kill: `python school_server.py SETTINGS`, as JSON. Tells its port."""

import json
import socket
import sys

import uvicorn

from laurels.core.settings import Settings
from laurels.main import create_app


def main(told: str) -> None:
    """Serve; jobs run elsewhere."""
    settings = Settings(_env_file=None, **json.loads(told))
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        print(listener.getsockname()[1], flush=True)
        config = uvicorn.Config(create_app(settings), log_config=None, timeout_graceful_shutdown=1)
        uvicorn.Server(config).run([listener])


if __name__ == "__main__":
    main(*sys.argv[1:])
