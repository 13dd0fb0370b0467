"""The hash chain of a tenant's journal entries."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from erp.models.base import belongs_to, created_at


class LedgerQueue(SQLModel, table=True):
    """An entry that the relay has not yet sealed; the database puts every new entry here."""

    __tablename__ = "ledger_queue"
    __table_args__ = (belongs_to("entry_id", "journal_entry"),)

    tenant_id: UUID = Field(primary_key=True)
    entry_id: UUID = Field(primary_key=True)


class LedgerSeal(SQLModel, table=True):
    """The place of an entry in its tenant's hash chain.

    `hash` covers the previous hash and the canonical text of the entry with its lines, so that any
    edit, deletion or reordering is located by `verify`.
    """

    __tablename__ = "ledger_seal"
    __table_args__ = (
        belongs_to("entry_id", "journal_entry"),
        UniqueConstraint("tenant_id", "entry_id"),
    )

    tenant_id: UUID = Field(primary_key=True)
    sequence: int = Field(
        primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False}
    )
    entry_id: UUID
    previous_hash: bytes = Field(sa_type=LargeBinary)
    hash: bytes = Field(sa_type=LargeBinary)
    sealed_at: datetime = created_at()
