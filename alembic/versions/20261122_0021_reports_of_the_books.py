"""Balances by branch and cost centre, cost centres, and what reports of the books look up."""

from pathlib import Path

import sqlalchemy as sa
import sqlmodel
from alembic import op

from erp.core import migrating

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
NAME = "function sec.apply_journal_lines()"
READ = ("journal_line", "journal_entry", "account_balance", "cost_centre")


def upgrade() -> None:
    op.create_table(
        "cost_centre",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_cost_centre")),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("uq_cost_centre_tenant_id_code")),
    )
    migrating.protect({"cost_centre": migrating.CHANGEABLE})
    op.add_column("account_balance", sa.Column("branch_id", sa.Uuid(), nullable=True))
    op.add_column(
        "account_balance",
        sa.Column("cost_centre", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    )
    op.drop_constraint(op.f("pk_account_balance"), "account_balance", type_="primary")
    with migrating.every_tenant(*READ) as connection:
        connection.exec_driver_sql((SQL / "0021_balances.sql").read_text(encoding="utf-8"))
    for column in ("branch_id", "cost_centre"):
        op.alter_column("account_balance", column, nullable=False)
    op.create_primary_key(
        op.f("pk_account_balance"),
        "account_balance",
        ["tenant_id", "account_id", "period_id", "branch_id", "cost_centre", "stripe"],
    )
    op.create_foreign_key(
        op.f("fk_account_balance_tenant_id_branch_id"),
        "account_balance",
        "branch",
        ["tenant_id", "branch_id"],
        ["tenant_id", "id"],
    )
    op.create_foreign_key(
        op.f("fk_journal_line_tenant_id_cost_centre"),
        "journal_line",
        "cost_centre",
        ["tenant_id", "cost_centre"],
        ["tenant_id", "code"],
    )
    op.create_index(
        "ix_journal_entry_off_day",
        "journal_entry",
        ["tenant_id", "company_id", "recorded_at"],
        postgresql_where=sa.text("abs((recorded_at at time zone 'UTC')::date - effective_on) > 1"),
    )
    op.create_index(
        "ix_journal_entry_closing",
        "journal_entry",
        ["tenant_id", "company_id", "effective_on"],
        postgresql_where=sa.text("journal = 'closing'"),
    )


def downgrade() -> None:
    op.drop_index("ix_journal_entry_closing", "journal_entry")
    op.drop_index("ix_journal_entry_off_day", "journal_entry")
    op.drop_constraint("fk_journal_line_tenant_id_cost_centre", "journal_line")
    op.drop_table("cost_centre")
    op.drop_constraint(op.f("pk_account_balance"), "account_balance", type_="primary")
    with migrating.every_tenant("account_balance"):
        op.execute(
            "with kept as (delete from account_balance returning *) insert into account_balance"
            " (tenant_id, account_id, period_id, branch_id, cost_centre, stripe, debit, credit)"
            " select tenant_id, account_id, period_id, (array_agg(branch_id))[1], '', 0, sum(debit), sum(credit) from kept group by 1, 2, 3"
        )
    for column in ("branch_id", "cost_centre"):
        op.drop_column("account_balance", column)
    op.create_primary_key(
        op.f("pk_account_balance"),
        "account_balance",
        ["tenant_id", "account_id", "period_id", "stripe"],
    )
    _, _, before = (SQL / "0001_ledger.sql").read_text(encoding="utf-8").partition(NAME)
    op.execute(f"create or replace {NAME}{before.partition('end $$;')[0]}end $$;")
