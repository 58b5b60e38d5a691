"""Loyalty's tables and their rows.

What an admin sets (programs, terms, campaigns, rewards, invitations) is
written plainly; what moves points (memberships, purchases, returns, burns) is
written by decisions of the program's book only.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, ForeignKey, Index, Integer, Table, Text, Uuid, text

from laurels.core.database import CodePointText, UtcDateTime, metadata
from laurels.core.rows import row_of, view_of

program = Table(
    "program",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", CodePointText, nullable=False),
    Column("description", Text, nullable=False),
    Column("currency", Text, nullable=False, comment="ISO 4217: amounts are in its minor unit"),
    Column("zone", Text, nullable=False, comment="IANA zone: days, months and hours are read by it"),
    Column("unit_name", Text, nullable=False, comment="what a point is called: `miles`"),
    Column("status", Text, nullable=False),
    Column("joining", Text, nullable=False),
    Column("burn_points", BigInteger, nullable=True, comment="so many points are worth `burn_minor`; none: no free burning"),
    Column("burn_minor", BigInteger, nullable=True, comment="in minor units of the currency"),
    Column("confirm_minutes", Integer, nullable=False, comment="how long a reservation is kept"),
    Column("grace_days", Integer, nullable=False, comment="how long points live that a cancelled burn gives back after they expired"),
    Column("version", Integer, nullable=False, comment="goes up with every change of the program, its terms, campaigns or rewards"),
    Column("created_by", Uuid, nullable=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    CheckConstraint("status in ('draft', 'active', 'paused', 'archived')", name="status_known"),
    CheckConstraint("joining in ('open', 'invitation')", name="joining_known"),
    CheckConstraint("(burn_points is null) = (burn_minor is null)", name="burn_rate_whole"),
    CheckConstraint("burn_points > 0 and burn_minor > 0", name="burn_rate_positive"),
    CheckConstraint("confirm_minutes > 0 and grace_days >= 0", name="times_positive"),
    Index("ix_program_name", "name", "id"),
)


@row_of(program)
class Program:
    """A loyalty program, as its admins set it."""

    id: UUID
    name: str
    description: str
    currency: str
    zone: str
    unit_name: str
    status: str
    joining: str
    burn_points: int | None
    burn_minor: int | None
    confirm_minutes: int
    grace_days: int
    version: int
    created_by: UUID | None
    created_at: datetime
    updated_at: datetime


@view_of(program)
class ProgramState:
    """What a decision reads of a program: whether it runs, and by which version of its settings."""

    id: UUID
    status: str
    version: int


program_terms = Table(
    "program_terms",
    metadata,
    Column("program", ForeignKey("program.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("valid_from", UtcDateTime, nullable=True, comment="none for the first: it holds from the beginning"),
    Column("document", Text, nullable=False, comment="JSON of `rules.Terms`; never changes"),
    Column("created_by", Uuid, nullable=True),
    Column("created_at", UtcDateTime, nullable=False),
    CheckConstraint("(valid_from is null) = (version = 1)", name="first_from_the_beginning"),
)


@row_of(program_terms)
class ProgramTerms:
    """One version of a program's rules; it never changes."""

    program: UUID
    version: int
    valid_from: datetime | None
    document: str
    created_by: UUID | None
    created_at: datetime


program_admin = Table(
    "program_admin",
    metadata,
    Column("program", ForeignKey("program.id"), primary_key=True),
    Column("member", ForeignKey("member.id"), primary_key=True),
    Column("created_at", UtcDateTime, nullable=False),
    Index("ix_program_admin_member", "member"),
)
"""Who runs a program, beside the community's own admins."""

program_invitation = Table(
    "program_invitation",
    metadata,
    Column("program", ForeignKey("program.id"), primary_key=True),
    Column("member", ForeignKey("member.id"), primary_key=True),
    Column("created_at", UtcDateTime, nullable=False),
    Index("ix_program_invitation_member", "member"),
)


@row_of(program_invitation)
class ProgramInvitation:
    """A member who may join a program that one joins by invitation."""

    program: UUID
    member: UUID
    created_at: datetime


campaign = Table(
    "campaign",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("program", ForeignKey("program.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("starts_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
    Column("multiplier_percent", Integer, nullable=True, comment="200 doubles; else `extra_points`"),
    Column("extra_points", BigInteger, nullable=True),
    Column("minimum_spend", BigInteger, nullable=False),
    Column("categories", Text, nullable=False, comment="JSON list; empty: all"),
    Column("has_budget", Boolean, nullable=False, comment="whether its points come out of an account that runs dry"),
    Column("version", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    CheckConstraint("(multiplier_percent is null) <> (extra_points is null)", name="one_bonus"),
    CheckConstraint("multiplier_percent > 100", name="multiplies"),
    CheckConstraint("extra_points > 0", name="extra_positive"),
    CheckConstraint("ends_at > starts_at", name="ends_after_start"),
    Index("ix_campaign_program", "program", "ends_at"),
)


@row_of(campaign)
class CampaignRow:
    """A time in which purchases earn more."""

    id: UUID
    program: UUID
    name: str
    starts_at: datetime
    ends_at: datetime
    multiplier_percent: int | None
    extra_points: int | None
    minimum_spend: int
    categories: str
    has_budget: bool
    version: int
    created_at: datetime
    updated_at: datetime


reward = Table(
    "reward",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("program", ForeignKey("program.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("cost", BigInteger, nullable=False, comment="in points"),
    Column("has_stock", Boolean, nullable=False, comment="whether pieces are counted, in an account"),
    Column("per_member", Integer, nullable=True, comment="most for each member"),
    Column("on_sale_from", UtcDateTime, nullable=True),
    Column("on_sale_until", UtcDateTime, nullable=True),
    Column("voucher_pattern", Text, nullable=True, comment="how its voucher codes look; none: the common pattern"),
    Column("voucher_days", Integer, nullable=True, comment="days that a voucher holds; none: for ever"),
    Column("is_archived", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    CheckConstraint("cost > 0", name="cost_positive"),
    CheckConstraint("per_member > 0", name="per_member_positive"),
    CheckConstraint("voucher_days > 0", name="voucher_days_positive"),
    CheckConstraint("on_sale_until > on_sale_from", name="sale_ends_after_start"),
    Index("ix_reward_program", "program", "cost", "id"),
)


@row_of(reward)
class Reward:
    """Something that points buy."""

    id: UUID
    program: UUID
    name: str
    description: str
    cost: int
    has_stock: bool
    per_member: int | None
    on_sale_from: datetime | None
    on_sale_until: datetime | None
    voucher_pattern: str | None
    voucher_days: int | None
    is_archived: bool
    version: int
    created_at: datetime
    updated_at: datetime

    def is_on_sale(self, at: datetime) -> bool:
        """Whether it can be taken at an instant."""
        if self.is_archived or (self.on_sale_from is not None and at < self.on_sale_from):
            return False
        return self.on_sale_until is None or at < self.on_sale_until


membership = Table(
    "membership",
    metadata,
    Column("program", ForeignKey("program.id"), primary_key=True),
    Column("member", ForeignKey("member.id"), primary_key=True),
    Column("status", Text, nullable=False),
    Column("tier", Integer, nullable=False, comment="place of the tier last told, the lowest is 0"),
    Column("joined_at", UtcDateTime, nullable=False),
    Column("left_at", UtcDateTime, nullable=True),
    Column("last_activity_at", UtcDateTime, nullable=False, comment="when points were last earned or burned, or the member joined"),
    CheckConstraint("status in ('active', 'left')", name="status_known"),
    Index("ix_membership_member", "member", "program"),
    Index("ix_membership_last_activity", "program", "last_activity_at"),
)


@row_of(membership)
class Membership:
    """A member of a program."""

    program: UUID
    member: UUID
    status: str
    tier: int
    joined_at: datetime
    left_at: datetime | None
    last_activity_at: datetime


purchase = Table(
    "purchase",
    metadata,
    Column("id", Uuid, primary_key=True, comment="a hash of program and transaction id"),
    Column("program", Uuid, nullable=False),
    Column("transaction_id", CodePointText, nullable=False, comment="the shop's"),
    Column("member_ref", CodePointText, nullable=False, comment="who bought, as the shop said it"),
    Column("member", Uuid, nullable=True, comment="none until that is known"),
    Column("amount", BigInteger, nullable=False, comment="minor units of the program's currency"),
    Column("occurred_at", UtcDateTime, nullable=False),
    Column("lines", Text, nullable=True, comment="JSON of [category, amount] pairs"),
    Column("details", Text, nullable=True, comment="the shop's metadata, JSON"),
    Column("fingerprint", Text, nullable=False, comment="digest of what was sent"),
    Column("batch", Uuid, nullable=True, comment="what it was accepted with; none where it was decided at once"),
    Column("place", Integer, nullable=False, comment="its place in that"),
    Column("status", Text, nullable=False),
    Column("refusal", Text, nullable=True, comment="code of why it earned nothing"),
    Column("refusal_fields", Text, nullable=True, comment="and its fields but for the member's name, JSON"),
    Column("terms_version", Integer, nullable=True),
    Column("base_points", BigInteger, nullable=False),
    Column("tier_points", BigInteger, nullable=False),
    Column("campaign_points", BigInteger, nullable=False),
    Column("points", BigInteger, nullable=False, comment="earned in all"),
    Column("repaid", BigInteger, nullable=False, comment="of them, what was owed from returns"),
    Column("shares", Text, nullable=True, comment="JSON: what counted on caps and came out of budgets, to be given back by a return"),
    Column("lot", BigInteger, nullable=True, comment="the entry whose posting made its lot"),
    Column("lot_position", Integer, nullable=True),
    Column("returned_amount", BigInteger, nullable=False),
    Column("returned_points", BigInteger, nullable=False),
    Column("accepted_at", UtcDateTime, nullable=False),
    Column("decided_at", UtcDateTime, nullable=True),
    CheckConstraint("status in ('accepted', 'waiting', 'earned', 'refused')", name="status_known"),
    CheckConstraint("amount >= 0 and points >= 0 and repaid >= 0", name="not_negative"),
    CheckConstraint("returned_points <= points and returned_amount <= amount", name="returned_within"),
    Index("ix_purchase_member", "program", "member", "occurred_at", "id"),
    Index("ix_purchase_newest", "program", "accepted_at", "id"),
    Index("ix_purchase_accepted", "batch", postgresql_where=text("status = 'accepted'"), sqlite_where=text("status = 'accepted'")),
    Index("ix_purchase_refused", "member_ref", postgresql_where=text("status = 'refused'"), sqlite_where=text("status = 'refused'")),
    Index(
        "ix_purchase_waiting",
        "program",
        "member_ref",
        postgresql_where=text("status = 'waiting'"),
        sqlite_where=text("status = 'waiting'"),
    ),
)


@row_of(purchase)
class PurchaseRow:
    """A purchase that a shop told, and what it earned."""

    id: UUID
    program: UUID
    transaction_id: str
    member_ref: str
    member: UUID | None
    amount: int
    occurred_at: datetime
    lines: str | None
    details: str | None
    fingerprint: str
    batch: UUID | None
    place: int
    status: str
    refusal: str | None
    refusal_fields: str | None
    terms_version: int | None
    base_points: int
    tier_points: int
    campaign_points: int
    points: int
    repaid: int
    shares: str | None
    lot: int | None
    lot_position: int | None
    returned_amount: int
    returned_points: int
    accepted_at: datetime
    decided_at: datetime | None


purchase_return = Table(
    "purchase_return",
    metadata,
    Column("id", Uuid, primary_key=True, comment="a hash of program and return id"),
    Column("program", Uuid, nullable=False),
    Column("return_id", CodePointText, nullable=False, comment="the shop's"),
    Column("purchase", Uuid, nullable=True, comment="the purchase that it names"),
    Column("transaction_id", CodePointText, nullable=True, comment="the same, as the shop said it"),
    Column("member_ref", CodePointText, nullable=True, comment="whose it is, where it names no purchase"),
    Column("member", Uuid, nullable=True),
    Column("amount", BigInteger, nullable=False, comment="minor units"),
    Column("occurred_at", UtcDateTime, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("batch", Uuid, nullable=True),
    Column("place", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("refusal", Text, nullable=True),
    Column("refusal_fields", Text, nullable=True),
    Column("policy", Text, nullable=True, comment="the return policy that it was decided by"),
    Column("points", BigInteger, nullable=False, comment="to be taken back"),
    Column("taken", BigInteger, nullable=False, comment="of them, at once"),
    Column("owed", BigInteger, nullable=False, comment="of them, out of the next earnings"),
    Column("accepted_at", UtcDateTime, nullable=False),
    Column("decided_at", UtcDateTime, nullable=True),
    CheckConstraint("status in ('accepted', 'waiting', 'applied', 'refused')", name="status_known"),
    CheckConstraint("(purchase is null) <> (member_ref is null)", name="one_subject"),
    CheckConstraint("amount > 0 and points >= 0 and taken >= 0 and owed >= 0", name="not_negative"),
    Index("ix_purchase_return_member", "program", "member", "occurred_at", "id"),
    Index("ix_purchase_return_accepted", "batch", postgresql_where=text("status = 'accepted'"), sqlite_where=text("status = 'accepted'")),
    Index("ix_purchase_return_purchase", "purchase"),
    Index("ix_purchase_return_refused", "member_ref", postgresql_where=text("status = 'refused'"), sqlite_where=text("status = 'refused'")),
    Index(
        "ix_purchase_return_waiting",
        "program",
        "member_ref",
        postgresql_where=text("status = 'waiting'"),
        sqlite_where=text("status = 'waiting'"),
    ),
)


@row_of(purchase_return)
class ReturnRow:
    """Goods that came back, and the points that this took back."""

    id: UUID
    program: UUID
    return_id: str
    purchase: UUID | None
    transaction_id: str | None
    member_ref: str | None
    member: UUID | None
    amount: int
    occurred_at: datetime
    fingerprint: str
    batch: UUID | None
    place: int
    status: str
    refusal: str | None
    refusal_fields: str | None
    policy: str | None
    points: int
    taken: int
    owed: int
    accepted_at: datetime
    decided_at: datetime | None


burn = Table(
    "burn",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("program", Uuid, nullable=False),
    Column("member", Uuid, nullable=False),
    Column("reward", Uuid, nullable=True, comment="none: a free amount"),
    Column("points", BigInteger, nullable=False),
    Column("value_minor", BigInteger, nullable=True, comment="what a free amount is worth"),
    Column("has_stock", Boolean, nullable=False, comment="whether it took a piece of the reward's stock"),
    Column("status", Text, nullable=False),
    Column("code_sealed", Text, nullable=True, comment="the voucher's code, encrypted"),
    Column("voucher_until", UtcDateTime, nullable=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("confirm_by", UtcDateTime, nullable=False),
    Column("fulfilled_at", UtcDateTime, nullable=True),
    Column("cancelled_at", UtcDateTime, nullable=True),
    CheckConstraint("status in ('reserved', 'fulfilled', 'cancelled')", name="status_known"),
    CheckConstraint("points > 0", name="points_positive"),
    CheckConstraint("(reward is null) = (value_minor is not null)", name="reward_or_value"),
    Index("ix_burn_member", "program", "member", "created_at", "id"),
    Index("ix_burn_due", "confirm_by", postgresql_where=text("status = 'reserved'"), sqlite_where=text("status = 'reserved'")),
)


@row_of(burn)
class Burn:
    """Points on their way into a reward or a discount."""

    id: UUID
    program: UUID
    member: UUID
    reward: UUID | None
    points: int
    value_minor: int | None
    has_stock: bool
    status: str
    code_sealed: str | None
    voucher_until: datetime | None
    created_at: datetime
    confirm_by: datetime
    fulfilled_at: datetime | None
    cancelled_at: datetime | None


program_sweep = Table(
    "program_sweep",
    metadata,
    Column("program", ForeignKey("program.id"), primary_key=True),
    Column("activated_until", UtcDateTime, nullable=False, comment="points that became active up to here were told"),
    Column("expiring_until", UtcDateTime, nullable=False, comment="points that expire up to here were told in advance"),
)


@row_of(program_sweep)
class ProgramSweep:
    """How far a program's news were told, so that each is told once."""

    program: UUID
    activated_until: datetime
    expiring_until: datetime
