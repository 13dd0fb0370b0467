"""Prints of GST documents: who had a paper drawn, when and where."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field

from erp.models.base import INSTANT, TenantRow, belongs_to


class BillPrint(TenantRow, table=True):
    """A paper of a document that was drawn and handed out; only ever added.

    Attributes:
        copy_no: Counts the prints of a document over both layouts, from 1, without a gap.
        layout: `receipt` of the 80 mm roll or `invoice` on A4.
        is_duplicate: What the paper says of itself.
        source: The surface that asked, as `RequestContext.source`.
        address: The network address of the device that asked; empty where it is not known.
    """

    __tablename__ = "bill_print"
    __table_args__ = (
        belongs_to("invoice_id", "invoice"),
        UniqueConstraint("tenant_id", "invoice_id", "copy_no"),
        CheckConstraint("copy_no >= 1", name="copy_no"),
        CheckConstraint("copy_no = 1 or is_duplicate", name="one_original"),
        CheckConstraint("layout in ('receipt', 'invoice')", name="layout"),
    )

    invoice_id: UUID
    copy_no: int
    layout: str
    is_duplicate: bool
    printed_at: datetime = Field(sa_type=INSTANT)
    user_id: UUID
    source: str
    address: str
