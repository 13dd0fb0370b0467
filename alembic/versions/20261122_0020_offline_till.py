"""Tills that sell without their server: leases of numbers, and the sales that devices hand in."""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

from erp.core import migrating

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

RIGHTS = {"till_lease": migrating.CHANGEABLE, "offline_sale": migrating.CHANGEABLE}
GRANTED = {"manager": ["pos.settle_offline"]}


def upgrade() -> None:
    op.create_table(
        "till_lease",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("register_id", sa.Uuid(), nullable=False),
        sa.Column("shift_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("device_digest", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("device_name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("fiscal_year", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("prefix", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("first_number", sa.Integer(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.Column("used_until", sa.Integer(), nullable=True),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_day", sa.Date(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint("(status = 'ended') = (reason <> '')", name=op.f("ck_till_lease_ended")),
        sa.CheckConstraint(
            "(status = 'handed_in') = (used_until is not null)",
            name=op.f("ck_till_lease_handed_in"),
        ),
        sa.CheckConstraint(
            "status in ('open', 'handed_in', 'ended')", name=op.f("ck_till_lease_status")
        ),
        sa.CheckConstraint(
            "first_number >= 1 and last_number >= first_number", name=op.f("ck_till_lease_block")
        ),
        sa.CheckConstraint(
            "used_until is null or used_until between first_number - 1 and last_number",
            name=op.f("ck_till_lease_used_until"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "register_id"],
            ["register.tenant_id", "register.id"],
            name=op.f("fk_till_lease_tenant_id_register_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "shift_id"],
            ["register_shift.tenant_id", "register_shift.id"],
            name=op.f("fk_till_lease_tenant_id_shift_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_till_lease")),
    )
    op.create_index(
        "ix_till_lease_register", "till_lease", ["tenant_id", "register_id", "id"], unique=False
    )
    op.create_index("ix_till_lease_shift", "till_lease", ["tenant_id", "shift_id"], unique=False)
    op.create_index(
        "uq_till_lease_open",
        "till_lease",
        ["tenant_id", "register_id"],
        unique=True,
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_table(
        "offline_sale",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lease_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("sold_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("differences", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_by", sa.Uuid(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("answer", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint(
            "status in ('posted', 'waiting', 'discarded')", name=op.f("ck_offline_sale_status")
        ),
        sa.CheckConstraint(
            "(settled_at is null) = (settled_by is null)", name=op.f("ck_offline_sale_settled")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "branch_id"],
            ["branch.tenant_id", "branch.id"],
            name=op.f("fk_offline_sale_tenant_id_branch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "lease_id"],
            ["till_lease.tenant_id", "till_lease.id"],
            name=op.f("fk_offline_sale_tenant_id_lease_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_offline_sale")),
    )
    op.create_index(
        "ix_offline_sale_branch",
        "offline_sale",
        ["tenant_id", "branch_id", "received_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_offline_sale_lease", "offline_sale", ["tenant_id", "lease_id", "place"], unique=False
    )
    migrating.protect(RIGHTS)
    migrating.grant_to_roles(GRANTED, {})


def downgrade() -> None:
    migrating.withdraw_from_roles(GRANTED, [])
    op.drop_table("offline_sale")
    op.drop_table("till_lease")
