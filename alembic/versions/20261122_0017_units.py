"""What a line of a bill was sold in, where that is not the base unit."""

import sqlalchemy as sa
from alembic import op

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


def downgrade() -> None:
    op.drop_column("invoice_line", "sold_quantity")
    op.drop_column("invoice_line", "sold_unit")
