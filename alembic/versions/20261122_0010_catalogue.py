"""The catalogue to depth: names that sound alike are found."""

from pathlib import Path

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

from erp.core import migrating

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"


RIGHTS = {
    "product_substitute": "select, insert, delete",
    "maker_list": migrating.CHANGEABLE,
    "listed_price": migrating.APPEND_ONLY,
}
CHECKS = {
    "ck_product_licence_class": "licence_class in ('homeopathic', 'restricted', 'narcotic', 'open')",
    "ck_product_max_per_sale": "max_per_sale > 0",
    "ck_product_narcotic_cap": "licence_class <> 'narcotic' or max_per_sale is not null",
}
OPEN = """
    update product set licence_class = 'open'
     where form in ('cosmetic', 'packaging', 'book', 'device', 'service', 'other')
"""
"""What needs no drug licence, as far as its form tells."""
APART = """
    update variant v set pack_unit = v.pack_unit || ' (' || d.nth || ')'
      from (select tenant_id, id, row_number() over (
                   partition by tenant_id, product_id, potency_label, pack_quantity, lower(pack_unit)
                   order by created_at, id) as nth from variant) d
     where d.tenant_id = v.tenant_id and d.id = v.id and d.nth > 1
"""
"""Variants of one potency and pack that two people made at once: from now on there is only one."""


def upgrade() -> None:
    _create_tables()
    op.get_bind().exec_driver_sql((SQL / "0010_sounds.sql").read_text())
    with migrating.every_tenant("variant", "product") as connection:
        connection.exec_driver_sql(APART)
        connection.exec_driver_sql(OPEN)
    for name, condition in CHECKS.items():
        op.create_check_constraint(op.f(name), "product", condition)
    op.create_index(
        "uq_variant_pack",
        "variant",
        ["tenant_id", "product_id", "potency_label", "pack_quantity", sa.text("lower(pack_unit)")],
        unique=True,
    )
    migrating.protect(RIGHTS)


def downgrade() -> None:
    for table in reversed(RIGHTS):
        op.drop_table(table)
    for name in CHECKS:
        op.drop_constraint(op.f(name), "product", type_="check")
    for column in (
        "constituents",
        "licence_class",
        "max_per_sale",
        "tax_reason",
        "picture_version",
    ):
        op.drop_column("product", column)
    op.drop_index("uq_variant_pack", "variant")
    connection = op.get_bind()
    connection.exec_driver_sql((SQL / "0010_sounds_down.sql").read_text())


def _create_tables() -> None:
    op.create_table(
        "product_substitute",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("linked_by", sa.Uuid(), nullable=False),
        sa.Column(
            "linked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint("product_id < other_id", name=op.f("ck_product_substitute_pair")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "other_id"],
            ["product.tenant_id", "product.id"],
            name=op.f("fk_product_substitute_tenant_id_other_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "product_id"],
            ["product.tenant_id", "product.id"],
            name=op.f("fk_product_substitute_tenant_id_product_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_product_substitute")),
        sa.UniqueConstraint(
            "tenant_id",
            "product_id",
            "other_id",
            name=op.f("uq_product_substitute_tenant_id_product_id_other_id"),
        ),
    )
    op.create_index(
        "ix_product_substitute_other", "product_substitute", ["tenant_id", "other_id"], unique=False
    )
    op.create_table(
        "maker_list",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("cells", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=True),
        sa.Column("applied_rows", sa.Integer(), nullable=False),
        sa.Column("skipped_rows", sa.Integer(), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_by", sa.Uuid(), nullable=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(status = 'applied') = (effective_from is not null and applied_at is not null and applied_by is not null)",
            name=op.f("ck_maker_list_applied"),
        ),
        sa.CheckConstraint("status in ('uploaded', 'applied')", name=op.f("ck_maker_list_status")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_maker_list")),
        sa.UniqueConstraint("tenant_id", "sha256", name=op.f("uq_maker_list_tenant_id_sha256")),
    )
    op.create_table(
        "listed_price",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("maker_list_id", sa.Uuid(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("mrp", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("ptr", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("pts", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.CheckConstraint(
            "mrp > 0 and ptr >= 0 and pts >= 0", name=op.f("ck_listed_price_prices")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "maker_list_id"],
            ["maker_list.tenant_id", "maker_list.id"],
            name=op.f("fk_listed_price_tenant_id_maker_list_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "variant_id"],
            ["variant.tenant_id", "variant.id"],
            name=op.f("fk_listed_price_tenant_id_variant_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_listed_price")),
        sa.UniqueConstraint(
            "tenant_id",
            "maker_list_id",
            "variant_id",
            name=op.f("uq_listed_price_tenant_id_maker_list_id_variant_id"),
        ),
    )
    op.create_index(
        "ix_listed_price_variant",
        "listed_price",
        ["tenant_id", "variant_id", "valid_from", "id"],
        unique=False,
    )
    op.add_column(
        "product",
        sa.Column("constituents", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
    )
    op.add_column(
        "product",
        sa.Column(
            "licence_class",
            sqlmodel.sql.sqltypes.AutoString(),
            server_default="homeopathic",
            nullable=False,
        ),
    )
    op.add_column("product", sa.Column("max_per_sale", sa.Integer(), nullable=True))
    op.add_column(
        "product",
        sa.Column(
            "tax_reason", sqlmodel.sql.sqltypes.AutoString(), server_default="", nullable=False
        ),
    )
    op.add_column("product", sa.Column("picture_version", sa.Integer(), nullable=True))
