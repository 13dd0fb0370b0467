"""GSTR-2B: amendments beside what they amend, and documents of input service distributors."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0093"
down_revision = "0097"
branch_labels = None
depends_on = None

BRIEFLY_LOCKED = {"gst_2b_document": "written once a month, when a statement is imported"}
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


def downgrade() -> None:
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
