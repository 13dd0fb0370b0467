"""Branches change; papers of before still name them as they were."""

from pathlib import Path

import sqlalchemy as sa
import sqlmodel
from alembic import op

from erp.core import migrating

revision = "0066"
down_revision = "0062"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
TEXT = sqlmodel.sql.sqltypes.AutoString()
PRINTED = ("legal_name", "trade_name", "name", "address", "city", "pin", "phone")


def upgrade() -> None:
    op.create_table(
        "branch_past",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, TEXT, nullable=False) for name in PRINTED),
        sa.Column("drug_licence_no", TEXT, nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "branch_id"],
            ["branch.tenant_id", "branch.id"],
            name=op.f("fk_branch_past_tenant_id_branch_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_branch_past")),
    )
    op.create_index("ix_branch_past_until", "branch_past", ["tenant_id", "branch_id", "until"])
    migrating.protect({"branch_past": migrating.APPEND_ONLY})
    op.execute((SQL / "0066_branch_past.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    op.execute("drop function sec.branch_at(uuid, uuid, timestamptz)")
    op.execute("drop trigger company_past_kept on company")
    op.execute("drop trigger branch_past_kept on branch")
    op.execute("drop function sec.keep_company_past()")
    op.execute("drop function sec.keep_branch_past()")
    op.drop_table("branch_past")
