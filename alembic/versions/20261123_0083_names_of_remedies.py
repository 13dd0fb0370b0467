"""A remedy and a brand are known once, however their names are typed; they are merged and retired."""

import sqlalchemy as sa
from alembic import op

revision = "0083"
down_revision = "0084"
branch_labels = None
depends_on = None

TABLES = ("remedy", "brand")
SPACED = r"name = btrim(regexp_replace(name, '\s+', ' ', 'g'))"
MERGED = "merged_into_id is null or not is_active"
INTO_ANOTHER = "merged_into_id <> id"
BRIEFLY_LOCKED = {
    "remedy": "a pharmacy deals in some hundreds, which change a few times a year",
    "brand": "a pharmacy deals in some dozens, which change a few times a year",
}


def upgrade() -> None:
    for table in TABLES:
        op.add_column(
            table, sa.Column("is_active", sa.Boolean(), server_default=sa.true(), nullable=False)
        )
        op.add_column(table, sa.Column("merged_into_id", sa.Uuid(), nullable=True))
        op.drop_constraint(f"uq_{table}_tenant_id_name", table, type_="unique")
        _number_doubles(table)
    op.create_check_constraint(op.f("ck_remedy_name"), "remedy", SPACED)
    op.create_check_constraint(op.f("ck_remedy_merged"), "remedy", MERGED)
    op.create_check_constraint(op.f("ck_remedy_into_another"), "remedy", INTO_ANOTHER)
    op.create_foreign_key(
        op.f("fk_remedy_tenant_id_merged_into_id"),
        "remedy",
        "remedy",
        ["tenant_id", "merged_into_id"],
        ["tenant_id", "id"],
    )
    op.create_index(
        "uq_remedy_name",
        "remedy",
        ["tenant_id", sa.text("lower(name)")],
        unique=True,
        postgresql_where=sa.text("merged_into_id is null"),
    )
    op.create_check_constraint(op.f("ck_brand_name"), "brand", SPACED)
    op.create_check_constraint(op.f("ck_brand_merged"), "brand", MERGED)
    op.create_check_constraint(op.f("ck_brand_into_another"), "brand", INTO_ANOTHER)
    op.create_foreign_key(
        op.f("fk_brand_tenant_id_merged_into_id"),
        "brand",
        "brand",
        ["tenant_id", "merged_into_id"],
        ["tenant_id", "id"],
    )
    op.create_index(
        "uq_brand_name",
        "brand",
        ["tenant_id", sa.text("lower(name)")],
        unique=True,
        postgresql_where=sa.text("merged_into_id is null"),
    )


def _number_doubles(table: str) -> None:
    """Write names with single spaces; of those alike the first stays, the others get a number.

    Which of them are the same is for a person to say, who merges them.
    """
    op.execute(
        rf"""
        do $$
        declare one record; wanted text; number int;
        begin
          for one in select tenant_id, id, btrim(regexp_replace(name, '\s+', ' ', 'g')) as name
                       from {table} order by tenant_id, id loop
            wanted := coalesce(nullif(one.name, ''), '?');
            number := 1;
            while exists (select 1 from {table} t where t.tenant_id = one.tenant_id and t.id < one.id
                             and lower(t.name) = lower(wanted)) loop
              number := number + 1;
              wanted := one.name || ' (' || number || ')';
            end loop;
            update {table} set name = wanted
             where tenant_id = one.tenant_id and id = one.id and name <> wanted;
          end loop;
        end $$
        """  # noqa: S608  a table of `TABLES`
    )


def downgrade() -> None:
    for table in TABLES:
        op.drop_index(f"uq_{table}_name", table)
        _number_doubles(table)
        op.drop_constraint(op.f(f"fk_{table}_tenant_id_merged_into_id"), table)
        for rule in ("name", "merged", "into_another"):
            op.drop_constraint(op.f(f"ck_{table}_{rule}"), table)
        op.drop_column(table, "merged_into_id")
        op.drop_column(table, "is_active")
    op.create_unique_constraint("uq_remedy_tenant_id_name", "remedy", ["tenant_id", "name"])
    op.create_unique_constraint("uq_brand_tenant_id_name", "brand", ["tenant_id", "name"])
