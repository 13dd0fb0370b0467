"""What searches answer by, and how long studies are kept, held, exported and removed."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlmodel.sql.sqltypes import AutoString

from erp.core import migrating

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
RIGHTS = {
    "blob_state": migrating.CHANGEABLE,
    "retention_rule": migrating.APPEND_ONLY,
    "study_hold": migrating.CHANGEABLE,
    "study_removal": migrating.CHANGEABLE,
    "imaging_export": migrating.CHANGEABLE,
}
GRANTED = {"manager": ["imaging.keep"]}
STUDY_ATTRS = (
    "00080020 00080030 00080050 00080051 00080080 00080090 00080201 00081030 00081032 00081040"
    " 00081048 00081060 00081080 00100010 00100020 00100021 00100030 00100032 00100040 00101000"
    " 00101010 00101020 00101030 00102160 001021B0 00104000 0020000D 00200010 00321060"
)
SERIES_ATTRS = (
    "00080021 00080031 00080060 00080070 00081010 0008103E 0008103F 00081050 00081070 00081090"
    " 00180015 00181000 00181020 00181030 00185100 0020000E 00200011 00200052 00200060 00400244"
    " 00400245 00400253 00400254 00400275"
)
FILL_SERIES = """
    update dicom_series series set attrs = coalesce((
        select jsonb_object_agg(known.key, known.value)
          from (select attrs from dicom_instance first
                 where first.tenant_id = series.tenant_id and first.series_id = series.id
                 order by first.id limit 1) first, jsonb_each(first.attrs) known
         where known.key = any(string_to_array(:tags, ' '))), '{}')
"""
FILL_STUDIES = """
    update dicom_study study set attrs = coalesce((
        select jsonb_object_agg(known.key, known.value)
          from (select instance.attrs from dicom_instance instance
                  join dicom_series series on series.tenant_id = instance.tenant_id
                   and series.id = instance.series_id
                 where series.tenant_id = study.tenant_id and series.study_id = study.id
                 order by instance.id limit 1) first, jsonb_each(first.attrs) known
         where known.key = any(string_to_array(:tags, ' '))), '{}')
"""


def upgrade() -> None:
    _add_what_searches_answer_by()
    _create_state_of_bytes()
    _create_keeping()
    _create_exports()
    _let_people_file_what_is_held()
    migrating.protect(RIGHTS)
    op.get_bind().exec_driver_sql((SQL / "0028_study_removal.sql").read_text(encoding="utf-8"))
    migrating.grant_to_roles(GRANTED, {})


def downgrade() -> None:
    op.drop_column("quarantine", "filed_by")
    op.drop_column("quarantine", "filed_as")
    op.execute("drop trigger dicom_study_removal on dicom_study")
    op.execute("drop function sec.check_study_removal()")
    for table in ("imaging_export", "study_removal", "study_hold", "retention_rule", "blob_state"):
        op.drop_table(table)
    op.drop_index("ix_dicom_patient_code", table_name="dicom_patient")
    op.drop_index("ix_dicom_study_newest", table_name="dicom_study")
    op.drop_column("dicom_study", "removed_at")
    op.drop_column("dicom_study", "attrs")
    op.drop_column("dicom_series", "attrs")
    migrating.withdraw_from_roles(GRANTED, [])


def _add_what_searches_answer_by() -> None:
    for table in ("dicom_study", "dicom_series"):
        json = postgresql.JSONB(astext_type=sa.Text())
        op.add_column(table, sa.Column("attrs", json, nullable=False, server_default="{}"))
        op.alter_column(table, "attrs", server_default=None)
    op.add_column("dicom_study", sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True))
    with migrating.every_tenant("dicom_study", "dicom_series", "dicom_instance") as connection:
        connection.execute(sa.text(FILL_SERIES), {"tags": SERIES_ATTRS})
        connection.execute(sa.text(FILL_STUDIES), {"tags": STUDY_ATTRS})
    op.create_index(
        "ix_dicom_study_newest",
        "dicom_study",
        ["tenant_id", sa.text("studied_at desc nulls last"), sa.text("id desc")],
    )
    op.create_index("ix_dicom_patient_code", "dicom_patient", ["tenant_id", "patient_code"])


def _let_people_file_what_is_held() -> None:
    op.add_column("quarantine", sa.Column("filed_as", _text(), nullable=False, server_default=""))
    op.alter_column("quarantine", "filed_as", server_default=None)
    op.add_column("quarantine", sa.Column("filed_by", sa.Uuid(), nullable=True))
    op.create_check_constraint(
        op.f("ck_quarantine_filed"),
        "quarantine",
        "(filed_as = 'study_patient') = (filed_by is not null)",
    )


def _create_state_of_bytes() -> None:
    op.create_table(
        "blob_state",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", _text(), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fault", _text(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("fault in ('', 'missing', 'damaged')", name=op.f("ck_blob_state_fault")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "sha256"],
            ["blob.tenant_id", "blob.sha256"],
            name=op.f("fk_blob_state_tenant_id_sha256"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "sha256", name=op.f("pk_blob_state")),
    )


def _create_keeping() -> None:
    op.create_table(
        "retention_rule",
        *_key(),
        sa.Column("years", sa.Integer(), nullable=False),
        sa.Column("reason", _text(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_by_name", _text(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("years between 3 and 100", name=op.f("ck_retention_rule_years")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_retention_rule")),
    )
    op.create_index("ix_retention_rule_newest", "retention_rule", ["tenant_id", "id"])
    op.create_table(
        "study_hold",
        *_key(),
        sa.Column("study_id", sa.Uuid(), nullable=False),
        sa.Column("reason", _text(), nullable=False),
        sa.Column("held_by", sa.Uuid(), nullable=False),
        sa.Column("held_by_name", _text(), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_by", sa.Uuid(), nullable=True),
        sa.Column("released_by_name", _text(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("release_note", _text(), nullable=False),
        sa.CheckConstraint(
            "(released_at is null) = (released_by is null)", name=op.f("ck_study_hold_released")
        ),
        _of_study("study_hold"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_study_hold")),
    )
    op.create_index("ix_study_hold_study", "study_hold", ["tenant_id", "study_id"])
    _create_removals()


def _create_removals() -> None:
    op.create_table(
        "study_removal",
        *_key(),
        sa.Column("study_id", sa.Uuid(), nullable=False),
        sa.Column("status", _text(), nullable=False),
        sa.Column("reason", _text(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_by_name", _text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by_name", _text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_note", _text(), nullable=False),
        sa.Column("objects", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status in ('asked', 'approved', 'refused', 'done')",
            name=op.f("ck_study_removal_status"),
        ),
        sa.CheckConstraint(
            "(status = 'asked') = (decided_by is null)", name=op.f("ck_study_removal_decided")
        ),
        sa.CheckConstraint(
            "status = 'refused' or decided_by is distinct from asked_by",
            name=op.f("ck_study_removal_two"),
        ),
        _of_study("study_removal"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_study_removal")),
    )
    op.create_index(
        "uq_study_removal_open",
        "study_removal",
        ["tenant_id", "study_id"],
        unique=True,
        postgresql_where=sa.text("status in ('asked', 'approved')"),
    )
    op.create_index("ix_study_removal_status", "study_removal", ["tenant_id", "status", "id"])


def _create_exports() -> None:
    op.create_table(
        "imaging_export",
        *_key(),
        sa.Column("study_id", sa.Uuid(), nullable=False),
        sa.Column("subject", _text(), nullable=False),
        sa.Column("dates", _text(), nullable=False),
        sa.Column("purpose", _text(), nullable=False),
        sa.Column("burned_in_confirmed", sa.Boolean(), nullable=False),
        sa.Column("status", _text(), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("step", _text(), nullable=False),
        sa.Column("problem", _text(), nullable=False),
        sa.Column("objects", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("requested_by", sa.Uuid(), nullable=False),
        sa.Column("requested_by_name", _text(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status in ('queued', 'running', 'done', 'failed')",
            name=op.f("ck_imaging_export_status"),
        ),
        sa.CheckConstraint(
            "dates in ('remove', 'shift', 'keep')", name=op.f("ck_imaging_export_dates")
        ),
        sa.CheckConstraint("progress between 0 and 100", name=op.f("ck_imaging_export_progress")),
        sa.CheckConstraint(
            "(status = 'done') = (document_id is not null)", name=op.f("ck_imaging_export_document")
        ),
        _of_study("imaging_export"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "document_id"],
            ["stored_document.tenant_id", "stored_document.id"],
            name=op.f("fk_imaging_export_tenant_id_document_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_imaging_export")),
    )
    op.create_index("ix_imaging_export_study", "imaging_export", ["tenant_id", "study_id", "id"])


def _key() -> tuple[sa.Column[object], sa.Column[object]]:
    return (
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
    )


def _text() -> AutoString:
    return AutoString()


def _of_study(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", "study_id"],
        ["dicom_study.tenant_id", "dicom_study.id"],
        name=op.f(f"fk_{table}_tenant_id_study_id"),
    )
