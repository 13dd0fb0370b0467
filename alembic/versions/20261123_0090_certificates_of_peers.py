"""A DICOM peer can be bound to the one certificate it must show."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0090"
down_revision = "0086"
branch_labels = None
depends_on = None

BRIEFLY_LOCKED = {"dicom_peer": "a branch has a handful of peers"}


def upgrade() -> None:
    op.add_column(
        "dicom_peer",
        sa.Column(
            "certificate",
            sqlmodel.sql.sqltypes.AutoString(),
            server_default="",
            nullable=False,
        ),
    )
    op.alter_column("dicom_peer", "certificate", server_default=None)
    op.create_check_constraint(
        op.f("ck_dicom_peer_certificate"), "dicom_peer", "certificate ~ '^([0-9a-f]{64})?$'"
    )


def downgrade() -> None:
    op.drop_column("dicom_peer", "certificate")
