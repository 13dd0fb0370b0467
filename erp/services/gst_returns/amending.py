"""Amending what a filed return states of a document, in a later return; the document never changes."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import DomainError, InvalidInput
from erp.core.formatting import date_text
from erp.core.gst.taxing import EXPORT
from erp.core.ids import new_id
from erp.models.gst_returns import GstAmendment, ReturnForm
from erp.services import accounting, billing
from erp.services.accounting import NewEntry, NewLine, credit, debit
from erp.services.gst_returns.amendments import Amended, Correction, amended, corrected
from erp.services.gst_returns.errors import (
    AmendedBefore,
    NotAmendable,
    NothingAmended,
    UnknownAmendment,
)
from erp.services.gst_returns.events import DocumentAmended
from erp.services.gst_returns.heads import NAMES, Heads
from erp.services.gst_returns.limits import b2cl_limit
from erp.services.gst_returns.outward import Outward, Shipping
from erp.services.gst_returns.preparing import hold_form, require_not_filed
from erp.services.gst_returns.reading_amendments import filed_period
from erp.services.gst_returns.reading_outward import read_documents
from erp.services.gst_returns.recording import booking_day
from erp.services.gst_returns.registrations import GstinText, Registration, registration_of
from erp.services.gst_returns.schemes import days_for, spans_of
from erp.services.gst_returns.tax_period import TaxPeriod
from erp.services.party import LIVE_STATES, read_gstin
from erp.services.platform import Command, Day, Identified, Result, ShortText, Text, command, emit

ORIGIN: Final = "gst_amendment"
NOVEMBER: Final = 11


class AmendDocument(Command):
    """What a filed return should have stated of a document; what is left out stays as it was stated.

    Attributes:
        gstin: The recipient's. recipient: Their name, where the document has none or another.
        place_of_supply: State code. is_sez: To a special economic zone.
        port_code, shipping_bill, shipped_on: What the customs gave an export.
        booked_on: Decides the return that corrects; today by default.
    """

    invoice_id: UUID
    gstin: GstinText | None = None
    recipient: Text = ""
    place_of_supply: Annotated[str, Field(pattern=r"^[0-9]{2}$")] | None = None
    is_sez: bool | None = None
    port_code: Annotated[str, Field(pattern=r"^([A-Z0-9]{6})?$")] = ""
    shipping_bill: Annotated[str, Field(pattern=r"^([0-9]{3,7})?$")] = ""
    shipped_on: Day | None = None
    booked_on: Day | None = None
    reason: ShortText


class AmendedDocument(Result):
    """An amendment with what it changes of the tax."""

    id: UUID
    number: str
    igst: Decimal
    cgst: Decimal
    sgst: Decimal


class WithdrawAmendment(Command):
    """Take an amendment back before its return is filed."""

    amendment_id: UUID
    reason: ShortText


@dataclass(frozen=True, slots=True)
class Amendable:
    """A document that a filed return states.

    Attributes:
        stated: The period of that return.
    """

    document: Outward
    registration: Registration
    branch_id: UUID
    stated: TaxPeriod


@command("gst_returns.amend_document", permission="gst_returns.record", rest="POST /gst-amendments")
def amend_document(session: Session, ctx: RequestContext, cmd: AmendDocument) -> AmendedDocument:
    """Correct in a later return what a filed one states of an invoice or a note.

    Value, number and day stay: what was supplied for less is met by a note. Where the place moves tax from one
    head to another, the books follow on the day of the amendment. Locks the registration's GSTR-1.

    Raises:
        NotAmendable: No filed return states it; it was cancelled, or credited whole; the last day is past; no
            GSTR-1 is filed of the day; or the portal takes no such correction.
        AmendedBefore: A document is amended once.
        NothingAmended: It is stated so already.
        InvalidInput: A GSTIN, a place or a day is wrong, or customs' facts are given in part.
        ReturnFiled, TaxPeriodFiled: The return of the day is filed.
        PeriodClosed: The books are closed for the day.

    Emits:
        gst_returns.document_amended.v1

    Source: CGST Act s.37(3); Form GSTR-1 tables 9A, 9C, 10; IGST Act s.19, CGST Act s.77 for the head.
    """
    held = amendable(session, ctx, cmd.invoice_id)
    day = booking_day(ctx, cmd.booked_on, "booked_on")
    hold_form(session, ctx, held.registration.gstin, ReturnForm.GSTR1)
    require_not_filed(session, ctx, held.registration, ReturnForm.GSTR1, TaxPeriod(day, day))
    _require_in_time(held, day)
    _require_stated(session, ctx, day)
    correction = _correction(held, cmd)
    after = corrected(held.document, correction, held.registration.state)
    amendment_id = new_id()
    limit = b2cl_limit(session, ctx)
    known = (amendment_id, day, held.stated.fp)
    found = amended(known, held.document, after, limit)
    _require_allowed(found)
    change = found.change
    row = _row(ctx, held, cmd, correction, change)
    db.insert_rows(session, GstAmendment, [row | {"id": amendment_id, "booked_on": day}])
    words = f"Amended {held.document.number}: {cmd.reason}"
    _post(session, ctx, held.branch_id, (amendment_id, "amended", day, words), change)
    emit(
        session,
        ctx,
        amendment_id,
        DocumentAmended(amendment_id=amendment_id, invoice_id=cmd.invoice_id),
    )
    taxes = {name: getattr(change, name) for name in NAMES}
    return AmendedDocument(id=amendment_id, number=held.document.number, **taxes)


@command(
    "gst_returns.withdraw_amendment",
    permission="gst_returns.record",
    rest="POST /gst-amendments/{amendment_id}/withdrawal",
)
def withdraw_amendment(session: Session, ctx: RequestContext, cmd: WithdrawAmendment) -> Identified:
    """Take an amendment back; the document may be amended anew.

    Locks the registration's GSTR-1, then the document's notes.

    Raises:
        UnknownAmendment: There is none, or it was withdrawn. NotAmendable: Notes were made out by it.
        TaxPeriodFiled: The return that states it is filed.
        PeriodClosed: The books are closed for its day.

    Emits:
        gst_returns.document_amended.v1
    """
    row = db.fetch_one(
        session,
        "select a.branch_id, a.booked_on, a.igst, a.cgst, a.sgst, a.invoice_id, i.number, b.gstin"
        " from gst_amendment a join invoice i on (i.tenant_id, i.id) = (a.tenant_id, a.invoice_id)"
        " join branch b on (b.tenant_id, b.id) = (a.tenant_id, a.branch_id)"
        " where a.tenant_id = %s and a.company_id = %s and a.id = %s and a.withdrawn_at is null",
        (ctx.tenant_id, ctx.company_id, cmd.amendment_id),
    )
    if row is None:
        raise unknown_amendment()
    hold_form(session, ctx, row["gstin"], ReturnForm.GSTR1)
    _refuse_followed(session, ctx, row)
    db.execute(
        session,
        "update gst_amendment set withdrawn_at = %s, withdrawn_by = %s, withdraw_reason = %s"
        " where tenant_id = %s and id = %s",
        (ctx.now, ctx.user_id, cmd.reason, ctx.tenant_id, cmd.amendment_id),
    )
    change = -Heads(igst=row["igst"], cgst=row["cgst"], sgst=row["sgst"])
    words = f"Amendment of {row['number']} withdrawn: {cmd.reason}"
    about = (cmd.amendment_id, "withdrawn", row["booked_on"], words)
    _post(session, ctx, row["branch_id"], about, change)
    told = DocumentAmended(amendment_id=cmd.amendment_id, invoice_id=row["invoice_id"])
    emit(session, ctx, cmd.amendment_id, told)
    return Identified(id=cmd.amendment_id)


def _refuse_followed(session: Session, ctx: RequestContext, row: db.Row) -> None:
    """Refuse to take an amendment back once notes were made out by its place or GSTIN. Locks the invoice's notes."""
    billing.hold_notes(session, row["invoice_id"])
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
        raise _not_amendable(message, "amendment_id")


def unknown_amendment() -> UnknownAmendment:
    """Return the refusal of an amendment that is not there."""
    message = "This amendment is not known here, or was withdrawn. Choose one of the list."
    return UnknownAmendment(message, fields={"amendment_id": message})


def amendable(session: Session, ctx: RequestContext, invoice_id: UUID) -> Amendable:
    """Return a document that a filed return states.

    Raises:
        NotAmendable: There is none, or no filed return states it; it was cancelled or credited whole.
        AmendedBefore: It is amended.
    """
    row = db.fetch_one(
        session,
        "select i.branch_id, b.gstin, i.total, (select coalesce(sum(n.total), 0) from invoice n"
        "  where n.tenant_id = i.tenant_id and n.original_invoice_id = i.id and n.kind = 'credit_note') as credited,"
        " exists (select 1 from gst_amendment a where a.tenant_id = i.tenant_id and a.invoice_id = i.id"
        "  and a.withdrawn_at is null) as is_amended"
        " from invoice i join branch b on (b.tenant_id, b.id) = (i.tenant_id, i.branch_id)"
        " where i.tenant_id = %s and i.company_id = %s and i.id = %s and b.gstin is not null",
        (ctx.tenant_id, ctx.company_id, invoice_id),
    )
    if row is None:
        raise _not_amendable("This document is not known here. Choose one of the list.")
    if row["is_amended"]:
        raise amended_before()
    (document,) = read_documents(session, ctx, [invoice_id])
    if document.is_cancelled:
        raise _not_amendable(f"{document.number} was cancelled: no return states it.")
    if row["credited"] >= row["total"]:
        raise _not_amendable(f"{document.number} was credited whole: nothing is left to correct.")
    registration = registration_of(session, ctx, row["gstin"])
    stated = filed_period(session, ctx, registration, document.issued_on)
    if stated is None:
        message = (
            f"No filed GSTR-1 states {document.number} of {date_text(document.issued_on)}."
            " Cancel it, or meet it with a note, before its return is filed."
        )
        raise _not_amendable(message)
    return Amendable(document, registration, row["branch_id"], stated)


def _not_amendable(message: str, field: str = "invoice_id") -> NotAmendable:
    return NotAmendable(message, fields={field: message})


def amended_before() -> AmendedBefore:
    """Return the refusal of a second amendment."""
    message = "The portal takes one amendment of a document, and this one has it. Meet it with a note instead."
    return AmendedBefore(message, fields={"invoice_id": message})


def last_day_of(issued_on: date) -> date:
    """Return the last day on which a document may be amended: 30 November after its financial year.

    Source: CGST Act s.37(3), proviso.
    """
    year = issued_on.year + (issued_on.month >= 4)  # noqa: PLR2004  April begins the financial year
    return date(year, NOVEMBER, 30)


def _require_in_time(held: Amendable, day: date) -> None:
    last = last_day_of(held.document.issued_on)
    if day > last:
        message = f"{held.document.number} could be amended until {date_text(last)} (s.37(3))."
        raise _not_amendable(message, "booked_on")


def _require_stated(session: Session, ctx: RequestContext, day: date) -> None:
    """Refuse a day of which no GSTR-1 is filed: nothing would ever state the correction."""
    if days_for(spans_of(session, ctx), ReturnForm.GSTR1, TaxPeriod(day, day)) is None:
        message = (
            f"No GSTR-1 is filed of {date_text(day)}, as the company pays GST then."
            " Choose a day on which it pays regularly and whose return is not filed."
        )
        raise _not_amendable(message, "booked_on")


def _correction(held: Amendable, cmd: AmendDocument) -> Correction:
    """Return what should have been stated: what is given, else what was."""
    document = held.document
    gstin = document.gstin if cmd.gstin is None else cmd.gstin
    if cmd.gstin is not None:
        _require_gstin(held, gstin)
    place = document.place if cmd.place_of_supply is None else cmd.place_of_supply
    if place != EXPORT and place not in LIVE_STATES:
        message = f"{place} is no state's code. Choose the state where it was supplied."
        raise InvalidInput(message, fields={"place_of_supply": message})
    is_sez = document.category == "sez" if cmd.is_sez is None else cmd.is_sez
    if is_sez and not gstin:
        message = "A unit in a special economic zone is registered. Type its GSTIN."
        raise InvalidInput(message, fields={"gstin": message})
    return Correction(gstin, cmd.recipient, place, is_sez, _shipping(cmd))


def _require_gstin(held: Amendable, gstin: str) -> None:
    try:
        read_gstin(gstin)
    except DomainError as error:
        raise InvalidInput(error.message, fields={"gstin": error.message}) from error
    if gstin == held.registration.gstin:
        message = "This is our own GSTIN. Type the recipient's."
        raise InvalidInput(message, fields={"gstin": message})


def _shipping(cmd: AmendDocument) -> Shipping | None:
    given = (cmd.port_code, cmd.shipping_bill, cmd.shipped_on)
    if not any(given):
        return None
    if cmd.shipped_on is None or not cmd.port_code or not cmd.shipping_bill:
        message = "Type port code, number and day of the shipping bill, or none of them."
        raise InvalidInput(message, fields={"shipping_bill": message})
    return Shipping(cmd.port_code, cmd.shipping_bill, cmd.shipped_on)


def _require_allowed(found: Amended) -> None:
    """Refuse what changes nothing, and what the portal does not take."""
    before, after = found.before, found.after
    if not found.counted:
        raise _not_amendable(f"{before.number} bears no tax; table 8 of a return is not amended.")
    if (EXPORT in {before.place, after.place}) and before.place != after.place:
        message = (
            "An export stays one, and nothing becomes one. Meet it with a note and a new invoice."
        )
        raise _not_amendable(message, "place_of_supply")
    if after.shipping is not None and before.place != EXPORT:
        message = f"{before.number} is no export. Leave the shipping bill out."
        raise _not_amendable(message, "shipping_bill")
    facts = ("gstin", "place", "category", "shipping", "is_inter")
    if all(getattr(before, name) == getattr(after, name) for name in facts):
        message = "It is stated so already. Change what was wrong."
        raise NothingAmended(message, fields={"invoice_id": message})


def _row(
    ctx: RequestContext,
    held: Amendable,
    cmd: AmendDocument,
    correction: Correction,
    change: Heads,
) -> dict[str, Any]:
    return {
        "tenant_id": ctx.tenant_id,
        "company_id": ctx.company_id,
        "branch_id": held.branch_id,
        "invoice_id": cmd.invoice_id,
        "gstin": correction.gstin,
        "recipient": correction.recipient,
        "place_of_supply": correction.place,
        "is_sez": correction.is_sez,
        "port_code": cmd.port_code,
        "shipping_bill": cmd.shipping_bill,
        "shipped_on": cmd.shipped_on,
        "reason": cmd.reason,
        "user_id": ctx.user_id,
        "withdrawn_at": None,
        "withdrawn_by": None,
        "withdraw_reason": "",
    } | {name: getattr(change, name) for name in NAMES}


def _post(
    session: Session,
    ctx: RequestContext,
    branch_id: UUID,
    about: tuple[UUID, str, date, str],
    change: Heads,
) -> None:
    """Move tax between heads as an amendment does; halves that leave a paisa are rounded off."""
    amendment_id, purpose, day, words = about
    lines: list[NewLine] = [credit(f"output_{name}", getattr(change, name)) for name in NAMES]
    lines.append(debit("round_off", change.tax))
    entry = NewEntry("general", day, ORIGIN, amendment_id, purpose, words, lines)
    accounting.post_entry(session, replace(ctx, branch_id=branch_id), entry)
