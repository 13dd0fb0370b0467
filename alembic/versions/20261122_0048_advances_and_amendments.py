"""Advances for services with the tax on them, and what later returns correct of earlier ones."""

from pathlib import Path

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

from erp.core import migrating

revision = "0048"
down_revision = "0046"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
MONEY = sa.Numeric(precision=18, scale=2)
TEXT = sqlmodel.sql.sqltypes.AutoString()
RIGHTS = {
    "service_advance": migrating.APPEND_ONLY,
    "service_advance_step": migrating.APPEND_ONLY,
    "service_advance_left": "select",
    "gst_amendment": "select, insert, update (withdrawn_at, withdrawn_by, withdraw_reason)",
}
ACCOUNTS = """
    insert into account (tenant_id, id, company_id, code, key, name, group_name, type, is_control, is_active)
    select a.tenant_id, gen_random_uuid(), a.company_id,
           wanted.code || case when exists (select 1 from account k where k.tenant_id = a.tenant_id
                              and k.company_id = a.company_id and k.code = wanted.code) then 'S' else '' end,
           wanted.key, wanted.name, wanted.group_name, wanted.type, false, true
      from account a
     cross join (values
           ('1430', 'gst_on_advances', 'GST on Advances', 'Loans and Advances (Asset)', 'asset'),
           ('2201', 'service_advances', 'Advance from Customers (Services)', 'Current Liabilities', 'liability'))
           wanted (code, key, name, group_name, type)
     where a.key = 'debtors'
    on conflict (tenant_id, company_id, key) do nothing
"""
NO_ACCOUNTS = """
    delete from account a where key in ('gst_on_advances', 'service_advances')
       and not exists (select 1 from journal_line l where (l.tenant_id, l.account_id) = (a.tenant_id, a.id))
"""


def upgrade() -> None:
    _mark_payments()
    _create_service_advance()
    _create_service_advance_step()
    _create_service_advance_left()
    _create_gst_amendment()
    migrating.protect(RIGHTS)
    for name in ("service_advances", "amendments"):
        op.execute((SQL / f"0048_{name}.sql").read_text(encoding="utf-8"))
    with migrating.every_tenant("account"):
        op.execute(ACCOUNTS)


def downgrade() -> None:
    op.execute("drop trigger allocation_of_service_advance on allocation")
    for table in (
        "gst_amendment",
        "service_advance_left",
        "service_advance_step",
        "service_advance",
    ):
        op.drop_table(table)
    for function in (
        "open_service_advance",
        "apply_service_advance_step",
        "keep_service_advance_applied",
        "check_gst_amendment",
        "keep_gst_amendment",
    ):
        op.execute(f"drop function sec.{function}()")
    op.drop_constraint(op.f("ck_payment_service_advance"), "payment", type_="check")
    op.drop_column("payment", "is_service_advance")
    with migrating.every_tenant("account", "journal_line"):
        op.execute(NO_ACCOUNTS)


def _mark_payments() -> None:
    op.add_column(
        "payment",
        sa.Column("is_service_advance", sa.Boolean(), server_default="false", nullable=False),
    )
    op.create_check_constraint(
        op.f("ck_payment_service_advance"),
        "payment",
        "not is_service_advance or ledger = 'customer' and discount + written_off = 0",
    )


def _create_service_advance() -> None:
    op.create_table(
        "service_advance",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("recipient", postgresql.JSONB(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=True),
        sa.Column("description", TEXT, nullable=False),
        sa.Column("sac", TEXT, nullable=False),
        sa.Column("rate", sa.Numeric(precision=7, scale=4), nullable=False),
        sa.Column("place_of_supply", TEXT, nullable=False),
        sa.Column("is_inter", sa.Boolean(), nullable=False),
        sa.Column("amount", MONEY, nullable=False),
        sa.Column("taxable", MONEY, nullable=False),
        sa.Column("igst", MONEY, nullable=False),
        sa.Column("cgst", MONEY, nullable=False),
        sa.Column("sgst", MONEY, nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "id"],
            ["payment.tenant_id", "payment.id"],
            name=op.f("fk_service_advance_tenant_id_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id"],
            ["company.tenant_id", "company.id"],
            name=op.f("fk_service_advance_tenant_id_company_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "branch_id"],
            ["branch.tenant_id", "branch.id"],
            name=op.f("fk_service_advance_tenant_id_branch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "party_id"],
            ["party.tenant_id", "party.id"],
            name=op.f("fk_service_advance_tenant_id_party_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "variant_id"],
            ["variant.tenant_id", "variant.id"],
            name=op.f("fk_service_advance_tenant_id_variant_id"),
        ),
        sa.CheckConstraint(
            "amount = taxable + igst + cgst + sgst", name=op.f("ck_service_advance_amount")
        ),
        sa.CheckConstraint(
            "least(igst, cgst, sgst) >= 0 and taxable > 0",
            name=op.f("ck_service_advance_not_negative"),
        ),
        sa.CheckConstraint("igst = 0 or cgst + sgst = 0", name=op.f("ck_service_advance_heads")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_service_advance")),
    )
    op.create_index(
        "ix_service_advance_day", "service_advance", ["tenant_id", "branch_id", "received_on"]
    )
    op.create_index("ix_service_advance_party", "service_advance", ["tenant_id", "party_id", "id"])


def _create_service_advance_step() -> None:
    op.create_table(
        "service_advance_step",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("advance_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("amount", MONEY, nullable=False),
        sa.Column("igst", MONEY, nullable=False),
        sa.Column("cgst", MONEY, nullable=False),
        sa.Column("sgst", MONEY, nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=True),
        sa.Column("payment_id", sa.Uuid(), nullable=True),
        sa.Column("undoes_id", sa.Uuid(), nullable=True),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "advance_id"],
            ["service_advance.tenant_id", "service_advance.id"],
            name=op.f("fk_service_advance_step_tenant_id_advance_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "branch_id"],
            ["branch.tenant_id", "branch.id"],
            name=op.f("fk_service_advance_step_tenant_id_branch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "invoice_id"],
            ["invoice.tenant_id", "invoice.id"],
            name=op.f("fk_service_advance_step_tenant_id_invoice_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "payment_id"],
            ["payment.tenant_id", "payment.id"],
            name=op.f("fk_service_advance_step_tenant_id_payment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "undoes_id"],
            ["service_advance_step.tenant_id", "service_advance_step.id"],
            name=op.f("fk_service_advance_step_tenant_id_undoes_id"),
        ),
        sa.CheckConstraint(
            "kind in ('applied', 'refunded', 'taken_back', 'undone')",
            name=op.f("ck_service_advance_step_kind"),
        ),
        sa.CheckConstraint(
            "amount > 0 and least(igst, cgst, sgst) >= 0",
            name=op.f("ck_service_advance_step_amount"),
        ),
        sa.CheckConstraint(
            "(kind = 'applied') = (invoice_id is not null) and (kind = 'refunded') = (payment_id is not null)"
            " and (kind = 'undone') = (undoes_id is not null)",
            name=op.f("ck_service_advance_step_subject"),
        ),
        sa.UniqueConstraint(
            "tenant_id", "undoes_id", name=op.f("uq_service_advance_step_tenant_id_undoes_id")
        ),
        sa.UniqueConstraint(
            "tenant_id", "payment_id", name=op.f("uq_service_advance_step_tenant_id_payment_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_service_advance_step")),
    )
    for name, columns in (
        ("advance", ["advance_id", "id"]),
        ("day", ["branch_id", "booked_on"]),
        ("invoice", ["invoice_id"]),
    ):
        op.create_index(
            f"ix_service_advance_step_{name}", "service_advance_step", ["tenant_id", *columns]
        )


def _create_service_advance_left() -> None:
    op.create_table(
        "service_advance_left",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("advance_id", sa.Uuid(), nullable=False),
        sa.Column("amount", MONEY, nullable=False),
        sa.Column("igst", MONEY, nullable=False),
        sa.Column("cgst", MONEY, nullable=False),
        sa.Column("sgst", MONEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "advance_id"],
            ["service_advance.tenant_id", "service_advance.id"],
            name=op.f("fk_service_advance_left_tenant_id_advance_id"),
        ),
        sa.CheckConstraint(
            "least(amount, igst, cgst, sgst) >= 0",
            name=op.f("ck_service_advance_left_not_negative"),
        ),
        sa.CheckConstraint(
            "amount >= igst + cgst + sgst", name=op.f("ck_service_advance_left_tax")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "advance_id", name=op.f("pk_service_advance_left")),
    )


def _create_gst_amendment() -> None:
    op.create_table(
        "gst_amendment",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("gstin", TEXT, nullable=False),
        sa.Column("recipient", TEXT, nullable=False),
        sa.Column("place_of_supply", TEXT, nullable=False),
        sa.Column("is_sez", sa.Boolean(), nullable=False),
        sa.Column("port_code", TEXT, nullable=False),
        sa.Column("shipping_bill", TEXT, nullable=False),
        sa.Column("shipped_on", sa.Date(), nullable=True),
        sa.Column("igst", MONEY, nullable=False),
        sa.Column("cgst", MONEY, nullable=False),
        sa.Column("sgst", MONEY, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("withdraw_reason", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id"],
            ["company.tenant_id", "company.id"],
            name=op.f("fk_gst_amendment_tenant_id_company_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "branch_id"],
            ["branch.tenant_id", "branch.id"],
            name=op.f("fk_gst_amendment_tenant_id_branch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "invoice_id"],
            ["invoice.tenant_id", "invoice.id"],
            name=op.f("fk_gst_amendment_tenant_id_invoice_id"),
        ),
        sa.CheckConstraint(
            "(withdrawn_at is null) = (withdrawn_by is null) and (withdrawn_at is null) = (withdraw_reason = '')",
            name=op.f("ck_gst_amendment_withdrawn"),
        ),
        sa.CheckConstraint(
            "(port_code = '') = (shipping_bill = '') and (shipping_bill = '') = (shipped_on is null)",
            name=op.f("ck_gst_amendment_shipping"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_gst_amendment")),
    )
    op.create_index(
        "uq_gst_amendment_standing",
        "gst_amendment",
        ["tenant_id", "invoice_id"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at is null"),
    )
    op.create_index(
        "ix_gst_amendment_day", "gst_amendment", ["tenant_id", "branch_id", "booked_on"]
    )
