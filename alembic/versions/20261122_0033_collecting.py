"""Collecting what is late: the rule, reminders and promises."""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

from erp.core import migrating

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

RIGHTS = {
    "reminder_rule": migrating.CHANGEABLE,
    "payment_promise": migrating.CHANGEABLE,
    "reminder": migrating.APPEND_ONLY,
    "reminder_item": migrating.APPEND_ONLY,
}


def upgrade() -> None:
    op.create_table(
        "payment_promise",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("promised_on", sa.Date(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("user_name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "amount >= 0 and (amount > 0 or note <> '')", name=op.f("ck_payment_promise_amount")
        ),
        sa.CheckConstraint(
            "(withdrawn_at is null) = (withdrawn_by is null)",
            name=op.f("ck_payment_promise_withdrawn"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id"],
            ["company.tenant_id", "company.id"],
            name=op.f("fk_payment_promise_tenant_id_company_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "party_id"],
            ["party.tenant_id", "party.id"],
            name=op.f("fk_payment_promise_tenant_id_party_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_payment_promise")),
    )
    op.create_index(
        "ix_payment_promise_party",
        "payment_promise",
        ["tenant_id", "company_id", "party_id", "id"],
        unique=False,
    )
    op.create_table(
        "reminder_rule",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("levels", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("interest_percent", sa.Numeric(precision=7, scale=4), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "interest_percent between 0 and 100", name=op.f("ck_reminder_rule_interest")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id"],
            ["company.tenant_id", "company.id"],
            name=op.f("fk_reminder_rule_tenant_id_company_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_reminder_rule")),
        sa.UniqueConstraint(
            "tenant_id", "company_id", name=op.f("uq_reminder_rule_tenant_id_company_id")
        ),
    )
    op.create_table(
        "reminder",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("method", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("overdue", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("interest", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("oldest_due_on", sa.Date(), nullable=False),
        sa.Column("reminded_on", sa.Date(), nullable=False),
        sa.Column("to_address", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("subject", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("body", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("user_name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "method in ('email', 'phone', 'letter')", name=op.f("ck_reminder_method")
        ),
        sa.CheckConstraint("level > 0 and overdue > 0", name=op.f("ck_reminder_level")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "branch_id"],
            ["branch.tenant_id", "branch.id"],
            name=op.f("fk_reminder_tenant_id_branch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id"],
            ["company.tenant_id", "company.id"],
            name=op.f("fk_reminder_tenant_id_company_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "party_id"],
            ["party.tenant_id", "party.id"],
            name=op.f("fk_reminder_tenant_id_party_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_reminder")),
    )
    op.create_index(
        "ix_reminder_party", "reminder", ["tenant_id", "company_id", "party_id", "id"], unique=False
    )
    op.create_table(
        "reminder_item",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reminder_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("open", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "item_id"],
            ["open_item.tenant_id", "open_item.id"],
            name=op.f("fk_reminder_item_tenant_id_item_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "reminder_id"],
            ["reminder.tenant_id", "reminder.id"],
            name=op.f("fk_reminder_item_tenant_id_reminder_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_reminder_item")),
        sa.UniqueConstraint(
            "tenant_id", "item_id", "level", name=op.f("uq_reminder_item_tenant_id_item_id_level")
        ),
    )
    op.create_index(
        "ix_reminder_item_reminder", "reminder_item", ["tenant_id", "reminder_id"], unique=False
    )
    migrating.protect(RIGHTS)


def downgrade() -> None:
    for table in reversed(RIGHTS):
        op.drop_table(table)
