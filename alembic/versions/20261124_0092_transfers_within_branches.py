"""Goods travel between two warehouses of one branch, too."""

from alembic import op

revision = "0092"
down_revision = "0103"
branch_labels = None
depends_on = None

TABLE = "stock_transfer"
BRANCHES = "ck_stock_transfer_branches_differ"
PLACES = "ck_stock_transfer_places_differ"


def upgrade() -> None:
    """Let both ends be of one branch; transfers that stand fit, and are not read under the lock."""
    op.drop_constraint(op.f(BRANCHES), TABLE, type_="check")
    op.create_check_constraint(
        op.f(PLACES), TABLE, "from_location_id <> to_location_id", postgresql_not_valid=True
    )


def downgrade() -> None:
    """Forbid new transfers within a branch; those that were made stay as they are."""
    op.drop_constraint(op.f(PLACES), TABLE, type_="check")
    op.create_check_constraint(
        op.f(BRANCHES), TABLE, "from_branch_id <> to_branch_id", postgresql_not_valid=True
    )
