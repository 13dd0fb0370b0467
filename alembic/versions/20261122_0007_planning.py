"""Planning of stock: what holding goods costs, what suppliers take back, what to buy again."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from erp.core import migrating

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

RIGHTS = {
    "carrying_rate": migrating.APPEND_ONLY,
    "claim_terms": migrating.CHANGEABLE,
    "reorder_rule": migrating.CHANGEABLE,
    "reorder_suggestion": migrating.CHANGEABLE,
}
GRANTED = {
    "manager": ["inventory.plan", "inventory.reorder"],
    "storekeeper": ["inventory.reorder"],
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
        "carrying_rate",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("form", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("rate", sa.Numeric(precision=7, scale=4), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("rate between 0 and 100", name=op.f("ck_carrying_rate_rate")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_carrying_rate")),
        sa.UniqueConstraint(
            "tenant_id",
            "form",
            "valid_from",
            name=op.f("uq_carrying_rate_tenant_id_form_valid_from"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "claim_terms",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=True),
        sa.Column("opens_days", sa.Integer(), nullable=False),
        sa.Column("closes_days", sa.Integer(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "closes_days between 0 and 730", name=op.f("ck_claim_terms_closes_days")
        ),
        sa.CheckConstraint("opens_days between 0 and 730", name=op.f("ck_claim_terms_opens_days")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "supplier_id"],
            ["party.tenant_id", "party.id"],
            name=op.f("fk_claim_terms_tenant_id_supplier_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_claim_terms")),
        sa.UniqueConstraint(
            "tenant_id",
            "supplier_id",
            name=op.f("uq_claim_terms_tenant_id_supplier_id"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "reorder_rule",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("reorder_point", sa.BigInteger(), nullable=True),
        sa.Column("lead_days", sa.Integer(), nullable=True),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("lead_days between 1 and 365", name=op.f("ck_reorder_rule_lead_days")),
        sa.CheckConstraint("reorder_point >= 0", name=op.f("ck_reorder_rule_reorder_point")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "branch_id"],
            ["branch.tenant_id", "branch.id"],
            name=op.f("fk_reorder_rule_tenant_id_branch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "variant_id"],
            ["variant.tenant_id", "variant.id"],
            name=op.f("fk_reorder_rule_tenant_id_variant_id"),
        ),
        sa.PrimaryKeyConstraint(
            "tenant_id", "branch_id", "variant_id", name=op.f("pk_reorder_rule")
        ),
    )
    op.create_table(
        "reorder_suggestion",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("available", sa.BigInteger(), nullable=False),
        sa.Column("incoming", sa.BigInteger(), nullable=False),
        sa.Column("per_day", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("lead_days", sa.Integer(), nullable=False),
        sa.Column("safety_stock", sa.BigInteger(), nullable=False),
        sa.Column("reorder_point", sa.BigInteger(), nullable=False),
        sa.Column("basis", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=True),
        sa.Column("unit_cost", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("suggested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("quiet_until", sa.Date(), nullable=True),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(status = 'open') = (closed_at is null)", name=op.f("ck_reorder_suggestion_closed")
        ),
        sa.CheckConstraint(
            "(status = 'ordered') = (order_id is not null)",
            name=op.f("ck_reorder_suggestion_ordered"),
        ),
        sa.CheckConstraint(
            "status <> 'dismissed' or (reason <> '' and quiet_until is not null)",
            name=op.f("ck_reorder_suggestion_dismissed"),
        ),
        sa.CheckConstraint(
            "status in ('open', 'ordered', 'dismissed', 'lapsed')",
            name=op.f("ck_reorder_suggestion_status"),
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_reorder_suggestion_quantity")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "branch_id"],
            ["branch.tenant_id", "branch.id"],
            name=op.f("fk_reorder_suggestion_tenant_id_branch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "supplier_id"],
            ["party.tenant_id", "party.id"],
            name=op.f("fk_reorder_suggestion_tenant_id_supplier_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "variant_id"],
            ["variant.tenant_id", "variant.id"],
            name=op.f("fk_reorder_suggestion_tenant_id_variant_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_reorder_suggestion")),
    )
    op.create_index(
        "ix_reorder_suggestion_list",
        "reorder_suggestion",
        ["tenant_id", "branch_id", "id"],
        unique=False,
    )
    op.create_index(
        "uq_reorder_suggestion_open",
        "reorder_suggestion",
        ["tenant_id", "branch_id", "variant_id"],
        unique=True,
        postgresql_where=sa.text("status = 'open'"),
    )
