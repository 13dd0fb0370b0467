"""Who approves a claim corrects the GST on its whole bills."""

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
}


def upgrade() -> None:
    op.add_column("expense_claim", sa.Column("corrected_by", sa.Uuid(), nullable=True))
    op.create_check_constraint(
        op.f("ck_expense_claim_corrected"),
        "expense_claim",
        "corrected_by is null or corrected_by <> claimant_id",
    )
    op.execute((SQL / "0088_claim_corrections.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    for trigger, (table, function) in RULES.items():
        op.execute(f"drop trigger {trigger} on {table}")
        op.execute(f"drop function sec.{function}()")
    op.drop_constraint(op.f("ck_expense_claim_corrected"), "expense_claim", type_="check")
    op.drop_column("expense_claim", "corrected_by")
