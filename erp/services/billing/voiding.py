"""Cancelling an invoice that another domain made: its tax and debt here, the rest by who made it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core.context import RequestContext
from erp.services import accounting
from erp.services.accounting import NewEntry, NewLine, credit, debit
from erp.services.billing.cancelling import (
    ORIGIN,
    InvoiceCancelled,
    cancelled_before,
    read_standing,
    require_alone,
    require_unpaid,
    settle_opposite,
    write_cancellation,
)
from erp.services.billing.returning import hold_notes
from erp.services.platform import emit, note_effect


def void_document(
    session: Session,
    ctx: RequestContext,
    invoice_id: UUID,
    reason: str,
    taken_back: Callable[[], Sequence[NewLine]],
) -> str:
    """Cancel an unpaid invoice of another domain in its own branch, today; return its number.

    Args:
        taken_back: Undoes what was sold, once nothing refuses, and returns the lines that book it.

    Raises:
        CancelledBefore: It is cancelled.
        NotCancellable: It is paid in part, has notes, is at the portal, on its way, or its return is filed.
        PeriodClosed: The books are closed for today.

    Emits:
        billing.invoice_cancelled.v1
    """
    hold_notes(session, invoice_id)
    found = read_standing(session, ctx, invoice_id)
    if found.is_cancelled:
        raise cancelled_before()
    acting = replace(ctx, company_id=found.company_id, branch_id=found.branch_id)
    require_alone(session, acting, found)
    require_unpaid(session, acting, found)
    cancellation_id = write_cancellation(session, acting, found, reason)
    lines = [
        *taken_back(),
        debit("output_cgst", found.cgst),
        debit("output_sgst", found.sgst),
        debit("output_igst", found.igst),
        debit("round_off", found.round_off),
        credit("debtors", found.total, found.party_id),
    ]
    accounting.period_id(session, acting, acting.today)
    words = f"Cancelled {found.number}: {reason}"
    entry = NewEntry("sales", acting.today, ORIGIN, cancellation_id, "cancellation", words, lines)
    accounting.post_entry(session, acting, entry)
    settle_opposite(session, acting, found, cancellation_id)
    event = InvoiceCancelled(
        invoice_id=found.id, number=found.number, party_id=found.party_id, total=found.total
    )
    emit(session, acting, found.id, event)
    note_effect(session, "tax", document="cancelled_invoice", total=str(-found.total))
    return found.number
