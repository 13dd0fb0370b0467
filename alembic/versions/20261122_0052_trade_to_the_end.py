"""Forms of drug licences, saved recipes, a doctor's word on substitutes, and links to orders."""

import sqlalchemy as sa
from alembic import op

from erp.core import migrating

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("party", sa.Column("drug_licence_form", sa.String(), nullable=True))
    op.create_check_constraint(
        op.f("ck_party_drug_licence_form"),
        "party",
        "drug_licence_form in ('20-C', '20-D', '25-C', 'other')",
    )
    op.create_check_constraint(
        op.f("ck_party_licence_form_of_number"),
        "party",
        "drug_licence_form is null or drug_licence_no is not null",
    )
    op.add_column(
        "product_substitute",
        sa.Column("needs_consent", sa.Boolean(), server_default=sa.true(), nullable=False),
    )
    op.create_index("ix_stock_move_day", "stock_move", ["tenant_id", "effective_at"])
    _keep_recipes()
    _link_orders()


def _link_orders() -> None:
    op.create_table(
        "order_link",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("secret_hash", sa.String(), nullable=False),
        sa.Column("sent_to", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "secret_hash ~ '^[0-9a-f]{64}$'", name=op.f("ck_order_link_secret_hash")
        ),
        sa.CheckConstraint("expires_at > made_at", name=op.f("ck_order_link_expiry")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "order_id"],
            ["sales_order.tenant_id", "sales_order.id"],
            name=op.f("fk_order_link_tenant_id_order_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_order_link")),
    )
    op.create_index("ix_order_link_order", "order_link", ["tenant_id", "order_id", "id"])
    op.create_index("ix_order_link_id", "order_link", ["id"])
    migrating.protect({"order_link": migrating.CHANGEABLE})


def _keep_recipes() -> None:
    op.create_table(
        "dispensing_recipe",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("packs", sa.BigInteger(), nullable=False),
        sa.Column("mrp", sa.Numeric(18, 2), nullable=False),
        sa.Column("good_for_days", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "packs > 0 and mrp > 0 and good_for_days > 0", name=op.f("ck_dispensing_recipe_packs")
        ),
        sa.CheckConstraint("name <> ''", name=op.f("ck_dispensing_recipe_name")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "variant_id"],
            ["variant.tenant_id", "variant.id"],
            name=op.f("fk_dispensing_recipe_tenant_id_variant_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_dispensing_recipe")),
    )
    op.create_index(
        "uq_dispensing_recipe_name",
        "dispensing_recipe",
        ["tenant_id", sa.text("lower(name)")],
        unique=True,
        postgresql_where=sa.text("is_active"),
    )
    op.create_table(
        "dispensing_recipe_line",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recipe_id", sa.Uuid(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.Numeric(18, 6), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_dispensing_recipe_line_quantity")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "recipe_id"],
            ["dispensing_recipe.tenant_id", "dispensing_recipe.id"],
            name=op.f("fk_dispensing_recipe_line_tenant_id_recipe_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "variant_id"],
            ["variant.tenant_id", "variant.id"],
            name=op.f("fk_dispensing_recipe_line_tenant_id_variant_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_dispensing_recipe_line")),
        sa.UniqueConstraint(
            "tenant_id",
            "recipe_id",
            "line_no",
            name=op.f("uq_dispensing_recipe_line_tenant_id_recipe_id_line_no"),
        ),
    )
    migrating.protect(
        {
            "dispensing_recipe": migrating.CHANGEABLE,
            "dispensing_recipe_line": migrating.APPEND_ONLY,
        }
    )
    op.add_column("dispensing", sa.Column("good_for_days", sa.Integer(), nullable=True))
    op.add_column("dispensing", sa.Column("recipe_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_dispensing_tenant_id_recipe_id"),
        "dispensing",
        "dispensing_recipe",
        ["tenant_id", "recipe_id"],
        ["tenant_id", "id"],
    )
    op.create_index("ix_dispensing_recipe", "dispensing", ["tenant_id", "recipe_id"])


def downgrade() -> None:
    op.drop_index("ix_stock_move_day", "stock_move")
    op.drop_column("product_substitute", "needs_consent")
    op.drop_table("order_link")
    op.drop_column("dispensing", "recipe_id")
    op.drop_column("dispensing", "good_for_days")
    op.drop_table("dispensing_recipe_line")
    op.drop_table("dispensing_recipe")
    op.drop_column("party", "drug_licence_form")
