"""Tax invoices of banks and acquirers; bills of entry in GSTR-2B, and what of its file is not read."""

from pathlib import Path

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from erp.core import migrating

revision = "0103"
down_revision = "0091"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
MONEY = sa.Numeric(precision=18, scale=2)
TEXT = sqlmodel.sql.sqltypes.AutoString()
SOURCE = "ck_seen_bill_use_source"
BEFORE = "source in ('purchase', 'expense', 'asset', 'gateway')"
AFTER = "source in ('purchase', 'expense', 'asset', 'gateway', 'bank')"
KINDS = "('INV', 'CRN', 'DBN', 'ISD', 'ISC')"
IMPORTS = "('INV', 'CRN', 'DBN', 'ISD', 'ISC', 'BOE')"
TAKEN_BACK = ("taken_back_on", "taken_back_by", "taken_back_reason")


def upgrade() -> None:
    op.create_table(
        "gst_charge_invoice",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("bank_account_id", sa.Uuid(), nullable=False),
        sa.Column("gstin", TEXT, nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("number", TEXT, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("fiscal_year", TEXT, nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("supplier", TEXT, nullable=False),
        sa.Column("supplier_gstin", TEXT, nullable=False),
        sa.Column("taxable", MONEY, nullable=False),
        sa.Column("igst", MONEY, nullable=False),
        sa.Column("cgst", MONEY, nullable=False),
        sa.Column("sgst", MONEY, nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_back_on", sa.Date(), nullable=True),
        sa.Column("taken_back_by", sa.Uuid(), nullable=True),
        sa.Column("taken_back_reason", TEXT, server_default="", nullable=False),
        *_rules(),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_gst_charge_invoice")),
    )
    op.create_index(
        "uq_gst_charge_invoice_once",
        "gst_charge_invoice",
        ["tenant_id", "company_id", "supplier_gstin", "fiscal_year", "key"],
        unique=True,
        postgresql_where=sa.text("taken_back_on is null"),
    )
    op.execute(f"select sec.protect('gst_charge_invoice', '{migrating.APPEND_ONLY}')")
    op.execute(f"grant update ({', '.join(TAKEN_BACK)}) on gst_charge_invoice to erp_app")
    op.execute((SQL / "0103_charge_invoices.sql").read_text(encoding="utf-8"))
    _sources(AFTER)
    op.add_column(
        "gst_2b_file", sa.Column("left_out", JSONB(), server_default="[]", nullable=False)
    )
    _kinds(IMPORTS)


def downgrade() -> None:
    with migrating.every_tenant("gst_2b_document") as connection:
        connection.execute(sa.text("delete from gst_2b_document where kind = 'BOE'"))
    _kinds(KINDS)
    op.drop_column("gst_2b_file", "left_out")
    with migrating.every_tenant("seen_bill_use") as connection:
        connection.execute(sa.text("delete from seen_bill_use where source = 'bank'"))
    _sources(BEFORE)
    op.drop_table("gst_charge_invoice")
    op.execute("drop function sec.keep_charge_invoice()")


def _rules() -> list[sa.Constraint]:
    checks = {
        "taken_back": "(taken_back_on is null) = (taken_back_by is null)"
        " and (taken_back_on is null) = (taken_back_reason = '')",
        "month": "extract(day from month) = 1 and dated_on >= month",
        "amounts": "least(taxable, igst, cgst, sgst) >= 0 and taxable > 0 and igst + cgst + sgst > 0",
        "halves": "igst = 0 or cgst + sgst = 0",
    }
    keys = {"company_id": "company", "bank_account_id": "bank_account"}
    return [
        *(
            sa.CheckConstraint(rule, name=op.f(f"ck_gst_charge_invoice_{name}"))
            for name, rule in checks.items()
        ),
        *(
            sa.ForeignKeyConstraint(
                ["tenant_id", column],
                [f"{table}.tenant_id", f"{table}.id"],
                name=op.f(f"fk_gst_charge_invoice_tenant_id_{column}"),
            )
            for column, table in keys.items()
        ),
    ]


def _sources(rule: str) -> None:
    """State which documents book bills; rows that stand fit, and are not read under the lock."""
    op.drop_constraint(op.f(SOURCE), "seen_bill_use", type_="check")
    op.create_check_constraint(op.f(SOURCE), "seen_bill_use", rule, postgresql_not_valid=True)


def _kinds(known: str) -> None:
    """State what kinds of documents there are; rows that stand fit, and are not read under the lock."""
    for column in ("kind", "original_kind"):
        name = op.f(f"ck_gst_2b_document_{column}")
        op.drop_constraint(name, "gst_2b_document", type_="check")
        op.create_check_constraint(
            name, "gst_2b_document", f"{column} in {known}", postgresql_not_valid=True
        )
