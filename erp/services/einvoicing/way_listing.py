"""Reads of way bills."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Final, Literal, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.einvoicing.consignment import DocumentKind, document_of, read_consignment
from erp.services.einvoicing.law import CANCEL_WITHIN
from erp.services.einvoicing.listing import EInvoiceFile, PortalCallRow, calls_of
from erp.services.einvoicing.payload import payload_text
from erp.services.einvoicing.queueing import VIEW
from erp.services.einvoicing.switching import portal_users
from erp.services.einvoicing.way_keeping import unknown_way_bill
from erp.services.einvoicing.way_payload import bulk_file, way_bill_payload
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

SOON: Final = timedelta(hours=24)
"""What ends within this time is listed as ending."""


class ListWayBills(SortedPage):
    """Way bills, the newest first.

    Attributes:
        status: `ending` are those in force that end within a day.
    """

    sort: Annotated[
        str,
        Order(
            "-id",
            {
                "document_number": "text",
                "document_on": "day",
                "vehicle_no": "text",
                "status": "text",
                "valid_until": "instant?",
                "value": "number",
            },
        ),
    ] = ""
    status: Literal["", "draft", "due", "refused", "active", "ending", "ended", "cancelled"] = ""


class WayBillRow(Result):
    """A way bill on the list.

    Attributes:
        status: `ended` where its time is over, `ending` where that is within a day.
    """

    id: UUID
    number: str
    document_number: str
    document_on: date
    invoice_id: UUID | None
    transfer_id: UUID | None
    value: Decimal
    status: str
    asked: str
    problem: str
    vehicle_no: str
    distance_km: int
    valid_until: datetime | None


class WayBillPage(Rows):
    """A page of way bills."""

    rows: list[WayBillRow]


class GetWayBill(Query):
    """Which way bill."""

    way_bill_id: UUID


class WayBillVehicleRow(Result):
    """A vehicle that carried the consignment."""

    id: UUID
    vehicle_no: str
    from_place: str
    reason: str
    told_at: datetime


class WayBillDetail(WayBillRow):
    """A way bill with its vehicles and every call about it.

    Attributes:
        has_portal: The portal is asked; else a file is uploaded and its number typed in.
    """

    gstin: str
    mode: str
    is_oversize: bool
    transporter_gstin: str
    transporter_name: str
    transport_document: str
    transport_document_on: date | None
    made_at: datetime | None
    may_cancel_until: datetime | None
    cancel_reason: str
    cancelled_at: datetime | None
    has_portal: bool
    vehicles: list[WayBillVehicleRow]
    calls: list[PortalCallRow]


class GetConsignment(Query):
    """The goods of which document: an invoice's, or a transfer's."""

    document: DocumentKind = "invoice"
    document_id: UUID


class ConsignmentFacts(Result):
    """Whether goods need a way bill, and the one they have.

    Attributes:
        value: With tax and without exempt goods. limit: What it is held against.
        travels: Something on the document can travel at all.
    """

    document_number: str
    value: Decimal
    limit: Decimal
    is_inter: bool
    is_needed: bool
    travels: bool
    has_portal: bool
    from_pin: str
    to_pin: str
    way_bill: WayBillRow | None


_SELECT: LiteralString = """
    select id, number, document_number, document_on, invoice_id, transfer_id, value, asked, problem, vehicle_no,
           distance_km, valid_until,
           case when status = 'active' and valid_until < %(now)s then 'ended'
                when status = 'active' and valid_until < %(soon)s then 'ending' else status end as status
      from way_bill where tenant_id = %(tenant)s and company_id = %(company)s
"""
_CONDITIONS: dict[str, LiteralString] = {
    "status": "and case when status = 'active' and valid_until < %(now)s then 'ended'"
    " when status = 'active' and valid_until < %(soon)s then 'ending' else status end = %(status)s",
    "search": "and (number like '%%' || %(search)s || '%%' or document_number ilike '%%' || %(search)s || '%%'"
    " or vehicle_no ilike '%%' || replace(%(search)s, ' ', '') || '%%')",
}


@query("einvoicing.list_way_bills", permission=VIEW, rest="GET /way-bills")
def list_way_bills(session: Session, ctx: RequestContext, wanted: ListWayBills) -> WayBillPage:
    """List way bills by state, or words of number, document and vehicle."""
    rows, cursor = fetch_page(
        session,
        wanted,
        f"{_SELECT} {conditions_of(wanted, _CONDITIONS)}",
        _known(ctx)
        | {
            "status": wanted.status,
            "search": wanted.search,
        },
    )
    page = [WayBillRow(**row) for row in rows]
    return WayBillPage(rows=page, next_cursor=cursor)


@query("einvoicing.get_way_bill", permission=VIEW, rest="GET /way-bills/{way_bill_id}")
def get_way_bill(session: Session, ctx: RequestContext, wanted: GetWayBill) -> WayBillDetail:
    """Return a way bill with its vehicles and every call about it.

    Raises:
        UnknownWayBill: There is none.
    """
    known = _known(ctx) | {"id": wanted.way_bill_id}
    row = db.fetch_one(session, f"{_SELECT} and id = %(id)s", known)
    if row is None:
        raise unknown_way_bill()
    own = db.fetch_one(
        session,
        "select gstin, mode, is_oversize, transporter_gstin, transporter_name, transport_document,"
        " transport_document_on, made_at, cancel_reason, cancelled_at from way_bill"
        " where tenant_id = %(tenant)s and id = %(id)s",
        known,
    )
    assert own is not None  # noqa: S101  it was found a moment ago
    vehicles = db.fetch_all(
        session,
        "select id, vehicle_no, from_place, reason, told_at from way_bill_vehicle"
        " where tenant_id = %(tenant)s and way_bill_id = %(id)s order by id desc",
        known,
    )
    is_live = row["status"] in {"active", "ending"}
    return WayBillDetail(
        **row,
        **own,
        may_cancel_until=own["made_at"] + CANCEL_WITHIN if is_live else None,
        has_portal=own["gstin"] in portal_users(),
        vehicles=[WayBillVehicleRow(**vehicle) for vehicle in vehicles],
        calls=calls_of(session, ctx, way_bill_id=wanted.way_bill_id),
    )


@query("einvoicing.get_way_bill_file", permission=VIEW, rest="GET /way-bills/{way_bill_id}/file")
def get_way_bill_file(session: Session, ctx: RequestContext, wanted: GetWayBill) -> EInvoiceFile:
    """Return a way bill as the portal's own upload takes it.

    Raises:
        UnknownWayBill: There is none.
    """
    row = db.fetch_one(
        session,
        "select * from way_bill where tenant_id = %s and company_id = %s and id = %s",
        (ctx.tenant_id, ctx.company_id, wanted.way_bill_id),
    )
    if row is None:
        raise unknown_way_bill()
    goods = read_consignment(session, ctx, *document_of(row))
    made = bulk_file(way_bill_payload(goods, row), row["gstin"])
    name = f"way-bill-{row['document_number'].replace('/', '-')}.json"
    return EInvoiceFile(file_name=name, content=payload_text(made))


@query("einvoicing.get_consignment", permission=VIEW, rest="GET /consignments")
def get_consignment(
    session: Session, ctx: RequestContext, wanted: GetConsignment
) -> ConsignmentFacts:
    """Tell whether the goods of a document need a way bill, and show the one they have.

    Raises:
        NotFound: The acting company has no such document, or nothing left yet.
    """
    goods = read_consignment(session, ctx, wanted.document, wanted.document_id)
    row = db.fetch_one(
        session,
        f"{_SELECT} and %(id)s in (invoice_id, transfer_id) and status <> 'cancelled'",
        _known(ctx) | {"id": wanted.document_id},
    )
    return ConsignmentFacts(
        document_number=goods.number,
        value=goods.value,
        limit=goods.limit,
        is_inter=goods.is_inter,
        is_needed=bool(goods.items) and goods.is_needed,
        travels=bool(goods.items),
        has_portal=goods.seller.gstin in portal_users(),
        from_pin=goods.seller.pin,
        to_pin=goods.buyer.pin,
        way_bill=WayBillRow(**row) if row else None,
    )


def _known(ctx: RequestContext) -> dict[str, object]:
    return {
        "tenant": ctx.tenant_id,
        "company": ctx.company_id,
        "now": ctx.now,
        "soon": ctx.now + SOON,
    }
