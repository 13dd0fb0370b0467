"""Reads of payment links and of money at providers."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal, LiteralString, TypeVar
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.models.gateways import Provider
from erp.services import billing
from erp.services.gateways.accounts import VIEW
from erp.services.gateways.requesting import unknown_link
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

T = TypeVar("T", bound=Result)
LinkState = Literal["", "due", "refused", "open", "cancelled", "expired", "paid"]


class ListLinks(SortedPage):
    """Which payment links, the newest first."""

    sort: Annotated[
        str,
        Order(
            "-id",
            {
                "party": "text",
                "requested_at": "instant",
                "expires_at": "instant",
                "status": "text",
                "amount": "number",
            },
        ),
    ] = ""
    status: LinkState = ""
    account_id: UUID | None = None
    party_id: UUID | None = None
    invoice_id: UUID | None = None
    from_day: Day | None = None
    to_day: Day | None = None


class LinkRow(Result):
    """A payment link on the list."""

    id: UUID
    reference: str
    party_id: UUID
    party: str
    account: str
    provider: Provider
    description: str
    amount: Decimal
    status: str
    is_cancelling: bool
    url: str
    problem: str
    expires_at: datetime
    requested_at: datetime
    invoice_id: UUID | None


class LinkPage(Rows):
    """A page of payment links."""

    rows: list[LinkRow]


class GetLink(Query):
    """Which payment link."""

    link_id: UUID


class LinkItemRow(Result):
    """What a link's money is for."""

    item_id: UUID
    narration: str
    origin_type: str
    origin_id: UUID
    due_on: date
    amount: Decimal
    open: Decimal


class RefundRow(Result):
    """Money that went back, or shall."""

    id: UUID
    provider_id: str
    amount: Decimal
    reason: str
    status: str
    problem: str
    asked_at: datetime
    repayment_id: UUID | None


class GatewayPaymentRow(Result):
    """A payment at a provider.

    Attributes:
        left: What may be refunded. booked: `receipt`, `unidentified`, or nothing.
    """

    id: UUID
    provider_id: str
    account: str
    status: str
    method: str
    amount: Decimal
    currency: str
    refunded: Decimal
    left: Decimal
    booked: str
    party: str
    receipt_id: UUID | None
    receipt: str
    settlement_id: UUID | None
    captured_at: datetime | None
    seen_at: datetime


class GatewayPaymentPage(Rows):
    """A page of payments at providers."""

    rows: list[GatewayPaymentRow]


class ListGatewayPayments(SortedPage):
    """Which payments at providers, the newest first.

    Attributes:
        booked: `unidentified`: those that nobody was found for.
    """

    sort: Annotated[
        str,
        Order(
            "-id",
            {
                "provider_id": "text",
                "status": "text",
                "captured_at": "instant?",
                "amount": "number",
            },
        ),
    ] = ""
    status: Literal["", "created", "failed", "authorized", "captured"] = ""
    booked: Literal["", "unidentified", "receipt"] = ""
    account_id: UUID | None = None


class LinkDetail(LinkRow):
    """A payment link with what it is for, what was paid by it, and what went back.

    Attributes:
        qr_svg: Its address as a code to scan, while it is open.
    """

    to_email: str
    is_sent: bool
    qr_svg: str
    items: list[LinkItemRow]
    payments: list[GatewayPaymentRow]
    refunds: list[RefundRow]


_LINKS: LiteralString = """
    select l.*, w.name as party, a.name as account, a.provider
      from payment_link l
      join gateway_account a on (a.tenant_id, a.id) = (l.tenant_id, l.account_id)
      join party w on (w.tenant_id, w.id) = (l.tenant_id, l.party_id)
     where l.tenant_id = %(tenant)s and l.company_id = %(company)s
"""
_LINK_CONDITIONS: dict[str, LiteralString] = {
    "status": "and l.status = %(status)s",
    "account_id": "and l.account_id = %(account_id)s",
    "party_id": "and l.party_id = %(party_id)s",
    "invoice_id": "and l.invoice_id = %(invoice_id)s",
    "from_day": "and l.requested_at >= %(from_day)s::date::timestamp at time zone %(zone)s",
    "to_day": "and l.requested_at < (%(to_day)s::date + 1)::timestamp at time zone %(zone)s",
    "search": "and strpos(lower(concat_ws(' ', w.name, l.description, l.reference, l.provider_id)),"
    " lower(%(search)s)) > 0",
}
_PAYMENTS: LiteralString = """
    select g.*, a.name as account, g.amount - g.refunded as left, coalesce(p.number, '') as receipt,
           coalesce(w.name, '') as party,
           case when g.receipt_id is not null then 'receipt' when g.entry_id is not null then 'unidentified'
                else '' end as booked
      from gateway_payment g
      join gateway_account a on (a.tenant_id, a.id) = (g.tenant_id, g.account_id)
      left join payment p on (p.tenant_id, p.id) = (g.tenant_id, g.receipt_id)
      left join party w on (w.tenant_id, w.id) = (p.tenant_id, p.party_id)
     where g.tenant_id = %(tenant)s and g.company_id = %(company)s
"""
_PAYMENT_CONDITIONS: dict[str, LiteralString] = {
    "status": "and g.status = %(status)s",
    "account_id": "and g.account_id = %(account_id)s",
    "booked": "and case when g.receipt_id is not null then 'receipt'"
    " when g.entry_id is not null then 'unidentified' else '' end = %(booked)s",
    "search": "and strpos(lower(concat_ws(' ', g.provider_id, w.name, p.number, g.reference)),"
    " lower(%(search)s)) > 0",
}


@query("gateways.list_links", permission=VIEW, rest="GET /payment-links")
def list_links(session: Session, ctx: RequestContext, wanted: ListLinks) -> LinkPage:
    """List payment links, the newest first, by state, account, customer, days or words."""
    select: LiteralString = f"{_LINKS} {conditions_of(wanted, _LINK_CONDITIONS)}"
    rows, cursor = fetch_page(session, wanted, select, _given(ctx, wanted))
    return LinkPage(rows=[_of(LinkRow, row) for row in rows], next_cursor=cursor)


@query("gateways.get_link", permission=VIEW, rest="GET /payment-links/{link_id}")
def get_link(session: Session, ctx: RequestContext, wanted: GetLink) -> LinkDetail:
    """Return a payment link with what became of it.

    Raises:
        UnknownLink: There is none.
    """
    given = {"tenant": ctx.tenant_id, "company": ctx.company_id, "id": wanted.link_id}
    row = db.fetch_one(session, f"{_LINKS} and l.id = %(id)s", given)
    if row is None:
        raise unknown_link()
    items = db.fetch_all(
        session,
        "select l.item_id, e.narration, e.origin_type, e.origin_id, i.due_on, l.amount, i.amount - i.settled as open"
        " from payment_link_item l join open_item i on (i.tenant_id, i.id) = (l.tenant_id, l.item_id)"
        " join journal_entry e on (e.tenant_id, e.id) = (i.tenant_id, i.entry_id)"
        " where l.tenant_id = %(tenant)s and l.link_id = %(id)s order by i.due_on, i.id",
        given,
    )
    paid = db.fetch_all(session, f"{_PAYMENTS} and g.link_id = %(id)s order by g.id", given)
    refunds = db.fetch_all(
        session,
        "select r.* from gateway_refund r join gateway_payment g"
        " on (g.tenant_id, g.id) = (r.tenant_id, r.gateway_payment_id)"
        " where r.tenant_id = %(tenant)s and g.link_id = %(id)s order by r.id",
        given,
    )
    lists = {
        "qr_svg": billing.qr_svg(row["url"]) if row["status"] == "open" else "",
        "items": [LinkItemRow(**one) for one in items],
        "payments": [_of(GatewayPaymentRow, one) for one in paid],
        "refunds": [_of(RefundRow, one) for one in refunds],
    }
    return LinkDetail.model_validate(
        {name: row.get(name) for name in LinkDetail.model_fields} | lists
    )


@query("gateways.list_payments", permission=VIEW, rest="GET /gateway-payments")
def list_gateway_payments(
    session: Session, ctx: RequestContext, wanted: ListGatewayPayments
) -> GatewayPaymentPage:
    """List payments at providers, the newest first."""
    select: LiteralString = f"{_PAYMENTS} {conditions_of(wanted, _PAYMENT_CONDITIONS)}"
    rows, cursor = fetch_page(session, wanted, select, _given(ctx, wanted))
    page = [_of(GatewayPaymentRow, row) for row in rows]
    return GatewayPaymentPage(rows=page, next_cursor=cursor)


def _given(ctx: RequestContext, wanted: SortedPage) -> dict[str, object]:
    return {name: getattr(wanted, name) for name in type(wanted).model_fields} | {
        "tenant": ctx.tenant_id,
        "company": ctx.company_id,
        "zone": ctx.time_zone,
    }


def _of(kind: type[T], row: db.Row) -> T:
    return kind.model_validate({name: row[name] for name in kind.model_fields})
