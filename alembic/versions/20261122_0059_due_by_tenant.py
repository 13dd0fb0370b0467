"""What is due is asked for tenant by tenant: nobody waits behind all of another's work."""

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0056"
branch_labels = None
depends_on = None
INDEX, TABLE = "ix_event_delivery_due", "event_delivery"
WAITING = sa.text("status in ('pending', 'leased')")


def upgrade() -> None:
    op.drop_index(INDEX, TABLE)
    op.create_index(INDEX, TABLE, ["tenant_id", "next_attempt_at"], postgresql_where=WAITING)


def downgrade() -> None:
    op.drop_index(INDEX, TABLE)
    op.create_index(INDEX, TABLE, ["next_attempt_at"], postgresql_where=WAITING)
