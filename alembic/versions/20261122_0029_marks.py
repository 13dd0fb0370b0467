"""Marks of every kind on a picture, and the server's own figures beside the browser's."""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

from erp.core import migrating

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


CHECKS = {
    "tool": "tool in ('length', 'angle', 'rectangle', 'ellipse', 'arrow', 'text', 'key')",
    "unit": (
        "case tool when 'length' then unit in ('mm', 'px') when 'angle' then unit = 'deg'"
        " when 'rectangle' then unit in ('mm2', 'px2') when 'ellipse' then unit in ('mm2', 'px2')"
        " else unit = '' end"
    ),
    "points": (
        "case tool when 'length' then jsonb_array_length(points_px) >= 2"
        " when 'angle' then jsonb_array_length(points_px) = 3"
        " when 'text' then jsonb_array_length(points_px) = 1"
        " when 'key' then jsonb_array_length(points_px) = 0"
        " else jsonb_array_length(points_px) = 2 end"
    ),
    "value": "(value is null) = (tool in ('arrow', 'text', 'key'))",
    "text": "tool <> 'text' or label <> ''",
    "statistics": "statistics is null or tool in ('rectangle', 'ellipse')",
}


def upgrade() -> None:
    op.drop_constraint(op.f("ck_annotation_unit"), "annotation", type_="check")
    op.alter_column("annotation", "value", existing_type=sa.Float(), nullable=True)
    op.add_column(
        "annotation",
        sa.Column("statistics", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    )
    for name, rule in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_annotation_{name}"), "annotation", rule)
    op.create_table(
        "annotation_check",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("annotation_id", sa.Uuid(), nullable=False),
        sa.Column("statistics", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("agrees", sa.Boolean(), nullable=False),
        sa.Column("problem", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(statistics is null) = (problem <> '')", name=op.f("ck_annotation_check_problem")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "annotation_id"],
            ["annotation.tenant_id", "annotation.id"],
            name=op.f("fk_annotation_check_tenant_id_annotation_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_annotation_check")),
        sa.UniqueConstraint(
            "tenant_id", "annotation_id", name=op.f("uq_annotation_check_tenant_id_annotation_id")
        ),
    )
    migrating.protect({"annotation_check": migrating.APPEND_ONLY})


def downgrade() -> None:
    op.drop_table("annotation_check")
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_annotation_{name}"), "annotation", type_="check")
    op.drop_column("annotation", "statistics")
    op.alter_column("annotation", "value", existing_type=sa.Float(), nullable=False)
    op.create_check_constraint(op.f("ck_annotation_unit"), "annotation", "unit in ('mm', 'px')")
