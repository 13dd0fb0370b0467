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
    """Free the goods of requisitions that an order held which came to nothing.

    Locks the requisitions.

    Emits:
        purchasing.requisition_ordered.v1 for each requisition.
    """
    rows = db.fetch_all(
        session,
        "select requisition_id, line_no, quantity from purchase_requisition_order"
        " where tenant_id = %s and order_id = %s and released_at is null",
        (ctx.tenant_id, order_id),
    )
    takes = [Take(**row) for row in rows]
    touched = hold_requisitions(session, ctx, {take.requisition_id for take in takes})
    db.execute(
        session,
        "update purchase_requisition_order set released_at = %s"
        " where tenant_id = %s and order_id = %s and released_at is null",
        (ctx.now, ctx.tenant_id, order_id),
    )
    _count(session, ctx, takes, -1)
    for row in _settle(session, ctx, touched):
        event = RequisitionOrdered(
            requisition_id=row["id"], order_id=order_id, status=row["status"]
        )
        emit(session, ctx, row["id"], event)


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
