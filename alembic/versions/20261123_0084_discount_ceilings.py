"""Discounts have ceilings by product, form and brand."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from erp.core import migrating

revision = "0084"
down_revision = "0096"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString()


def upgrade() -> None:
    op.create_table(
        "discount_ceiling",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=True),
        sa.Column("form", TEXT, nullable=True),
        sa.Column("brand_id", sa.Uuid(), nullable=True),
        sa.Column("percent", sa.Numeric(precision=7, scale=4), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "num_nonnulls(product_id, form, brand_id) = 1", name=op.f("ck_discount_ceiling_target")
        ),
        sa.CheckConstraint("percent between 0 and 100", name=op.f("ck_discount_ceiling_percent")),
        sa.CheckConstraint(
            "percent = round(percent, 2)", name=op.f("ck_discount_ceiling_hundredths")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "product_id"],
            ["product.tenant_id", "product.id"],
            name=op.f("fk_discount_ceiling_tenant_id_product_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "brand_id"],
            ["brand.tenant_id", "brand.id"],
            name=op.f("fk_discount_ceiling_tenant_id_brand_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_discount_ceiling")),
    )
    op.create_index(
        "ix_discount_ceiling_start", "discount_ceiling", ["tenant_id", "valid_from"], unique=False
    )
    migrating.protect({"discount_ceiling": migrating.APPEND_ONLY})


def downgrade() -> None:
    op.drop_table("discount_ceiling")
