"""Placing and amending orders: every change is a new version."""

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.clock import fiscal_year
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.ids import new_id
from erp.models.purchasing import OrderStatus, PurchaseOrder
from erp.services import catalog, inventory, party
from erp.services.platform import Command, Day, Series, ShortText, Text, command, next_number
from erp.services.purchasing.errors import VersionWaits
from erp.services.purchasing.holding import hold_order, progress_of, require_newest
from erp.services.purchasing.lines import OrderLines, lay_out, require_at_least
from erp.services.purchasing.suppliers import get_supplier
from erp.services.purchasing.versions import NewVersion, OrderAnswer, keep_version
from erp.services.purchasing.whole_packs import require_sold


class PlaceOrder(Command):
    """Order goods from a supplier.

    Attributes:
        location_id: Where they are to be put; the branch's first storage where none is named.
        expected_on: When they should be here.
        note: For the supplier.
    """

    supplier_id: UUID
    location_id: UUID | None = None
    expected_on: Day | None = None
    note: Text = ""
    lines: OrderLines


class AmendOrder(Command):
    """Replace what was asked of the supplier.

    Attributes:
        version: The newest version, which the person looked at.
        lines: All lines as they shall be, changed or not.
    """

    order_id: UUID
    version: int
    reason: ShortText
    expected_on: Day | None = None
    note: Text = ""
    lines: OrderLines


@command("purchasing.place_order", permission="purchasing.order", rest="POST /purchase-orders")
def place_order(session: Session, ctx: RequestContext, cmd: PlaceOrder) -> OrderAnswer:
    """Make an order; it is in force at once up to the actor's limit, and waits beyond it.

    Raises:
        UnknownParty: The supplier is not in the acting tenant. InactiveParty: it is closed.
        NotASupplier: The party is neither supplier nor manufacturer.
        LicenceMissing, LicenceOtherForm, LicenceExpired: Medicines are ordered of a supplier who may
            not sell them to us; may be confirmed.
        NotSoldSo: The supplier sells more of an item at least, or in other steps; may be confirmed.
        InvalidInput: The goods are expected in the past, or a line is wrong (`lay_out`).

    Emits:
        purchasing.order_asked.v1, in the same transaction.
    """
    _check_supplier(session, ctx, cmd)
    _check_expected(ctx, cmd.expected_on)
    place = inventory.get_owned_place(session, ctx, cmd.location_id)
    laid = lay_out(session, ctx, cmd.lines)
    require_sold(session, ctx, cmd.supplier_id, laid)
    order_id, number = new_id(), _next_number(session, ctx)
    order = {
        "tenant_id": ctx.tenant_id,
        "id": order_id,
        "company_id": ctx.company_id,
        "branch_id": ctx.branch_id,
        "supplier_id": cmd.supplier_id,
        "location_id": place.id,
        "number": number,
        "status": OrderStatus.AWAITING,
        "version": 0,
        "waiting_version": 1,
        "end_reason": "",
    }
    db.insert_rows(session, PurchaseOrder, [order])
    new = NewVersion(
        order_id=order_id,
        number=number,
        supplier_id=cmd.supplier_id,
        version=1,
        in_force=0,
        expected_on=cmd.expected_on,
        note=cmd.note,
        reason="",
        laid=laid,
    )
    return keep_version(session, ctx, new, [])


@command(
    "purchasing.amend_order",
    permission="purchasing.order",
    rest="POST /purchase-orders/{order_id}/versions",
)
def amend_order(session: Session, ctx: RequestContext, cmd: AmendOrder) -> OrderAnswer:
    """Make the next version of an order; while it waits, the one before stays in force.

    Once it is in force, requisitions get back what it leaves out. Locks the order, then them.

    Raises:
        UnknownOrder: The acting branch has no such order. OrderEnded: it takes no change.
        OrderChanged: Another version was made since the order was read.
        VersionWaits: A version waits for an approval.
        BelowReceived: Less is asked for than has come.
        LicenceMissing, LicenceOtherForm, LicenceExpired, NotSoldSo: As in `place_order`.
        InvalidInput: As in `place_order`.

    Emits:
        purchasing.order_asked.v1, and purchasing.requisition_ordered.v1 for each requisition that
        gets goods back, in the same transaction.
    """
    order = hold_order(session, ctx, cmd.order_id)
    require_newest(order, cmd.version)
    if order.waiting_version is not None:
        raise VersionWaits(
            f"Version {order.waiting_version} of order {order.number} waits for an approval."
            " Withdraw it, or wait for the decision."
        )
    _check_expected(ctx, cmd.expected_on)
    _check_licence(session, ctx, order.supplier_id, cmd.lines)
    laid = lay_out(session, ctx, cmd.lines)
    require_sold(session, ctx, order.supplier_id, laid)
    came = progress_of(session, ctx, order.id)
    require_at_least(laid, came)
    new = NewVersion(
        order_id=order.id,
        number=order.number,
        supplier_id=order.supplier_id,
        version=_last_version(session, ctx, order.id) + 1,
        in_force=order.version,
        expected_on=cmd.expected_on,
        note=cmd.note,
        reason=cmd.reason,
        laid=laid,
    )
    return keep_version(session, ctx, new, came)


def _check_supplier(session: Session, ctx: RequestContext, cmd: PlaceOrder) -> None:
    found = get_supplier(session, ctx, cmd.supplier_id)
    if not found.is_active:
        message = f"{found.name} is closed for new business."
        raise party.InactiveParty(message, fields={"supplier_id": message})
    _check_licence(session, ctx, cmd.supplier_id, cmd.lines)


def _check_licence(
    session: Session, ctx: RequestContext, supplier_id: UUID, lines: OrderLines
) -> None:
    variants = [line.variant_id for line in lines]
    catalog.require_licensed_source(session, ctx, supplier_id, variants)


def _check_expected(ctx: RequestContext, expected_on: date | None) -> None:
    if expected_on is not None and expected_on < ctx.today:
        message = "This day has gone by. Choose today or a later day."
        raise InvalidInput(message, fields={"expected_on": message})


def _next_number(session: Session, ctx: RequestContext) -> str:
    return next_number(
        session, ctx, Series(ctx.branch_id, "purchase_order", fiscal_year(ctx.today), "PO")
    )


def _last_version(session: Session, ctx: RequestContext, order_id: UUID) -> int:
    row = db.fetch_one(
        session,
        "select max(version) as last from purchase_order_version"
        " where tenant_id = %s and order_id = %s",
        (ctx.tenant_id, order_id),
    )
    return row["last"] if row else 0
