"""One document at the invoice registration portal, and every call about it."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from erp.models.base import INSTANT, TenantRow, belongs_to, one_of


class EInvoiceStatus(StrEnum):
    """Where a document stands with the portal."""

    DUE = "due"
    """It goes to the portal by itself."""
    TO_MEND = "to_mend"
    """The portal would refuse it; a person mends what is wrong and sends it."""
    REFUSED = "refused"
    """The portal refused it, or answered what cannot be."""
    REGISTERED = "registered"
    CANCELLING = "cancelling"
    """It is registered, and the portal is asked to cancel it."""
    CANCELLED = "cancelled"
    WITHDRAWN = "withdrawn"
    """Its invoice was cancelled before the portal knew of it."""


class PortalAnswer(StrEnum):
    """What came of a call."""

    DONE = "done"
    REFUSED = "refused"
    AWAY = "away"
    """No answer, or none that means anything: it may have been done all the same."""
    LIED = "lied"
    """An answer that is not about what was asked, or is signed by somebody else."""


class EInvoice(TenantRow, table=True):
    """A posted GST document that the law wants registered.

    What the portal gave is frozen by the database; so is the name under which it was sent.

    Attributes:
        irn: Invoice reference number, worked out here and compared with the portal's.
        problem: What is to be mended or was refused: a line each, field and words parted by a tab.
        looks: How often the portal refused to look it up since somebody sent it or asked for its end.
        leased_until: A worker is asking the portal about it until then.
        signed_invoice, signed_qr: As the portal signed them (JWT, RS256).
    """

    __tablename__ = "einvoice"
    __table_args__ = (
        belongs_to("company_id", "company"),
        belongs_to("invoice_id", "invoice"),
        UniqueConstraint("tenant_id", "invoice_id"),
        UniqueConstraint("tenant_id", "irn"),
        one_of("status", EInvoiceStatus),
        CheckConstraint("irn ~ '^[0-9a-f]{64}$'", name="irn"),
        CheckConstraint("document_type in ('INV', 'CRN', 'DBN')", name="document_type"),
        CheckConstraint(
            "(status in ('registered', 'cancelling', 'cancelled')) = (registered_at is not null)",
            name="registered",
        ),
        CheckConstraint(
            "(registered_at is null) = (ack_at is null) and (registered_at is null) = (ack_no = '')"
            " and (registered_at is null) = (signed_qr = '')",
            name="acknowledged",
        ),
        CheckConstraint("(status = 'cancelled') = (cancelled_at is not null)", name="cancelled"),
        CheckConstraint("status not in ('to_mend', 'refused') or problem <> ''", name="problem"),
        Index("ix_einvoice_day", "tenant_id", "company_id", "issued_on", "id"),
        Index(
            "ix_einvoice_open",
            "tenant_id",
            "gstin",
            "id",
            postgresql_where=text("status in ('due', 'to_mend', 'refused', 'cancelling')"),
        ),
    )

    company_id: UUID
    invoice_id: UUID
    gstin: str
    document_type: str
    number: str
    fiscal_year: str
    issued_on: date
    irn: str
    status: str = EInvoiceStatus.DUE
    problem: str = ""
    attempts: int = 0
    looks: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    leased_until: datetime | None = Field(default=None, sa_type=INSTANT)
    queued_at: datetime = Field(sa_type=INSTANT)
    ack_no: str = ""
    ack_at: datetime | None = Field(default=None, sa_type=INSTANT)
    signed_invoice: str = ""
    signed_qr: str = ""
    registered_at: datetime | None = Field(default=None, sa_type=INSTANT)
    cancel_code: str = ""
    cancel_reason: str = ""
    cancelled_at: datetime | None = Field(default=None, sa_type=INSTANT)


class PortalCall(TenantRow, table=True):
    """One call to a portal and its answer; never changed.

    Attributes:
        kind: What was asked: `register`, `fetch`, `cancel`, `generate`, `vehicle`.
        request_sha256: Digest of what was sent. answer: What came, as it came.
    """

    __tablename__ = "portal_call"
    __table_args__ = (
        belongs_to("einvoice_id", "einvoice"),
        belongs_to("way_bill_id", "way_bill"),
        one_of("outcome", PortalAnswer),
        CheckConstraint("num_nonnulls(einvoice_id, way_bill_id) = 1", name="subject"),
        Index("ix_portal_call_einvoice", "tenant_id", "einvoice_id", "id"),
        Index("ix_portal_call_way_bill", "tenant_id", "way_bill_id", "id"),
    )

    einvoice_id: UUID | None = None
    way_bill_id: UUID | None = None
    kind: str
    called_at: datetime = Field(sa_type=INSTANT)
    request_sha256: str
    outcome: str
    problem: str = ""
    answer: str = ""
    milliseconds: int
