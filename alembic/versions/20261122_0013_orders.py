"""Quotations and orders of customers, and what was delivered of them."""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

from erp.core import migrating

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


RIGHTS = {
    "sales_order": migrating.CHANGEABLE,
    "sales_order_version": migrating.APPEND_ONLY,
    "sales_order_progress": migrating.CHANGEABLE,
    "sales_order_line": migrating.APPEND_ONLY,
    "sales_delivery": migrating.APPEND_ONLY,
    "sales_delivery_line": migrating.APPEND_ONLY,
}
GRANTED = {
    "manager": ["sales.order", "billing.deliver"],
    "cashier": ["sales.order"],
    "storekeeper": ["sales.view", "billing.deliver"],
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
        "sales_order",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("quotation_number", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reserved_until", sa.Date(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("end_reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(status = 'quoted') <= (number is null)", name=op.f("ck_sales_order_quoted")
        ),
        sa.CheckConstraint(
            "(status in ('closed', 'cancelled')) = (ended_at is not null)",
            name=op.f("ck_sales_order_ended"),
        ),
        sa.CheckConstraint(
            "(status in ('confirmed', 'closed')) <= (number is not null)",
            name=op.f("ck_sales_order_confirmed"),
        ),
        sa.CheckConstraint(
            "status in ('quoted', 'confirmed', 'closed', 'cancelled')",
            name=op.f("ck_sales_order_status"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(number, quotation_number) > 0", name=op.f("ck_sales_order_number")
        ),
        sa.CheckConstraint("version > 0", name=op.f("ck_sales_order_version")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "branch_id"],
            ["branch.tenant_id", "branch.id"],
            name=op.f("fk_sales_order_tenant_id_branch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id"],
            ["company.tenant_id", "company.id"],
            name=op.f("fk_sales_order_tenant_id_company_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "customer_id"],
            ["party.tenant_id", "party.id"],
            name=op.f("fk_sales_order_tenant_id_customer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "location_id"],
            ["location.tenant_id", "location.id"],
            name=op.f("fk_sales_order_tenant_id_location_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_sales_order")),
        sa.UniqueConstraint("tenant_id", "number", name=op.f("uq_sales_order_tenant_id_number")),
        sa.UniqueConstraint(
            "tenant_id", "quotation_number", name=op.f("uq_sales_order_tenant_id_quotation_number")
        ),
    )
    op.create_index(
        "ix_sales_order_customer", "sales_order", ["tenant_id", "customer_id", "id"], unique=False
    )
    op.create_index(
        "ix_sales_order_list", "sales_order", ["tenant_id", "branch_id", "id"], unique=False
    )
    op.create_index(
        "ix_sales_order_live",
        "sales_order",
        ["tenant_id", "branch_id", "id"],
        unique=False,
        postgresql_where=sa.text("status in ('quoted', 'confirmed')"),
    )
    op.create_table(
        "sales_delivery",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("delivered_on", sa.Date(), nullable=False),
        sa.Column("carrier", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("carrier_reference", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "invoice_id"],
            ["invoice.tenant_id", "invoice.id"],
            name=op.f("fk_sales_delivery_tenant_id_invoice_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "order_id"],
            ["sales_order.tenant_id", "sales_order.id"],
            name=op.f("fk_sales_delivery_tenant_id_order_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_sales_delivery")),
        sa.UniqueConstraint(
            "tenant_id", "invoice_id", name=op.f("uq_sales_delivery_tenant_id_invoice_id")
        ),
    )
    op.create_index(
        "ix_sales_delivery_order", "sales_delivery", ["tenant_id", "order_id"], unique=False
    )
    op.create_table(
        "sales_order_progress",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("line_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("delivered", sa.BigInteger(), nullable=False),
        sa.Column("free_delivered", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "least(delivered, free_delivered) >= 0", name=op.f("ck_sales_order_progress_delivered")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "order_id"],
            ["sales_order.tenant_id", "sales_order.id"],
            name=op.f("fk_sales_order_progress_tenant_id_order_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "variant_id"],
            ["variant.tenant_id", "variant.id"],
            name=op.f("fk_sales_order_progress_tenant_id_variant_id"),
        ),
        sa.PrimaryKeyConstraint(
            "tenant_id", "order_id", "line_no", name=op.f("pk_sales_order_progress")
        ),
        sa.UniqueConstraint(
            "tenant_id",
            "order_id",
            "variant_id",
            name=op.f("uq_sales_order_progress_tenant_id_order_id_variant_id"),
        ),
    )
    op.create_table(
        "sales_order_version",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("deliver_by", sa.Date(), nullable=True),
        sa.Column("reference", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("price_mode", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("place_of_supply", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("gross", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("discount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("taxable", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("cgst", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("sgst", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("igst", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("round_off", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "version = 1 or reason <> ''", name=op.f("ck_sales_order_version_reason")
        ),
        sa.CheckConstraint(
            "total = taxable + cgst + sgst + igst + round_off",
            name=op.f("ck_sales_order_version_total"),
        ),
        sa.CheckConstraint("version > 0", name=op.f("ck_sales_order_version_version")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "order_id"],
            ["sales_order.tenant_id", "sales_order.id"],
            name=op.f("fk_sales_order_version_tenant_id_order_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_sales_order_version")),
        sa.UniqueConstraint(
            "tenant_id",
            "order_id",
            "version",
            name=op.f("uq_sales_order_version_tenant_id_order_id_version"),
        ),
    )
    op.create_table(
        "sales_delivery_line",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("order_line_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("free_quantity", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "least(quantity, free_quantity) >= 0 and quantity + free_quantity > 0",
            name=op.f("ck_sales_delivery_line_quantity"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "delivery_id"],
            ["sales_delivery.tenant_id", "sales_delivery.id"],
            name=op.f("fk_sales_delivery_line_tenant_id_delivery_id"),
        ),
        sa.PrimaryKeyConstraint(
            "tenant_id", "delivery_id", "order_line_no", name=op.f("pk_sales_delivery_line")
        ),
    )
    op.create_table(
        "sales_order_line",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("free_quantity", sa.BigInteger(), nullable=False),
        sa.Column("unit_price", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("list_price", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("discount_percent", sa.Numeric(precision=7, scale=4), nullable=False),
        sa.Column("gst_rate", sa.Numeric(precision=7, scale=4), nullable=False),
        sa.Column("taxable", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("tax", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("price_trace", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint(
            "discount_percent between 0 and 100", name=op.f("ck_sales_order_line_discount_percent")
        ),
        sa.CheckConstraint(
            "least(quantity, free_quantity) >= 0 and quantity + free_quantity > 0",
            name=op.f("ck_sales_order_line_quantity"),
        ),
        sa.CheckConstraint("least(taxable, tax) >= 0", name=op.f("ck_sales_order_line_value")),
        sa.CheckConstraint(
            "unit_price between 0 and list_price", name=op.f("ck_sales_order_line_unit_price")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "order_id", "line_no"],
            [
                "sales_order_progress.tenant_id",
                "sales_order_progress.order_id",
                "sales_order_progress.line_no",
            ],
            name=op.f("fk_sales_order_line_tenant_id_order_id_line_no"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "order_id", "version"],
            [
                "sales_order_version.tenant_id",
                "sales_order_version.order_id",
                "sales_order_version.version",
            ],
            name=op.f("fk_sales_order_line_tenant_id_order_id_version"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "variant_id"],
            ["variant.tenant_id", "variant.id"],
            name=op.f("fk_sales_order_line_tenant_id_variant_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_sales_order_line")),
        sa.UniqueConstraint(
            "tenant_id",
            "order_id",
            "version",
            "line_no",
            name=op.f("uq_sales_order_line_tenant_id_order_id_version_line_no"),
        ),
        sa.UniqueConstraint(
            "tenant_id",
            "order_id",
            "version",
            "variant_id",
            name=op.f("uq_sales_order_line_tenant_id_order_id_version_variant_id"),
        ),
    )
