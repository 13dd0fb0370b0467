"""Supplier bills: deliveries become documents, stock may be revalued, roles learn to bill."""

from pathlib import Path

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

from erp.core import migrating

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
RIGHTS = {
    "goods_receipt": migrating.APPEND_ONLY,
    "goods_receipt_line": migrating.APPEND_ONLY,
    "stock_revaluation": migrating.APPEND_ONLY,
    "supplier_bill": migrating.CHANGEABLE,
    "supplier_bill_line": migrating.APPEND_ONLY,
    "supplier_bill_decision": migrating.APPEND_ONLY,
    "billed_goods": migrating.CHANGEABLE,
    "supplier_claim": migrating.CHANGEABLE,
    "match_tolerance": migrating.CHANGEABLE,
}
DROPPED = (
    "supplier_bill_line",
    "billed_goods",
    "goods_receipt_line",
    "stock_revaluation",
    "goods_receipt",
    "supplier_claim",
    "supplier_bill_decision",
    "supplier_bill",
    "match_tolerance",
)
GRANTED = {
    "manager": ["billing.view_bills", "billing.record_bill", "billing.decide_bill"],
    "accountant": ["billing.view_bills", "billing.record_bill"],
    "auditor": ["billing.view_bills"],
}
LIMITS = {"bill_difference": {"owner": "10000000", "manager": "10000"}}
READ = (
    "account",
    "event",
    "location",
    "purchase_order_receipt",
    "stock_move",
    "tenant",
    "variant",
    "warehouse",
)
"""Tables whose rows the deliveries of before are made from."""


def upgrade() -> None:
    _create_tables()
    op.get_bind().exec_driver_sql((SQL / "0006_revaluation.sql").read_text())
    with migrating.every_tenant(*READ) as connection:
        connection.exec_driver_sql((SQL / "0006_receipts.sql").read_text())
    migrating.protect(RIGHTS)
    migrating.grant_to_roles(GRANTED, LIMITS)


def downgrade() -> None:
    for table in DROPPED:
        op.drop_table(table)
    op.execute("drop function sec.apply_stock_revaluations()")
    migrating.withdraw_from_roles(GRANTED, list(LIMITS))


def _create_tables() -> None:
    op.create_table(
        "match_tolerance",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("price_percent", sa.Numeric(precision=7, scale=4), nullable=False),
        sa.Column("price_amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("charge_percent", sa.Numeric(precision=7, scale=4), nullable=False),
        sa.CheckConstraint(
            "charge_percent between 0 and 100", name=op.f("ck_match_tolerance_charge_percent")
        ),
        sa.CheckConstraint("price_amount >= 0", name=op.f("ck_match_tolerance_price_amount")),
        sa.CheckConstraint(
            "price_percent between 0 and 100", name=op.f("ck_match_tolerance_price_percent")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id"],
            ["company.tenant_id", "company.id"],
            name=op.f("fk_match_tolerance_tenant_id_company_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "company_id", name=op.f("pk_match_tolerance")),
    )
    op.create_table(
        "supplier_bill",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_gstin", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("bill_number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("bill_key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("fiscal_year", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("billed_on", sa.Date(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("supply_nature", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("is_credit_taken", sa.Boolean(), nullable=False),
        sa.Column("taxable", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("cgst", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("sgst", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("igst", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("round_off", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("claimed", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("bill_key <> ''", name=op.f("ck_supplier_bill_bill_key")),
        sa.CheckConstraint(
            "status in ('held', 'posted', 'refused')", name=op.f("ck_supplier_bill_status")
        ),
        sa.CheckConstraint("claimed between 0 and taxable", name=op.f("ck_supplier_bill_claimed")),
        sa.CheckConstraint(
            "least(taxable, cgst, sgst, igst, total) >= 0",
            name=op.f("ck_supplier_bill_not_negative"),
        ),
        sa.CheckConstraint(
            "total = taxable + cgst + sgst + igst + round_off", name=op.f("ck_supplier_bill_total")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "branch_id"],
            ["branch.tenant_id", "branch.id"],
            name=op.f("fk_supplier_bill_tenant_id_branch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id"],
            ["company.tenant_id", "company.id"],
            name=op.f("fk_supplier_bill_tenant_id_company_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "supplier_id"],
            ["party.tenant_id", "party.id"],
            name=op.f("fk_supplier_bill_tenant_id_supplier_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_supplier_bill")),
        sa.UniqueConstraint("tenant_id", "number", name=op.f("uq_supplier_bill_tenant_id_number")),
    )
    op.create_index(
        "ix_supplier_bill_supplier",
        "supplier_bill",
        ["tenant_id", "supplier_id", "id"],
        unique=False,
    )
    op.create_index(
        "uq_supplier_bill_once",
        "supplier_bill",
        ["tenant_id", "company_id", "supplier_id", "fiscal_year", "bill_key"],
        unique=True,
        postgresql_where=sa.text("status <> 'refused'"),
    )
    op.create_table(
        "supplier_bill_decision",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bill_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("note <> ''", name=op.f("ck_supplier_bill_decision_note")),
        sa.CheckConstraint(
            "outcome in ('accepted', 'claimed', 'refused')",
            name=op.f("ck_supplier_bill_decision_outcome"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "bill_id"],
            ["supplier_bill.tenant_id", "supplier_bill.id"],
            name=op.f("fk_supplier_bill_decision_tenant_id_bill_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_supplier_bill_decision")),
        sa.UniqueConstraint(
            "tenant_id", "bill_id", name=op.f("uq_supplier_bill_decision_tenant_id_bill_id")
        ),
    )
    op.create_table(
        "supplier_claim",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bill_id", sa.Uuid(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("raised_on", sa.Date(), nullable=False),
        sa.Column("taxable", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("tax", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("credit_note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("credited", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("credited_tax", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(settled_at is null) = (settled_by is null)", name=op.f("ck_supplier_claim_settled")
        ),
        sa.CheckConstraint(
            "credited between 0 and taxable", name=op.f("ck_supplier_claim_credited")
        ),
        sa.CheckConstraint(
            "credited_tax between 0 and tax", name=op.f("ck_supplier_claim_credited_tax")
        ),
        sa.CheckConstraint(
            "taxable >= 0 and tax >= 0 and taxable + tax > 0", name=op.f("ck_supplier_claim_amount")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "bill_id"],
            ["supplier_bill.tenant_id", "supplier_bill.id"],
            name=op.f("fk_supplier_claim_tenant_id_bill_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_supplier_claim")),
        sa.UniqueConstraint(
            "tenant_id", "bill_id", name=op.f("uq_supplier_claim_tenant_id_bill_id")
        ),
        sa.UniqueConstraint("tenant_id", "number", name=op.f("uq_supplier_claim_tenant_id_number")),
    )
    op.create_table(
        "goods_receipt",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=True),
        sa.Column("reference", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("value", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("received_by", sa.Uuid(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "branch_id"],
            ["branch.tenant_id", "branch.id"],
            name=op.f("fk_goods_receipt_tenant_id_branch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "location_id"],
            ["location.tenant_id", "location.id"],
            name=op.f("fk_goods_receipt_tenant_id_location_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "supplier_id"],
            ["party.tenant_id", "party.id"],
            name=op.f("fk_goods_receipt_tenant_id_supplier_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_goods_receipt")),
    )
    op.create_index(
        "ix_goods_receipt_branch", "goods_receipt", ["tenant_id", "branch_id", "id"], unique=False
    )
    op.create_index(
        "ix_goods_receipt_supplier",
        "goods_receipt",
        ["tenant_id", "supplier_id", "id"],
        unique=False,
    )
    op.create_table(
        "stock_revaluation",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("value", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("origin_type", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("origin_id", sa.Uuid(), nullable=False),
        sa.Column("origin_line_no", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("value <> 0", name=op.f("ck_stock_revaluation_value")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "location_id"],
            ["location.tenant_id", "location.id"],
            name=op.f("fk_stock_revaluation_tenant_id_location_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "lot_id"],
            ["lot.tenant_id", "lot.id"],
            name=op.f("fk_stock_revaluation_tenant_id_lot_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "variant_id"],
            ["variant.tenant_id", "variant.id"],
            name=op.f("fk_stock_revaluation_tenant_id_variant_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_stock_revaluation")),
    )
    op.create_index(
        "ix_stock_revaluation_lot",
        "stock_revaluation",
        ["tenant_id", "lot_id", "effective_at"],
        unique=False,
    )
    op.create_index(
        "ix_stock_revaluation_origin", "stock_revaluation", ["tenant_id", "origin_id"], unique=False
    )
    op.create_table(
        "goods_receipt_line",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("receipt_id", sa.Uuid(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("unit", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("free_quantity", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("paid", sa.BigInteger(), nullable=False),
        sa.Column("free", sa.BigInteger(), nullable=False),
        sa.Column("unit_cost", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("value", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.CheckConstraint(
            "paid >= 0 and free >= 0 and paid + free > 0", name=op.f("ck_goods_receipt_line_units")
        ),
        sa.CheckConstraint(
            "value >= 0 and (paid > 0 or value = 0)", name=op.f("ck_goods_receipt_line_value")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "lot_id"],
            ["lot.tenant_id", "lot.id"],
            name=op.f("fk_goods_receipt_line_tenant_id_lot_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "receipt_id"],
            ["goods_receipt.tenant_id", "goods_receipt.id"],
            name=op.f("fk_goods_receipt_line_tenant_id_receipt_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "variant_id"],
            ["variant.tenant_id", "variant.id"],
            name=op.f("fk_goods_receipt_line_tenant_id_variant_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_goods_receipt_line")),
        sa.UniqueConstraint(
            "tenant_id",
            "receipt_id",
            "line_no",
            name=op.f("uq_goods_receipt_line_tenant_id_receipt_id_line_no"),
        ),
    )
    op.create_index(
        "ix_goods_receipt_line_variant",
        "goods_receipt_line",
        ["tenant_id", "variant_id"],
        unique=False,
    )
    op.create_table(
        "billed_goods",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("receipt_id", sa.Uuid(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("paid", sa.BigInteger(), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.CheckConstraint("units between 0 and paid", name=op.f("ck_billed_goods_units")),
        sa.CheckConstraint(
            "value >= 0 and (units > 0 or value = 0)", name=op.f("ck_billed_goods_value")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "receipt_id", "line_no"],
            [
                "goods_receipt_line.tenant_id",
                "goods_receipt_line.receipt_id",
                "goods_receipt_line.line_no",
            ],
            name=op.f("fk_billed_goods_tenant_id_receipt_id_line_no"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "receipt_id", "line_no", name=op.f("pk_billed_goods")),
    )
    op.create_table(
        "supplier_bill_line",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bill_id", sa.Uuid(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("label", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("receipt_id", sa.Uuid(), nullable=True),
        sa.Column("receipt_line_no", sa.Integer(), nullable=True),
        sa.Column("variant_id", sa.Uuid(), nullable=True),
        sa.Column("lot_id", sa.Uuid(), nullable=True),
        sa.Column("is_cost_of_goods", sa.Boolean(), nullable=False),
        sa.Column("unit", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("base_quantity", sa.BigInteger(), nullable=False),
        sa.Column("unit_cost", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("discount_percent", sa.Numeric(precision=7, scale=4), nullable=False),
        sa.Column("gst_rate", sa.Numeric(precision=7, scale=4), nullable=False),
        sa.Column("taxable", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("cgst", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("sgst", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("igst", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("matched", sa.BigInteger(), nullable=False),
        sa.Column("matched_value", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("expected_cost", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("findings", postgresql.ARRAY(sa.TEXT()), nullable=False),
        sa.Column("excess", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("excess_tax", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.CheckConstraint(
            "excess_tax between 0 and cgst + sgst + igst",
            name=op.f("ck_supplier_bill_line_excess_tax"),
        ),
        sa.CheckConstraint(
            "(receipt_id is null) = (lot_id is null)",
            name=op.f("ck_supplier_bill_line_goods_or_charge"),
        ),
        sa.CheckConstraint(
            "excess between 0 and taxable", name=op.f("ck_supplier_bill_line_excess")
        ),
        sa.CheckConstraint(
            "least(taxable, cgst, sgst, igst, matched_value) >= 0",
            name=op.f("ck_supplier_bill_line_value"),
        ),
        sa.CheckConstraint(
            "matched between 0 and base_quantity", name=op.f("ck_supplier_bill_line_matched")
        ),
        sa.CheckConstraint(
            "quantity > 0 and unit_cost >= 0", name=op.f("ck_supplier_bill_line_quantity")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "bill_id"],
            ["supplier_bill.tenant_id", "supplier_bill.id"],
            name=op.f("fk_supplier_bill_line_tenant_id_bill_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "lot_id"],
            ["lot.tenant_id", "lot.id"],
            name=op.f("fk_supplier_bill_line_tenant_id_lot_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "receipt_id", "receipt_line_no"],
            [
                "goods_receipt_line.tenant_id",
                "goods_receipt_line.receipt_id",
                "goods_receipt_line.line_no",
            ],
            name=op.f("fk_supplier_bill_line_tenant_id_receipt_id_receipt_line_no"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "variant_id"],
            ["variant.tenant_id", "variant.id"],
            name=op.f("fk_supplier_bill_line_tenant_id_variant_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_supplier_bill_line")),
        sa.UniqueConstraint(
            "tenant_id",
            "bill_id",
            "line_no",
            name=op.f("uq_supplier_bill_line_tenant_id_bill_id_line_no"),
        ),
        sa.UniqueConstraint(
            "tenant_id",
            "bill_id",
            "receipt_id",
            "receipt_line_no",
            name="uq_supplier_bill_line_delivery",
        ),
    )
    op.create_index(
        "ix_supplier_bill_line_receipt",
        "supplier_bill_line",
        ["tenant_id", "receipt_id", "receipt_line_no"],
        unique=False,
    )
