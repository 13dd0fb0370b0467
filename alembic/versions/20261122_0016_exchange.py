"""Exchanges: a bill that replaces goods of another, paid with what came back."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

METHODS = "method in ('cash', 'upi', 'card', 'credit', 'points', 'advance')"
MORE_METHODS = "method in ('cash', 'upi', 'card', 'credit', 'points', 'advance', 'exchange')"


def upgrade() -> None:
    op.add_column("sale", sa.Column("replaces_id", sa.Uuid(), nullable=True))
    op.create_index(
        "uq_sale_replaces",
        "sale",
        ["tenant_id", "replaces_id"],
        unique=True,
        postgresql_where=sa.text("replaces_id is not null"),
    )
    op.create_foreign_key(
        op.f("fk_sale_tenant_id_replaces_id"),
        "sale",
        "sale",
        ["tenant_id", "replaces_id"],
        ["tenant_id", "id"],
    )
    op.create_check_constraint(
        op.f("ck_sale_replaces"), "sale", "replaces_id is null or kind = 'sale'"
    )
    op.drop_constraint(op.f("ck_tender_method"), "tender")
    op.create_check_constraint(op.f("ck_tender_method"), "tender", MORE_METHODS)


def downgrade() -> None:
    op.drop_constraint(op.f("ck_tender_method"), "tender")
    op.create_check_constraint(op.f("ck_tender_method"), "tender", METHODS)
    op.drop_column("sale", "replaces_id")
