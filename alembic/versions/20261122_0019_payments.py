"""Open items of customers and suppliers, what settles them, and payments."""

from pathlib import Path

import sqlalchemy as sa
import sqlmodel
from alembic import op

from erp.core import migrating

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
RIGHTS = {
    "open_item": "select",
    "allocation": migrating.APPEND_ONLY,
    "payment": migrating.APPEND_ONLY,
    "payment_step": migrating.APPEND_ONLY,
}
GRANTED = {
    "manager": ["payments.view", "payments.receive"],
    "accountant": ["payments.view", "payments.receive", "payments.pay"],
    "auditor": ["payments.view"],
}
LIMITS = {
    "write_off": {"owner": "10000000", "manager": "100", "accountant": "100"},
    "discount_percent": {"accountant": "5"},
}
READ = ("journal_line", "journal_entry", "account", "party", "supplier_bill", "open_item")


def upgrade() -> None:
    op.add_column("journal_line", sa.Column("due_on", sa.Date(), nullable=True))
    _create_open_items()
    _create_payments()
    migrating.protect(RIGHTS)
    with migrating.every_tenant(*READ) as connection:
        connection.exec_driver_sql((SQL / "0019_open_items.sql").read_text(encoding="utf-8"))
    migrating.grant_to_roles(GRANTED, LIMITS)


def downgrade() -> None:
    op.execute("drop trigger journal_line_opens on journal_line")
    for table in ("payment_step", "payment", "allocation", "open_item"):
        op.drop_table(table)
    op.execute("drop function sec.open_items()")
    op.execute("drop function sec.apply_allocation()")
    op.drop_column("journal_line", "due_on")
    migrating.withdraw_from_roles(GRANTED, ["write_off"])


def _create_open_items() -> None:
    op.create_table(
        "open_item",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("line_no", sa.SmallInteger(), nullable=False),
        sa.Column("side", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("settled", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.CheckConstraint("side in ('debit', 'credit')", name=op.f("ck_open_item_side")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_open_item_amount")),
        sa.CheckConstraint("settled between 0 and amount", name=op.f("ck_open_item_settled")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["account.tenant_id", "account.id"],
            name=op.f("fk_open_item_tenant_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id"],
            ["company.tenant_id", "company.id"],
            name=op.f("fk_open_item_tenant_id_company_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "entry_id"],
            ["journal_entry.tenant_id", "journal_entry.id"],
            name=op.f("fk_open_item_tenant_id_entry_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "party_id"],
            ["party.tenant_id", "party.id"],
            name=op.f("fk_open_item_tenant_id_party_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_open_item")),
        sa.UniqueConstraint(
            "tenant_id", "entry_id", "line_no", name=op.f("uq_open_item_tenant_id_entry_id_line_no")
        ),
    )
    op.create_index(
        "ix_open_item_open",
        "open_item",
        ["tenant_id", "account_id", "party_id", "due_on"],
        unique=False,
        postgresql_where=sa.text("settled < amount"),
    )
    op.create_index(
        "ix_open_item_party",
        "open_item",
        ["tenant_id", "party_id", "account_id", "effective_on"],
        unique=False,
    )
    op.create_table(
        "allocation",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("debit_item_id", sa.Uuid(), nullable=False),
        sa.Column("credit_item_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("undoes_id", sa.Uuid(), nullable=True),
        sa.Column("allocated_on", sa.Date(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "allocated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(amount < 0) = (undoes_id is not null)", name=op.f("ck_allocation_undoes")
        ),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_allocation_amount")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "credit_item_id"],
            ["open_item.tenant_id", "open_item.id"],
            name=op.f("fk_allocation_tenant_id_credit_item_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "debit_item_id"],
            ["open_item.tenant_id", "open_item.id"],
            name=op.f("fk_allocation_tenant_id_debit_item_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "undoes_id"],
            ["allocation.tenant_id", "allocation.id"],
            name=op.f("fk_allocation_tenant_id_undoes_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_allocation")),
        sa.UniqueConstraint(
            "tenant_id", "undoes_id", name=op.f("uq_allocation_tenant_id_undoes_id")
        ),
    )
    op.create_index(
        "ix_allocation_credit", "allocation", ["tenant_id", "credit_item_id"], unique=False
    )
    op.create_index(
        "ix_allocation_debit", "allocation", ["tenant_id", "debit_item_id"], unique=False
    )


def _create_payments() -> None:
    op.create_table(
        "payment",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("direction", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("ledger", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("method", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("discount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("written_off", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("reference", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("cheque_on", sa.Date(), nullable=True),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(method = 'cheque') = (cheque_on is not null)", name=op.f("ck_payment_cheque")
        ),
        sa.CheckConstraint("direction in ('in', 'out')", name=op.f("ck_payment_direction")),
        sa.CheckConstraint("ledger in ('customer', 'supplier')", name=op.f("ck_payment_ledger")),
        sa.CheckConstraint(
            "method in ('cash', 'bank', 'upi', 'card', 'cheque')", name=op.f("ck_payment_method")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payment_amount")),
        sa.CheckConstraint("least(discount, written_off) >= 0", name=op.f("ck_payment_deductions")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "branch_id"],
            ["branch.tenant_id", "branch.id"],
            name=op.f("fk_payment_tenant_id_branch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id"],
            ["company.tenant_id", "company.id"],
            name=op.f("fk_payment_tenant_id_company_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "party_id"],
            ["party.tenant_id", "party.id"],
            name=op.f("fk_payment_tenant_id_party_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_payment")),
        sa.UniqueConstraint(
            "tenant_id", "company_id", "number", name=op.f("uq_payment_tenant_id_company_id_number")
        ),
    )
    op.create_index("ix_payment_list", "payment", ["tenant_id", "company_id", "id"], unique=False)
    op.create_index("ix_payment_party", "payment", ["tenant_id", "party_id", "id"], unique=False)
    op.create_table(
        "payment_step",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "done_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint("kind in ('banked', 'reversed')", name=op.f("ck_payment_step_kind")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "payment_id"],
            ["payment.tenant_id", "payment.id"],
            name=op.f("fk_payment_step_tenant_id_payment_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_payment_step")),
        sa.UniqueConstraint(
            "tenant_id",
            "payment_id",
            "kind",
            name=op.f("uq_payment_step_tenant_id_payment_id_kind"),
        ),
    )
