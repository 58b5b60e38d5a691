"""Index balances of boards alone, so that PostgreSQL updates all others in place."""

from alembic import op
import sqlalchemy as sa

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

FILLED = {"member_progress": 50, "weekly_goal": 70}
"""How full PostgreSQL makes pages of tables that are much updated, in percent: new pages only."""


def upgrade() -> None:
    """Make the change."""
    is_stored = op.get_bind().dialect.name != "sqlite"  # SQLite can't add a stored one
    op.drop_index("ix_account_board", table_name="account")
    op.add_column(
        "account",
        sa.Column(
            "board_balance",
            sa.BigInteger(),
            sa.Computed("case when board then balance end", persisted=is_stored),
            nullable=True,
            comment="the balance, where it is on a board: computed by the database",
        ),
    )
    _index_boards("board_balance")
    if op.get_bind().dialect.name == "postgresql":
        for table, percent in FILLED.items():
            op.execute(sa.text(f"ALTER TABLE {table} SET (fillfactor = {percent})"))


def downgrade() -> None:
    """Undo it."""
    if op.get_bind().dialect.name == "postgresql":
        for table in FILLED:
            op.execute(sa.text(f"ALTER TABLE {table} RESET (fillfactor)"))
    op.drop_index("ix_account_board", table_name="account")
    op.drop_column("account", "board_balance")
    _index_boards("balance")


def _index_boards(held: str) -> None:
    op.create_index(
        "ix_account_board",
        "account",
        ["book", "purpose", "window", sa.text(f"{held} DESC"), "owner_id"],
        unique=False,
        postgresql_where=sa.text("board"),
        sqlite_where=sa.text("board"),
    )
