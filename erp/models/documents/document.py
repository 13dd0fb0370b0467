"""Content-addressed bytes and named documents over them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from erp.models.base import INSTANT, TenantRow, created_at


class Blob(SQLModel, table=True):
    """Bytes in object storage under a key derived from their digest; never overwritten."""

    __tablename__ = "blob"
    __table_args__ = (CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),)

    tenant_id: UUID = Field(primary_key=True)
    sha256: str = Field(primary_key=True)
    size: int = Field(sa_type=BigInteger)
    storage_key: str
    media_type: str
    created_at: datetime = created_at()


class BlobState(SQLModel, table=True):
    """What is known of kept bytes beyond that they were kept; none for those never looked at.

    Attributes:
        verified_at: When they were last read back. fault: what was wrong then; empty if whole.
        removed_at: When they were removed for good because nothing has to keep them.
    """

    __tablename__ = "blob_state"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "sha256"], ["blob.tenant_id", "blob.sha256"]),
        CheckConstraint("fault in ('', 'missing', 'damaged')", name="fault"),
    )

    tenant_id: UUID = Field(primary_key=True)
    sha256: str = Field(primary_key=True)
    verified_at: datetime | None = Field(default=None, sa_type=INSTANT)
    fault: str = ""
    removed_at: datetime | None = Field(default=None, sa_type=INSTANT)


class StoredDocument(TenantRow, table=True):
    """A document made once and kept: an invoice PDF, a session report.

    Attributes:
        origin_type: Kind of record it was made from, e.g. `invoice`.
        variant: Which rendering, e.g. `receipt` or `a4`.
        version: Counts renderings of the same origin and variant from 1.
    """

    __tablename__ = "stored_document"
    __table_args__ = (
        UniqueConstraint("tenant_id", "origin_type", "origin_id", "variant", "version"),
    )

    origin_type: str
    origin_id: UUID
    variant: str
    version: int = 1
    file_name: str
    media_type: str
    sha256: str
    created_at: datetime = created_at()
