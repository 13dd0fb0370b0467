"""DICOM peers: what we are called, who may speak to us, and what they asked us to vouch for."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from erp.models.base import INSTANT, TenantRow, belongs_to, created_at, one_of


class DicomEntity(TenantRow, table=True):
    """An AE title under which a branch is called.

    The called title decides the tenant and the branch of an association, so an active title is
    unique across all tenants.
    """

    __tablename__ = "dicom_entity"
    __table_args__ = (
        belongs_to("branch_id", "branch"),
        Index("uq_dicom_entity_title", "ae_title", unique=True, postgresql_where=text("is_active")),
    )

    branch_id: UUID
    ae_title: str
    name: str = ""
    is_active: bool = True
    created_at: datetime = created_at()


class DicomPeer(TenantRow, table=True):
    """What a device of kind `dicom` may do, and where it is reached.

    Attributes:
        address: The network its associations must come from, such as `10.0.0.5/32`.
        host: Where we call it, for C-MOVE, answers to storage commitment and C-ECHO; with
            `port` empty and 0 where we do not.
        uses_tls: We call it over TLS.
        certificate: SHA-256 of the one certificate it must show when it calls us and when we
            call it, 64 small hexadecimal digits; empty where its title and address are enough.
        echo_result: What the last C-ECHO to it came to; empty while one is due.
    """

    __tablename__ = "dicom_peer"
    __table_args__ = (
        belongs_to("device_id", "imaging_device"),
        UniqueConstraint("tenant_id", "device_id"),
        CheckConstraint("(host = '') = (port = 0) and port between 0 and 65535", name="place"),
        CheckConstraint("certificate ~ '^([0-9a-f]{64})?$'", name="certificate"),
    )

    device_id: UUID
    address: str
    host: str = ""
    port: int = 0
    uses_tls: bool = False
    certificate: str = ""
    may_store: bool = False
    may_query: bool = False
    may_retrieve: bool = False
    may_worklist: bool = False
    echo_asked_at: datetime | None = Field(default=None, sa_type=INSTANT)
    echo_at: datetime | None = Field(default=None, sa_type=INSTANT)
    echo_result: str = ""
    echo_ok: bool = False
    created_at: datetime = created_at()


class CommitmentStatus(StrEnum):
    """Where the answer to a request for storage commitment stands."""

    DUE = "due"
    REPORTED = "reported"
    GIVEN_UP = "given_up"


class StorageCommitment(TenantRow, table=True):
    """A peer's question whether we vouch for objects, kept until the answer reached it.

    Attributes:
        items: The objects as asked: `[{"sop_class": ..., "sop_uid": ...}]`.
        tries: How often the answer was sent in vain.
    """

    __tablename__ = "storage_commitment"
    __table_args__ = (
        belongs_to("device_id", "imaging_device"),
        belongs_to("entity_id", "dicom_entity"),
        UniqueConstraint("tenant_id", "device_id", "transaction_uid"),
        one_of("status", CommitmentStatus),
        Index(
            "ix_storage_commitment_due",
            "next_try_at",
            postgresql_where=text("status = 'due'"),
        ),
    )

    device_id: UUID
    entity_id: UUID
    transaction_uid: str
    items: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    committed: int = 0
    refused: int = 0
    status: str = CommitmentStatus.DUE
    tries: int = 0
    problem: str = ""
    next_try_at: datetime = Field(sa_type=INSTANT)
    requested_at: datetime = Field(sa_type=INSTANT)
    reported_at: datetime | None = Field(default=None, sa_type=INSTANT)
