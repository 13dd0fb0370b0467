"""Units that customers' orders count in, and caps of goods for one customer."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "sales_order_line",
        sa.Column("ordered_unit", sa.String(), server_default="", nullable=False),
    )
    op.add_column("sales_order_line", sa.Column("ordered_quantity", sa.BigInteger(), nullable=True))
    op.create_check_constraint(
        op.f("ck_sales_order_line_ordered_unit"),
        "sales_order_line",
        "(ordered_unit = '') = (ordered_quantity is null)",
    )
    for column in ("max_per_day", "max_per_month"):
        op.add_column("product", sa.Column(column, sa.Integer(), nullable=True))
    op.create_check_constraint(
        op.f("ck_product_max_per_customer"), "product", "least(max_per_day, max_per_month) > 0"
    )


def downgrade() -> None:
    op.drop_column("product", "max_per_month")
    op.drop_column("product", "max_per_day")
    op.drop_column("sales_order_line", "ordered_quantity")
    op.drop_column("sales_order_line", "ordered_unit")
