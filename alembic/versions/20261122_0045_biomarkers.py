"""Figures that programs work out of pictures, only added to; what laboratories call tests can end."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from erp.core import migrating

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

RIGHTS = {
    "biomarker_run": migrating.APPEND_ONLY,
    "biomarker": migrating.APPEND_ONLY,
}


def upgrade() -> None:
    _create_runs()
    _create_figures()
    migrating.protect(RIGHTS)
    in_use = sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False)
    op.add_column("analyte_code", in_use)


def downgrade() -> None:
    op.drop_column("analyte_code", "is_active")
    for table in reversed(RIGHTS):
        op.drop_table(table)


def _create_runs() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "biomarker_run",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("model", text(), nullable=False),
        sa.Column("model_version", text(), nullable=False),
        sa.Column("run_name", text(), nullable=False),
        sa.Column("source", text(), nullable=False),
        sa.Column("content_digest", text(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_by_name", text(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "source in ('person', 'program', 'hook')", name=op.f("ck_biomarker_run_source")
        ),
        sa.CheckConstraint(
            "model <> '' and model_version <> '' and run_name <> ''",
            name=op.f("ck_biomarker_run_named"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "session_id"],
            ["imaging_session.tenant_id", "imaging_session.id"],
            name=op.f("fk_biomarker_run_tenant_id_session_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_biomarker_run")),
        sa.UniqueConstraint(
            "tenant_id",
            "session_id",
            "model",
            "model_version",
            "run_name",
            name=op.f("uq_biomarker_run_tenant_id_session_id_model_model_version_run_name"),
        ),
    )


def _create_figures() -> None:
    text, figure = sqlmodel.sql.sqltypes.AutoString, sa.Numeric(24, 8)
    op.create_table(
        "biomarker",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("series_id", sa.Uuid(), nullable=True),
        sa.Column("name", text(), nullable=False),
        sa.Column("value", figure, nullable=False),
        sa.Column("unit", text(), nullable=False),
        sa.Column("low", figure, nullable=True),
        sa.Column("high", figure, nullable=True),
        sa.Column("input_digest", text(), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_biomarker_named")),
        sa.CheckConstraint("(low is null) = (high is null)", name=op.f("ck_biomarker_interval")),
        sa.CheckConstraint(
            "low is null or (low <= value and value <= high)", name=op.f("ck_biomarker_within")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "run_id"],
            ["biomarker_run.tenant_id", "biomarker_run.id"],
            name=op.f("fk_biomarker_tenant_id_run_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "series_id"],
            ["dicom_series.tenant_id", "dicom_series.id"],
            name=op.f("fk_biomarker_tenant_id_series_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_biomarker")),
    )
    op.create_index(
        "ix_biomarker_once",
        "biomarker",
        ["tenant_id", "run_id", "name", "series_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
