"""What modalities say of the examinations they perform (MPPS); sessions at the broker that are taken over."""

from pathlib import Path

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

from erp.core import migrating

revision = "0099"
down_revision = "0098"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
STATES = "state in ('in_progress', 'completed', 'discontinued')"


def upgrade() -> None:
    takeovers = sa.Column("takeovers", sa.Integer(), server_default=sa.text("0"), nullable=False)
    op.add_column("imaging_device", takeovers)
    op.add_column("imaging_device", _instant("taken_over_at", nullable=True))
    _create_steps()
    op.create_index("ix_performed_step_session", "performed_step", ["tenant_id", "session_id"])
    migrating.protect({"performed_step": migrating.CHANGEABLE})
    op.execute((SQL / "0099_performed_steps.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    op.drop_table("performed_step")
    op.execute("drop function sec.keep_performed_step()")
    op.drop_column("imaging_device", "taken_over_at")
    op.drop_column("imaging_device", "takeovers")


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sqlmodel.sql.sqltypes.AutoString(), nullable=False)


def _json(name: str) -> sa.Column[object]:
    return sa.Column(name, postgresql.JSONB(astext_type=sa.Text()), nullable=False)


def _instant(name: str, **more: object) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), **{"nullable": False} | more)


def _create_steps() -> None:
    op.create_table(
        "performed_step",
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("tenant_id", "id")),
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("device_id", "session_id")),
        *(_text(name) for name in ("sop_uid", "step_id", "station", "modality", "description")),
        _text("accession"),
        *(_json(name) for name in ("scheduled", "begun", "series")),
        sa.Column("images", sa.Integer(), nullable=False),
        *(_text(name) for name in ("state", "reason")),
        _instant("started_at"),
        _instant("ended_at", nullable=True),
        _instant("changed_at"),
        _instant("created_at", server_default=sa.text("now()")),
        sa.CheckConstraint(STATES, name=op.f("ck_performed_step_state")),
        sa.CheckConstraint(
            "state = 'in_progress' or ended_at is not null", name=op.f("ck_performed_step_ended")
        ),
        sa.CheckConstraint(
            "reason = '' or state = 'discontinued'", name=op.f("ck_performed_step_reason")
        ),
        sa.CheckConstraint("images >= 0", name=op.f("ck_performed_step_images")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "device_id"],
            ["imaging_device.tenant_id", "imaging_device.id"],
            name=op.f("fk_performed_step_tenant_id_device_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "session_id"],
            ["imaging_session.tenant_id", "imaging_session.id"],
            name=op.f("fk_performed_step_tenant_id_session_id"),
        ),
        sa.UniqueConstraint(
            "tenant_id",
            "device_id",
            "sop_uid",
            name=op.f("uq_performed_step_tenant_id_device_id_sop_uid"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_performed_step")),
    )
