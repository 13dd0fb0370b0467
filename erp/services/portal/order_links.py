"""Links to orders: made, sent, listed, ended."""

import hashlib
import secrets
from datetime import date, datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, SecretStr
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.clock import business_date
from erp.core.context import RequestContext
from erp.core.formatting import date_text
from erp.core.ids import new_id
from erp.core.settings import get_settings
from erp.models.portal import OrderLink
from erp.services import accounting, messaging, party, sales
from erp.services.party import Email
from erp.services.platform import (
    Command,
    Identified,
    Query,
    Result,
    Rows,
    ShownOnce,
    command,
    emit,
    query,
)
from erp.services.portal.errors import TooManyLinks, UnknownLink
from erp.services.portal.events import OrderLinkMade, OrderLinkRevoked

MOST_LINKS = 20
"""In force for one order."""
SECRET_BYTES = 32
ORIGIN = "order_link"
PURPOSE = "portal.order_link"

DaysValid = Annotated[int, Field(ge=1, le=180)]


class MakeOrderLink(Command):
    """Let a customer look at an order by a link.

    Attributes:
        valid_days: It works until the end of the business day that lies so many days ahead.
    """

    order_id: UUID
    valid_days: DaysValid = 30


class OrderLinkShown(ShownOnce):
    """The link, shown once: the stored answer masks it."""

    id: UUID
    url: SecretStr
    expires_at: datetime
    last_day: date


class SendOrderLink(Command):
    """Send a customer a link to their order by e-mail.

    Attributes:
        to_address: The customer's own address where none is given.
    """

    order_id: UUID
    to_address: Email = ""
    valid_days: DaysValid = 30


class OrderLinkSent(Result):
    """The link and the message that carries it."""

    id: UUID
    message_id: UUID
    to_address: str
    expires_at: datetime
    last_day: date


class RevokeOrderLink(Command):
    """End a link."""

    link_id: UUID


class ListOrderLinks(Query):
    """Links of which order."""

    order_id: UUID


class OrderLinkRow(Result):
    """A link without its secret."""

    id: UUID
    status: Literal["open", "expired", "revoked"]
    sent_to: str
    made_at: datetime
    made_by: str
    expires_at: datetime
    last_day: date


class OrderLinks(Rows):
    """Links of an order, the newest first."""

    rows: list[OrderLinkRow]


@command(
    "portal.make_order_link", permission="sales.order", rest="POST /sales-orders/{order_id}/links"
)
def make_order_link(session: Session, ctx: RequestContext, cmd: MakeOrderLink) -> OrderLinkShown:
    """Make a link by which whoever holds it sees the order until it ends. Locks the order.

    Raises:
        UnknownSalesOrder: The acting branch has no such order.
        TooManyLinks: It has as many links in force as it may.

    Emits:
        portal.order_link_made.v1, in the same transaction.
    """
    sales.get_order(session, ctx, sales.GetSalesOrder(order_id=cmd.order_id))
    link_id, url, expires_at = _make(session, ctx, cmd)
    return OrderLinkShown(
        id=link_id, url=SecretStr(url), expires_at=expires_at, last_day=last_day(expires_at, ctx)
    )


@command(
    "portal.send_order_link",
    permission="sales.order",
    rest="POST /sales-orders/{order_id}/links/mail",
)
def send_order_link(session: Session, ctx: RequestContext, cmd: SendOrderLink) -> OrderLinkSent:
    """Make a link and queue the letter that brings it to the customer. Locks the order.

    Raises:
        UnknownSalesOrder: The acting branch has no such order.
        NoAddress: The customer has no e-mail address and none is given.
        ChannelNotSetUp: Nothing carries e-mail here.
        TooManyLinks: The order has as many links in force as it may.

    Emits:
        portal.order_link_made.v1 and messaging.message_queued.v1, in the same transaction.
    """
    order = sales.get_order(session, ctx, sales.GetSalesOrder(order_id=cmd.order_id))
    messaging.require_channel(messaging.Channel.EMAIL)
    buyer = party.get_party(session, ctx, party.GetParty(party_id=order.customer_id))
    address = cmd.to_address or buyer.email
    if not address:
        message = f"{buyer.name} has no e-mail address. Type one, or add it on their page."
        raise messaging.NoAddress(message, fields={"to_address": message})
    link_id, url, expires_at = _make(session, ctx, cmd, address)
    shop = party.printed_branch(session, ctx)
    new = messaging.NewMessage(
        channel=messaging.Channel.EMAIL,
        purpose=PURPOSE,
        to_name=buyer.name,
        to_address=address,
        subject=f"{order.name} at {shop.name}",
        body=_letter(buyer.name, order.name, shop, (url, date_text(last_day(expires_at, ctx)))),
        origin_type=ORIGIN,
        origin_id=link_id,
        dedupe_key=f"{PURPOSE}-{link_id}",
        party_id=buyer.id,
    )
    message_id = messaging.queue_message(session, ctx, new)
    return OrderLinkSent(
        id=link_id,
        message_id=message_id,
        to_address=address,
        expires_at=expires_at,
        last_day=last_day(expires_at, ctx),
    )


@command("portal.revoke_order_link", permission="sales.order", rest="DELETE /order-links/{link_id}")
def revoke_order_link(session: Session, ctx: RequestContext, cmd: RevokeOrderLink) -> Identified:
    """End a link at once; ended again, nothing changes.

    Raises:
        UnknownLink: No order of the acting branch has such a link.

    Emits:
        portal.order_link_revoked.v1 the first time, in the same transaction.
    """
    found = db.fetch_one(
        session,
        "select l.order_id, l.revoked_at from order_link l"
        " join sales_order o on (o.tenant_id, o.id) = (l.tenant_id, l.order_id)"
        " where l.tenant_id = %s and l.id = %s and o.branch_id = %s for no key update of l",
        (ctx.tenant_id, cmd.link_id, ctx.branch_id),
    )
    if found is None:
        message = "This link is not known here."
        raise UnknownLink(message, fields={"link_id": message})
    if found["revoked_at"] is None:
        db.execute(
            session,
            "update order_link set revoked_at = %s where tenant_id = %s and id = %s",
            (ctx.now, ctx.tenant_id, cmd.link_id),
        )
        event = OrderLinkRevoked(link_id=cmd.link_id, order_id=found["order_id"])
        emit(session, ctx, found["order_id"], event)
    return Identified(id=cmd.link_id)


@query(
    "portal.list_order_links", permission="sales.view", rest="GET /sales-orders/{order_id}/links"
)
def list_order_links(session: Session, ctx: RequestContext, wanted: ListOrderLinks) -> OrderLinks:
    """List the links of an order of the acting branch, the newest first."""
    rows = db.fetch_all(
        session,
        """
        select l.id, l.sent_to, l.made_at, l.expires_at, coalesce(m.display_name, '') as made_by,
               case when l.revoked_at is not null then 'revoked'
                    when l.expires_at <= %(now)s then 'expired' else 'open' end as status
          from order_link l
          join sales_order o on (o.tenant_id, o.id) = (l.tenant_id, l.order_id)
          left join membership m on (m.tenant_id, m.user_id) = (l.tenant_id, l.made_by)
         where l.tenant_id = %(tenant)s and l.order_id = %(order)s and o.branch_id = %(branch)s
         order by l.id desc limit 100
        """,
        {
            "now": ctx.now,
            "tenant": ctx.tenant_id,
            "order": wanted.order_id,
            "branch": ctx.branch_id,
        },
    )
    listed = [row | {"last_day": last_day(row["expires_at"], ctx)} for row in rows]
    return OrderLinks(rows=[OrderLinkRow(**row) for row in listed])


def last_day(expires_at: datetime, ctx: RequestContext) -> date:
    """Return the last business day on which a link shows anything."""
    return business_date(expires_at - timedelta(microseconds=1), ctx.time_zone)


def hash_of(secret: str) -> str:
    """Return what is kept of a secret: 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _make(
    session: Session, ctx: RequestContext, cmd: MakeOrderLink | SendOrderLink, sent_to: str = ""
) -> tuple[UUID, str, datetime]:
    """Keep a new link; return it with its address and when it ends."""
    _require_room(session, ctx, cmd.order_id)
    link_id, secret = new_id(), secrets.token_urlsafe(SECRET_BYTES)
    expires_at = accounting.end_of(ctx.today + timedelta(days=cmd.valid_days), ctx)
    kept = {
        "tenant_id": ctx.tenant_id,
        "id": link_id,
        "order_id": cmd.order_id,
        "secret_hash": hash_of(secret),
        "sent_to": sent_to,
        "expires_at": expires_at,
        "revoked_at": None,
        "made_at": ctx.now,
        "made_by": ctx.user_id,
    }
    db.insert_rows(session, OrderLink, [kept])
    emit(session, ctx, cmd.order_id, OrderLinkMade(link_id=link_id, order_id=cmd.order_id))
    return link_id, f"{get_settings().public_url}/track/{link_id.hex}{secret}", expires_at


def _require_room(session: Session, ctx: RequestContext, order_id: UUID) -> None:
    db.execute(
        session,
        "select 1 from sales_order where tenant_id = %s and id = %s for no key update",
        (ctx.tenant_id, order_id),
    )
    row = db.fetch_one(
        session,
        "select count(*) as links from order_link where tenant_id = %s and order_id = %s"
        " and revoked_at is null and expires_at > %s",
        (ctx.tenant_id, order_id, ctx.now),
    )
    if row is not None and row["links"] >= MOST_LINKS:
        message = f"This order has {MOST_LINKS} links in force. End one of them first."
        raise TooManyLinks(message, fields={"order_id": message})


def _letter(name: str, order: str, shop: party.PrintedParty, way: tuple[str, str]) -> str:
    url, last_day = way
    asked = f" Questions? Call {shop.phone}." if shop.phone else ""
    return (
        f"Dear {name},\n\n"
        f"See how your order {order} stands, what was delivered, and its invoices:\n\n{url}\n\n"
        f"Whoever has this link can see the order, until {last_day}. Do not pass it on.{asked}\n\n"
        f"{shop.name}\n"
    )
