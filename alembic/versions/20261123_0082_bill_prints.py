"""Each print of a document is a row; the first is the original."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from erp.core import migrating

revision = "0082"
down_revision = "0072"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString()


def upgrade() -> None:
    op.create_table(
        "bill_print",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("copy_no", sa.Integer(), nullable=False),
        sa.Column("layout", TEXT, nullable=False),
        sa.Column("is_duplicate", sa.Boolean(), nullable=False),
        sa.Column("printed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("address", TEXT, nullable=False),
        sa.CheckConstraint("copy_no >= 1", name=op.f("ck_bill_print_copy_no")),
        sa.CheckConstraint("copy_no = 1 or is_duplicate", name=op.f("ck_bill_print_one_original")),
        sa.CheckConstraint("layout in ('receipt', 'invoice')", name=op.f("ck_bill_print_layout")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "invoice_id"],
            ["invoice.tenant_id", "invoice.id"],
            name=op.f("fk_bill_print_tenant_id_invoice_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_bill_print")),
        sa.UniqueConstraint(
            "tenant_id",
            "invoice_id",
            "copy_no",
            name=op.f("uq_bill_print_tenant_id_invoice_id_copy_no"),
        ),
    )
    migrating.protect({"bill_print": migrating.APPEND_ONLY})


def downgrade() -> None:
    op.drop_table("bill_print")
