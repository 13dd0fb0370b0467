"""Approvals: a version beyond the asker's limit goes out when someone with the limit says so."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput, PermissionDenied
from erp.core.formatting import money_text
from erp.models.purchasing import OrderStatus, Outcome
from erp.services import workflows
from erp.services.platform import Command, Text, command, emit
from erp.services.purchasing.errors import BelowReceived, BeyondLimit, OrderChanged
from erp.services.purchasing.events import OrderDecided
from erp.services.purchasing.finishing import end_order
from erp.services.purchasing.holding import HeldOrder, hold_order
from erp.services.purchasing.versions import (
    LIMIT,
    OrderAnswer,
    put_in_force,
    record_decision,
)


class DecideOrder(Command):
    """Approve or refuse a waiting version.

    Attributes:
        note: Why; asked for when the version is refused.
    """

    order_id: UUID
    version: int
    outcome: Outcome
    note: Text = ""


class WithdrawOrder(Command):
    """Take one's own waiting version back."""

    order_id: UUID
    version: int


@command(
    "purchasing.decide_order",
    permission="purchasing.approve",
    rest="POST /purchase-orders/{order_id}/decisions",
)
def decide_order(session: Session, ctx: RequestContext, cmd: DecideOrder) -> OrderAnswer:
    """Put a waiting version in force, or refuse it; the asker is told.

    A refused first version ends the order; a refused amendment leaves the version before in
    force. Requisitions get back what is not on order any more. Locks the order, then them.

    Raises:
        UnknownOrder: The acting branch has no such order. OrderEnded: it is over.
        OrderChanged: No such version waits.
        BeyondLimit: The version is worth more than the actor may let go out.
        BelowReceived: More came while it waited than it asks for.
        InvalidInput: It is refused without a word.

    Emits:
        purchasing.order_decided.v1, and purchasing.requisition_ordered.v1 for each requisition that
        gets goods back, in the same transaction.
    """
    order = hold_order(session, ctx, cmd.order_id)
    asked_by, total = _waiting(session, ctx, order, cmd.version)
    if cmd.outcome is Outcome.REFUSED and not cmd.note:
        message = "Say why, so that the asker knows what to change."
        raise InvalidInput(message, fields={"note": message})
    if cmd.outcome is Outcome.APPROVED and total > ctx.limit(LIMIT):
        message = (
            f"This order is worth {money_text(total)}, beyond your limit of"
            f" {money_text(ctx.limit(LIMIT))}. Ask an owner to approve it."
        )
        raise BeyondLimit(message, fields={"version": message})
    if cmd.outcome is Outcome.APPROVED:
        _require_covers(session, ctx, order)
    _tell(session, ctx, order, asked_by, cmd)
    return _decided(session, ctx, order, (total, cmd.outcome, cmd.note))


@command(
    "purchasing.withdraw_order",
    permission="purchasing.order",
    rest="POST /purchase-orders/{order_id}/withdrawals",
)
def withdraw_order(session: Session, ctx: RequestContext, cmd: WithdrawOrder) -> OrderAnswer:
    """Take one's own waiting version back, as if it had been refused. Locks the order.

    Raises:
        UnknownOrder: The acting branch has no such order. OrderEnded: it is over.
        OrderChanged: No such version waits.
        PermissionDenied: Someone else asked for it.

    Emits:
        purchasing.order_decided.v1, in the same transaction.
    """
    order = hold_order(session, ctx, cmd.order_id)
    asked_by, total = _waiting(session, ctx, order, cmd.version)
    if asked_by != ctx.user_id:
        raise PermissionDenied("Someone else asked for this version. Refuse it instead.")
    return _decided(session, ctx, order, (total, Outcome.REFUSED, "Withdrawn by the asker."))


def _waiting(
    session: Session, ctx: RequestContext, order: HeldOrder, version: int
) -> tuple[UUID, Decimal]:
    """Return who asked for the waiting version and what it is worth with tax."""
    if order.waiting_version != version:
        raise OrderChanged(
            f"Version {version} of order {order.number} does not wait for a decision. Look again."
        )
    row = db.fetch_one(
        session,
        "select asked_by, taxable + tax as total from purchase_order_version"
        " where tenant_id = %s and order_id = %s and version = %s",
        (ctx.tenant_id, order.id, version),
    )
    assert row is not None  # noqa: S101  the order names it
    return row["asked_by"], row["total"]


def _decided(
    session: Session,
    ctx: RequestContext,
    order: HeldOrder,
    decision: tuple[Decimal, Outcome, str],
) -> OrderAnswer:
    total, outcome, note = decision
    waiting = order.waiting_version or 0
    record_decision(session, ctx, (order.id, waiting), outcome, note)
    status, version = OrderStatus.PLACED, order.version
    if outcome is Outcome.APPROVED:
        version = waiting
        put_in_force(session, ctx, order.id, version)
    else:
        status = _set_aside(session, ctx, order, note)
    event = OrderDecided(order_id=order.id, version=waiting, outcome=outcome)
    emit(session, ctx, order.id, event)
    return OrderAnswer(
        id=order.id,
        number=order.number,
        status=status,
        version=version,
        waiting_version=None,
        total=total,
    )


def _set_aside(session: Session, ctx: RequestContext, order: HeldOrder, note: str) -> OrderStatus:
    """Let nothing wait any more; an order with no version in force is over."""
    if not order.version:
        end_order(session, ctx, order, OrderStatus.REFUSED, note)
        return OrderStatus.REFUSED
    db.execute(
        session,
        "update purchase_order set waiting_version = null where tenant_id = %s and id = %s",
        (ctx.tenant_id, order.id),
    )
    return OrderStatus.PLACED


def _require_covers(session: Session, ctx: RequestContext, order: HeldOrder) -> None:
    """Refuse a version that asks for less than has come while it waited.

    Raises:
        BelowReceived: Names the products.
    """
    short = db.fetch_all(
        session,
        """
        select v.label from purchase_order_progress p
          join variant v on (v.tenant_id, v.id) = (p.tenant_id, p.variant_id)
          left join purchase_order_line l on (l.tenant_id, l.order_id, l.line_no)
                    = (p.tenant_id, p.order_id, p.line_no) and l.version = %s
         where p.tenant_id = %s and p.order_id = %s
           and (p.received > coalesce(l.base_quantity, 0) or p.free_received > coalesce(l.base_free, 0))
         order by p.line_no
        """,
        (order.waiting_version, ctx.tenant_id, order.id),
    )
    if short:
        names = ", ".join(row["label"] for row in short)
        message = f"More came meanwhile than this version asks for: {names}. Refuse it."
        raise BelowReceived(message, fields={"version": message})


def _tell(
    session: Session, ctx: RequestContext, order: HeldOrder, asked_by: UUID, cmd: DecideOrder
) -> None:
    if asked_by == ctx.user_id:
        return
    news = workflows.News(
        kind="purchasing.order_decided",
        title=f"Order {order.number} was {cmd.outcome}",
        body=" ".join(part for part in (f"{ctx.user_name}:", cmd.note) if part).rstrip(":"),
        link=f"/purchases/{order.id}",
        severity="info" if cmd.outcome is Outcome.APPROVED else "warning",
        dedupe_key=f"purchase-decision:{order.id}:{cmd.version}",
    )
    workflows.notify(session, ctx, [asked_by], news)
