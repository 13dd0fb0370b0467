"""Claims' GST is corrected by who approves them; months have a year of the books; reversals stay matched."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0088"
down_revision = "0090"
branch_labels = None
depends_on = None

BRIEFLY_LOCKED = {"expense_claim": "a company has some thousands, and the new column is empty"}
SQL = Path(__file__).parents[1] / "sql"
RULES = {
    "expense_claim_corrected": ("expense_claim", "keep_corrected_claim"),
    "expense_claim_line_corrected": ("expense_claim_line", "keep_corrected_line"),
    "allocation_of_reversal": ("allocation", "keep_reversal_matched"),
}


def upgrade() -> None:
    op.add_column("expense_claim", sa.Column("corrected_by", sa.Uuid(), nullable=True))
    op.create_check_constraint(
        op.f("ck_expense_claim_corrected"),
        "expense_claim",
        "corrected_by is null or corrected_by <> claimant_id",
    )
    op.execute(
        "alter table period add constraint ck_period_years"
        " check (starts_on between '2000-01-01' and '2100-01-01') not valid"
    )
    op.execute((SQL / "0088_claim_corrections.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    op.drop_constraint(op.f("ck_period_years"), "period", type_="check")
    for trigger, (table, function) in RULES.items():
        op.execute(f"drop trigger {trigger} on {table}")
        op.execute(f"drop function sec.{function}()")
    op.drop_constraint(op.f("ck_expense_claim_corrected"), "expense_claim", type_="check")
    op.drop_column("expense_claim", "corrected_by")
