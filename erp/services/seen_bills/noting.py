"""Entering the documents that book a bill, and letting the bill go again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.gst.taxing import TaxHeads
from erp.core.ids import new_id
from erp.models.seen_bills import BillSource, SeenBillUse
from erp.services.seen_bills.seeing import Seen, hold_bill


@dataclass(frozen=True, slots=True)
class BillUse:
    """A document that books a bill.

    Attributes:
        number: Of the document. taken_on: day of its entry, once it has one.
        is_credit: `heads` are a credit there. bill_tax: of the whole bill, where the document gives it.
    """

    source: BillSource
    source_id: UUID
    number: str
    branch_id: UUID
    taxable: Decimal
    heads: TaxHeads
    is_credit: bool = False
    taken_on: date | None = None
    bill_tax: Decimal | None = None


def note_use(session: Session, ctx: RequestContext, seen: Seen, use: BillUse) -> None:
    """Enter a document that books a bill; nothing where the bill names no supplier or number.

    Locks the bill.

    Raises:
        CreditTaken: Another document took its credit, or more than the bill shows would be taken.
    """
    if not seen.is_known:
        return
    row = {
        "tenant_id": ctx.tenant_id,
        "id": new_id(),
        "bill_id": hold_bill(session, ctx, seen),
        "branch_id": use.branch_id,
        "source": use.source,
        "source_id": use.source_id,
        "number": use.number,
        "supplier": " ".join(seen.supplier.split()),
        "bill_number": seen.number,
        "dated_on": seen.dated_on,
        "taxable": use.taxable,
        "igst": use.heads.igst,
        "cgst": use.heads.cgst,
        "sgst": use.heads.sgst,
        "is_credit": use.is_credit,
        "taken_on": use.taken_on,
        "bill_tax": use.bill_tax,
        "noted_at": ctx.now,
    }
    db.insert_rows(session, SeenBillUse, [row])


def end_uses(session: Session, ctx: RequestContext, source_ids: Sequence[UUID]) -> None:
    """Let go of the bills that documents booked: they were withdrawn, refused or taken back today."""
    db.execute(
        session,
        "update seen_bill_use set ended_on = %s where tenant_id = %s and source_id = any(%s)"
        " and ended_on is null",
        (ctx.today, ctx.tenant_id, list(source_ids)),
    )
