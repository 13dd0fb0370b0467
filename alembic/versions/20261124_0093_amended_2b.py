"""GSTR-2B: amendments beside what they amend, distributed credit; shares of common credit keep their figures."""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0093"
down_revision = "0089"
branch_labels = None
depends_on = None

BRIEFLY_LOCKED = {
    "gst_2b_document": "written once a month, when a statement is imported",
    "gst_credit_change": "a registration records a few a month",
}
CHANGES = "'blocked', 'common', 'unpaid', 'reclaimed', 'asset_sold', 'asset_kept', 'refunded'"
SHARED = (
    "num_nonnulls(share_gstin, share_from, share_to, share_figures) in (0, 4) and share_from <= share_to"
    " and case kind when 'common_back' then share_gstin is not null when 'common' then true"
    " else share_gstin is null end"
)
SHARE = ("share_gstin", "share_from", "share_to", "share_figures")
COLUMNS = ("original_kind", "original_number", "original_key", "original_year")
OWNED = ["tenant_id", "company_id", "gstin", "supplier_gstin"]
KINDS = "in ('INV', 'CRN', 'DBN', 'ISD', 'ISC')"
TOGETHER = "num_nonnulls(original_kind, original_number, original_key, original_year, original_dated_on) in (0, 5)"


def upgrade() -> None:
    for column in COLUMNS:
        op.add_column(
            "gst_2b_document", sa.Column(column, sqlmodel.sql.sqltypes.AutoString(), nullable=True)
        )
    op.add_column("gst_2b_document", sa.Column("original_dated_on", sa.Date(), nullable=True))
    op.drop_constraint(op.f("ck_gst_2b_document_kind"), "gst_2b_document", type_="check")
    op.create_check_constraint(op.f("ck_gst_2b_document_kind"), "gst_2b_document", f"kind {KINDS}")
    op.create_check_constraint(
        op.f("ck_gst_2b_document_original_kind"), "gst_2b_document", f"original_kind {KINDS}"
    )
    op.create_check_constraint(op.f("ck_gst_2b_document_original"), "gst_2b_document", TOGETHER)
    op.drop_constraint("uq_gst_2b_document", "gst_2b_document", type_="unique")
    op.create_index(
        "uq_gst_2b_document",
        "gst_2b_document",
        [*OWNED, "kind", "fiscal_year", "key"],
        unique=True,
        postgresql_where=sa.text("original_key is null"),
    )
    op.create_index(
        "uq_gst_2b_document_amended",
        "gst_2b_document",
        [*OWNED, "original_kind", "original_year", "original_key", "starts_on"],
        unique=True,
        postgresql_where=sa.text("original_key is not null"),
    )
    _keep_shares()


def _keep_shares() -> None:
    op.add_column(
        "gst_credit_change",
        sa.Column("share_gstin", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    )
    op.add_column("gst_credit_change", sa.Column("share_from", sa.Date(), nullable=True))
    op.add_column("gst_credit_change", sa.Column("share_to", sa.Date(), nullable=True))
    op.add_column(
        "gst_credit_change", sa.Column("share_figures", postgresql.JSONB(), nullable=True)
    )
    _allow_changes(f"{CHANGES}, 'common_back'")
    op.create_check_constraint(op.f("ck_gst_credit_change_share"), "gst_credit_change", SHARED)
    op.create_index(
        "ix_gst_credit_change_share",
        "gst_credit_change",
        ["tenant_id", "company_id", "share_gstin"],
        postgresql_where=sa.text("share_gstin is not null"),
    )


def _allow_changes(kinds: str) -> None:
    op.drop_constraint(op.f("ck_gst_credit_change_kind"), "gst_credit_change", type_="check")
    op.create_check_constraint(
        op.f("ck_gst_credit_change_kind"), "gst_credit_change", f"kind in ({kinds})"
    )


def downgrade() -> None:
    op.drop_index("ix_gst_credit_change_share", table_name="gst_credit_change")
    op.drop_constraint(op.f("ck_gst_credit_change_share"), "gst_credit_change", type_="check")
    _allow_changes(CHANGES)
    for column in SHARE:
        op.drop_column("gst_credit_change", column)
    op.drop_index("uq_gst_2b_document_amended", table_name="gst_2b_document")
    op.drop_index("uq_gst_2b_document", table_name="gst_2b_document")
    op.execute(
        "delete from gst_2b_document where original_key is not null or kind in ('ISD', 'ISC')"
    )
    op.create_unique_constraint(
        "uq_gst_2b_document", "gst_2b_document", [*OWNED, "kind", "fiscal_year", "key"]
    )
    op.drop_constraint(op.f("ck_gst_2b_document_original"), "gst_2b_document", type_="check")
    op.drop_constraint(op.f("ck_gst_2b_document_original_kind"), "gst_2b_document", type_="check")
    op.drop_constraint(op.f("ck_gst_2b_document_kind"), "gst_2b_document", type_="check")
    op.create_check_constraint(
        op.f("ck_gst_2b_document_kind"), "gst_2b_document", "kind in ('INV', 'CRN', 'DBN')"
    )
    for column in (*COLUMNS, "original_dated_on"):
        op.drop_column("gst_2b_document", column)
