"""A server that shops tell their purchases to, until it is killed: `python shop_server.py URL HOME SECRET`. Tells its port."""

from pathlib import Path
import socket
import sys

import uvicorn

from laurels.core.settings import Settings
from laurels.main import create_app


def main(url: str, home: str, secret: str) -> None:
    """Serve; what is accepted is left to workers elsewhere."""
    settings = Settings(_env_file=None, home=Path(home), database_url=url, secret_key=secret, rate_limits=False, worker="outside")
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        print(listener.getsockname()[1], flush=True)
        uvicorn.Server(uvicorn.Config(create_app(settings), log_config=None)).run([listener])


if __name__ == "__main__":
    main(*sys.argv[1:])
