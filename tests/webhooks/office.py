"""Webhooks at work for a test: endpoints, facts that are told, and whoever sends."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Event as Flag
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.engine import Row

from laurels.core.clock import FixedClock
from laurels.core.database import Database
from laurels.core.settings import Settings
from laurels.identity.tables import Member
from laurels.jobs import JobContext
from laurels.ledger.outbox import Told
from laurels.ledger.writer import Writer
from laurels.web.caller import Caller, Role
from laurels.web.context import Context
from laurels.webhooks import EventSource, EventType, WebhookEvent, Webhooks, actions, open_webhooks
from laurels.webhooks.jobs import queue_told, tidy_webhooks
from laurels.webhooks.queries import Shipment, list_attempts, list_deliveries
from laurels.webhooks.rules import DeliveryStatus
from laurels.webhooks.tables import Attempt, Delivery, Endpoint, webhook_delivery, webhook_endpoint

HASH = "0" * 32
POINTS = ("points.earned", "points.expired")


def make_events(job: JobContext, told: Sequence[Told]) -> Iterable[WebhookEvent]:
    """Points of a program, whose id is the book's name."""
    return [WebhookEvent(one, one.name, {"points": one.sequence}, subject=f"program/{one.book}") for one in told]


SOURCE = EventSource([EventType(name, "Points.", {"points": 5}) for name in POINTS], frozenset(POINTS), make_events)


@dataclass
class Bench:
    """What actions need of a context."""

    settings: Settings
    clock: FixedClock
    database: Database


class Office:
    """Endpoints and what is told to them."""

    def __init__(self, settings: Settings, database: Database, clock: FixedClock, admin: Member, **opened: Any) -> None:
        self.settings = settings.model_copy(update={"webhooks_allow_http": True, "webhooks_allow_private": True})
        self.database = database
        self.clock = clock
        self.webhooks: Webhooks = open_webhooks(self.settings, [SOURCE], **opened)
        self.bench: Any = Bench(self.settings, clock, database)
        self.context: Context = self.bench
        self.admin = admin
        self.caller = Caller(admin.id, Role.ADMIN, admin.id, admin.student_id, admin.display_name, "UTC", "en", "bearer")
        self._sequence = 0

    def elsewhere(self, *, clock: FixedClock | None = None, opened: dict[str, Any] | None = None, **settings: Any) -> "Office":
        """Another process on the same database."""
        changed = self.settings.model_copy(update=settings)
        return Office(changed, self.database, clock or self.clock, self.admin, **(opened or {}))

    def open(self, url: str, *, scope: str | None = None, **values: Any) -> tuple[UUID, str]:
        """Create an endpoint; gives its id and secret."""
        new = actions.NewEndpoint(url, **values)
        made, secret = actions.create_endpoint(self.context, self.webhooks, self.caller, new, scope=scope, address_hash=HASH)
        return made.id, secret

    def change(self, endpoint_id: UUID, **changes: Any) -> Endpoint:
        """Change an endpoint."""
        return actions.change_endpoint(self.context, self.webhooks, self.caller, endpoint_id, changes, scope=None, address_hash=HASH)

    def tell(self, count: int = 1, *, name: str = "points.earned", book: str = "wine", at: datetime | None = None) -> list[Told]:
        """Have so many facts happen, and queue what they give rise to."""
        told = []
        for _ in range(count):
            self._sequence += 1
            told.append(Told(book, self._sequence, 0, name, "{}", at or self.clock.now()))
        self.queue(told)
        return told

    def queue(self, told: Sequence[Told]) -> int:
        """Tell facts to the reader."""
        return queue_told(self.job(), told, self.webhooks)

    def send(self) -> int:
        """Send what is due; gives how many requests that were."""
        return self.webhooks.sender.send_due(self.bench)

    def tidy(self) -> int:
        """Run the night's job."""
        return tidy_webhooks(self.job())

    def job(self) -> JobContext:
        """What a job is handed."""
        now = self.clock.now()
        writer = Writer(self.database, self.clock)
        return JobContext(self.settings, self.clock, self.database, writer, now, "test", now, Flag().is_set)

    def deliveries(self, endpoint_id: UUID, *, status: DeliveryStatus | None = None) -> list[Shipment]:
        """What was queued for an endpoint, newest first."""
        with self.database.read.connect() as connection:
            return list_deliveries(connection, endpoint_id, status=status, limit=1000)

    def statuses(self, endpoint_id: UUID) -> list[str]:
        """Where its deliveries stand, oldest first."""
        return [one.status for one in reversed(self.deliveries(endpoint_id))]

    def attempts(self, delivery_id: UUID) -> list[Attempt]:
        """A delivery's attempts, newest first."""
        with self.database.read.connect() as connection:
            return list_attempts(connection, delivery_id)

    def endpoint(self, endpoint_id: UUID) -> Endpoint:
        """Its row, deleted or not."""
        with self.database.read.connect() as connection:
            row = connection.execute(select(webhook_endpoint).where(webhook_endpoint.c.id == endpoint_id)).one()
        return Endpoint(*row)

    def row(self, delivery_id: UUID) -> Delivery:
        """A delivery's row."""
        with self.database.read.connect() as connection:
            return Delivery(*connection.execute(select(webhook_delivery).where(webhook_delivery.c.id == delivery_id)).one())

    def rows(self, table: Any) -> Sequence[Row[Any]]:
        """All rows of a table."""
        with self.database.read.connect() as connection:
            return connection.execute(select(table)).all()
