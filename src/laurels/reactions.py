"""What one product does when another announces a fact, and the timetable: the one page with every sideways coupling.

So far no product reacts to another. What runs by itself:

    recognition.rollover       midnight of the 1st, community's time: every allowance is turned to the month
    recognition.rollover-rest  every hour: what that left undone
    recognition.vouchers       every minute: redemptions that are due to be issued
    recognition.issue          on `redemption.requested`: the same at once, where the issuer is outside
    loyalty.decide             on `loyalty.accepted` and `loyalty.joined`: purchases and returns that can be decided now
    loyalty.decide-left        every minute: what nobody decided
    loyalty.lapse              every minute: reservations that weren't confirmed in time
    loyalty.expire             every hour: points that have expired
    loyalty.news               every quarter of an hour: points that became active, or will expire soon
    loyalty.tiers              every night: tiers that go by years
    identity.tidy              every hour: sessions and failed attempts that have run out
    webhooks.deliver           on every fact that a product makes webhook events of: they are queued, and sent
    webhooks.retry             every minute: deliveries that are due again
    webhooks.tidy              every night: what is older than thirty days
    ledger.tidy                every night: request keys that have run out, and facts that everyone has read
"""

from collections.abc import Sequence
from datetime import timedelta

from laurels.core.settings import Settings
from laurels.identity.jobs import tidy_identity
from laurels.identity.personal import PersonalParts
from laurels.jobs import JobContext, Reader, Schedule, Timetable
from laurels.jobs.timetable import UTC_ZONE
from laurels.ledger.outbox import Told, purge
from laurels.ledger.writer import forget_requests
from laurels.products.loyalty.facts import EventsAccepted, MemberJoined
from laurels.products.loyalty.hooks import LOYALTY_EVENTS
from laurels.products.loyalty.jobs import decide_left, decide_told, expire_points, lapse_burns, refresh_tiers, tell_news
from laurels.products.loyalty.personal import erase_loyalty, export_loyalty
from laurels.products.recognition.facts import RedemptionRequested
from laurels.products.recognition.hooks import RECOGNITION_EVENTS
from laurels.products.recognition.jobs import issue_requested, issue_vouchers, open_months
from laurels.products.recognition.personal import erase_recognition, export_recognition
from laurels.vouchers import Vouchers
from laurels.webhooks import Webhooks
from laurels.webhooks.jobs import readers_for, schedules_for

WEBHOOK_SOURCES = (RECOGNITION_EVENTS, LOYALTY_EVENTS)
"""What each product tells the outside; for `open_webhooks`."""

FACTS_KEPT = timedelta(days=7)
"""How long facts stay in the outbox after everyone has read them: so that a new process can look back."""

KEYS_AT_ONCE = 5_000
"""Request keys forgotten in one transaction: the database must not be held long."""

MAX_ROUNDS = 1_000
"""Most transactions of one night's tidying; the next night goes on."""


def timetable(settings: Settings, vouchers: Vouchers, webhooks: Webhooks) -> Timetable:
    """All schedules and readers of the application."""

    def issue_due(job: JobContext) -> None:
        issue_vouchers(job, vouchers)

    def issue_told(job: JobContext, told: Sequence[Told]) -> None:
        issue_requested(job, told, vouchers)

    readers = [
        Reader("recognition.issue", {RedemptionRequested.name}, issue_told),
        Reader("loyalty.decide", {EventsAccepted.name, MemberJoined.name}, decide_told),
        *readers_for(webhooks),
    ]

    def tidy(job: JobContext) -> None:
        tidy_ledger(job, readers=[reader.name for reader in readers])

    schedules = [
        Schedule("recognition.rollover", "0 0 1 * *", settings.zone, open_months),
        Schedule("recognition.rollover-rest", "5 * * * *", settings.zone, open_months),
        Schedule("recognition.vouchers", "* * * * *", UTC_ZONE, issue_due),
        Schedule("loyalty.decide-left", "* * * * *", UTC_ZONE, decide_left),
        Schedule("loyalty.lapse", "* * * * *", UTC_ZONE, lapse_burns),
        Schedule("loyalty.expire", "2 * * * *", UTC_ZONE, expire_points),
        Schedule("loyalty.news", "4-59/15 * * * *", UTC_ZONE, tell_news),
        Schedule("loyalty.tiers", "20 2 * * *", settings.zone, refresh_tiers),
        Schedule("identity.tidy", "15 * * * *", UTC_ZONE, tidy_identity),
        Schedule("ledger.tidy", "30 3 * * *", settings.zone, tidy),
        *schedules_for(webhooks),
    ]
    return Timetable(schedules, readers)


def register_personal(personal: PersonalParts) -> None:
    """Let every product say what it keeps about a member, and erase it when they go."""
    # Erasing holds books: in the order of their names, as all who hold several do.
    personal.add("loyalty", export=export_loyalty, erase=erase_loyalty)
    personal.add("recognition", export=export_recognition, erase=erase_recognition)


def tidy_ledger(job: JobContext, *, readers: Sequence[str]) -> None:
    """Delete request keys that have run out, and facts that every reader is done with, a bounded number at a time."""
    for _ in range(MAX_ROUNDS):
        with job.database.write.begin() as connection:
            forgotten = forget_requests(connection, job.now, limit=KEYS_AT_ONCE)
        if forgotten < KEYS_AT_ONCE or job.is_stopping():
            break
    for _ in range(MAX_ROUNDS):
        with job.database.write.begin() as connection:
            purged = purge(connection, job.now - FACTS_KEPT, readers=readers)
        if purged == 0 or job.is_stopping():
            break
