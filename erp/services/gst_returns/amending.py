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
from erp.services import accounting
from erp.services.accounting import NewEntry, NewLine, credit, debit
from erp.services.gst_returns.amendable import (
    Amendable,
    amendable,
    hold_family,
    last_day_of,
    not_amendable,
)
from erp.services.gst_returns.amending_notes import notes_to_amend
from erp.services.gst_returns.amendments import Correction, amended, corrected, is_stated_so
from erp.services.gst_returns.errors import NothingAmended
from erp.services.gst_returns.events import DocumentAmended
from erp.services.gst_returns.heads import NAMES, Heads
from erp.services.gst_returns.limits import b2cl_limit
from erp.services.gst_returns.outward import Outward, Shipping
from erp.services.gst_returns.preparing import hold_form, require_not_filed
from erp.services.gst_returns.recording import booking_day
from erp.services.gst_returns.registrations import GstinText
from erp.services.gst_returns.schemes import days_for, spans_of
from erp.services.gst_returns.tax_period import TaxPeriod
from erp.services.party import LIVE_STATES, read_gstin
from erp.services.platform import Command, Day, Result, ShortText, Text, command, emit

ORIGIN: Final = "gst_amendment"


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
    """An amendment with what it changes of the tax, its notes among it.

    Attributes:
        notes: Numbers of notes that it amends with the document.
    """

    id: UUID
    number: str
    igst: Decimal
    cgst: Decimal
    sgst: Decimal
    notes: list[str]


@dataclass(frozen=True, slots=True)
class Recorded:
    """An amendment as it was recorded, with what it changes of the tax."""

    id: UUID
    change: Heads


@command("gst_returns.amend_document", permission="gst_returns.record", rest="POST /gst-amendments")
def amend_document(session: Session, ctx: RequestContext, cmd: AmendDocument) -> AmendedDocument:
    """Correct in a later return what a filed one states of an invoice or a note.

    Value, number and day stay: what was supplied for less is met by a note. Notes that an invoice has are amended
    with it, for they were made out as it was. Where the place moves tax from one head to another, the books
    follow on the day of the amendment. Locks the invoice's notes, then the registration's GSTR-1.

    Raises:
        NotAmendable: No filed return states it, or a note on it; it was cancelled, or credited whole; the last day
            is past; no GSTR-1 is filed of the day; or the portal takes no such correction.
        AmendedBefore: A document is amended once.
        NothingAmended: It is stated so already.
        InvalidInput: A GSTIN, a place or a day is wrong, or customs' facts are given in part.
        ReturnFiled, TaxPeriodFiled: The return of the day is filed.
        PeriodClosed: The books are closed for the day.

    Emits:
        gst_returns.document_amended.v1, for the document and each of its notes

    Source: CGST Act s.37(3); Form GSTR-1 tables 9A, 9C, 10; IGST Act s.19, CGST Act s.77 for the head.
    """
    hold_family(session, ctx, cmd.invoice_id)
    held = amendable(session, ctx, cmd.invoice_id)
    day = booking_day(ctx, cmd.booked_on, "booked_on")
    hold_form(session, ctx, held.registration.gstin, ReturnForm.GSTR1)
    require_not_filed(session, ctx, held.registration, ReturnForm.GSTR1, TaxPeriod(day, day))
    _require_in_time(held, day)
    _require_stated(session, ctx, day)
    correction = _correction(held, cmd)
    own_state = held.registration.state
    _require_allowed(held.document, corrected(held.document, correction, own_state))
    alike = replace(correction, shipping=None)
    notes = notes_to_amend(session, ctx, held, alike)
    first = _record(session, ctx, held, correction, (day, cmd.reason, None))
    rest = [_record(session, ctx, one, alike, (day, cmd.reason, first.id)) for one in notes]
    change = sum((one.change for one in rest), first.change)
    return AmendedDocument(
        id=first.id,
        number=held.document.number,
        notes=[one.document.number for one in notes],
        **{name: getattr(change, name) for name in NAMES},
    )


def _record(
    session: Session,
    ctx: RequestContext,
    held: Amendable,
    correction: Correction,
    about: tuple[date, str, UUID | None],
) -> Recorded:
    """Record a correction and book what it moves; `about` is its day, its reason and the amendment it came with."""
    day, reason, follows_id = about
    document, amendment_id = held.document, new_id()
    after = corrected(document, correction, held.registration.state)
    known = (amendment_id, day, held.stated.fp)
    change = amended(known, document, after, b2cl_limit(session, ctx)).change
    row = _row(ctx, held, correction, change)
    row |= {"id": amendment_id, "booked_on": day, "reason": reason, "follows_id": follows_id}
    db.insert_rows(session, GstAmendment, [row])
    words = f"Amended {document.number}: {reason}"
    post_move(session, ctx, held.branch_id, (amendment_id, "amended", day, words), change)
    told = DocumentAmended(amendment_id=amendment_id, invoice_id=document.id)
    emit(session, ctx, amendment_id, told)
    return Recorded(amendment_id, change)


def _require_in_time(held: Amendable, day: date) -> None:
    last = last_day_of(held.document.issued_on)
    if day > last:
        message = f"{held.document.number} could be amended until {date_text(last)} (s.37(3))."
        raise not_amendable(message, "booked_on")


def _require_stated(session: Session, ctx: RequestContext, day: date) -> None:
    """Refuse a day of which no GSTR-1 is filed: nothing would ever state the correction."""
    if days_for(spans_of(session, ctx), ReturnForm.GSTR1, TaxPeriod(day, day)) is None:
        message = (
            f"No GSTR-1 is filed of {date_text(day)}, as the company pays GST then."
            " Choose a day on which it pays regularly and whose return is not filed."
        )
        raise not_amendable(message, "booked_on")


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


def _require_allowed(before: Outward, after: Outward) -> None:
    """Refuse what changes nothing, and what the portal does not take."""
    if not any(line.is_taxable for line in before.lines):
        raise not_amendable(f"{before.number} bears no tax; table 8 of a return is not amended.")
    if (EXPORT in {before.place, after.place}) and before.place != after.place:
        message = (
            "An export stays one, and nothing becomes one. Meet it with a note and a new invoice."
        )
        raise not_amendable(message, "place_of_supply")
    if after.shipping is not None and before.place != EXPORT:
        message = f"{before.number} is no export. Leave the shipping bill out."
        raise not_amendable(message, "shipping_bill")
    if is_stated_so(before, after):
        message = "It is stated so already. Change what was wrong."
        raise NothingAmended(message, fields={"invoice_id": message})


def _row(
    ctx: RequestContext, held: Amendable, correction: Correction, change: Heads
) -> dict[str, Any]:
    sent = correction.shipping
    return {
        "tenant_id": ctx.tenant_id,
        "company_id": ctx.company_id,
        "branch_id": held.branch_id,
        "invoice_id": held.document.id,
        "gstin": correction.gstin,
        "recipient": correction.recipient,
        "place_of_supply": correction.place,
        "is_sez": correction.is_sez,
        "port_code": sent.port_code if sent else "",
        "shipping_bill": sent.number if sent else "",
        "shipped_on": sent.shipped_on if sent else None,
        "user_id": ctx.user_id,
        "withdrawn_at": None,
        "withdrawn_by": None,
        "withdraw_reason": "",
    } | {name: getattr(change, name) for name in NAMES}


def post_move(
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
