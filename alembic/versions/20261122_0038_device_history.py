"""How devices stood and how their clocks went, over time; what was signed stays in every fact."""

from pathlib import Path

import sqlalchemy as sa
import sqlmodel
from alembic import op

from erp.core import migrating

revision = "0038"
down_revision = "0036"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
RIGHTS = {"device_report": "select, insert, delete"}


def upgrade() -> None:
    op.create_table(
        "device_report",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("standing", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clock_skew_ms", sa.BigInteger(), nullable=True),
        sa.Column("backlog", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "standing in ('online', 'offline', 'maintenance', 'silent')",
            name=op.f("ck_device_report_standing"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "device_id"],
            ["imaging_device.tenant_id", "imaging_device.id"],
            name=op.f("fk_device_report_tenant_id_device_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_device_report")),
    )
    op.create_index(
        "ix_device_report_device", "device_report", ["tenant_id", "device_id", "said_at"]
    )
    migrating.protect(RIGHTS)
    op.execute((SQL / "0038_signed_facts.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    op.execute((SQL / "0038_signed_facts_before.sql").read_text(encoding="utf-8"))
    for table in reversed(RIGHTS):
        op.drop_table(table)
