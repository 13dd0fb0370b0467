"""Places are closed and opened again; a place is never part of itself."""

from pathlib import Path

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0101"
down_revision = "0100"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
BRIEFLY_LOCKED = {"location": "a company has some hundred places"}
TEXT = sqlmodel.sql.sqltypes.AutoString()


def upgrade() -> None:
    op.add_column("location", sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("location", sa.Column("closed_reason", TEXT, server_default="", nullable=False))
    op.create_check_constraint(
        op.f("ck_location_closed"), "location", "closed_at is null or warehouse_id is not null"
    )
    op.execute((SQL / "0101_places.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    op.execute("drop trigger location_empty on location")
    op.execute("drop trigger location_tree on location")
    op.execute("drop function sec.check_closed_location()")
    op.execute("drop function sec.check_location_tree()")
    op.execute((SQL / "0085_past_days.sql").read_text(encoding="utf-8"))
    op.drop_column("location", "closed_reason")
    op.drop_column("location", "closed_at")
