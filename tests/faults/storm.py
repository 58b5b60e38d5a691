"""A process under load that is killed at some moment: `python storm.py URL RUN`.

Eight threads post gifts as fast as they are answered; each commit that is
acknowledged is told on standard output, at once: `<entry> <note>`.
"""

from pathlib import Path
import sys
from threading import Lock, Thread
from uuid import UUID

sys.path.insert(0, str(Path(__file__).parents[1]))

from laurels.core.clock import SystemClock
from laurels.core.database import open_database
from laurels.core.errors import Unavailable
from laurels.ledger.writer import Proposal, Writer
from ledger.toy import NOON, Give, request

THREADS = 8
NOTES_PER_THREAD = 1_000_000


def post(writer: Writer, run: int, thread: int, telling: Lock) -> None:
    """Post gifts until the process is killed."""
    for number in range(NOTES_PER_THREAD):
        note = (run * THREADS + thread) * NOTES_PER_THREAD + number
        gift = Give(UUID(int=note), giver=thread % 3, receiver=3 + thread % 2, amount=1, filled=NOTES_PER_THREAD, window=f"{run:06}")
        try:
            posted = writer.post_now(Proposal(gift, NOON, request=request(str(note))))
        except Unavailable:
            continue  # the database is gone for now
        with telling:
            print(posted.entry, note, flush=True)


def main(url: str, run: int) -> None:
    """Post until killed."""
    writer = Writer(open_database(url), SystemClock())
    writer.start()
    telling = Lock()
    print("ready", flush=True)
    threads = [Thread(target=post, args=(writer, run, number, telling)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
