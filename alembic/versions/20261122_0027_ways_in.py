"""Ways in beside the broker: DICOM peers, uploads, DICOMweb; objects nobody offered; the worklist.

Revision ID: 0027
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

from erp.core import migrating

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

RIGHTS = {
    "dicom_entity": migrating.CHANGEABLE,
    "dicom_peer": migrating.CHANGEABLE,
    "storage_commitment": migrating.CHANGEABLE,
    "imaging_order": migrating.CHANGEABLE,
}
SOURCES_BEFORE = "source in ('put', 'chunk', 'have', 'retry')"
SOURCES = "source in ('put', 'chunk', 'have', 'retry', 'cstore', 'stow', 'upload')"
MODES_BEFORE = "mode in ('put', 'chunk', 'have')"
MODES = "mode in ('put', 'chunk', 'have', 'cstore', 'stow', 'upload')"


def upgrade() -> None:
    _tell_ways_in_apart()
    _take_what_nobody_offered()
    _create_peers()
    _create_commitments()
    _create_orders()
    migrating.protect(RIGHTS)


def downgrade() -> None:
    op.drop_index("ix_imaging_session_order", table_name="imaging_session")
    op.drop_constraint(
        op.f("fk_imaging_session_tenant_id_order_id"), "imaging_session", type_="foreignkey"
    )
    op.drop_column("imaging_session", "order_id")
    for table in ("imaging_order", "storage_commitment", "dicom_peer", "dicom_entity"):
        op.drop_table(table)
    op.drop_index("ix_imaging_transfer_homeless", table_name="imaging_transfer")
    op.drop_constraint(op.f("ck_imaging_transfer_session"), "imaging_transfer", type_="check")
    _recheck("imaging_transfer", "size", "size >= 132")
    _recheck("imaging_transfer", "mode", MODES_BEFORE)
    _recheck("ingest_attempt", "source", SOURCES_BEFORE)
    op.alter_column("imaging_transfer", "session_id", nullable=False)
    op.drop_index("uq_imaging_device_way_in", table_name="imaging_device")
    op.drop_index("uq_imaging_device_peer", table_name="imaging_device")
    op.drop_constraint(op.f("ck_imaging_device_ae_title"), "imaging_device", type_="check")
    op.drop_constraint(op.f("ck_imaging_device_kind"), "imaging_device", type_="check")
    op.drop_column("imaging_device", "ae_title")
    op.drop_column("imaging_device", "kind")


def _tell_ways_in_apart() -> None:
    for name, filled in (("kind", "mqtt"), ("ae_title", "")):
        op.add_column(
            "imaging_device",
            sa.Column(
                name,
                sqlmodel.sql.sqltypes.AutoString(),
                nullable=False,
                server_default=filled,
            ),
        )
        op.alter_column("imaging_device", name, server_default=None)
    op.create_check_constraint(
        op.f("ck_imaging_device_kind"),
        "imaging_device",
        "kind in ('mqtt', 'dicom', 'upload', 'dicomweb')",
    )
    op.create_check_constraint(
        op.f("ck_imaging_device_ae_title"), "imaging_device", "(kind = 'dicom') = (ae_title <> '')"
    )
    op.create_index(
        "uq_imaging_device_peer",
        "imaging_device",
        ["tenant_id", "branch_id", "ae_title"],
        unique=True,
        postgresql_where=sa.text("kind = 'dicom' and is_active"),
    )
    op.create_index(
        "uq_imaging_device_way_in",
        "imaging_device",
        ["tenant_id", "branch_id", "kind"],
        unique=True,
        postgresql_where=sa.text("kind in ('upload', 'dicomweb')"),
    )


def _take_what_nobody_offered() -> None:
    op.alter_column("imaging_transfer", "session_id", nullable=True)
    _recheck("imaging_transfer", "mode", MODES)
    _recheck("imaging_transfer", "size", "size >= 132 or mode in ('cstore', 'stow', 'upload')")
    op.create_check_constraint(
        op.f("ck_imaging_transfer_session"),
        "imaging_transfer",
        "session_id is not null or mode in ('cstore', 'stow', 'upload')",
    )
    _recheck("ingest_attempt", "source", SOURCES)
    op.create_index(
        "ix_imaging_transfer_homeless",
        "imaging_transfer",
        ["tenant_id", "device_id", "sop_uid"],
        unique=False,
        postgresql_where=sa.text("session_id is null"),
    )


def _create_peers() -> None:
    op.create_table(
        "dicom_entity",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("ae_title", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "branch_id"],
            ["branch.tenant_id", "branch.id"],
            name=op.f("fk_dicom_entity_tenant_id_branch_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_dicom_entity")),
    )
    op.create_index(
        "uq_dicom_entity_title",
        "dicom_entity",
        ["ae_title"],
        unique=True,
        postgresql_where=sa.text("is_active"),
    )
    op.create_table(
        "dicom_peer",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("address", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("host", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column("uses_tls", sa.Boolean(), nullable=False),
        sa.Column("may_store", sa.Boolean(), nullable=False),
        sa.Column("may_query", sa.Boolean(), nullable=False),
        sa.Column("may_retrieve", sa.Boolean(), nullable=False),
        sa.Column("may_worklist", sa.Boolean(), nullable=False),
        sa.Column("echo_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("echo_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("echo_result", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("echo_ok", sa.Boolean(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(host = '') = (port = 0) and port between 0 and 65535",
            name=op.f("ck_dicom_peer_place"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "device_id"],
            ["imaging_device.tenant_id", "imaging_device.id"],
            name=op.f("fk_dicom_peer_tenant_id_device_id"),
        ),
        sa.UniqueConstraint(
            "tenant_id", "device_id", name=op.f("uq_dicom_peer_tenant_id_device_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_dicom_peer")),
    )


def _create_commitments() -> None:
    op.create_table(
        "storage_commitment",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("transaction_uid", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("items", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("committed", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("problem", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status in ('due', 'reported', 'given_up')", name=op.f("ck_storage_commitment_status")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "device_id"],
            ["imaging_device.tenant_id", "imaging_device.id"],
            name=op.f("fk_storage_commitment_tenant_id_device_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "entity_id"],
            ["dicom_entity.tenant_id", "dicom_entity.id"],
            name=op.f("fk_storage_commitment_tenant_id_entity_id"),
        ),
        sa.UniqueConstraint(
            "tenant_id",
            "device_id",
            "transaction_uid",
            name=op.f("uq_storage_commitment_tenant_id_device_id_transaction_uid"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_storage_commitment")),
    )
    op.create_index(
        "ix_storage_commitment_due",
        "storage_commitment",
        ["next_try_at"],
        unique=False,
        postgresql_where=sa.text("status = 'due'"),
    )


def _create_orders() -> None:
    op.create_table(
        "imaging_order",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("patient_id", sa.Uuid(), nullable=True),
        sa.Column("patient_code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("patient_name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("birth_on", sa.Date(), nullable=True),
        sa.Column("sex", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("accession", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sps_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("study_uid", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("procedure", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("protocol", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("modality", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("scheduled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("referring_physician", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("is_priority", sa.Boolean(), nullable=False),
        sa.Column("repeat_of", sa.Uuid(), nullable=True),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=False),
        sa.Column("requested_by_name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("sex in ('', 'F', 'M', 'O')", name=op.f("ck_imaging_order_sex")),
        sa.CheckConstraint(
            "status in ('scheduled', 'started', 'done', 'cancelled')",
            name=op.f("ck_imaging_order_status"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "branch_id"],
            ["branch.tenant_id", "branch.id"],
            name=op.f("fk_imaging_order_tenant_id_branch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "device_id"],
            ["imaging_device.tenant_id", "imaging_device.id"],
            name=op.f("fk_imaging_order_tenant_id_device_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "patient_id"],
            ["party.tenant_id", "party.id"],
            name=op.f("fk_imaging_order_tenant_id_patient_id"),
        ),
        sa.UniqueConstraint(
            "tenant_id", "accession", name=op.f("uq_imaging_order_tenant_id_accession")
        ),
        sa.UniqueConstraint("tenant_id", "sps_id", name=op.f("uq_imaging_order_tenant_id_sps_id")),
        sa.UniqueConstraint(
            "tenant_id", "study_uid", name=op.f("uq_imaging_order_tenant_id_study_uid")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_imaging_order")),
    )
    op.create_index(
        "ix_imaging_order_day", "imaging_order", ["tenant_id", "scheduled_at", "id"], unique=False
    )
    op.add_column("imaging_session", sa.Column("order_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_imaging_session_tenant_id_order_id"),
        "imaging_session",
        "imaging_order",
        ["tenant_id", "order_id"],
        ["tenant_id", "id"],
    )
    op.create_index(
        "ix_imaging_session_order",
        "imaging_session",
        ["tenant_id", "order_id"],
        unique=False,
        postgresql_where=sa.text("order_id is not null"),
    )


def _recheck(table: str, name: str, condition: str) -> None:
    op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)
