"""Memory of long-running processes: what one busy moment took is given back, and what start-up made isn't looked through again.

glibc keeps freed memory in an arena for each thread, and after the first large
block is freed it stops mapping large blocks apart. A server with a thread pool
and a password hash of 19 MiB then never shrinks: after signing in and a few
large pages it held 240 MB, with these limits 168 MB.
"""

import ctypes
import gc
import logging

log = logging.getLogger(__name__)

_TRIM_THRESHOLD = -1
_MMAP_THRESHOLD = -3
_ARENA_MAX = -8
"""Parameters of mallopt(3), from malloc.h."""

LARGE_BYTES = 256 * 1024
"""Blocks from here on are mapped apart, and go back to the system when freed."""

ARENAS = 2
"""Enough where one thread at a time runs Python."""


def limit_kept_memory() -> bool:
    """Have the C library give freed memory back; tells whether it took the limits (glibc does, others ignore it)."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):
        log.debug("this C library has no mallopt")
        return False
    limits = ((_ARENA_MAX, ARENAS), (_MMAP_THRESHOLD, LARGE_BYTES), (_TRIM_THRESHOLD, LARGE_BYTES))
    return all(mallopt(parameter, value) == 1 for parameter, value in limits)


def spare_startup() -> None:
    """Have the garbage collector leave alone what was made until now: modules, models, statements, none of which ends before the process.

    A batch of awards makes so many objects that the collector runs again and
    again; each time it would go through all of that, which took a third of an
    import's time.
    """
    gc.freeze()
