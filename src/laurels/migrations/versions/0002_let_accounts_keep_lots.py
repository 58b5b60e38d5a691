"""Let accounts keep their value in lots: one more nature that an account may have."""

from alembic import op
import sqlalchemy as sa

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BEFORE = "nature in ('purse', 'meter', 'system')"
AFTER = "nature in ('purse', 'lots', 'meter', 'system')"


def upgrade() -> None:
    """Make the change."""
    change_check(BEFORE, AFTER)


def downgrade() -> None:
    """Take it back."""
    change_check(AFTER, BEFORE)


def change_check(before: str, after: str) -> None:
    """Write the check on an account's nature anew.

    SQLite alters no check. What is stored doesn't change, so its own text of
    the table is edited (https://www.sqlite.org/lang_altertable.html, section 7):
    a copy of the largest table isn't needed.
    """
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        op.drop_constraint("ck_account_nature", "account", type_="check")
        op.create_check_constraint(op.f("ck_account_nature"), "account", after)
        return
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    edited = sa.text("UPDATE sqlite_master SET sql = replace(sql, :before, :after) WHERE type = 'table' AND name = 'account'")
    connection.execute(edited, {"before": before, "after": after})
    connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = OFF")
