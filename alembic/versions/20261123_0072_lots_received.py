"""A lot says when its first units came; first receipt first out goes by it."""

import sqlalchemy as sa
from alembic import op

from erp.core import migrating

revision = "0072"
down_revision = "0069"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "lot",
        sa.Column(
            "received_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
    )
    with migrating.every_tenant("lot", "stock_move", "location"):
        op.execute(
            """
            update lot l
               set received_at = coalesce(
                   (select min(m.effective_at) from stock_move m
                      join location origin on (origin.tenant_id, origin.id) = (m.tenant_id, m.from_location_id)
                     where (m.tenant_id, m.lot_id) = (l.tenant_id, l.id) and origin.kind in ('supplier', 'production')),
                   l.created_at)
            """
        )


def downgrade() -> None:
    op.drop_column("lot", "received_at")
