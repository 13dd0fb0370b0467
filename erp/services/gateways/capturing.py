"""Money at a provider, into the books: a receipt where it is what was asked for, else unidentified money.

What the provider says is believed of one payment and its own account, and only forward: a state that was passed, an
amount that changed after it was captured, or another currency moves nothing.
"""

from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.clock import business_date
from erp.core.context import RequestContext
from erp.core.errors import Busy, DomainError, Unavailable
from erp.core.formatting import money_text
from erp.core.ids import new_id
from erp.core.money import ZERO
from erp.models.gateways import ExceptionKind, LinkStatus
from erp.services import accounting, payments
from erp.services.accounting import NewEntry, PeriodClosed, credit, debit
from erp.services.gateways.accounts import keys_of
from erp.services.gateways.errors import NotRefundable, UnknownGatewayPayment
from erp.services.gateways.events import LinkSettled, PaymentCaptured
from erp.services.gateways.ports import AccountKeys, PaymentFacts
from erp.services.gateways.raising import (
    SETTLE,
    Matter,
    acting_for,
    close_unidentified,
    raise_exception,
)
from erp.services.platform import Command, Identified, command, emit

CLEARING: Final = "gateway_clearing"
SUSPENSE: Final = "gateway_suspense"
ORIGIN: Final = "gateway_payment"
RUPEES: Final = "INR"
RANKS: Final = {"created": 0, "failed": 1, "authorized": 2, "captured": 3}
LARGEST_PAISE: Final = 10**17


class IdentifyPayment(Command):
    """Give unidentified money to a customer."""

    gateway_payment_id: UUID
    party_id: UUID


def amount_of(paise: int) -> Decimal:
    """Return whole paise as an amount."""
    return Decimal(paise).scaleb(-2)


def note_payment(
    session: Session,
    ctx: RequestContext,
    account: AccountKeys,
    facts: PaymentFacts,
    link_id: UUID | None = None,
) -> None:
    """Take in what the provider says of a payment; again, or late, it changes nothing.

    Locks the payment, its link, then what a receipt locks.

    Args:
        ctx: Acting in the account's company and branch.
        link_id: The link the provider named it under, where it did.

    Emits:
        gateways.payment_captured.v1 and gateways.link_settled.v1 where money came; payments' own; and
        gateways.exception_changed.v1 where a person has to look.
    """
    if not 0 < facts.paise < LARGEST_PAISE:
        return
    row = _held(session, ctx, account, facts)
    if (row["amount"], row["currency"]) != (amount_of(facts.paise), facts.currency):
        if row["status"] == "captured":
            _tell_changed(session, ctx, account, row, facts)
            return
        row = _announce(session, ctx, row, facts)
    link = _link_of(session, ctx, account, facts, link_id or row["link_id"])
    row = _move_on(session, ctx, row, facts, link)
    went_back = row["entry_id"] is not None and row["refunded"] > 0
    if row["status"] == "captured" and row["receipt_id"] is None and not went_back:
        _book(session, ctx, account, row, link)


@command(
    "gateways.identify_payment",
    permission=SETTLE,
    rest="POST /gateway-payments/{gateway_payment_id}/identify",
)
def identify_payment(session: Session, ctx: RequestContext, cmd: IdentifyPayment) -> Identified:
    """Give unidentified money to the customer who paid it: it settles the earliest due first.

    The receipt is of the account's branch, which has the money, whatever branch the actor is in.

    Locks the payment, then the party's open items.

    Raises:
        UnknownGatewayPayment: There is none. UnknownParty: There is no such customer.
        NotRefundable: It is no unidentified money, or some of it went back.
        PaidBefore: The customer has a receipt with this reference; may be confirmed.

    Emits:
        What a receipt emits, and gateways.exception_changed.v1.
    """
    row = hold_payment(session, ctx, cmd.gateway_payment_id)
    if row["entry_id"] is None or row["receipt_id"] is not None:
        raise NotRefundable(
            "This money is not unidentified, or somebody has identified it meanwhile."
        )
    if row["refunded"]:
        raise NotRefundable("Some of this money went back already. Refund the rest of it, too.")
    there = acting_for(ctx, keys_of(session, ctx, row["account_id"]))
    _identify(session, there, row, cmd.party_id, None)
    close_unidentified(session, ctx, row["id"], "Given to the customer who paid it.")
    return Identified(id=row["id"])


def hold_payment(session: Session, ctx: RequestContext, gateway_payment_id: UUID) -> db.Row:
    """Lock a payment of the acting company.

    Raises:
        UnknownGatewayPayment: There is none.
    """
    row = db.fetch_one(
        session,
        "select * from gateway_payment where tenant_id = %s and company_id = %s and id = %s for no key update",
        (ctx.tenant_id, ctx.company_id, gateway_payment_id),
    )
    if row is None:
        message = "There is no such payment at a gateway."
        raise UnknownGatewayPayment(message, fields={"gateway_payment_id": message})
    return row


def day_for(session: Session, ctx: RequestContext, day: date) -> date:
    """Return the day to book on: the day itself, or today where its books are closed or it has not come."""
    if day >= ctx.today or (ctx.today - day).days > payments.LATEST_DAYS:
        return ctx.today
    try:
        accounting.period_id(session, ctx, day)
    except PeriodClosed:
        return ctx.today
    return day


def _held(
    session: Session, ctx: RequestContext, account: AccountKeys, facts: PaymentFacts
) -> db.Row:
    """Return the payment, locked; one that was not known is taken in as just made."""
    db.execute(
        session,
        "insert into gateway_payment (tenant_id, id, company_id, account_id, provider_id, status, amount, currency,"
        " method, reference, refunded) values (%s, %s, %s, %s, %s, 'created', %s, %s, '', '', 0)"
        " on conflict (tenant_id, account_id, provider_id) do nothing",
        (
            *(ctx.tenant_id, new_id(), ctx.company_id, account.account_id, facts.id),
            *(amount_of(facts.paise), facts.currency),
        ),
    )
    row = db.fetch_one(
        session,
        "select * from gateway_payment where tenant_id = %s and account_id = %s and provider_id = %s"
        " for no key update",
        (ctx.tenant_id, account.account_id, facts.id),
    )
    assert row is not None  # noqa: S101  it is there now
    return row


def _announce(session: Session, ctx: RequestContext, row: db.Row, facts: PaymentFacts) -> db.Row:
    """Write what a payment is said to be of now; until it is captured an amount is an announcement."""
    moved = db.fetch_one(
        session,
        "update gateway_payment set amount = %s, currency = %s where tenant_id = %s and id = %s returning *",
        (amount_of(facts.paise), facts.currency, ctx.tenant_id, row["id"]),
    )
    assert moved is not None  # noqa: S101  it is locked
    return moved


def _link_of(
    session: Session,
    ctx: RequestContext,
    account: AccountKeys,
    facts: PaymentFacts,
    link_id: UUID | None,
) -> db.Row | None:
    """Return the link that a payment is of, locked; by what we know, else by what the provider says."""
    return db.fetch_one(
        session,
        "select * from payment_link where tenant_id = %(tenant)s and account_id = %(account)s and"
        " case when %(id)s::uuid is not null then id = %(id)s"
        " else reference = %(reference)s or provider_id = %(link)s and provider_id <> '' end"
        " order by id limit 1 for no key update",
        {
            "tenant": ctx.tenant_id,
            "account": account.account_id,
            "id": link_id,
            "reference": facts.reference,
            "link": facts.link_id,
        },
    )


def _move_on(
    session: Session, ctx: RequestContext, row: db.Row, facts: PaymentFacts, link: db.Row | None
) -> db.Row:
    """Write what is new of a payment; a state that it has passed is not."""
    is_further = RANKS[facts.status] > RANKS[row["status"]]
    status = facts.status if is_further else row["status"]
    captured_at = row["captured_at"] or (
        min(facts.captured_at or ctx.now, ctx.now) if status == "captured" else None
    )
    moved = db.fetch_one(
        session,
        "update gateway_payment set status = %s, captured_at = %s, link_id = coalesce(link_id, %s),"
        " method = case when method = '' then %s else method end,"
        " reference = case when reference = '' then %s else reference end"
        " where tenant_id = %s and id = %s returning *",
        (
            *(status, captured_at, link["id"] if link else None, facts.method[:40]),
            *(facts.reference[:64], ctx.tenant_id, row["id"]),
        ),
    )
    assert moved is not None  # noqa: S101  it is locked
    return moved


def _book(
    session: Session, ctx: RequestContext, account: AccountKeys, row: db.Row, link: db.Row | None
) -> None:
    said = f"{money_text(row['amount'])} by {row['provider_id']} at {account.name}"
    if row["currency"] != RUPEES:
        problem = (
            f"{row['amount']} {row['currency']} by {row['provider_id']} at {account.name} is in another currency;"
            " the books do not have it. Refund it there."
        )
        _raise(session, ctx, row, ExceptionKind.WRONG_CURRENCY, problem)
    elif link is None:
        problem = f"{said} is for no link of ours. Give it to the customer who paid, or refund it."
        _suspend(session, ctx, row, ExceptionKind.UNKNOWN_REFERENCE, problem)
    elif link["amount"] != row["amount"]:
        problem = f"{said}, but its link asked for {money_text(link['amount'])}. Give it to the customer, or refund it."
        _suspend(session, ctx, row, ExceptionKind.WRONG_AMOUNT, problem)
    else:
        _receive(session, ctx, row, link, said)


def _receive(session: Session, ctx: RequestContext, row: db.Row, link: db.Row, said: str) -> None:
    """Make the receipt of a payment that is what its link asked for; its second one settles nothing."""
    is_second = link["status"] == LinkStatus.PAID
    settles = () if is_second else _still_open(session, ctx, link)
    try:
        with db.attempt(session):
            _identify(session, ctx, row, link["party_id"], settles)
    except (Busy, Unavailable):
        raise
    except DomainError as refusal:
        problem = f"{said} could not become a receipt: {refusal.message}"
        _suspend(session, ctx, row, ExceptionKind.NOT_BOOKED, problem)
        return
    close_unidentified(session, ctx, row["id"], "Its link became known.")
    if is_second:
        problem = f"{said} paid its link again. It stands on the customer's account: refund it, or use it."
        _raise(session, ctx, row, ExceptionKind.PAID_TWICE, problem)
        return
    db.execute(
        session,
        "update payment_link set status = 'paid', problem = '' where tenant_id = %s and id = %s",
        (ctx.tenant_id, link["id"]),
    )
    emit(session, ctx, link["id"], LinkSettled(link_id=link["id"], status="paid"))


def _identify(
    session: Session,
    ctx: RequestContext,
    row: db.Row,
    party_id: UUID,
    settles: tuple[payments.Settled, ...] | None,
) -> None:
    """Record the receipt of a payment; what lay as unidentified goes back to clearing first."""
    if row["entry_id"] is not None:
        _post(session, ctx, row, "identified", ctx.today)
    day = day_for(session, ctx, _day_of(ctx, row))
    wanted = payments.ReceivePayment(
        party_id=party_id,
        amount=row["amount"],
        method=payments.PaymentMethod.GATEWAY,
        paid_on=day,
        reference=row["provider_id"],
        settles=settles,
        note=f"{row['method']} {row['reference']}".strip(),
    )
    made = payments.take_from_gateway(session, ctx, wanted)
    db.execute(
        session,
        "update gateway_payment set receipt_id = %s where tenant_id = %s and id = %s",
        (made.id, ctx.tenant_id, row["id"]),
    )
    _tell_captured(session, ctx, row, is_identified=True)


def _still_open(
    session: Session, ctx: RequestContext, link: db.Row
) -> tuple[payments.Settled, ...]:
    """Return what of a link's items, and of the parts they were split into since, is open still."""
    accounting.lock_items(session, link["party_id"])
    rows = db.fetch_all(
        session,
        "select l.id as share, l.amount, i.id, i.amount - i.settled as open from payment_link_item l"
        " join open_item asked on (asked.tenant_id, asked.id) = (l.tenant_id, l.item_id)"
        " join open_item i on (i.tenant_id, i.entry_id, i.line_no) = (asked.tenant_id, asked.entry_id, asked.line_no)"
        " where l.tenant_id = %s and l.link_id = %s and i.settled < i.amount"
        " order by i.id <> asked.id, i.due_on, i.id",
        (ctx.tenant_id, link["id"]),
    )
    wanted = {row["share"]: row["amount"] for row in rows}
    left = {row["id"]: row["open"] for row in rows}
    taken = dict.fromkeys(left, ZERO)
    for row in rows:
        part = min(wanted[row["share"]], left[row["id"]])
        wanted[row["share"]] -= part
        left[row["id"]] -= part
        taken[row["id"]] += part
    return tuple(
        payments.Settled(item_id=item, amount=part) for item, part in taken.items() if part
    )


def _suspend(
    session: Session, ctx: RequestContext, row: db.Row, kind: ExceptionKind, problem: str
) -> None:
    """Book money as unidentified, so that it is in the books whatever becomes of it."""
    if row["entry_id"] is None:
        entry_id = _post(session, ctx, row, "suspense", day_for(session, ctx, _day_of(ctx, row)))
        db.execute(
            session,
            "update gateway_payment set entry_id = %s where tenant_id = %s and id = %s",
            (entry_id, ctx.tenant_id, row["id"]),
        )
        _tell_captured(session, ctx, row, is_identified=False)
    _raise(session, ctx, row, kind, problem)


def _post(session: Session, ctx: RequestContext, row: db.Row, purpose: str, day: date) -> UUID:
    sign = 1 if purpose == "suspense" else -1
    words = "Unidentified money" if purpose == "suspense" else "Identified money"
    lines = [debit(CLEARING, sign * row["amount"]), credit(SUSPENSE, sign * row["amount"])]
    narration = f"{words}, {row['provider_id']}"
    entry = NewEntry("payments", day, ORIGIN, row["id"], purpose, narration, lines)
    entry_id = accounting.post_entry(session, ctx, entry)
    assert entry_id is not None  # noqa: S101  the amount is above zero
    return entry_id


def _day_of(ctx: RequestContext, row: db.Row) -> date:
    day: date = business_date(row["captured_at"], ctx.time_zone)
    return day


def _tell_captured(
    session: Session, ctx: RequestContext, row: db.Row, *, is_identified: bool
) -> None:
    event = PaymentCaptured(
        gateway_payment_id=row["id"], amount=row["amount"], is_identified=is_identified
    )
    emit(session, ctx, row["id"], event)


def _tell_changed(
    session: Session, ctx: RequestContext, account: AccountKeys, row: db.Row, facts: PaymentFacts
) -> None:
    problem = (
        f"{account.name} says {amount_of(facts.paise)} {facts.currency} of {facts.id}, after {row['amount']}"
        f" {row['currency']} before. The books keep what was said first; ask the provider."
    )
    _raise(session, ctx, row, ExceptionKind.CHANGED, problem)


def _raise(
    session: Session, ctx: RequestContext, row: db.Row, kind: ExceptionKind, problem: str
) -> None:
    matter = Matter(
        kind,
        row["provider_id"],
        problem,
        amount=row["amount"] if row["currency"] == RUPEES else None,
        gateway_payment_id=row["id"],
    )
    raise_exception(session, ctx, row["account_id"], matter)
