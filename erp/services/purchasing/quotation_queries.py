"""Reads of requests for quotation: the list, one of them, and every price ever offered."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.models.purchasing import RequestStatus
from erp.services.platform import (
    LAST_ID,
    Order,
    Page,
    Query,
    Result,
    Rows,
    SortedPage,
    conditions_of,
    decode_cursor,
    encode_cursor,
    fetch_page,
    query,
)
from erp.services.purchasing.errors import UnknownRequest


class ListRequests(SortedPage):
    """Which requests of the acting branch to list.

    Attributes:
        search: Beginning of the number, or of a supplier's name.
        standing: `waiting`: open with answers missing, `overdue`: those whose last day has gone by,
            `answered`: open and everybody answered.
    """

    sort: Annotated[
        str,
        Order(
            "-id",
            {
                "number": "text",
                "asked_at": "instant",
                "answer_by": "day",
                "status": "text",
                "products": "number",
                "answered": "number",
            },
        ),
    ] = ""
    status: RequestStatus | None = None
    standing: Literal["", "waiting", "overdue", "answered"] = ""
    supplier_id: UUID | None = None


class RequestRow(Result):
    """A request on a list; `is_overdue` where answers are missing after the last day."""

    id: UUID
    number: str
    status: RequestStatus
    asked_at: datetime
    asked_by: str
    answer_by: date
    needed_by: date | None
    products: int
    suppliers: int
    answered: int
    is_overdue: bool


class RequestPage(Rows):
    """A page of requests, the newest first."""

    rows: list[RequestRow]


class GetRequest(Query):
    """One request for quotation."""

    request_id: UUID


class RequestLineDetail(Result):
    """A line, in base units; `requisitions` are the numbers of those it is asked for."""

    line_no: int
    variant_id: UUID
    label: str
    sku: str
    unit: str
    quantity: int
    requisitions: str


class AskedSupplier(Result):
    """A supplier who is asked; `answered_on` of the newest answer."""

    supplier_id: UUID
    supplier: str
    answered_on: date | None


class RequestDetail(Result):
    """A request with what is asked and of whom; `purchasing.compare_quotations` has the answers."""

    id: UUID
    number: str
    status: RequestStatus
    needed_by: date | None
    answer_by: date
    note: str
    asker: str
    asked_at: datetime
    ended_by: str
    ended_at: datetime | None
    end_reason: str
    lines: list[RequestLineDetail]
    suppliers: list[AskedSupplier]


class ListOffers(Page):
    """Which variant's offers."""

    variant_id: UUID


class OfferRow(Result):
    """A price that a supplier offered, chosen or not.

    Attributes:
        price: Of one base unit, tax excluded. effective: with the scheme's free units counted.
        request: Number of the request it answers. is_chosen: It won its line.
    """

    id: UUID
    request_id: UUID
    request: str
    supplier_id: UUID
    supplier: str
    answered_on: date
    valid_until: date
    price: Decimal
    scheme_paid: int
    scheme_free: int
    effective: Decimal
    unit: str
    is_chosen: bool


class OfferPage(Rows):
    """A page of offers, the newest first."""

    rows: list[OfferRow]


_LIST: LiteralString = """
    select q.id, q.number, q.status, q.asked_at, coalesce(m.display_name, '') as asked_by,
           q.answer_by, q.needed_by, s.suppliers, s.answered,
           (select count(*) from quotation_request_line l
             where l.tenant_id = q.tenant_id and l.request_id = q.id) as products,
           q.status = 'open' and s.answered < s.suppliers and q.answer_by < %(today)s as is_overdue
      from quotation_request q
      join lateral (
            select count(*) as suppliers,
                   count(*) filter (where exists (
                        select from supplier_quotation a
                         where a.tenant_id = x.tenant_id and a.request_id = x.request_id
                           and a.supplier_id = x.supplier_id)) as answered
              from quotation_request_supplier x
             where x.tenant_id = q.tenant_id and x.request_id = q.id) s on true
      left join membership m on (m.tenant_id, m.user_id) = (q.tenant_id, q.asked_by)
     where q.tenant_id = %(tenant)s and q.branch_id = %(branch)s
"""
_CONDITIONS: dict[str, LiteralString] = {
    "status": "and q.status = %(status)s",
    "supplier_id": "and q.id in (select x.request_id from quotation_request_supplier x"
    " where x.tenant_id = q.tenant_id and x.supplier_id = %(supplier)s)",
    "search": "and (starts_with(q.number, upper(%(search)s)) or q.id in ("
    " select x.request_id from quotation_request_supplier x"
    " join party p on (p.tenant_id, p.id) = (x.tenant_id, x.supplier_id)"
    " where x.tenant_id = q.tenant_id and starts_with(upper(p.name), upper(%(search)s))))",
}
_STANDINGS: dict[str, LiteralString] = {
    "": "",
    "waiting": "and q.status = 'open' and s.answered < s.suppliers",
    "overdue": "and q.status = 'open' and s.answered < s.suppliers and q.answer_by < %(today)s",
    "answered": "and q.status = 'open' and s.answered = s.suppliers",
}


@query("purchasing.list_requests", permission="purchasing.view", rest="GET /quotation-requests")
def list_requests(session: Session, ctx: RequestContext, wanted: ListRequests) -> RequestPage:
    """List requests for quotation of the acting branch, the newest first."""
    parts = (
        _LIST,
        conditions_of(wanted, _CONDITIONS),
        _STANDINGS[wanted.standing],
    )
    given = {
        "tenant": ctx.tenant_id,
        "branch": ctx.branch_id,
        "today": ctx.today,
        "status": wanted.status,
        "supplier": wanted.supplier_id,
        "search": wanted.search.strip(),
    }
    rows, cursor = fetch_page(session, wanted, " ".join(parts), given)
    page = [RequestRow(**row) for row in rows]
    return RequestPage(rows=page, next_cursor=cursor)


@query(
    "purchasing.get_request",
    permission="purchasing.view",
    rest="GET /quotation-requests/{request_id}",
)
def get_request(session: Session, ctx: RequestContext, wanted: GetRequest) -> RequestDetail:
    """Return a request with its lines and suppliers.

    Raises:
        UnknownRequest: The acting branch has no such request.
    """
    head = db.fetch_one(
        session,
        """
        select q.id, q.number, q.status, q.needed_by, q.answer_by, q.note,
               coalesce(asker.display_name, '') as asker, q.asked_at,
               coalesce(ender.display_name, '') as ended_by, q.ended_at, q.end_reason
          from quotation_request q
          left join membership asker on (asker.tenant_id, asker.user_id) = (q.tenant_id, q.asked_by)
          left join membership ender on (ender.tenant_id, ender.user_id) = (q.tenant_id, q.ended_by)
         where q.tenant_id = %s and q.branch_id = %s and q.id = %s
        """,
        (ctx.tenant_id, ctx.branch_id, wanted.request_id),
    )
    if head is None:
        message = "This request is not known here. Choose one of the list."
        raise UnknownRequest(message, fields={"request_id": message})
    lines = db.fetch_all(
        session,
        """
        select l.line_no, l.variant_id, v.label, v.sku, v.base_unit as unit, l.quantity,
               coalesce((select string_agg(distinct q.number, ', ')
                           from quotation_request_source x
                           join purchase_requisition q
                                on (q.tenant_id, q.id) = (x.tenant_id, x.requisition_id)
                          where x.tenant_id = l.tenant_id and x.request_id = l.request_id
                            and x.line_no = l.line_no), '') as requisitions
          from quotation_request_line l
          join variant v on (v.tenant_id, v.id) = (l.tenant_id, l.variant_id)
         where l.tenant_id = %s and l.request_id = %s order by l.line_no
        """,
        (ctx.tenant_id, wanted.request_id),
    )
    suppliers = db.fetch_all(
        session,
        """
        select s.supplier_id, p.name as supplier, max(a.answered_on) as answered_on
          from quotation_request_supplier s
          join party p on (p.tenant_id, p.id) = (s.tenant_id, s.supplier_id)
          left join supplier_quotation a on (a.tenant_id, a.request_id, a.supplier_id)
                    = (s.tenant_id, s.request_id, s.supplier_id)
         where s.tenant_id = %s and s.request_id = %s
         group by s.supplier_id, p.name order by p.name, s.supplier_id
        """,
        (ctx.tenant_id, wanted.request_id),
    )
    return RequestDetail(
        **head,
        lines=[RequestLineDetail(**row) for row in lines],
        suppliers=[AskedSupplier(**row) for row in suppliers],
    )


@query(
    "purchasing.list_offers",
    permission="purchasing.view",
    rest="GET /variants/{variant_id}/prices-offered",
)
def list_offers(session: Session, ctx: RequestContext, wanted: ListOffers) -> OfferPage:
    """Return every price suppliers offered the acting branch for a variant, whoever was chosen."""
    after = decode_cursor(wanted.cursor, 1) or [LAST_ID]
    rows = db.fetch_all(
        session,
        """
        select l.id, a.request_id, q.number as request, a.supplier_id, p.name as supplier,
               a.answered_on, a.valid_until, l.unit_price as price, l.scheme_paid, l.scheme_free,
               case when l.scheme_paid = 0 then l.unit_price else round(
                    l.unit_price * l.scheme_paid / (l.scheme_paid + l.scheme_free), 4) end
               as effective, v.base_unit as unit, c.id is not null as is_chosen
          from supplier_quotation_line l
          join supplier_quotation a on (a.tenant_id, a.id) = (l.tenant_id, l.quotation_id)
          join quotation_request q on (q.tenant_id, q.id) = (a.tenant_id, a.request_id)
          join party p on (p.tenant_id, p.id) = (a.tenant_id, a.supplier_id)
          join variant v on (v.tenant_id, v.id) = (l.tenant_id, l.variant_id)
          left join quotation_choice c on (c.tenant_id, c.quotation_id, c.line_no)
                    = (l.tenant_id, l.quotation_id, l.line_no)
         where l.tenant_id = %s and q.branch_id = %s and l.variant_id = %s and l.id < %s::uuid
         order by l.id desc limit %s
        """,
        (ctx.tenant_id, ctx.branch_id, wanted.variant_id, after[0], wanted.limit + 1),
    )
    page = [OfferRow(**row) for row in rows[: wanted.limit]]
    more = len(rows) > wanted.limit
    return OfferPage(rows=page, next_cursor=encode_cursor(page[-1].id) if more else "")
