"""What is looked at when goods come, what was found, and quarantine for what failed."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from erp.core import migrating

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

RIGHTS = {
    "quality_checklist": migrating.APPEND_ONLY,
    "quality_point": migrating.APPEND_ONLY,
    "quality_check": migrating.APPEND_ONLY,
    "quality_answer": migrating.APPEND_ONLY,
}
_BEFORE = "'recall_notice', 'damaged', 'suspected', 'customer_return'"
_AFTER = f"{_BEFORE}, 'failed_check'"


def upgrade() -> None:
    _create_tables()
    migrating.protect(RIGHTS)
    _name_reasons(_AFTER)


def downgrade() -> None:
    for table in reversed(RIGHTS):
        op.drop_table(table)
    with migrating.every_tenant("stock_quarantine"):
        op.execute(
            "update stock_quarantine set reason_code = 'suspected' where reason_code = 'failed_check'"
        )
    _name_reasons(_BEFORE)


def _name_reasons(names: str) -> None:
    name = op.f("ck_stock_quarantine_reason_code")
    op.drop_constraint(name, "stock_quarantine", type_="check")
    op.create_check_constraint(name, "stock_quarantine", f"reason_code in ({names})")


def _create_tables() -> None:
    op.create_table(
        "quality_checklist",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("form", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("version > 0", name=op.f("ck_quality_checklist_version")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_quality_checklist")),
        sa.UniqueConstraint(
            "tenant_id",
            "form",
            "version",
            name=op.f("uq_quality_checklist_tenant_id_form_version"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "quality_point",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("checklist_id", sa.Uuid(), nullable=False),
        sa.Column("point_no", sa.Integer(), nullable=False),
        sa.Column("question", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("is_required", sa.Boolean(), nullable=False),
        sa.Column("minimum", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("maximum", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("unit", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint(
            "kind = 'number' or (minimum is null and maximum is null and unit = '')",
            name=op.f("ck_quality_point_measure"),
        ),
        sa.CheckConstraint(
            "kind in ('yes_no', 'text', 'number')", name=op.f("ck_quality_point_kind")
        ),
        sa.CheckConstraint("question <> ''", name=op.f("ck_quality_point_question")),
        sa.CheckConstraint("minimum <= maximum", name=op.f("ck_quality_point_limits")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "checklist_id"],
            ["quality_checklist.tenant_id", "quality_checklist.id"],
            name=op.f("fk_quality_point_tenant_id_checklist_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_quality_point")),
        sa.UniqueConstraint(
            "tenant_id",
            "checklist_id",
            "point_no",
            name=op.f("uq_quality_point_tenant_id_checklist_id_point_no"),
        ),
    )
    op.create_table(
        "quality_check",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("receipt_id", sa.Uuid(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("checklist_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("quarantine_id", sa.Uuid(), nullable=True),
        sa.Column("checked_by", sa.Uuid(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "outcome = 'failed' or quarantine_id is null", name=op.f("ck_quality_check_quarantine")
        ),
        sa.CheckConstraint(
            "outcome in ('passed', 'failed')", name=op.f("ck_quality_check_outcome")
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_quality_check_quantity")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "checklist_id"],
            ["quality_checklist.tenant_id", "quality_checklist.id"],
            name=op.f("fk_quality_check_tenant_id_checklist_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "lot_id"],
            ["lot.tenant_id", "lot.id"],
            name=op.f("fk_quality_check_tenant_id_lot_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "quarantine_id"],
            ["stock_quarantine.tenant_id", "stock_quarantine.id"],
            name=op.f("fk_quality_check_tenant_id_quarantine_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "receipt_id", "line_no"],
            [
                "goods_receipt_line.tenant_id",
                "goods_receipt_line.receipt_id",
                "goods_receipt_line.line_no",
            ],
            name=op.f("fk_quality_check_tenant_id_receipt_id_line_no"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_quality_check")),
        sa.UniqueConstraint(
            "tenant_id",
            "receipt_id",
            "line_no",
            name=op.f("uq_quality_check_tenant_id_receipt_id_line_no"),
        ),
    )
    op.create_index(
        "ix_quality_check_lot", "quality_check", ["tenant_id", "lot_id", "id"], unique=False
    )
    op.create_table(
        "quality_answer",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("check_id", sa.Uuid(), nullable=False),
        sa.Column("point_no", sa.Integer(), nullable=False),
        sa.Column("answer", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("is_failed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "check_id"],
            ["quality_check.tenant_id", "quality_check.id"],
            name=op.f("fk_quality_answer_tenant_id_check_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_quality_answer")),
        sa.UniqueConstraint(
            "tenant_id",
            "check_id",
            "point_no",
            name=op.f("uq_quality_answer_tenant_id_check_id_point_no"),
        ),
    )
