"""The pot's tables and their rows: written by decisions of the pot's book alone.

What members and the bot wrote stands in `pot_message` only; the ledger holds no words.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Date, ForeignKey, Index, Integer, Table, Text, Uuid, text

from laurels.core.database import CodePointText, UtcDateTime, metadata
from laurels.core.rows import row_of

pot = Table(
    "pot",
    metadata,
    Column("id", CodePointText, primary_key=True, comment="`main`"),
    Column("version", Integer, nullable=False, comment="goes up with every change of the rules"),
    Column("rules", Text, nullable=False, comment="JSON of `rules.PotRules`"),
    Column("round", Integer, nullable=False, comment="the number of the round that goes on, from 1"),
    Column("params", Text, nullable=False, comment="what the round is drawn by: canonical JSON of `rules.Params`"),
    Column("params_hash", Text, nullable=False, comment="SHA-256 of params, in hex"),
    Column("commitment", Text, nullable=False, comment="binds to the round's seed and params, in hex"),
    Column("seed_id", Uuid, nullable=False, comment="what the sealed seed is tied to"),
    Column("seed_sealed", Text, nullable=False, comment="the round's seed, encrypted"),
    Column("messages", Integer, nullable=False, comment="paid in the round"),
    Column("paid", BigInteger, nullable=False, comment="coins of them"),
    Column("contributed", BigInteger, nullable=False, comment="coins put in without a message"),
    Column("heat", BigInteger, nullable=False, comment="what demand multiplies prices by, in millionths"),
    Column("heat_window", BigInteger, nullable=False, comment="the window of demand that is counted, since 1970"),
    Column("heat_used", Integer, nullable=False, comment="messages paid in it"),
    Column("opened_at", UtcDateTime, nullable=False, comment="when the round began"),
    Column("updated_at", UtcDateTime, nullable=False, comment="when the rules were changed"),
    CheckConstraint("round > 0 and messages >= 0", name="counted"),
)


@row_of(pot)
class Pot:
    """A pot: its rules, and the round that goes on. What is in it stands in the ledger."""

    id: str
    version: int
    rules: str
    round: int
    params: str
    params_hash: str
    commitment: str
    seed_id: UUID
    seed_sealed: str
    messages: int
    paid: int
    contributed: int
    heat: int
    heat_window: int
    heat_used: int
    opened_at: datetime
    updated_at: datetime


pot_round = Table(
    "pot_round",
    metadata,
    Column("pot", CodePointText, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("params", Text, nullable=False),
    Column("params_hash", Text, nullable=False),
    Column("commitment", Text, nullable=False),
    Column("seed", Text, nullable=False, comment="revealed, in hex"),
    Column("ended_by", Text, nullable=False),
    Column("winner", ForeignKey("member.id"), nullable=True),
    Column("message", Uuid, nullable=True, comment="the one that won"),
    Column("reason", Text, nullable=True, comment="why it was reset"),
    Column("amount", BigInteger, nullable=False, comment="what was in the pot when it ended: the prize, or what was reset"),
    Column("messages", Integer, nullable=False),
    Column("paid", BigInteger, nullable=False),
    Column("contributed", BigInteger, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime, nullable=False),
    CheckConstraint("ended_by in ('won', 'reset')", name="ended_known"),
    CheckConstraint("(ended_by = 'won') = (winner is not null and message is not null)", name="won_by_somebody"),
    Index("ix_pot_round_ended_at", "pot", "ended_at"),
    Index(
        "ix_pot_round_winner", "winner", "ended_at", postgresql_where=text("winner is not null"), sqlite_where=text("winner is not null")
    ),
)


@row_of(pot_round)
class PotRound:
    """A round that ended, its seed revealed."""

    pot: str
    number: int
    params: str
    params_hash: str
    commitment: str
    seed: str
    ended_by: str
    winner: UUID | None
    message: UUID | None
    reason: str | None
    amount: int
    messages: int
    paid: int
    contributed: int
    opened_at: datetime
    ended_at: datetime


pot_sender = Table(
    "pot_sender",
    metadata,
    Column("member", ForeignKey("member.id"), primary_key=True),
    Column("messages", Integer, nullable=False, comment="paid, ever"),
    Column("round", Integer, nullable=False, comment="the last round that they paid in"),
    Column("in_round", Integer, nullable=False, comment="paid in that round"),
    Column("day", Date, nullable=False, comment="the last day of the community that they paid on"),
    Column("in_day", Integer, nullable=False, comment="paid on that day"),
    Column("own_limit", BigInteger, nullable=True, comment="the daily limit that they set themselves"),
    Column("later_limit", BigInteger, nullable=True, comment="what it becomes"),
    Column("later_from", Date, nullable=True, comment="from this day on"),
    Column("paused_until", UtcDateTime, nullable=True, comment="they asked to be kept out until then"),
    postgresql_with={"fillfactor": 60},  # room for updates in place: every message updates a row
)


@row_of(pot_sender)
class Sender:
    """What a member has sent, and how they hold back."""

    member: UUID
    messages: int
    round: int
    in_round: int
    day: date
    in_day: int
    own_limit: int | None = None
    later_limit: int | None = None
    later_from: date | None = None
    paused_until: datetime | None = None


pot_message = Table(
    "pot_message",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("entry", BigInteger, nullable=False, comment="the ledger's entry, in the pot's book"),
    Column("pot", CodePointText, nullable=False),
    Column("round", Integer, nullable=False),
    Column("number", Integer, nullable=False, comment="its place in the round, from 1: the n of the draw"),
    Column("member", ForeignKey("member.id"), nullable=False),
    Column("client_seed", Text, nullable=False),
    Column("price_number", Integer, nullable=False, comment="the n of the price"),
    Column("price", BigInteger, nullable=False),
    Column("heat", BigInteger, nullable=False, comment="what demand multiplied the price by, in millionths"),
    Column("pot_after", BigInteger, nullable=False, comment="what was in the pot with its price in it, before any prize left"),
    Column("ppm", Integer, nullable=False, comment="its chance, in millionths"),
    Column("prize", BigInteger, nullable=False, comment="0 where it didn't win"),
    Column("balance_after", BigInteger, nullable=False),
    Column("day", Date, nullable=False, comment="of the community: whose daily limit it counts against"),
    Column("words", Text, nullable=True, comment="null once its writer's account is deleted"),
    Column("reply", Text, nullable=True),
    Column("reply_status", Text, nullable=False),
    Column("tries", Integer, nullable=False, comment="of asking for a reply"),
    Column("next_try_at", UtcDateTime, nullable=True, comment="when the bot is asked again"),
    Column("is_refunded", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    CheckConstraint("price > 0 and prize >= 0", name="paid_for"),
    CheckConstraint("reply_status in ('answered', 'pending', 'failed')", name="reply_status_known"),
    CheckConstraint("reply_status <> 'answered' or not is_refunded", name="answered_is_paid"),
    Index("ix_pot_message_draw", "pot", "round", "number", unique=True),
    Index("ix_pot_message_member", "member", "created_at", "id"),
    Index(
        "ix_pot_message_due",
        "next_try_at",
        postgresql_where=text("reply_status = 'pending'"),
        sqlite_where=text("reply_status = 'pending'"),
    ),
    Index(
        "ix_pot_message_failed",
        "created_at",
        "id",
        postgresql_where=text("reply_status = 'failed'"),
        sqlite_where=text("reply_status = 'failed'"),
    ),
)


@row_of(pot_message)
class PotMessage:
    """A paid message: its draw, and the bot's reply."""

    id: UUID
    entry: int
    pot: str
    round: int
    number: int
    member: UUID
    client_seed: str
    price_number: int
    price: int
    heat: int
    pot_after: int
    ppm: int
    prize: int
    balance_after: int
    day: date
    words: str | None
    reply: str | None
    reply_status: str
    tries: int
    next_try_at: datetime | None
    is_refunded: bool
    created_at: datetime


coin_change = Table(
    "coin_change",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("entry", BigInteger, nullable=False, comment="the ledger's entry, in the pot's book"),
    Column("member", ForeignKey("member.id"), nullable=False),
    Column("amount", BigInteger, nullable=False, comment="coins: added, or below zero taken"),
    Column("reason", Text, nullable=True, comment="null once the member's account is deleted"),
    Column("made_by", Uuid, nullable=True, comment="who of the staff; null for the command line"),
    Column("created_at", UtcDateTime, nullable=False),
    CheckConstraint("amount <> 0", name="changes_something"),
    Index("ix_coin_change_member", "member", "created_at", "id"),
    Index("ix_coin_change_created_at", "created_at", "id"),
)


@row_of(coin_change)
class CoinChange:
    """Coins that staff gave a member, or took."""

    id: UUID
    entry: int
    member: UUID
    amount: int
    reason: str | None
    made_by: UUID | None
    created_at: datetime
