"""Notes are amended with their invoice; tax that the portal pays back is recorded."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0059"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
TABLE = "gst_amendment"
CHANGES = "'blocked', 'common', 'unpaid', 'reclaimed', 'asset_sold', 'asset_kept'"


def upgrade() -> None:
    op.add_column(TABLE, sa.Column("follows_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_gst_amendment_tenant_id_follows_id"),
        TABLE,
        TABLE,
        ["tenant_id", "follows_id"],
        ["tenant_id", "id"],
    )
    op.create_index(
        "ix_gst_amendment_follows",
        TABLE,
        ["tenant_id", "follows_id"],
        postgresql_where=sa.text("follows_id is not null"),
    )
    op.execute((SQL / "0061_amended_notes.sql").read_text())
    _allow_changes(f"{CHANGES}, 'refunded'")
    op.execute("grant execute on function sec.gst_scheme(uuid, uuid, date) to erp_ops")


def _allow_changes(kinds: str) -> None:
    name = op.f("ck_gst_credit_change_kind")
    op.drop_constraint(name, "gst_credit_change", type_="check")
    op.create_check_constraint(name, "gst_credit_change", f"kind in ({kinds})")


def downgrade() -> None:
    _allow_changes(CHANGES)
    op.execute("revoke execute on function sec.gst_scheme(uuid, uuid, date) from erp_ops")
    whole = (SQL / "0048_amendments.sql").read_text().split("create trigger", 1)[0]
    op.execute(whole.replace("create function", "create or replace function"))
    op.drop_index("ix_gst_amendment_follows", TABLE)
    op.drop_column(TABLE, "follows_id")
