"""Holding requisitions still while orders take of their goods, or give them back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.models.purchasing import PurchaseRequisitionOrder, RequisitionStatus
from erp.services import workflows
from erp.services.platform import emit
from erp.services.purchasing.errors import RequisitionDone, UnknownRequisition
from erp.services.purchasing.events import RequisitionOrdered


@dataclass(frozen=True, slots=True)
class HeldRequisition:
    """A requisition nobody else can change until the transaction ends."""

    id: UUID
    number: str
    status: str
    asked_by: UUID
    total: Decimal


@dataclass(frozen=True, slots=True)
class Take:
    """Base units of a line of a requisition that an order takes."""

    requisition_id: UUID
    line_no: int
    quantity: int


def hold_requisitions(
    session: Session, ctx: RequestContext, ids: Iterable[UUID]
) -> dict[UUID, HeldRequisition]:
    """Return requisitions of the acting branch and lock their rows, in one order.

    Raises:
        UnknownRequisition: The branch has no such requisition.
    """
    wanted = sorted(set(ids))
    rows = db.fetch_all(
        session,
        "select id, number, status, asked_by, total from purchase_requisition"
        " where tenant_id = %s and branch_id = %s and id = any(%s) order by id for update",
        (ctx.tenant_id, ctx.branch_id, wanted),
    )
    if len(rows) < len(wanted):
        message = "This requisition is not known here. Choose one of the list."
        raise UnknownRequisition(message, fields={"requisition_id": message})
    return {row["id"]: HeldRequisition(**row) for row in rows}


def require_approved(held: Iterable[HeldRequisition]) -> None:
    """Refuse to order what is not approved.

    Raises:
        RequisitionDone: Names the first requisition that is not.
    """
    for one in held:
        if one.status != RequisitionStatus.APPROVED:
            raise RequisitionDone(
                f"Requisition {one.number} is {one.status}, so nothing of it can be ordered."
            )


def take_goods(
    session: Session, ctx: RequestContext, order: tuple[UUID, str], takes: Sequence[Take]
) -> None:
    """Let an order hold goods of requisitions that are locked; the askers are told.

    Args:
        order: Its id and number.

    Raises:
        MoreThanRequested: Less of a line is left to order; a constraint keeps it.

    Emits:
        purchasing.requisition_ordered.v1 for each requisition.
    """
    order_id, _ = order
    rows = [
        {
            "tenant_id": ctx.tenant_id,
            "id": new_id(),
            "requisition_id": take.requisition_id,
            "line_no": take.line_no,
            "order_id": order_id,
            "quantity": take.quantity,
            "taken_by": ctx.user_id,
            "taken_at": ctx.now,
        }
        for take in takes
    ]
    db.insert_rows(session, PurchaseRequisitionOrder, rows)
    _count(session, ctx, takes, 1)
    for row in _settle(session, ctx, {take.requisition_id for take in takes}):
        event = RequisitionOrdered(
            requisition_id=row["id"], order_id=order_id, status=row["status"]
        )
        emit(session, ctx, row["id"], event)
        _tell(session, ctx, row, order)


def give_back(session: Session, ctx: RequestContext, order_id: UUID) -> None:
    """Free what an order holds of requisitions that neither came nor is on order any more.

    The order stands as it is from now on; whoever was taken from first keeps first. The askers are
    told. Locks the requisitions; the order is locked.

    Emits:
        purchasing.requisition_ordered.v1 for each requisition that gets goods back.
    """
    takes = _not_covered(session, ctx, order_id)
    if not takes:
        return
    touched = hold_requisitions(session, ctx, {take.requisition_id for take in takes})
    _release(session, ctx, order_id, takes)
    _count(session, ctx, takes, -1)
    for row in _settle(session, ctx, touched):
        event = RequisitionOrdered(
            requisition_id=row["id"], order_id=order_id, status=row["status"]
        )
        emit(session, ctx, row["id"], event)
        _tell_given_back(session, ctx, row, order_id)


def _not_covered(session: Session, ctx: RequestContext, order_id: UUID) -> list[Take]:
    """Return what an order holds beyond what came and, while it is placed, is still to come."""
    rows = db.fetch_all(
        session,
        """
        with covered as (
            select p.variant_id, greatest(p.received, l.base_quantity)
                   + greatest(p.free_received, l.base_free) as units
              from purchase_order o
              join purchase_order_progress p on (p.tenant_id, p.order_id) = (o.tenant_id, o.id)
              left join purchase_order_line l on (l.tenant_id, l.order_id, l.line_no, l.version)
                        = (p.tenant_id, p.order_id, p.line_no, o.version) and o.status = 'placed'
             where o.tenant_id = %(tenant)s and o.id = %(order)s
        ), held as (
            select t.id, t.requisition_id, t.line_no, t.quantity, coalesce(c.units, 0) as covered,
                   sum(t.quantity) over (partition by r.variant_id order by t.id) as so_far
              from purchase_requisition_order t
              join purchase_requisition_line r using (tenant_id, requisition_id, line_no)
              left join covered c on c.variant_id = r.variant_id
             where t.tenant_id = %(tenant)s and t.order_id = %(order)s and t.released_at is null
        )
        select requisition_id, line_no, least(quantity, so_far - covered)::bigint as quantity
          from held where so_far > covered order by id
        """,
        {"tenant": ctx.tenant_id, "order": order_id},
    )
    return [Take(**row) for row in rows]


def _release(session: Session, ctx: RequestContext, order_id: UUID, takes: Sequence[Take]) -> None:
    """Lessen what an order holds; of what it gives back whole it keeps the units it had taken."""
    db.execute(
        session,
        """
        update purchase_requisition_order t
           set quantity = case when t.quantity > x.units then t.quantity - x.units
                               else t.quantity end,
               released_at = case when t.quantity > x.units then null else %s::timestamptz end
          from unnest(%s::uuid[], %s::int[], %s::bigint[]) as x (requisition_id, line_no, units)
         where t.tenant_id = %s and t.order_id = %s
           and t.requisition_id = x.requisition_id and t.line_no = x.line_no
        """,
        (
            ctx.now,
            [take.requisition_id for take in takes],
            [take.line_no for take in takes],
            [take.quantity for take in takes],
            ctx.tenant_id,
            order_id,
        ),
    )


def _count(session: Session, ctx: RequestContext, takes: Sequence[Take], sign: int) -> None:
    db.execute(
        session,
        """
        update purchase_requisition_line l set ordered = l.ordered + x.units
          from unnest(%s::uuid[], %s::int[], %s::bigint[]) as x (requisition_id, line_no, units)
         where l.tenant_id = %s and l.requisition_id = x.requisition_id and l.line_no = x.line_no
        """,
        (
            [take.requisition_id for take in takes],
            [take.line_no for take in takes],
            [sign * take.quantity for take in takes],
            ctx.tenant_id,
        ),
    )


def _settle(session: Session, ctx: RequestContext, ids: Iterable[UUID]) -> list[db.Row]:
    """Bring the standing of requisitions up to date with what orders hold."""
    return db.fetch_all(
        session,
        """
        update purchase_requisition q
           set status = case when q.status = 'closed' then 'closed'
                             when exists (select from purchase_requisition_line l
                                           where l.tenant_id = q.tenant_id
                                             and l.requisition_id = q.id
                                             and l.ordered < l.quantity) then 'approved'
                             else 'ordered' end
         where q.tenant_id = %s and q.id = any(%s)
        returning q.id, q.number, q.status, q.asked_by
        """,
        (ctx.tenant_id, sorted(ids)),
    )


def _tell(session: Session, ctx: RequestContext, row: db.Row, order: tuple[UUID, str]) -> None:
    order_id, number = order
    if row["asked_by"] == ctx.user_id:
        return
    whole = "all of it" if row["status"] == RequisitionStatus.ORDERED else "a part of it"
    news = workflows.News(
        kind="purchasing.requisition_ordered",
        title=f"Goods of requisition {row['number']} were ordered",
        body=f"{ctx.user_name}: order {number} takes {whole}.",
        link=f"/purchases/requisitions/{row['id']}",
        dedupe_key=f"requisition-ordered:{row['id']}:{order_id}",
    )
    workflows.notify(session, ctx, [row["asked_by"]], news)


def _tell_given_back(session: Session, ctx: RequestContext, row: db.Row, order_id: UUID) -> None:
    if row["asked_by"] == ctx.user_id:
        return
    order = db.fetch_one(
        session,
        "select number, version, status from purchase_order where tenant_id = %s and id = %s",
        (ctx.tenant_id, order_id),
    )
    assert order is not None  # noqa: S101  it gave goods back
    news = workflows.News(
        kind="purchasing.requisition_given_back",
        title=f"Goods of requisition {row['number']} were given back",
        body=f"{ctx.user_name}: order {order['number']} does not bring all of it any more.",
        link=f"/purchases/requisitions/{row['id']}",
        severity="warning",
        dedupe_key=f"requisition-given-back:{row['id']}:{order_id}:{order['version']}"
        f":{order['status']}",
    )
    workflows.notify(session, ctx, [row["asked_by"]], news)
