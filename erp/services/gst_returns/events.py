"""What happened to GST returns, for other domains."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from erp.services.platform import DomainEvent


class ReturnPrepared(DomainEvent):
    """A version of a return was frozen."""

    name: ClassVar[str] = "gst_returns.return_prepared.v1"

    return_id: UUID
    gstin: str
    form: str
    starts_on: date
    version: int


class ReturnReviewed(DomainEvent):
    """Somebody else than who prepared it looked at a return."""

    name: ClassVar[str] = "gst_returns.return_reviewed.v1"

    return_id: UUID


class ReturnWasFiled(DomainEvent):
    """A return was filed; its period takes no more documents of its kind."""

    name: ClassVar[str] = "gst_returns.return_filed.v1"

    return_id: UUID
    gstin: str
    form: str
    starts_on: date
    ends_on: date
    arn: str


class CreditChanged(DomainEvent):
    """Credit was reversed or claimed again, a reverse charge recorded, cash deposited, or one of them cancelled."""

    name: ClassVar[str] = "gst_returns.credit_changed.v1"

    record_id: UUID
    kind: str


class LimitAdded(DomainEvent):
    """A limit of the law was added from a day on."""

    name: ClassVar[str] = "gst_returns.limit_added.v1"

    limit_id: UUID
    kind: str


class SchemeChanged(DomainEvent):
    """A company pays regularly or by composition from a day on."""

    name: ClassVar[str] = "gst_returns.scheme_changed.v1"

    scheme: str
    trade: str
    valid_from: date


class DocumentAmended(DomainEvent):
    """A later return corrects what an earlier one states of a document, or no longer does."""

    name: ClassVar[str] = "gst_returns.document_amended.v1"

    amendment_id: UUID
    invoice_id: UUID


class ReturnReported(DomainEvent):
    """The portal reported on a return's file.

    Attributes:
        refused: How many rows it did not take.
    """

    name: ClassVar[str] = "gst_returns.return_reported.v1"

    return_id: UUID
    refused: int


class AnnualReturnRecorded(DomainEvent):
    """The annual return of a financial year was filed, or was not after all."""

    name: ClassVar[str] = "gst_returns.annual_return_recorded.v1"

    record_id: UUID
    gstin: str
    year_from: date
    filed_on: date | None


class AdvanceAmended(DomainEvent):
    """A later return corrects what earlier ones state of an advance for a service, or no longer does."""

    name: ClassVar[str] = "gst_returns.advance_amended.v1"

    amendment_id: UUID
    advance_id: UUID
