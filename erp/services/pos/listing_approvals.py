"""Approvals that were given, at the till by PIN or from elsewhere."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.platform import (
    Day,
    Order,
    Result,
    Rows,
    SortedPage,
    conditions_of,
    fetch_page,
    query,
)


class ListApprovals(SortedPage):
    """Approvals, newest first.

    Attributes:
        from_day, to_day: Business days they were given on, both included.
    """

    sort: Annotated[
        str,
        Order(
            "-id",
            {
                "level": "number",
                "number": "text",
                "requested_by": "text",
                "approved_by": "text",
                "approved_at": "instant",
            },
        ),
    ] = ""
    kind: Literal["", "discount", "return"] = ""
    from_day: Day | None = None
    to_day: Day | None = None


class ApprovalRow(Result):
    """Who approved what for whom, and why.

    Attributes:
        level: Percent of a discount, or the amount of a return.
        sale_id, number: The sale or return it was for; none where that was never completed.
    """

    id: UUID
    kind: str
    level: Decimal
    reason: str
    requested_by: str
    approved_by: str
    approved_at: datetime
    sale_id: UUID | None
    number: str


class ApprovalPage(Rows):
    """A page of approvals."""

    rows: list[ApprovalRow]


_LIST: LiteralString = """
    select a.id, a.kind, (a.facts ->> 'level')::numeric as level, a.reason,
           coalesce(asked.display_name, 'system') as requested_by,
           coalesce(gave.display_name, 'system') as approved_by, a.approved_at,
           s.id as sale_id, coalesce(i.number, '') as number
      from approval a
      left join membership asked on (asked.tenant_id, asked.user_id) = (a.tenant_id, a.requested_by)
      left join membership gave on (gave.tenant_id, gave.user_id) = (a.tenant_id, a.approved_by)
      left join sale s on (s.tenant_id, s.id) = (a.tenant_id, a.origin_id)
      left join invoice i on (i.tenant_id, i.id) = (s.tenant_id, s.invoice_id)
     where a.tenant_id = %(tenant)s
"""
_COUNT: LiteralString = "select count(*) as rows from approval a where a.tenant_id = %(tenant)s"
_CONDITIONS: dict[str, LiteralString] = {
    "kind": "and a.kind = %(kind)s",
    "from_day": "and a.approved_at >= %(from_day)s::date::timestamp at time zone %(zone)s",
    "to_day": "and a.approved_at < (%(to_day)s::date + 1)::timestamp at time zone %(zone)s",
}


@query("pos.list_approvals", permission="pos.view", rest="GET /approvals")
def list_approvals(session: Session, ctx: RequestContext, wanted: ListApprovals) -> ApprovalPage:
    """List approvals that were given, newest first, each with the sale or return it was for."""
    select: LiteralString = f"{_LIST} {conditions_of(wanted, _CONDITIONS)}"
    rows, cursor = fetch_page(session, wanted, select, _given(ctx, wanted))
    return ApprovalPage(rows=[ApprovalRow(**row) for row in rows], next_cursor=cursor)


def count_approvals(session: Session, ctx: RequestContext, wanted: ListApprovals) -> int:
    """Return how many rows all pages of `list_approvals` have."""
    text = f"{_COUNT} {conditions_of(wanted, _CONDITIONS)}"
    row = db.fetch_one(session, text, _given(ctx, wanted))
    return int(row["rows"]) if row else 0


def _given(ctx: RequestContext, wanted: ListApprovals) -> db.Row:
    return {
        "tenant": ctx.tenant_id,
        "zone": ctx.time_zone,
        "kind": wanted.kind,
        "from_day": wanted.from_day,
        "to_day": wanted.to_day,
    }
