"""Drafts of entries, and entries that come again."""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

from erp.core import migrating

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

RIGHTS = {"entry_template": migrating.CHANGEABLE, "entry_draft": migrating.CHANGEABLE}


def upgrade() -> None:
    op.create_table(
        "entry_template",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("narration", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("lines", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("every", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("made", sa.Integer(), nullable=False),
        sa.Column("posts", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "every in ('week', 'month', 'quarter', 'year')", name=op.f("ck_entry_template_every")
        ),
        sa.CheckConstraint("next_on >= first_on", name=op.f("ck_entry_template_next_on")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "branch_id"],
            ["branch.tenant_id", "branch.id"],
            name=op.f("fk_entry_template_tenant_id_branch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id"],
            ["company.tenant_id", "company.id"],
            name=op.f("fk_entry_template_tenant_id_company_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_entry_template")),
    )
    op.create_index(
        "ix_entry_template_due",
        "entry_template",
        ["tenant_id", "company_id", "next_on"],
        unique=False,
        postgresql_where=sa.text("is_active"),
    )
    op.create_table(
        "entry_draft",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("narration", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("lines", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("template_id", sa.Uuid(), nullable=True),
        sa.Column("why", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(status = 'posted') = (entry_id is not null)", name=op.f("ck_entry_draft_posted")
        ),
        sa.CheckConstraint(
            "status in ('draft', 'posted', 'dropped')", name=op.f("ck_entry_draft_status")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "branch_id"],
            ["branch.tenant_id", "branch.id"],
            name=op.f("fk_entry_draft_tenant_id_branch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id"],
            ["company.tenant_id", "company.id"],
            name=op.f("fk_entry_draft_tenant_id_company_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "entry_id"],
            ["journal_entry.tenant_id", "journal_entry.id"],
            name=op.f("fk_entry_draft_tenant_id_entry_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "template_id"],
            ["entry_template.tenant_id", "entry_template.id"],
            name=op.f("fk_entry_draft_tenant_id_template_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_entry_draft")),
        sa.UniqueConstraint(
            "tenant_id",
            "template_id",
            "effective_on",
            name=op.f("uq_entry_draft_tenant_id_template_id_effective_on"),
        ),
    )
    op.create_index(
        "ix_entry_draft_list",
        "entry_draft",
        ["tenant_id", "company_id", "status", "id"],
        unique=False,
    )
    migrating.protect(RIGHTS)


def downgrade() -> None:
    for table in reversed(RIGHTS):
        op.drop_table(table)
