"""Books and portal say the same: what is cancelled in the one is cancelled in, or kept from, the other."""

from dataclasses import replace
from datetime import timedelta
from typing import Final
from uuid import UUID

import psycopg
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import DomainError
from erp.models.einvoicing import EInvoiceStatus
from erp.services import billing
from erp.services.einvoicing.events import EInvoiceAsked
from erp.services.einvoicing.queueing import MOST_AT_ONCE, settle
from erp.services.platform import TryLater, emit, is_under_way, refusal_for

WAIT: Final = timedelta(minutes=1)
BY_NOTE: Final = "Take all of its goods back, so that the books say the same."


def follows_in_books(session: Session, ctx: RequestContext, invoice_id: UUID) -> bool:
    """Tell whether the books cancel a document with the portal: an order's invoice without notes.

    A till's bill is returned at the till; what came back by a note stays with the note.
    """
    row = db.fetch_one(
        session,
        "select i.kind in ('tax_invoice', 'bill_of_supply', 'invoice_cum_bill') and i.origin_type = 'sales_invoice'"
        " and not exists (select 1 from invoice n where n.tenant_id = i.tenant_id and n.original_invoice_id = i.id)"
        " and not exists (select 1 from invoice_cancellation c where c.tenant_id = i.tenant_id and c.invoice_id = i.id)"
        " as follows from invoice i where i.tenant_id = %s and i.id = %s",
        (ctx.tenant_id, invoice_id),
    )
    return bool(row and row["follows"])


def cancel_in_books(session: Session, ctx: RequestContext, row: db.Row) -> str:
    """Cancel the invoice that the portal cancelled; return what people are told.

    Where the books refuse by now (it was paid meanwhile, say), the portal's word stands all the same, and the
    refusal is told with what is to be done.
    """
    if not follows_in_books(session, ctx, row["invoice_id"]):
        return f"{BY_NOTE} Its number is not used again."
    acting = replace(ctx, company_id=row["company_id"])
    reason = row["cancel_reason"] or "Cancelled at the invoice portal"
    try:
        with db.attempt(session):
            billing.void_invoice(session, acting, row["invoice_id"], reason)
            db.send_rows(session)
            db.execute(session, "set constraints all immediate")
            db.execute(session, "set constraints all deferred")
    except DomainError as refused:
        return _not_followed(refused)
    except (IntegrityError, psycopg.IntegrityError) as error:
        return _not_followed(refusal_for(error))
    return "The books followed: goods, debt and tax are taken back. Its number is not used again."


def _not_followed(refused: DomainError) -> str:
    return f"The books could not follow: {refused.message} {BY_NOTE}"


def withdraw(session: Session, ctx: RequestContext, invoice_id: UUID) -> None:
    """Keep an invoice that was cancelled in the books from the portal, which never registered it.

    Emits:
        einvoicing.einvoice_settled.v1.
    """
    row = db.fetch_one(
        session,
        "select id from einvoice where tenant_id = %s and invoice_id = %s and status in ('to_mend', 'refused')"
        " for no key update",
        (ctx.tenant_id, invoice_id),
    )
    if row:
        settle(session, ctx, row["id"], EInvoiceStatus.WITHDRAWN)


def is_stuck(session: Session, ctx: RequestContext, einvoice_id: UUID) -> bool:
    """Tell whether nothing will ask the portal about a document any more: its last delivery was given up."""
    return not is_under_way(session, ctx, einvoice_id, EInvoiceAsked.name)


def ask_stuck(session: Session, ctx: RequestContext) -> int:
    """Have the portal asked about the acting company's documents that wait and that nothing takes there any more.

    Emits:
        einvoicing.einvoice_asked.v1 for each.
    """
    rows = db.fetch_all(
        session,
        "select id from einvoice where tenant_id = %s and company_id = %s and status in ('due', 'cancelling')"
        " order by id limit %s",
        (ctx.tenant_id, ctx.company_id, MOST_AT_ONCE),
    )
    stuck = [row["id"] for row in rows if is_stuck(session, ctx, row["id"])]
    for einvoice_id in stuck:
        emit(session, ctx, einvoice_id, EInvoiceAsked(einvoice_id=einvoice_id))
    return len(stuck)


def withdraw_note(session: Session, ctx: RequestContext, row: db.Row) -> bool:
    """Keep a note from the portal whose invoice is cancelled there; tell whether it was one.

    Only one that the portal never heard of: what was asked before may be known there, and is looked up. While the
    portal is being asked to cancel the invoice, its note waits: it may stay after all.

    Raises:
        TryLater: The invoice is being cancelled.

    Emits:
        einvoicing.einvoice_settled.v1.
    """
    found = db.fetch_one(
        session,
        "select o.status from invoice n"
        " join einvoice o on (o.tenant_id, o.invoice_id) = (n.tenant_id, n.original_invoice_id)"
        " where n.tenant_id = %s and n.id = %s and o.status in ('cancelling', 'cancelled')",
        (ctx.tenant_id, row["invoice_id"]),
    )
    if found is None or row["attempts"]:
        return False
    if found["status"] == EInvoiceStatus.CANCELLING:
        raise TryLater("Its invoice is being cancelled at the portal.", WAIT)
    settle(session, ctx, row["id"], EInvoiceStatus.WITHDRAWN)
    return True
