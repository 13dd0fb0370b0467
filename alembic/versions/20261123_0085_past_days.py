"""What is entered late takes no more of a lot than there was on each day since."""

from pathlib import Path

from alembic import op

revision = "0085"
down_revision = "0087"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    op.execute((SQL / "0085_past_days.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    op.execute((SQL / "0012_quarantine.sql").read_text(encoding="utf-8"))
