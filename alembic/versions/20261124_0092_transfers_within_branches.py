"""Goods travel between two warehouses of one branch, too."""

from pathlib import Path

from alembic import op

revision = "0092"
down_revision = "0103"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
BRANCHES = "ck_stock_transfer_branches_differ"


def upgrade() -> None:
    op.drop_constraint(op.f(BRANCHES), "stock_transfer", type_="check")
    op.execute((SQL / "0092_transfer_ends.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    """Forbid new transfers within a branch; those that were made stay as they are."""
    op.execute("drop trigger stock_transfer_ends on stock_transfer")
    op.execute("drop function sec.check_transfer_ends()")
    op.create_check_constraint(
        op.f(BRANCHES),
        "stock_transfer",
        "from_branch_id <> to_branch_id",
        postgresql_not_valid=True,
    )
