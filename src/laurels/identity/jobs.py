"""Identity's job: what has run out is deleted. It opened nothing before that either."""

from laurels.core.database import fold_log
from laurels.identity.sessions import purge_sessions
from laurels.identity.throttle import purge_attempts
from laurels.jobs import JobContext


def tidy_identity(job: JobContext) -> int:
    """Delete expired sessions and attempts that no longer count; gives how many rows went.

    What they and deleted accounts left in SQLite's log goes too, or an hour
    later where somebody reads just now.
    """
    with job.database.write.begin() as connection:
        gone = purge_sessions(connection, now=job.now) + purge_attempts(connection, now=job.now)
    fold_log(job.database)
    return gone
