"""Shared credit up to what a bill shows, charges taken back, a provider's GSTIN, and the number somebody agreed to."""

from pathlib import Path

import sqlalchemy as sa
import sqlmodel
from alembic import op

from erp.core import migrating

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
MONEY = sa.Numeric(precision=18, scale=2)
TEXT = sqlmodel.sql.sqltypes.AutoString()
SHARED = """
    with parts as (
        select tenant_id, bill_id, sum(igst + cgst + sgst) as tax,
               (array_agg(id order by noted_at desc, id desc))[1] as last
          from seen_bill_use where is_credit and ended_on is null group by 1, 2 having count(*) > 1)
    update seen_bill_use u set bill_tax = parts.tax from parts
     where (u.tenant_id, u.id) = (parts.tenant_id, parts.last)
"""
"""What assets that share a bill took of it counts as its GST."""
AGREED = r"""
    update contact_choice c set address = '+91' || right(n.digits, 10)
      from (select tenant_id, id, regexp_replace(phone, '[\s().-]+', '', 'g') as digits from party) n
     where (n.tenant_id, n.id) = (c.tenant_id, c.party_id) and c.channel = 'sms'
       and n.digits ~ '^(\+?91|0)?[6-9][0-9]{9}$'
"""
"""Who agreed before agreed for the number that is known."""


def upgrade() -> None:
    _share_credit()
    _take_back_charges()
    op.add_column("contact_choice", sa.Column("address", TEXT, server_default="", nullable=False))
    op.execute("alter table contact_choice disable trigger contact_choice_immutable")
    with migrating.every_tenant("contact_choice", "party") as connection:
        connection.execute(sa.text(AGREED))
    op.execute("alter table contact_choice enable trigger contact_choice_immutable")
    op.execute((SQL / "0055_money.sql").read_text())


def downgrade() -> None:
    op.execute("drop trigger gateway_invoice_kept on gateway_invoice")
    op.execute("drop function sec.keep_gateway_invoice()")
    op.execute(
        "create trigger gateway_invoice_immutable before update or delete on gateway_invoice"
        " for each row execute function sec.refuse_change()"
    )
    before, _, _ = (SQL / "0053_seen_bills.sql").read_text().partition("create trigger")
    op.execute(before.replace("create function", "create or replace function"))
    op.drop_column("contact_choice", "address")
    op.drop_column("gateway_account", "supplier_gstin")
    op.drop_index("uq_gateway_invoice_once", table_name="gateway_invoice")
    for name in ("taken_back_reason", "taken_back_by", "taken_back_on"):
        op.drop_column("gateway_invoice", name)
    op.create_unique_constraint(
        "uq_gateway_invoice_once",
        "gateway_invoice",
        ["tenant_id", "account_id", "fiscal_year", "key"],
    )
    op.drop_column("expense_claim_line", "bill_tax")
    op.drop_column("seen_bill_use", "bill_tax")


def _share_credit() -> None:
    op.add_column("expense_claim_line", sa.Column("bill_tax", MONEY, nullable=True))
    op.create_check_constraint(
        op.f("ck_expense_claim_line_bill_tax"), "expense_claim_line", "bill_tax >= 0"
    )
    op.add_column("seen_bill_use", sa.Column("bill_tax", MONEY, nullable=True))
    op.create_check_constraint(
        op.f("ck_seen_bill_use_bill_tax"),
        "seen_bill_use",
        "not is_credit or bill_tax >= igst + cgst + sgst",
    )
    with migrating.every_tenant("seen_bill_use", "seen_bill") as connection:
        connection.execute(sa.text(SHARED))


def _take_back_charges() -> None:
    op.add_column(
        "gateway_account", sa.Column("supplier_gstin", TEXT, server_default="", nullable=False)
    )
    op.add_column("gateway_invoice", sa.Column("taken_back_on", sa.Date(), nullable=True))
    op.add_column("gateway_invoice", sa.Column("taken_back_by", sa.Uuid(), nullable=True))
    op.add_column(
        "gateway_invoice",
        sa.Column("taken_back_reason", TEXT, server_default="", nullable=False),
    )
    op.create_check_constraint(
        op.f("ck_gateway_invoice_taken_back"),
        "gateway_invoice",
        "(taken_back_on is null) = (taken_back_by is null)"
        " and (taken_back_on is null) = (taken_back_reason = '')",
    )
    op.drop_constraint("uq_gateway_invoice_once", "gateway_invoice")
    op.create_index(
        "uq_gateway_invoice_once",
        "gateway_invoice",
        ["tenant_id", "account_id", "fiscal_year", "key"],
        unique=True,
        postgresql_where=sa.text("taken_back_on is null"),
    )
