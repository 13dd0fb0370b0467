"""The till in depth: points as a ledger, and what else a counter needs beside its bills."""

from pathlib import Path

import sqlalchemy as sa
import sqlmodel
from alembic import op

from erp.core import migrating

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
RIGHTS = {
    "loyalty_programme": migrating.CHANGEABLE,
    "loyalty_entry": migrating.APPEND_ONLY,
    "loyalty_lot": "select",
    "advance_voucher": migrating.APPEND_ONLY,
    "till_favourite": "select, insert, delete",
    "prescription": migrating.APPEND_ONLY,
    "prescription_rule": "select, insert, delete",
    "drawer_opening": migrating.APPEND_ONLY,
    "approval_request": migrating.CHANGEABLE,
}
GRANTED = {
    "manager": ["loyalty.view", "loyalty.adjust", "pos.arrange"],
    "cashier": ["loyalty.view"],
    "accountant": ["loyalty.view"],
    "auditor": ["loyalty.view"],
}
METHODS = "method in ('cash', 'upi', 'card', 'credit')"
MORE_METHODS = "method in ('cash', 'upi', 'card', 'credit', 'points', 'advance')"


def upgrade() -> None:
    _create_tables()
    op.get_bind().exec_driver_sql((SQL / "0011_points.sql").read_text(encoding="utf-8"))
    op.drop_constraint(op.f("ck_tender_method"), "tender")
    op.create_check_constraint(op.f("ck_tender_method"), "tender", MORE_METHODS)
    _number_closed_shifts()
    migrating.protect(RIGHTS)
    migrating.grant_to_roles(GRANTED, {})


def downgrade() -> None:
    for table in reversed(RIGHTS):
        op.drop_table(table)
    op.execute("drop function sec.apply_points()")
    op.drop_column("register_shift", "z_number")
    op.drop_constraint(op.f("ck_tender_method"), "tender")
    op.create_check_constraint(op.f("ck_tender_method"), "tender", METHODS)
    migrating.withdraw_from_roles(GRANTED, [])


def _number_closed_shifts() -> None:
    """Give the Z reports of before their numbers, in the order of their registers' shifts."""
    op.add_column("register_shift", sa.Column("z_number", sa.Integer(), nullable=True))
    with migrating.every_tenant("register_shift") as connection:
        connection.exec_driver_sql(
            "update register_shift s set z_number = n.place from (select tenant_id, id,"
            " row_number() over (partition by tenant_id, register_id order by opened_at, id) as place"
            " from register_shift where status = 'closed') n"
            " where (n.tenant_id, n.id) = (s.tenant_id, s.id)"
        )
    op.create_unique_constraint(
        op.f("uq_register_shift_tenant_id_register_id_z_number"),
        "register_shift",
        ["tenant_id", "register_id", "z_number"],
    )
    op.create_check_constraint(
        op.f("ck_register_shift_z_number"),
        "register_shift",
        "(status = 'closed') = (z_number is not null)",
    )


def _create_tables() -> None:
    op.create_table(
        "loyalty_entry",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("worth", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("origin_type", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("origin_id", sa.Uuid(), nullable=False),
        sa.Column("reverses_id", sa.Uuid(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(kind <> 'earn' or points > 0) and (kind not in ('spend', 'expire') or points < 0)",
            name=op.f("ck_loyalty_entry_direction"),
        ),
        sa.CheckConstraint(
            "(kind = 'reverse') = (reverses_id is not null)", name=op.f("ck_loyalty_entry_reverses")
        ),
        sa.CheckConstraint(
            "kind in ('earn', 'spend', 'reverse', 'expire', 'adjust')",
            name=op.f("ck_loyalty_entry_kind"),
        ),
        sa.CheckConstraint("points <> 0", name=op.f("ck_loyalty_entry_points")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id"],
            ["company.tenant_id", "company.id"],
            name=op.f("fk_loyalty_entry_tenant_id_company_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "party_id"],
            ["party.tenant_id", "party.id"],
            name=op.f("fk_loyalty_entry_tenant_id_party_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "reverses_id"],
            ["loyalty_entry.tenant_id", "loyalty_entry.id"],
            name=op.f("fk_loyalty_entry_tenant_id_reverses_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_loyalty_entry")),
    )
    op.create_index("ix_loyalty_entry_lot", "loyalty_entry", ["tenant_id", "lot_id"], unique=False)
    op.create_index(
        "ix_loyalty_entry_origin", "loyalty_entry", ["tenant_id", "origin_id"], unique=False
    )
    op.create_index(
        "ix_loyalty_entry_party", "loyalty_entry", ["tenant_id", "party_id", "id"], unique=False
    )
    op.create_index(
        "ix_loyalty_entry_reverses", "loyalty_entry", ["tenant_id", "reverses_id"], unique=False
    )
    op.create_index(
        "uq_loyalty_entry_earned",
        "loyalty_entry",
        ["tenant_id", "origin_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'earn'"),
    )
    op.create_table(
        "loyalty_lot",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("remaining", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("remaining >= 0", name=op.f("ck_loyalty_lot_remaining")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id"],
            ["company.tenant_id", "company.id"],
            name=op.f("fk_loyalty_lot_tenant_id_company_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "party_id"],
            ["party.tenant_id", "party.id"],
            name=op.f("fk_loyalty_lot_tenant_id_party_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_loyalty_lot")),
    )
    op.create_index(
        "ix_loyalty_lot_ends",
        "loyalty_lot",
        ["tenant_id", "expires_on"],
        unique=False,
        postgresql_where=sa.text("remaining > 0"),
    )
    op.create_index(
        "ix_loyalty_lot_party", "loyalty_lot", ["tenant_id", "party_id", "expires_on"], unique=False
    )
    op.create_table(
        "loyalty_programme",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("points_per_rupee", sa.Numeric(precision=9, scale=4), nullable=False),
        sa.Column("worth", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("minimum_points", sa.Integer(), nullable=False),
        sa.Column("valid_months", sa.Integer(), nullable=True),
        sa.CheckConstraint("minimum_points >= 0", name=op.f("ck_loyalty_programme_minimum_points")),
        sa.CheckConstraint(
            "points_per_rupee * worth <= 1",
            name=op.f("ck_loyalty_programme_gives_no_more_than_paid"),
        ),
        sa.CheckConstraint(
            "points_per_rupee > 0", name=op.f("ck_loyalty_programme_points_per_rupee")
        ),
        sa.CheckConstraint(
            "valid_months between 1 and 120", name=op.f("ck_loyalty_programme_valid_months")
        ),
        sa.CheckConstraint("worth > 0", name=op.f("ck_loyalty_programme_worth")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id"],
            ["company.tenant_id", "company.id"],
            name=op.f("fk_loyalty_programme_tenant_id_company_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "company_id", name=op.f("pk_loyalty_programme")),
    )
    op.create_table(
        "advance_voucher",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("shift_id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("method", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("reference", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind in ('receipt', 'refund')", name=op.f("ck_advance_voucher_kind")),
        sa.CheckConstraint(
            "method in ('cash', 'upi', 'card')", name=op.f("ck_advance_voucher_method")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_advance_voucher_amount")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "branch_id"],
            ["branch.tenant_id", "branch.id"],
            name=op.f("fk_advance_voucher_tenant_id_branch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "party_id"],
            ["party.tenant_id", "party.id"],
            name=op.f("fk_advance_voucher_tenant_id_party_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "shift_id"],
            ["register_shift.tenant_id", "register_shift.id"],
            name=op.f("fk_advance_voucher_tenant_id_shift_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_advance_voucher")),
        sa.UniqueConstraint(
            "tenant_id", "number", name=op.f("uq_advance_voucher_tenant_id_number")
        ),
    )
    op.create_index(
        "ix_advance_voucher_party", "advance_voucher", ["tenant_id", "party_id", "id"], unique=False
    )
    op.create_index(
        "ix_advance_voucher_shift", "advance_voucher", ["tenant_id", "shift_id"], unique=False
    )
    op.create_table(
        "till_favourite",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("position > 0", name=op.f("ck_till_favourite_position")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "branch_id"],
            ["branch.tenant_id", "branch.id"],
            name=op.f("fk_till_favourite_tenant_id_branch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "variant_id"],
            ["variant.tenant_id", "variant.id"],
            name=op.f("fk_till_favourite_tenant_id_variant_id"),
        ),
        sa.PrimaryKeyConstraint(
            "tenant_id", "branch_id", "variant_id", name=op.f("pk_till_favourite")
        ),
        sa.UniqueConstraint(
            "tenant_id",
            "branch_id",
            "position",
            name=op.f("uq_till_favourite_tenant_id_branch_id_position"),
        ),
    )
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
    op.create_table(
        "prescription",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sale_id", sa.Uuid(), nullable=False),
        sa.Column("doctor_name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("registration_no", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("patient_name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("prescribed_on", sa.Date(), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("filled_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "doctor_name <> '' and registration_no <> '' and patient_name <> ''",
            name=op.f("ck_prescription_named"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "sale_id"],
            ["sale.tenant_id", "sale.id"],
            name=op.f("fk_prescription_tenant_id_sale_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_prescription")),
        sa.UniqueConstraint("tenant_id", "sale_id", name=op.f("uq_prescription_tenant_id_sale_id")),
    )
    op.create_index("ix_prescription_list", "prescription", ["tenant_id", "id"], unique=False)
    op.create_table(
        "drawer_opening",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("shift_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_drawer_opening_reason")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "shift_id"],
            ["register_shift.tenant_id", "register_shift.id"],
            name=op.f("fk_drawer_opening_tenant_id_shift_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_drawer_opening")),
    )
    op.create_index(
        "ix_drawer_opening_shift", "drawer_opening", ["tenant_id", "shift_id"], unique=False
    )
    op.create_table(
        "approval_request",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("shift_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("origin_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("about", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint(
            "(status in ('waiting', 'withdrawn')) = (decided_by is null)",
            name=op.f("ck_approval_request_decided"),
        ),
        sa.CheckConstraint(
            "status in ('waiting', 'approved', 'refused', 'withdrawn')",
            name=op.f("ck_approval_request_status"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "branch_id"],
            ["branch.tenant_id", "branch.id"],
            name=op.f("fk_approval_request_tenant_id_branch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "shift_id"],
            ["register_shift.tenant_id", "register_shift.id"],
            name=op.f("fk_approval_request_tenant_id_shift_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_approval_request")),
    )
    op.create_index(
        "ix_approval_request_list", "approval_request", ["tenant_id", "status", "id"], unique=False
    )
    op.create_index(
        "uq_approval_request_waiting",
        "approval_request",
        ["tenant_id", "origin_id", "kind"],
        unique=True,
        postgresql_where=sa.text("status = 'waiting'"),
    )
