"""How a key image was seen by whoever marked it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0098"
down_revision = "0093"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("annotation", sa.Column("look", postgresql.JSONB(), nullable=True))
    op.create_check_constraint(
        op.f("ck_annotation_look"),
        "annotation",
        "look is null or coalesce(tool = 'key' and jsonb_typeof(look->'is_inverted') = 'boolean'"
        " and (look->'window' = 'null' or jsonb_typeof(look#>'{window,center}') = 'number'"
        " and (look#>>'{window,width}')::float8 > 0), false)",
        postgresql_not_valid=True,
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_annotation_look"), "annotation", type_="check")
    op.drop_column("annotation", "look")
