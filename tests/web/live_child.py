"""A server process of its own; waves when told a number on its standard input. See test_live."""

from pathlib import Path
import socket
import sys
from threading import Thread

import uvicorn

from laurels.core.database import open_database
from web.live_town import Town

url, home = sys.argv[1:]
town = Town(open_database(url), Path(home))
town.writer.start()


def obey() -> None:
    for line in sys.stdin:
        town.wave(int(line))


Thread(target=obey, daemon=True).start()
listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen()
print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
uvicorn.Server(uvicorn.Config(town.app, log_config=None, timeout_graceful_shutdown=60)).run(sockets=[listener])
