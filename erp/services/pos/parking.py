"""Bills put aside and taken up again at any till of the branch."""

import json
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import NotFound
from erp.core.ids import new_id
from erp.services import catalog, inventory, party
from erp.services.platform import (
    Amount,
    Closed,
    Command,
    Identified,
    Nothing,
    Result,
    Rows,
    ShortText,
    command,
    query,
)
from erp.services.pos.basket import MAX_LINES, CartLine, CouponText
from erp.services.pos.prescribing import GivenPrescription
from erp.services.pos.returning import ReturnLine, invoice_of


class ParkedExchange(Closed):
    """Goods of an earlier bill that come back for those of the cart.

    Attributes:
        number: Of that bill. worth: what the goods pay.
    """

    sale_id: UUID
    return_id: UUID
    number: ShortText
    lines: Annotated[tuple[ReturnLine, ...], Field(min_length=1, max_length=MAX_LINES)]
    reason: ShortText
    worth: Amount


class ParkCart(Command):
    """Put a cart aside, with all that it carries, under a name the cashier will know again."""

    label: ShortText
    customer_id: UUID | None = None
    lines: Annotated[tuple[CartLine, ...], Field(min_length=1, max_length=MAX_LINES)]
    bill_discount: Amount | None = None
    coupon: CouponText = ""
    prescription: GivenPrescription | None = None
    exchange: ParkedExchange | None = None


class RecallCart(Command):
    """Take a parked cart up again; it is no longer parked."""

    cart_id: UUID


class ParkedCartRow(Result):
    """A parked bill."""

    id: UUID
    label: str
    line_count: int
    created_at: datetime


class ParkedCarts(Rows):
    """Parked bills of the branch, oldest first."""

    rows: list[ParkedCartRow]


class RecalledCart(Result):
    """A cart as it was parked; prices and lots are looked up afresh."""

    cart: dict[str, Any]


@command("pos.park_cart", permission="pos.sell", rest="POST /parked-carts")
def park_cart(session: Session, ctx: RequestContext, cmd: ParkCart) -> Identified:
    """Put a cart aside; nothing is reserved, and prices are looked up when it is taken up again.

    Raises:
        UnknownProduct: A line's product is not known; names the line.
        NotStocked: A line is a service, which a till does not sell.
        UnknownUnit: Goods are not traded in the unit of a line.
        UnknownLot: A line insists on a lot that its product does not have.
        UnknownParty: The customer is not known.
        NotFound: The bill whose goods come back is not known.
        Conflict: A bill is parked under the name already.
    """
    _require_known(session, ctx, cmd)
    cart_id = new_id()
    cart = cmd.model_dump(mode="json", exclude={"idempotency_key", "label"})
    db.execute(
        session,
        "insert into parked_cart (tenant_id, id, branch_id, label, cart, parked_by)"
        " values (%s, %s, %s, %s, %s::jsonb, %s)",
        (ctx.tenant_id, cart_id, ctx.branch_id, cmd.label, json.dumps(cart), ctx.user_id),
    )
    return Identified(id=cart_id)


def _require_known(session: Session, ctx: RequestContext, cmd: ParkCart) -> None:
    """Refuse what nobody could take up again."""
    goods = catalog.get_stock_variants(session, ctx, [line.variant_id for line in cmd.lines])
    for at, line in enumerate(cmd.lines):
        if line.unit not in goods[line.variant_id].units:
            message = f"{goods[line.variant_id].label} has no unit {line.unit}."
            raise catalog.UnknownUnit(message, fields={f"lines.{at}.unit": message})
    insisted = {
        at: (line.variant_id, line.lot_id) for at, line in enumerate(cmd.lines) if line.lot_id
    }
    inventory.check_lots_known(session, ctx, insisted)
    if cmd.customer_id:
        party.check_known(session, ctx, cmd.customer_id, "customer_id")
    if cmd.exchange:
        invoice_of(session, ctx, cmd.exchange.sale_id, at="exchange.sale_id")


@command("pos.recall_cart", permission="pos.sell", rest="POST /parked-carts/{cart_id}/recall")
def recall_cart(session: Session, ctx: RequestContext, cmd: RecallCart) -> RecalledCart:
    """Take a parked cart; of two tills that try, one gets it.

    Raises:
        NotFound: Nobody parked it here, or another till has taken it.
    """
    row = db.fetch_one(
        session,
        "delete from parked_cart where tenant_id = %s and branch_id = %s and id = %s returning cart",
        (ctx.tenant_id, ctx.branch_id, cmd.cart_id),
    )
    if row is None:
        raise NotFound("This bill is no longer parked; another till may have taken it.")
    return RecalledCart(cart=row["cart"])


@query("pos.list_parked_carts", permission="pos.sell", rest="GET /parked-carts")
def list_parked_carts(session: Session, ctx: RequestContext, _wanted: Nothing) -> ParkedCarts:
    """List parked bills of the branch, oldest first."""
    rows = db.fetch_all(
        session,
        "select id, label, jsonb_array_length(cart -> 'lines') as line_count, created_at from parked_cart"
        " where tenant_id = %s and branch_id = %s order by id limit 200",
        (ctx.tenant_id, ctx.branch_id),
    )
    return ParkedCarts(rows=[ParkedCartRow(**row) for row in rows])
