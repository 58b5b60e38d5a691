"""Deciding events in sets: who is meant, by which terms, and what becomes of each.

Every way that purchases and returns come in ends here: the API's waiting and
accepted events, files, and what waited for its member or its purchase. Each
event is decided once for ever by its own id, so that any of them may be sent,
read or swept again.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from laurels.core.errors import DomainError, Unavailable
from laurels.jobs.timetable import Workplace
from laurels.ledger import Decision
from laurels.ledger.writer import Outcome, Proposal
from laurels.products.loyalty.actions.decided import Decided, decided_of, known_events, replayed
from laurels.products.loyalty.actions.telling import purchase_of, returned_goods
from laurels.products.loyalty.decisions.accepting import PutAside
from laurels.products.loyalty.decisions.earning import EarnPoints
from laurels.products.loyalty.decisions.events import DECIDED, Event
from laurels.products.loyalty.decisions.returning import ApplyReturn
from laurels.products.loyalty.decisions.standing import Basis
from laurels.products.loyalty.errors import NotAMember, NotEarnedYet, ProgramChanged, ProgramClosed, UnknownMember, fields_of
from laurels.products.loyalty.queries.configuration import Configuration, basis_at, configuration_of, forget
from laurels.products.loyalty.queries.current import MAX_CHANGES, require_current
from laurels.products.loyalty.queries.events import Known, find_members, purchases_by_id, waiting_returns
from laurels.products.loyalty.tables import PurchaseRow, ReturnRow

AT_ONCE = 1_000
"""Events that are looked up and posted together."""

Judged: TypeAlias = Proposal[Any] | DomainError
"""What is to be posted for an event, or why it can't be."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How a set of events is decided.

    Attributes:
        actor: whose entries they are.
        at: the decisions' time; None: each event's own, as for a file of the past.
        is_told: whether facts are told.
        keeps_refused: whether a refused event's row says so: where it was accepted before.
    """

    actor: str
    at: datetime | None
    is_told: bool = True
    keeps_refused: bool = False


def decide_events(workplace: Workplace, program: UUID, events: Iterable[Event], manner: Manner) -> Iterator[Decided]:
    """Decide a program's events in order, with bounded memory; gives what became of each, in that order.

    A return that names a purchase of the same set finds it. What can't be
    decided yet waits; for whom and what, see `queries.events`.

    Raises:
        Missing: there is no such program.
        Unavailable: the ledger is busy; what was given so far is decided.
    """
    sent: _Sent | None = None  # the part before: the ledger decides it while this one is judged
    for part in _in_order(events):
        if sent is not None and _names_any(part, sent.events):
            yield from _settle(workplace, program, sent)
            sent = None
        judge = open_judge(workplace, program, part, manner)
        if sent is not None and judge.configuration is not sent.judge.configuration:  # some is decided again, and still goes first
            yield from _settle(workplace, program, sent)
            sent = None
        before, sent = sent, _send(workplace, judge, dict(enumerate(part)))
        if before is not None:
            yield from _settle(workplace, program, before)
    if sent is not None:
        yield from _settle(workplace, program, sent)


def _in_order(events: Iterable[Event]) -> Iterator[list[Event]]:
    """Parts that are looked up and posted together, in which no return names a purchase of its own part: it must be read first."""
    part: list[Event] = []
    purchases: set[UUID] = set()
    for event in events:
        if isinstance(event, ReturnRow) and event.purchase in purchases:
            yield part
            part, purchases = [], set()
        part.append(event)
        if isinstance(event, PurchaseRow):
            purchases.add(event.id)
        if len(part) == AT_ONCE:  # before the next is asked for: what it takes to make it may fail
            yield part
            part, purchases = [], set()
    if part:
        yield part


def _names_any(part: Iterable[Event], before: Mapping[int, Event]) -> bool:
    """Whether a return names a purchase that isn't decided yet."""
    named = {event.purchase for event in part if isinstance(event, ReturnRow)}
    return bool(named) and any(event.id in named for event in before.values())


@dataclass(frozen=True, slots=True)
class _Sent:
    """Events by their places in their part, as they were judged and queued; what became of them is yet to be read."""

    events: dict[int, Event]
    judge: "Judge"
    judged: dict[int, Judged]
    outcomes: Iterator[Outcome]


def _send(workplace: Workplace, judge: "Judge", events: dict[int, Event]) -> _Sent:
    judged = {place: judge.judge(event) for place, event in events.items()}
    return _Sent(events, judge, judged, workplace.writer.post_ahead(one for one in judged.values() if isinstance(one, Proposal)))


def _settle(workplace: Workplace, program: UUID, sent: _Sent) -> list[Decided]:
    """What became of events; the returns that waited for them are decided too."""
    decided = _outcomes(workplace, program, sent)
    earned = [one.event.id for one in decided if one.status == "earned" and not one.is_replay]
    if earned:
        with workplace.database.read.connect() as connection:
            waited = waiting_returns(connection, earned)
        if waited:
            judge = open_judge(workplace, program, waited, sent.judge.manner)
            _outcomes(workplace, program, _send(workplace, judge, dict(enumerate(waited))))
    return decided


def _outcomes(workplace: Workplace, program: UUID, sent: _Sent) -> list[Decided]:
    """What became of events; those that met a change of settings are decided again."""
    decided: dict[int, Decided] = {}
    events = sent.events
    for _ in range(MAX_CHANGES):
        changed: list[int] = []
        for place, one in sent.judged.items():
            outcome = next(sent.outcomes) if isinstance(one, Proposal) else one
            if isinstance(outcome, ProgramChanged):
                changed.append(place)
            else:
                decided[place] = decided_of(events[place], outcome)
        changed += _put_aside(workplace, program, decided, list(sent.judged), sent.judge)
        if not changed:
            return [decided[place] for place in range(len(events))]
        forget(workplace.database, program)
        again = {place: events[place] for place in changed}
        sent = _send(workplace, open_judge(workplace, program, list(again.values()), sent.judge.manner), again)
    raise Unavailable()


def _put_aside(workplace: Workplace, program: UUID, decided: dict[int, Decided], places: Sequence[int], judge: "Judge") -> list[int]:
    """Note what has to wait, and, where it was accepted before, what was refused. What was decided long ago is a replay.

    Gives the places of events that can be decided after all.
    """
    refused = {place: one for place in places if (one := decided.get(place)) is not None and one.refusal is not None}
    if not refused:
        return []
    try:
        require_current(workplace.database, judge.configuration)
    except ProgramChanged:
        return list(refused)
    manner = judge.manner
    known = known_events(workplace.database, [one.event for one in refused.values()])
    proposals: dict[int, Proposal[Any]] = {}
    for place, one in refused.items():
        status = status_of(one.event, one.refusal, judge.configuration)
        if (found := known.get(one.event.id)) is not None and found.fingerprint == one.event.fingerprint and found.status in DECIDED:
            decided[place] = replayed(one.event, found)
        elif found is not None and found.fingerprint == one.event.fingerprint and found.status == status == "waiting":
            decided[place] = Decided(one.event, "waiting")  # noted before: told again, it writes nothing
        elif status == "accepted" and manner.keeps_refused:
            decided[place] = Decided(one.event, "accepted")  # as it was: the sweep decides it once the program goes on
        elif status == "waiting" or manner.keeps_refused:
            why = None if status == "waiting" else one.refusal
            noted = (why.code, fields_of(why)) if why is not None else (None, None)
            aside = PutAside(program, one.event, status, noted[0], judge.awaited(one.event), noted[1])
            proposals[place] = Proposal(aside, manner.at or one.event.occurred_at, manner.actor, is_told=False)
    again: list[int] = []
    for place, outcome in zip(proposals, workplace.writer.post_all(proposals.values()), strict=True):
        if isinstance(outcome, ProgramChanged):
            again.append(place)
            continue
        result = decided_of(decided[place].event, outcome)
        if result.status in DECIDED:  # by somebody else, just now
            again.append(place)
        elif result.status != "refused" or result.refusal is not None:
            decided[place] = result
    return again


def status_of(event: Event, refusal: DomainError | None, settings: Configuration) -> str:
    """What an event is that can't be decided now: `waiting` for somebody, still `accepted` while its program pauses, or `refused`."""
    if isinstance(refusal, NotEarnedYet):
        return "waiting"
    if isinstance(refusal, ProgramClosed) and refusal.fields["program_status"] == "paused":
        return "accepted"
    if isinstance(event, ReturnRow) and event.purchase is not None:
        return "refused"  # whoever bought has left, and gave up what it earned: no joining would bring it back
    if isinstance(refusal, NotAMember | UnknownMember):
        terms = settings.terms_at(event.occurred_at).terms
        return "waiting" if terms.unknown_members == "wait" else "refused"
    return "refused"


@dataclass(frozen=True, slots=True)
class Judge:
    """What was read for a set of events: the program's settings, the members, the purchases that returns name."""

    configuration: Configuration
    members: dict[str, Known]
    purchases: dict[UUID, PurchaseRow]
    manner: Manner
    _bases: list[Basis] = field(default_factory=list, repr=False)

    def judge(self, event: Event) -> Judged:
        """The decision of an event."""
        try:
            decision = self.purchase(event) if isinstance(event, PurchaseRow) else self.goods_back(event)
        except DomainError as refusal:
            return refusal
        return Proposal(decision, self.manner.at or event.occurred_at, self.manner.actor, is_told=self.manner.is_told)

    def purchase(self, row: PurchaseRow) -> Decision[Any]:
        """What a purchase earns.

        Raises:
            UnknownMember: whose it is isn't a member of the program.
        """
        member = self.member(row.member_ref)
        return EarnPoints(purchase_of(row, self.configuration.program.currency), row, member, self.basis(row))

    def goods_back(self, row: ReturnRow) -> Decision[Any]:
        """What a return takes back.

        Raises:
            UnknownMember: it names no purchase, and whose it is isn't a member of the program.
            NotEarnedYet: the purchase that it names isn't decided yet.
        """
        if row.purchase is None:
            goods = returned_goods(row, self.configuration.program.currency)
            return ApplyReturn(row, self.member(row.member_ref or ""), self.basis(row), sent=goods)
        bought = self.purchases.get(row.purchase)
        if bought is None or bought.status != "earned" or bought.member is None:
            raise NotEarnedYet(transaction_id=row.transaction_id or "")
        return ApplyReturn(row, bought.member, self.basis(row), bought=bought)

    def awaited(self, event: Event) -> UUID | None:
        """The member whom an event waits for to join; None where nobody is known by that name, or it waits for a purchase."""
        known = None if event.member_ref is None else self.members.get(event.member_ref)
        return None if known is None else known.member

    def member(self, ref: str) -> UUID:
        """Who is meant.

        Raises:
            UnknownMember: nobody who is a member of the program.
        """
        known = self.members.get(ref)
        if known is None or not known.is_joined:
            raise UnknownMember(member=ref)
        return known.member

    def basis(self, event: Event) -> Basis:
        """The settings that an event is decided by."""
        at = self.manner.at
        if at is None:
            return basis_at(self.configuration, event.occurred_at, event.occurred_at)
        version, campaigns = self.configuration.terms_at(event.occurred_at).version, self.configuration.campaigns_at(event.occurred_at)
        for basis in self._bases:  # nearly all events of a set have the same one
            if basis.terms_version == version and basis.campaigns is campaigns:
                return basis
        self._bases.append(basis_at(self.configuration, event.occurred_at, at))
        return self._bases[-1]


def open_judge(workplace: Workplace, program: UUID, events: Sequence[Event], manner: Manner) -> Judge:
    """Read what judging these events takes.

    Raises:
        Missing: there is no such program.
    """
    configuration = configuration_of(workplace.database, program)
    refs = {event.member_ref for event in events if event.member_ref is not None}
    named = {event.purchase for event in events if isinstance(event, ReturnRow) and event.purchase is not None}
    with workplace.database.read.connect() as connection:
        members = find_members(connection, program, refs) if refs else {}
        purchases = purchases_by_id(connection, named) if named else {}
    return Judge(configuration, members, purchases, manner)
