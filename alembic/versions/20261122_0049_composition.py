"""How a company pays GST, as dated rows, and CMP-08; assets sold with an invoice, and run by the clock."""

from pathlib import Path

import sqlalchemy as sa
import sqlmodel
from alembic import op

from erp.core import migrating

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
RIGHTS = {
    "gst_scheme_change": migrating.APPEND_ONLY,
    "asset_sale": migrating.APPEND_ONLY,
    "asset_clock": migrating.CHANGEABLE,
    "asset_tax_opening": migrating.APPEND_ONLY,
}
CHANGES = "'blocked', 'common', 'unpaid', 'reclaimed'"
RUN_ONCE = "uq_asset_depreciation_tenant_id_asset_id_month"
UNTIL_ONCE = "uq_asset_depreciation_tenant_id_asset_id_until"
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
    _create_asset_sale()
    _create_asset_clock()
    _create_tax_opening()
    migrating.protect(RIGHTS)
    op.alter_column("invoice_line", "variant_id", nullable=True)
    op.drop_constraint(op.f(RUN_ONCE), "asset_depreciation", type_="unique")
    op.create_unique_constraint(
        op.f(UNTIL_ONCE), "asset_depreciation", ["tenant_id", "asset_id", "until"]
    )
    op.create_index(
        "uq_asset_depreciation_run",
        "asset_depreciation",
        ["tenant_id", "asset_id", "month"],
        unique=True,
        postgresql_where=sa.text("run_id is not null"),
    )
    _allow("gst_credit_change", "kind", f"{CHANGES}, 'asset_sold', 'asset_kept'")
    op.execute((SQL / "0049_assets.sql").read_text(encoding="utf-8"))
    _allow("gst_return", "form", f"{FORMS}, 'cmp08'")
    _allow("law_limit", "kind", f"{LIMITS}, {MORE_LIMITS}")
    op.execute((SQL / "0049_composition.sql").read_text(encoding="utf-8"))
    with migrating.every_tenant("account") as connection:
        for account in ACCOUNTS:
            connection.exec_driver_sql(ADD, account)


def downgrade() -> None:
    op.execute(_cancelling_before())
    op.execute("drop trigger asset_kept on asset")
    op.execute("drop function sec.keep_asset()")
    op.drop_table("asset_tax_opening")
    op.drop_table("asset_clock")
    op.drop_table("asset_sale")
    _allow("gst_credit_change", "kind", CHANGES)
    op.drop_index("uq_asset_depreciation_run", table_name="asset_depreciation")
    op.drop_constraint(op.f(UNTIL_ONCE), "asset_depreciation", type_="unique")
    op.create_unique_constraint(
        op.f(RUN_ONCE), "asset_depreciation", ["tenant_id", "asset_id", "month"]
    )
    op.alter_column("invoice_line", "variant_id", nullable=False)
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


def _cancelling_before() -> str:
    """Return the check of cancelled invoices as it was before."""
    whole = (SQL / "0043_cancelling.sql").read_text(encoding="utf-8")
    begin = whole.index("create function sec.check_invoice_cancellation")
    end = whole.index("create trigger invoice_cancellation_allowed")
    return whole[begin:end].replace("create function", "create or replace function")


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


def _belongs(table: str, columns: dict[str, str]) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(
            ["tenant_id", column],
            [f"{target}.tenant_id", f"{target}.id"],
            name=op.f(f"fk_{table}_tenant_id_{column}"),
        )
        for column, target in columns.items()
    ]


def _create_asset_sale() -> None:
    text = sqlmodel.sql.sqltypes.AutoString()
    money = ("price", "tax", "credit_left", "excess", "gain")
    op.create_table(
        "asset_sale",
        *(
            sa.Column(name, sa.Uuid(), nullable=False)
            for name in (
                "tenant_id",
                "id",
                "company_id",
                "branch_id",
                "asset_id",
                "buyer_id",
                "user_id",
            )
        ),
        sa.Column("change_id", sa.Uuid(), nullable=True),
        sa.Column("sold_on", sa.Date(), nullable=False),
        sa.Column("hsn", text, nullable=False),
        sa.Column("rate", sa.Numeric(7, 4), nullable=False),
        sa.Column("quarters", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Numeric(18, 2), nullable=False) for name in money),
        sa.Column("reason", text, nullable=False),
        sa.Column("sold_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "price > 0 and least(tax, credit_left, excess) >= 0", name=op.f("ck_asset_sale_amounts")
        ),
        sa.CheckConstraint(
            "excess = greatest(credit_left - tax, 0)", name=op.f("ck_asset_sale_higher")
        ),
        sa.CheckConstraint(
            "(excess > 0) = (change_id is not null)", name=op.f("ck_asset_sale_reversed")
        ),
        *_belongs(
            "asset_sale",
            {
                "id": "invoice",
                "company_id": "company",
                "branch_id": "branch",
                "asset_id": "asset",
                "buyer_id": "party",
                "change_id": "gst_credit_change",
            },
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_asset_sale")),
    )
    op.create_index("ix_asset_sale_asset", "asset_sale", ["tenant_id", "asset_id", "id"])


def _create_asset_clock() -> None:
    op.create_table(
        "asset_clock",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        *_belongs("asset_clock", {"company_id": "company"}),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_asset_clock")),
        sa.UniqueConstraint(
            "tenant_id", "company_id", name=op.f("uq_asset_clock_tenant_id_company_id")
        ),
    )


def _create_tax_opening() -> None:
    op.create_table(
        "asset_tax_opening",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("block", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("year", sa.Date(), nullable=False),
        sa.Column("worth", sa.Numeric(18, 2), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("worth >= 0", name=op.f("ck_asset_tax_opening_worth")),
        sa.CheckConstraint(
            "extract(day from year) = 1 and extract(month from year) = 4",
            name=op.f("ck_asset_tax_opening_year"),
        ),
        *_belongs("asset_tax_opening", {"company_id": "company"}),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_asset_tax_opening")),
    )
    op.create_index(
        "ix_asset_tax_opening_block",
        "asset_tax_opening",
        ["tenant_id", "company_id", "block", "year"],
    )
