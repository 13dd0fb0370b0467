"""What customers have in points, and how they came by it."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services import party
from erp.services.loyalty.programme import hold_terms
from erp.services.platform import (
    LAST_ID,
    Page,
    Query,
    Result,
    Rows,
    decode_cursor,
    encode_cursor,
    query,
)


class GetPoints(Query):
    """What one customer has."""

    party_id: UUID


class Points(Result):
    """A customer's points today.

    Attributes:
        balance: Points that can be spent. value: rupees they pay.
        lapsing: Points of the lots that lapse first, on `lapses_on`.
        is_spendable: The programme runs, and there are as many as are spent at once.
    """

    is_active: bool
    balance: int
    value: Decimal
    worth: Decimal
    minimum_points: int
    lapsing: int
    lapses_on: date | None
    is_spendable: bool


class ListPoints(Page):
    """Changes of points, newest first."""

    party_id: UUID | None = None


class PointsRow(Result):
    """One change."""

    id: UUID
    party_id: UUID
    customer: str
    kind: str
    points: int
    origin_type: str
    origin_id: UUID
    reason: str
    expires_on: date | None
    effective_at: datetime


class PointsPage(Rows):
    """A page of changes."""

    rows: list[PointsRow]


@query("loyalty.get_points", permission="loyalty.view", rest="GET /parties/{party_id}/points")
def get_points(session: Session, ctx: RequestContext, wanted: GetPoints) -> Points:
    """Return what a customer has in points and what those pay.

    Raises:
        UnknownParty: There is no such customer.
    """
    party.check_known(session, ctx, wanted.party_id, "party_id")
    return points_of(session, ctx, wanted.party_id)


def points_of(session: Session, ctx: RequestContext, party_id: UUID) -> Points:
    """Return what a customer has in points and what those pay."""
    terms = hold_terms(session, ctx)
    rows = db.fetch_all(
        session,
        "select expires_on, sum(remaining)::bigint as points from loyalty_lot where tenant_id = %s"
        " and company_id = %s and party_id = %s and remaining > 0"
        " and (expires_on is null or expires_on >= %s) group by expires_on order by 1 nulls last",
        (ctx.tenant_id, ctx.company_id, party_id, ctx.today),
    )
    balance = sum(row["points"] for row in rows)
    first = rows[0] if rows and rows[0]["expires_on"] is not None else None
    return Points(
        is_active=terms.is_active,
        balance=balance,
        value=balance * terms.worth,
        worth=terms.worth,
        minimum_points=terms.minimum_points,
        lapsing=first["points"] if first else 0,
        lapses_on=first["expires_on"] if first else None,
        is_spendable=terms.is_active and balance >= max(terms.minimum_points, 1),
    )


def points_by(session: Session, ctx: RequestContext, origin_id: UUID) -> tuple[int, int]:
    """Return the points that a sale earned and that it spent."""
    row = db.fetch_one(
        session,
        "select coalesce(sum(points) filter (where kind = 'earn'), 0)::bigint as earned,"
        " coalesce(-sum(points) filter (where kind = 'spend'), 0)::bigint as spent"
        " from loyalty_entry where tenant_id = %s and origin_id = %s",
        (ctx.tenant_id, origin_id),
    )
    return (row["earned"], row["spent"]) if row else (0, 0)


@query("loyalty.list_points", permission="loyalty.view", rest="GET /points-entries")
def list_points(session: Session, ctx: RequestContext, wanted: ListPoints) -> PointsPage:
    """List changes of points, newest first: of one customer, or of all by words of their name."""
    after = decode_cursor(wanted.cursor, 1) or [LAST_ID]
    rows = db.fetch_all(
        session,
        """
        select e.id, e.party_id, p.name as customer, e.kind, e.points, e.origin_type, e.origin_id,
               e.reason, e.expires_on, e.effective_at
          from loyalty_entry e
          join party p on (p.tenant_id, p.id) = (e.tenant_id, e.party_id)
         where e.tenant_id = %(tenant)s and e.id < %(id)s::uuid
           and (%(party)s::uuid is null or e.party_id = %(party)s)
           and (%(search)s = '' or p.name ilike '%%' || %(search)s || '%%')
         order by e.id desc limit %(limit)s
        """,
        {
            "tenant": ctx.tenant_id,
            "id": after[0],
            "party": wanted.party_id,
            "search": wanted.search,
            "limit": wanted.limit + 1,
        },
    )
    page = [PointsRow(**row) for row in rows[: wanted.limit]]
    return PointsPage(
        rows=page, next_cursor=encode_cursor(page[-1].id) if len(rows) > wanted.limit else ""
    )
