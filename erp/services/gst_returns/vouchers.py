"""Papers of money and of reverse charge: self-invoice, payment, receipt and refund voucher."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.clock import business_date
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput, NotFound
from erp.core.formatting import amount_in_words, date_text, money_text, plain_decimal
from erp.core.gst.taxing import PriceMode, SupplyNature, state_tax_head
from erp.core.money import ZERO
from erp.services import payments, pos
from erp.services.billing import DocumentTitle, PrintedDocument, PrintedLine, PrintedTotals
from erp.services.gst_returns.heads import NAMES
from erp.services.gst_returns.law import NO_UNIT
from erp.services.gst_returns.reading_inward import REVERSE_CHARGE
from erp.services.party import printed_branch, printed_contact, state_name
from erp.services.pos import PrintedSlip

NO_TAX: Final = "Tax: none. Advance for goods (Notification 66/2017-Central Tax)."
_ADVANCE = """
    select a.description, a.sac, a.rate, a.place_of_supply,
           p.number as receipt, p.paid_on as received_on, s.id is not null as is_refund,
           coalesce(s.amount, a.amount) as amount, coalesce(s.igst, a.igst) as igst,
           coalesce(s.cgst, a.cgst) as cgst, coalesce(s.sgst, a.sgst) as sgst
      from service_advance a
      join payment p on (p.tenant_id, p.id) = (a.tenant_id, a.id)
      left join service_advance_step s on (s.tenant_id, s.advance_id) = (a.tenant_id, a.id)
           and s.payment_id = %(payment)s
     where a.tenant_id = %(tenant)s and (a.id = %(payment)s or s.id is not null)
"""
METHODS: Final = {
    "cash": "Cash", "bank": "Bank transfer", "upi": "UPI", "card": "Card", "cheque": "Cheque"
}  # fmt: skip
_CHARGE = """
    select r.*, b.state_code, sec.gst_scheme(c.tenant_id, c.id, r.booked_on) as gst_scheme, t.time_zone,
           coalesce(p.gstin, '') as supplier_gstin, p.name as supplier
      from gst_reverse_charge r
      join branch b on (b.tenant_id, b.id) = (r.tenant_id, r.branch_id)
      join company c on (c.tenant_id, c.id) = (r.tenant_id, r.company_id)
      join tenant t on t.id = r.tenant_id
      join party p on (p.tenant_id, p.id) = (r.tenant_id, r.supplier_id)
     where r.tenant_id = %s and r.company_id = %s and r.id = %s
"""


class SupplierInvoices(InvalidInput):
    """The supplier is registered, and documents the supply with an invoice of their own."""

    code = "supplier_invoices"


def get_printed_self_invoice(
    session: Session, ctx: RequestContext, record_id: UUID
) -> PrintedDocument:
    """Return the invoice that we make out to ourselves for a purchase under reverse charge.

    Raises:
        NotFound: The acting company has recorded no such purchase.
        SupplierInvoices: Its supplier is registered.
        PermissionDenied: The actor may not see returns.

    Source: CGST Act s.31(3)(f), Rules r.46 and its second proviso, r.47A.
    """
    ctx.require("gst_returns.view")
    row = db.fetch_one(session, _CHARGE, (ctx.tenant_id, ctx.company_id, record_id))
    if row is None:
        raise NotFound("There is no such purchase under reverse charge.")
    if row["supplier_gstin"]:
        message = f"{row['supplier']} is registered: their own invoice documents this supply."
        raise SupplierInvoices(message, fields={"record_id": message})
    nature = SupplyNature.INTER if row["is_inter"] else SupplyNature.INTRA
    place = row["state_code"]
    return PrintedDocument(
        title=DocumentTitle.SELF_INVOICE,
        number=row["number"],
        issued_at=_issued_at(row),
        seller=printed_branch(session, ctx, row["branch_id"], row["recorded_at"]),
        buyer=printed_contact(session, ctx, row["supplier_id"]),
        buyer_heading="Supplier",
        place_of_supply_name=state_name(place),
        place_of_supply_code=place,
        price_mode=PriceMode.EXCLUSIVE,
        nature=nature,
        state_tax_head=state_tax_head(nature, place),
        lines=(_line(row),),
        totals=_totals(row),
        time_zone=row["time_zone"],
        is_reverse_charge=True,
        is_composition=row["gst_scheme"] == "composition",
        cancelled=_cancelled(row),
        remarks=(f"Supplier's paper {row['supplier_number']}",) if row["supplier_number"] else (),
    )


def _cancelled(row: Mapping[str, Any]) -> str:
    if row["cancelled_at"] is None:
        return ""
    on = date_text(business_date(row["cancelled_at"], row["time_zone"]))
    return f"on {on}: {row['cancel_reason']}"


def _issued_at(row: Mapping[str, Any]) -> datetime:
    """Return the day that it counts for, at the time of day at which it was recorded."""
    zone = ZoneInfo(row["time_zone"])
    recorded = row["recorded_at"].astimezone(zone)
    return datetime.combine(row["booked_on"], recorded.time(), zone)


def _line(row: Mapping[str, Any]) -> PrintedLine:
    tax = sum((row[name] for name in NAMES), ZERO)
    return PrintedLine(
        description=row["description"],
        hsn=row["hsn"],
        quantity=Decimal(1),
        uqc=NO_UNIT,
        unit_price=row["taxable"],
        gst_rate=row["rate"],
        gross=row["taxable"],
        discount=ZERO,
        taxable_value=row["taxable"],
        cgst=row["cgst"],
        sgst=row["sgst"],
        igst=row["igst"],
        total=row["taxable"] + tax,
    )


def _totals(row: Mapping[str, Any]) -> PrintedTotals:
    tax = sum((row[name] for name in NAMES), ZERO)
    return PrintedTotals(
        gross=row["taxable"],
        discount=ZERO,
        taxable_value=row["taxable"],
        cgst=row["cgst"],
        sgst=row["sgst"],
        igst=row["igst"],
        round_off=ZERO,
        value=row["taxable"] + tax,
    )


def get_printed_payment(session: Session, ctx: RequestContext, payment_id: UUID) -> PrintedSlip:
    """Return the voucher of a payment, as the law names it: receipt, refund or payment voucher.

    A payment voucher bears each purchase under reverse charge that it settles, with rate and tax per head.

    Raises:
        UnknownPayment: The acting company has no such payment.
        PermissionDenied: The actor may not see payments.

    Source: CGST Act s.31(3)(d), (e), (g); Rules r.50, r.51, r.52.
    """
    ctx.require("payments.view")
    found = payments.get_payment(session, ctx, payments.GetPayment(payment_id=payment_id))
    row = db.fetch_one(
        session,
        "select p.branch_id, b.state_code from payment p"
        " join branch b on (b.tenant_id, b.id) = (p.tenant_id, p.branch_id)"
        " where p.tenant_id = %s and p.id = %s",
        (ctx.tenant_id, payment_id),
    )
    assert row is not None  # noqa: S101  it was found a moment ago
    title = _title(found)
    state = state_name(row["state_code"])
    settled = tuple((one.narration, money_text(one.amount)) for one in found.settles)
    sections = [("", tuple(_facts(session, ctx, found)))]
    sections += [("Settles", settled)] if settled else []
    sections += _reverse_charges(session, ctx, found)
    advance = _service_advance(session, ctx, payment_id)
    if advance is not None:
        sections.append(("Advance for a service", tuple(_advance_facts(advance))))
        place = advance["place_of_supply"]
        state, row["state_code"] = state_name(place), place
    sections.append(("", (("AMOUNT", money_text(found.amount)),)))
    is_charged = any(one.origin_type == REVERSE_CHARGE for one in found.settles)
    foot = [amount_in_words(found.amount)]
    if found.ledger == "customer" and found.unapplied:
        foot.append(NO_TAX)
    foot.append(f"Place of supply: {state} ({row['state_code']})")
    foot.append(f"Tax payable on reverse charge: {'Yes' if is_charged else 'No'}")
    foot.append("Authorised signatory")
    return PrintedSlip(
        title=title,
        number=found.number,
        issued_at=found.recorded_at,
        head=pos.slip_head(session, ctx, row["branch_id"], found.recorded_at),
        subtitle=(date_text(found.paid_on), f"By {found.user}" if found.user else ""),
        sections=tuple(sections),
        foot=tuple(foot),
    )


def _service_advance(session: Session, ctx: RequestContext, payment_id: UUID) -> db.Row | None:
    given = {"tenant": ctx.tenant_id, "payment": payment_id}
    return db.fetch_one(session, _ADVANCE, given)


def _advance_facts(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what the law asks of the voucher of an advance that bears tax. Source: r.50, r.51."""
    taxes = {name: row[name] for name in NAMES if row[name]}
    receipt = f"{row['receipt']} of {date_text(row['received_on'])}" if row["is_refund"] else ""
    facts = [
        ("Receipt voucher", receipt),
        ("For", f"{row['description']} ({row['sac']})" if row["sac"] else row["description"]),
        ("Value", money_text(row["amount"] - sum(taxes.values(), ZERO))),
        ("Rate", f"{plain_decimal(row['rate'])}%"),
        *((name.upper(), money_text(amount)) for name, amount in taxes.items()),
    ]
    return [(name, value) for name, value in facts if value]


def _title(found: payments.PaymentDetail) -> str:
    words = {
        ("in", "customer"): "Receipt voucher",
        ("out", "customer"): "Refund voucher",
        ("out", "supplier"): "Payment voucher",
        ("in", "supplier"): "Receipt",
    }[(found.direction, found.ledger)]
    return f"{words} (taken back)" if found.reversed_on else words


def _facts(
    session: Session, ctx: RequestContext, found: payments.PaymentDetail
) -> list[tuple[str, str]]:
    party = printed_contact(session, ctx, found.party_id)
    reference = f" {found.reference}" if found.reference else ""
    applied = found.amount - found.unapplied
    facts = [
        ("Received from" if found.direction == "in" else "Paid to", party.name),
        ("Address", ", ".join(party.address)),
        ("GSTIN", party.gstin or "Unregistered"),
        ("By", f"{METHODS[found.method]}{reference}"),
        ("For", found.note),
        ("Settled of it", money_text(applied) if applied else ""),
        ("In advance", money_text(found.unapplied) if found.unapplied else ""),
        ("Taken back on", date_text(found.reversed_on) if found.reversed_on else ""),
    ]
    return [(name, value) for name, value in facts if value]


def _reverse_charges(
    session: Session, ctx: RequestContext, found: payments.PaymentDetail
) -> list[tuple[str, tuple[tuple[str, str], ...]]]:
    wanted = [one.origin_id for one in found.settles if one.origin_type == REVERSE_CHARGE]
    rows = db.fetch_all(
        session,
        "select number, description, hsn, rate, taxable, igst, cgst, sgst from gst_reverse_charge"
        " where tenant_id = %s and id = any(%s) order by number",
        (ctx.tenant_id, wanted),
    )
    return [(f"Reverse charge {row['number']}", tuple(_charge_facts(row))) for row in rows]


def _charge_facts(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    taxes = [(name.upper(), money_text(row[name])) for name in NAMES if row[name]]
    return [
        ("For", f"{row['description']} ({row['hsn']})"),
        ("Value", money_text(row["taxable"])),
        ("Rate", f"{plain_decimal(row['rate'])}%"),
        *taxes,
    ]
