"""Groups of a company's own below those of the chart."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from erp.core import migrating

revision = "0050"
down_revision = "0046"
branch_labels = None
depends_on = None

RIGHTS = {"account_group": "select, insert, update (name), delete"}


def upgrade() -> None:
    _create_groups()
    migrating.protect(RIGHTS)


def downgrade() -> None:
    op.drop_constraint("fk_account_tenant_id_company_id_own_group_id_group_name", "account")
    op.drop_column("account", "own_group_id")
    for table in reversed(RIGHTS):
        op.drop_table(table)


def _create_groups() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    key = ["tenant_id", "company_id", "id", "group_name"]
    op.create_table(
        "account_group",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("name", text(), nullable=False),
        sa.Column("group_name", text(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id"],
            ["company.tenant_id", "company.id"],
            name=op.f("fk_account_group_tenant_id_company_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id", "parent_id", "group_name"],
            [f"account_group.{name}" for name in key],
            name=op.f("fk_account_group_tenant_id_company_id_parent_id_group_name"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_account_group")),
        sa.UniqueConstraint(*key, name=op.f("uq_account_group_tenant_id_company_id_id_group_name")),
    )
    op.create_index(
        "uq_account_group_name",
        "account_group",
        ["tenant_id", "company_id", sa.text("lower(name)")],
        unique=True,
    )
    op.add_column("account", sa.Column("own_group_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_account_tenant_id_company_id_own_group_id_group_name"),
        "account",
        "account_group",
        ["tenant_id", "company_id", "own_group_id", "group_name"],
        key,
    )
