"""Goods bear what another bill charged for bringing them in; what is asked of suppliers is kept."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from erp.core import migrating

revision = "0086"
down_revision = "0082"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString()


def upgrade() -> None:
    op.create_table(
        "landed_cost",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bill_id", sa.Uuid(), nullable=False),
        sa.Column("number", TEXT, nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("note", TEXT, nullable=False),
        sa.Column("spread_by", sa.Uuid(), nullable=False),
        sa.Column("spread_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("note <> ''", name=op.f("ck_landed_cost_note")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_landed_cost_amount")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "bill_id"],
            ["supplier_bill.tenant_id", "supplier_bill.id"],
            name=op.f("fk_landed_cost_tenant_id_bill_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_landed_cost")),
        sa.UniqueConstraint("tenant_id", "number", name=op.f("uq_landed_cost_tenant_id_number")),
    )
    op.create_index("ix_landed_cost_bill", "landed_cost", ["tenant_id", "bill_id"], unique=False)
    op.create_table(
        "landed_cost_reversal",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("landed_cost_id", sa.Uuid(), nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("reversed_by", sa.Uuid(), nullable=False),
        sa.Column("reversed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_landed_cost_reversal_reason")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "landed_cost_id"],
            ["landed_cost.tenant_id", "landed_cost.id"],
            name=op.f("fk_landed_cost_reversal_tenant_id_landed_cost_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_landed_cost_reversal")),
        sa.UniqueConstraint("tenant_id", "landed_cost_id", name="uq_landed_cost_reversal_once"),
    )
    op.create_table(
        "landed_cost_line",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("landed_cost_id", sa.Uuid(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("receipt_id", sa.Uuid(), nullable=False),
        sa.Column("receipt_line_no", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("value", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("to_stock", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("went_back", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "value > 0 and to_stock between 0 and value", name=op.f("ck_landed_cost_line_value")
        ),
        sa.CheckConstraint("went_back >= 0", name=op.f("ck_landed_cost_line_went_back")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "landed_cost_id"],
            ["landed_cost.tenant_id", "landed_cost.id"],
            name=op.f("fk_landed_cost_line_tenant_id_landed_cost_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "lot_id"],
            ["lot.tenant_id", "lot.id"],
            name=op.f("fk_landed_cost_line_tenant_id_lot_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "receipt_id", "receipt_line_no"],
            [
                "goods_receipt_line.tenant_id",
                "goods_receipt_line.receipt_id",
                "goods_receipt_line.line_no",
            ],
            name=op.f("fk_landed_cost_line_tenant_id_receipt_id_receipt_line_no"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_landed_cost_line")),
        sa.UniqueConstraint(
            "tenant_id",
            "landed_cost_id",
            "line_no",
            name=op.f("uq_landed_cost_line_tenant_id_landed_cost_id_line_no"),
        ),
        sa.UniqueConstraint(
            "tenant_id",
            "landed_cost_id",
            "receipt_id",
            "receipt_line_no",
            name="uq_landed_cost_line_delivery",
        ),
    )
    op.create_index(
        "ix_landed_cost_line_receipt",
        "landed_cost_line",
        ["tenant_id", "receipt_id", "receipt_line_no"],
        unique=False,
    )
    op.create_table(
        "shelf_life_term",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=True),
        sa.Column("form", TEXT, nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("days between 0 and 1825", name=op.f("ck_shelf_life_term_days")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "supplier_id"],
            ["party.tenant_id", "party.id"],
            name=op.f("fk_shelf_life_term_tenant_id_supplier_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_shelf_life_term")),
        sa.UniqueConstraint(
            "tenant_id",
            "supplier_id",
            "form",
            "valid_from",
            name="uq_shelf_life_term_start",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "order_quantity",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("least", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("least >= 1", name=op.f("ck_order_quantity_least")),
        sa.CheckConstraint("step >= 1", name=op.f("ck_order_quantity_step")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "supplier_id"],
            ["party.tenant_id", "party.id"],
            name=op.f("fk_order_quantity_tenant_id_supplier_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "variant_id"],
            ["variant.tenant_id", "variant.id"],
            name=op.f("fk_order_quantity_tenant_id_variant_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_order_quantity")),
        sa.UniqueConstraint(
            "tenant_id",
            "supplier_id",
            "variant_id",
            name=op.f("uq_order_quantity_tenant_id_supplier_id_variant_id"),
        ),
    )
    migrating.protect(
        {
            "landed_cost": migrating.APPEND_ONLY,
            "landed_cost_line": migrating.APPEND_ONLY,
            "landed_cost_reversal": migrating.APPEND_ONLY,
            "shelf_life_term": migrating.APPEND_ONLY,
            "order_quantity": migrating.CHANGEABLE,
        }
    )


def downgrade() -> None:
    for name in (
        "order_quantity",
        "shelf_life_term",
        "landed_cost_reversal",
        "landed_cost_line",
        "landed_cost",
    ):
        op.drop_table(name)
