"""A request for quotation as it is printed for one supplier."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core.context import RequestContext
from erp.core.formatting import date_text
from erp.models.purchasing import RequestStatus
from erp.services import catalog
from erp.services.inventory import MINIMUM_SHELF_LIFE
from erp.services.party import PrintedParty, printed_branch, printed_contact
from erp.services.purchasing.errors import NotAsked
from erp.services.purchasing.quotation_queries import GetRequest, RequestDetail, get_request


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
    supplier = printed_contact(session, ctx, supplier_id)
    codes = catalog.hsn_codes(session, ctx, [line.variant_id for line in request.lines])
    return PrintedRequest(
        number=request.number,
        mark="" if request.status == RequestStatus.OPEN else "Closed",
        asked_at=request.asked_at,
        time_zone=ctx.time_zone,
        answer_by=request.answer_by,
        needed_by=request.needed_by,
        buyer=printed_branch(session, ctx),
        supplier=supplier,
        lines=tuple(
            PrintedRequestLine(
                line.label, line.sku, codes[line.variant_id], Decimal(line.quantity), line.unit
            )
            for line in request.lines
        ),
        terms=_terms(request),
    )


def _terms(request: RequestDetail) -> tuple[str, ...]:
    needed = f"The goods are needed by {date_text(request.needed_by)}." if request.needed_by else ""
    terms = (
        request.note,
        f"Answer by {date_text(request.answer_by)} and quote {request.number}.",
        needed,
        "Give the price of a unit without GST, free goods as whole units (such as 10 + 1), the MRP.",
        "Say in how many days you deliver, the least you sell, and until when your offer holds.",
        f"Goods with less than {MINIMUM_SHELF_LIFE.days} days to their expiry are not wanted.",
        "This is not an order.",
    )
    return tuple(term for term in terms if term)
