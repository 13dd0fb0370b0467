"""Taking back from an invoice: how much is left of each line, and what the note is worth."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput, NotFound
from erp.core.gst.taxing import PriceMode, SupplyNature, SupplyTotals
from erp.core.money import ZERO, round_money
from erp.models.billing import InvoiceKind
from erp.services import inventory
from erp.services.billing.crediting import CreditLine, SoldLine, credit_return
from erp.services.billing.following_amendments import made_out, under_heads
from erp.services.billing.invoicing import NewInvoice, NewInvoiceLine
from erp.services.inventory import Origin, Returned, TakenBack


@dataclass(frozen=True, slots=True)
class OriginalInvoice:
    """The head of the invoice a note belongs to, as it is stated today."""

    id: UUID
    number: str
    party_id: UUID
    recipient: Mapping[str, str]
    place_of_supply: str
    price_mode: PriceMode
    supply_nature: str
    total: Decimal
    origin_type: str
    lines: Mapping[int, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Returning:
    """Units of one invoice line that come back."""

    line_no: int
    quantity: int


@dataclass(frozen=True, slots=True)
class CreditDraft:
    """A valued credit note: its lines, its totals, and whether nothing is left of the invoice."""

    lines: tuple[NewInvoiceLine, ...]
    totals: SupplyTotals
    is_complete: bool


class OtherRegistration(InvalidInput):
    """A note comes from the registration that made the invoice."""

    code = "other_registration"


def get_original(
    session: Session, ctx: RequestContext, invoice_id: UUID, *, at: str = "invoice_id"
) -> OriginalInvoice:
    """Return an invoice for a note of the acting branch: as it was posted, or as a return corrected it since.

    `at` is the input field a refusal names. Locks the invoice's notes.

    Raises:
        NotFound: There is no such invoice.
        OtherRegistration: The acting branch has another GSTIN, or keeps other books.

    Source: CGST Act s.34(1).
    """
    hold_notes(session, invoice_id)
    head = db.fetch_one(
        session,
        """
        select i.id, i.number, i.party_id, i.recipient, i.place_of_supply, i.price_mode,
               i.supply_nature, i.total, i.origin_type, b.name as branch,
               (b.company_id, b.gstin) is not distinct from (here.company_id, here.gstin) as is_ours
          from invoice i
          join branch b on (b.tenant_id, b.id) = (i.tenant_id, i.branch_id)
          join branch here on here.tenant_id = i.tenant_id and here.id = %s
         where i.tenant_id = %s and i.id = %s and i.original_invoice_id is null
        """,
        (ctx.branch_id, ctx.tenant_id, invoice_id),
    )
    if head is None:
        message = "There is no such bill to return against."
        raise NotFound(message, fields={at: message})
    branch = head.pop("branch")
    if not head.pop("is_ours"):
        message = f"Bill {head['number']} is of another registration. Return it at {branch}."
        raise OtherRegistration(message, fields={at: message})
    lines = db.fetch_all(
        session,
        "select * from invoice_line where tenant_id = %s and invoice_id = %s",
        (ctx.tenant_id, invoice_id),
    )
    head["price_mode"] = PriceMode(head["price_mode"])
    posted, stated = head["supply_nature"], made_out(session, ctx, head)
    head |= {
        "recipient": stated.recipient,
        "place_of_supply": stated.place,
        "supply_nature": stated.nature.value,
    }
    found = {line["line_no"]: under_heads(line, posted, stated.nature) for line in lines}
    return OriginalInvoice(**head, lines=found)


def draft_credit(
    session: Session,
    ctx: RequestContext,
    original: OriginalInvoice,
    returns: Sequence[Returning],
    *,
    at: str = "lines",
) -> CreditDraft:
    """Count units as returned and value the credit note; `at` is the input field of the lines.

    Notes of one invoice are drawn up one after another. The last carries what rounding left,
    and none is worth more than is left of the bill, so that refunds add up to what was paid.

    Raises:
        InvalidInput: A line is not on the invoice, or is named twice.
        ReturnExceedsSale: More would come back than was sold; from the database.
    """
    _check(original, returns, at)
    left = _hold_rest(session, ctx, original)
    before = _count(session, ctx, original, returns)
    lines = tuple(
        _credit_line(original, wanted, before[wanted.line_no])
        for wanted in sorted(returns, key=lambda r: r.line_no)
    )
    is_complete = _nothing_left(session, ctx, original)
    difference = left - sum((line.total for line in lines), ZERO)
    round_off = difference if is_complete else min(difference, ZERO)
    return CreditDraft(lines, _totals(lines, round_off), is_complete)


def credit_note_of(
    original: OriginalInvoice,
    draft: CreditDraft,
    note_id: UUID,
    origin: Origin,
    series: tuple[str, UUID | None],
) -> NewInvoice:
    """Return the note of a valued return, made out as its invoice was.

    Args:
        series: Start of its number, and the register that it belongs to, if any.
    """
    series_code, register_id = series
    return NewInvoice(
        id=note_id,
        kind=InvoiceKind.CREDIT_NOTE,
        series_code=series_code,
        register_id=register_id,
        party_id=original.party_id,
        recipient=original.recipient,
        place_of_supply=original.place_of_supply,
        price_mode=original.price_mode,
        nature=SupplyNature(original.supply_nature),
        totals=draft.totals,
        lines=draft.lines,
        origin_type=origin.type,
        origin_id=origin.id,
        original_invoice_id=original.id,
    )


def put_back(
    session: Session, ctx: RequestContext, note: NewInvoice, location_id: UUID, reason: str
) -> list[TakenBack]:
    """Put the goods of a note where they belong, at the cost they left with.

    Raises:
        UnknownLot: A lot is not in the acting tenant.
        InvalidInput: There is no place for goods that cannot be sold again.
    """
    returned = [
        Returned(at, line.variant_id, line.lot_id, line.quantity, line.cost, reason)
        for at, line in enumerate(note.lines, start=1)
        if line.variant_id is not None and line.lot_id is not None
    ]
    origin = Origin(note.origin_type, note.origin_id)
    return inventory.take_back(session, ctx, location_id, returned, origin)


def hold_notes(session: Session, invoice_id: UUID) -> None:
    """Let others wait who would draw up a note of an invoice, or cancel it."""
    key = f"notes of {invoice_id}"
    db.execute(session, "select pg_advisory_xact_lock(hashtextextended(%s, 0))", (key,))


def _hold_rest(session: Session, ctx: RequestContext, original: OriginalInvoice) -> Decimal:
    """Return what no note has taken back yet; the caller holds the notes of the invoice.

    Notes of money alone, such as interest, take back no unit.
    """
    row = db.fetch_one(
        session,
        "select coalesce(sum(total), 0) as noted from invoice i"
        " where tenant_id = %s and original_invoice_id = %s and kind = 'credit_note'"
        " and exists (select 1 from invoice_line l where (l.tenant_id, l.invoice_id) = (i.tenant_id, i.id)"
        " and l.quantity > 0)",
        (ctx.tenant_id, original.id),
    )
    return original.total - (row["noted"] if row else ZERO)


def _check(original: OriginalInvoice, returns: Sequence[Returning], at: str) -> None:
    seen: set[int] = set()
    for place, wanted in enumerate(returns):
        if wanted.line_no not in original.lines:
            message = f"Bill {original.number} has no line {wanted.line_no}."
            raise InvalidInput(message, fields={f"{at}.{place}.line_no": message})
        if wanted.line_no in seen:
            message = f"Line {wanted.line_no} is named twice; give its quantity once."
            raise InvalidInput(message, fields={f"{at}.{place}.line_no": message})
        seen.add(wanted.line_no)


def _count(
    session: Session, ctx: RequestContext, original: OriginalInvoice, returns: Sequence[Returning]
) -> dict[int, int]:
    """Add to the returned counts and give what they were before."""
    before: dict[int, int] = {}
    for wanted in sorted(returns, key=lambda r: r.line_no):
        row = db.fetch_one(
            session,
            "insert into invoice_line_return as kept (tenant_id, invoice_id, line_no, sold, returned)"
            " values (%s, %s, %s, %s, %s) on conflict (tenant_id, invoice_id, line_no) do update"
            " set returned = kept.returned + excluded.returned returning returned",
            (
                ctx.tenant_id,
                original.id,
                wanted.line_no,
                original.lines[wanted.line_no]["quantity"],
                wanted.quantity,
            ),
        )
        before[wanted.line_no] = (row["returned"] if row else wanted.quantity) - wanted.quantity
    return before


def _nothing_left(session: Session, ctx: RequestContext, original: OriginalInvoice) -> bool:
    row = db.fetch_one(
        session,
        "select count(*) filter (where returned = sold) as done from invoice_line_return"
        " where tenant_id = %s and invoice_id = %s",
        (ctx.tenant_id, original.id),
    )
    return bool(row) and row["done"] == len(original.lines)  # type: ignore[index]


def _credit_line(original: OriginalInvoice, wanted: Returning, before: int) -> NewInvoiceLine:
    sold = original.lines[wanted.line_no]
    credit = credit_return(
        _sold_line(sold),
        quantity=Decimal(wanted.quantity),
        already_returned=Decimal(before),
        price_mode=original.price_mode,
    )
    until = before + wanted.quantity

    def part(amount: Decimal) -> Decimal:
        return round_money(amount * until / sold["quantity"]) - round_money(
            amount * before / sold["quantity"]
        )

    line = _as_line(sold, credit, wanted)
    discount = part(sold["line_discount"])
    share = part(sold["bill_discount"])
    return replace(
        line,
        gross=part(sold["gross"]),
        line_discount=discount,
        bill_discount=share,
        cost=part(sold["cost"]),
    )


def _sold_line(sold: Mapping[str, Any]) -> SoldLine:
    return SoldLine(
        str(sold["line_no"]), Decimal(sold["quantity"]), sold["rate"], sold["taxable"], sold["cgst"], sold["sgst"],
        sold["igst"], sold["total"],
    )  # fmt: skip


def _as_line(sold: Mapping[str, Any], credit: CreditLine, wanted: Returning) -> NewInvoiceLine:
    kept = (
        "variant_id",
        "lot_id",
        "description",
        "hsn",
        "unit",
        "lot_number",
        "expires_on",
        "mrp",
        "unit_price",
        "treatment",
        "rate",
    )
    return NewInvoiceLine(
        **{name: sold[name] for name in kept},
        quantity=wanted.quantity,
        gross=ZERO,
        line_discount=ZERO,
        bill_discount=ZERO,
        taxable=credit.taxable_value,
        cgst=credit.cgst,
        sgst=credit.sgst,
        igst=credit.igst,
        total=credit.total,
        cost=ZERO,
        original_line_no=wanted.line_no,
        price_trace={"source": "original_bill", "line_no": wanted.line_no},
    )


def _totals(lines: Sequence[NewInvoiceLine], round_off: Decimal) -> SupplyTotals:
    def total(name: str) -> Decimal:
        return sum((getattr(line, name) for line in lines), ZERO)

    amount = total("total")
    return SupplyTotals(
        total("gross"), total("line_discount"), total("bill_discount"), total("taxable"), total("cgst"),
        total("sgst"), total("igst"), amount, round_off, amount + round_off,
    )  # fmt: skip
