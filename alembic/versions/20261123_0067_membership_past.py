"""Members move and leave; what they did before still counts as theirs."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

from erp.core import migrating

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"


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


def downgrade() -> None:
    op.execute("drop trigger membership_past_kept on membership")
    op.execute("drop function sec.keep_membership_past()")
    op.drop_table("membership_past")
