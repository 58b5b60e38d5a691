"""The weekly goals of Monday, opened for very many: `python -m benchmarks.progress.monday` tells seconds and memory.

It runs in a process of its own, so that the memory is the job's alone.
"""

from datetime import UTC, datetime, timedelta
import json
import os
from pathlib import Path
import sys
from time import perf_counter

from sqlalchemy import func, insert, select

from benchmarks.over_http import memory_of
from benchmarks.people import member_rows, settings_of
from benchmarks.progress.crowd import settle
from laurels.core.clock import SystemClock
from laurels.core.database import open_database
from laurels.core.ids import new_id
from laurels.identity.tables import member
from laurels.jobs import JobContext
from laurels.ledger.writer import Writer
from laurels.products.progress.jobs.goals import open_goals
from laurels.products.progress.tables import member_progress, weekly_goal

AT_ONCE = 10_000


def fill(url: str, members: int) -> None:
    """Write members who were active lately."""
    database = open_database(url)
    now = datetime.now(UTC)
    nothing = dict.fromkeys(("revision", "lifetime_quizzes", "lifetime_projects", "lifetime_comments", "quests_completed"), 0)
    nothing |= {"goals_completed": 0, "announced_tier": 0, "announced_level": 1}
    try:
        ids = [new_id() for _ in range(members)]
        written = member_rows(ids, now)
        for start in range(0, members, AT_ONCE):
            about = {**nothing, "badges": "", "is_anonymous": False, "last_active_at": now - timedelta(days=3), "created_at": now}
            with database.write.begin() as connection:
                connection.execute(insert(member), written[start : start + AT_ONCE])
                connection.execute(insert(member_progress), [{"member": who, **about} for who in ids[start : start + AT_ONCE]])
        settle(database)
    finally:
        database.dispose()


def main() -> None:
    """Read where, open the goals, tell how long it took and what memory it took above what the process had before."""
    plan = json.load(sys.stdin)
    settings = settings_of(plan["url"], Path(plan["home"]))
    database, clock = open_database(plan["url"]), SystemClock()
    now = clock.now()
    job = JobContext(settings, clock, database, Writer(database, clock), now, "bench", now, lambda: False)
    before = memory_of(os.getpid(), "VmRSS")
    start = perf_counter()
    opened = open_goals(job)
    seconds = perf_counter() - start
    with database.read.connect() as connection:
        kept = connection.execute(select(func.count()).select_from(weekly_goal)).scalar_one()
    database.dispose()
    print(json.dumps({"seconds": seconds, "mib": memory_of(os.getpid(), "VmHWM") - before, "opened": opened, "kept": kept}))


if __name__ == "__main__":
    main()
