"""Imaging: devices, sessions, the archive of objects, quarantine, review and reports."""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APPEND_ONLY = "select, insert"
CHANGEABLE = "select, insert, update"
RIGHTS = {
    "imaging_device": CHANGEABLE,
    "device_message": CHANGEABLE,
    "imaging_session": CHANGEABLE,
    "session_event": APPEND_ONLY,
    "dicom_patient": CHANGEABLE,
    "dicom_study": CHANGEABLE,
    "dicom_series": CHANGEABLE,
    "dicom_instance": APPEND_ONLY,
    "imaging_transfer": CHANGEABLE,
    "ingest_attempt": APPEND_ONLY,
    "quarantine": CHANGEABLE,
    "qa_review": APPEND_ONLY,
    "imaging_report": CHANGEABLE,
    "annotation": APPEND_ONLY,
}
IMMUTABLE = ("session_event", "dicom_instance", "ingest_attempt", "qa_review", "annotation")


def upgrade() -> None:
    _create_tables()
    for table, rights in RIGHTS.items():
        op.execute(f"select sec.protect('{table}', '{rights}')")
    for table in IMMUTABLE:
        op.execute(
            f"create trigger {table}_immutable before update or delete on {table}"
            " for each row execute function sec.refuse_change()"
        )
    op.execute("grant update (sent_at) on device_message to erp_ops")


def _create_tables() -> None:
    op.create_table(
        "dicom_patient",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("issuer", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("birth_on", sa.Date(), nullable=True),
        sa.Column("sex", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=True),
        sa.Column("match_state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "match_state in ('exact', 'assigned', 'none')",
            name=op.f("ck_dicom_patient_match_state"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "party_id"],
            ["party.tenant_id", "party.id"],
            name=op.f("fk_dicom_patient_tenant_id_party_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_dicom_patient")),
    )
    op.create_index(
        "uq_dicom_patient_identifier",
        "dicom_patient",
        ["tenant_id", "issuer", "patient_code"],
        unique=True,
        postgresql_where=sa.text("patient_code <> ''"),
    )
    op.create_table(
        "dicom_study",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dicom_patient_id", sa.Uuid(), nullable=False),
        sa.Column("study_uid", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("accession", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("studied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("description", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("referring_physician", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("series", sa.Integer(), nullable=False),
        sa.Column("instances", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "dicom_patient_id"],
            ["dicom_patient.tenant_id", "dicom_patient.id"],
            name=op.f("fk_dicom_study_tenant_id_dicom_patient_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_dicom_study")),
        sa.UniqueConstraint(
            "tenant_id", "study_uid", name=op.f("uq_dicom_study_tenant_id_study_uid")
        ),
    )
    op.create_index(
        "ix_dicom_study_accession", "dicom_study", ["tenant_id", "accession"], unique=False
    )
    op.create_index(
        "ix_dicom_study_patient", "dicom_study", ["tenant_id", "dicom_patient_id"], unique=False
    )
    op.create_table(
        "imaging_device",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("site", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("modality", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("model", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("serial", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("credential_version", sa.Integer(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("boot_id", sa.Uuid(), nullable=True),
        sa.Column("birth_seq", sa.BigInteger(), nullable=False),
        sa.Column("firmware", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("free_mb", sa.BigInteger(), nullable=True),
        sa.Column("backlog", sa.Integer(), nullable=False),
        sa.Column("clock_skew_ms", sa.BigInteger(), nullable=True),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_object_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "site ~ '^[A-Za-z0-9_-]{1,64}$' and code ~ '^[A-Za-z0-9_-]{1,64}$' and code <> 'host'",
            name=op.f("ck_imaging_device_topic"),
        ),
        sa.CheckConstraint(
            "state in ('unseen', 'online', 'offline', 'maintenance')",
            name=op.f("ck_imaging_device_state"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "branch_id"],
            ["branch.tenant_id", "branch.id"],
            name=op.f("fk_imaging_device_tenant_id_branch_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_imaging_device")),
        sa.UniqueConstraint("site", "code", name="uq_imaging_device_topic"),
    )
    op.create_table(
        "device_message",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("subject", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("payload", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("is_retained", sa.Boolean(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "channel in ('receipt', 'settle', 'cmd')", name=op.f("ck_device_message_channel")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "device_id"],
            ["imaging_device.tenant_id", "imaging_device.id"],
            name=op.f("fk_device_message_tenant_id_device_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_device_message")),
        sa.UniqueConstraint(
            "tenant_id",
            "device_id",
            "channel",
            "subject",
            name=op.f("uq_device_message_tenant_id_device_id_channel_subject"),
        ),
    )
    op.create_index(
        "ix_device_message_due",
        "device_message",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("sent_at is null"),
    )
    op.create_table(
        "dicom_series",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("study_id", sa.Uuid(), nullable=False),
        sa.Column("series_uid", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("modality", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("description", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("body_part", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("laterality", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("station", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("manufacturer", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("model", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("protocol", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("instances", sa.Integer(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "study_id"],
            ["dicom_study.tenant_id", "dicom_study.id"],
            name=op.f("fk_dicom_series_tenant_id_study_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_dicom_series")),
        sa.UniqueConstraint(
            "tenant_id", "series_uid", name=op.f("uq_dicom_series_tenant_id_series_uid")
        ),
    )
    op.create_index(
        "ix_dicom_series_study", "dicom_series", ["tenant_id", "study_id"], unique=False
    )
    op.create_table(
        "imaging_session",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=True),
        sa.Column("patient_code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("patient_issuer", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("patient_name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("accession", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("protocol", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("operator", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("study_uid", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("modality", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=True),
        sa.Column("stored", sa.Integer(), nullable=False),
        sa.Column("quarantined", sa.Integer(), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("is_priority", sa.Boolean(), nullable=False),
        sa.Column("clock", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("qa_state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("qa_by", sa.Uuid(), nullable=True),
        sa.Column("qa_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("qa_reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "qa_state in ('new', 'in_review', 'accepted', 'repeat_requested', 'rejected')",
            name=op.f("ck_imaging_session_qa_state"),
        ),
        sa.CheckConstraint(
            "state in ('announced', 'in_progress', 'paused', 'complete', 'aborted')",
            name=op.f("ck_imaging_session_state"),
        ),
        sa.CheckConstraint(
            "stored >= 0 and quarantined >= 0 and events >= 0",
            name=op.f("ck_imaging_session_counts"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "branch_id"],
            ["branch.tenant_id", "branch.id"],
            name=op.f("fk_imaging_session_tenant_id_branch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "device_id"],
            ["imaging_device.tenant_id", "imaging_device.id"],
            name=op.f("fk_imaging_session_tenant_id_device_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "patient_id"],
            ["party.tenant_id", "party.id"],
            name=op.f("fk_imaging_session_tenant_id_patient_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_imaging_session")),
        sa.UniqueConstraint(
            "tenant_id",
            "branch_id",
            "number",
            name=op.f("uq_imaging_session_tenant_id_branch_id_number"),
        ),
        sa.UniqueConstraint(
            "tenant_id",
            "device_id",
            "external_id",
            name=op.f("uq_imaging_session_tenant_id_device_id_external_id"),
        ),
    )
    op.create_index(
        "ix_imaging_session_queue", "imaging_session", ["tenant_id", "qa_state", "id"], unique=False
    )
    op.create_index(
        "ix_imaging_session_waiting",
        "imaging_session",
        ["tenant_id"],
        unique=False,
        postgresql_where=sa.text("qa_state in ('new', 'in_review') and state = 'complete'"),
    )
    op.create_table(
        "dicom_instance",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("series_id", sa.Uuid(), nullable=True),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("sop_uid", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sop_class", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("transfer_syntax", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("object_class", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("columns", sa.Integer(), nullable=False),
        sa.Column("frames", sa.Integer(), nullable=False),
        sa.Column("bits", sa.Integer(), nullable=False),
        sa.Column("photometric", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("spacing_mm", postgresql.ARRAY(sa.Float()), nullable=True),
        sa.Column("spacing_source", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("spacing_region", postgresql.ARRAY(sa.BigInteger()), nullable=True),
        sa.Column("windows", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("frame_time_ms", sa.Float(), nullable=True),
        sa.Column("laterality", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("frame_of_reference", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("is_lossy", sa.Boolean(), nullable=False),
        sa.Column("is_renderable", sa.Boolean(), nullable=False),
        sa.Column("not_renderable_because", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("burned_in", sa.Boolean(), nullable=True),
        sa.Column("preamble", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("flags", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("acquired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pixels", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("attrs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(series_id is null) = (object_class = 'directory')",
            name=op.f("ck_dicom_instance_series"),
        ),
        sa.CheckConstraint("size > 0 and frames >= 0", name=op.f("ck_dicom_instance_size")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "series_id"],
            ["dicom_series.tenant_id", "dicom_series.id"],
            name=op.f("fk_dicom_instance_tenant_id_series_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "session_id"],
            ["imaging_session.tenant_id", "imaging_session.id"],
            name=op.f("fk_dicom_instance_tenant_id_session_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "sha256"],
            ["blob.tenant_id", "blob.sha256"],
            name=op.f("fk_dicom_instance_tenant_id_sha256"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_dicom_instance")),
        sa.UniqueConstraint(
            "tenant_id", "sop_uid", name=op.f("uq_dicom_instance_tenant_id_sop_uid")
        ),
    )
    op.create_index(
        "ix_dicom_instance_series",
        "dicom_instance",
        ["tenant_id", "series_id", "number"],
        unique=False,
    )
    op.create_index(
        "ix_dicom_instance_session", "dicom_instance", ["tenant_id", "session_id"], unique=False
    )
    op.create_table(
        "imaging_report",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("step", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("findings", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("problem", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("requested_by", sa.Uuid(), nullable=False),
        sa.Column("requested_by_name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(status = 'done') = (document_id is not null)", name=op.f("ck_imaging_report_document")
        ),
        sa.CheckConstraint(
            "status in ('queued', 'running', 'done', 'failed')",
            name=op.f("ck_imaging_report_status"),
        ),
        sa.CheckConstraint("progress between 0 and 100", name=op.f("ck_imaging_report_progress")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "document_id"],
            ["stored_document.tenant_id", "stored_document.id"],
            name=op.f("fk_imaging_report_tenant_id_document_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "session_id"],
            ["imaging_session.tenant_id", "imaging_session.id"],
            name=op.f("fk_imaging_report_tenant_id_session_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_imaging_report")),
        sa.UniqueConstraint(
            "tenant_id",
            "session_id",
            "version",
            name=op.f("uq_imaging_report_tenant_id_session_id_version"),
        ),
    )
    op.create_table(
        "qa_review",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("from_state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("to_state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reason_code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reviewer_id", sa.Uuid(), nullable=False),
        sa.Column("reviewer_name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content_hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint(
            "to_state in ('new', 'in_review', 'accepted', 'repeat_requested', 'rejected')",
            name=op.f("ck_qa_review_to_state"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "session_id"],
            ["imaging_session.tenant_id", "imaging_session.id"],
            name=op.f("fk_qa_review_tenant_id_session_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_qa_review")),
    )
    op.create_index("ix_qa_review_session", "qa_review", ["tenant_id", "session_id"], unique=False)
    op.create_table(
        "session_event",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("type", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("device_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clock", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "session_id"],
            ["imaging_session.tenant_id", "imaging_session.id"],
            name=op.f("fk_session_event_tenant_id_session_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_session_event")),
        sa.UniqueConstraint(
            "tenant_id", "session_id", "seq", name=op.f("uq_session_event_tenant_id_session_id_seq")
        ),
    )
    op.create_table(
        "annotation",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("frame", sa.Integer(), nullable=False),
        sa.Column("tool", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("points_px", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("unit", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("spacing_source", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("label", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("origin", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("author_name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.Column("is_deleted", sa.Boolean(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "origin in ('human', 'ai', 'device')", name=op.f("ck_annotation_origin")
        ),
        sa.CheckConstraint("unit in ('mm', 'px')", name=op.f("ck_annotation_unit")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "instance_id"],
            ["dicom_instance.tenant_id", "dicom_instance.id"],
            name=op.f("fk_annotation_tenant_id_instance_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "session_id"],
            ["imaging_session.tenant_id", "imaging_session.id"],
            name=op.f("fk_annotation_tenant_id_session_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "supersedes_id"],
            ["annotation.tenant_id", "annotation.id"],
            name=op.f("fk_annotation_tenant_id_supersedes_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_annotation")),
        sa.UniqueConstraint(
            "tenant_id", "supersedes_id", name=op.f("uq_annotation_tenant_id_supersedes_id")
        ),
    )
    op.create_index(
        "ix_annotation_session", "annotation", ["tenant_id", "session_id"], unique=False
    )
    op.create_table(
        "imaging_transfer",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("transfer_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sop_uid", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("series_uid", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("study_uid", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("mode", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("instance_id", sa.Uuid(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "mode in ('put', 'chunk', 'have')", name=op.f("ck_imaging_transfer_mode")
        ),
        sa.CheckConstraint(
            "status in ('granted', 'stored', 'duplicate', 'conflict', 'quarantined', 'rejected')",
            name=op.f("ck_imaging_transfer_status"),
        ),
        sa.CheckConstraint("size >= 132", name=op.f("ck_imaging_transfer_size")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "device_id"],
            ["imaging_device.tenant_id", "imaging_device.id"],
            name=op.f("fk_imaging_transfer_tenant_id_device_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "instance_id"],
            ["dicom_instance.tenant_id", "dicom_instance.id"],
            name=op.f("fk_imaging_transfer_tenant_id_instance_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "session_id"],
            ["imaging_session.tenant_id", "imaging_session.id"],
            name=op.f("fk_imaging_transfer_tenant_id_session_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_imaging_transfer")),
        sa.UniqueConstraint(
            "tenant_id",
            "device_id",
            "transfer_id",
            name=op.f("uq_imaging_transfer_tenant_id_device_id_transfer_id"),
        ),
    )
    op.create_index(
        "ix_imaging_transfer_session", "imaging_transfer", ["tenant_id", "session_id"], unique=False
    )
    op.create_table(
        "ingest_attempt",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("transfer_id", sa.Uuid(), nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("outcome", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("attempted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "source in ('put', 'chunk', 'have', 'retry')", name=op.f("ck_ingest_attempt_source")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "transfer_id"],
            ["imaging_transfer.tenant_id", "imaging_transfer.id"],
            name=op.f("fk_ingest_attempt_tenant_id_transfer_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_ingest_attempt")),
    )
    op.create_index(
        "ix_ingest_attempt_transfer", "ingest_attempt", ["tenant_id", "transfer_id"], unique=False
    )
    op.create_table(
        "quarantine",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("transfer_id", sa.Uuid(), nullable=True),
        sa.Column("reason_code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("detail", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("topic", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=True),
        sa.Column("message_digest", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(kind = 'message') = (payload is not null)", name=op.f("ck_quarantine_message")
        ),
        sa.CheckConstraint(
            "(kind = 'object') = (transfer_id is not null and sha256 is not null)",
            name=op.f("ck_quarantine_object"),
        ),
        sa.CheckConstraint("kind in ('object', 'message')", name=op.f("ck_quarantine_kind")),
        sa.CheckConstraint(
            "status in ('open', 'retrying', 'released', 'discarded')",
            name=op.f("ck_quarantine_status"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "device_id"],
            ["imaging_device.tenant_id", "imaging_device.id"],
            name=op.f("fk_quarantine_tenant_id_device_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "session_id"],
            ["imaging_session.tenant_id", "imaging_session.id"],
            name=op.f("fk_quarantine_tenant_id_session_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "transfer_id"],
            ["imaging_transfer.tenant_id", "imaging_transfer.id"],
            name=op.f("fk_quarantine_tenant_id_transfer_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_quarantine")),
        sa.UniqueConstraint(
            "tenant_id", "message_digest", name=op.f("uq_quarantine_tenant_id_message_digest")
        ),
    )
    op.create_index(
        "ix_quarantine_status", "quarantine", ["tenant_id", "status", "id"], unique=False
    )
    op.create_index(
        "uq_quarantine_open_object",
        "quarantine",
        ["tenant_id", "transfer_id"],
        unique=True,
        postgresql_where=sa.text("status in ('open', 'retrying') and kind = 'object'"),
    )


def downgrade() -> None:
    op.drop_index(
        "uq_quarantine_open_object",
        table_name="quarantine",
        postgresql_where=sa.text("status in ('open', 'retrying') and kind = 'object'"),
    )
    op.drop_index("ix_quarantine_status", table_name="quarantine")
    op.drop_table("quarantine")
    op.drop_index("ix_ingest_attempt_transfer", table_name="ingest_attempt")
    op.drop_table("ingest_attempt")
    op.drop_index("ix_imaging_transfer_session", table_name="imaging_transfer")
    op.drop_table("imaging_transfer")
    op.drop_index("ix_annotation_session", table_name="annotation")
    op.drop_table("annotation")
    op.drop_table("session_event")
    op.drop_index("ix_qa_review_session", table_name="qa_review")
    op.drop_table("qa_review")
    op.drop_table("imaging_report")
    op.drop_index("ix_dicom_instance_session", table_name="dicom_instance")
    op.drop_index("ix_dicom_instance_series", table_name="dicom_instance")
    op.drop_table("dicom_instance")
    op.drop_index(
        "ix_imaging_session_waiting",
        table_name="imaging_session",
        postgresql_where=sa.text("qa_state in ('new', 'in_review') and state = 'complete'"),
    )
    op.drop_index("ix_imaging_session_queue", table_name="imaging_session")
    op.drop_table("imaging_session")
    op.drop_index("ix_dicom_series_study", table_name="dicom_series")
    op.drop_table("dicom_series")
    op.drop_index(
        "ix_device_message_due",
        table_name="device_message",
        postgresql_where=sa.text("sent_at is null"),
    )
    op.drop_table("device_message")
    op.drop_table("imaging_device")
    op.drop_index("ix_dicom_study_patient", table_name="dicom_study")
    op.drop_index("ix_dicom_study_accession", table_name="dicom_study")
    op.drop_table("dicom_study")
    op.drop_index(
        "uq_dicom_patient_identifier",
        table_name="dicom_patient",
        postgresql_where=sa.text("patient_code <> ''"),
    )
    op.drop_table("dicom_patient")
