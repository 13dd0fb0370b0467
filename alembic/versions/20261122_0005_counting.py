"""Counting stock: counts, their lines, every recording, and who may do what with them."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from erp.core import migrating

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

RIGHTS = {
    "stock_count": migrating.CHANGEABLE,
    "stock_count_line": migrating.CHANGEABLE,
    "stock_count_recording": migrating.APPEND_ONLY,
}
GRANTED = {
    "manager": ["inventory.view_counts", "inventory.count", "inventory.approve_count"],
    "storekeeper": ["inventory.view_counts", "inventory.count"],
    "accountant": ["inventory.view_counts"],
    "auditor": ["inventory.view_counts"],
}
LIMITS = {"count_difference": {"owner": "10000000", "manager": "100000"}}


def upgrade() -> None:
    _create_tables()
    migrating.protect(RIGHTS)
    migrating.grant_to_roles(GRANTED, LIMITS)


def downgrade() -> None:
    for table in reversed(RIGHTS):
        op.drop_table(table)
    migrating.withdraw_from_roles(GRANTED, list(LIMITS))


def _create_tables() -> None:
    op.create_table(
        "stock_count",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("products", sa.Integer(), nullable=True),
        sa.Column("brand_id", sa.Uuid(), nullable=True),
        sa.Column("expires_before", sa.Date(), nullable=True),
        sa.Column("is_blind", sa.Boolean(), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_by", sa.Uuid(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_by", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("gained", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("lost", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.CheckConstraint(
            "(status = 'approved') = (gained is not null and lost is not null)",
            name=op.f("ck_stock_count_posted"),
        ),
        sa.CheckConstraint(
            "(status in ('approved', 'cancelled')) = (closed_at is not null)",
            name=op.f("ck_stock_count_closed"),
        ),
        sa.CheckConstraint(
            "status in ('open', 'submitted', 'approved', 'cancelled')",
            name=op.f("ck_stock_count_status"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "brand_id"],
            ["brand.tenant_id", "brand.id"],
            name=op.f("fk_stock_count_tenant_id_brand_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "location_id"],
            ["location.tenant_id", "location.id"],
            name=op.f("fk_stock_count_tenant_id_location_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_stock_count")),
        sa.UniqueConstraint("tenant_id", "number", name=op.f("uq_stock_count_tenant_id_number")),
    )
    op.create_index(
        "ix_stock_count_location", "stock_count", ["tenant_id", "location_id", "id"], unique=False
    )
    op.create_table(
        "stock_count_line",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("count_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("counted", sa.BigInteger(), nullable=True),
        sa.Column("book", sa.BigInteger(), nullable=True),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counted_by", sa.Uuid(), nullable=True),
        sa.Column("recounts", sa.Integer(), nullable=False),
        sa.Column("is_same_counter", sa.Boolean(), nullable=False),
        sa.Column("has_moved", sa.Boolean(), nullable=False),
        sa.Column("is_added", sa.Boolean(), nullable=False),
        sa.Column("value", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.CheckConstraint(
            "(status = 'counted') = (counted is not null and book is not null and counted_at is not null and counted_by is not null)",
            name=op.f("ck_stock_count_line_counted"),
        ),
        sa.CheckConstraint(
            "status in ('waiting', 'counted', 'recount', 'left')",
            name=op.f("ck_stock_count_line_status"),
        ),
        sa.CheckConstraint(
            "counted >= 0 and book >= 0 and recounts >= 0", name=op.f("ck_stock_count_line_units")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "count_id"],
            ["stock_count.tenant_id", "stock_count.id"],
            name=op.f("fk_stock_count_line_tenant_id_count_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "location_id"],
            ["location.tenant_id", "location.id"],
            name=op.f("fk_stock_count_line_tenant_id_location_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "lot_id"],
            ["lot.tenant_id", "lot.id"],
            name=op.f("fk_stock_count_line_tenant_id_lot_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "variant_id"],
            ["variant.tenant_id", "variant.id"],
            name=op.f("fk_stock_count_line_tenant_id_variant_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_stock_count_line")),
        sa.UniqueConstraint(
            "tenant_id",
            "count_id",
            "lot_id",
            name=op.f("uq_stock_count_line_tenant_id_count_id_lot_id"),
        ),
    )
    op.create_index(
        "uq_stock_count_line_open_lot",
        "stock_count_line",
        ["tenant_id", "location_id", "lot_id"],
        unique=True,
        postgresql_where=sa.text("is_open"),
    )
    op.create_table(
        "stock_count_recording",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("counted", sa.BigInteger(), nullable=False),
        sa.Column("book", sa.BigInteger(), nullable=False),
        sa.Column("recounts", sa.Integer(), nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "source in ('typed', 'scanned', 'declared')",
            name=op.f("ck_stock_count_recording_source"),
        ),
        sa.CheckConstraint(
            "counted >= 0 and book >= 0", name=op.f("ck_stock_count_recording_units")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "line_id"],
            ["stock_count_line.tenant_id", "stock_count_line.id"],
            name=op.f("fk_stock_count_recording_tenant_id_line_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_stock_count_recording")),
    )
    op.create_index(
        "ix_stock_count_recording_line",
        "stock_count_recording",
        ["tenant_id", "line_id", "id"],
        unique=False,
    )
