"""Taking an amendment back, with those of the notes that came with it."""

from collections.abc import Mapping
from typing import Any, Final, LiteralString
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

IN_THE_WAY: Final[LiteralString] = """
           coalesce((select lead.number from invoice lead
                       join gst_amendment first on (first.tenant_id, first.invoice_id) = (lead.tenant_id, lead.id)
                        and first.withdrawn_at is null
                      where (lead.tenant_id, lead.id) = (i.tenant_id, i.original_invoice_id)), '') as held_by,
           coalesce((select string_agg(n.number, ', ' order by n.number) from invoice n
                      where (n.tenant_id, n.original_invoice_id) = (i.tenant_id, i.id) and n.issued_on >= a.booked_on
                        and (n.place_of_supply, n.supply_nature, coalesce(n.recipient ->> 'gstin', ''))
                            <> (i.place_of_supply, i.supply_nature, coalesce(i.recipient ->> 'gstin', ''))), '')
           as followed_by
"""
"""Of an amendment `a` of a document `i`: the amended invoice that this note is on, and notes made out by it."""


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
    kept = why_kept(found)
    if kept:
        raise not_amendable(kept, "amendment_id")
    for row in _withdraw(session, ctx, cmd):
        _undo(session, ctx, row, cmd.reason)
    return Identified(id=cmd.amendment_id)


def _find(session: Session, ctx: RequestContext, amendment_id: UUID) -> db.Row:
    row = db.fetch_one(
        session,
        f"select a.booked_on, a.invoice_id, i.number, b.gstin, {IN_THE_WAY}"  # noqa: S608  made of literals
        " from gst_amendment a join invoice i on (i.tenant_id, i.id) = (a.tenant_id, a.invoice_id)"
        " join branch b on (b.tenant_id, b.id) = (a.tenant_id, a.branch_id)"
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


def why_kept(row: Mapping[str, Any]) -> str:
    """Say why an amendment is not taken back, of what is `IN_THE_WAY`; nothing where it may be."""
    if row["held_by"]:
        return f"{row['held_by']} is amended as this note on it is. Withdraw that amendment first."
    if row["followed_by"]:
        return (
            f"{row['followed_by']} on {row['number']} was made out at the amended place, or to the amended GSTIN."
            " Let the amendment stand, and meet what is wrong with a note."
        )
    return ""


def unknown_amendment() -> UnknownAmendment:
    """Return the refusal of an amendment that is not there."""
    message = "This amendment is not known here, or was withdrawn. Choose one of the list."
    return UnknownAmendment(message, fields={"amendment_id": message})
