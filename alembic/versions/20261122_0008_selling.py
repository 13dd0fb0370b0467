"""Selling: price lists with their rules, and coupons."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from erp.core import migrating

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


RIGHTS = {
    "price_list": migrating.CHANGEABLE,
    "price_rule": migrating.APPEND_ONLY,
    "coupon": migrating.CHANGEABLE,
    "coupon_use": migrating.APPEND_ONLY,
}
GRANTED = {
    "manager": ["sales.view", "sales.set_prices"],
    "cashier": ["sales.view"],
    "accountant": ["sales.view"],
    "auditor": ["sales.view"],
}


def upgrade() -> None:
    _create_tables()
    migrating.protect(RIGHTS)
    migrating.grant_to_roles(GRANTED, {})


def downgrade() -> None:
    for table in reversed(RIGHTS):
        op.drop_table(table)
    migrating.withdraw_from_roles(GRANTED, [])


def _create_tables() -> None:
    op.create_table(
        "coupon",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("percent", sa.Numeric(precision=7, scale=4), nullable=True),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("max_discount", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("min_bill", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=True),
        sa.Column("max_uses", sa.Integer(), nullable=False),
        sa.Column("is_once_each", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("code ~ '^[A-Z0-9][A-Z0-9_-]{2,19}$'", name=op.f("ck_coupon_code")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_coupon_amount")),
        sa.CheckConstraint(
            "max_discount is null or (max_discount > 0 and percent is not null)",
            name=op.f("ck_coupon_max_discount"),
        ),
        sa.CheckConstraint("max_uses > 0", name=op.f("ck_coupon_max_uses")),
        sa.CheckConstraint("min_bill >= 0", name=op.f("ck_coupon_min_bill")),
        sa.CheckConstraint("num_nonnulls(percent, amount) = 1", name=op.f("ck_coupon_value")),
        sa.CheckConstraint("percent > 0 and percent <= 100", name=op.f("ck_coupon_percent")),
        sa.CheckConstraint("valid_until >= valid_from", name=op.f("ck_coupon_dates")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "party_id"],
            ["party.tenant_id", "party.id"],
            name=op.f("fk_coupon_tenant_id_party_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_coupon")),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("uq_coupon_tenant_id_code")),
        sa.UniqueConstraint(
            "tenant_id", "id", "max_uses", name=op.f("uq_coupon_tenant_id_id_max_uses")
        ),
    )
    op.create_table(
        "price_list",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("audience", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=True),
        sa.Column("party_kind", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("price_mode", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(audience = 'customer') = (party_id is not null)", name=op.f("ck_price_list_customer")
        ),
        sa.CheckConstraint(
            "(audience = 'kind') = (party_kind is not null)", name=op.f("ck_price_list_kind")
        ),
        sa.CheckConstraint(
            "audience in ('customer', 'assigned', 'kind', 'everyone')",
            name=op.f("ck_price_list_audience"),
        ),
        sa.CheckConstraint("code ~ '^[A-Z0-9][A-Z0-9_-]{0,19}$'", name=op.f("ck_price_list_code")),
        sa.CheckConstraint(
            "price_mode in ('exclusive', 'inclusive')", name=op.f("ck_price_list_price_mode")
        ),
        sa.CheckConstraint("valid_until >= valid_from", name=op.f("ck_price_list_dates")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "party_id"],
            ["party.tenant_id", "party.id"],
            name=op.f("fk_price_list_tenant_id_party_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_price_list")),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("uq_price_list_tenant_id_code")),
    )
    op.create_index("ix_price_list_party", "price_list", ["tenant_id", "party_id"], unique=False)
    op.create_table(
        "coupon_use",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("coupon_id", sa.Uuid(), nullable=False),
        sa.Column("use_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("max_uses", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("only_party_id", sa.Uuid(), nullable=True),
        sa.Column("document_type", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("discount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("used_by", sa.Uuid(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("discount > 0", name=op.f("ck_coupon_use_discount")),
        sa.CheckConstraint("only_party_id = party_id", name=op.f("ck_coupon_use_only_party")),
        sa.CheckConstraint("use_no between 1 and max_uses", name=op.f("ck_coupon_use_use_no")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "coupon_id", "max_uses"],
            ["coupon.tenant_id", "coupon.id", "coupon.max_uses"],
            name=op.f("fk_coupon_use_tenant_id_coupon_id_max_uses"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "coupon_id"],
            ["coupon.tenant_id", "coupon.id"],
            name=op.f("fk_coupon_use_tenant_id_coupon_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "party_id"],
            ["party.tenant_id", "party.id"],
            name=op.f("fk_coupon_use_tenant_id_party_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "coupon_id", "use_no", name=op.f("pk_coupon_use")),
        sa.UniqueConstraint(
            "tenant_id", "document_id", name=op.f("uq_coupon_use_tenant_id_document_id")
        ),
    )
    op.create_index(
        "uq_coupon_use_party",
        "coupon_use",
        ["tenant_id", "coupon_id", "only_party_id"],
        unique=True,
        postgresql_where=sa.text("only_party_id is not null"),
    )
    op.create_table(
        "price_rule",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=True),
        sa.Column("variant_id", sa.Uuid(), nullable=True),
        sa.Column("product_id", sa.Uuid(), nullable=True),
        sa.Column("brand_id", sa.Uuid(), nullable=True),
        sa.Column(
            "target_id",
            sa.Uuid(),
            sa.Computed(
                "coalesce(lot_id, variant_id, product_id, brand_id, '00000000-0000-0000-0000-000000000000'::uuid)",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column("min_quantity", sa.BigInteger(), nullable=False),
        sa.Column("basis", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("percent", sa.Numeric(precision=7, scale=4), nullable=False),
        sa.Column("round_to", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("free_quantity", sa.BigInteger(), nullable=True),
        sa.Column("free_variant_id", sa.Uuid(), nullable=True),
        sa.Column("repeats", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(basis = 'fixed') = (amount is not null)", name=op.f("ck_price_rule_fixed")
        ),
        sa.CheckConstraint(
            "basis in ('fixed', 'mrp', 'ptr', 'pts', 'cost', 'none')",
            name=op.f("ck_price_rule_basis"),
        ),
        sa.CheckConstraint("kind = 'price' or basis = 'none'", name=op.f("ck_price_rule_scheme")),
        sa.CheckConstraint(
            "kind = 'scheme' or free_quantity is null", name=op.f("ck_price_rule_price")
        ),
        sa.CheckConstraint("kind in ('price', 'scheme')", name=op.f("ck_price_rule_kind")),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_price_rule_amount")),
        sa.CheckConstraint("free_quantity > 0", name=op.f("ck_price_rule_free_quantity")),
        sa.CheckConstraint(
            "free_variant_id is null or free_quantity is not null",
            name=op.f("ck_price_rule_free_variant"),
        ),
        sa.CheckConstraint("min_quantity > 0", name=op.f("ck_price_rule_min_quantity")),
        sa.CheckConstraint(
            "num_nonnulls(lot_id, variant_id, product_id, brand_id) <= 1",
            name=op.f("ck_price_rule_target"),
        ),
        sa.CheckConstraint("percent between -100 and 1000", name=op.f("ck_price_rule_percent")),
        sa.CheckConstraint("round_to > 0", name=op.f("ck_price_rule_round_to")),
        sa.CheckConstraint("valid_until >= valid_from", name=op.f("ck_price_rule_dates")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "brand_id"],
            ["brand.tenant_id", "brand.id"],
            name=op.f("fk_price_rule_tenant_id_brand_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "free_variant_id"],
            ["variant.tenant_id", "variant.id"],
            name=op.f("fk_price_rule_tenant_id_free_variant_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "list_id"],
            ["price_list.tenant_id", "price_list.id"],
            name=op.f("fk_price_rule_tenant_id_list_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "lot_id"],
            ["lot.tenant_id", "lot.id"],
            name=op.f("fk_price_rule_tenant_id_lot_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "product_id"],
            ["product.tenant_id", "product.id"],
            name=op.f("fk_price_rule_tenant_id_product_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "variant_id"],
            ["variant.tenant_id", "variant.id"],
            name=op.f("fk_price_rule_tenant_id_variant_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_price_rule")),
    )
    op.create_index(
        "ix_price_rule_target", "price_rule", ["tenant_id", "list_id", "target_id"], unique=False
    )
