"""Goods are counted in rounds: how often by value class, and counts of what is due."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from erp.core import migrating

revision = "0100"
down_revision = "0099"
branch_labels = None
depends_on = None

BRIEFLY_LOCKED = {"stock_count": "a shop counts some times a week"}
TEXT = sqlmodel.sql.sqltypes.AutoString()
CLASS = "abc in ('A', 'B', 'C')"


def upgrade() -> None:
    op.create_table(
        "count_interval",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("abc", TEXT, nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(CLASS, name=op.f("ck_count_interval_abc")),
        sa.CheckConstraint("days between 1 and 730", name=op.f("ck_count_interval_days")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_count_interval")),
        sa.UniqueConstraint("tenant_id", "abc", name=op.f("uq_count_interval_tenant_id_abc")),
    )
    migrating.protect({"count_interval": migrating.CHANGEABLE})
    op.add_column("stock_count", sa.Column("abc", TEXT, nullable=True))
    op.add_column(
        "stock_count",
        sa.Column("is_due", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.create_check_constraint(op.f("ck_stock_count_abc"), "stock_count", CLASS)


def downgrade() -> None:
    op.drop_column("stock_count", "is_due")
    op.drop_column("stock_count", "abc")
    op.drop_table("count_interval")
