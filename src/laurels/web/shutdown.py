"""Hearing of the server's end in time.

A server asked to stop first waits for open answers and then ends the lifespan,
so an endless answer has to hear of it before. ASGI has no word for that; the
process has: the signal itself.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
import signal
from threading import current_thread, main_thread
from types import FrameType

_ENDINGS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def on_shutdown(notify: Callable[[], None]) -> Iterator[None]:
    """Call `notify` when the process is asked to stop, then whatever was to happen before; while the block runs.

    Only on the main thread, where signals arrive: a server on another thread
    is stopped by whoever started it.
    """
    if current_thread() is not main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in _ENDINGS}

    def hear(number: int, frame: FrameType | None) -> None:
        notify()
        handler = before[signal.Signals(number)]
        if callable(handler):
            handler(number, frame)

    heard = [number for number, handler in before.items() if callable(handler)]
    for number in heard:
        signal.signal(number, hear)
    try:
        yield
    finally:
        for number in heard:
            signal.signal(number, before[number])
