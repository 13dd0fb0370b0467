"""Claiming an idempotency key in one statement."""

from pathlib import Path

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    op.get_bind().exec_driver_sql((SQL / "0003_claiming.sql").read_text())


def downgrade() -> None:
    op.execute("drop function sec.claim_key(bigint, uuid, text, text)")
