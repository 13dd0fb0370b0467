"""What a till prints: the bill with how it was paid."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.formatting import date_text
from erp.services import billing, loyalty
from erp.services.billing import PrintedDocument, PrintedTender, TillFacts, UpiPayment
from erp.services.party import printed_branch
from erp.services.platform import Amount, Query, Result, query
from erp.services.pos.tendering import METHOD_NAMES

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PrintedSlip:
    """A slip of the till other than a bill, as it is printed.

    Attributes:
        head: The seller: name first, then address, registration and licence.
        sections: A heading, which may be empty, with names and values; names in capitals stand out.
    """

    title: str
    number: str
    issued_at: datetime
    head: tuple[str, ...]
    subtitle: tuple[str, ...]
    sections: tuple[tuple[str, Pairs], ...]
    foot: tuple[str, ...] = ()


def slip_head(
    session: Session, ctx: RequestContext, branch_id: UUID, at: datetime
) -> tuple[str, ...]:
    """Return a branch as it was named at a moment, as the head of a slip."""
    seller = printed_branch(session, ctx, branch_id, at)
    known = (("Phone", seller.phone), ("GSTIN", seller.gstin), ("D.L. No.", seller.drug_licence))
    return (seller.name, *seller.address, *(f"{name} {fact}" for name, fact in known if fact))


def print_bill(
    session: Session, ctx: RequestContext, invoice_id: UUID, layout: billing.Layout
) -> PrintedDocument:
    """Return a document to be printed now, and record the print.

    The first print is the original; every later one, on the roll or on A4, is marked. A bill that
    a device made alone has its original from that device.

    Raises:
        NotFound: There is no such document.
        PermissionDenied: The actor may neither sell nor see documents.
    """
    document = get_printed_bill(session, ctx, invoice_id)
    is_duplicate = billing.record_print(
        session,
        ctx,
        invoice_id,
        layout,
        has_original=_made_by_device(session, ctx, invoice_id),
    )
    return replace(document, is_duplicate=is_duplicate)


def _made_by_device(session: Session, ctx: RequestContext, invoice_id: UUID) -> bool:
    row = db.fetch_one(
        session,
        "select 1 from sale s join offline_sale o on (o.tenant_id, o.id) = (s.tenant_id, s.id)"
        " where s.tenant_id = %s and s.invoice_id = %s",
        (ctx.tenant_id, invoice_id),
    )
    return row is not None


def get_printed_bill(session: Session, ctx: RequestContext, invoice_id: UUID) -> PrintedDocument:
    """Return a document as it is printed, with the till's facts where it was sold at one.

    Raises:
        NotFound: There is no such document.
        PermissionDenied: The actor may neither sell nor see documents.
    """
    if not ctx.may("pos.sell"):
        ctx.require("billing.view")
    sale = db.fetch_one(
        session,
        """
        select s.id, s.kind, s.replaces_id, s.change_due, r.name as register, coalesce(m.display_name, '') as cashier
          from sale s
          join register r on (r.tenant_id, r.id) = (s.tenant_id, s.register_id)
          left join membership m on (m.tenant_id, m.user_id) = (s.tenant_id, s.user_id)
         where s.tenant_id = %s and s.invoice_id = %s
        """,
        (ctx.tenant_id, invoice_id),
    )
    till = _till(session, ctx, sale) if sale else None
    return billing.get_printed_document(session, ctx, invoice_id, till=till)


def _till(session: Session, ctx: RequestContext, sale: db.Row) -> TillFacts:
    rows = db.fetch_all(
        session,
        "select method, case when %s = 'sale' then tendered else amount end as amount, reference from tender"
        " where tenant_id = %s and sale_id = %s order by line_no",
        (sale["kind"], ctx.tenant_id, sale["id"]),
    )
    tenders = [
        PrintedTender(METHOD_NAMES[row["method"]], row["amount"], row["reference"]) for row in rows
    ]
    return TillFacts(
        tenders,
        sale["change_due"],
        sale["register"],
        sale["cashier"],
        remarks=(
            *_exchanged(session, ctx, sale),
            *_prescribed(session, ctx, sale["id"]),
            *_points(session, ctx, sale["id"]),
        ),
        named_at=_named_at(session, ctx, sale["id"]),
    )


def _named_at(session: Session, ctx: RequestContext, sale_id: UUID) -> datetime | None:
    """Return when a device that made a bill alone was told how to name its seller, within its lease."""
    row = db.fetch_one(
        session,
        "select least(greatest((o.body ->> 'named_at')::timestamptz, l.taken_at), o.received_at) as at"
        " from offline_sale o join till_lease l on (l.tenant_id, l.id) = (o.tenant_id, o.lease_id)"
        " where o.tenant_id = %s and o.id = %s and o.body ->> 'named_at' is not null",
        (ctx.tenant_id, sale_id),
    )
    return row["at"] if row else None


def _exchanged(session: Session, ctx: RequestContext, sale: db.Row) -> list[str]:
    """Name the other document of an exchange: the note of a bill, the bill of a note."""
    if sale["kind"] == "sale" and sale["replaces_id"] is None:
        return []
    row = db.fetch_one(
        session,
        "select i.number, o.number as original from sale s"
        " join invoice i on (i.tenant_id, i.id) = (s.tenant_id, s.invoice_id)"
        " left join invoice o on (o.tenant_id, o.id) = (i.tenant_id, i.original_invoice_id)"
        " where s.tenant_id = %s and (s.id = %s or s.replaces_id = %s)",
        (ctx.tenant_id, sale["replaces_id"], sale["id"]),
    )
    if row is None:
        return []
    of_bill = f", of bill {row['original']}" if row["original"] else ""
    return [f"Exchange: see {'credit note' if of_bill else 'bill'} {row['number']}{of_bill}"]


def _prescribed(session: Session, ctx: RequestContext, sale_id: UUID) -> list[str]:
    row = db.fetch_one(
        session,
        "select doctor_name, registration_no, patient_name, prescribed_on from prescription"
        " where tenant_id = %s and sale_id = %s",
        (ctx.tenant_id, sale_id),
    )
    if row is None:
        return []
    doctor = f"{row['doctor_name']}, Reg. No. {row['registration_no']}"
    patient = f"{row['patient_name']}, dated {date_text(row['prescribed_on'])}"
    return [f"Prescribed by {doctor}", f"For {patient}"]


def _points(session: Session, ctx: RequestContext, sale_id: UUID) -> list[str]:
    came, went = loyalty.points_by(session, ctx, sale_id)
    parts = [f"{went} spent" if went else "", f"{came} earned" if came else ""]
    return [f"Points: {', '.join(part for part in parts if part)}"] if came or went else []


class RequestUpi(Query):
    """What a customer's payment app shall be asked for.

    Attributes:
        sale_id: The sale being paid; its end is the reference the bank reports back.
    """

    sale_id: UUID
    amount: Annotated[Amount, Field(gt=0)]


class UpiRequest(Result):
    """A payment request: the link, and its QR code as an SVG image."""

    link: str
    qr_svg: str
    reference: str


@query("pos.request_upi", permission="pos.sell", rest="GET /upi-requests/{sale_id}")
def request_upi(session: Session, ctx: RequestContext, wanted: RequestUpi) -> UpiRequest:
    """Make the QR code a customer scans to pay the acting branch.

    Raises:
        InvalidInput: The branch has no UPI address.

    Source: NPCI UPI Linking Specifications 1.6.
    """
    reference = wanted.sale_id.hex
    payee = upi_payee(session, ctx)
    if payee is None:
        raise InvalidInput("This branch has no UPI address yet. Set one, or take another payment.")
    link = billing.upi_link(replace(payee, reference=reference, amount=wanted.amount))
    return UpiRequest(link=link, qr_svg=billing.qr_svg(link), reference=reference)


def upi_payee(session: Session, ctx: RequestContext) -> UpiPayment | None:
    """Return the acting branch as a payment app names it, for any amount; nothing without an address."""
    branch = db.fetch_one(
        session,
        "select b.upi_address, c.trade_name from branch b"
        " join company c on (c.tenant_id, c.id) = (b.tenant_id, b.company_id)"
        " where b.tenant_id = %s and b.id = %s",
        (ctx.tenant_id, ctx.branch_id),
    )
    if branch is None or not branch["upi_address"]:
        return None
    return UpiPayment(branch["upi_address"], branch["trade_name"], "5912")
