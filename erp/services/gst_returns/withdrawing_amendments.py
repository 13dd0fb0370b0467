"""Taking an amendment back, with those of the notes that came with it."""

from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.models.gst_returns import ReturnForm
from erp.services.gst_returns.amendable import hold_family, not_amendable
from erp.services.gst_returns.amending import post_move
from erp.services.gst_returns.errors import UnknownAmendment
from erp.services.gst_returns.events import DocumentAmended
from erp.services.gst_returns.heads import Heads
from erp.services.gst_returns.preparing import hold_form
from erp.services.platform import Command, Identified, ShortText, command, emit


class WithdrawAmendment(Command):
    """Take an amendment back before its return is filed."""

    amendment_id: UUID
    reason: ShortText


@command(
    "gst_returns.withdraw_amendment",
    permission="gst_returns.record",
    rest="POST /gst-amendments/{amendment_id}/withdrawal",
)
def withdraw_amendment(session: Session, ctx: RequestContext, cmd: WithdrawAmendment) -> Identified:
    """Take an amendment back, and those of notes that came with it; the documents may be amended anew.

    Locks the invoice's notes, then the registration's GSTR-1.

    Raises:
        UnknownAmendment: There is none, or it was withdrawn.
        NotAmendable: Notes were made out by it, or it is of a note whose invoice is amended.
        TaxPeriodFiled: The return that states it is filed.
        PeriodClosed: The books are closed for its day.

    Emits:
        gst_returns.document_amended.v1, for the document and each of its notes
    """
    about = _find(session, ctx, cmd.amendment_id)
    hold_family(session, ctx, about["invoice_id"])
    hold_form(session, ctx, about["gstin"], ReturnForm.GSTR1)
    found = _find(session, ctx, cmd.amendment_id)
    if found["led_by"]:
        message = (
            f"{found['led_by']} is amended as this note on it is. Withdraw that amendment first."
        )
        raise not_amendable(message, "amendment_id")
    _refuse_followed(session, ctx, found)
    for row in _withdraw(session, ctx, cmd):
        _undo(session, ctx, row, cmd.reason)
    return Identified(id=cmd.amendment_id)


def _find(session: Session, ctx: RequestContext, amendment_id: UUID) -> db.Row:
    row = db.fetch_one(
        session,
        "select a.booked_on, a.invoice_id, i.number, b.gstin,"
        " case when first.id is not null then lead.number end as led_by"
        " from gst_amendment a join invoice i on (i.tenant_id, i.id) = (a.tenant_id, a.invoice_id)"
        " join branch b on (b.tenant_id, b.id) = (a.tenant_id, a.branch_id)"
        " left join invoice lead on (lead.tenant_id, lead.id) = (i.tenant_id, i.original_invoice_id)"
        " left join gst_amendment first on (first.tenant_id, first.invoice_id) = (lead.tenant_id, lead.id)"
        "  and first.withdrawn_at is null"
        " where a.tenant_id = %s and a.company_id = %s and a.id = %s and a.withdrawn_at is null",
        (ctx.tenant_id, ctx.company_id, amendment_id),
    )
    if row is None:
        raise unknown_amendment()
    return row


def _withdraw(session: Session, ctx: RequestContext, cmd: WithdrawAmendment) -> list[db.Row]:
    return db.fetch_all(
        session,
        "update gst_amendment a set withdrawn_at = %s, withdrawn_by = %s, withdraw_reason = %s from invoice i"
        " where a.tenant_id = %s and (a.id = %s or a.follows_id = %s) and a.withdrawn_at is null"
        " and (i.tenant_id, i.id) = (a.tenant_id, a.invoice_id)"
        " returning a.id, a.branch_id, a.booked_on, a.igst, a.cgst, a.sgst, a.invoice_id, i.number",
        (ctx.now, ctx.user_id, cmd.reason, ctx.tenant_id, cmd.amendment_id, cmd.amendment_id),
    )


def _undo(session: Session, ctx: RequestContext, row: db.Row, reason: str) -> None:
    change = -Heads(igst=row["igst"], cgst=row["cgst"], sgst=row["sgst"])
    words = f"Amendment of {row['number']} withdrawn: {reason}"
    about = (row["id"], "withdrawn", row["booked_on"], words)
    post_move(session, ctx, row["branch_id"], about, change)
    told = DocumentAmended(amendment_id=row["id"], invoice_id=row["invoice_id"])
    emit(session, ctx, row["id"], told)


def _refuse_followed(session: Session, ctx: RequestContext, row: db.Row) -> None:
    """Refuse to take an amendment back once notes were made out by its place or GSTIN."""
    notes = db.fetch_one(
        session,
        "select string_agg(n.number, ', ' order by n.number) as numbers from invoice n"
        " join invoice i on (i.tenant_id, i.id) = (n.tenant_id, n.original_invoice_id)"
        " where i.tenant_id = %s and i.id = %s and n.issued_on >= %s"
        " and (n.place_of_supply, n.supply_nature, coalesce(n.recipient ->> 'gstin', ''))"
        " <> (i.place_of_supply, i.supply_nature, coalesce(i.recipient ->> 'gstin', ''))",
        (ctx.tenant_id, row["invoice_id"], row["booked_on"]),
    )
    if notes is not None and notes["numbers"]:
        message = (
            f"{notes['numbers']} on {row['number']} was made out at the amended place, or to the amended GSTIN. Let the"
            " amendment stand, and meet what is wrong with a note."
        )
        raise not_amendable(message, "amendment_id")


def unknown_amendment() -> UnknownAmendment:
    """Return the refusal of an amendment that is not there."""
    message = "This amendment is not known here, or was withdrawn. Choose one of the list."
    return UnknownAmendment(message, fields={"amendment_id": message})
