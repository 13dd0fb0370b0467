"""Kernel and trade: tables, row-level security, ledger and stock rules kept by the database."""

from pathlib import Path

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


SQL = Path(__file__).parents[1] / "sql"
APPEND_ONLY = "select, insert"
RIGHTS = {
    "command_log": APPEND_ONLY,
    "event": APPEND_ONLY,
    "event_queue": "insert",
    "event_delivery": "select, update",
    "event_seal": "select",
    "number_series": "select, insert, update (next_number)",
    "saved_view": "select, insert, update, delete",
    "company": "select, insert, update",
    "branch": "select, insert, update",
    "role": "select, insert, update",
    "membership": "select, insert, update",
    "membership_role": "select, insert, delete",
    "api_token": "select, insert, update (revoked_at)",
    "party": "select, insert, update",
    "party_role": "select, insert, delete",
    "blob": APPEND_ONLY,
    "stored_document": APPEND_ONLY,
    "notification": "select, insert, update (read_at)",
    "account": "select, insert, update",
    "period": "select, insert, update (status, closed_at, reason)",
    "journal_entry": APPEND_ONLY,
    "journal_line": APPEND_ONLY,
    "account_balance": "select",
    "remedy": "select, insert, update",
    "brand": "select, insert, update",
    "tax_class": "select, insert, update",
    "tax_rate": APPEND_ONLY,
    "product": "select, insert, update",
    "variant": "select, insert, update",
    "variant_unit": "select, insert, delete",
    "barcode": "select, insert, delete",
    "warehouse": "select, insert, update",
    "location": "select, insert, update",
    "lot": "select, insert, update",
    "stock_move": APPEND_ONLY,
    "stock_balance": "select, update (reserved)",
    "stock_reservation": "select, insert, update (expires_at), delete",
    "invoice": APPEND_ONLY,
    "invoice_line": APPEND_ONLY,
    "invoice_line_return": "select, insert, update (returned)",
    "register": "select, insert, update",
    "register_shift": "select, insert, update",
    "cash_movement": APPEND_ONLY,
    "sale": APPEND_ONLY,
    "tender": APPEND_ONLY,
    "approval": APPEND_ONLY,
    "parked_cart": "select, insert, delete",
}
IMMUTABLE = (
    "command_log",
    "event",
    "event_seal",
    "journal_entry",
    "journal_line",
    "stock_move",
    "invoice",
    "invoice_line",
    "sale",
    "tender",
    "approval",
    "cash_movement",
)
OPS_RIGHTS = {
    "event_queue": "delete",
    "event_seal": "insert",
    "event_delivery": "insert, update",
}


def _run(name: str) -> None:
    text = (SQL / name).read_text(encoding="utf-8")
    database = op.get_bind().exec_driver_sql("select quote_ident(current_database())").scalar_one()
    op.get_bind().connection.driver_connection.execute(text.replace(":database", database))


def _protect() -> None:
    op.execute("select sec.protect('tenant', 'select', 'id')")
    for table, rights in RIGHTS.items():
        op.execute(f"select sec.protect('{table}', '{rights}')")
    for table in IMMUTABLE:
        op.execute(
            f"create trigger {table}_immutable before update or delete on {table}"
            " for each row execute function sec.refuse_change()"
        )
    for table, rights in OPS_RIGHTS.items():
        op.execute(f"grant {rights} on {table} to erp_ops")
    op.execute("grant select (id, login, display_name, is_active) on user_account to erp_ops")


def upgrade() -> None:
    _run("0001_security.sql")
    _create_tables()
    for name in (
        "0001_ledger.sql",
        "0001_stock.sql",
        "0001_identity.sql",
        "0001_search.sql",
    ):
        _run(name)
    _protect()


def _create_tables() -> None:
    op.create_table(
        "approval",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("origin_id", sa.Uuid(), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_approval")),
    )
    op.create_index("ix_approval_origin", "approval", ["tenant_id", "origin_id"], unique=False)
    op.create_table(
        "blob",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("storage_key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("media_type", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_blob_sha256")),
        sa.PrimaryKeyConstraint("tenant_id", "sha256", name=op.f("pk_blob")),
    )
    op.create_table(
        "brand",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_brand")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("uq_brand_tenant_id_name")),
    )
    op.create_table(
        "command_log",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("command", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("idempotency_key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("input_hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("input", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("on_behalf_of", sa.Uuid(), nullable=True),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("request_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("ip_address", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("acted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_command_log")),
        sa.UniqueConstraint(
            "tenant_id",
            "command",
            "idempotency_key",
            name=op.f("uq_command_log_tenant_id_command_idempotency_key"),
        ),
    )
    op.create_index(
        "ix_command_log_recorded",
        "command_log",
        ["tenant_id", "recorded_at"],
        unique=False,
    )
    op.create_table(
        "company",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("legal_name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("trade_name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("pan", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("gst_scheme", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("currency", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("fiscal_year_first_month", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "gst_scheme in ('regular', 'composition', 'unregistered')",
            name=op.f("ck_company_gst_scheme"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_company")),
    )
    op.create_table(
        "event",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("aggregate_id", sa.Uuid(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_event")),
    )
    op.create_index("ix_event_aggregate", "event", ["tenant_id", "aggregate_id"], unique=False)
    op.create_table(
        "notification",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("severity", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("body", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("link", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("dedupe_key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "severity in ('info', 'warning', 'urgent')",
            name=op.f("ck_notification_severity"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_notification")),
        sa.UniqueConstraint(
            "tenant_id",
            "user_id",
            "dedupe_key",
            name=op.f("uq_notification_tenant_id_user_id_dedupe_key"),
        ),
    )
    op.create_index(
        "ix_notification_inbox",
        "notification",
        ["tenant_id", "user_id", "created_at"],
        unique=False,
    )
    op.create_table(
        "number_series",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("document_type", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("register_id", sa.Uuid(), nullable=True),
        sa.Column("fiscal_year", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("prefix", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("next_number", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "prefix ~ '^[A-Z1-9][A-Z0-9/-]*$'", name=op.f("ck_number_series_prefix")
        ),
        sa.CheckConstraint("length(prefix) + width <= 16", name=op.f("ck_number_series_length")),
        sa.CheckConstraint("next_number >= 1", name=op.f("ck_number_series_next_number")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_number_series")),
        sa.UniqueConstraint(
            "tenant_id",
            "branch_id",
            "document_type",
            "register_id",
            "fiscal_year",
            name=op.f("uq_number_series_tenant_id_branch_id_document_type_register_id_fiscal_year"),
            postgresql_nulls_not_distinct=True,
        ),
        sa.UniqueConstraint("tenant_id", "prefix", name=op.f("uq_number_series_tenant_id_prefix")),
    )
    op.create_table(
        "party",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("gst_category", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("gstin", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("pan", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("state_code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("address", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("city", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("pin", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("phone", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("email", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("price_list", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("credit_days", sa.Integer(), nullable=False),
        sa.Column("credit_limit", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("drug_licence_no", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("drug_licence_expires_on", sa.Date(), nullable=True),
        sa.Column("birth_on", sa.Date(), nullable=True),
        sa.Column("sex", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("search_text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column(
            "search_vector",
            postgresql.TSVECTOR(),
            sa.Computed("to_tsvector('simple', search_text)", persisted=True),
            nullable=False,
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "gst_category in ('unregistered', 'regular', 'composition', 'sez')",
            name=op.f("ck_party_gst_category"),
        ),
        sa.CheckConstraint(
            "gstin is null or gstin ~ '^[0-9]{2}[A-Z0-9]{13}$'",
            name=op.f("ck_party_gstin"),
        ),
        sa.CheckConstraint(
            "kind in ('walk_in', 'patient', 'doctor', 'clinic', 'retailer', 'distributor', 'hospital', 'institution', 'sez_unit', 'manufacturer', 'importer', 'packaging', 'transporter', 'other')",
            name=op.f("ck_party_kind"),
        ),
        sa.CheckConstraint("credit_limit >= 0 and credit_days >= 0", name=op.f("ck_party_credit")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_party")),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("uq_party_tenant_id_code")),
    )
    op.create_index("ix_party_name", "party", ["tenant_id", "name", "id"], unique=False)
    op.create_index("ix_party_phone", "party", ["tenant_id", "phone"], unique=False)
    op.create_index(
        "ix_party_search",
        "party",
        ["search_vector"],
        unique=False,
        postgresql_using="gin",
    )
    op.create_table(
        "remedy",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("synonyms", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("abbreviations", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("is_pharmacopoeial", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_remedy")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("uq_remedy_tenant_id_name")),
    )
    op.create_table(
        "role",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("permissions", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("limits", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_role")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("uq_role_tenant_id_name")),
    )
    op.create_table(
        "saved_view",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("screen", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("filters", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint(
            "tenant_id",
            "user_id",
            "screen",
            "name",
            name=op.f("uq_saved_view_tenant_id_user_id_screen_name"),
        ),
    )
    op.create_table(
        "stored_document",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("origin_type", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("origin_id", sa.Uuid(), nullable=False),
        sa.Column("variant", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("file_name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("media_type", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_stored_document")),
        sa.UniqueConstraint(
            "tenant_id",
            "origin_type",
            "origin_id",
            "variant",
            "version",
            name=op.f("uq_stored_document_tenant_id_origin_type_origin_id_variant_version"),
        ),
    )
    op.create_table(
        "tax_class",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("treatment", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint(
            "treatment in ('taxable', 'nil_rated', 'exempt', 'non_gst')",
            name=op.f("ck_tax_class_treatment"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_tax_class")),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("uq_tax_class_tenant_id_code")),
    )
    op.create_table(
        "tenant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("slug", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("time_zone", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("is_suspended", sa.Boolean(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("slug ~ '^[a-z0-9-]{1,40}$'", name=op.f("ck_tenant_slug")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenant")),
        sa.UniqueConstraint("slug", name=op.f("uq_tenant_slug")),
    )
    op.create_table(
        "user_account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("login", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("display_name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("password_hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("failed_sign_ins", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("login", name=op.f("uq_user_account_login")),
    )
    op.create_table(
        "account",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("group_name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("type", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("is_control", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "type in ('asset', 'liability', 'equity', 'income', 'expense')",
            name=op.f("ck_account_type"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id"],
            ["company.tenant_id", "company.id"],
            name=op.f("fk_account_tenant_id_company_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_account")),
        sa.UniqueConstraint(
            "tenant_id",
            "company_id",
            "code",
            name=op.f("uq_account_tenant_id_company_id_code"),
        ),
        sa.UniqueConstraint(
            "tenant_id",
            "company_id",
            "key",
            name=op.f("uq_account_tenant_id_company_id_key"),
        ),
    )
    op.create_table(
        "branch",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("gstin", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("state_code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("address", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("city", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("pin", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("phone", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("drug_licence_no", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("upi_address", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.CheckConstraint("code ~ '^[A-Za-z0-9_-]{1,64}$'", name=op.f("ck_branch_code")),
        sa.CheckConstraint("state_code ~ '^[0-9]{2}$'", name=op.f("ck_branch_state_code")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id"],
            ["company.tenant_id", "company.id"],
            name=op.f("fk_branch_tenant_id_company_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_branch")),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("uq_branch_tenant_id_code")),
    )
    op.create_table(
        "event_delivery",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("subscriber", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_token", sa.Uuid(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status in ('pending', 'leased', 'done', 'dead')",
            name=op.f("ck_event_delivery_status"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "event_id"],
            ["event.tenant_id", "event.id"],
            name=op.f("fk_event_delivery_tenant_id_event_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_event_delivery")),
        sa.UniqueConstraint(
            "tenant_id",
            "event_id",
            "subscriber",
            name=op.f("uq_event_delivery_tenant_id_event_id_subscriber"),
        ),
    )
    op.create_index(
        "ix_event_delivery_due",
        "event_delivery",
        ["next_attempt_at"],
        unique=False,
        postgresql_where=sa.text("status in ('pending', 'leased')"),
    )
    op.create_index(
        "ix_event_delivery_dead",
        "event_delivery",
        ["tenant_id", "id"],
        unique=False,
        postgresql_where=sa.text("status = 'dead'"),
    )
    op.create_table(
        "event_queue",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "event_id"],
            ["event.tenant_id", "event.id"],
            name=op.f("fk_event_queue_tenant_id_event_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "event_id", name=op.f("pk_event_queue")),
    )
    op.create_table(
        "event_seal",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("previous_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column(
            "sealed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "event_id"],
            ["event.tenant_id", "event.id"],
            name=op.f("fk_event_seal_tenant_id_event_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "sequence", name=op.f("pk_event_seal")),
        sa.UniqueConstraint("tenant_id", "event_id", name=op.f("uq_event_seal_tenant_id_event_id")),
    )
    op.create_table(
        "party_role",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("role", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint(
            "role in ('customer', 'supplier', 'patient', 'doctor', 'manufacturer')",
            name=op.f("ck_party_role_role"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "party_id"],
            ["party.tenant_id", "party.id"],
            name=op.f("fk_party_role_tenant_id_party_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "party_id", "role", name=op.f("pk_party_role")),
    )
    op.create_index("ix_party_role_role", "party_role", ["tenant_id", "role"], unique=False)
    op.create_table(
        "period",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("fiscal_year", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint("status in ('open', 'closed', 'locked')", name=op.f("ck_period_status")),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_period_dates")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id"],
            ["company.tenant_id", "company.id"],
            name=op.f("fk_period_tenant_id_company_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_period")),
        sa.UniqueConstraint(
            "tenant_id",
            "company_id",
            "starts_on",
            name=op.f("uq_period_tenant_id_company_id_starts_on"),
        ),
    )
    op.create_table(
        "product",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("remedy_id", sa.Uuid(), nullable=True),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("form", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("hsn", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("tax_class_id", sa.Uuid(), nullable=False),
        sa.Column("is_lot_tracked", sa.Boolean(), nullable=False),
        sa.Column("is_expiry_required", sa.Boolean(), nullable=False),
        sa.Column("is_service", sa.Boolean(), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint(
            "form in ('dilution', 'mother_tincture', 'trituration', 'biochemic', 'bio_combination', 'globules', 'drops', 'tablets', 'syrup', 'ointment', 'gel', 'oil', 'eye_drops', 'cosmetic', 'packaging', 'book', 'device', 'kit', 'service', 'other')",
            name=op.f("ck_product_form"),
        ),
        sa.CheckConstraint("hsn ~ '^[0-9]{4,8}$'", name=op.f("ck_product_hsn")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "brand_id"],
            ["brand.tenant_id", "brand.id"],
            name=op.f("fk_product_tenant_id_brand_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "remedy_id"],
            ["remedy.tenant_id", "remedy.id"],
            name=op.f("fk_product_tenant_id_remedy_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "tax_class_id"],
            ["tax_class.tenant_id", "tax_class.id"],
            name=op.f("fk_product_tenant_id_tax_class_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_product")),
        sa.UniqueConstraint(
            "tenant_id",
            "name",
            "brand_id",
            "form",
            name=op.f("uq_product_tenant_id_name_brand_id_form"),
        ),
    )
    op.create_table(
        "tax_rate",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tax_class_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("rate", sa.Numeric(precision=7, scale=4), nullable=False),
        sa.Column("notification", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint("rate between 0 and 100", name=op.f("ck_tax_rate_rate")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "tax_class_id"],
            ["tax_class.tenant_id", "tax_class.id"],
            name=op.f("fk_tax_rate_tenant_id_tax_class_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_tax_rate")),
        sa.UniqueConstraint(
            "tenant_id",
            "tax_class_id",
            "valid_from",
            name=op.f("uq_tax_rate_tenant_id_tax_class_id_valid_from"),
        ),
    )
    op.create_table(
        "user_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ip_address", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("user_agent", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f("fk_user_session_tenant_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_user_session_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_user_session_token_hash")),
    )
    op.create_index("ix_user_session_user", "user_session", ["user_id"], unique=False)
    op.create_table(
        "account_balance",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("period_id", sa.Uuid(), nullable=False),
        sa.Column("stripe", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("debit", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("credit", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["account.tenant_id", "account.id"],
            name=op.f("fk_account_balance_tenant_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "period_id"],
            ["period.tenant_id", "period.id"],
            name=op.f("fk_account_balance_tenant_id_period_id"),
        ),
        sa.PrimaryKeyConstraint(
            "tenant_id",
            "account_id",
            "period_id",
            "stripe",
            name=op.f("pk_account_balance"),
        ),
    )
    op.create_table(
        "invoice",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("fiscal_year", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("recipient", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("place_of_supply", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("price_mode", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("supply_nature", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("gross", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("line_discount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("bill_discount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("taxable", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("cgst", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("sgst", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("igst", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("round_off", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("original_invoice_id", sa.Uuid(), nullable=True),
        sa.Column("origin_type", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("origin_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "kind in ('tax_invoice', 'bill_of_supply', 'invoice_cum_bill', 'credit_note', 'debit_note')",
            name=op.f("ck_invoice_kind"),
        ),
        sa.CheckConstraint("number ~ '^[A-Z1-9][A-Z0-9/-]{0,15}$'", name=op.f("ck_invoice_number")),
        sa.CheckConstraint(
            "least(gross, taxable, cgst, sgst, igst, total) >= 0",
            name=op.f("ck_invoice_not_negative"),
        ),
        sa.CheckConstraint(
            "total = taxable + cgst + sgst + igst + round_off",
            name=op.f("ck_invoice_total"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "branch_id"],
            ["branch.tenant_id", "branch.id"],
            name=op.f("fk_invoice_tenant_id_branch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id"],
            ["company.tenant_id", "company.id"],
            name=op.f("fk_invoice_tenant_id_company_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "original_invoice_id"],
            ["invoice.tenant_id", "invoice.id"],
            name=op.f("fk_invoice_tenant_id_original_invoice_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "party_id"],
            ["party.tenant_id", "party.id"],
            name=op.f("fk_invoice_tenant_id_party_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_invoice")),
        sa.UniqueConstraint(
            "tenant_id",
            "company_id",
            "fiscal_year",
            "number",
            name=op.f("uq_invoice_tenant_id_company_id_fiscal_year_number"),
        ),
        sa.UniqueConstraint(
            "tenant_id",
            "origin_id",
            "kind",
            name=op.f("uq_invoice_tenant_id_origin_id_kind"),
        ),
    )
    op.create_index("ix_invoice_day", "invoice", ["tenant_id", "issued_on", "id"], unique=False)
    op.create_index(
        "ix_invoice_party",
        "invoice",
        ["tenant_id", "party_id", "issued_on"],
        unique=False,
    )
    op.create_index(
        "ix_invoice_original",
        "invoice",
        ["tenant_id", "original_invoice_id"],
        unique=False,
        postgresql_where=sa.text("original_invoice_id is not null"),
    )
    op.create_table(
        "journal_entry",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("period_id", sa.Uuid(), nullable=False),
        sa.Column("journal", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("origin_type", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("origin_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("narration", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("line_count", sa.SmallInteger(), nullable=False),
        sa.Column("total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("reverses_entry_id", sa.Uuid(), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("line_count >= 2", name=op.f("ck_journal_entry_line_count")),
        sa.CheckConstraint("total > 0", name=op.f("ck_journal_entry_total")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "branch_id"],
            ["branch.tenant_id", "branch.id"],
            name=op.f("fk_journal_entry_tenant_id_branch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id"],
            ["company.tenant_id", "company.id"],
            name=op.f("fk_journal_entry_tenant_id_company_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "period_id"],
            ["period.tenant_id", "period.id"],
            name=op.f("fk_journal_entry_tenant_id_period_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "reverses_entry_id"],
            ["journal_entry.tenant_id", "journal_entry.id"],
            name=op.f("fk_journal_entry_tenant_id_reverses_entry_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_journal_entry")),
        sa.UniqueConstraint(
            "tenant_id",
            "origin_id",
            "purpose",
            name=op.f("uq_journal_entry_tenant_id_origin_id_purpose"),
        ),
        sa.UniqueConstraint(
            "tenant_id",
            "reverses_entry_id",
            name=op.f("uq_journal_entry_tenant_id_reverses_entry_id"),
        ),
    )
    op.create_index(
        "ix_journal_entry_day",
        "journal_entry",
        ["tenant_id", "company_id", "effective_on", "id"],
        unique=False,
    )
    op.create_table(
        "membership",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("display_name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("pin_hash", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("failed_pins", sa.Integer(), nullable=False),
        sa.Column("pin_locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "branch_id"],
            ["branch.tenant_id", "branch.id"],
            name=op.f("fk_membership_tenant_id_branch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_membership_user_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_membership")),
        sa.UniqueConstraint("tenant_id", "user_id", name=op.f("uq_membership_tenant_id_user_id")),
    )
    op.create_table(
        "parked_cart",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("label", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("cart", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("parked_by", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "branch_id"],
            ["branch.tenant_id", "branch.id"],
            name=op.f("fk_parked_cart_tenant_id_branch_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_parked_cart")),
        sa.UniqueConstraint(
            "tenant_id",
            "branch_id",
            "label",
            name=op.f("uq_parked_cart_tenant_id_branch_id_label"),
        ),
    )
    op.create_table(
        "session_tab",
        sa.Column("client_token_hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column(
            "bound_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["user_session.id"],
            name=op.f("fk_session_tab_session_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("client_token_hash", name=op.f("pk_session_tab")),
    )
    op.create_index("ix_session_tab_session", "session_tab", ["session_id"], unique=False)
    op.create_table(
        "variant",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("sku", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("label", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("potency_scale", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("potency_number", sa.Integer(), nullable=False),
        sa.Column("potency_label", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("potency_rank", sa.BigInteger(), nullable=False),
        sa.Column("pack_quantity", sa.Integer(), nullable=False),
        sa.Column("pack_unit", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("base_unit", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reorder_point", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("search_text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column(
            "search_vector",
            postgresql.TSVECTOR(),
            sa.Computed("to_tsvector('simple', search_text)", persisted=True),
            nullable=False,
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "potency_scale in ('Q', 'X', 'C', 'LM', '-')",
            name=op.f("ck_variant_potency_scale"),
        ),
        sa.CheckConstraint("pack_quantity > 0", name=op.f("ck_variant_pack_quantity")),
        sa.CheckConstraint("reorder_point >= 0", name=op.f("ck_variant_reorder_point")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "product_id"],
            ["product.tenant_id", "product.id"],
            name=op.f("fk_variant_tenant_id_product_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_variant")),
        sa.UniqueConstraint("tenant_id", "sku", name=op.f("uq_variant_tenant_id_sku")),
    )
    op.create_index("ix_variant_label", "variant", ["tenant_id", "label", "id"], unique=False)
    op.create_index(
        "ix_variant_search",
        "variant",
        ["search_vector"],
        unique=False,
        postgresql_using="gin",
    )
    op.create_table(
        "warehouse",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "branch_id"],
            ["branch.tenant_id", "branch.id"],
            name=op.f("fk_warehouse_tenant_id_branch_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_warehouse")),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("uq_warehouse_tenant_id_code")),
    )
    op.create_table(
        "api_token",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("token_hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("scopes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "membership_id"],
            ["membership.tenant_id", "membership.id"],
            name=op.f("fk_api_token_tenant_id_membership_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_api_token")),
        sa.UniqueConstraint(
            "tenant_id", "token_hash", name=op.f("uq_api_token_tenant_id_token_hash")
        ),
    )
    op.create_table(
        "barcode",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "variant_id"],
            ["variant.tenant_id", "variant.id"],
            name=op.f("fk_barcode_tenant_id_variant_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_barcode")),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("uq_barcode_tenant_id_code")),
    )
    op.create_table(
        "invoice_line_return",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("line_no", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("sold", sa.BigInteger(), nullable=False),
        sa.Column("returned", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "returned between 0 and sold", name=op.f("ck_invoice_line_return_returned")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "invoice_id"],
            ["invoice.tenant_id", "invoice.id"],
            name=op.f("fk_invoice_line_return_tenant_id_invoice_id"),
        ),
        sa.PrimaryKeyConstraint(
            "tenant_id", "invoice_id", "line_no", name=op.f("pk_invoice_line_return")
        ),
    )
    op.create_table(
        "journal_line",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("line_no", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("debit", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("credit", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=True),
        sa.Column("cost_centre", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint(
            "debit >= 0 and credit >= 0 and (debit = 0) <> (credit = 0)",
            name=op.f("ck_journal_line_one_side"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["account.tenant_id", "account.id"],
            name=op.f("fk_journal_line_tenant_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "entry_id"],
            ["journal_entry.tenant_id", "journal_entry.id"],
            name=op.f("fk_journal_line_tenant_id_entry_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "party_id"],
            ["party.tenant_id", "party.id"],
            name=op.f("fk_journal_line_tenant_id_party_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "entry_id", "line_no", name=op.f("pk_journal_line")),
    )
    op.create_index(
        "ix_journal_line_account",
        "journal_line",
        ["tenant_id", "account_id", "effective_on"],
        unique=False,
    )
    op.create_index(
        "ix_journal_line_party",
        "journal_line",
        ["tenant_id", "party_id", "account_id"],
        unique=False,
        postgresql_where="party_id is not null",
    )
    op.create_table(
        "location",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("warehouse_id", sa.Uuid(), nullable=True),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint(
            "kind in ('storage', 'transit', 'expired_store', 'supplier', 'customer', 'waste', 'lost_found', 'production')",
            name=op.f("ck_location_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "parent_id"],
            ["location.tenant_id", "location.id"],
            name=op.f("fk_location_tenant_id_parent_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "warehouse_id"],
            ["warehouse.tenant_id", "warehouse.id"],
            name=op.f("fk_location_tenant_id_warehouse_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_location")),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("uq_location_tenant_id_code")),
    )
    op.create_table(
        "lot",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("lot_number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("maker", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("manufactured_on", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("mrp", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("ptr", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("pts", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("unit_cost", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=True),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("status_reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "status in ('available', 'hold', 'quarantine', 'recalled')",
            name=op.f("ck_lot_status"),
        ),
        sa.CheckConstraint("mrp > 0", name=op.f("ck_lot_mrp")),
        sa.CheckConstraint("unit_cost >= 0", name=op.f("ck_lot_unit_cost")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "supplier_id"],
            ["party.tenant_id", "party.id"],
            name=op.f("fk_lot_tenant_id_supplier_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "variant_id"],
            ["variant.tenant_id", "variant.id"],
            name=op.f("fk_lot_tenant_id_variant_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_lot")),
        sa.UniqueConstraint(
            "tenant_id",
            "variant_id",
            "lot_number",
            "maker",
            "expires_on",
            name=op.f("uq_lot_tenant_id_variant_id_lot_number_maker_expires_on"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index("ix_lot_expiry", "lot", ["tenant_id", "expires_on"], unique=False)
    op.create_table(
        "membership_role",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("role_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "membership_id"],
            ["membership.tenant_id", "membership.id"],
            name=op.f("fk_membership_role_tenant_id_membership_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "role_id"],
            ["role.tenant_id", "role.id"],
            name=op.f("fk_membership_role_tenant_id_role_id"),
        ),
        sa.PrimaryKeyConstraint(
            "tenant_id", "membership_id", "role_id", name=op.f("pk_membership_role")
        ),
    )
    op.create_table(
        "variant_unit",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("numerator", sa.BigInteger(), nullable=False),
        sa.Column("denominator", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "numerator > 0 and denominator > 0", name=op.f("ck_variant_unit_factor")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "variant_id"],
            ["variant.tenant_id", "variant.id"],
            name=op.f("fk_variant_unit_tenant_id_variant_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_variant_unit")),
        sa.UniqueConstraint(
            "tenant_id",
            "variant_id",
            "code",
            name=op.f("uq_variant_unit_tenant_id_variant_id_code"),
        ),
    )
    op.create_table(
        "invoice_line",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("line_no", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=True),
        sa.Column("description", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("hsn", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("unit", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("lot_number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("mrp", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("unit_price", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("gross", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("line_discount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("bill_discount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("treatment", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("rate", sa.Numeric(precision=7, scale=4), nullable=False),
        sa.Column("taxable", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("cgst", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("sgst", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("igst", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("cost", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("original_line_no", sa.SmallInteger(), nullable=True),
        sa.Column("price_trace", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint(
            "mrp is null or total <= mrp * quantity",
            name=op.f("ck_invoice_line_not_above_mrp"),
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_invoice_line_quantity")),
        sa.CheckConstraint(
            "total = taxable + cgst + sgst + igst", name=op.f("ck_invoice_line_total")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "invoice_id"],
            ["invoice.tenant_id", "invoice.id"],
            name=op.f("fk_invoice_line_tenant_id_invoice_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "lot_id"],
            ["lot.tenant_id", "lot.id"],
            name=op.f("fk_invoice_line_tenant_id_lot_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "variant_id"],
            ["variant.tenant_id", "variant.id"],
            name=op.f("fk_invoice_line_tenant_id_variant_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "invoice_id", "line_no", name=op.f("pk_invoice_line")),
    )
    op.create_index("ix_invoice_line_lot", "invoice_line", ["tenant_id", "lot_id"], unique=False)
    op.create_index(
        "ix_invoice_line_variant",
        "invoice_line",
        ["tenant_id", "variant_id"],
        unique=False,
    )
    op.create_table(
        "register",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("code ~ '^[A-Z][A-Z0-9]{0,3}$'", name=op.f("ck_register_code")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "branch_id"],
            ["branch.tenant_id", "branch.id"],
            name=op.f("fk_register_tenant_id_branch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "location_id"],
            ["location.tenant_id", "location.id"],
            name=op.f("fk_register_tenant_id_location_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_register")),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("uq_register_tenant_id_code")),
    )
    op.create_table(
        "stock_balance",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("on_hand", sa.BigInteger(), nullable=False),
        sa.Column("reserved", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.CheckConstraint("on_hand >= 0", name=op.f("ck_stock_balance_on_hand")),
        sa.CheckConstraint(
            "reserved between 0 and on_hand", name=op.f("ck_stock_balance_reserved")
        ),
        sa.CheckConstraint(
            "value >= 0 and (on_hand > 0 or value = 0)",
            name=op.f("ck_stock_balance_value"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "location_id"],
            ["location.tenant_id", "location.id"],
            name=op.f("fk_stock_balance_tenant_id_location_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "lot_id"],
            ["lot.tenant_id", "lot.id"],
            name=op.f("fk_stock_balance_tenant_id_lot_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "variant_id"],
            ["variant.tenant_id", "variant.id"],
            name=op.f("fk_stock_balance_tenant_id_variant_id"),
        ),
        sa.PrimaryKeyConstraint(
            "tenant_id",
            "location_id",
            "variant_id",
            "lot_id",
            name=op.f("pk_stock_balance"),
        ),
    )
    op.create_index("ix_stock_balance_lot", "stock_balance", ["tenant_id", "lot_id"], unique=False)
    op.create_table(
        "stock_move",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("from_location_id", sa.Uuid(), nullable=False),
        sa.Column("to_location_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("origin_type", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("origin_id", sa.Uuid(), nullable=False),
        sa.Column("origin_line_no", sa.Integer(), nullable=False),
        sa.Column("reverses_move_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "from_location_id <> to_location_id",
            name=op.f("ck_stock_move_locations_differ"),
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_stock_move_quantity")),
        sa.CheckConstraint("value >= 0", name=op.f("ck_stock_move_value")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "from_location_id"],
            ["location.tenant_id", "location.id"],
            name=op.f("fk_stock_move_tenant_id_from_location_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "lot_id"],
            ["lot.tenant_id", "lot.id"],
            name=op.f("fk_stock_move_tenant_id_lot_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "reverses_move_id"],
            ["stock_move.tenant_id", "stock_move.id"],
            name=op.f("fk_stock_move_tenant_id_reverses_move_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "to_location_id"],
            ["location.tenant_id", "location.id"],
            name=op.f("fk_stock_move_tenant_id_to_location_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "variant_id"],
            ["variant.tenant_id", "variant.id"],
            name=op.f("fk_stock_move_tenant_id_variant_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_stock_move")),
        sa.UniqueConstraint(
            "tenant_id",
            "reverses_move_id",
            name=op.f("uq_stock_move_tenant_id_reverses_move_id"),
        ),
    )
    op.create_index(
        "ix_stock_move_lot",
        "stock_move",
        ["tenant_id", "lot_id", "effective_at"],
        unique=False,
    )
    op.create_index("ix_stock_move_origin", "stock_move", ["tenant_id", "origin_id"], unique=False)
    op.create_index(
        "ix_stock_move_receipt",
        "stock_move",
        ["tenant_id", "origin_id"],
        unique=False,
        postgresql_where=sa.text("origin_type = 'goods_receipt'"),
    )
    op.create_index(
        "ix_stock_move_variant",
        "stock_move",
        ["tenant_id", "variant_id", "effective_at"],
        unique=False,
    )
    op.create_table(
        "stock_reservation",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("origin_type", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("origin_id", sa.Uuid(), nullable=False),
        sa.Column("origin_line_no", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_stock_reservation_quantity")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "location_id"],
            ["location.tenant_id", "location.id"],
            name=op.f("fk_stock_reservation_tenant_id_location_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "lot_id"],
            ["lot.tenant_id", "lot.id"],
            name=op.f("fk_stock_reservation_tenant_id_lot_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_stock_reservation")),
    )
    op.create_index(
        "ix_stock_reservation_origin",
        "stock_reservation",
        ["tenant_id", "origin_id"],
        unique=False,
    )
    op.create_table(
        "register_shift",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("register_id", sa.Uuid(), nullable=False),
        sa.Column("previous_shift_id", sa.Uuid(), nullable=True),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opening_float", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counted_cash", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("expected_cash", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("float_left", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("difference_reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint(
            "(status = 'open') = (closed_at is null) and (closed_at is null) = (counted_cash is null) and (closed_at is null) = (expected_cash is null) and (closed_at is null) = (float_left is null)",
            name=op.f("ck_register_shift_closed"),
        ),
        sa.CheckConstraint("status in ('open', 'closed')", name=op.f("ck_register_shift_status")),
        sa.CheckConstraint("opening_float >= 0", name=op.f("ck_register_shift_opening_float")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "previous_shift_id"],
            ["register_shift.tenant_id", "register_shift.id"],
            name=op.f("fk_register_shift_tenant_id_previous_shift_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "register_id"],
            ["register.tenant_id", "register.id"],
            name=op.f("fk_register_shift_tenant_id_register_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_register_shift")),
        sa.UniqueConstraint(
            "tenant_id",
            "previous_shift_id",
            name=op.f("uq_register_shift_tenant_id_previous_shift_id"),
        ),
    )
    op.create_index(
        "uq_register_shift_first",
        "register_shift",
        ["tenant_id", "register_id"],
        unique=True,
        postgresql_where=sa.text("previous_shift_id is null"),
    )
    op.create_index(
        "uq_register_shift_open",
        "register_shift",
        ["tenant_id", "register_id"],
        unique=True,
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_table(
        "cash_movement",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("shift_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_cash_movement_amount")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "shift_id"],
            ["register_shift.tenant_id", "register_shift.id"],
            name=op.f("fk_cash_movement_tenant_id_shift_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_cash_movement")),
    )
    op.create_index(
        "ix_cash_movement_shift",
        "cash_movement",
        ["tenant_id", "shift_id"],
        unique=False,
    )
    op.create_table(
        "sale",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("shift_id", sa.Uuid(), nullable=False),
        sa.Column("register_id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("original_sale_id", sa.Uuid(), nullable=True),
        sa.Column("sold_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("change_due", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(kind = 'return') = (original_sale_id is not null)",
            name=op.f("ck_sale_original"),
        ),
        sa.CheckConstraint("kind in ('sale', 'return')", name=op.f("ck_sale_kind")),
        sa.CheckConstraint("total >= 0 and change_due >= 0", name=op.f("ck_sale_amounts")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "invoice_id"],
            ["invoice.tenant_id", "invoice.id"],
            name=op.f("fk_sale_tenant_id_invoice_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "original_sale_id"],
            ["sale.tenant_id", "sale.id"],
            name=op.f("fk_sale_tenant_id_original_sale_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "party_id"],
            ["party.tenant_id", "party.id"],
            name=op.f("fk_sale_tenant_id_party_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "register_id"],
            ["register.tenant_id", "register.id"],
            name=op.f("fk_sale_tenant_id_register_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "shift_id"],
            ["register_shift.tenant_id", "register_shift.id"],
            name=op.f("fk_sale_tenant_id_shift_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_sale")),
    )
    op.create_index("ix_sale_invoice", "sale", ["tenant_id", "invoice_id"], unique=False)
    op.create_index("ix_sale_original", "sale", ["tenant_id", "original_sale_id"], unique=False)
    op.create_index("ix_sale_party", "sale", ["tenant_id", "party_id", "sold_at"], unique=False)
    op.create_index("ix_sale_shift", "sale", ["tenant_id", "shift_id"], unique=False)
    op.create_index("ix_sale_sold", "sale", ["tenant_id", "sold_at", "id"], unique=False)
    op.create_table(
        "tender",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("sale_id", sa.Uuid(), nullable=False),
        sa.Column("line_no", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("method", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("tendered", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("reference", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint(
            "method in ('cash', 'upi', 'card', 'credit')", name=op.f("ck_tender_method")
        ),
        sa.CheckConstraint("amount >= 0 and tendered >= amount", name=op.f("ck_tender_amount")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "sale_id"],
            ["sale.tenant_id", "sale.id"],
            name=op.f("fk_tender_tenant_id_sale_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "sale_id", "line_no", name=op.f("pk_tender")),
    )


def downgrade() -> None:
    op.execute("drop schema public cascade")
    op.execute("drop schema sec cascade")
    op.execute("create schema public")
