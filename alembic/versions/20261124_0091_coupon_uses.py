"""The use of a coupon is given back with the goods of its bill."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

from erp.core import migrating

revision = "0091"
down_revision = "0101"
branch_labels = None
depends_on = None

BRIEFLY_LOCKED = {
    "coupon_use": "a row for a bill with a coupon, which few bills have; written in milliseconds"
}
SQL = Path(__file__).parents[1] / "sql"
SLOT = ["tenant_id", "coupon_id", "slot"]
GIVEN_BACK = ("given_back_at", "given_back_by", "given_back_for")


def upgrade() -> None:
    op.execute("drop trigger coupon_use_immutable on coupon_use")
    op.add_column("coupon_use", sa.Column("slot", sa.Integer(), nullable=True))
    with migrating.every_tenant("coupon_use") as connection:
        connection.execute(sa.text("update coupon_use set slot = use_no"))
    op.alter_column("coupon_use", "slot", nullable=False)
    instant = sa.DateTime(timezone=True)
    for column, kind in zip(GIVEN_BACK, (instant, sa.Uuid(), sa.Uuid()), strict=True):
        op.add_column("coupon_use", sa.Column(column, kind, nullable=True))
    op.drop_constraint(op.f("ck_coupon_use_use_no"), "coupon_use", type_="check")
    _check("use_no", "use_no >= 1")
    _check("slot", "slot between 1 and max_uses")
    _check("given_back", f"num_nulls({', '.join(GIVEN_BACK)}) in (0, 3)")
    op.drop_index("uq_coupon_use_party", table_name="coupon_use")
    _index_parties("only_party_id is not null and given_back_at is null")
    standing, back = sa.text("given_back_at is null"), sa.text("given_back_at is not null")
    op.create_index(
        "uq_coupon_use_slot", "coupon_use", SLOT, unique=True, postgresql_where=standing
    )
    op.create_index("ix_coupon_use_given_back", "coupon_use", SLOT, postgresql_where=back)
    op.execute(f"grant update ({', '.join(GIVEN_BACK)}) on coupon_use to erp_app")
    op.execute((SQL / "0091_coupon_uses.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    op.execute("drop trigger coupon_use_kept on coupon_use")
    op.execute("drop function sec.keep_coupon_use()")
    op.execute(f"revoke update ({', '.join(GIVEN_BACK)}) on coupon_use from erp_app")
    for name in ("uq_coupon_use_slot", "ix_coupon_use_given_back", "uq_coupon_use_party"):
        op.drop_index(name, table_name="coupon_use")
    for name in ("given_back", "slot", "use_no"):
        op.drop_constraint(op.f(f"ck_coupon_use_{name}"), "coupon_use", type_="check")
    with migrating.every_tenant("coupon_use") as connection:
        connection.execute(sa.text("delete from coupon_use where given_back_at is not null"))
        connection.execute(sa.text("update coupon_use set use_no = -slot"))
        connection.execute(sa.text("update coupon_use set use_no = -use_no"))
    for column in ("slot", *GIVEN_BACK):
        op.drop_column("coupon_use", column)
    _check("use_no", "use_no between 1 and max_uses")
    _index_parties("only_party_id is not null")
    op.execute(
        "create trigger coupon_use_immutable before update or delete on coupon_use"
        " for each row execute function sec.refuse_change()"
    )


def _check(name: str, condition: str) -> None:
    op.create_check_constraint(op.f(f"ck_coupon_use_{name}"), "coupon_use", condition)


def _index_parties(condition: str) -> None:
    op.create_index(
        "uq_coupon_use_party",
        "coupon_use",
        ["tenant_id", "coupon_id", "only_party_id"],
        unique=True,
        postgresql_where=sa.text(condition),
    )
