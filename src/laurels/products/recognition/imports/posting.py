"""Rows become gifts: posted in order, at their own time, each under a key of its own."""

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b
from itertools import islice
from uuid import UUID

from laurels.core.clock import Clock
from laurels.core.database import Database
from laurels.core.delimited import Unreadable
from laurels.core.errors import DomainError, Unavailable
from laurels.core.ids import new_id
from laurels.core.imports import ImportStopped, Refused, Tell
from laurels.core.settings import Settings
from laurels.core.text_files import FileUnusable
from laurels.core.windows import month_of
from laurels.identity.actions import ensure_members
from laurels.ledger import BusinessKey
from laurels.ledger.writer import Posted, Proposal, Writer
from laurels.products.recognition.decisions import GiveCredits
from laurels.products.recognition.imports.formats import GiftRow
from laurels.products.recognition.policy import policy_of

ACTOR = "import"
"""Who acts, in the entries of an import."""

MEMBERS_AT_ONCE = 5_000
"""Rows whose members are looked up together."""

MAX_MEMBERS = 1_000_000
"""Most members that one file may name: their ids are kept in memory."""


@dataclass(slots=True)
class Summary:
    """What became of a file's rows.

    Attributes:
        replayed: rows that an earlier import had brought.
        refused: rows by the code of what refused them.
        members: how many members the file names.
    """

    accepted: int = 0
    replayed: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    members: int = 0


@dataclass(frozen=True, slots=True)
class Source:
    """What is true of all rows of a file.

    Attributes:
        dataset: names where they come from; part of their keys.
        message: what a row without words says.
        is_told: whether the gifts are announced, as if given now: to webhooks, reactions and open pages.
    """

    dataset: str
    message: str
    is_told: bool = False


def import_gifts(
    rows: Iterable[GiftRow | Unreadable],
    source: Source,
    *,
    settings: Settings,
    database: Database,
    writer: Writer,
    clock: Clock,
    tell: Tell = lambda refused: None,
) -> Summary:
    """Post a file's rows as gifts; blocks. Rows brought before, under the same dataset, change nothing.

    Args:
        tell: called with each row that brought nothing.

    Raises:
        FileUnusable: it names more than `MAX_MEMBERS` members.
        ImportStopped: the writer or the database failed; what was posted stands.
    """
    run = _Import(settings, database, clock, source, tell)
    for outcome in writer.post_all(run.proposals(rows)):
        run.settle(outcome)
    run.summary.members = len(run.members)
    return run.summary


class _Import:
    """One run: which members are known, which rows wait for their outcome."""

    def __init__(self, settings: Settings, database: Database, clock: Clock, source: Source, tell: Tell) -> None:
        self.summary = Summary()
        self.members: dict[str, UUID] = {}
        self._settings = settings
        self._policy = policy_of(settings)
        self._database = database
        self._clock = clock
        self._source = source
        self._tell = tell
        self._waiting: deque[int] = deque()
        self._latest = datetime.min.replace(tzinfo=UTC)
        self._alike: Counter[str] = Counter()

    def proposals(self, rows: Iterable[GiftRow | Unreadable]) -> Iterator[Proposal[object]]:
        """The gifts of the readable rows, in the file's order."""
        stream = iter(rows)
        while page := list(islice(stream, MEMBERS_AT_ONCE)):
            sound = list(self._sound(page))
            self._know_members(row for row, _ in sound)
            for row, key in sound:
                self._waiting.append(row.line)
                yield self._proposal(row, key)

    def settle(self, outcome: Posted[object] | Exception) -> None:
        """Count what became of the row that has waited longest."""
        line = self._waiting.popleft()
        if isinstance(outcome, Posted):
            if outcome.is_replay:
                self.summary.replayed += 1
            else:
                self.summary.accepted += 1
        elif isinstance(outcome, DomainError) and not isinstance(outcome, Unavailable):
            self._refuse(line, outcome.code, str(outcome))
        else:
            raise ImportStopped(line) from outcome

    def _sound(self, page: Iterable[GiftRow | Unreadable]) -> Iterator[tuple[GiftRow, BusinessKey]]:
        """The rows that can be posted, with their keys."""
        for row in page:
            if isinstance(row, Unreadable):
                self._refuse(row.line, "unreadable", row.reason)
            elif row.at < self._latest:
                # Months open in order, and rows that say the same are told apart by counting those of one instant.
                self._refuse(row.line, "out-of-order", "earlier than the row before it: sort the file by time")
            elif row.at > self._clock.now():
                self._refuse(row.line, "in-future", "its time hasn't come yet")
            else:
                yield row, self._key(row)

    def _know_members(self, rows: Iterable[GiftRow]) -> None:
        unknown = {student_id for row in rows for student_id in (row.sender, row.receiver)} - self.members.keys()
        if not unknown:
            return
        if len(self.members) + len(unknown) > MAX_MEMBERS:
            raise FileUnusable(f"the file names more than {MAX_MEMBERS} members: import it in parts")
        with self._database.write.begin() as connection:
            self.members |= ensure_members(connection, sorted(unknown), now=self._clock.now(), time_zone=self._settings.time_zone)

    def _proposal(self, row: GiftRow, key: BusinessKey) -> Proposal[object]:
        decision = GiveCredits(
            recognition=new_id(),
            giver=self.members[row.sender],
            receiver=self.members[row.receiver],
            credits=row.credits,
            message=row.message or self._source.message,
            value=row.value,
            month=month_of(row.at, self._policy.zone),
            policy=self._policy,
            import_key=key,
        )
        return Proposal(decision, row.at, ACTOR, is_told=self._source.is_told)

    def _key(self, row: GiftRow) -> BusinessKey:
        """Who gave how much to whom, when, and the how-manieth such row of that instant; the words are its details."""
        if row.at > self._latest:
            self._latest = row.at
            self._alike.clear()
        content = _digest(self._source.dataset, row.sender, row.receiver, row.at.isoformat(), str(row.credits))
        self._alike[content] += 1
        return BusinessKey(f"import/{content}/{self._alike[content]}", _details(row.message, row.value or ""))

    def _refuse(self, line: int, code: str, reason: str) -> None:
        self.summary.refused[code] += 1
        self._tell(Refused(line, code, reason))


@lru_cache(maxsize=1024)
def _details(message: str, value: str) -> str:
    return _digest(message, value)


def _digest(*parts: str) -> str:
    return blake2b("\x1f".join(parts).encode(), digest_size=16).hexdigest()
