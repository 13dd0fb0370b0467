"""Goods that go back to their supplier, what is owed back for them, and bills that come as files."""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

from erp.core import migrating

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

RIGHTS = {
    "supplier_return": migrating.APPEND_ONLY,
    "supplier_return_line": migrating.APPEND_ONLY,
    "bill_import": migrating.APPEND_ONLY,
    "bill_columns": migrating.CHANGEABLE,
    "supplier_item": migrating.CHANGEABLE,
}
GRANTED = {
    "manager": ["billing.view_returns", "billing.return_goods"],
    "storekeeper": ["billing.view_returns", "billing.return_goods"],
    "accountant": ["billing.view_returns"],
    "auditor": ["billing.view_returns"],
}


def upgrade() -> None:
    _create_tables()
    _widen_tables()
    _create_import_tables()
    migrating.protect(RIGHTS)
    migrating.grant_to_roles(GRANTED, {})
    with migrating.every_tenant("billed_goods", "goods_receipt_line"):
        op.execute(
            "update billed_goods b set free = l.free from goods_receipt_line l"
            " where (l.tenant_id, l.receipt_id, l.line_no)"
            " = (b.tenant_id, b.receipt_id, b.line_no) and l.free > 0"
        )


def downgrade() -> None:
    for table in ("supplier_item", "bill_columns", "bill_import"):
        op.drop_table(table)
    with migrating.every_tenant("supplier_claim"):
        op.execute("delete from supplier_claim where return_id is not null")
    op.drop_constraint(op.f("ck_supplier_claim_subject"), "supplier_claim", type_="check")
    for name in ("units", "back", "unbilled_back"):
        op.drop_constraint(op.f(f"ck_billed_goods_{name}"), "billed_goods", type_="check")
    op.create_check_constraint(
        op.f("ck_billed_goods_units"), "billed_goods", "units between 0 and paid"
    )
    op.drop_constraint(
        op.f("fk_supplier_claim_tenant_id_return_id"), "supplier_claim", type_="foreignkey"
    )
    op.drop_constraint(
        op.f("uq_supplier_claim_tenant_id_return_id"), "supplier_claim", type_="unique"
    )
    op.alter_column("supplier_claim", "bill_id", existing_type=sa.UUID(), nullable=False)
    op.drop_column("supplier_claim", "reason")
    op.drop_column("supplier_claim", "return_id")
    op.drop_column("billed_goods", "released")
    op.drop_column("billed_goods", "unbilled_back")
    op.drop_column("billed_goods", "back")
    op.drop_column("billed_goods", "free")
    op.drop_index("ix_supplier_return_line_receipt", table_name="supplier_return_line")
    op.drop_table("supplier_return_line")
    op.drop_index("ix_supplier_return_supplier", table_name="supplier_return")
    op.drop_table("supplier_return")
    migrating.withdraw_from_roles(GRANTED, [])


def _create_tables() -> None:
    op.create_table(
        "supplier_return",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_gstin", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("returned_on", sa.Date(), nullable=False),
        sa.Column("supply_nature", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("is_credit_taken", sa.Boolean(), nullable=False),
        sa.Column("taxable", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("cgst", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("sgst", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("igst", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("released", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("cost", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("transport", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("returned_by", sa.Uuid(), nullable=False),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "least(taxable, cgst, sgst, igst, released, cost) >= 0",
            name=op.f("ck_supplier_return_value"),
        ),
        sa.CheckConstraint(
            "total = taxable + cgst + sgst + igst", name=op.f("ck_supplier_return_total")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "branch_id"],
            ["branch.tenant_id", "branch.id"],
            name=op.f("fk_supplier_return_tenant_id_branch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id"],
            ["company.tenant_id", "company.id"],
            name=op.f("fk_supplier_return_tenant_id_company_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "supplier_id"],
            ["party.tenant_id", "party.id"],
            name=op.f("fk_supplier_return_tenant_id_supplier_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_supplier_return")),
        sa.UniqueConstraint(
            "tenant_id", "number", name=op.f("uq_supplier_return_tenant_id_number")
        ),
    )
    op.create_index(
        "ix_supplier_return_supplier",
        "supplier_return",
        ["tenant_id", "supplier_id", "id"],
        unique=False,
    )
    op.create_table(
        "supplier_return_line",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("return_id", sa.Uuid(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("receipt_id", sa.Uuid(), nullable=False),
        sa.Column("receipt_line_no", sa.Integer(), nullable=False),
        sa.Column("bill_line_id", sa.Uuid(), nullable=True),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("label", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("unbilled", sa.BigInteger(), nullable=False),
        sa.Column("gst_rate", sa.Numeric(precision=7, scale=4), nullable=False),
        sa.Column("taxable", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("cgst", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("sgst", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("igst", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("released", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("cost", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.CheckConstraint(
            "reason in ('expired', 'near_expiry', 'damaged', 'recalled', 'wrong_goods', 'excess')",
            name=op.f("ck_supplier_return_line_reason"),
        ),
        sa.CheckConstraint(
            "case when bill_line_id is null then taxable + cgst + sgst + igst = 0 else unbilled = 0 and released = 0 end",
            name=op.f("ck_supplier_return_line_billed_or_not"),
        ),
        sa.CheckConstraint(
            "least(taxable, cgst, sgst, igst, released, cost) >= 0",
            name=op.f("ck_supplier_return_line_value"),
        ),
        sa.CheckConstraint(
            "quantity > 0 and unbilled between 0 and quantity",
            name=op.f("ck_supplier_return_line_quantity"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "bill_line_id"],
            ["supplier_bill_line.tenant_id", "supplier_bill_line.id"],
            name=op.f("fk_supplier_return_line_tenant_id_bill_line_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "location_id"],
            ["location.tenant_id", "location.id"],
            name=op.f("fk_supplier_return_line_tenant_id_location_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "lot_id"],
            ["lot.tenant_id", "lot.id"],
            name=op.f("fk_supplier_return_line_tenant_id_lot_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "receipt_id", "receipt_line_no"],
            [
                "goods_receipt_line.tenant_id",
                "goods_receipt_line.receipt_id",
                "goods_receipt_line.line_no",
            ],
            name=op.f("fk_supplier_return_line_tenant_id_receipt_id_receipt_line_no"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "return_id"],
            ["supplier_return.tenant_id", "supplier_return.id"],
            name=op.f("fk_supplier_return_line_tenant_id_return_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "variant_id"],
            ["variant.tenant_id", "variant.id"],
            name=op.f("fk_supplier_return_line_tenant_id_variant_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_supplier_return_line")),
        sa.UniqueConstraint(
            "tenant_id",
            "return_id",
            "line_no",
            name=op.f("uq_supplier_return_line_tenant_id_return_id_line_no"),
        ),
    )
    op.create_index(
        "ix_supplier_return_line_receipt",
        "supplier_return_line",
        ["tenant_id", "receipt_id", "receipt_line_no"],
        unique=False,
    )


def _widen_tables() -> None:
    op.add_column(
        "billed_goods",
        sa.Column("free", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
    )
    op.add_column(
        "billed_goods",
        sa.Column("back", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
    )
    op.add_column(
        "billed_goods",
        sa.Column("unbilled_back", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
    )
    op.add_column(
        "billed_goods",
        sa.Column(
            "released",
            sa.Numeric(precision=18, scale=2),
            server_default=sa.text("0"),
            nullable=False,
        ),
    )
    op.add_column("supplier_claim", sa.Column("return_id", sa.Uuid(), nullable=True))
    op.add_column(
        "supplier_claim",
        sa.Column(
            "reason",
            sqlmodel.sql.sqltypes.AutoString(),
            server_default=sa.text("''"),
            nullable=False,
        ),
    )
    op.alter_column("supplier_claim", "bill_id", existing_type=sa.UUID(), nullable=True)
    op.create_unique_constraint(
        op.f("uq_supplier_claim_tenant_id_return_id"), "supplier_claim", ["tenant_id", "return_id"]
    )
    op.create_foreign_key(
        op.f("fk_supplier_claim_tenant_id_return_id"),
        "supplier_claim",
        "supplier_return",
        ["tenant_id", "return_id"],
        ["tenant_id", "id"],
    )
    op.create_check_constraint(
        op.f("ck_supplier_claim_subject"),
        "supplier_claim",
        "num_nonnulls(bill_id, return_id) = 1",
    )
    op.drop_constraint(op.f("ck_billed_goods_units"), "billed_goods", type_="check")
    for name, rule in (
        ("units", "units >= 0 and units + unbilled_back <= paid"),
        ("back", "back between 0 and paid + free"),
        ("unbilled_back", "unbilled_back between 0 and back and released >= 0"),
    ):
        op.create_check_constraint(op.f(f"ck_billed_goods_{name}"), "billed_goods", rule)


def _create_import_tables() -> None:
    op.create_table(
        "bill_columns",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("columns", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "supplier_id"],
            ["party.tenant_id", "party.id"],
            name=op.f("fk_bill_columns_tenant_id_supplier_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_bill_columns")),
        sa.UniqueConstraint(
            "tenant_id", "supplier_id", name=op.f("uq_bill_columns_tenant_id_supplier_id")
        ),
    )
    op.create_table(
        "bill_import",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("bill_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("file_name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("imported_by", sa.Uuid(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_bill_import_sha256")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "bill_id"],
            ["supplier_bill.tenant_id", "supplier_bill.id"],
            name=op.f("fk_bill_import_tenant_id_bill_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id"],
            ["company.tenant_id", "company.id"],
            name=op.f("fk_bill_import_tenant_id_company_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_bill_import")),
        sa.UniqueConstraint("tenant_id", "company_id", "sha256", name="uq_bill_import_file"),
    )
    op.create_table(
        "supplier_item",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("code <> ''", name=op.f("ck_supplier_item_code")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "supplier_id"],
            ["party.tenant_id", "party.id"],
            name=op.f("fk_supplier_item_tenant_id_supplier_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "variant_id"],
            ["variant.tenant_id", "variant.id"],
            name=op.f("fk_supplier_item_tenant_id_variant_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_supplier_item")),
        sa.UniqueConstraint(
            "tenant_id",
            "supplier_id",
            "code",
            name=op.f("uq_supplier_item_tenant_id_supplier_id_code"),
        ),
    )
