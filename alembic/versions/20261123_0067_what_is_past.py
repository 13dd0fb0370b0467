"""Where members worked is kept; old snapshots of stock are thinned."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

from erp.core import migrating

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
BRIEFLY_LOCKED = {
    "stock_snapshot_line": "only the hourly job writes snapshots, and nobody waits for it"
}
OF_SNAPSHOT = "fk_stock_snapshot_line_tenant_id_snapshot_id"


def upgrade() -> None:
    op.create_table(
        "membership_past",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "membership_id"],
            ["membership.tenant_id", "membership.id"],
            name=op.f("fk_membership_past_tenant_id_membership_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "branch_id"],
            ["branch.tenant_id", "branch.id"],
            name=op.f("fk_membership_past_tenant_id_branch_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_membership_past")),
    )
    op.create_index(
        "ix_membership_past_until", "membership_past", ["tenant_id", "membership_id", "until"]
    )
    migrating.protect({"membership_past": migrating.APPEND_ONLY})
    op.execute((SQL / "0067_membership_past.sql").read_text(encoding="utf-8"))
    op.add_column("stock_snapshot", sa.Column("retired_at", sa.DateTime(timezone=True)))
    _bind_lines(ondelete="CASCADE")
    op.execute((SQL / "0067_thinned_snapshots.sql").read_text(encoding="utf-8"))


def _bind_lines(ondelete: str | None = None) -> None:
    op.drop_constraint(op.f(OF_SNAPSHOT), "stock_snapshot_line", type_="foreignkey")
    op.create_foreign_key(
        op.f(OF_SNAPSHOT),
        "stock_snapshot_line",
        "stock_snapshot",
        ["tenant_id", "snapshot_id"],
        ["tenant_id", "id"],
        ondelete=ondelete,
    )


def downgrade() -> None:
    op.execute("revoke delete, update (retired_at, base_id) on stock_snapshot from erp_app")
    for table, function in (
        ("stock_snapshot", "check_snapshot_thinned"),
        ("stock_snapshot_line", "check_snapshot_line_gone"),
    ):
        op.execute(f"drop trigger {table}_thinned on {table}")
        op.execute(f"drop function sec.{function}()")
        op.execute(
            f"create trigger {table}_immutable before update or delete on {table}"
            " for each row execute function sec.refuse_change()"
        )
    _bind_lines()
    op.drop_column("stock_snapshot", "retired_at")
    op.execute("drop trigger membership_past_kept on membership")
    op.execute("drop function sec.keep_membership_past()")
    op.drop_table("membership_past")
