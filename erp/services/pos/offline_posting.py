"""Sales that happened without the server, posted as they happened or kept to be settled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Annotated, Any, Literal
from uuid import UUID

import psycopg
from pydantic import AwareDatetime, Field
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.clock import business_date, fiscal_year
from erp.core.context import RequestContext
from erp.core.errors import DomainError
from erp.core.money import ZERO
from erp.models.pos import LeaseStatus, OfflineStatus, TenderMethod
from erp.services import catalog, identity, party
from erp.services.platform import Amount, Closed, Text, refusal_for
from erp.services.pos.approving import require_within_limit
from erp.services.pos.basket import MAX_LINES, CartLine
from erp.services.pos.errors import (
    CashierLeft,
    ForeignDay,
    ForeignDiscount,
    ForeignNumber,
    LeaseEnded,
    Malformed,
    OtherTotal,
)
from erp.services.pos.offline_leasing import Lease, Place
from erp.services.pos.offline_pricing import OfflineLine, require_prices
from erp.services.pos.offline_sealing import seal_of_discount
from erp.services.pos.prescribing import require_prescription
from erp.services.pos.pricing import HUNDRED, LEVEL_PLACES, Bill, Occasion, Part, draw_up
from erp.services.pos.selling import Offer, PostSale, SaleReceipt, sell
from erp.services.pos.shifts import hold_open_shift
from erp.services.pos.tendering import GivenTender, settle

CLOCKS_DIFFER = timedelta(minutes=15)
"""A device's clock may be this far from the server's."""
WHY = "Sold offline"


class OfflineTender(Closed):
    """Money that was handed over; what needs the customer's account needs the server."""

    method: Literal["cash", "upi", "card"]
    amount: Annotated[Amount, Field(gt=0)]
    reference: Text = ""


class OfflineTotals(Closed):
    """Sums as the receipt shows them."""

    taxable: Amount
    cgst: Amount
    sgst: Amount
    total: Amount


class OfflineBill(Closed):
    """A bill as its device made it.

    Attributes:
        place: Its running number.
        sold_at: By the device's clock.
        bill_discount: Rupees off the whole bill, tax included.
        discount_limit, discount_seal: As the server gave them with the lease.
        named_at: When the server said what the receipt says of the seller.
    """

    place: Place
    sold_at: AwareDatetime
    lines: Annotated[tuple[OfflineLine, ...], Field(min_length=1, max_length=MAX_LINES)]
    tenders: Annotated[tuple[OfflineTender, ...], Field(max_length=10)]
    totals: OfflineTotals
    bill_discount: Amount = ZERO
    discount_limit: Annotated[str, Field(pattern=r"^\d{1,3}\.\d{2}$")] = "0.00"
    discount_seal: Annotated[str, Field(max_length=64)] = ""
    named_at: AwareDatetime | None = None


UNREADABLE = "unreadable"


def read_back(body: Mapping[str, Any]) -> OfflineBill | None:
    """Return a bill as it is stored; nothing where it could not be read when it came."""
    return None if UNREADABLE in body else OfflineBill.model_validate(body)


def readable(bill: OfflineBill | dict[str, Any], place: int) -> OfflineBill:
    """Return a bill that can be read and bears its own number.

    Raises:
        Malformed: It cannot, or bears another.
    """
    if isinstance(bill, OfflineBill) and bill.place == place:
        return bill
    raise Malformed(
        "The device's bill cannot be read. Bill it anew from its paper, and put this away."
    )


@dataclass(frozen=True, slots=True)
class Taken:
    """How a bill is to be posted.

    Attributes:
        number: Printed on it; where it cannot stand, nothing, and the register's next is taken.
        lots: Lots that really left with their units, by place of the line; those named by the bill
            elsewhere.
        note: Kept with the sale.
        lent: Percent that the cashier was lent for discounts.
        is_settled: Somebody settles it: beyond what was lent their own limit for discounts holds.
        is_priced_otherwise: The device was not given its prices; what is below the list is a discount.
    """

    sale_id: UUID
    shift_id: UUID
    bill: OfflineBill
    sold_at: datetime
    user_id: UUID
    number: str
    lots: Mapping[int, Sequence[tuple[UUID, int]]] = field(default_factory=dict)
    note: str = ""
    lent: Decimal = ZERO
    is_settled: bool = False
    is_priced_otherwise: bool = False


@dataclass(frozen=True, slots=True)
class Posted:
    """A bill that is in the books; `differences` names lines whose price is another by now."""

    receipt: SaleReceipt
    differences: list[dict[str, str]]


def require_as_lent(
    session: Session, ctx: RequestContext, lease: Lease, sale_id: UUID, bill: OfflineBill
) -> None:
    """Refuse to post by itself what the device was not lent: a number, a day, a price, a cashier.

    Raises:
        LeaseEnded, ForeignNumber, ForeignDay, CashierLeft, ForeignPrice: See each.
    """
    if lease.status != LeaseStatus.OPEN:
        raise LeaseEnded("The lease of this device had ended before the bill arrived.")
    require_number(session, ctx, lease, sale_id, bill.place)
    if not holds_on(session, ctx, lease, sale_id, bill):
        raise ForeignDay(
            "The bill is dated when the device might not sell, or before an earlier bill."
        )
    if identity.was_elsewhere(session, ctx, lease.user_id, lease.branch_id, bill.sold_at):
        raise CashierLeft(
            "Its cashier worked at another branch, or was suspended, when the bill is dated."
        )
    require_prices(session, ctx, lease, bill.lines)


def require_number(
    session: Session,
    ctx: RequestContext,
    lease: Lease,
    sale_id: UUID,
    place: int,
    rivals: Sequence[OfflineStatus] = (OfflineStatus.POSTED, OfflineStatus.WAITING),
) -> None:
    """Refuse a number that is not of the block, or that another bill of the lease bears.

    Raises:
        ForeignNumber: It is such a number.
    """
    if not lease.first_number <= place <= lease.end:
        raise ForeignNumber(f"{lease.number(place)} is not a number that the device was lent.")
    other = db.fetch_one(
        session,
        "select 1 from offline_sale where tenant_id = %s and lease_id = %s and place = %s and id <> %s"
        " and status = any(%s)",
        (ctx.tenant_id, lease.id, place, sale_id, list(rivals)),
    )
    if other is not None:
        raise ForeignNumber(f"Another bill of the device bears {lease.number(place)}.")


def holds_on(
    session: Session, ctx: RequestContext, lease: Lease, sale_id: UUID, bill: OfflineBill
) -> bool:
    """Tell whether a lease held when a bill is dated, and the bill stands in the order of its number."""
    day = business_date(bill.sold_at, ctx.time_zone)
    begun = lease.taken_at - CLOCKS_DIFFER <= bill.sold_at <= ctx.now + CLOCKS_DIFFER
    if not begun or day > lease.until_day or fiscal_year(day) != lease.fiscal_year:
        return False
    other = db.fetch_one(
        session,
        "select 1 from offline_sale where tenant_id = %s and lease_id = %s and status = %s and id <> %s"
        " and ((place < %s and sold_at > %s) or (place > %s and sold_at < %s)) limit 1",
        (
            ctx.tenant_id, lease.id, OfflineStatus.POSTED, sale_id,
            bill.place, bill.sold_at, bill.place, bill.sold_at,
        ),
    )  # fmt: skip
    return other is None


def try_to_post(session: Session, ctx: RequestContext, taken: Taken) -> Posted | DomainError:
    """Post a bill in full, or leave nothing of it and return why it is refused.

    Locks as `post_sale` does.
    """
    try:
        with db.attempt(session):
            posted = _post(session, ctx, taken)
            db.send_rows(session)
            db.execute(session, "set constraints all immediate")
            db.execute(session, "set constraints all deferred")
    except DomainError as refusal:
        return refusal
    except (IntegrityError, DataError, psycopg.IntegrityError, psycopg.DataError) as error:
        return refusal_for(error)
    return posted


def _post(session: Session, ctx: RequestContext, taken: Taken) -> Posted:
    acting = replace(ctx, now=taken.sold_at, user_id=taken.user_id)
    shift = hold_open_shift(session, acting, taken.shift_id)
    buyer = party.get_party_for_sale(session, acting, None)
    cart = _cart(taken, _units_of(session, acting, taken.bill))
    sold = draw_up(session, acting, shift, buyer, cart, Occasion("paid"))
    _require_totals(sold, taken.bill.totals, is_split=_is_split(taken, sold.parts))
    _require_discount(session, ctx, taken, sold)
    require_prescription(acting, [part.goods for part in sold.parts], None)
    offer = Offer(cart, shift, buyer, sold)
    settlement = settle(sold.totals.invoice_value, offer.cmd.tenders)
    receipt = sell(session, acting, offer, settlement, taken.number)
    return Posted(receipt, _differences(sold.parts))


def _units_of(
    session: Session, ctx: RequestContext, bill: OfflineBill
) -> Mapping[UUID, Mapping[str, Fraction]]:
    """Return the units the goods of a bill are traded in; asked only where a line names one."""
    ids = sorted({line.variant_id for line in bill.lines if line.sold})
    if not ids:
        return {}
    goods = catalog.get_lines_for_sale(session, ctx, ids, ctx.today, including_inactive=True)
    return {variant_id: line.units for variant_id, line in goods.items()}


def _cart(taken: Taken, units_of: Mapping[UUID, Mapping[str, Fraction]]) -> PostSale:
    lines = [
        CartLine(
            variant_id=line.variant_id,
            free_quantity=0,
            unit_price=line.unit_price,
            discount_percent=line.discount_percent,
            lot_id=lot_id,
            reason=WHY,
            **_counted(line, units, units_of.get(line.variant_id, {})),
        )
        for at, line in enumerate(taken.bill.lines)
        for lot_id, units in taken.lots.get(at) or [(line.lot_id, line.quantity)]
    ]
    tenders = [
        GivenTender(method=TenderMethod(t.method), amount=t.amount, reference=t.reference)
        for t in taken.bill.tenders
    ]
    return PostSale(
        sale_id=taken.sale_id,
        shift_id=taken.shift_id,
        lines=tuple(lines),
        tenders=tuple(tenders),
        bill_discount=taken.bill.bill_discount,
        note=taken.note,
    )


def _counted(line: OfflineLine, units: int, traded: Mapping[str, Fraction]) -> dict[str, Any]:
    """Return units of a line as they were sold: in base units where that unit is another by now."""
    factor = traded.get(line.unit) if line.sold and units == line.quantity else None
    if line.sold and factor is not None and factor * line.sold == units:
        return {"quantity": line.sold, "unit": line.unit}
    return {"quantity": units}


def _require_discount(session: Session, ctx: RequestContext, taken: Taken, sold: Bill) -> None:
    """Refuse more than the cashier was lent; who settles the bill goes up to their own limit."""
    is_taken_off = sold.discount.total or any(part.asked.discount_percent for part in sold.parts)
    level = sold.discount_level if is_taken_off else ZERO
    if taken.is_priced_otherwise:
        kept = (HUNDRED - _below_list(sold.parts)) * (HUNDRED - level) / HUNDRED
        level = (HUNDRED - kept).quantize(LEVEL_PLACES, ROUND_HALF_UP)
    elif level <= taken.lent and not sold.beyond(_lent_ceilings(taken.bill)):
        return
    if not taken.is_settled:
        raise ForeignDiscount(_beyond_lent(taken, sold, level))
    beyond = sold.beyond(sold.ceilings)
    require_within_limit(session, ctx, "discount", taken.sale_id, level, beyond)


def _lent_ceilings(bill: OfflineBill) -> dict[UUID, Decimal]:
    """Return the ceilings that the device was given with the goods of a bill, whose seals are checked."""
    return {line.variant_id: Decimal(line.ceiling) for line in bill.lines if line.ceiling}


def _beyond_lent(taken: Taken, sold: Bill, level: Decimal) -> str:
    off, lent = f"{level.normalize():f}", f"{taken.lent.normalize():f}"
    goods = sold.beyond(_lent_ceilings(taken.bill))
    bound = goods if level <= taken.lent else f"the cashier was lent {lent}% for discounts"
    return f"{off}% was taken off; {bound}."


def lent_discount(lease: Lease, bill: OfflineBill) -> Decimal:
    """Return the percent that the server lent for discounts; nothing where the bill only says so."""
    is_ours = seal_of_discount(lease.id, bill.discount_limit) == bill.discount_seal
    return Decimal(bill.discount_limit) if is_ours else ZERO


def _is_split(taken: Taken, parts: Sequence[Part]) -> bool:
    """Whether a line of the paper became several of the invoice: of other lots, or of one on several shelves."""
    lots = {(part.line, part.pick.lot_id) for part in parts}
    return len(lots) < len(parts) or any(len(picks) > 1 for picks in taken.lots.values())


def _require_totals(sold: Bill, shown: OfflineTotals, *, is_split: bool) -> None:
    """The customer's paper and the books say the same, to the paisa.

    Tax is rounded lot by lot and shelf by shelf, so a line that left from more lots than its paper
    names, or from several shelves, may bear a paisa more or less; what was paid is the same.
    """
    ours = sold.totals
    tax = (ours.taxable_value, ours.cgst, ours.sgst)
    is_same = is_split or tax == (shown.taxable, shown.cgst, shown.sgst)
    if not is_same or ours.invoice_value != shown.total:
        raise OtherTotal(
            f"The receipt says {shown.total} with {shown.cgst + shown.sgst} tax; by today's rates it is"
            f" {ours.invoice_value} with {ours.cgst + ours.sgst}."
        )


def _below_list(parts: Sequence[Part]) -> Decimal:
    """Return by how many percent of the list the cheapest part was sold below it."""
    paid = [part.trace for part in parts if part.trace.get("source") == "paid"]
    levels = [
        HUNDRED - HUNDRED * Decimal(each["paid"]) / Decimal(each["now"])
        for each in paid
        if Decimal(each["now"]) > 0
    ]
    return max([ZERO, *levels]).quantize(LEVEL_PLACES, ROUND_HALF_UP)


def _differences(parts: Sequence[Part]) -> list[dict[str, str]]:
    return [
        {"label": part.goods.label, "paid": part.trace["paid"], "now": part.trace["now"]}
        for part in parts
        if part.trace.get("source") == "paid"
    ]
