"""GSTR-2B: imported statements and the documents that suppliers reported."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from erp.core import migrating

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

RIGHTS = {"gst_2b_file": migrating.APPEND_ONLY, "gst_2b_document": migrating.CHANGEABLE}


def upgrade() -> None:
    op.create_table(
        "gst_2b_file",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("gstin", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("file_name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("documents", sa.Integer(), nullable=False),
        sa.Column("imported_by", sa.Uuid(), nullable=False),
        sa.Column(
            "imported_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_gst_2b_file_sha256")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id"],
            ["company.tenant_id", "company.id"],
            name=op.f("fk_gst_2b_file_tenant_id_company_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_gst_2b_file")),
        sa.UniqueConstraint("tenant_id", "company_id", "sha256", name="uq_gst_2b_file"),
    )
    op.create_index(
        "ix_gst_2b_file_month",
        "gst_2b_file",
        ["tenant_id", "company_id", "gstin", "starts_on"],
        unique=False,
    )
    op.create_table(
        "gst_2b_document",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("gstin", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("supplier_gstin", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("supplier", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("fiscal_year", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("taxable", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("igst", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("cgst", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("sgst", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("is_available", sa.Boolean(), nullable=False),
        sa.Column("decision", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("bill_id", sa.Uuid(), nullable=True),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(decision = 'open') = (decided_by is null)", name=op.f("ck_gst_2b_document_decided")
        ),
        sa.CheckConstraint(
            "decision in ('open', 'accepted', 'parked', 'asked')",
            name=op.f("ck_gst_2b_document_decision"),
        ),
        sa.CheckConstraint("kind in ('INV', 'CRN', 'DBN')", name=op.f("ck_gst_2b_document_kind")),
        sa.CheckConstraint(
            "least(taxable, igst, cgst, sgst) >= 0", name=op.f("ck_gst_2b_document_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "bill_id"],
            ["supplier_bill.tenant_id", "supplier_bill.id"],
            name=op.f("fk_gst_2b_document_tenant_id_bill_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id"],
            ["company.tenant_id", "company.id"],
            name=op.f("fk_gst_2b_document_tenant_id_company_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "file_id"],
            ["gst_2b_file.tenant_id", "gst_2b_file.id"],
            name=op.f("fk_gst_2b_document_tenant_id_file_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_gst_2b_document")),
        sa.UniqueConstraint(
            "tenant_id",
            "company_id",
            "gstin",
            "supplier_gstin",
            "kind",
            "fiscal_year",
            "key",
            name="uq_gst_2b_document",
        ),
    )
    op.create_index(
        "uq_gst_2b_document_bill",
        "gst_2b_document",
        ["tenant_id", "bill_id"],
        unique=True,
        postgresql_where=sa.text("bill_id is not null"),
    )
    migrating.protect(RIGHTS)


def downgrade() -> None:
    op.drop_table("gst_2b_document")
    op.drop_table("gst_2b_file")
