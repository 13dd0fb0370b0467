"""GST returns: frozen versions, reverse charge, changes of credit, challans, and the lock of filed periods."""

from pathlib import Path

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

from erp.core import migrating

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
RIGHTS = {
    "gst_return": migrating.CHANGEABLE,
    "gst_credit_change": migrating.APPEND_ONLY,
    "gst_reverse_charge": migrating.APPEND_ONLY,
    "gst_deposit": migrating.APPEND_ONLY,
}
GRANTED = {
    "manager": ["gst_returns.view", "gst_returns.review"],
    "accountant": [
        "gst_returns.view",
        "gst_returns.record",
        "gst_returns.prepare",
        "gst_returns.review",
        "gst_returns.file",
    ],
    "auditor": ["gst_returns.view"],
}
LIMITS = {"unreviewed_return": {"owner": "100000000", "accountant": "100000"}}
ACCOUNTS = (
    ("1403", "input_cgst_rcm", "Input CGST (RCM)", "Duties and Taxes", "asset"),
    ("1404", "input_sgst_rcm", "Input SGST (RCM)", "Duties and Taxes", "asset"),
    ("1405", "input_igst_rcm", "Input IGST (RCM)", "Duties and Taxes", "asset"),
    ("1406", "credit_to_reclaim", "GST Credit to Reclaim", "Duties and Taxes", "asset"),
    ("2110", "rcm_cgst", "RCM CGST Payable", "Duties and Taxes", "liability"),
    ("2111", "rcm_sgst", "RCM SGST Payable", "Duties and Taxes", "liability"),
    ("2112", "rcm_igst", "RCM IGST Payable", "Duties and Taxes", "liability"),
    ("5032", "credit_given_up", "GST Credit Given Up", "Direct Expenses", "expense"),
)
ADD = (
    "insert into account (tenant_id, id, company_id, code, key, name, group_name, type, is_control, is_active)"
    " select tenant_id, gen_random_uuid(), company_id, %s, %s, %s, %s, %s, false, true"
    " from (select distinct tenant_id, company_id from account) kept on conflict do nothing"
)


def upgrade() -> None:
    _create_returns()
    _create_records()
    migrating.protect(RIGHTS)
    op.execute((SQL / "0024_gst_returns.sql").read_text(encoding="utf-8"))
    with migrating.every_tenant("account") as connection:
        for account in ACCOUNTS:
            connection.exec_driver_sql(ADD, account)
    migrating.grant_to_roles(GRANTED, LIMITS)


def downgrade() -> None:
    op.execute("drop trigger journal_line_before_filing on journal_line")
    op.execute("drop function sec.refuse_filed_tax()")
    for table in ("gst_deposit", "gst_reverse_charge", "gst_credit_change", "gst_return"):
        op.drop_table(table)
    op.execute("drop function sec.keep_gst_return()")
    migrating.withdraw_from_roles(GRANTED, ["unreviewed_return"])


def _create_returns() -> None:
    op.create_table(
        "gst_return",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("gstin", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("form", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("portal", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("figures", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("problems", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("differences", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("blocking", sa.Integer(), nullable=False),
        sa.Column("prepared_by", sa.Uuid(), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reviewed_by", sa.Uuid(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("arn", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=True),
        sa.Column("filed_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(status = 'filed') = (filed_on is not null) and (status = 'filed') = (arn <> '')",
            name=op.f("ck_gst_return_filed"),
        ),
        sa.CheckConstraint("form in ('gstr1', 'gstr3b')", name=op.f("ck_gst_return_form")),
        sa.CheckConstraint(
            "status = 'prepared' or blocking = 0", name=op.f("ck_gst_return_blocking")
        ),
        sa.CheckConstraint(
            "status in ('prepared', 'reviewed', 'filed')", name=op.f("ck_gst_return_status")
        ),
        sa.CheckConstraint("ends_on > starts_on", name=op.f("ck_gst_return_period")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id"],
            ["company.tenant_id", "company.id"],
            name=op.f("fk_gst_return_tenant_id_company_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_gst_return")),
        sa.UniqueConstraint(
            "tenant_id",
            "company_id",
            "gstin",
            "form",
            "starts_on",
            "version",
            name=op.f("uq_gst_return_tenant_id_company_id_gstin_form_starts_on_version"),
        ),
    )
    op.create_index(
        "uq_gst_return_filed",
        "gst_return",
        ["tenant_id", "company_id", "gstin", "form", "starts_on"],
        unique=True,
        postgresql_where=sa.text("status = 'filed'"),
    )


def _create_records() -> None:
    op.create_table(
        "gst_credit_change",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("igst", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("cgst", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("sgst", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "kind in ('blocked', 'common', 'unpaid', 'reclaimed')",
            name=op.f("ck_gst_credit_change_kind"),
        ),
        sa.CheckConstraint("igst + cgst + sgst > 0", name=op.f("ck_gst_credit_change_amount")),
        sa.CheckConstraint(
            "least(igst, cgst, sgst) >= 0", name=op.f("ck_gst_credit_change_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "branch_id"],
            ["branch.tenant_id", "branch.id"],
            name=op.f("fk_gst_credit_change_tenant_id_branch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id"],
            ["company.tenant_id", "company.id"],
            name=op.f("fk_gst_credit_change_tenant_id_company_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_gst_credit_change")),
    )
    op.create_index(
        "ix_gst_credit_change_day",
        "gst_credit_change",
        ["tenant_id", "branch_id", "booked_on"],
        unique=False,
    )
    op.create_table(
        "gst_deposit",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("gstin", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reference", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("deposited_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_gst_deposit_amount")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "branch_id"],
            ["branch.tenant_id", "branch.id"],
            name=op.f("fk_gst_deposit_tenant_id_branch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id"],
            ["company.tenant_id", "company.id"],
            name=op.f("fk_gst_deposit_tenant_id_company_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_gst_deposit")),
        sa.UniqueConstraint(
            "tenant_id",
            "company_id",
            "reference",
            name=op.f("uq_gst_deposit_tenant_id_company_id_reference"),
        ),
    )
    op.create_table(
        "gst_reverse_charge",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("supplier_number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("is_inter", sa.Boolean(), nullable=False),
        sa.Column("description", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("hsn", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("rate", sa.Numeric(precision=7, scale=4), nullable=False),
        sa.Column("taxable", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("igst", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("cgst", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("sgst", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "taxable > 0 and least(igst, cgst, sgst) >= 0",
            name=op.f("ck_gst_reverse_charge_amount"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "branch_id"],
            ["branch.tenant_id", "branch.id"],
            name=op.f("fk_gst_reverse_charge_tenant_id_branch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id"],
            ["company.tenant_id", "company.id"],
            name=op.f("fk_gst_reverse_charge_tenant_id_company_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "supplier_id"],
            ["party.tenant_id", "party.id"],
            name=op.f("fk_gst_reverse_charge_tenant_id_supplier_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_gst_reverse_charge")),
        sa.UniqueConstraint(
            "tenant_id",
            "company_id",
            "number",
            name=op.f("uq_gst_reverse_charge_tenant_id_company_id_number"),
        ),
    )
    op.create_index(
        "ix_gst_reverse_charge_day",
        "gst_reverse_charge",
        ["tenant_id", "branch_id", "booked_on"],
        unique=False,
    )
