"""Transfers of a session are found by the identity of their object: settling looks for each."""

from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None
INDEX = "ix_imaging_transfer_session"


def upgrade() -> None:
    op.drop_index(INDEX, "imaging_transfer")
    op.create_index(INDEX, "imaging_transfer", ["tenant_id", "session_id", "sop_uid"])


def downgrade() -> None:
    op.drop_index(INDEX, "imaging_transfer")
    op.create_index(INDEX, "imaging_transfer", ["tenant_id", "session_id"])
