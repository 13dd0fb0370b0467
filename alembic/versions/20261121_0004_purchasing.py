"""Buying: orders to suppliers with versions, decisions and what came; roles learn to buy."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from erp.core import migrating

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

RIGHTS = {
    "purchase_order": migrating.CHANGEABLE,
    "purchase_order_progress": migrating.CHANGEABLE,
    "purchase_order_version": migrating.APPEND_ONLY,
    "purchase_order_decision": migrating.APPEND_ONLY,
    "purchase_order_line": migrating.APPEND_ONLY,
    "purchase_order_receipt": migrating.APPEND_ONLY,
}
DROPPED = (
    "purchase_order_receipt",
    "purchase_order_line",
    "purchase_order_decision",
    "purchase_order_version",
    "purchase_order_progress",
    "purchase_order",
)
GRANTED = {
    "manager": ["purchasing.view", "purchasing.order", "purchasing.approve"],
    "storekeeper": ["purchasing.view", "purchasing.order"],
    "accountant": ["purchasing.view"],
    "auditor": ["purchasing.view"],
}
LIMITS = {
    "purchase_amount": {"owner": "100000000", "manager": "200000", "storekeeper": "10000"},
}


def upgrade() -> None:
    _create_tables()
    migrating.protect(RIGHTS)
    migrating.grant_to_roles(GRANTED, LIMITS)


def _create_tables() -> None:
    op.create_table(
        "purchase_order",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("waiting_version", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("end_reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(status = 'awaiting') = (version = 0 and waiting_version is not null)",
            name=op.f("ck_purchase_order_awaiting"),
        ),
        sa.CheckConstraint(
            "status in ('awaiting', 'placed', 'closed', 'refused', 'cancelled')",
            name=op.f("ck_purchase_order_status"),
        ),
        sa.CheckConstraint(
            "status not in ('closed', 'refused', 'cancelled') or (waiting_version is null and ended_at is not null)",
            name=op.f("ck_purchase_order_ended"),
        ),
        sa.CheckConstraint("version >= 0", name=op.f("ck_purchase_order_version")),
        sa.CheckConstraint(
            "waiting_version > version", name=op.f("ck_purchase_order_waiting_version")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "branch_id"],
            ["branch.tenant_id", "branch.id"],
            name=op.f("fk_purchase_order_tenant_id_branch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id"],
            ["company.tenant_id", "company.id"],
            name=op.f("fk_purchase_order_tenant_id_company_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "location_id"],
            ["location.tenant_id", "location.id"],
            name=op.f("fk_purchase_order_tenant_id_location_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "supplier_id"],
            ["party.tenant_id", "party.id"],
            name=op.f("fk_purchase_order_tenant_id_supplier_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_purchase_order")),
        sa.UniqueConstraint("tenant_id", "number", name=op.f("uq_purchase_order_tenant_id_number")),
    )
    op.create_index(
        "ix_purchase_order_list", "purchase_order", ["tenant_id", "branch_id", "id"], unique=False
    )
    op.create_index(
        "ix_purchase_order_live",
        "purchase_order",
        ["tenant_id", "branch_id", "id"],
        unique=False,
        postgresql_where=sa.text("status in ('awaiting', 'placed')"),
    )
    op.create_index(
        "ix_purchase_order_supplier",
        "purchase_order",
        ["tenant_id", "supplier_id", "id"],
        unique=False,
    )
    op.create_table(
        "purchase_order_progress",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("free_received", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "received >= 0 and free_received >= 0", name=op.f("ck_purchase_order_progress_received")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "order_id"],
            ["purchase_order.tenant_id", "purchase_order.id"],
            name=op.f("fk_purchase_order_progress_tenant_id_order_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "variant_id"],
            ["variant.tenant_id", "variant.id"],
            name=op.f("fk_purchase_order_progress_tenant_id_variant_id"),
        ),
        sa.PrimaryKeyConstraint(
            "tenant_id", "order_id", "line_no", name=op.f("pk_purchase_order_progress")
        ),
        sa.UniqueConstraint(
            "tenant_id",
            "order_id",
            "variant_id",
            name=op.f("uq_purchase_order_progress_tenant_id_order_id_variant_id"),
        ),
    )
    op.create_table(
        "purchase_order_version",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("taxable", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("tax", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "version = 1 or reason <> ''", name=op.f("ck_purchase_order_version_reason")
        ),
        sa.CheckConstraint(
            "taxable >= 0 and tax >= 0", name=op.f("ck_purchase_order_version_value")
        ),
        sa.CheckConstraint("version > 0", name=op.f("ck_purchase_order_version_version")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "order_id"],
            ["purchase_order.tenant_id", "purchase_order.id"],
            name=op.f("fk_purchase_order_version_tenant_id_order_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_purchase_order_version")),
        sa.UniqueConstraint(
            "tenant_id",
            "order_id",
            "version",
            name=op.f("uq_purchase_order_version_tenant_id_order_id_version"),
        ),
    )
    op.create_table(
        "purchase_order_decision",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("outcome", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "outcome = 'approved' or note <> ''", name=op.f("ck_purchase_order_decision_note")
        ),
        sa.CheckConstraint(
            "outcome in ('approved', 'refused')", name=op.f("ck_purchase_order_decision_outcome")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "order_id", "version"],
            [
                "purchase_order_version.tenant_id",
                "purchase_order_version.order_id",
                "purchase_order_version.version",
            ],
            name=op.f("fk_purchase_order_decision_tenant_id_order_id_version"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_purchase_order_decision")),
        sa.UniqueConstraint(
            "tenant_id",
            "order_id",
            "version",
            name=op.f("uq_purchase_order_decision_tenant_id_order_id_version"),
        ),
    )
    op.create_table(
        "purchase_order_line",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("free_quantity", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("unit", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("base_quantity", sa.Integer(), nullable=False),
        sa.Column("base_free", sa.Integer(), nullable=False),
        sa.Column("unit_cost", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("gst_rate", sa.Numeric(precision=7, scale=4), nullable=False),
        sa.Column("value", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.CheckConstraint(
            "base_quantity > 0 and base_free >= 0",
            name=op.f("ck_purchase_order_line_base_quantity"),
        ),
        sa.CheckConstraint("line_no > 0", name=op.f("ck_purchase_order_line_line_no")),
        sa.CheckConstraint(
            "quantity > 0 and free_quantity >= 0", name=op.f("ck_purchase_order_line_quantity")
        ),
        sa.CheckConstraint("unit_cost >= 0", name=op.f("ck_purchase_order_line_unit_cost")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "order_id", "version"],
            [
                "purchase_order_version.tenant_id",
                "purchase_order_version.order_id",
                "purchase_order_version.version",
            ],
            name=op.f("fk_purchase_order_line_tenant_id_order_id_version"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "variant_id"],
            ["variant.tenant_id", "variant.id"],
            name=op.f("fk_purchase_order_line_tenant_id_variant_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_purchase_order_line")),
        sa.UniqueConstraint(
            "tenant_id",
            "order_id",
            "version",
            "line_no",
            name=op.f("uq_purchase_order_line_tenant_id_order_id_version_line_no"),
        ),
        sa.UniqueConstraint(
            "tenant_id",
            "order_id",
            "version",
            "variant_id",
            name=op.f("uq_purchase_order_line_tenant_id_order_id_version_variant_id"),
        ),
    )
    op.create_index(
        "ix_purchase_order_line_variant",
        "purchase_order_line",
        ["tenant_id", "variant_id"],
        unique=False,
    )
    op.create_table(
        "purchase_order_receipt",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("receipt_id", sa.Uuid(), nullable=False),
        sa.Column("receipt_line_no", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("free_received", sa.Integer(), nullable=False),
        sa.Column("value", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("received_by", sa.Uuid(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "received + free_received > 0", name=op.f("ck_purchase_order_receipt_something")
        ),
        sa.CheckConstraint(
            "received >= 0 and free_received >= 0", name=op.f("ck_purchase_order_receipt_received")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "lot_id"],
            ["lot.tenant_id", "lot.id"],
            name=op.f("fk_purchase_order_receipt_tenant_id_lot_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "order_id", "line_no"],
            [
                "purchase_order_progress.tenant_id",
                "purchase_order_progress.order_id",
                "purchase_order_progress.line_no",
            ],
            name=op.f("fk_purchase_order_receipt_tenant_id_order_id_line_no"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_purchase_order_receipt")),
        sa.UniqueConstraint(
            "tenant_id",
            "receipt_id",
            "receipt_line_no",
            name=op.f("uq_purchase_order_receipt_tenant_id_receipt_id_receipt_line_no"),
        ),
    )
    op.create_index(
        "ix_purchase_order_receipt_order",
        "purchase_order_receipt",
        ["tenant_id", "order_id"],
        unique=False,
    )


def downgrade() -> None:
    for table in DROPPED:
        op.drop_table(table)
    migrating.withdraw_from_roles(GRANTED, list(LIMITS))
