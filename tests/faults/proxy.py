"""A proxy before PostgreSQL that breaks connections at a chosen moment of the protocol."""

from collections.abc import Callable
import contextlib
import socket
from threading import Event, Lock, Thread

COMMIT = b"COMMIT"
LARGEST_READ = 65_536


class Proxy:
    """Forwards connections to a server, until told to break one at its COMMIT.

    Args:
        target: the path of the server's Unix socket, or its host and port.

    Attributes:
        url_host, url_port: where clients connect to.
        commits: COMMITs seen.
        refused: connections turned away.
    """

    def __init__(self, target: str | tuple[str, int]) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url_host, self.url_port = self._listener.getsockname()
        self.commits = 0
        self.refused = 0
        self._lock = Lock()
        self._plan: list[str] = []
        self._refuse = 0
        self._closed = Event()
        self._open: set[socket.socket] = set()
        self._accepting = Thread(target=self._accept, daemon=True)
        self._accepting.start()

    def break_next_commit(self, how: str, *, refuse: int = 0) -> None:
        """Break the connection of the next COMMIT, then turn some connections away.

        Args:
            how: `before`: the server never hears of it; `after`: it has committed, and the
                answer is lost; `meanwhile`: the client is gone while the server commits.
        """
        with self._lock:
            self._plan.append(how)
            self._refuse = refuse

    def close(self) -> None:
        """Stop listening, and break what is open."""
        self._closed.set()
        self._listener.close()
        for one in list(self._open):
            _close(one)

    def _accept(self) -> None:
        while not self._closed.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                if self._refuse and not self._plan:
                    self._refuse -= 1
                    self.refused += 1
                    client.close()
                    continue
            server = self._connect()
            self._open |= {client, server}
            lost = Event()
            Thread(target=self._forward, args=(client, server, self._watch(server, lost)), daemon=True).start()
            Thread(target=self._forward, args=(server, client, self._hold(client, lost)), daemon=True).start()

    def _connect(self) -> socket.socket:
        if isinstance(self._target, tuple):
            return socket.create_connection(self._target)
        server = socket.socket(socket.AF_UNIX)
        server.connect(self._target)
        return server

    def _watch(self, server: socket.socket, lost: Event) -> Callable[[bytes], bool]:
        """What to do with the client's bytes; gives whether to go on."""

        def watch(data: bytes) -> bool:
            if COMMIT not in data:
                server.sendall(data)
                return True
            with self._lock:
                self.commits += 1
                how = self._plan.pop(0) if self._plan else None
            if how == "before":
                return False
            if how is not None:
                lost.set()  # a quick server's answer must not slip through
            server.sendall(data)
            return how != "meanwhile"

        return watch

    def _hold(self, client: socket.socket, lost: Event) -> Callable[[bytes], bool]:
        """What to do with the server's bytes: the answer to a COMMIT that is to be lost goes nowhere."""

        def hold(data: bytes) -> bool:
            if lost.is_set():
                return False
            client.sendall(data)
            return True

        return hold

    def _forward(self, source: socket.socket, target: socket.socket, act: Callable[[bytes], bool]) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(LARGEST_READ):
                if not act(data):
                    break
        for one in (source, target):
            _close(one)
            self._open.discard(one)


def _close(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
