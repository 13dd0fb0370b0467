"""Goods that customers bring back of an order's invoice: who may give credit for them."""

from erp.core import migrating

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

GRANTED = {"manager": ["billing.take_back"]}


def upgrade() -> None:
    migrating.grant_to_roles(GRANTED, {})


def downgrade() -> None:
    migrating.withdraw_from_roles(GRANTED, [])
