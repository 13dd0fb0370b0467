"""The catalogue to depth: names that sound alike are found."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

from erp.core import migrating

revision = "0010"
down_revision = "0007"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"


APART = """
    update variant v set pack_unit = v.pack_unit || ' (' || d.nth || ')'
      from (select tenant_id, id, row_number() over (
                   partition by tenant_id, product_id, potency_label, pack_quantity, lower(pack_unit)
                   order by created_at, id) as nth from variant) d
     where d.tenant_id = v.tenant_id and d.id = v.id and d.nth > 1
"""
"""Variants of one potency and pack that two people made at once: from now on there is only one."""


def upgrade() -> None:
    op.get_bind().exec_driver_sql((SQL / "0010_sounds.sql").read_text())
    with migrating.every_tenant("variant") as connection:
        connection.exec_driver_sql(APART)
    op.create_index(
        "uq_variant_pack",
        "variant",
        ["tenant_id", "product_id", "potency_label", "pack_quantity", sa.text("lower(pack_unit)")],
        unique=True,
    )


def downgrade() -> None:
    op.drop_index("uq_variant_pack", "variant")
    connection = op.get_bind()
    connection.exec_driver_sql((SQL / "0010_sounds_down.sql").read_text())
