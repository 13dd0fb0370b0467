"""The catalogue to depth: names that sound alike are found."""

from pathlib import Path

from alembic import op

revision = "0010"
down_revision = "0007"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    op.get_bind().exec_driver_sql((SQL / "0010_sounds.sql").read_text())


def downgrade() -> None:
    connection = op.get_bind()
    connection.exec_driver_sql((SQL / "0010_sounds_down.sql").read_text())
