"""A pack has an HSN and a tax class of its own where it decides how goods are taxed."""

import sqlalchemy as sa
from alembic import op

revision = "0089"
down_revision = "0097"
branch_labels = None
depends_on = None

CHECKS = {
    "ck_variant_hsn": "hsn ~ '^[0-9]{4,8}$'",
    "ck_variant_tax_reason": "tax_reason = '' or tax_class_id is not null",
}
CLASS = "fk_variant_tenant_id_tax_class_id"


def upgrade() -> None:
    op.add_column("variant", sa.Column("hsn", sa.String(), nullable=True))
    op.add_column("variant", sa.Column("tax_class_id", sa.Uuid(), nullable=True))
    op.add_column(
        "variant", sa.Column("tax_reason", sa.String(), server_default="", nullable=False)
    )
    for name, promise in CHECKS.items():
        op.create_check_constraint(op.f(name), "variant", promise, postgresql_not_valid=True)
    op.create_foreign_key(
        op.f(CLASS),
        "variant",
        "tax_class",
        ["tenant_id", "tax_class_id"],
        ["tenant_id", "id"],
        postgresql_not_valid=True,
    )


def downgrade() -> None:
    for name in (CLASS, *CHECKS):
        op.drop_constraint(op.f(name), "variant")
    for column in ("tax_reason", "tax_class_id", "hsn"):
        op.drop_column("variant", column)
