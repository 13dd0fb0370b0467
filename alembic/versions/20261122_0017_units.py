"""What a line of a bill was sold in; goods need a prescription by their class alone."""

import sqlalchemy as sa
from alembic import op

from erp.core import migrating

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "invoice_line", sa.Column("sold_unit", sa.String(), server_default="", nullable=False)
    )
    op.add_column("invoice_line", sa.Column("sold_quantity", sa.BigInteger(), nullable=True))
    op.create_check_constraint(
        op.f("ck_invoice_line_sold_unit"),
        "invoice_line",
        "(sold_unit = '') = (sold_quantity is null)",
    )
    with migrating.every_tenant("product", "prescription_rule") as connection:
        connection.exec_driver_sql(
            "update product p set licence_class = 'restricted' from prescription_rule r"
            " where (r.tenant_id, r.product_id) = (p.tenant_id, p.id)"
            " and p.licence_class <> 'narcotic'"
        )
    op.drop_table("prescription_rule")


def downgrade() -> None:
    op.create_table(
        "prescription_rule",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "product_id"],
            ["product.tenant_id", "product.id"],
            name=op.f("fk_prescription_rule_tenant_id_product_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "product_id", name=op.f("pk_prescription_rule")),
    )
    migrating.protect({"prescription_rule": "select, insert, delete"})
    op.drop_column("invoice_line", "sold_quantity")
    op.drop_column("invoice_line", "sold_unit")
