"""E-invoices and way bills: what the portals were told and answered, frozen once given."""

from pathlib import Path

import sqlalchemy as sa
import sqlmodel
from alembic import op

from erp.core import migrating

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
RIGHTS = {
    "einvoice_registration": migrating.CHANGEABLE,
    "einvoice": migrating.CHANGEABLE,
    "way_bill": migrating.CHANGEABLE,
    "portal_call": migrating.APPEND_ONLY,
    "way_bill_vehicle": migrating.APPEND_ONLY,
}
GRANTED = {
    "manager": ["einvoicing.view", "einvoicing.send", "einvoicing.dispatch"],
    "accountant": [
        "einvoicing.view",
        "einvoicing.send",
        "einvoicing.dispatch",
        "einvoicing.arrange",
    ],
    "storekeeper": ["einvoicing.view", "einvoicing.dispatch"],
    "auditor": ["einvoicing.view"],
}


def upgrade() -> None:
    _create_einvoice_registration()
    _create_einvoice()
    _create_way_bill()
    _create_portal_call()
    _create_way_bill_vehicle()
    migrating.protect(RIGHTS)
    op.execute((SQL / "0039_einvoices.sql").read_text(encoding="utf-8"))
    migrating.grant_to_roles(GRANTED, {})


def downgrade() -> None:
    for table in (
        "portal_call",
        "way_bill_vehicle",
        "way_bill",
        "einvoice",
        "einvoice_registration",
    ):
        op.drop_table(table)
    op.execute("drop function sec.keep_way_bill()")
    op.execute("drop function sec.keep_einvoice()")
    migrating.withdraw_from_roles(GRANTED, [])


def _create_einvoice_registration() -> None:
    op.create_table(
        "einvoice_registration",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("gstin", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("reports_in_days", sa.Boolean(), nullable=False),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_problem", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(failing_since is null) = (paused_until is null)",
            name=op.f("ck_einvoice_registration_paused"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id"],
            ["company.tenant_id", "company.id"],
            name=op.f("fk_einvoice_registration_tenant_id_company_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_einvoice_registration")),
        sa.UniqueConstraint(
            "tenant_id",
            "company_id",
            "gstin",
            name=op.f("uq_einvoice_registration_tenant_id_company_id_gstin"),
        ),
    )


def _create_einvoice() -> None:
    op.create_table(
        "einvoice",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("gstin", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("document_type", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("fiscal_year", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("irn", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("problem", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ack_no", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("ack_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_invoice", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("signed_qr", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("cancel_reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(registered_at is null) = (ack_at is null) and (registered_at is null) = (ack_no = '') and (registered_at is null) = (signed_qr = '')",
            name=op.f("ck_einvoice_acknowledged"),
        ),
        sa.CheckConstraint(
            "(status = 'cancelled') = (cancelled_at is not null)",
            name=op.f("ck_einvoice_cancelled"),
        ),
        sa.CheckConstraint(
            "(status in ('registered', 'cancelling', 'cancelled')) = (registered_at is not null)",
            name=op.f("ck_einvoice_registered"),
        ),
        sa.CheckConstraint(
            "document_type in ('INV', 'CRN', 'DBN')", name=op.f("ck_einvoice_document_type")
        ),
        sa.CheckConstraint("irn ~ '^[0-9a-f]{64}$'", name=op.f("ck_einvoice_irn")),
        sa.CheckConstraint(
            "status in ('due', 'to_mend', 'refused', 'registered', 'cancelling', 'cancelled')",
            name=op.f("ck_einvoice_status"),
        ),
        sa.CheckConstraint(
            "status not in ('to_mend', 'refused') or problem <> ''",
            name=op.f("ck_einvoice_problem"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id"],
            ["company.tenant_id", "company.id"],
            name=op.f("fk_einvoice_tenant_id_company_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "invoice_id"],
            ["invoice.tenant_id", "invoice.id"],
            name=op.f("fk_einvoice_tenant_id_invoice_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_einvoice")),
        sa.UniqueConstraint(
            "tenant_id", "invoice_id", name=op.f("uq_einvoice_tenant_id_invoice_id")
        ),
        sa.UniqueConstraint("tenant_id", "irn", name=op.f("uq_einvoice_tenant_id_irn")),
    )
    op.create_index(
        "ix_einvoice_day", "einvoice", ["tenant_id", "company_id", "issued_on", "id"], unique=False
    )
    op.create_index(
        "ix_einvoice_open",
        "einvoice",
        ["tenant_id", "gstin", "id"],
        unique=False,
        postgresql_where=sa.text("status in ('due', 'to_mend', 'refused', 'cancelling')"),
    )


def _create_way_bill() -> None:
    op.create_table(
        "way_bill",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=True),
        sa.Column("transfer_id", sa.Uuid(), nullable=True),
        sa.Column("gstin", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("document_number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("document_on", sa.Date(), nullable=False),
        sa.Column("value", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("asked", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("distance_km", sa.Integer(), nullable=False),
        sa.Column("mode", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("is_oversize", sa.Boolean(), nullable=False),
        sa.Column("transporter_gstin", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("transporter_name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("vehicle_no", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("transport_document", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("transport_document_on", sa.Date(), nullable=True),
        sa.Column("new_vehicle", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("new_place", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("new_reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("problem", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("cancel_reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(status = 'cancelled') = (cancelled_at is not null)",
            name=op.f("ck_way_bill_cancelled"),
        ),
        sa.CheckConstraint(
            "(status in ('active', 'cancelled')) = (number <> '') and (number <> '') = (made_at is not null)",
            name=op.f("ck_way_bill_number"),
        ),
        sa.CheckConstraint(
            "asked in ('', 'generate', 'vehicle', 'cancel')", name=op.f("ck_way_bill_asked")
        ),
        sa.CheckConstraint("mode in ('1', '2', '3', '4')", name=op.f("ck_way_bill_mode")),
        sa.CheckConstraint("number ~ '^([0-9]{12})?$'", name=op.f("ck_way_bill_number_digits")),
        sa.CheckConstraint(
            "status <> 'refused' or problem <> ''", name=op.f("ck_way_bill_problem")
        ),
        sa.CheckConstraint(
            "status in ('draft', 'due', 'refused', 'active', 'cancelled')",
            name=op.f("ck_way_bill_status"),
        ),
        sa.CheckConstraint("distance_km between 1 and 4000", name=op.f("ck_way_bill_distance_km")),
        sa.CheckConstraint(
            "num_nonnulls(invoice_id, transfer_id) = 1", name=op.f("ck_way_bill_subject")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "branch_id"],
            ["branch.tenant_id", "branch.id"],
            name=op.f("fk_way_bill_tenant_id_branch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id"],
            ["company.tenant_id", "company.id"],
            name=op.f("fk_way_bill_tenant_id_company_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "invoice_id"],
            ["invoice.tenant_id", "invoice.id"],
            name=op.f("fk_way_bill_tenant_id_invoice_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "transfer_id"],
            ["stock_transfer.tenant_id", "stock_transfer.id"],
            name=op.f("fk_way_bill_tenant_id_transfer_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_way_bill")),
    )
    op.create_index(
        "ix_way_bill_company", "way_bill", ["tenant_id", "company_id", "id"], unique=False
    )
    op.create_index(
        "ix_way_bill_valid",
        "way_bill",
        ["tenant_id", "valid_until"],
        unique=False,
        postgresql_where=sa.text("status = 'active'"),
    )
    op.create_index(
        "uq_way_bill_invoice",
        "way_bill",
        ["tenant_id", "invoice_id"],
        unique=True,
        postgresql_where=sa.text("status <> 'cancelled' and invoice_id is not null"),
    )
    op.create_index(
        "uq_way_bill_transfer",
        "way_bill",
        ["tenant_id", "transfer_id"],
        unique=True,
        postgresql_where=sa.text("status <> 'cancelled' and transfer_id is not null"),
    )


def _create_portal_call() -> None:
    op.create_table(
        "portal_call",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("einvoice_id", sa.Uuid(), nullable=True),
        sa.Column("way_bill_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("request_sha256", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("outcome", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("problem", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("answer", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "outcome in ('done', 'refused', 'away', 'lied')", name=op.f("ck_portal_call_outcome")
        ),
        sa.CheckConstraint(
            "num_nonnulls(einvoice_id, way_bill_id) = 1", name=op.f("ck_portal_call_subject")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "einvoice_id"],
            ["einvoice.tenant_id", "einvoice.id"],
            name=op.f("fk_portal_call_tenant_id_einvoice_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "way_bill_id"],
            ["way_bill.tenant_id", "way_bill.id"],
            name=op.f("fk_portal_call_tenant_id_way_bill_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_portal_call")),
    )
    op.create_index(
        "ix_portal_call_einvoice", "portal_call", ["tenant_id", "einvoice_id", "id"], unique=False
    )
    op.create_index(
        "ix_portal_call_way_bill", "portal_call", ["tenant_id", "way_bill_id", "id"], unique=False
    )


def _create_way_bill_vehicle() -> None:
    op.create_table(
        "way_bill_vehicle",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("way_bill_id", sa.Uuid(), nullable=False),
        sa.Column("vehicle_no", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("from_place", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "way_bill_id"],
            ["way_bill.tenant_id", "way_bill.id"],
            name=op.f("fk_way_bill_vehicle_tenant_id_way_bill_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_way_bill_vehicle")),
    )
    op.create_index(
        "ix_way_bill_vehicle_bill",
        "way_bill_vehicle",
        ["tenant_id", "way_bill_id", "id"],
        unique=False,
    )
