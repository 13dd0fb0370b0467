"""Versions of an order: kept as they were asked for, with who decided on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.formatting import money_text
from erp.core.ids import new_id
from erp.models.purchasing import (
    OrderStatus,
    Outcome,
    PurchaseOrderDecision,
    PurchaseOrderVersion,
)
from erp.services import inventory, workflows
from erp.services.platform import Result, emit
from erp.services.purchasing.events import OrderAsked
from erp.services.purchasing.holding import Progress
from erp.services.purchasing.lines import LaidOut, value_of, write_lines
from erp.services.purchasing.requisition_holding import give_back

LIMIT = "purchase_amount"
"""Attribute limit of a role: the largest order, tax included, that goes out unasked."""

APPROVE = "purchasing.approve"


class OrderAnswer(Result):
    """An order after a command; `total` is its newest version's, expected tax included."""

    id: UUID
    number: str
    status: OrderStatus
    version: int
    waiting_version: int | None
    total: Decimal


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A version about to be kept; `in_force` is the one before it, zero where there is none."""

    order_id: UUID
    number: str
    supplier_id: UUID
    version: int
    in_force: int
    expected_on: date | None
    note: str
    reason: str
    laid: Sequence[LaidOut]

    @property
    def total(self) -> Decimal:
        """Value of the lines with the tax to expect."""
        taxable, tax = value_of(self.laid)
        return taxable + tax


def keep_version(
    session: Session, ctx: RequestContext, new: NewVersion, came: Sequence[Progress]
) -> OrderAnswer:
    """Write a version and its lines; within the actor's limit it is in force at once.

    Suggestions are closed last: whoever orders requisitions locks those before suggestions too.

    Emits:
        purchasing.order_asked.v1, in the same transaction.
    """
    within = new.total <= ctx.limit(LIMIT)
    taxable, tax = value_of(new.laid)
    row = {
        "tenant_id": ctx.tenant_id,
        "id": new_id(),
        "order_id": new.order_id,
        "version": new.version,
        "expected_on": new.expected_on,
        "note": new.note,
        "reason": new.reason,
        "taxable": taxable,
        "tax": tax,
        "asked_by": ctx.user_id,
        "asked_at": ctx.now,
    }
    db.insert_rows(session, PurchaseOrderVersion, [row])
    write_lines(session, ctx, (new.order_id, new.version), new.laid, came)
    event = OrderAsked(
        order_id=new.order_id,
        version=new.version,
        supplier_id=new.supplier_id,
        total=new.total,
        is_waiting=not within,
    )
    emit(session, ctx, new.order_id, event)
    answer = (_place if within else _ask)(session, ctx, new)
    variants = [line.asked.variant_id for line in new.laid]
    holder = (inventory.SuggestionStatus.ORDERED, new.order_id)
    inventory.close_suggestions(session, ctx, holder, variants)
    return answer


def _place(session: Session, ctx: RequestContext, new: NewVersion) -> OrderAnswer:
    record_decision(session, ctx, (new.order_id, new.version), Outcome.APPROVED)
    put_in_force(session, ctx, new.order_id, new.version)
    return OrderAnswer(
        id=new.order_id,
        number=new.number,
        status=OrderStatus.PLACED,
        version=new.version,
        waiting_version=None,
        total=new.total,
    )


def _ask(session: Session, ctx: RequestContext, new: NewVersion) -> OrderAnswer:
    db.execute(
        session,
        "update purchase_order set waiting_version = %s where tenant_id = %s and id = %s",
        (new.version, ctx.tenant_id, new.order_id),
    )
    news = workflows.News(
        kind="purchasing.order_waiting",
        title=f"Order {new.number} waits for your approval",
        body=f"{ctx.user_name} asks for {money_text(new.total)}.",
        link=f"/purchases/{new.order_id}",
        dedupe_key=f"purchase-order:{new.order_id}:{new.version}",
    )
    workflows.notify_members(session, ctx, permission=APPROVE, news=news)
    return OrderAnswer(
        id=new.order_id,
        number=new.number,
        status=OrderStatus.PLACED if new.in_force else OrderStatus.AWAITING,
        version=new.in_force,
        waiting_version=new.version,
        total=new.total,
    )


def put_in_force(session: Session, ctx: RequestContext, order_id: UUID, version: int) -> None:
    """Let a version take the place of the one before; requisitions get back what it leaves out."""
    db.execute(
        session,
        "update purchase_order set status = 'placed', version = %s, waiting_version = null"
        " where tenant_id = %s and id = %s",
        (version, ctx.tenant_id, order_id),
    )
    give_back(session, ctx, order_id)


def record_decision(
    session: Session,
    ctx: RequestContext,
    version_of: tuple[UUID, int],
    outcome: Outcome,
    note: str = "",
) -> None:
    """Keep who decided what about a version of an order."""
    order_id, version = version_of
    row = {
        "tenant_id": ctx.tenant_id,
        "id": new_id(),
        "order_id": order_id,
        "version": version,
        "outcome": outcome,
        "note": note,
        "decided_by": ctx.user_id,
        "decided_at": ctx.now,
    }
    db.insert_rows(session, PurchaseOrderDecision, [row])
