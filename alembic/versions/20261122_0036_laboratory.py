"""Laboratories and the results of patients; appointments for examinations."""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

from erp.core import migrating

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

RIGHTS = {
    "analyte": migrating.CHANGEABLE,
    "laboratory": migrating.CHANGEABLE,
    "analyte_code": migrating.CHANGEABLE,
    "lab_file": migrating.CHANGEABLE,
    "lab_report": migrating.APPEND_ONLY,
    "lab_report_version": migrating.APPEND_ONLY,
    "lab_result": migrating.APPEND_ONLY,
    "lab_row": migrating.CHANGEABLE,
    "imaging_slot": migrating.CHANGEABLE,
}
GRANTED = {
    "manager": ["laboratory.view", "laboratory.record", "laboratory.manage"],
    "technician": ["laboratory.view", "laboratory.record"],
    "auditor": ["laboratory.view"],
}
OF_ORDERS = {
    "ck_imaging_order_attendance": "attendance in ('', 'arrived', 'no_show')",
    "ck_imaging_order_minutes": "minutes is null or (device_id is not null and minutes between 5"
    " and 480 and minutes % 5 = 0)",
    "ck_imaging_order_arrival": "(attendance = 'arrived') = (arrived_at is not null)",
    "ck_imaging_order_no_show": "attendance <> 'no_show' or status <> 'scheduled'",
}


def upgrade() -> None:
    _create_catalogue()
    _create_results()
    _create_appointments()
    migrating.protect(RIGHTS)
    migrating.grant_to_roles(GRANTED, {})


def downgrade() -> None:
    for name in OF_ORDERS:
        op.drop_constraint(op.f(name), "imaging_order", type_="check")
    for column in ("arrived_at", "attendance", "minutes"):
        op.drop_column("imaging_order", column)
    for table in reversed(RIGHTS):
        op.drop_table(table)
    migrating.withdraw_from_roles(GRANTED, [])


def _create_catalogue() -> None:
    op.create_table(
        "analyte",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("panel", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("loinc", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("unit", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("decimals", sa.Integer(), nullable=False),
        sa.Column("ranges", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column(
            "changed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("kind in ('number', 'text')", name=op.f("ck_analyte_kind")),
        sa.CheckConstraint("decimals between 0 and 4", name=op.f("ck_analyte_decimals")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_analyte")),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("uq_analyte_tenant_id_code")),
    )
    op.create_index("ix_analyte_loinc", "analyte", ["tenant_id", "loinc"], unique=False)
    op.create_table(
        "laboratory",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("facility", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reading", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=False),
        sa.Column(
            "opened_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_laboratory")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("uq_laboratory_tenant_id_name")),
    )
    op.create_table(
        "analyte_code",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("laboratory_id", sa.Uuid(), nullable=False),
        sa.Column("told_key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("told_name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("analyte_id", sa.Uuid(), nullable=False),
        sa.Column("mapped_by", sa.Uuid(), nullable=False),
        sa.Column(
            "mapped_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "analyte_id"],
            ["analyte.tenant_id", "analyte.id"],
            name=op.f("fk_analyte_code_tenant_id_analyte_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "laboratory_id"],
            ["laboratory.tenant_id", "laboratory.id"],
            name=op.f("fk_analyte_code_tenant_id_laboratory_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_analyte_code")),
        sa.UniqueConstraint(
            "tenant_id",
            "laboratory_id",
            "told_key",
            name=op.f("uq_analyte_code_tenant_id_laboratory_id_told_key"),
        ),
    )
    op.create_table(
        "lab_file",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("laboratory_id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("format", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("cells", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=False),
        sa.Column("uploaded_by_name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("format in ('csv', 'hl7')", name=op.f("ck_lab_file_format")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "laboratory_id"],
            ["laboratory.tenant_id", "laboratory.id"],
            name=op.f("fk_lab_file_tenant_id_laboratory_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_lab_file")),
        sa.UniqueConstraint(
            "tenant_id",
            "laboratory_id",
            "sha256",
            name=op.f("uq_lab_file_tenant_id_laboratory_id_sha256"),
        ),
    )
    op.create_index(
        "ix_lab_file_uploaded", "lab_file", ["tenant_id", "uploaded_at", "id"], unique=False
    )


def _create_results() -> None:
    op.create_table(
        "lab_report",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("laboratory_id", sa.Uuid(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "laboratory_id"],
            ["laboratory.tenant_id", "laboratory.id"],
            name=op.f("fk_lab_report_tenant_id_laboratory_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_lab_report")),
        sa.UniqueConstraint(
            "tenant_id",
            "laboratory_id",
            "number",
            name=op.f("uq_lab_report_tenant_id_laboratory_id_number"),
        ),
    )
    op.create_table(
        "lab_report_version",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("patient_key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_by_name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "source in ('csv', 'hl7', 'manual')", name=op.f("ck_lab_report_version_source")
        ),
        sa.CheckConstraint("version > 0", name=op.f("ck_lab_report_version_version")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "file_id"],
            ["lab_file.tenant_id", "lab_file.id"],
            name=op.f("fk_lab_report_version_tenant_id_file_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "patient_id"],
            ["party.tenant_id", "party.id"],
            name=op.f("fk_lab_report_version_tenant_id_patient_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "report_id"],
            ["lab_report.tenant_id", "lab_report.id"],
            name=op.f("fk_lab_report_version_tenant_id_report_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_lab_report_version")),
        sa.UniqueConstraint(
            "tenant_id",
            "report_id",
            "version",
            name=op.f("uq_lab_report_version_tenant_id_report_id_version"),
        ),
    )
    op.create_index(
        "ix_lab_report_version_patient",
        "lab_report_version",
        ["tenant_id", "patient_id"],
        unique=False,
    )
    op.create_table(
        "lab_result",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("analyte_id", sa.Uuid(), nullable=False),
        sa.Column("sub_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("collected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_time_known", sa.Boolean(), nullable=False),
        sa.Column("told_value", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("told_unit", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("told_range", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("comparator", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("value", sa.Numeric(precision=24, scale=8), nullable=True),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("low", sa.Numeric(precision=24, scale=8), nullable=True),
        sa.Column("high", sa.Numeric(precision=24, scale=8), nullable=True),
        sa.Column("range_source", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("flag", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("is_flag_told", sa.Boolean(), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("(value is null) = (text <> '')", name=op.f("ck_lab_result_value")),
        sa.CheckConstraint(
            "comparator in ('', '<', '<=', '>', '>=')", name=op.f("ck_lab_result_comparator")
        ),
        sa.CheckConstraint(
            "flag in ('', 'normal', 'low', 'high', 'very_low', 'very_high', 'abnormal')",
            name=op.f("ck_lab_result_flag"),
        ),
        sa.CheckConstraint(
            "range_source in ('', 'told', 'own')", name=op.f("ck_lab_result_range_source")
        ),
        sa.CheckConstraint(
            "status in ('preliminary', 'final', 'corrected', 'withdrawn')",
            name=op.f("ck_lab_result_status"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "analyte_id"],
            ["analyte.tenant_id", "analyte.id"],
            name=op.f("fk_lab_result_tenant_id_analyte_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "report_id"],
            ["lab_report.tenant_id", "lab_report.id"],
            name=op.f("fk_lab_result_tenant_id_report_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "supersedes_id"],
            ["lab_result.tenant_id", "lab_result.id"],
            name=op.f("fk_lab_result_tenant_id_supersedes_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "version_id"],
            ["lab_report_version.tenant_id", "lab_report_version.id"],
            name=op.f("fk_lab_result_tenant_id_version_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_lab_result")),
        sa.UniqueConstraint(
            "tenant_id", "supersedes_id", name=op.f("uq_lab_result_tenant_id_supersedes_id")
        ),
    )
    op.create_index(
        "ix_lab_result_first",
        "lab_result",
        ["tenant_id", "report_id", "analyte_id", "sub_id"],
        unique=True,
        postgresql_where="supersedes_id is null",
    )
    op.create_index(
        "ix_lab_result_version", "lab_result", ["tenant_id", "version_id"], unique=False
    )
    op.create_table(
        "lab_row",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("laboratory_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("label", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("report_number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("test_key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("patient_key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=True),
        sa.Column("told", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("field", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("problem", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("result_id", sa.Uuid(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decision", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint("(status = 'waiting') = (reason <> '')", name=op.f("ck_lab_row_waits")),
        sa.CheckConstraint(
            "(status in ('taken', 'known')) = (result_id is not null)",
            name=op.f("ck_lab_row_result"),
        ),
        sa.CheckConstraint(
            "reason in ('', 'unreadable', 'patient', 'conflict', 'test', 'value', 'unit')",
            name=op.f("ck_lab_row_reason"),
        ),
        sa.CheckConstraint(
            "status in ('waiting', 'taken', 'known', 'discarded')", name=op.f("ck_lab_row_status")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "file_id"],
            ["lab_file.tenant_id", "lab_file.id"],
            name=op.f("fk_lab_row_tenant_id_file_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "laboratory_id"],
            ["laboratory.tenant_id", "laboratory.id"],
            name=op.f("fk_lab_row_tenant_id_laboratory_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "patient_id"],
            ["party.tenant_id", "party.id"],
            name=op.f("fk_lab_row_tenant_id_patient_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "result_id"],
            ["lab_result.tenant_id", "lab_result.id"],
            name=op.f("fk_lab_row_tenant_id_result_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_lab_row")),
        sa.UniqueConstraint(
            "tenant_id", "file_id", "place", name=op.f("uq_lab_row_tenant_id_file_id_place")
        ),
    )
    op.create_index(
        "ix_lab_row_waiting",
        "lab_row",
        ["tenant_id", "laboratory_id", "id"],
        unique=False,
        postgresql_where="status = 'waiting'",
    )


def _create_appointments() -> None:
    op.create_table(
        "imaging_slot",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_held", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "device_id"],
            ["imaging_device.tenant_id", "imaging_device.id"],
            name=op.f("fk_imaging_slot_tenant_id_device_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "order_id"],
            ["imaging_order.tenant_id", "imaging_order.id"],
            name=op.f("fk_imaging_slot_tenant_id_order_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_imaging_slot")),
    )
    op.create_index(
        "ix_imaging_slot_held",
        "imaging_slot",
        ["tenant_id", "device_id", "starts_at"],
        unique=True,
        postgresql_where="is_held",
    )
    op.create_index(
        "ix_imaging_slot_order", "imaging_slot", ["tenant_id", "order_id"], unique=False
    )
    op.add_column("imaging_order", sa.Column("minutes", sa.Integer(), nullable=True))
    op.add_column(
        "imaging_order",
        sa.Column(
            "attendance",
            sqlmodel.sql.sqltypes.AutoString(),
            server_default=sa.text("''"),
            nullable=False,
        ),
    )
    op.add_column(
        "imaging_order", sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True)
    )
    for name, rule in OF_ORDERS.items():
        op.create_check_constraint(op.f(name), "imaging_order", rule)
