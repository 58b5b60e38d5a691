"""The ledger's tables.

`posting`, `entry`, `lot_change` and `hold_take` are append-only, and so are
`lot` but for what is left and `hold` but for how it was settled; `account`,
`board_bucket` and `book` hold what follows from them, so that nothing is summed at run time;
`chain` holds one hash a batch and book. Few indexes, and no foreign keys from the append-only rows to
`book`: each costs every gift (docs/decisions/no-foreign-keys-to-books.md). The writer alone writes
them, and `verify` proves that they agree.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    TypeDecorator,
    Uuid,
    false,
    text,
)

from laurels.core.database import CodePointText, UtcDateTime, metadata

BigId = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only for INTEGER."""


class HexId(TypeDecorator[str]):
    """A 128-bit id whose Python side is 32 hex digits: account ids and key hashes are hashes already."""

    impl = Uuid(as_uuid=False)
    cache_ok = True

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value).replace("-", "")


def _of_open_lots(*columns: str) -> Index:
    """An index of the lots that still hold something: of a year's lots, few."""
    some_left = text('"left" > 0')
    return Index(f"ix_lot_open_{'_'.join(columns)}", *columns, postgresql_where=some_left, sqlite_where=some_left)


book = Table(
    "book",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("name", Text, nullable=False, unique=True),
    Column("sequence", BigInteger, nullable=False, comment="number of the last entry"),
    Column("hash", Text, nullable=False, comment="head of the chain, hex"),
    Column("recorded_at", UtcDateTime, nullable=True, comment="when the last entry was recorded; never goes back"),
)

account = Table(
    "account",
    metadata,
    Column("id", HexId, primary_key=True, comment="hash of the name"),
    Column("book", ForeignKey("book.id"), nullable=False),
    Column("asset", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("owner_id", Uuid, nullable=True, comment="the owner's id where it has one: for joins"),
    Column("purpose", Text, nullable=False),
    Column("window", CodePointText, nullable=False),
    Column("nature", Text, nullable=False),
    Column("board", Boolean, nullable=False),
    Column("ranked", Boolean, nullable=False, server_default=false(), comment="whether board_bucket counts it too"),
    Column("balance", BigInteger, nullable=False),
    Column(
        "board_balance",
        BigInteger,
        # In the boards' index instead of `balance`: what stands in any index is not updated in place (HOT), on whatever row.
        Computed("case when board then balance end", persisted=True),
        nullable=True,
        comment="the balance, where it is on a board: computed by the database",
    ),
    Column("turned_to", CodePointText, nullable=True, comment="last window that a purse was turned to"),
    CheckConstraint("nature in ('purse', 'lots', 'meter', 'system')", name="nature"),
    CheckConstraint("balance >= 0 or nature = 'system'", name="never_below_zero"),
    CheckConstraint("balance between -9007199254740991 and 9007199254740991", name="exact"),
    Index("ix_account_owner_id", "owner_id", postgresql_where=text("owner_id is not null"), sqlite_where=text("owner_id is not null")),
    Index(
        "ix_account_turned_to",
        "purpose",
        "turned_to",
        postgresql_where=text("turned_to is not null"),
        sqlite_where=text("turned_to is not null"),
    ),
    postgresql_with={"fillfactor": 60},
    sqlite_with_rowid=False,
)

Index(
    "ix_account_board",
    account.c.book,
    account.c.purpose,
    account.c.window,
    account.c.board_balance.desc(),  # as boards list: most first, and who is tied by id
    account.c.owner_id,
    postgresql_where=text("board"),
    sqlite_where=text("board"),
)

board_bucket = Table(
    "board_bucket",
    metadata,
    Column("book", BigInteger, primary_key=True, autoincrement=False),
    Column("purpose", Text, primary_key=True),
    Column("window", CodePointText, primary_key=True),
    Column("bucket", Integer, primary_key=True, autoincrement=False, comment="of balances, rising with them"),
    Column("accounts", BigInteger, nullable=False, comment="ranked accounts with a balance in it"),
    # No CHECK on accounts: PostgreSQL would try it on the difference that is to be added.
    postgresql_with={"fillfactor": 60},
    sqlite_with_rowid=False,
)

entry = Table(
    "entry",
    metadata,
    Column("book", BigInteger, primary_key=True, autoincrement=False),
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False, comment="the decision's name"),
    Column("key", HexId, nullable=True, comment="hash of the business key"),
    Column("details", Text, nullable=True, comment="digest of what came with the business key"),
    Column("actor", Text, nullable=False),
    Column("reference", Uuid, nullable=True, comment="what it is about: a recognition, a redemption"),
    Column("reverses", BigInteger, nullable=True),
    Column("occurred_at", UtcDateTime, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    Column("turns", Text, nullable=True, comment="windows that purses were turned to, JSON"),
    Column("answer", Text, nullable=False, comment="what was answered, JSON of ids and numbers"),
    Column("checksum", BigInteger, nullable=False, comment="CRC-32 of the row: names the row at fault, proves nothing"),
    Index("uq_entry_key", "key", unique=True, postgresql_where=text("key is not null"), sqlite_where=text("key is not null")),
    Index(
        "uq_entry_reverses",
        "book",
        "reverses",
        unique=True,
        postgresql_where=text("reverses is not null"),
        sqlite_where=text("reverses is not null"),
    ),
    sqlite_with_rowid=False,
)

posting = Table(
    "posting",
    metadata,
    Column("book", BigInteger, primary_key=True, autoincrement=False),
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("position", SmallInteger, primary_key=True, autoincrement=False),
    Column("source", HexId, nullable=False),
    Column("target", HexId, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("window", Text, nullable=True, comment="the period it belongs to, where that isn't the entry's time"),
    Column("source_balance", BigInteger, nullable=False, comment="after it"),
    Column("target_balance", BigInteger, nullable=False, comment="after it"),
    Column("checksum", BigInteger, nullable=False, comment="CRC-32 of the row"),
    CheckConstraint("amount > 0", name="amount_positive"),
    CheckConstraint("source <> target", name="two_accounts"),
    Index("ix_posting_source", "source", "sequence"),
    Index("ix_posting_target", "target", "sequence"),
    sqlite_with_rowid=False,
)

chain = Table(
    "chain",
    metadata,
    Column("book", BigInteger, primary_key=True, autoincrement=False),
    Column("last_sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("first_sequence", BigInteger, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    Column("hash", Text, nullable=False, comment="sha256 over the hash before it and the batch's rows, hex"),
    Index("ix_chain_recorded_at", "book", "recorded_at"),
    sqlite_with_rowid=False,
)

lot = Table(
    "lot",
    metadata,
    Column("book", BigInteger, primary_key=True, autoincrement=False),
    Column("sequence", BigInteger, primary_key=True, autoincrement=False, comment="the entry that made it"),
    Column("position", SmallInteger, primary_key=True, autoincrement=False, comment="the posting that made it"),
    Column("account", HexId, nullable=False),
    Column("amount", BigInteger, nullable=False, comment="what came in"),
    Column("left", BigInteger, nullable=False, comment="what its changes leave of that: the one column that moves"),
    Column("earned_at", UtcDateTime, nullable=False),
    Column("usable_from", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=True),
    Column("checksum", BigInteger, nullable=False, comment="CRC-32 of the row but for what is left"),
    CheckConstraint('"left" between 0 and amount', name="left_of_amount"),
    CheckConstraint("amount > 0", name="amount_positive"),
    _of_open_lots("account", "expires_at"),
    _of_open_lots("book", "expires_at"),
    _of_open_lots("book", "usable_from"),
    postgresql_with={"fillfactor": 80},
    sqlite_with_rowid=False,
)

lot_change = Table(
    "lot_change",
    metadata,
    Column("book", BigInteger, primary_key=True, autoincrement=False),
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("position", SmallInteger, primary_key=True, autoincrement=False, comment="the posting that changed the lot"),
    Column("lot_sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("lot_position", SmallInteger, primary_key=True, autoincrement=False),
    Column("amount", BigInteger, nullable=False, comment="below zero: taken; above: put back"),
    Column("checksum", BigInteger, nullable=False, comment="CRC-32 of the row"),
    CheckConstraint("amount <> 0", name="amount_not_zero"),
    Index("ix_lot_change_lot", "book", "lot_sequence", "lot_position"),
    sqlite_with_rowid=False,
)

hold = Table(
    "hold",
    metadata,
    Column("book", BigInteger, primary_key=True, autoincrement=False),
    Column("id", Uuid, primary_key=True),
    Column("sequence", BigInteger, nullable=False, comment="the entry that placed it"),
    Column("until", UtcDateTime, nullable=False, comment="when it may lapse"),
    Column("settled_by", BigInteger, nullable=True, comment="the entry that settled it; none while it is open"),
    Column("captured", BigInteger, nullable=True, comment="up to how much of each take was captured"),
    Column("checksum", BigInteger, nullable=False, comment="CRC-32 of how it was placed"),
    Column("settled_checksum", BigInteger, nullable=True, comment="CRC-32 of how it was settled"),
    CheckConstraint(
        "(settled_by is null and captured is null and settled_checksum is null)"
        " or (settled_by >= sequence and captured >= 0 and settled_checksum is not null)",
        name="open_or_settled",
    ),
    Index("ix_hold_open", "book", "until", postgresql_where=text("settled_by is null"), sqlite_where=text("settled_by is null")),
    sqlite_with_rowid=False,
)

hold_take = Table(
    "hold_take",
    metadata,
    Column("book", BigInteger, primary_key=True, autoincrement=False),
    Column("hold", Uuid, primary_key=True),
    Column("position", SmallInteger, primary_key=True, autoincrement=False, comment="of its posting in the entry that placed the hold"),
    Column("account", HexId, nullable=False),
    Column("held", HexId, nullable=True, comment="where the value stands meanwhile; none for a meter"),
    Column("target", HexId, nullable=True, comment="where captured value goes"),
    Column("amount", BigInteger, nullable=False),
    Column("is_lent", Boolean, nullable=False, comment="given back whatever is captured"),
    Column("checksum", BigInteger, nullable=False, comment="CRC-32 of the row"),
    CheckConstraint("amount > 0", name="amount_positive"),
    sqlite_with_rowid=False,
)

PROVED = (book, account, board_bucket, entry, posting, lot, lot_change, hold, hold_take, chain)
"""The tables that `verify` proves; all but the first name a book."""

request_key = Table(
    "request_key",
    metadata,
    Column("hash", HexId, primary_key=True, comment="of book, caller, operation and key"),
    Column("fingerprint", Text, nullable=False, comment="digest of the request"),
    Column("book", BigInteger, nullable=False),
    Column("sequence", BigInteger, nullable=True, comment="the entry that was accepted"),
    Column("problem", Text, nullable=True, comment="else the refusal, JSON of its code and fields"),
    Column("expires_at", UtcDateTime, nullable=False),
    CheckConstraint("(sequence is null) <> (problem is null)", name="one_outcome"),
    Index("ix_request_key_expires_at", "expires_at"),
    sqlite_with_rowid=False,
)

outbox = Table(
    "outbox",
    metadata,
    Column("book", BigInteger, primary_key=True, autoincrement=False),
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("position", SmallInteger, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("payload", Text, nullable=False, comment="JSON of ids and numbers"),
    Column("recorded_at", UtcDateTime, nullable=False),
    sqlite_with_rowid=False,
)

outbox_reader = Table(
    "outbox_reader",
    metadata,
    Column("reader", Text, primary_key=True),
    Column("book", ForeignKey("book.id"), primary_key=True),
    Column("sequence", BigInteger, nullable=False, comment="facts up to here were handed out"),
    Column("position", SmallInteger, nullable=False, comment="and up to here in that entry"),
    Column("taken_at", UtcDateTime, nullable=True, comment="when last; the book served longest ago comes first"),
    sqlite_with_rowid=False,
)

outbox_claim = Table(
    "outbox_claim",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("reader", Text, nullable=False),
    Column("book", ForeignKey("book.id"), nullable=False),
    Column("after_sequence", BigInteger, nullable=False, comment="the piece begins after this fact"),
    Column("after_position", SmallInteger, nullable=False),
    Column("to_sequence", BigInteger, nullable=False, comment="and ends with this one"),
    Column("to_position", SmallInteger, nullable=False),
    Column("holder", Uuid, nullable=False, comment="drawn anew at each taking, so that a late worker can't finish another's"),
    Column("lease_until", UtcDateTime, nullable=False, comment="when anybody may take it"),
    Column("tries", SmallInteger, nullable=False, comment="takings so far"),
    Column("error", Text, nullable=True, comment="why the last try failed"),
    Column("set_aside_at", UtcDateTime, nullable=True, comment="when it was given up; waits for a person"),
    Index("ix_outbox_claim_due", "reader", "lease_until"),
    sqlite_with_rowid=False,
)
