"""Templates of imaging reports, summaries of sessions, and drafts by a language model."""

from pathlib import Path

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

from erp.core import migrating

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
RIGHTS = {
    "imaging_template": migrating.APPEND_ONLY,
    "imaging_template_trial": migrating.CHANGEABLE,
    "imaging_summary": migrating.APPEND_ONLY,
    "ai_draft": migrating.CHANGEABLE,
}
PRINTED = {"template_id": "imaging_template", "summary_id": "imaging_summary"}


def upgrade() -> None:
    _create_layouts()
    _create_texts()
    for column, table in PRINTED.items():
        op.add_column("imaging_report", sa.Column(column, sa.Uuid(), nullable=True))
        name = op.f(f"fk_imaging_report_tenant_id_{column}")
        here, there = ["tenant_id", column], ["tenant_id", "id"]
        op.create_foreign_key(name, "imaging_report", table, here, there)
    migrating.protect(RIGHTS)
    op.get_bind().exec_driver_sql((SQL / "0035_summaries.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    for column in PRINTED:
        op.drop_column("imaging_report", column)
    for table in reversed(RIGHTS):
        op.drop_table(table)
    op.execute("drop function sec.keep_ai_draft()")


def _create_layouts() -> None:
    op.create_table(
        "imaging_template",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("protocol_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_by_name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "protocol_id"],
            ["imaging_protocol.tenant_id", "imaging_protocol.id"],
            name=op.f("fk_imaging_template_tenant_id_protocol_id"),
        ),
        sa.UniqueConstraint(
            "tenant_id",
            "protocol_id",
            "version",
            name=op.f("uq_imaging_template_tenant_id_protocol_id_version"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_imaging_template")),
    )
    op.create_table(
        "imaging_template_trial",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint(
            "tenant_id",
            "user_id",
            "code",
            name=op.f("uq_imaging_template_trial_tenant_id_user_id_code"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_imaging_template_trial")),
    )


def _create_texts() -> None:
    op.create_table(
        "imaging_summary",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("review_round", sa.Integer(), nullable=False),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("drafted_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("author_name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("version > 0", name=op.f("ck_imaging_summary_version")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "session_id"],
            ["imaging_session.tenant_id", "imaging_session.id"],
            name=op.f("fk_imaging_summary_tenant_id_session_id"),
        ),
        sa.UniqueConstraint(
            "tenant_id",
            "session_id",
            "version",
            name=op.f("uq_imaging_summary_tenant_id_session_id_version"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_imaging_summary")),
    )
    op.create_table(
        "ai_draft",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("model", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("request", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("input_digest", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("answer", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("problem", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_by_name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by_name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("summary_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(status = 'accepted') = (summary_id is not null)", name=op.f("ck_ai_draft_summary")
        ),
        sa.CheckConstraint(
            "(status in ('queued', 'running')) = (ended_at is null)", name=op.f("ck_ai_draft_ended")
        ),
        sa.CheckConstraint(
            "status not in ('ready', 'accepted') or answer <> ''", name=op.f("ck_ai_draft_answer")
        ),
        sa.CheckConstraint(
            "status in ('queued', 'running', 'ready', 'failed', 'cancelled', 'accepted', 'discarded')",
            name=op.f("ck_ai_draft_status"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "session_id"],
            ["imaging_session.tenant_id", "imaging_session.id"],
            name=op.f("fk_ai_draft_tenant_id_session_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "summary_id"],
            ["imaging_summary.tenant_id", "imaging_summary.id"],
            name=op.f("fk_ai_draft_tenant_id_summary_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_ai_draft")),
    )
    op.create_index("ix_ai_draft_session", "ai_draft", ["tenant_id", "session_id"], unique=False)
    op.create_index("ix_ai_draft_asked", "ai_draft", ["tenant_id", "asked_at"], unique=False)
    op.create_index(
        "ix_ai_draft_open",
        "ai_draft",
        ["tenant_id", "session_id"],
        unique=True,
        postgresql_where=sa.text("status in ('queued', 'running')"),
    )
