"""Ways in beside the broker: DICOM peers, uploads, DICOMweb; objects that nobody offered.

Revision ID: 0027
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

SOURCES_BEFORE = "source in ('put', 'chunk', 'have', 'retry')"
SOURCES = "source in ('put', 'chunk', 'have', 'retry', 'cstore', 'stow', 'upload')"
MODES_BEFORE = "mode in ('put', 'chunk', 'have')"
MODES = "mode in ('put', 'chunk', 'have', 'cstore', 'stow', 'upload')"


def upgrade() -> None:
    _tell_ways_in_apart()
    _take_what_nobody_offered()


def downgrade() -> None:
    op.drop_index("ix_imaging_transfer_homeless", table_name="imaging_transfer")
    op.drop_constraint(op.f("ck_imaging_transfer_session"), "imaging_transfer", type_="check")
    _recheck("imaging_transfer", "size", "size >= 132")
    _recheck("imaging_transfer", "mode", MODES_BEFORE)
    _recheck("ingest_attempt", "source", SOURCES_BEFORE)
    op.alter_column("imaging_transfer", "session_id", nullable=False)
    op.drop_index("uq_imaging_device_way_in", table_name="imaging_device")
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


def _recheck(table: str, name: str, condition: str) -> None:
    op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)
