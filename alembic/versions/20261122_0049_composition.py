"""How a company pays GST, as dated rows; CMP-08; more that the law may change."""

from pathlib import Path

import sqlalchemy as sa
import sqlmodel
from alembic import op

from erp.core import migrating

revision = "0049"
down_revision = "0046"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
RIGHTS = {"gst_scheme_change": migrating.APPEND_ONLY}
FORMS = "'gstr1', 'gstr3b'"
LIMITS = "'b2cl', 'e_invoice', 'hsn_digits', 'e_way_bill'"
MORE_LIMITS = (
    "'gst_rate', 'rate_ended', 'composition_limit', 'composition_service_limit', 'composition_trader',"
    " 'composition_manufacturer', 'composition_service'"
)
ACCOUNTS = (
    ("2115", "composition_payable", "Composition Tax Payable", "Duties and Taxes", "liability"),
    ("6040", "composition_tax", "Composition Tax", "Indirect Expenses", "expense"),
)
ADD = (
    "insert into account (tenant_id, id, company_id, code, key, name, group_name, type, is_control, is_active)"
    " select tenant_id, gen_random_uuid(), company_id, %s, %s, %s, %s, %s, false, true"
    " from (select distinct tenant_id, company_id from account) kept on conflict do nothing"
)
REMOVE = (
    "delete from account a where key = %s"
    " and not exists (select 1 from journal_line l where (l.tenant_id, l.account_id) = (a.tenant_id, a.id))"
)


def upgrade() -> None:
    _create_scheme_change()
    migrating.protect(RIGHTS)
    _allow("gst_return", "form", f"{FORMS}, 'cmp08'")
    _allow("law_limit", "kind", f"{LIMITS}, {MORE_LIMITS}")
    op.execute((SQL / "0049_composition.sql").read_text(encoding="utf-8"))
    with migrating.every_tenant("account") as connection:
        for account in ACCOUNTS:
            connection.exec_driver_sql(ADD, account)


def downgrade() -> None:
    op.execute("drop trigger invoice_by_composition on invoice")
    op.execute("drop function sec.keep_untaxed()")
    op.execute((SQL / "0044_filed_services.sql").read_text(encoding="utf-8"))
    op.execute("drop function sec.gst_scheme(uuid, uuid, date)")
    op.drop_table("gst_scheme_change")
    _allow("gst_return", "form", FORMS)
    _allow("law_limit", "kind", LIMITS)
    with migrating.every_tenant("account", "journal_line") as connection:
        for account in ACCOUNTS:
            connection.exec_driver_sql(REMOVE, (account[1],))


def _allow(table: str, column: str, values: str) -> None:
    op.drop_constraint(op.f(f"ck_{table}_{column}"), table, type_="check")
    op.create_check_constraint(op.f(f"ck_{table}_{column}"), table, f"{column} in ({values})")


def _create_scheme_change() -> None:
    text = sqlmodel.sql.sqltypes.AutoString()
    op.create_table(
        "gst_scheme_change",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("scheme", text, nullable=False),
        sa.Column("trade", text, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("reason", text, nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "scheme in ('regular', 'composition')", name=op.f("ck_gst_scheme_change_scheme")
        ),
        sa.CheckConstraint(
            "(scheme = 'composition') = (trade <> '')"
            " and trade in ('', 'trader', 'manufacturer', 'service')",
            name=op.f("ck_gst_scheme_change_trade"),
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_gst_scheme_change_reason")),
        sa.CheckConstraint(
            "valid_from >= date '2017-07-01'", name=op.f("ck_gst_scheme_change_valid_from")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id"],
            ["company.tenant_id", "company.id"],
            name=op.f("fk_gst_scheme_change_tenant_id_company_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_gst_scheme_change")),
    )
    op.create_index(
        "ix_gst_scheme_change_day", "gst_scheme_change", ["tenant_id", "company_id", "valid_from"]
    )
