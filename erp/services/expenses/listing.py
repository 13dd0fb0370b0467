"""Reading claims: one's own, or everybody's for those who may see them."""

from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, LiteralString
from uuid import UUID

from pydantic import Field, computed_field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.formatting import money_text
from erp.models.expenses import ClaimKind, ClaimStatus
from erp.services.expenses.crediting import what_to_correct
from erp.services.expenses.errors import unknown_claim
from erp.services.expenses.holding import APPROVE, CLAIM, ClaimStanding, why_not_mended
from erp.services.platform import (
    Order,
    Query,
    Result,
    Rows,
    SortedPage,
    conditions_of,
    fetch_page,
    query,
)

SEE_ALL = "expenses.view_all"
Standing = Annotated[str, Field(pattern="^(waiting|unpaid|)$")]


class ListClaims(SortedPage):
    """Claims and vouchers, the newest first.

    Attributes:
        standing: `waiting` for those the actor may decide on, `unpaid` for those that are owed.
    """

    sort: Annotated[
        str,
        Order(
            "-id",
            {
                "number": "text",
                "claimant": "text",
                "submitted_at": "instant",
                "kind": "text",
                "status": "text",
                "total": "number",
            },
        ),
    ] = ""
    kind: ClaimKind | None = None
    status: ClaimStatus | None = None
    standing: Standing = ""
    category_id: UUID | None = None
    from_day: date | None = None
    to_day: date | None = None


class GetClaim(Query):
    """One claim or voucher."""

    claim_id: UUID


class ClaimRow(Result):
    """A claim in a list; `open` is what is still owed to the claimant."""

    id: UUID
    number: str
    kind: ClaimKind
    status: ClaimStatus
    claimant: str
    purpose: str
    branch: str
    submitted_at: datetime
    total: Decimal
    open: Decimal

    @computed_field  # type: ignore[prop-decorator]
    @property
    def owed(self) -> str:
        """Of a booked claim, what is still to be paid, in words."""
        if self.kind != ClaimKind.CLAIM or self.status != ClaimStatus.APPROVED:
            return ""
        return f"{money_text(self.open)} to pay" if self.open else "Paid back"


class ClaimPage(Rows):
    """A page of claims."""

    rows: list[ClaimRow]


class ClaimLineRow(Result):
    """A bill of a claim; `credit_words` say why its GST is a cost."""

    line_no: int
    category_id: UUID
    category: str
    spent_on: date
    supplier: str
    supplier_gstin: str
    bill_number: str
    amount: Decimal
    gst_rate: Decimal
    bill_tax: Decimal | None
    taxable: Decimal
    igst: Decimal
    cgst: Decimal
    sgst: Decimal
    is_credit_taken: bool
    credit_words: str
    cost_centre: str | None
    note: str
    receipt_id: UUID | None
    media_type: str


class ClaimDetail(ClaimRow):
    """A claim with its bills as they were handed in last.

    Attributes:
        igst, cgst, sgst: Credit it takes. party_id: whom it is owed to.
        twins: Numbers of other claims with one of its bills or photos, for who decides.
        may_mend: The actor may hand it in again, or withdraw it.
        corrector: Who gave the GST on a whole bill anew, if it was not the claimant.
        to_correct: What is to be corrected first; approving is refused with the same words.
    """

    branch_id: UUID
    revision: int
    claimant_id: UUID
    float_id: UUID | None
    party_id: UUID | None
    igst: Decimal
    cgst: Decimal
    sgst: Decimal
    corrector: str
    decider: str
    decided_at: datetime | None
    decision_note: str
    booked_on: date | None
    reversed_on: date | None
    ended_by: str
    end_reason: str
    entry_id: UUID | None
    twins: str
    may_mend: bool = False
    to_correct: str = ""
    lines: list[ClaimLineRow]


_OPEN: LiteralString = """
    coalesce((select sum(i.amount - i.settled) from journal_entry e
                join open_item i on (i.tenant_id, i.entry_id) = (e.tenant_id, e.id)
               where e.tenant_id = c.tenant_id and e.origin_id = c.id and e.purpose = 'claim'
                 and i.side = 'credit'), 0)
"""
_TWINS: LiteralString = """
    coalesce((
        select string_agg(distinct twin.number, ', ') from (
        select o.number from (
            select x.tenant_id, x.claim_id, x.revision from expense_claim_line l
              join expense_claim_line x on (x.tenant_id, x.amount) = (l.tenant_id, l.amount)
                   and upper(x.bill_number) = upper(l.bill_number) and (lower(x.supplier) = lower(l.supplier)
                   or l.supplier_gstin <> '' and x.supplier_gstin = l.supplier_gstin)
             where (l.tenant_id, l.claim_id, l.revision) = (c.tenant_id, c.id, c.revision) and l.bill_number <> ''
            union all
            select x.tenant_id, x.claim_id, x.revision from expense_claim_line l
              join expense_receipt p on (p.tenant_id, p.id) = (l.tenant_id, l.receipt_id)
              join expense_receipt q on (q.tenant_id, q.sha256) = (p.tenant_id, p.sha256)
              join expense_claim_line x on (x.tenant_id, x.receipt_id) = (q.tenant_id, q.id)
             where (l.tenant_id, l.claim_id, l.revision) = (c.tenant_id, c.id, c.revision)
        ) x join expense_claim o on (o.tenant_id, o.id, o.revision) = (x.tenant_id, x.claim_id, x.revision)
         where o.id <> c.id and o.company_id = c.company_id and o.status not in ('withdrawn', 'reversed')
        union all
        select o.number from seen_bill_use u
          join seen_bill_use o on (o.tenant_id, o.bill_id) = (u.tenant_id, u.bill_id) and o.source_id <> u.source_id
         where u.tenant_id = c.tenant_id and u.source_id = c.id and u.ended_on is null and o.ended_on is null
        ) twin), '')
"""
_HEAD: LiteralString = f"""
    select c.id, c.number, c.kind, c.status, coalesce(m.display_name, '') as claimant, c.purpose,
           b.name as branch, c.submitted_at, c.total, {_OPEN} as open
"""
_FROM: LiteralString = """
      from expense_claim c
      join branch b on (b.tenant_id, b.id) = (c.tenant_id, c.branch_id)
      left join membership m on (m.tenant_id, m.user_id) = (c.tenant_id, c.claimant_id)
"""
_SEEN: LiteralString = """
     where c.tenant_id = %(tenant)s and c.company_id = %(company)s
       and (%(sees_all)s or c.claimant_id = %(user)s)
"""
_CONDITIONS: dict[str, LiteralString] = {
    "search": "and (c.number ilike '%%' || %(search)s || '%%' or c.purpose ilike '%%' || %(search)s || '%%'"
    " or m.display_name ilike '%%' || %(search)s || '%%')",
    "kind": "and c.kind = %(kind)s",
    "status": "and c.status = %(status)s",
    "category_id": "and exists (select 1 from expense_claim_line l where l.tenant_id = c.tenant_id"
    " and l.claim_id = c.id and l.revision = c.revision and l.category_id = %(category)s)",
    "from_day": "and c.submitted_at >= %(from)s::date::timestamp at time zone %(zone)s",
    "to_day": "and c.submitted_at < (%(to)s::date + 1)::timestamp at time zone %(zone)s",
}
_STANDINGS: dict[str, LiteralString] = {
    "": "",
    "waiting": "and c.status = 'submitted' and c.claimant_id <> %(user)s and %(may_approve)s",
    "unpaid": f"and c.status = 'approved' and c.kind = 'claim' and {_OPEN} > 0",
}


def _given(ctx: RequestContext) -> dict[str, Any]:
    may_approve = ctx.may(APPROVE)
    return {
        "tenant": ctx.tenant_id,
        "company": ctx.company_id,
        "user": ctx.user_id,
        "sees_all": ctx.may(SEE_ALL) or may_approve,
        "may_approve": may_approve,
        "zone": ctx.time_zone,
    }


@query("expenses.list_claims", permission="expenses.view", rest="GET /expense-claims")
def list_claims(session: Session, ctx: RequestContext, wanted: ListClaims) -> ClaimPage:
    """List claims and vouchers, the newest first: one's own, or all for those who may see them."""
    parts = (
        *(_HEAD, _FROM, _SEEN, conditions_of(wanted, _CONDITIONS), _STANDINGS[wanted.standing]),
    )
    given = _given(ctx) | {
        "search": wanted.search,
        "kind": wanted.kind,
        "status": wanted.status,
        "category": wanted.category_id,
        "from": wanted.from_day,
        "to": wanted.to_day,
    }
    rows, cursor = fetch_page(session, wanted, " ".join(parts), given)
    cut = [ClaimRow(**row) for row in rows]
    return ClaimPage(rows=cut, next_cursor=cursor)


@query("expenses.get_claim", permission="expenses.view", rest="GET /expense-claims/{claim_id}")
def get_claim(session: Session, ctx: RequestContext, wanted: GetClaim) -> ClaimDetail:
    """Return a claim with its bills.

    Raises:
        UnknownClaim: There is none that the actor may see.
    """
    more: LiteralString = """,
           c.branch_id, c.revision, c.claimant_id, c.float_id, c.party_id, c.igst, c.cgst, c.sgst,
           coalesce(k.display_name, '') as corrector,
           coalesce(d.display_name, '') as decider, c.decided_at, c.decision_note, c.booked_on,
           c.reversed_on, coalesce(x.display_name, '') as ended_by, c.end_reason,
           (select e.id from journal_entry e where e.tenant_id = c.tenant_id and e.origin_id = c.id
               and e.purpose = 'claim') as entry_id
    """
    joins: LiteralString = """
      left join membership d on (d.tenant_id, d.user_id) = (c.tenant_id, c.decided_by)
      left join membership k on (k.tenant_id, k.user_id) = (c.tenant_id, c.corrected_by)
      left join membership x on (x.tenant_id, x.user_id) = (c.tenant_id, c.ended_by)
    """
    head = db.fetch_one(
        session,
        f"{_HEAD} {more}, {_TWINS} as twins {_FROM} {joins} {_SEEN} and c.id = %(id)s",
        _given(ctx) | {"id": wanted.claim_id},
    )
    if head is None:
        raise unknown_claim()
    lines = db.fetch_all(
        session,
        "select l.line_no, l.category_id, k.name as category, l.spent_on, l.supplier, l.supplier_gstin,"
        " l.bill_number, l.amount, l.gst_rate, l.bill_tax, l.taxable, l.igst, l.cgst, l.sgst, l.is_credit_taken,"
        " l.credit_words, l.cost_centre, l.note, l.receipt_id, coalesce(r.media_type, '') as media_type"
        " from expense_claim_line l"
        " join expense_category k on (k.tenant_id, k.id) = (l.tenant_id, l.category_id)"
        " left join expense_receipt r on (r.tenant_id, r.id) = (l.tenant_id, l.receipt_id)"
        " where l.tenant_id = %s and l.claim_id = %s and l.revision = %s order by l.line_no",
        (ctx.tenant_id, head["id"], head["revision"]),
    )
    found = ClaimDetail(**head, lines=[ClaimLineRow(**row) for row in lines])
    return found.model_copy(update=_offers(session, ctx, found))


def _offers(session: Session, ctx: RequestContext, claim: ClaimDetail) -> dict[str, object]:
    is_open = claim.status in (ClaimStatus.SUBMITTED, ClaimStatus.RETURNED)
    names = (one.name for one in fields(ClaimStanding))
    standing = ClaimStanding(**{name: getattr(claim, name) for name in names})
    return {
        "may_mend": ctx.may(CLAIM) and why_not_mended(ctx, standing) is None,
        "to_correct": what_to_correct(session, ctx, standing) if is_open else "",
    }
