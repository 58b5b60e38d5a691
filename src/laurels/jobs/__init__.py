"""Work that nobody waits for: schedules, and readers of the outbox.

Purpose: products declare what is to be done and when (`Schedule`, `Reader`, in
one `Timetable`); this room sees to it, in the server's process or in
`laurels worker`, on one machine or on several.

Invariants: a schedule's period is done once, however many processes watch it,
and is tried again after a failure or a crash; a fact reaches every reader that
wants it at least once; nothing depends on a particular process coming back.
Jobs are level-triggered: each finds for itself what is still to be done, so
that running late, twice or on two machines harms nothing.

Begin reading at `timetable` (what products declare), then `runs` (how a period
is done once), `readers` (how facts are handed on), `engine` (who rings the
bell).
"""

from laurels.jobs.running import run_worker, running
from laurels.jobs.timetable import JobContext, Reader, Schedule, Timetable, Workplace

__all__ = ["JobContext", "Reader", "Schedule", "Timetable", "Workplace", "run_worker", "running"]
