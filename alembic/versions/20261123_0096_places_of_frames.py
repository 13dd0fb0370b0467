"""Where each frame of an enhanced object lies in the patient."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0096"
down_revision = "0085"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("dicom_instance", sa.Column("frame_places", postgresql.JSONB(), nullable=True))


def downgrade() -> None:
    op.drop_column("dicom_instance", "frame_places")
