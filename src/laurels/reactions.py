"""What one product does when another announces a fact, and the timetable: the one page with every sideways coupling.

Progress reacts to recognition, loyalty and study: `find_triggers` says to what,
and a table that staff edit says what it awards. The pot gives coins for what
recognition and progress announce: `find_deeds` says for what, and its rules how
many. Nothing reacts to the pot: coins become nothing else. What runs by itself:

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
    progress.react             on what recognition, loyalty and study announce: points, by the table of reactions
    progress.sign-ins          every minute: the first sign-in of a member's day
    progress.sign-ins-rest     every hour: what that missed
    progress.bonuses           every hour: streak bonuses for days that are over where their members live
    progress.goals             Monday, community's time: the week's goals are opened
    progress.goals-rest        every hour: what that left undone
    progress.quests            every hour: quests that weren't completed in time
    progress.seasons           every hour: seasons that ended a day ago are archived
    progress.decay             every night: points of the inactive, where staff have turned decay on
    pot.earn                   on what recognition and progress announce: coins, by the pot's rules
    pot.answer                 every minute: replies of the pot's bot that failed, or were left by a process that died
    study.ingest               on `study.document_added`: documents that are to be read
    study.ingest-left          every minute: those that were to be tried again, or were left; and what deleted ones leave
    study.lapse                every minute: answers that their process died over
    study.sweep                every hour: documents of deleted classes and chats, and files without a document
    identity.tidy              every hour: sessions and failed attempts that have run out
    webhooks.deliver           on every fact that a product makes webhook events of: they are queued, and sent
    webhooks.retry             every minute: deliveries that are due again
    webhooks.tidy              every night: what is older than thirty days
    ledger.tidy                every night: request keys that have run out, and facts that everyone has read
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import orjson

from laurels.core.clock import Clock
from laurels.core.settings import Settings
from laurels.identity.jobs import tidy_identity
from laurels.identity.personal import PersonalParts
from laurels.jobs import JobContext, Reader, Schedule, Timetable
from laurels.jobs.timetable import UTC_ZONE
from laurels.ledger.outbox import Told, purge
from laurels.ledger.writer import forget_requests
from laurels.products.loyalty.facts import EventsAccepted, MemberJoined, RewardRedeemed
from laurels.products.loyalty.hooks import LOYALTY_EVENTS
from laurels.products.loyalty.jobs import decide_left, decide_told, expire_points, lapse_burns, refresh_tiers, tell_news
from laurels.products.loyalty.personal import erase_loyalty, export_loyalty
from laurels.products.pot.actions.earning import Deed, earn
from laurels.products.pot.hooks import POT_EVENTS
from laurels.products.pot.house import House
from laurels.products.pot.jobs import answer_left
from laurels.products.pot.personal import erase_pot, export_pot
from laurels.products.pot.rules import Earning
from laurels.products.progress.actions.reacting import Trigger, react, take_back
from laurels.products.progress.facts import GoalCompleted, QuestCompleted, TierReached
from laurels.products.progress.hooks import PROGRESS_EVENTS
from laurels.products.progress.jobs import (
    archive_seasons,
    award_sign_ins,
    award_todays_sign_ins,
    decay_points,
    expire_quests,
    open_goals,
    pay_bonuses,
)
from laurels.products.progress.personal import erase_progress, export_progress
from laurels.products.progress.rules import TriggerName
from laurels.products.recognition.facts import (
    CreditsGiven,
    RecognitionEndorsed,
    RecognitionReversed,
    RedemptionRequested,
    RedemptionSettled,
)
from laurels.products.recognition.hooks import RECOGNITION_EVENTS
from laurels.products.recognition.jobs import issue_requested, issue_vouchers, open_months
from laurels.products.recognition.personal import erase_recognition, export_recognition
from laurels.products.recognition.queries import recognitions_by_id
from laurels.products.recognition.tables import Recognition
from laurels.products.study.desk import Desk
from laurels.products.study.facts import ClassJoined, ConversationHeld, DocumentAdded
from laurels.products.study.hooks import STUDY_EVENTS
from laurels.products.study.jobs import lapse, read_documents, read_left, sweep
from laurels.products.study.personal import erase_study, export_study
from laurels.vouchers import Vouchers
from laurels.webhooks import Webhooks
from laurels.webhooks.jobs import readers_for, schedules_for

WEBHOOK_SOURCES = (RECOGNITION_EVENTS, LOYALTY_EVENTS, PROGRESS_EVENTS, POT_EVENTS, STUDY_EVENTS)
"""What each product tells the outside; for `open_webhooks`."""

FACTS_KEPT = timedelta(days=7)
"""How long facts stay in the outbox after everyone has read them: so that a new process can look back."""

KEYS_AT_ONCE = 5_000
"""Request keys forgotten in one transaction: the database must not be held long."""

MAX_ROUNDS = 1_000
"""Most transactions of one night's tidying; the next night goes on."""


def timetable(settings: Settings, vouchers: Vouchers, webhooks: Webhooks, house: House, desk: Desk) -> Timetable:
    """All schedules and readers of the application."""

    def issue_due(job: JobContext) -> None:
        issue_vouchers(job, vouchers)

    def issue_told(job: JobContext, told: Sequence[Told]) -> None:
        issue_requested(job, told, vouchers)

    def answer_due(job: JobContext) -> None:
        answer_left(job, house)

    def earn_told(job: JobContext, told: Sequence[Told]) -> None:
        earn(job, house, find_deeds(told))

    def ingest_told(job: JobContext, told: Sequence[Told]) -> None:
        read_documents(job, desk)

    def ingest_left(job: JobContext) -> None:
        read_left(job, desk)

    def sweep_study(job: JobContext) -> None:
        sweep(job, desk)

    readers = [
        Reader("recognition.issue", {RedemptionRequested.name}, issue_told),
        Reader("loyalty.decide", {EventsAccepted.name, MemberJoined.name}, decide_told),
        Reader("progress.react", REACTED_TO, react_to_told),
        Reader("pot.earn", EARNED_BY, earn_told),
        Reader("study.ingest", {DocumentAdded.name}, ingest_told),
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
        Schedule("progress.sign-ins", "* * * * *", UTC_ZONE, award_sign_ins),
        Schedule("progress.sign-ins-rest", "35 * * * *", UTC_ZONE, award_todays_sign_ins),
        Schedule("progress.bonuses", "10 * * * *", UTC_ZONE, pay_bonuses),
        Schedule("progress.goals", "5 0 * * 1", settings.zone, open_goals),
        Schedule("progress.goals-rest", "25 * * * *", UTC_ZONE, open_goals),
        Schedule("progress.quests", "40 * * * *", UTC_ZONE, expire_quests),
        Schedule("progress.seasons", "50 * * * *", UTC_ZONE, archive_seasons),
        Schedule("progress.decay", "40 2 * * *", settings.zone, decay_points),
        Schedule("pot.answer", "* * * * *", UTC_ZONE, answer_due),
        Schedule("study.ingest-left", "* * * * *", UTC_ZONE, ingest_left),
        Schedule("study.lapse", "* * * * *", UTC_ZONE, lapse),
        Schedule("study.sweep", "45 * * * *", UTC_ZONE, sweep_study),
        Schedule("identity.tidy", "15 * * * *", UTC_ZONE, tidy_identity),
        Schedule("ledger.tidy", "30 3 * * *", settings.zone, tidy),
        *schedules_for(webhooks),
    ]
    return Timetable(schedules, readers)


def react_to_told(job: JobContext, told: Sequence[Told]) -> None:
    """Award what facts of other products are worth in progress, and take back what was undone."""
    react(job, find_triggers(job, [one for one in told if one.name in _TRIGGERED]))
    undone = [orjson.loads(one.payload) for one in told if one.name == RecognitionReversed.name]
    take_back(job, (trigger for fact in undone for trigger in _undone_by(fact, job.now)), UNDONE)


def _undone_by(fact: dict[str, Any], at: datetime) -> Iterator[Trigger]:
    """What a recognition triggered that was taken back; endorsements of it stand."""
    for name, role in ((TriggerName.RECOGNITION_GIVEN, "giver"), (TriggerName.RECOGNITION_RECEIVED, "receiver")):
        yield Trigger(name, UUID(fact[role]), fact["recognition"], at)


def find_triggers(job: JobContext, told: Sequence[Told]) -> Iterator[Trigger]:
    """What facts of other products trigger in progress; nothing for a recognition that was taken back meanwhile, or gone."""
    payloads = [orjson.loads(one.payload) for one in told]
    given = {UUID(fact["recognition"]) for one, fact in zip(told, payloads, strict=True) if one.name == CreditsGiven.name}
    with job.database.read.connect() as connection:
        thanks = recognitions_by_id(connection, given) if given else {}
    for one, fact in zip(told, payloads, strict=True):
        for name, member, key in _TRIGGERED[one.name](fact, thanks):
            yield Trigger(name, UUID(member), key, one.recorded_at, _class_of(fact))


def _class_of(fact: dict[str, Any]) -> UUID | None:
    """The class that something happened in: study's facts name it."""
    return UUID(fact["class_id"]) if "class_id" in fact else None


_Triggered = Iterator[tuple[TriggerName, str, str]]
"""Names of triggers, whose they are, and what tells each from others of its name."""


def _by_gift(fact: dict[str, Any], thanks: dict[UUID, Recognition]) -> _Triggered:
    found = thanks.get(UUID(fact["recognition"]))
    if found is None or found.reversed_at is not None:
        return
    if found.message:
        yield TriggerName.RECOGNITION_GIVEN, fact["giver"], fact["recognition"]
    yield TriggerName.RECOGNITION_RECEIVED, fact["receiver"], fact["recognition"]


def _by_endorsement(fact: dict[str, Any], _: dict[UUID, Recognition]) -> _Triggered:
    yield TriggerName.ENDORSEMENT_GIVEN, fact["member"], f"{fact['recognition']}/{fact['member']}"


def _by_voucher(fact: dict[str, Any], _: dict[UUID, Recognition]) -> _Triggered:
    if fact["is_issued"]:
        yield TriggerName.VOUCHER_REDEEMED, fact["member"], fact["redemption"]


def _by_reward(fact: dict[str, Any], _: dict[UUID, Recognition]) -> _Triggered:
    if fact["reward"] is not None:  # else it was a discount
        yield TriggerName.REWARD_REDEEMED, fact["member"], fact["burn"]


def _by_joining(fact: dict[str, Any], _: dict[UUID, Recognition]) -> _Triggered:
    yield TriggerName.PROGRAM_JOINED, fact["member"], f"{fact['program']}/{fact['member']}"


def _by_class(fact: dict[str, Any], _: dict[UUID, Recognition]) -> _Triggered:
    yield TriggerName.CLASS_JOINED, fact["member"], f"{fact['class_id']}/{fact['member']}"  # who leaves and comes back joined once


def _by_conversation(fact: dict[str, Any], _: dict[UUID, Recognition]) -> _Triggered:
    yield TriggerName.STUDY_CONVERSATION, fact["member"], fact["session"]


_TRIGGERED: dict[str, Callable[[dict[str, Any], dict[UUID, Recognition]], _Triggered]] = {
    CreditsGiven.name: _by_gift,
    RecognitionEndorsed.name: _by_endorsement,
    RedemptionSettled.name: _by_voucher,
    RewardRedeemed.name: _by_reward,
    MemberJoined.name: _by_joining,
    ClassJoined.name: _by_class,
    ConversationHeld.name: _by_conversation,
}

REACTED_TO = frozenset({*_TRIGGERED, RecognitionReversed.name})
"""The facts that progress reacts to."""

UNDONE = "The recognition was taken back."
"""Why points for a recognition are, as their activity tells it."""


def find_deeds(told: Sequence[Told]) -> Iterator[Deed]:
    """What facts of other products may earn coins. What was taken back later keeps its coins: they are worth nothing elsewhere."""
    for one in told:
        fact = orjson.loads(one.payload)
        for trigger, role, about in _EARNED[one.name]:
            yield Deed(trigger, UUID(fact[role]), UUID(fact[about]))


_EARNED: dict[str, tuple[tuple[Earning, str, str], ...]] = {
    CreditsGiven.name: (
        (Earning.RECOGNITION_GIVEN, "giver", "recognition"),
        (Earning.RECOGNITION_RECEIVED, "receiver", "recognition"),
    ),
    GoalCompleted.name: ((Earning.GOAL_COMPLETED, "member", "reward"),),
    QuestCompleted.name: ((Earning.QUEST_COMPLETED, "member", "reward"),),
    TierReached.name: ((Earning.TIER_REACHED, "member", "member"),),
}
"""For each fact: what it may earn, whose coins those are, and what it is about."""

EARNED_BY = frozenset(_EARNED)
"""The facts that may earn coins."""


def register_personal(personal: PersonalParts, clock: Clock) -> None:
    """Let every product say what it keeps about a member, and erase it when they go."""
    # Erasing holds books: in the order of their names, as all who hold several do.
    personal.add("loyalty", export=export_loyalty, erase=erase_loyalty)
    personal.add("pot", export=export_pot, erase=erase_pot)
    personal.add("progress", export=export_progress, erase=partial(erase_progress, clock=clock))
    personal.add("recognition", export=export_recognition, erase=erase_recognition)
    personal.add("study", export=export_study, erase=partial(erase_study, clock=clock))


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
