"""Another process that posts toy decisions: `python posting_child.py URL COMMAND`, its posts as JSON lines on standard input.

Each line is a list of posts that are made at the same time; a line of outcomes answers it.
"""

import asyncio
from datetime import UTC, datetime
import json
from pathlib import Path
import sys
from uuid import UUID

sys.path.insert(0, str(Path(__file__).parents[1]))

from laurels.core.clock import SystemClock
from laurels.core.database import open_database
from laurels.core.errors import DomainError
from laurels.ledger import BusinessKey
from laurels.ledger.writer import Proposal, Writer
from ledger.toy import Give, Grant, request

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)


def proposal(post: dict[str, object]) -> Proposal[object]:
    """The proposal that a post's fields tell: a grant, or a gift where there is a note."""
    values = dict(post)
    asked, business = values.pop("request", None), values.pop("business", None)
    if business is not None:
        values["key"] = BusinessKey(str(business), "details")
    if "note" in values:
        values["note"] = UUID(int=int(str(values["note"])))
        return Proposal(Give(**values), AT, request=request(str(asked)) if asked else None)  # type: ignore[arg-type]
    return Proposal(Grant(**values), AT, request=request(str(asked)) if asked else None)  # type: ignore[arg-type]


async def post_all(writer: Writer, posts: list[dict[str, object]]) -> list[object]:
    """Make posts at the same time; gives the entry and whether it is a replay, or the refusal's code."""

    async def post(one: dict[str, object]) -> object:
        try:
            posted = await writer.post(proposal(one))
        except DomainError as refusal:
            return refusal.code
        return [posted.entry, posted.is_replay]

    return list(await asyncio.gather(*(post(one) for one in posts)))


def main(url: str) -> None:
    """Answer each line of posts with a line of outcomes, until the input ends."""
    database = open_database(url)
    writer = Writer(database, SystemClock())
    writer.start()
    print("ready", flush=True)
    for line in sys.stdin:
        print(json.dumps(asyncio.run(post_all(writer, json.loads(line)))), flush=True)
    writer.stop()
    database.dispose()


if __name__ == "__main__":
    main(sys.argv[1])
