"""Notes are amended with their invoice; what the portal pays back and what it refuses is recorded."""

from pathlib import Path

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

from erp.core import migrating

revision = "0061"
down_revision = "0059"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
TABLE = "gst_amendment"
TEXT = sqlmodel.sql.sqltypes.AutoString()
CHANGES = "'blocked', 'common', 'unpaid', 'reclaimed', 'asset_sold', 'asset_kept'"


def upgrade() -> None:
    op.add_column(TABLE, sa.Column("follows_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_gst_amendment_tenant_id_follows_id"),
        TABLE,
        TABLE,
        ["tenant_id", "follows_id"],
        ["tenant_id", "id"],
    )
    op.create_index(
        "ix_gst_amendment_follows",
        TABLE,
        ["tenant_id", "follows_id"],
        postgresql_where=sa.text("follows_id is not null"),
    )
    op.execute((SQL / "0061_amended_notes.sql").read_text())
    _allow_changes(f"{CHANGES}, 'refunded'")
    _create_portal_report()
    migrating.protect({"gst_portal_report": migrating.APPEND_ONLY})
    op.execute("grant execute on function sec.gst_scheme(uuid, uuid, date) to erp_ops")


def _allow_changes(kinds: str) -> None:
    name = op.f("ck_gst_credit_change_kind")
    op.drop_constraint(name, "gst_credit_change", type_="check")
    op.create_check_constraint(name, "gst_credit_change", f"kind in ({kinds})")


def _create_portal_report() -> None:
    op.create_table(
        "gst_portal_report",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("return_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", TEXT, nullable=False),
        sa.Column("file_name", TEXT, nullable=False),
        sa.Column("refusals", postgresql.JSONB(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id"],
            ["company.tenant_id", "company.id"],
            name=op.f("fk_gst_portal_report_tenant_id_company_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "return_id"],
            ["gst_return.tenant_id", "gst_return.id"],
            name=op.f("fk_gst_portal_report_tenant_id_return_id"),
        ),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_gst_portal_report_sha256")),
        sa.CheckConstraint(
            "jsonb_typeof(refusals) = 'array'", name=op.f("ck_gst_portal_report_refusals")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_gst_portal_report")),
    )
    columns = ["tenant_id", "company_id", "sha256"]
    op.create_index("ix_gst_portal_report_file", "gst_portal_report", columns)
    op.create_index("ix_gst_portal_report_return", "gst_portal_report", ["tenant_id", "return_id"])


def downgrade() -> None:
    op.drop_table("gst_portal_report")
    _allow_changes(CHANGES)
    op.execute("revoke execute on function sec.gst_scheme(uuid, uuid, date) from erp_ops")
    whole = (SQL / "0048_amendments.sql").read_text().split("create trigger", 1)[0]
    op.execute(whole.replace("create function", "create or replace function"))
    op.drop_index("ix_gst_amendment_follows", TABLE)
    op.drop_column(TABLE, "follows_id")
