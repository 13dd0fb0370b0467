"""Suppliers' bills that came as files, and what was learnt of the supplier's way to write them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from erp.models.base import INSTANT, TenantRow, belongs_to


class BillImport(TenantRow, table=True):
    """The file that a bill was made from; never changed.

    Attributes:
        sha256: Of the file's content.
    """

    __tablename__ = "bill_import"
    __table_args__ = (
        belongs_to("company_id", "company"),
        belongs_to("bill_id", "supplier_bill"),
        UniqueConstraint("tenant_id", "company_id", "sha256", name="uq_bill_import_file"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
    )

    company_id: UUID
    bill_id: UUID
    sha256: str
    file_name: str
    imported_by: UUID
    imported_at: datetime = Field(sa_type=INSTANT)


class BillColumns(TenantRow, table=True):
    """Which column of a supplier's files holds what: headers by field."""

    __tablename__ = "bill_columns"
    __table_args__ = (
        belongs_to("supplier_id", "party"),
        UniqueConstraint("tenant_id", "supplier_id"),
    )

    supplier_id: UUID
    columns: dict[str, str] = Field(sa_type=JSONB)


class SupplierItem(TenantRow, table=True):
    """The product a supplier means by a code or a name of theirs, in upper case."""

    __tablename__ = "supplier_item"
    __table_args__ = (
        belongs_to("supplier_id", "party"),
        belongs_to("variant_id", "variant"),
        UniqueConstraint("tenant_id", "supplier_id", "code"),
        CheckConstraint("code <> ''", name="code"),
    )

    supplier_id: UUID
    code: str
    variant_id: UUID
