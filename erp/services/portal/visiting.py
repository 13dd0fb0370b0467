"""What the holder of a link sees: the order, its deliveries and their invoices, and nobody's address."""

import hmac
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services import einvoicing, identity, party, pos, sales
from erp.services.billing import PrintedDocument
from erp.services.portal.errors import UnknownLink
from erp.services.portal.order_links import hash_of

ID_LETTERS: Final = 32
LONGEST_TOKEN: Final = 100
_ENDED = (
    "This link does not work. It may have ended or been copied in part."
    " Ask the shop that sent it for a new one."
)
_SEEN: Final = frozenset({"sales.view", "billing.view"})


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whoever holds a link, and the order it shows."""

    link_id: UUID
    order_id: UUID
    tenant_id: UUID
    company_id: UUID
    branch_id: UUID
    time_zone: str


@dataclass(frozen=True, slots=True)
class SeenLine:
    """Goods of the order; units are base units."""

    label: str
    unit: str
    ordered: int
    free: int
    delivered: int
    outstanding: int
    kept: int


@dataclass(frozen=True, slots=True)
class SeenDelivery:
    """Goods that went out with their invoice."""

    invoice_id: UUID
    number: str
    delivered_on: date
    total: Decimal
    carried: str
    is_cancelled: bool


@dataclass(frozen=True, slots=True)
class SeenOrder:
    """An order as its customer sees it.

    Attributes:
        shop, phone: Who sells.
        valid_until: The last day of an offer; none of an order. has_lapsed: It is over.
        is_late: Not all was delivered by the day that was wanted.
    """

    shop: str
    phone: str
    name: str
    status: str
    made_at: datetime
    time_zone: str
    deliver_by: date | None
    valid_until: date | None
    has_lapsed: bool
    is_late: bool
    total: Decimal
    lines: tuple[SeenLine, ...]
    deliveries: tuple[SeenDelivery, ...]


def find_visitor(session: Session, token: str, now: datetime) -> Visitor:
    """Return who a token stands for, of whatever tenant; needs the operators' role.

    A token that was never given, has ended, was ended or is of a suspended tenant is refused in the
    same words; secrets are compared in constant time.

    Raises:
        UnknownLink: The token shows nothing.
    """
    link_id, secret = _parts(token)
    row = db.fetch_one(
        session,
        """
        select l.id as link_id, l.order_id, l.tenant_id, b.company_id, o.branch_id, t.time_zone,
               l.secret_hash
          from order_link l
          join sales_order o on (o.tenant_id, o.id) = (l.tenant_id, l.order_id)
          join branch b on (b.tenant_id, b.id) = (o.tenant_id, o.branch_id)
          join tenant t on t.id = l.tenant_id and not t.is_suspended
         where l.id = %s and l.revoked_at is null and l.expires_at > %s
        """,
        (link_id, now),
    )
    kept = row.pop("secret_hash") if row else hash_of("")
    if not hmac.compare_digest(kept, hash_of(secret)) or row is None:
        raise UnknownLink(_ENDED)
    return Visitor(**row)


def visit_context(visitor: Visitor, now: datetime, request_id: str) -> RequestContext:
    """Return the context in which a visitor looks; what they look at is chosen by `visitor` alone."""
    return RequestContext(
        tenant_id=visitor.tenant_id,
        company_id=visitor.company_id,
        branch_id=visitor.branch_id,
        user_id=identity.NOBODY,
        user_name="Holder of a link",
        permissions=_SEEN,
        now=now,
        request_id=request_id,
        source="device",
        time_zone=visitor.time_zone,
    )


def see_order(session: Session, ctx: RequestContext, visitor: Visitor) -> SeenOrder:
    """Return the order of a link in its version in force."""
    order = sales.get_order(session, ctx, sales.GetSalesOrder(order_id=visitor.order_id))
    shop = party.printed_branch(session, ctx)
    shown = next(x for x in order.versions if x.version == order.shown_version)
    until = shown.valid_until if order.status is sales.OrderStatus.QUOTED else None
    return SeenOrder(
        shop=shop.name,
        phone=shop.phone,
        name=order.name,
        status=order.status.value,
        made_at=order.versions[-1].made_at,
        time_zone=ctx.time_zone,
        deliver_by=shown.deliver_by,
        valid_until=until,
        has_lapsed=until is not None and until < ctx.today,
        is_late=order.is_late,
        total=order.total,
        lines=tuple(_line(line) for line in order.lines),
        deliveries=tuple(_delivery(row) for row in order.deliveries),
    )


def see_invoice(
    session: Session, ctx: RequestContext, visitor: Visitor, invoice_id: UUID
) -> PrintedDocument:
    """Return an invoice of a link's order as it is printed.

    Raises:
        UnknownLink: It is of no delivery of this order.
    """
    order = sales.get_order(session, ctx, sales.GetSalesOrder(order_id=visitor.order_id))
    if invoice_id not in {row.invoice_id for row in order.deliveries}:
        raise UnknownLink(_ENDED)
    document = pos.get_printed_bill(session, ctx, invoice_id)
    return einvoicing.with_portal_marks(session, ctx, invoice_id, document)


def _parts(token: str) -> tuple[UUID, str]:
    if not token.isascii() or len(token) > LONGEST_TOKEN:
        raise UnknownLink(_ENDED)
    try:
        return UUID(hex=token[:ID_LETTERS]), token[ID_LETTERS:]
    except ValueError as odd:
        raise UnknownLink(_ENDED) from odd


def _line(line: sales.SalesLineDetail) -> SeenLine:
    delivered = line.delivered + line.free_delivered
    return SeenLine(
        label=line.label,
        unit=line.unit,
        ordered=line.quantity,
        free=line.free_quantity,
        delivered=delivered,
        outstanding=max(line.quantity + line.free_quantity - delivered, 0),
        kept=line.kept,
    )


def _delivery(row: sales.SalesDeliveryRow) -> SeenDelivery:
    return SeenDelivery(
        invoice_id=row.invoice_id,
        number=row.number,
        delivered_on=row.delivered_on,
        total=row.total,
        carried=" · ".join(part for part in (row.carrier, row.carrier_reference) if part),
        is_cancelled=row.is_cancelled,
    )
