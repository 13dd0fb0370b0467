"""Annual returns end the credit of their year; advances for services are amended in later returns."""

from pathlib import Path

import sqlalchemy as sa
import sqlmodel
from alembic import op

from erp.core import migrating

revision = "0068"
down_revision = "0067"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
MONEY = sa.Numeric(precision=18, scale=2)
PERCENT = sa.Numeric(precision=7, scale=4)
STEP = "service_advance_step"
AMENDMENT = "service_advance_amendment"
RIGHTS = {
    "gst_annual_return": migrating.APPEND_ONLY,
    AMENDMENT: "select, insert, update (withdrawn_at, withdrawn_by, withdraw_reason)",
}
STATED = """
    update service_advance_step s set place_of_supply = a.place_of_supply, is_inter = a.is_inter, rate = a.rate
      from service_advance a where (a.tenant_id, a.id) = (s.tenant_id, s.advance_id)
"""
TEXT = sqlmodel.sql.sqltypes.AutoString()


def upgrade() -> None:
    _create_annual_return()
    _state_steps()
    _create_amendment()
    migrating.protect(RIGHTS)
    op.execute((SQL / "0068_amended_advances.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    before = (SQL / "0048_service_advances.sql").read_text(encoding="utf-8")
    start = before.index("create function sec.apply_service_advance_step()")
    body = before[start : before.index("create trigger service_advance_step_applied")]
    op.execute(body.replace("create function", "create or replace function"))
    op.drop_table(AMENDMENT)
    for name in (
        "check_service_advance_amendment",
        "keep_service_advance_amendment",
        "amend_service_advance_left",
    ):
        op.execute(f"drop function sec.{name}()")
    for column in ("place_of_supply", "is_inter", "rate"):
        op.drop_column(STEP, column)
    op.drop_table("gst_annual_return")


def _state_steps() -> None:
    """Let each step say by which place and rate its tax is stated; until now that was its advance's."""
    op.add_column(STEP, sa.Column("place_of_supply", TEXT, nullable=True))
    op.add_column(STEP, sa.Column("is_inter", sa.Boolean(), nullable=True))
    op.add_column(STEP, sa.Column("rate", PERCENT, nullable=True))
    with migrating.every_tenant(STEP, "service_advance"):
        op.execute(STATED)
    for column in ("place_of_supply", "is_inter", "rate"):
        op.alter_column(STEP, column, nullable=False)


def _create_amendment() -> None:
    op.create_table(
        AMENDMENT,
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("company_id", "branch_id")),
        sa.Column("advance_id", sa.Uuid(), nullable=False),
        sa.Column("step_id", sa.Uuid(), nullable=True),
        sa.Column("follows_id", sa.Uuid(), nullable=True),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("stated_on", sa.Date(), nullable=False),
        sa.Column("place_of_supply", TEXT, nullable=False),
        sa.Column("is_inter", sa.Boolean(), nullable=False),
        sa.Column("rate", PERCENT, nullable=False),
        *(sa.Column(name, MONEY, nullable=False) for name in ("igst", "cgst", "sgst")),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("withdraw_reason", TEXT, nullable=False),
        *(
            sa.ForeignKeyConstraint(
                ["tenant_id", column],
                [f"{table}.tenant_id", f"{table}.id"],
                name=op.f(f"fk_{AMENDMENT}_tenant_id_{column}"),
            )
            for column, table in (
                ("company_id", "company"),
                ("branch_id", "branch"),
                ("advance_id", "service_advance"),
                ("step_id", STEP),
                ("follows_id", AMENDMENT),
            )
        ),
        sa.CheckConstraint(
            "(withdrawn_at is null) = (withdrawn_by is null)"
            " and (withdrawn_at is null) = (withdraw_reason = '')",
            name=op.f(f"ck_{AMENDMENT}_withdrawn"),
        ),
        sa.CheckConstraint(
            "(step_id is null) = (follows_id is null)", name=op.f(f"ck_{AMENDMENT}_follows")
        ),
        sa.CheckConstraint(
            "least(igst, cgst, sgst) >= 0 and rate > 0", name=op.f(f"ck_{AMENDMENT}_not_negative")
        ),
        sa.CheckConstraint(
            "case when is_inter then cgst + sgst = 0 else igst = 0 end",
            name=op.f(f"ck_{AMENDMENT}_heads"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{AMENDMENT}")),
    )
    op.create_index(
        f"uq_{AMENDMENT}_advance",
        AMENDMENT,
        ["tenant_id", "advance_id"],
        unique=True,
        postgresql_where=sa.text("step_id is null and withdrawn_at is null"),
    )
    op.create_index(
        f"uq_{AMENDMENT}_step",
        AMENDMENT,
        ["tenant_id", "step_id"],
        unique=True,
        postgresql_where=sa.text("step_id is not null and withdrawn_at is null"),
    )
    op.create_index(f"ix_{AMENDMENT}_follows", AMENDMENT, ["tenant_id", "follows_id"])
    op.create_index(f"ix_{AMENDMENT}_day", AMENDMENT, ["tenant_id", "branch_id", "booked_on"])


def _create_annual_return() -> None:
    table = "gst_annual_return"
    op.create_table(
        table,
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("gstin", TEXT, nullable=False),
        sa.Column("year_from", sa.Date(), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=True),
        sa.Column("arn", TEXT, nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id"],
            ["company.tenant_id", "company.id"],
            name=op.f("fk_gst_annual_return_tenant_id_company_id"),
        ),
        sa.CheckConstraint(
            "extract(month from year_from) = 4 and extract(day from year_from) = 1",
            name=op.f("ck_gst_annual_return_year"),
        ),
        sa.CheckConstraint(
            "filed_on >= year_from + interval '1 year'", name=op.f("ck_gst_annual_return_filed_on")
        ),
        sa.CheckConstraint(
            "(filed_on is null) = (arn = '')", name=op.f("ck_gst_annual_return_arn")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_gst_annual_return")),
    )
    columns = ["tenant_id", "company_id", "gstin", "year_from"]
    op.create_index("ix_gst_annual_return_year", table, columns)
