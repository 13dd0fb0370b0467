"""Orders and requests for quotation as they are printed: the renderer looks up nothing more."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core.clock import business_date
from erp.core.context import RequestContext
from erp.core.formatting import amount_in_words, date_text
from erp.models.purchasing import OrderStatus, Outcome, RequestStatus
from erp.services import catalog
from erp.services.inventory import shelf_days
from erp.services.party import PrintedParty, printed_branch, printed_contact
from erp.services.purchasing.errors import NotAsked
from erp.services.purchasing.queries import (
    GetOrder,
    OrderDetail,
    OrderLineDetail,
    OrderVersionRow,
    get_order,
)
from erp.services.purchasing.quotation_queries import GetRequest, RequestDetail, get_request


@dataclass(frozen=True, slots=True)
class PrintedOrderLine:
    """Goods that are asked for; `price` is of one `unit`, tax excluded."""

    description: str
    sku: str
    hsn: str
    quantity: Decimal
    free_quantity: Decimal
    unit: str
    price: Decimal
    gst_rate: Decimal
    value: Decimal


@dataclass(frozen=True, slots=True)
class PrintedOrder:
    """A version of an order; the same version in the same standing makes the same file.

    Attributes:
        mark: Why nothing may be delivered on this paper; empty for a version in force.
        approval: Who let it go out, and when.
    """

    number: str
    version: int
    mark: str
    asked_at: datetime
    time_zone: str
    expected_on: date | None
    buyer: PrintedParty
    supplier: PrintedParty
    deliver_to: str
    lines: tuple[PrintedOrderLine, ...]
    taxable: Decimal
    tax: Decimal
    approval: str
    terms: tuple[str, ...]

    @property
    def total(self) -> Decimal:
        """Value of the lines with the tax to expect."""
        return self.taxable + self.tax

    @property
    def words(self) -> str:
        """The total in words."""
        return amount_in_words(self.total)


def get_printed_order(
    session: Session, ctx: RequestContext, order_id: UUID, version: int | None = None
) -> PrintedOrder:
    """Return an order as it is printed, in its version in force unless another is named.

    Raises:
        UnknownOrder: The acting branch has no such order, or the order no such version.
        PermissionDenied: The actor may not see orders.
    """
    order = get_order(session, ctx, GetOrder(order_id=order_id, version=version))
    shown = next(row for row in order.versions if row.version == order.shown_version)
    supplier = printed_contact(session, ctx, order.supplier_id)
    codes = catalog.hsn_codes(session, ctx, [line.variant_id for line in order.lines])
    return PrintedOrder(
        number=order.number,
        version=shown.version,
        mark=_mark(order, shown),
        asked_at=shown.asked_at,
        time_zone=ctx.time_zone,
        expected_on=shown.expected_on,
        buyer=printed_branch(session, ctx, at=shown.asked_at),
        supplier=supplier,
        deliver_to=order.location,
        lines=tuple(_line(line, codes[line.variant_id]) for line in order.lines),
        taxable=shown.taxable,
        tax=shown.tax,
        approval=_approval(shown),
        terms=_terms(order, shown, supplier.credit_days, _asked_life(session, ctx, order, shown)),
    )


def _line(line: OrderLineDetail, hsn: str) -> PrintedOrderLine:
    return PrintedOrderLine(
        description=line.label,
        sku=line.sku,
        hsn=hsn,
        quantity=line.quantity,
        free_quantity=line.free_quantity,
        unit=line.unit,
        price=line.unit_cost,
        gst_rate=line.gst_rate,
        value=line.value,
    )


def _mark(order: OrderDetail, shown: OrderVersionRow) -> str:
    if shown.outcome is None:
        return "Draft - not approved"
    if shown.outcome == Outcome.REFUSED:
        return "Refused"
    if shown.version != order.version:
        return f"Replaced by version {order.version}"
    return "Cancelled" if order.status == OrderStatus.CANCELLED else ""


def _approval(shown: OrderVersionRow) -> str:
    if shown.outcome != Outcome.APPROVED or shown.decided_at is None:
        return ""
    return f"Approved by {shown.decider}" if shown.decider else "Approved"


def _asked_life(
    session: Session, ctx: RequestContext, order: OrderDetail, shown: OrderVersionRow
) -> str:
    variants = [line.variant_id for line in order.lines]
    day = business_date(shown.asked_at, ctx.time_zone)
    return _life_words(shelf_days(session, ctx, order.supplier_id, variants, day))


def _life_words(found: Mapping[UUID, tuple[catalog.Form, int]]) -> str:
    """Return the life asked of goods, the longest first; forms are named where it differs."""
    forms: dict[int, set[str]] = {}
    for form, days in found.values():
        forms.setdefault(days, set()).add(form.replace("_", " "))
    if len(forms) == 1:
        return f"{max(forms)} days" if max(forms) else ""
    asked = [(days, sorted(forms[days])) for days in sorted(forms, reverse=True) if days]
    return ", ".join(f"{days} days ({', '.join(names)})" for days, names in asked)


def _terms(
    order: OrderDetail, shown: OrderVersionRow, credit_days: int, life: str
) -> tuple[str, ...]:
    expected = f"Deliver by {date_text(shown.expected_on)}." if shown.expected_on else ""
    credit = f"Payment within {credit_days} days of the invoice." if credit_days else ""
    terms = (
        shown.note,
        f"Quote {order.number} on the invoice and on the delivery challan.",
        expected,
        f"Goods with less than {life} to their expiry are taken only if we agree beforehand."
        if life
        else "",
        "Prices are without GST. Another price or quantity needs our consent first.",
        credit,
    )
    return tuple(term for term in terms if term)


@dataclass(frozen=True, slots=True)
class PrintedRequestLine:
    """Goods for which a price is asked, in base units."""

    description: str
    sku: str
    hsn: str
    quantity: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class PrintedRequest:
    """A request for one supplier; `mark` says that no answer is wanted any more."""

    number: str
    mark: str
    asked_at: datetime
    time_zone: str
    answer_by: date
    needed_by: date | None
    buyer: PrintedParty
    supplier: PrintedParty
    lines: tuple[PrintedRequestLine, ...]
    terms: tuple[str, ...]


def get_printed_request(
    session: Session, ctx: RequestContext, request_id: UUID, supplier_id: UUID
) -> PrintedRequest:
    """Return a request as it is printed for a supplier.

    Raises:
        UnknownRequest: The acting branch has no such request.
        NotAsked: The supplier is not asked by it.
        PermissionDenied: The actor may not see requests.
    """
    request = get_request(session, ctx, GetRequest(request_id=request_id))
    if supplier_id not in [one.supplier_id for one in request.suppliers]:
        message = "This supplier was not asked."
        raise NotAsked(message, fields={"supplier_id": message})
    variants = [line.variant_id for line in request.lines]
    codes = catalog.hsn_codes(session, ctx, variants)
    day = business_date(request.asked_at, ctx.time_zone)
    asked = shelf_days(session, ctx, supplier_id, variants, day)
    return PrintedRequest(
        number=request.number,
        mark="" if request.status == RequestStatus.OPEN else "Closed",
        asked_at=request.asked_at,
        time_zone=ctx.time_zone,
        answer_by=request.answer_by,
        needed_by=request.needed_by,
        buyer=printed_branch(session, ctx, at=request.asked_at),
        supplier=printed_contact(session, ctx, supplier_id),
        lines=tuple(
            PrintedRequestLine(
                line.label, line.sku, codes[line.variant_id], Decimal(line.quantity), line.unit
            )
            for line in request.lines
        ),
        terms=_request_terms(request, _life_words(asked)),
    )


def _request_terms(request: RequestDetail, life: str) -> tuple[str, ...]:
    needed = f"The goods are needed by {date_text(request.needed_by)}." if request.needed_by else ""
    terms = (
        request.note,
        f"Answer by {date_text(request.answer_by)} and quote {request.number}.",
        needed,
        "Give the price of a unit without GST, free goods as whole units (such as 10 + 1), the MRP.",
        "Say in how many days you deliver, the least you sell, and until when your offer holds.",
        f"Goods with less than {life} to their expiry are not wanted." if life else "",
        "This is not an order.",
    )
    return tuple(term for term in terms if term)
