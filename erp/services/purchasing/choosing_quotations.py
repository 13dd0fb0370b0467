"""Choosing among suppliers' answers: each line gets one, and each supplier chosen gets an order."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import DomainError, InvalidInput, raise_all
from erp.core.formatting import date_text
from erp.core.ids import new_id
from erp.models.purchasing import QuotationChoice, RequestStatus
from erp.services.platform import Closed, Command, Result, Text, command, emit
from erp.services.purchasing.asking_suppliers import HeldRequest, end_request, hold_request
from erp.services.purchasing.comparing_quotations import (
    ComparedLine,
    CompareQuotations,
    Comparison,
    OfferCell,
    compare_quotations,
)
from erp.services.purchasing.errors import LineChosen, NoSuchOffer, OfferLapsed
from erp.services.purchasing.events import QuotationsChosen
from erp.services.purchasing.lines import MOST_LINES, OrderLine
from erp.services.purchasing.placing import PlaceOrder
from erp.services.purchasing.requisition_holding import (
    Take,
    hold_requisitions,
    require_approved,
    take_goods,
)
from erp.services.purchasing.requisition_ordering import placed_for
from erp.services.purchasing.versions import OrderAnswer


class ChosenOffer(Closed):
    """The answer that wins a line."""

    line_no: int
    quotation_id: UUID


class ChooseQuotations(Command):
    """Choose suppliers for lines of a request, all of them or some.

    Attributes:
        reason: Why, asked for where an offer is not the best of its line.
        location_id: Where the goods are to be put; the branch's first storage where none is named.
    """

    request_id: UUID
    lines: Annotated[tuple[ChosenOffer, ...], Field(min_length=1, max_length=MOST_LINES)]
    reason: Annotated[Text, Field(max_length=120)] = ""
    location_id: UUID | None = None


class ChosenQuotations(Result):
    """The request and the orders that were made, one for each supplier."""

    request_id: UUID
    status: RequestStatus
    orders: list[OrderAnswer]


Chosen = tuple[int, ComparedLine, OfferCell]
"""A choice: its place in the command, the line, the offer."""


@command(
    "purchasing.choose_quotations",
    permission="purchasing.order",
    rest="POST /quotation-requests/{request_id}/choices",
)
def choose_quotations(
    session: Session, ctx: RequestContext, cmd: ChooseQuotations
) -> ChosenQuotations:
    """Order lines from the suppliers whose answers are chosen; what lost is kept as a price offered.

    An order is placed by `place_order` in the same transaction, of the fewest units that cover the
    line. What requisitions ask for is ordered with it. Locks the request, then the requisitions.

    Raises:
        UnknownRequest: The branch has no such request. RequestDone: it is decided or closed.
        NoSuchOffer: An answer offers no such line, or a newer one took its place.
        LineChosen: A line has its supplier already.
        InvalidInput: An offer is not the best of its line, and no reason is given.
        OfferLapsed: An offer does not hold any more; may be confirmed.
        RequisitionDone, MoreThanRequested: Goods were ordered, or given up, in another way.
        DomainError: Whatever `place_order` refuses, at our lines.

    Emits:
        purchasing.quotations_chosen.v1, besides the orders' events.
    """
    held = hold_request(session, ctx, cmd.request_id)
    compared = compare_quotations(session, ctx, CompareQuotations(request_id=held.id))
    chosen = _chosen(cmd, compared)
    _require_reason(cmd, chosen)
    _ask_about_lapsed(ctx, chosen, compared)
    sources = _sources(session, ctx, held.id, [line for _, line, _ in chosen])
    named = {take.requisition_id for takes in sources.values() for take in takes}
    require_approved(hold_requisitions(session, ctx, named).values())
    by_supplier: dict[UUID, list[Chosen]] = {}
    for one in chosen:
        by_supplier.setdefault(one[2].supplier_id, []).append(one)
    orders = [_order(session, ctx, (cmd, held), won, sources) for won in by_supplier.values()]
    open_lines = [x for x in compared.lines if x.order_id is None]
    status = RequestStatus.DECIDED if len(chosen) == len(open_lines) else RequestStatus.OPEN
    if status is RequestStatus.DECIDED:
        end_request(session, ctx, held.id, status, "")
    event = QuotationsChosen(
        request_id=held.id, order_ids=[order.id for order in orders], status=status
    )
    emit(session, ctx, held.id, event)
    return ChosenQuotations(request_id=held.id, status=status, orders=orders)


def _chosen(cmd: ChooseQuotations, compared: Comparison) -> list[Chosen]:
    lines = {line.line_no: line for line in compared.lines}
    chosen: list[Chosen] = []
    refusals: list[DomainError] = []
    for at, choice in enumerate(cmd.lines):
        field = f"lines.{at}.quotation_id"
        line = lines.get(choice.line_no)
        offers = line.offers if line else []
        offer = next((x for x in offers if x.quotation_id == choice.quotation_id), None)
        if line is None or offer is None:
            message = "This answer does not offer the line any more. Look at the newest answers."
            refusals.append(NoSuchOffer(message, fields={field: message}))
        elif line.order_id or choice.line_no in [x.line_no for x in cmd.lines[:at]]:
            message = f"{line.label} has its supplier already."
            refusals.append(LineChosen(message, fields={field: message}))
        else:
            chosen.append((at, line, offer))
    raise_all(refusals)
    return chosen


def _require_reason(cmd: ChooseQuotations, chosen: Sequence[Chosen]) -> None:
    dearer = [line.label for _, line, offer in chosen if not offer.is_best]
    if dearer and not cmd.reason:
        message = f"Say why, as there is a better offer of {', '.join(dearer[:3])}."
        raise InvalidInput(message, fields={"reason": message})


def _ask_about_lapsed(ctx: RequestContext, chosen: Sequence[Chosen], compared: Comparison) -> None:
    if OfferLapsed.code in ctx.confirmed:
        return
    ends = {x.supplier_id: (x.supplier, x.valid_until) for x in compared.suppliers}
    refusals: list[DomainError] = []
    for at, _, offer in chosen:
        name, until = ends[offer.supplier_id]
        if offer.is_lapsed and until is not None:
            message = (
                f"The offer of {name} held until {date_text(until)}."
                " Ask them whether it still does; confirm to order at it."
            )
            refusals.append(OfferLapsed(message, fields={f"lines.{at}.quotation_id": message}))
    raise_all(refusals)


def _sources(
    session: Session, ctx: RequestContext, request_id: UUID, lines: Sequence[ComparedLine]
) -> Mapping[int, list[Take]]:
    """Return what of requisitions each line covers: no more than the line asks for."""
    rows = db.fetch_all(
        session,
        "select line_no, requisition_id, requisition_line_no, quantity"
        " from quotation_request_source where tenant_id = %s and request_id = %s order by id",
        (ctx.tenant_id, request_id),
    )
    takes: dict[int, list[Take]] = {}
    for line in lines:
        left = line.quantity
        for row in rows:
            units = min(row["quantity"], left) if row["line_no"] == line.line_no else 0
            if units:
                take = Take(row["requisition_id"], row["requisition_line_no"], units)
                takes.setdefault(line.line_no, []).append(take)
                left -= units
    return takes


def _order(
    session: Session,
    ctx: RequestContext,
    asked: tuple[ChooseQuotations, HeldRequest],
    won: Sequence[Chosen],
    sources: Mapping[int, list[Take]],
) -> OrderAnswer:
    """Make the order of one supplier, and keep why they won."""
    cmd, held = asked
    by = held.needed_by
    order = PlaceOrder(
        supplier_id=won[0][2].supplier_id,
        location_id=cmd.location_id,
        expected_on=by if by is not None and by >= ctx.today else None,
        lines=tuple(
            OrderLine(
                variant_id=line.variant_id,
                quantity=Decimal(offer.paid_units),
                free_quantity=Decimal(offer.free_units),
                unit_cost=offer.unit_price,
            )
            for _, line, offer in won
        ),
    )
    placed = placed_for(session, ctx, order, [at for at, _, _ in won])
    takes = [take for _, line, _ in won for take in sources.get(line.line_no, [])]
    take_goods(session, ctx, (placed.id, placed.number), takes)
    rows = [
        {
            "tenant_id": ctx.tenant_id,
            "id": new_id(),
            "request_id": held.id,
            "line_no": line.line_no,
            "quotation_id": offer.quotation_id,
            "order_id": placed.id,
            "is_cheapest": offer.is_best,
            "reason": "" if offer.is_best else cmd.reason,
            "chosen_by": ctx.user_id,
            "chosen_at": ctx.now,
        }
        for _, line, offer in won
    ]
    db.insert_rows(session, QuotationChoice, rows)
    return placed
