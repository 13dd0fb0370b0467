"""Notes of an invoice that is amended: they were made out as it was, and are stated as wrongly."""

from dataclasses import replace
from typing import LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.formatting import date_text
from erp.models.gst_returns import ReturnForm
from erp.services.gst_returns.amendable import Amendable, not_amendable
from erp.services.gst_returns.amendments import Correction, corrected, is_stated_so
from erp.services.gst_returns.outward import Outward
from erp.services.gst_returns.reading_amendments import correction_of
from erp.services.gst_returns.reading_outward import read_documents
from erp.services.gst_returns.schemes import is_for, span_on, spans_of
from erp.services.gst_returns.stating_periods import filed_period

_NOTES: LiteralString = """
    select n.id as note_id, n.branch_id, own.id, own.gstin, own.recipient, own.place_of_supply, own.is_sez,
           own.port_code, own.shipping_bill, own.shipped_on
      from invoice n
      left join gst_amendment own on (own.tenant_id, own.invoice_id) = (n.tenant_id, n.id) and own.withdrawn_at is null
     where n.tenant_id = %s and n.original_invoice_id = %s
     order by n.issued_on, n.id
"""


def notes_to_amend(
    session: Session, ctx: RequestContext, held: Amendable, correction: Correction
) -> list[Amendable]:
    """Return the notes of a document that the same correction changes; the caller holds the notes and the form.

    What no GSTR-1 states is left out: cancelled notes, and those of days or of supplies under another scheme.

    Raises:
        NotAmendable: A note stands in a return that is not filed, or was amended otherwise by itself.
    """
    rows = db.fetch_all(session, _NOTES, (ctx.tenant_id, held.document.id))
    wanted: list[UUID] = [row["note_id"] for row in rows]
    documents = {one.id: one for one in read_documents(session, ctx, wanted)}
    spans = spans_of(session, ctx)
    found: list[Amendable] = []
    for row in rows:
        note = documents[row["note_id"]]
        days = (note.issued_on, note.scheme_day)
        if note.is_cancelled or not all(
            is_for(ReturnForm.GSTR1, span_on(spans, day)) for day in days
        ):
            continue
        stated = (
            note
            if row["id"] is None
            else corrected(note, correction_of(row), held.registration.state)
        )
        if _is_right(stated, correction, held.registration.state):
            continue
        if row["id"] is not None:
            raise not_amendable(_amended_otherwise(note.number, held.document.number))
        period = filed_period(session, ctx, held.registration, note.issued_on)
        if period is None:
            raise not_amendable(_not_filed(note, held.document.number))
        found.append(replace(held, document=note, branch_id=row["branch_id"], stated=period))
    return found


def _is_right(stated: Outward, correction: Correction, own_state: str) -> bool:
    """Tell whether a note is stated as corrected; what bears no tax stands in table 8, which is not amended."""
    if not any(line.is_taxable for line in stated.lines):
        return True
    return is_stated_so(replace(stated, shipping=None), corrected(stated, correction, own_state))


def _amended_otherwise(note: str, document: str) -> str:
    return (
        f"{note} on {document} was amended otherwise by itself. Withdraw that amendment first; where its return is"
        f" filed, amend {document} to the same."
    )


def _not_filed(note: Outward, document: str) -> str:
    return (
        f"{note.number} of {date_text(note.issued_on)} on {document} stands in a GSTR-1 that is not filed. File that"
        " first, and amend both in the month after."
    )
