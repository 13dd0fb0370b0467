"""Webhooks by which other programs end imaging sessions."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from erp.core import migrating

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

RIGHTS = {
    "imaging_hook": migrating.CHANGEABLE,
    "imaging_hook_call": migrating.CHANGEABLE,
}


def upgrade() -> None:
    op.create_table(
        "imaging_hook",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("secret_version", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "device_id"],
            ["imaging_device.tenant_id", "imaging_device.id"],
            name=op.f("fk_imaging_hook_tenant_id_device_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_imaging_hook")),
        sa.UniqueConstraint(
            "tenant_id", "device_id", name=op.f("uq_imaging_hook_tenant_id_device_id")
        ),
    )
    op.create_index("ix_imaging_hook_id", "imaging_hook", ["id"], unique=False)
    op.create_table(
        "imaging_hook_call",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hook_id", sa.Uuid(), nullable=False),
        sa.Column("webhook_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("subject", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("body", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("answer", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(status = 'done') = (session_id is not null)", name=op.f("ck_imaging_hook_call_done")
        ),
        sa.CheckConstraint(
            "status in ('received', 'done', 'refused')", name=op.f("ck_imaging_hook_call_status")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "hook_id"],
            ["imaging_hook.tenant_id", "imaging_hook.id"],
            name=op.f("fk_imaging_hook_call_tenant_id_hook_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "session_id"],
            ["imaging_session.tenant_id", "imaging_session.id"],
            name=op.f("fk_imaging_hook_call_tenant_id_session_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_imaging_hook_call")),
        sa.UniqueConstraint(
            "tenant_id",
            "hook_id",
            "webhook_id",
            name=op.f("uq_imaging_hook_call_tenant_id_hook_id_webhook_id"),
        ),
    )
    migrating.protect(RIGHTS)


def downgrade() -> None:
    for table in reversed(RIGHTS):
        op.drop_table(table)
