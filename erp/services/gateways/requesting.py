"""Asking a customer for money by a link: what for, how long, and taking it back."""

from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.formatting import money_text
from erp.core.ids import new_id
from erp.core.money import ZERO
from erp.models.gateways import LinkStatus, PaymentLink, PaymentLinkItem
from erp.services import messaging, party, workflows
from erp.services.gateways.accounts import require_open
from erp.services.gateways.errors import (
    AlreadyRequested,
    LinkEnded,
    NothingToRequest,
    UnknownLink,
)
from erp.services.gateways.events import LinkAsked
from erp.services.platform import Amount, Command, Identified, Text, command, emit

REQUEST: Final = "gateways.request"
SMALLEST: Final = Decimal("1.00")
"""Providers take no less than a rupee."""

LONGEST_DAYS: Final = 90
MOST_ITEMS: Final = 200


class RequestPayment(Command):
    """Ask a customer for money by a link.

    Attributes:
        party_id: The customer; who owes the invoice where nothing is said.
        account_id: The gateway account; the branch's only one where nothing is said.
        invoice_id: What is open of this invoice; else of the open items named; else everything open.
        amount: Less than is open, the earliest due first; all of it where nothing is said.
        days: For how many days the link holds.
        email: Where it is sent to; the customer's own address where nothing is said.
        send: Send it by e-mail once it is made.
    """

    party_id: UUID | None = None
    account_id: UUID | None = None
    invoice_id: UUID | None = None
    item_ids: Annotated[tuple[UUID, ...], Field(max_length=MOST_ITEMS)] = ()
    amount: Amount | None = None
    days: Annotated[int, Field(ge=1, le=LONGEST_DAYS)] = 7
    email: Annotated[Text, Field(pattern=r"^([^@\s]+@[^@\s]+\.[^@\s]+)?$")] = ""
    send: bool = False


class OneLink(Command):
    """Act on one payment link."""

    link_id: UUID


@command("gateways.request_payment", permission=REQUEST, rest="POST /payment-links")
def request_payment(session: Session, ctx: RequestContext, cmd: RequestPayment) -> Identified:
    """Ask a customer for money by a link, which a job has made at the provider.

    Nothing is booked and nothing settled before the money comes. Locks nothing.

    Raises:
        UnknownParty: There is no such customer. UnknownGateway, GatewayClosed: No account to pay through.
        NothingToRequest: Nothing of it is open, or less than is asked for.
        AlreadyRequested: A link for some of it is open; may be confirmed.
        InvalidInput: There is no address to send it to. ChannelNotSetUp: E-mail is not set up here.

    Emits:
        gateways.link_asked.v1.
    """
    party_id = cmd.party_id or owner_of(session, ctx, cmd.invoice_id)
    name = party.require_account(session, ctx, party_id, "party_id")
    account = require_open(session, ctx, cmd.account_id)
    shares = _shares(session, ctx, cmd, party_id)
    _refuse_doubles(session, ctx, [item_id for item_id, _ in shares])
    email = cmd.email or email_of(session, ctx, party_id)
    if cmd.send:
        _require_address(email)
    link_id = new_id()
    total = sum((amount for _, amount in shares), ZERO)
    row = {
        "tenant_id": ctx.tenant_id,
        "id": link_id,
        "company_id": ctx.company_id,
        "branch_id": account["branch_id"],
        "account_id": account["id"],
        "party_id": party_id,
        "invoice_id": cmd.invoice_id,
        "reference": f"PL-{link_id.hex}",
        "amount": total,
        "description": _description(session, ctx, shares),
        "expires_at": ctx.now + timedelta(days=cmd.days),
        "to_name": name,
        "to_email": email,
        "is_sent": cmd.send,
        "status": LinkStatus.DUE.value,
        "is_cancelling": False,
        "provider_id": "",
        "url": "",
        "problem": "",
        "attempts": 0,
        "user_id": ctx.user_id,
    }
    db.insert_rows(session, PaymentLink, [row])
    items = [
        {
            "tenant_id": ctx.tenant_id,
            "id": new_id(),
            "link_id": link_id,
            "item_id": item_id,
            "amount": amount,
        }
        for item_id, amount in shares
    ]
    db.insert_rows(session, PaymentLinkItem, items)
    emit(session, ctx, link_id, LinkAsked(link_id=link_id))
    return Identified(id=link_id)


@command("gateways.cancel_link", permission=REQUEST, rest="POST /payment-links/{link_id}/cancel")
def cancel_link(session: Session, ctx: RequestContext, cmd: OneLink) -> Identified:
    """Take a link back; money that comes by it all the same is the customer's. Locks the link.

    Raises:
        UnknownLink: There is none. LinkEnded: It is paid, or ended otherwise.

    Emits:
        gateways.link_asked.v1.
    """
    row = hold_link(session, ctx, cmd.link_id)
    if row["status"] not in {LinkStatus.DUE, LinkStatus.OPEN}:
        raise LinkEnded("This link has ended already. Look at it again.")
    db.execute(
        session,
        "update payment_link set is_cancelling = true where tenant_id = %s and id = %s",
        (ctx.tenant_id, cmd.link_id),
    )
    emit(session, ctx, cmd.link_id, LinkAsked(link_id=cmd.link_id))
    return Identified(id=cmd.link_id)


def withdraw_links(session: Session, ctx: RequestContext, invoice_id: UUID) -> None:
    """Take back the links that ask for a cancelled invoice, for they ask for too much.

    Who made one that asks for other bills too is told, to ask for these again.

    Emits:
        gateways.link_asked.v1 for each.
    """
    rows = db.fetch_all(
        session,
        "update payment_link set is_cancelling = true"
        " where tenant_id = %(tenant)s and status in ('due', 'open') and not is_cancelling and %(invoice)s in ("
        " select e.origin_id from payment_link_item l"
        " join open_item i on (i.tenant_id, i.id) = (l.tenant_id, l.item_id)"
        " join journal_entry e on (e.tenant_id, e.id) = (i.tenant_id, i.entry_id)"
        " where (l.tenant_id, l.link_id) = (payment_link.tenant_id, payment_link.id))"
        " returning id, user_id, to_name, amount, (select count(distinct e.origin_id)"
        " from payment_link_item l join open_item i on (i.tenant_id, i.id) = (l.tenant_id, l.item_id)"
        " join journal_entry e on (e.tenant_id, e.id) = (i.tenant_id, i.entry_id)"
        " where (l.tenant_id, l.link_id) = (payment_link.tenant_id, payment_link.id)) as bills",
        {"tenant": ctx.tenant_id, "invoice": invoice_id},
    )
    for row in rows:
        emit(session, ctx, row["id"], LinkAsked(link_id=row["id"]))
        if row["bills"] > 1:
            _tell_withdrawn(session, ctx, row, invoice_id)


def _tell_withdrawn(session: Session, ctx: RequestContext, row: db.Row, invoice_id: UUID) -> None:
    others = row["bills"] - 1
    news = workflows.News(
        kind="gateways.link_withdrawn",
        title=f"The payment link of {row['to_name']} was taken back",
        body=f"It asked for {money_text(row['amount'])}, and one of its invoices was cancelled."
        f" Ask for the other {'bill' if others == 1 else f'{others} bills'} again.",
        link=f"/payment-links/{row['id']}",
        severity="warning",
        dedupe_key=f"link-withdrawn:{row['id']}:{invoice_id}",
    )
    workflows.notify(session, ctx, [row["user_id"]], news)


@command("gateways.look_at_link", permission=REQUEST, rest="POST /payment-links/{link_id}/look")
def look_at_link(session: Session, ctx: RequestContext, cmd: OneLink) -> Identified:
    """Have the provider asked how a link stands, such as when a customer says that they paid.

    Raises:
        UnknownLink: There is none. LinkEnded: It was never made.

    Emits:
        gateways.link_asked.v1.
    """
    row = hold_link(session, ctx, cmd.link_id)
    if row["status"] == LinkStatus.REFUSED:
        raise LinkEnded("The provider did not make this link. Ask for the payment again.")
    emit(session, ctx, cmd.link_id, LinkAsked(link_id=cmd.link_id))
    return Identified(id=cmd.link_id)


@command("gateways.send_link", permission=REQUEST, rest="POST /payment-links/{link_id}/send")
def send_link(session: Session, ctx: RequestContext, cmd: OneLink) -> Identified:
    """Send an open link to its customer by e-mail; again, the same message goes once more if it failed.

    Raises:
        UnknownLink: There is none. LinkEnded: It is not open.
        InvalidInput: It has no address. ChannelNotSetUp: E-mail is not set up here.
    """
    row = hold_link(session, ctx, cmd.link_id)
    if row["status"] != LinkStatus.OPEN:
        raise LinkEnded("Only an open link is sent.")
    _require_address(row["to_email"])
    queue_message(session, ctx, row, again=True)
    db.execute(
        session,
        "update payment_link set is_sent = true where tenant_id = %s and id = %s",
        (ctx.tenant_id, cmd.link_id),
    )
    return Identified(id=cmd.link_id)


def queue_message(
    session: Session, ctx: RequestContext, row: db.Row, *, again: bool = False
) -> None:
    """Queue the message that carries a link to its customer."""
    company = party.printed_branch(session, ctx, row["branch_id"]).name
    amount = money_text(row["amount"])
    body = (
        f"Dear {row['to_name']},\n\n{company} asks you to pay {amount} for {row['description']}.\n\n"
        f"Pay here: {row['url']}\n\nThe link holds until it is paid or taken back. If you have paid already,"
        " please take no notice.\n"
    )
    new = messaging.NewMessage(
        channel=messaging.Channel.EMAIL,
        purpose="gateways.link",
        to_name=row["to_name"],
        to_address=row["to_email"],
        subject=f"{company}: please pay {amount}",
        body=body,
        origin_type="payment_link",
        origin_id=row["id"],
        dedupe_key=f"payment-link-{row['id']}",
        party_id=row["party_id"],
    )
    messaging.queue_message(session, ctx, new, again=again, is_promised=True)


def hold_link(session: Session, ctx: RequestContext, link_id: UUID) -> db.Row:
    """Lock a link of the acting company.

    Raises:
        UnknownLink: There is none.
    """
    row = db.fetch_one(
        session,
        "select * from payment_link where tenant_id = %s and company_id = %s and id = %s for no key update",
        (ctx.tenant_id, ctx.company_id, link_id),
    )
    if row is None:
        raise unknown_link()
    return row


def unknown_link() -> UnknownLink:
    """Return the refusal for a link that is absent or foreign."""
    message = "There is no such payment link."
    return UnknownLink(message, fields={"link_id": message})


def _shares(
    session: Session, ctx: RequestContext, cmd: RequestPayment, party_id: UUID
) -> list[tuple[UUID, Decimal]]:
    """Return what the money is for: open items and how much of each, the earliest due first."""
    rows = db.fetch_all(
        session,
        """
        select i.id, i.amount - i.settled as open
          from open_item i
          join account a on (a.tenant_id, a.id) = (i.tenant_id, i.account_id) and a.key = 'debtors'
          join journal_entry e on (e.tenant_id, e.id) = (i.tenant_id, i.entry_id)
         where i.tenant_id = %(tenant)s and i.company_id = %(company)s and i.party_id = %(party)s
           and i.side = 'debit' and i.settled < i.amount and i.effective_on <= %(today)s
           and (%(invoice)s::uuid is null or e.origin_id = %(invoice)s)
           and (cardinality(%(items)s::uuid[]) = 0 or i.id = any(%(items)s))
         order by i.due_on, i.id limit %(most)s
        """,
        {
            "tenant": ctx.tenant_id,
            "company": ctx.company_id,
            "party": party_id,
            "today": ctx.today,
            "invoice": cmd.invoice_id,
            "items": list(cmd.item_ids),
            "most": MOST_ITEMS,
        },
    )
    found = sum((row["open"] for row in rows), ZERO)
    wanted = found if cmd.amount is None else cmd.amount
    if wanted > found:
        message = f"Only {money_text(found)} of it are open."
        raise NothingToRequest(message, fields={"amount": message})
    if wanted < SMALLEST:
        message = "Nothing of it is open." if not found else "A link is for a rupee at least."
        raise NothingToRequest(message, fields={"amount": message})
    return _taken(rows, wanted)


def _taken(rows: list[db.Row], wanted: Decimal) -> list[tuple[UUID, Decimal]]:
    shares, left = [], wanted
    for row in rows:
        part = min(row["open"], left)
        if part:
            shares.append((row["id"], part))
            left -= part
    return shares


def _refuse_doubles(session: Session, ctx: RequestContext, item_ids: list[UUID]) -> None:
    if AlreadyRequested.code in ctx.confirmed:
        return
    known = db.fetch_one(
        session,
        "select l.description, l.amount from payment_link_item i join payment_link l"
        " on (l.tenant_id, l.id) = (i.tenant_id, i.link_id) where i.tenant_id = %s and i.item_id = any(%s)"
        " and l.status in ('due', 'open') order by l.id desc limit 1",
        (ctx.tenant_id, item_ids),
    )
    if known is not None:
        raise AlreadyRequested(
            f"A link of {money_text(known['amount'])} for {known['description']} is open. Cancel that one first,"
            " or confirm that there shall be another."
        )


def _description(session: Session, ctx: RequestContext, shares: list[tuple[UUID, Decimal]]) -> str:
    rows = db.fetch_all(
        session,
        "select e.narration from open_item i join journal_entry e"
        " on (e.tenant_id, e.id) = (i.tenant_id, i.entry_id)"
        " where i.tenant_id = %s and i.id = any(%s) order by i.due_on, i.id limit 4",
        (ctx.tenant_id, [item_id for item_id, _ in shares]),
    )
    named = ", ".join(row["narration"] for row in rows[:3])
    more = len(shares) - 3
    return (f"{named} and {more} more" if more > 0 else named)[:200]


def owner_of(session: Session, ctx: RequestContext, invoice_id: UUID | None) -> UUID:
    """Return whose debt an invoice is.

    Raises:
        NothingToRequest: It is nobody's, such as one that was paid at once.
    """
    row = db.fetch_one(
        session,
        "select i.party_id from open_item i join journal_entry e"
        " on (e.tenant_id, e.id) = (i.tenant_id, i.entry_id)"
        " where i.tenant_id = %s and i.company_id = %s and e.origin_id = %s limit 1",
        (ctx.tenant_id, ctx.company_id, invoice_id),
    )
    if row is None:
        message = "Nobody owes anything for this. Choose a customer or an open invoice."
        raise NothingToRequest(message, fields={"party_id": message})
    found: UUID = row["party_id"]
    return found


def email_of(session: Session, ctx: RequestContext, party_id: UUID) -> str:
    """Return a customer's own address, or nothing."""
    row = db.fetch_one(
        session,
        "select email from party where tenant_id = %s and id = %s",
        (ctx.tenant_id, party_id),
    )
    return row["email"] or "" if row else ""


def _require_address(email: str) -> None:
    if not email:
        message = "There is no e-mail address. Type one, or copy the link instead."
        raise InvalidInput(message, fields={"email": message})
    messaging.require_channel(messaging.Channel.EMAIL)
