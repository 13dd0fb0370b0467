"""Stock of past days, written down."""

import sqlalchemy as sa
from alembic import op

from erp.core import migrating

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "stock_snapshot",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("until", INSTANT, nullable=False),
        sa.Column("known_until", INSTANT, nullable=False),
        sa.Column("base_id", sa.Uuid(), nullable=True),
        sa.Column("taken_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "known_until >= until + interval '24 hours'", name=op.f("ck_stock_snapshot_known_until")
        ),
        sa.CheckConstraint("taken_at > known_until", name=op.f("ck_stock_snapshot_taken_at")),
        sa.CheckConstraint("base_id <> id", name=op.f("ck_stock_snapshot_base_id")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "base_id"],
            ["stock_snapshot.tenant_id", "stock_snapshot.id"],
            name=op.f("fk_stock_snapshot_tenant_id_base_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_stock_snapshot")),
        sa.UniqueConstraint(
            "tenant_id",
            "until",
            "known_until",
            name=op.f("uq_stock_snapshot_tenant_id_until_known_until"),
        ),
    )
    op.create_table(
        "stock_snapshot_line",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("snapshot_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.Numeric(18, 2), nullable=False),
        sa.CheckConstraint(
            "quantity <> 0 or value <> 0", name=op.f("ck_stock_snapshot_line_something")
        ),
        *(
            sa.ForeignKeyConstraint(
                ["tenant_id", column],
                [f"{table}.tenant_id", f"{table}.id"],
                name=op.f(f"fk_stock_snapshot_line_tenant_id_{column}"),
            )
            for column, table in (
                ("snapshot_id", "stock_snapshot"),
                ("location_id", "location"),
                ("variant_id", "variant"),
            )
        ),
        sa.PrimaryKeyConstraint(
            "tenant_id",
            "snapshot_id",
            "location_id",
            "variant_id",
            name=op.f("pk_stock_snapshot_line"),
        ),
    )
    migrating.protect(
        {"stock_snapshot": migrating.APPEND_ONLY, "stock_snapshot_line": migrating.APPEND_ONLY}
    )
    op.create_index(
        "ix_stock_move_late",
        "stock_move",
        ["tenant_id", "recorded_at", "effective_at"],
        postgresql_where=sa.text("recorded_at - effective_at > interval '1 day'"),
    )
    op.create_index(
        "ix_stock_move_ahead",
        "stock_move",
        ["tenant_id", "effective_at"],
        postgresql_where=sa.text("recorded_at - effective_at < interval '-1 day'"),
    )
    op.create_index("ix_stock_revaluation_day", "stock_revaluation", ["tenant_id", "effective_at"])


def downgrade() -> None:
    op.drop_index("ix_stock_revaluation_day", "stock_revaluation")
    op.drop_index("ix_stock_move_ahead", "stock_move")
    op.drop_index("ix_stock_move_late", "stock_move")
    op.drop_table("stock_snapshot_line")
    op.drop_table("stock_snapshot")
