"""What was found of goods that were looked at: with the lot, and with the delivery."""

from datetime import date, datetime
from typing import Annotated, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.models.inventory import CheckOutcome, PointKind
from erp.services.platform import (
    Order,
    Result,
    Rows,
    SortedPage,
    conditions_of,
    fetch_page,
    query,
)


class ListChecks(SortedPage):
    """Which checks of goods that came into the acting branch to list."""

    sort: Annotated[
        str,
        Order(
            "-id", {"label": "text", "outcome": "text", "received_on": "day", "quantity": "number"}
        ),
    ] = ""
    lot_id: UUID | None = None
    receipt_id: UUID | None = None
    outcome: CheckOutcome | None = None


class FoundAtPoint(Result):
    """A point and what was found."""

    point_no: int
    question: str
    kind: PointKind
    unit: str
    answer: str
    is_failed: bool


class CheckRow(Result):
    """Goods of one lot on a delivery, looked at.

    Attributes:
        quantity: Base units that came. waiting: of them, units whose quarantine is not decided.
    """

    id: UUID
    receipt_id: UUID
    reference: str
    received_on: date
    supplier: str
    variant_id: UUID
    label: str
    lot_id: UUID
    lot_number: str
    checklist: str
    version: int
    outcome: CheckOutcome
    quantity: int
    waiting: int
    checked_by: str
    checked_at: datetime
    points: list[FoundAtPoint]


class CheckPage(Rows):
    """A page of checks, the newest first."""

    rows: list[CheckRow]


_LIST: LiteralString = """
    select c.id, c.receipt_id, g.reference, g.received_on, coalesce(s.name, '') as supplier,
           l.variant_id, v.label, c.lot_id, l.lot_number, k.name as checklist, k.version,
           c.outcome, c.quantity, coalesce(q.waiting, 0) as waiting,
           coalesce(m.display_name, '') as checked_by, c.checked_at
      from quality_check c
      join goods_receipt g on (g.tenant_id, g.id) = (c.tenant_id, c.receipt_id)
      join lot l on (l.tenant_id, l.id) = (c.tenant_id, c.lot_id)
      join variant v on (v.tenant_id, v.id) = (l.tenant_id, l.variant_id)
      join quality_checklist k on (k.tenant_id, k.id) = (c.tenant_id, c.checklist_id)
      left join stock_quarantine q on (q.tenant_id, q.id) = (c.tenant_id, c.quarantine_id)
      left join party s on (s.tenant_id, s.id) = (g.tenant_id, g.supplier_id)
      left join membership m on (m.tenant_id, m.user_id) = (c.tenant_id, c.checked_by)
     where c.tenant_id = %(tenant)s and g.branch_id = %(branch)s
"""
_CONDITIONS: dict[str, LiteralString] = {
    "lot_id": "and c.lot_id = %(lot)s",
    "receipt_id": "and c.receipt_id = %(receipt)s",
    "outcome": "and c.outcome = %(outcome)s",
    "search": "and (starts_with(upper(v.label), upper(%(search)s))"
    " or starts_with(l.lot_number, upper(%(search)s)))",
}


@query("inventory.list_checks", permission="inventory.view", rest="GET /quality-checks")
def list_checks(session: Session, ctx: RequestContext, wanted: ListChecks) -> CheckPage:
    """List what was looked at when goods came into the acting branch, with every answer."""
    parts = (_LIST, conditions_of(wanted, _CONDITIONS))
    given = {
        "tenant": ctx.tenant_id,
        "branch": ctx.branch_id,
        "lot": wanted.lot_id,
        "receipt": wanted.receipt_id,
        "outcome": wanted.outcome,
        "search": wanted.search.strip(),
    }
    rows, cursor = fetch_page(session, wanted, " ".join(parts), given)
    points = _points(session, ctx, [row["id"] for row in rows])
    page = [CheckRow(**row, points=points.get(row["id"], [])) for row in rows]
    return CheckPage(rows=page, next_cursor=cursor)


def _points(
    session: Session, ctx: RequestContext, check_ids: list[UUID]
) -> dict[UUID, list[FoundAtPoint]]:
    rows = db.fetch_all(
        session,
        """
        select a.check_id, a.point_no, p.question, p.kind, p.unit, a.answer, a.is_failed
          from quality_answer a
          join quality_check c on (c.tenant_id, c.id) = (a.tenant_id, a.check_id)
          join quality_point p on (p.tenant_id, p.checklist_id, p.point_no)
                    = (c.tenant_id, c.checklist_id, a.point_no)
         where a.tenant_id = %s and a.check_id = any(%s)
         order by a.check_id, a.point_no
        """,
        (ctx.tenant_id, sorted(check_ids)),
    )
    found: dict[UUID, list[FoundAtPoint]] = {}
    for row in rows:
        found.setdefault(row.pop("check_id"), []).append(FoundAtPoint(**row))
    return found
