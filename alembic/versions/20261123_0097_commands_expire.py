"""Commands to devices expire."""

import sqlalchemy as sa
from alembic import op

from erp.core import migrating

revision = "0097"
down_revision = "0083"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "device_message", sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True)
    )
    with migrating.every_tenant("device_message") as connection:
        connection.execute(
            sa.text(
                "update device_message set expires_at = due_at + interval '7 days'"
                " where channel = 'cmd'"
            )
        )
    op.create_check_constraint(
        op.f("ck_device_message_expiry"),
        "device_message",
        "(channel = 'cmd') = (expires_at is not null)",
        postgresql_not_valid=True,
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_device_message_expiry"), "device_message", type_="check")
    op.drop_column("device_message", "expires_at")
