"""Expenses, petty cash and fixed assets."""

from pathlib import Path

import sqlalchemy as sa
import sqlmodel
from alembic import op

from erp.core import migrating

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
RIGHTS = {
    "expense_receipt": migrating.APPEND_ONLY,
    "asset_run": migrating.APPEND_ONLY,
    "expense_payee": migrating.APPEND_ONLY,
    "asset_category": migrating.CHANGEABLE,
    "expense_category": migrating.CHANGEABLE,
    "petty_float": migrating.CHANGEABLE,
    "asset": migrating.CHANGEABLE,
    "expense_claim": migrating.CHANGEABLE,
    "asset_depreciation": migrating.APPEND_ONLY,
    "asset_transfer": migrating.APPEND_ONLY,
    "expense_claim_line": migrating.APPEND_ONLY,
    "petty_move": migrating.APPEND_ONLY,
}
STAFF = ["expenses.view", "expenses.claim"]
SEES = ["expenses.view", "expenses.view_all", "expenses.view_petty_cash", "assets.view"]
GRANTED = {
    "manager": [*SEES, "expenses.claim", "expenses.approve", "expenses.petty_cash"],
    "cashier": STAFF,
    "storekeeper": STAFF,
    "technician": STAFF,
    "accountant": [
        *SEES,
        "expenses.claim",
        "expenses.petty_cash",
        "expenses.arrange",
        "assets.manage",
    ],
    "auditor": SEES,
}
LIMITS = {"expense_amount": {"owner": "100000000", "manager": "25000"}}
ACCOUNTS = (
    ("1015", "petty_floats", "Petty Cash Floats", "Cash in Hand", "asset"),
    ("1500", "furniture", "Furniture and Fixtures", "Fixed Assets", "asset"),
    ("1510", "computers", "Computers", "Fixed Assets", "asset"),
    ("1520", "equipment", "Plant and Equipment", "Fixed Assets", "asset"),
    ("1530", "vehicles", "Vehicles", "Fixed Assets", "asset"),
    (
        "1590",
        "accumulated_depreciation",
        "Accumulated Depreciation",
        "Accumulated Depreciation",
        "asset",
    ),
    ("1600", "branch_transfers", "Branch Transfers", "Branch/Divisions", "asset"),
    ("4220", "gain_on_assets", "Gain on Sale of Assets", "Indirect Incomes", "income"),
    ("6003", "travel", "Travel and Conveyance", "Indirect Expenses", "expense"),
    ("6004", "postage", "Postage and Courier", "Indirect Expenses", "expense"),
    ("6005", "stationery", "Printing and Stationery", "Indirect Expenses", "expense"),
    ("6006", "repairs", "Repairs and Maintenance", "Indirect Expenses", "expense"),
    ("6007", "telephone", "Telephone and Internet", "Indirect Expenses", "expense"),
    ("6008", "staff_welfare", "Staff Welfare", "Indirect Expenses", "expense"),
    ("6009", "office_expenses", "Office Expenses", "Indirect Expenses", "expense"),
    ("6050", "depreciation", "Depreciation", "Indirect Expenses", "expense"),
    ("6051", "loss_on_assets", "Loss on Sale of Assets", "Indirect Expenses", "expense"),
)
ADDED = """
    insert into account (tenant_id, id, company_id, code, key, name, group_name, type, is_control, is_active)
    select tenant_id, gen_random_uuid(), company_id, :code, :key, :name, :group, :type, false, true
      from (select distinct tenant_id, company_id from account) company
    on conflict do nothing
"""
REMOVED = """
    delete from account a where key = :key
       and not exists (select 1 from journal_line l where (l.tenant_id, l.account_id) = (a.tenant_id, a.id))
"""
COLUMNS = ("code", "key", "name", "group", "type")


def upgrade() -> None:
    _create_expense_receipt()
    _create_asset_run()
    _create_expense_payee()
    _create_asset_category()
    _create_expense_category()
    _create_petty_float()
    _create_asset()
    _create_expense_claim()
    _create_asset_depreciation()
    _create_asset_transfer()
    _create_expense_claim_line()
    _create_petty_move()
    migrating.protect(RIGHTS)
    op.execute((SQL / "0042_petty_cash.sql").read_text(encoding="utf-8"))
    migrating.grant_to_roles(GRANTED, LIMITS)
    with migrating.every_tenant("account") as connection:
        for line in ACCOUNTS:
            connection.execute(sa.text(ADDED), dict(zip(COLUMNS, line, strict=True)))


def downgrade() -> None:
    for table in reversed(RIGHTS):
        op.drop_table(table)
    for function in ("apply_petty_move", "keep_petty_balance", "keep_claim"):
        op.execute(f"drop function if exists sec.{function}()")
    migrating.withdraw_from_roles(GRANTED, list(LIMITS))
    with migrating.every_tenant("account", "journal_line") as connection:
        for line in ACCOUNTS:
            connection.execute(sa.text(REMOVED), {"key": line[1]})


def _create_expense_receipt() -> None:
    op.create_table(
        "expense_receipt",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("media_type", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("file_name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "media_type in ('image/jpeg', 'application/pdf')",
            name=op.f("ck_expense_receipt_media_type"),
        ),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_expense_receipt_sha256")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_expense_receipt")),
    )
    op.create_index(
        "ix_expense_receipt_sha256", "expense_receipt", ["tenant_id", "sha256"], unique=False
    )


def _create_asset_run() -> None:
    op.create_table(
        "asset_run",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("assets", sa.Integer(), nullable=False),
        sa.Column("total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("extract(day from month) = 1", name=op.f("ck_asset_run_month")),
        sa.CheckConstraint("total >= 0 and assets >= 0", name=op.f("ck_asset_run_total")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id"],
            ["company.tenant_id", "company.id"],
            name=op.f("fk_asset_run_tenant_id_company_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_asset_run")),
        sa.UniqueConstraint(
            "tenant_id", "company_id", "month", name=op.f("uq_asset_run_tenant_id_company_id_month")
        ),
    )


def _create_expense_payee() -> None:
    op.create_table(
        "expense_payee",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "party_id"],
            ["party.tenant_id", "party.id"],
            name=op.f("fk_expense_payee_tenant_id_party_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_expense_payee")),
        sa.UniqueConstraint(
            "tenant_id", "user_id", name=op.f("uq_expense_payee_tenant_id_user_id")
        ),
    )


def _create_asset_category() -> None:
    op.create_table(
        "asset_category",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("method", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("life_months", sa.Integer(), nullable=True),
        sa.Column("rate", sa.Numeric(precision=7, scale=4), nullable=True),
        sa.Column("residual_percent", sa.Numeric(precision=7, scale=4), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column(
            "changed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(method = 'straight_line') = (life_months is not null) and (method = 'written_down') = (rate is not null)",
            name=op.f("ck_asset_category_method_facts"),
        ),
        sa.CheckConstraint(
            "method in ('straight_line', 'written_down')", name=op.f("ck_asset_category_method")
        ),
        sa.CheckConstraint(
            "coalesce(life_months, 1) > 0 and coalesce(rate, 1) > 0 and coalesce(rate, 1) < 100",
            name=op.f("ck_asset_category_facts"),
        ),
        sa.CheckConstraint(
            "residual_percent >= 0 and residual_percent < 100",
            name=op.f("ck_asset_category_residual"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["account.tenant_id", "account.id"],
            name=op.f("fk_asset_category_tenant_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id"],
            ["company.tenant_id", "company.id"],
            name=op.f("fk_asset_category_tenant_id_company_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_asset_category")),
        sa.UniqueConstraint(
            "tenant_id",
            "company_id",
            "name",
            name=op.f("uq_asset_category_tenant_id_company_id_name"),
        ),
    )


def _create_expense_category() -> None:
    op.create_table(
        "expense_category",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("credit_rule", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column(
            "changed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "credit_rule in ('allowed', 'blocked', 'none')",
            name=op.f("ck_expense_category_credit_rule"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["account.tenant_id", "account.id"],
            name=op.f("fk_expense_category_tenant_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id"],
            ["company.tenant_id", "company.id"],
            name=op.f("fk_expense_category_tenant_id_company_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_expense_category")),
        sa.UniqueConstraint(
            "tenant_id",
            "company_id",
            "name",
            name=op.f("uq_expense_category_tenant_id_company_id_name"),
        ),
    )


def _create_petty_float() -> None:
    op.create_table(
        "petty_float",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("custodian_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("balance", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column(
            "opened_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_petty_float_amount")),
        sa.CheckConstraint("balance >= 0", name=op.f("ck_petty_float_balance")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "branch_id"],
            ["branch.tenant_id", "branch.id"],
            name=op.f("fk_petty_float_tenant_id_branch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id"],
            ["company.tenant_id", "company.id"],
            name=op.f("fk_petty_float_tenant_id_company_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_petty_float")),
        sa.UniqueConstraint(
            "tenant_id", "branch_id", name=op.f("uq_petty_float_tenant_id_branch_id")
        ),
    )


def _create_asset() -> None:
    op.create_table(
        "asset",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("category_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("method", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("life_months", sa.Integer(), nullable=True),
        sa.Column("rate", sa.Numeric(precision=7, scale=4), nullable=True),
        sa.Column("cost", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("residual", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("igst", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("cgst", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("sgst", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("opening_depreciation", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("bought_from", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("bought_on", sa.Date(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("used_from", sa.Date(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=True),
        sa.Column("bill_number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("serial", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("place", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("custodian", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("disposed_on", sa.Date(), nullable=True),
        sa.Column("proceeds", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("buyer_id", sa.Uuid(), nullable=True),
        sa.Column("disposal_reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("registered_by", sa.Uuid(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(method = 'straight_line') = (life_months is not null) and (method = 'written_down') = (rate is not null)",
            name=op.f("ck_asset_method_facts"),
        ),
        sa.CheckConstraint(
            "(status = 'in_use') = (disposed_on is null) and (disposed_on is null) = (proceeds is null) and coalesce(disposed_on, booked_on) >= booked_on",
            name=op.f("ck_asset_disposed"),
        ),
        sa.CheckConstraint(
            "bought_from <> 'supplier' or (supplier_id is not null and bill_number <> '')",
            name=op.f("ck_asset_supplier"),
        ),
        sa.CheckConstraint(
            "bought_from in ('supplier', 'bank', 'opening')", name=op.f("ck_asset_bought_from")
        ),
        sa.CheckConstraint(
            "method in ('straight_line', 'written_down')", name=op.f("ck_asset_method")
        ),
        sa.CheckConstraint(
            "opening_depreciation between 0 and cost - residual and (opening_depreciation = 0 or bought_from = 'opening')",
            name=op.f("ck_asset_opening"),
        ),
        sa.CheckConstraint("status <> 'scrapped' or proceeds = 0", name=op.f("ck_asset_scrapped")),
        sa.CheckConstraint(
            "status in ('in_use', 'sold', 'scrapped')", name=op.f("ck_asset_status")
        ),
        sa.CheckConstraint(
            "bought_on <= booked_on and bought_on <= used_from", name=op.f("ck_asset_days")
        ),
        sa.CheckConstraint(
            "coalesce(life_months, 1) > 0 and coalesce(rate, 1) > 0 and coalesce(rate, 1) < 100",
            name=op.f("ck_asset_facts"),
        ),
        sa.CheckConstraint("coalesce(proceeds, 0) >= 0", name=op.f("ck_asset_proceeds")),
        sa.CheckConstraint(
            "cost > 0 and residual >= 0 and residual < cost", name=op.f("ck_asset_cost")
        ),
        sa.CheckConstraint("least(igst, cgst, sgst) >= 0", name=op.f("ck_asset_credit")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["account.tenant_id", "account.id"],
            name=op.f("fk_asset_tenant_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "branch_id"],
            ["branch.tenant_id", "branch.id"],
            name=op.f("fk_asset_tenant_id_branch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "buyer_id"],
            ["party.tenant_id", "party.id"],
            name=op.f("fk_asset_tenant_id_buyer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "category_id"],
            ["asset_category.tenant_id", "asset_category.id"],
            name=op.f("fk_asset_tenant_id_category_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id"],
            ["company.tenant_id", "company.id"],
            name=op.f("fk_asset_tenant_id_company_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "supplier_id"],
            ["party.tenant_id", "party.id"],
            name=op.f("fk_asset_tenant_id_supplier_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_asset")),
        sa.UniqueConstraint(
            "tenant_id", "company_id", "number", name=op.f("uq_asset_tenant_id_company_id_number")
        ),
    )
    op.create_index(
        "ix_asset_bill", "asset", ["tenant_id", "supplier_id", "bill_number"], unique=False
    )
    op.create_index("ix_asset_list", "asset", ["tenant_id", "company_id", "id"], unique=False)


def _create_expense_claim() -> None:
    op.create_table(
        "expense_claim",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("claimant_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("igst", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("cgst", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("sgst", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=True),
        sa.Column("float_id", sa.Uuid(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=True),
        sa.Column("reversed_on", sa.Date(), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("end_reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'voucher') = (float_id is not null)", name=op.f("ck_expense_claim_float")
        ),
        sa.CheckConstraint(
            "(status = 'reversed') = (reversed_on is not null) and (reversed_on is null or end_reason <> '')",
            name=op.f("ck_expense_claim_reversed"),
        ),
        sa.CheckConstraint(
            "(status in ('approved', 'reversed')) = (booked_on is not null)",
            name=op.f("ck_expense_claim_booked"),
        ),
        sa.CheckConstraint(
            "kind = 'voucher' or booked_on is null or party_id is not null",
            name=op.f("ck_expense_claim_owed"),
        ),
        sa.CheckConstraint(
            "kind = 'voucher' or status not in ('approved', 'returned', 'reversed') or decided_by is not null",
            name=op.f("ck_expense_claim_decision"),
        ),
        sa.CheckConstraint("kind in ('claim', 'voucher')", name=op.f("ck_expense_claim_kind")),
        sa.CheckConstraint(
            "status <> 'returned' or decision_note <> ''", name=op.f("ck_expense_claim_returned")
        ),
        sa.CheckConstraint(
            "status in ('submitted', 'returned', 'approved', 'withdrawn', 'reversed')",
            name=op.f("ck_expense_claim_status"),
        ),
        sa.CheckConstraint(
            "decided_by is null or decided_by <> claimant_id", name=op.f("ck_expense_claim_decided")
        ),
        sa.CheckConstraint("least(igst, cgst, sgst) >= 0", name=op.f("ck_expense_claim_credit")),
        sa.CheckConstraint("total > 0 and revision > 0", name=op.f("ck_expense_claim_total")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "branch_id"],
            ["branch.tenant_id", "branch.id"],
            name=op.f("fk_expense_claim_tenant_id_branch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id"],
            ["company.tenant_id", "company.id"],
            name=op.f("fk_expense_claim_tenant_id_company_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "float_id"],
            ["petty_float.tenant_id", "petty_float.id"],
            name=op.f("fk_expense_claim_tenant_id_float_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "party_id"],
            ["party.tenant_id", "party.id"],
            name=op.f("fk_expense_claim_tenant_id_party_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_expense_claim")),
        sa.UniqueConstraint(
            "tenant_id",
            "company_id",
            "number",
            name=op.f("uq_expense_claim_tenant_id_company_id_number"),
        ),
    )
    op.create_index(
        "ix_expense_claim_claimant",
        "expense_claim",
        ["tenant_id", "claimant_id", "id"],
        unique=False,
    )
    op.create_index(
        "ix_expense_claim_list", "expense_claim", ["tenant_id", "company_id", "id"], unique=False
    )


def _create_asset_depreciation() -> None:
    op.create_table(
        "asset_depreciation",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.CheckConstraint(
            "extract(day from month) = 1 and date_trunc('month', until) = month",
            name=op.f("ck_asset_depreciation_month"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_asset_depreciation_amount")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "asset_id"],
            ["asset.tenant_id", "asset.id"],
            name=op.f("fk_asset_depreciation_tenant_id_asset_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "run_id"],
            ["asset_run.tenant_id", "asset_run.id"],
            name=op.f("fk_asset_depreciation_tenant_id_run_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_asset_depreciation")),
        sa.UniqueConstraint(
            "tenant_id",
            "asset_id",
            "month",
            name=op.f("uq_asset_depreciation_tenant_id_asset_id_month"),
        ),
    )
    op.create_index(
        "ix_asset_depreciation_run", "asset_depreciation", ["tenant_id", "run_id"], unique=False
    )


def _create_asset_transfer() -> None:
    op.create_table(
        "asset_transfer",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        sa.Column("from_branch_id", sa.Uuid(), nullable=False),
        sa.Column("to_branch_id", sa.Uuid(), nullable=False),
        sa.Column("moved_on", sa.Date(), nullable=False),
        sa.Column("place", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("custodian", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("cost", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("depreciation", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "asset_id"],
            ["asset.tenant_id", "asset.id"],
            name=op.f("fk_asset_transfer_tenant_id_asset_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "from_branch_id"],
            ["branch.tenant_id", "branch.id"],
            name=op.f("fk_asset_transfer_tenant_id_from_branch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "to_branch_id"],
            ["branch.tenant_id", "branch.id"],
            name=op.f("fk_asset_transfer_tenant_id_to_branch_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_asset_transfer")),
    )
    op.create_index(
        "ix_asset_transfer_asset", "asset_transfer", ["tenant_id", "asset_id", "id"], unique=False
    )


def _create_expense_claim_line() -> None:
    op.create_table(
        "expense_claim_line",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Uuid(), nullable=False),
        sa.Column("spent_on", sa.Date(), nullable=False),
        sa.Column("supplier", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("supplier_gstin", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("bill_number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("gst_rate", sa.Numeric(precision=7, scale=4), nullable=False),
        sa.Column("taxable", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("igst", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("cgst", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("sgst", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("is_credit_taken", sa.Boolean(), nullable=False),
        sa.Column("cost_centre", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("receipt_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "not is_credit_taken or (supplier_gstin <> '' and bill_number <> '')",
            name=op.f("ck_expense_claim_line_credit"),
        ),
        sa.CheckConstraint(
            "amount = taxable + igst + cgst + sgst", name=op.f("ck_expense_claim_line_tax")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_expense_claim_line_amount")),
        sa.CheckConstraint(
            "cgst = sgst and (igst = 0 or cgst = 0)", name=op.f("ck_expense_claim_line_halves")
        ),
        sa.CheckConstraint(
            "least(taxable, igst, cgst, sgst) >= 0", name=op.f("ck_expense_claim_line_heads")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "category_id"],
            ["expense_category.tenant_id", "expense_category.id"],
            name=op.f("fk_expense_claim_line_tenant_id_category_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "claim_id"],
            ["expense_claim.tenant_id", "expense_claim.id"],
            name=op.f("fk_expense_claim_line_tenant_id_claim_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "cost_centre"],
            ["cost_centre.tenant_id", "cost_centre.code"],
            name=op.f("fk_expense_claim_line_tenant_id_cost_centre"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "receipt_id"],
            ["expense_receipt.tenant_id", "expense_receipt.id"],
            name=op.f("fk_expense_claim_line_tenant_id_receipt_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_expense_claim_line")),
        sa.UniqueConstraint(
            "tenant_id",
            "claim_id",
            "revision",
            "line_no",
            name=op.f("uq_expense_claim_line_tenant_id_claim_id_revision_line_no"),
        ),
    )
    op.create_index(
        "ix_expense_claim_line_bill",
        "expense_claim_line",
        ["tenant_id", "amount", "bill_number"],
        unique=False,
    )
    op.create_index(
        "ix_expense_claim_line_receipt",
        "expense_claim_line",
        ["tenant_id", "receipt_id"],
        unique=False,
    )


def _create_petty_move() -> None:
    op.create_table(
        "petty_move",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("float_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("counted", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("moved_on", sa.Date(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=True),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(kind = 'counted') = (counted is not null)", name=op.f("ck_petty_move_counted")
        ),
        sa.CheckConstraint(
            "(kind in ('spent', 'given_back')) = (claim_id is not null)",
            name=op.f("ck_petty_move_claim"),
        ),
        sa.CheckConstraint(
            "case kind when 'spent' then amount < 0 when 'counted' then true else amount > 0 end",
            name=op.f("ck_petty_move_amount"),
        ),
        sa.CheckConstraint(
            "kind in ('top_up', 'spent', 'given_back', 'counted')", name=op.f("ck_petty_move_kind")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "claim_id"],
            ["expense_claim.tenant_id", "expense_claim.id"],
            name=op.f("fk_petty_move_tenant_id_claim_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "float_id"],
            ["petty_float.tenant_id", "petty_float.id"],
            name=op.f("fk_petty_move_tenant_id_float_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_petty_move")),
        sa.UniqueConstraint(
            "tenant_id", "claim_id", "kind", name=op.f("uq_petty_move_tenant_id_claim_id_kind")
        ),
    )
    op.create_index(
        "ix_petty_move_book",
        "petty_move",
        ["tenant_id", "float_id", "moved_on", "id"],
        unique=False,
    )
