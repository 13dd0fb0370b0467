"""Claims on suppliers: what is still to be credited, and what suppliers gave of it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal, LiteralString
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.money import ZERO
from erp.services.platform import (
    Day,
    Order,
    Query,
    Result,
    Rows,
    SortedPage,
    conditions_of,
    fetch_page,
    query,
)

CLAIMS: LiteralString = """
      from (select c.*, coalesce(b.supplier_id, r.supplier_id) as supplier_id,
                   coalesce(b.branch_id, r.branch_id) as branch_id, b.bill_number,
                   c.taxable + c.tax as asked, c.credited + c.credited_tax as given
              from supplier_claim c
              left join supplier_bill b on (b.tenant_id, b.id) = (c.tenant_id, c.bill_id)
              left join supplier_return r on (r.tenant_id, r.id) = (c.tenant_id, c.return_id)
             where c.tenant_id = %(tenant)s) c
      join party s on (s.tenant_id, s.id) = (c.tenant_id, c.supplier_id)
"""
"""Claims `c` of every branch with what was asked and given, tax included; supplier `s`."""


Answer = Literal["open", "full", "part", "refused"]
"""None yet; all of it, some of it, nothing."""


class ListClaims(SortedPage):
    """Which claims of the acting branch; `search` finds a number or the supplier's name.

    Attributes:
        older_than: Only those raised more than so many days ago.
    """

    sort: Annotated[
        str,
        Order(
            "raised_on",
            {
                "number": "text",
                "supplier": "text",
                "raised_on": "day",
                "given": "number",
                "asked": "number",
            },
        ),
    ] = ""
    standing: Literal["open", "settled"] | None = None
    older_than: Annotated[int, Field(ge=0, le=3650)] | None = None
    supplier_id: UUID | None = None
    raised_from: Day | None = None
    raised_to: Day | None = None


class ClaimRow(Result):
    """A claim; `asked` and `given` with tax, `age_days` until today or the answer.

    Attributes:
        bill_id, return_id: What it is for; one of them is none.
        subject: Number of the supplier's bill, or none for a return.
    """

    id: UUID
    number: str
    supplier_id: UUID
    supplier: str
    bill_id: UUID | None
    return_id: UUID | None
    subject: str
    raised_on: date
    age_days: int
    asked: Decimal
    given: Decimal
    credit_note: str
    reason: str
    answer: Answer
    settled_at: datetime | None


class ClaimPage(Rows):
    """A page of claims, the oldest first, with what is still to come of all that fit."""

    rows: list[ClaimRow]
    still_asked: Decimal


class ClaimRecovery(Query):
    """Claims raised on which days, and on whom; both days count.

    Attributes:
        supplier_id: Every supplier where none is named.
    """

    from_day: Day
    to_day: Day
    supplier_id: UUID | None = None


class RecoveryRow(Result):
    """What a supplier gave of what was claimed, tax included.

    Attributes:
        recovered: Given of `settled`, what was asked of claims they answered.
        share: Percent of it; none while they answered none.
    """

    supplier_id: UUID
    supplier: str
    claims: int
    claimed: Decimal
    settled: Decimal
    recovered: Decimal
    share: Decimal | None


class RecoveryRows(Rows):
    """Suppliers on whom something was claimed, by name."""

    rows: list[RecoveryRow]


_CONDITIONS: dict[str, LiteralString] = {
    "supplier_id": "and c.supplier_id = %(supplier)s",
    "older_than": "and c.raised_on < %(today)s - %(older_than)s::int",
    "raised_from": "and c.raised_on >= %(raised_from)s",
    "raised_to": "and c.raised_on <= %(raised_to)s",
    "search": "and (starts_with(c.number, upper(%(search)s))"
    " or starts_with(upper(s.name), upper(%(search)s)))",
}
_STANDINGS: dict[str | None, LiteralString] = {
    None: "",
    "open": "and c.settled_at is null",
    "settled": "and c.settled_at is not null",
}


@query("billing.list_claims", permission="billing.view_bills", rest="GET /supplier-claims")
def list_claims(session: Session, ctx: RequestContext, wanted: ListClaims) -> ClaimPage:
    """List claims of the acting branch on suppliers, the oldest first."""
    found: tuple[LiteralString, ...] = (
        CLAIMS,
        "where c.branch_id = %(branch)s",
        conditions_of(wanted, _CONDITIONS),
        _STANDINGS[wanted.standing],
    )
    given = {
        "tenant": ctx.tenant_id,
        "branch": ctx.branch_id,
        "zone": ctx.time_zone,
        "today": ctx.today,
        "supplier": wanted.supplier_id,
        "older_than": wanted.older_than,
        "raised_from": wanted.raised_from,
        "raised_to": wanted.raised_to,
        "search": wanted.search.strip(),
    }
    head: LiteralString = """
        select c.id, c.number, c.supplier_id, s.name as supplier, c.bill_id, c.return_id,
               coalesce(c.bill_number, '') as subject, c.raised_on,
               coalesce((c.settled_at at time zone %(zone)s)::date, %(today)s) - c.raised_on
               as age_days, c.asked, c.given, c.credit_note, c.reason, c.settled_at,
               case when c.settled_at is null then 'open' when c.given = 0 then 'refused'
                    when c.given < c.asked then 'part' else 'full' end as answer
    """
    rows, cursor = fetch_page(session, wanted, " ".join((head, *found)), given)
    total: LiteralString = (
        "select coalesce(sum(c.asked) filter (where c.settled_at is null), 0.00) as amount"
    )
    still = db.fetch_one(session, " ".join((total, *found)), given)
    return ClaimPage(
        rows=[ClaimRow(**row) for row in rows],
        still_asked=still["amount"] if still else ZERO,
        next_cursor=cursor,
    )


@query("billing.claim_recovery", permission="billing.view_bills", rest="GET /claim-recovery")
def claim_recovery(session: Session, ctx: RequestContext, wanted: ClaimRecovery) -> RecoveryRows:
    """Return what suppliers gave of what the acting branch claimed in a period.

    Raises:
        InvalidInput: The period ends before it begins.
    """
    if wanted.to_day < wanted.from_day:
        message = "The period ends before it begins."
        raise InvalidInput(message, fields={"to_day": message})
    of_supplier: LiteralString = "and c.supplier_id = %(supplier)s" if wanted.supplier_id else ""
    head: LiteralString = """
        select c.supplier_id, s.name as supplier, count(*) as claims, sum(c.asked) as claimed,
               coalesce(sum(c.asked) filter (where c.settled_at is not null), 0.00) as settled,
               sum(c.given) as recovered,
               round(100.0 * sum(c.given)
                     / nullif(sum(c.asked) filter (where c.settled_at is not null), 0), 1) as share
    """
    tail: LiteralString = """
         where c.branch_id = %(branch)s and c.raised_on between %(first)s and %(last)s
    """
    grouped: LiteralString = "group by c.supplier_id, s.name order by s.name, c.supplier_id"
    parts = (head, CLAIMS, tail, of_supplier, grouped)
    rows = db.fetch_all(
        session,
        " ".join(parts),
        {
            "tenant": ctx.tenant_id,
            "branch": ctx.branch_id,
            "first": wanted.from_day,
            "last": wanted.to_day,
            "supplier": wanted.supplier_id,
        },
    )
    return RecoveryRows(rows=[RecoveryRow(**row) for row in rows])
