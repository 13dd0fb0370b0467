"""Exchanges: goods come back against their bill and others go out, in one transaction."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.money import ZERO
from erp.models.pos import TenderMethod
from erp.services import accounting, party, sales
from erp.services.billing import ComingBack
from erp.services.platform import Amount, Command, Result, ShortText, command, id_from_key
from erp.services.pos.basket import MAX_LINES, CartLine, CouponText
from erp.services.pos.prescribing import GivenPrescription
from erp.services.pos.pricing import Occasion, draw_up
from erp.services.pos.refunding import settle_refund
from erp.services.pos.returning import (
    Draft,
    PostReturn,
    ReturnLine,
    ReturnReceipt,
    id_of_return,
    settle_own,
    take_goods,
    value_goods,
)
from erp.services.pos.selling import Offer, PostSale, SaleReceipt, require_fit, sell
from erp.services.pos.shifts import hold_open_shift
from erp.services.pos.tendering import GivenTender, Settlement, Tenders, refuse_exchange, settle


def _id_of_replacement(data: Mapping[str, Any]) -> UUID:
    return id_from_key({"idempotency_key": f"exchange {data.get('idempotency_key', '')}"})


class PostExchange(Command):
    """Take goods back against a bill and give its customer others for them.

    Attributes:
        sale_id: Of the bill the goods were sold with.
        return_id, replacement_id: Made by the client, so that a lost answer can be asked for
            again; they follow from the idempotency key where none is given.
        returned: What comes back, at the prices of its bill. lines: what goes out, at today's.
        tenders: How the difference is paid, or given back where the goods that go out cost less;
            then empty lowers what the customer owes for the bill first and gives the rest in cash.
    """

    sale_id: UUID
    return_id: UUID = Field(default_factory=id_of_return)
    replacement_id: UUID = Field(default_factory=_id_of_replacement)
    shift_id: UUID
    returned: Annotated[tuple[ReturnLine, ...], Field(min_length=1, max_length=MAX_LINES)]
    reason: ShortText
    lines: Annotated[tuple[CartLine, ...], Field(min_length=1, max_length=MAX_LINES)]
    bill_discount: Amount = ZERO
    coupon: CouponText = ""
    prescription: GivenPrescription | None = None
    tenders: Tenders = ()


class ExchangeReceipt(Result):
    """A posted exchange: the credit note and the bill.

    Attributes:
        carried: What the goods that came back pay of the bill.
        paid: Of the difference, by the customer. refunded: to them, points left out.
    """

    returned: ReturnReceipt
    sold: SaleReceipt
    carried: Decimal
    paid: Decimal
    refunded: Decimal


@command("pos.post_exchange", permission="pos.return", rest="POST /sales/{sale_id}/exchanges")
def post_exchange(session: Session, ctx: RequestContext, cmd: PostExchange) -> ExchangeReceipt:
    """Take goods back as a return does and sell others as a sale does, both or neither.

    The bill is rounded so that the difference is whole rupees. What goes out was on the shelf before,
    never what comes back. What was paid for the goods pays the bill; what was put on the account is
    owed for the bill instead, which is no new credit. Caps count what goes out less what comes back. A bill that
    comes back whole gives its coupon back first: the new one may use it.

    Locks, in this order: the shift (alone), the notes of the original bill, the stock balances of both
    sides sorted by variant and lot, the loyalty programme (shared), the coupon, the customer (before it
    where points go), their open items where the account is credited, the number series of notes, that of
    bills, account balances with the entries of both in one statement, sorted as for any entry.

    Raises:
        PermissionDenied: The actor may take goods back but not sell.
        As `post_return` and `post_sale`; what is wrong with goods that come back is named
            `returned.N`, with goods that go out `lines.N`.

    Emits:
        pos.return_posted.v1, pos.sale_posted.v1
    """
    ctx.require("pos.sell")
    refuse_exchange(cmd.tenders)
    shift = hold_open_shift(session, ctx, cmd.shift_id, alone=True)
    going_out = [line.variant_id for line in cmd.lines]
    draft = value_goods(session, ctx, shift, _return_of(cmd), at="returned", going_out=going_out)
    sale = _sale_of(cmd, draft)
    buyer = party.get_party_for_sale(session, ctx, sale.customer_id)
    coming = ComingBack(draft.original.id, {line.line_no: line.quantity for line in cmd.returned})
    freed_id = cmd.sale_id if draft.is_last else None
    bill = draw_up(session, ctx, shift, buyer, sale, Occasion(back=coming, freed_id=freed_id))
    bill = bill.rounded_against(draft.credit)
    offer = Offer(sale, shift, buyer, bill, replaces_id=cmd.return_id)
    require_fit(session, ctx, offer)
    carried = _carried(draft, bill.totals.invoice_value)
    rest = settle(bill.totals.invoice_value - carried.total, _paying(cmd, draft, carried))
    party.hold_buyer(session, ctx, buyer)
    sales.require_credit(session, ctx, buyer, rest.paid_by(TenderMethod.CREDIT), "tenders")
    back = carried.and_also(_refund(cmd, draft, carried))
    returned = take_goods(session, ctx, draft, back)
    db.send_rows(session, later=accounting.ROWS_OF_ENTRIES)
    sold = sell(session, ctx, offer, carried.and_also(rest))
    settle_own(session, ctx, draft, back)
    return ExchangeReceipt(
        returned=returned,
        sold=sold,
        carried=carried.total,
        paid=sold.total - carried.total,
        refunded=draft.credit - carried.total,
    )


def _return_of(cmd: PostExchange) -> PostReturn:
    return PostReturn(
        idempotency_key=cmd.idempotency_key,
        return_id=cmd.return_id,
        sale_id=cmd.sale_id,
        shift_id=cmd.shift_id,
        lines=cmd.returned,
        reason=cmd.reason,
    )


def _sale_of(cmd: PostExchange, draft: Draft) -> PostSale:
    return PostSale(
        idempotency_key=cmd.idempotency_key,
        sale_id=cmd.replacement_id,
        shift_id=cmd.shift_id,
        customer_id=draft.original.party_id,
        lines=cmd.lines,
        bill_discount=cmd.bill_discount,
        coupon=cmd.coupon,
        prescription=cmd.prescription,
        tenders=(),
    )


def _carried(draft: Draft, value: Decimal) -> Settlement:
    """Return what of the new bill the goods that come back pay: money first, then what is owed."""
    total = min(draft.credit, value)
    money = min(total, draft.paid.money)
    parts = ((TenderMethod.EXCHANGE, money), (TenderMethod.CREDIT, total - money))
    given = [GivenTender(method=method, amount=amount) for method, amount in parts if amount > 0]
    return Settlement(tuple((tender, tender.amount) for tender in given), ZERO)


def _paying(cmd: PostExchange, draft: Draft, carried: Settlement) -> tuple[GivenTender, ...]:
    return () if draft.credit > carried.total else cmd.tenders


def _refund(cmd: PostExchange, draft: Draft, carried: Settlement) -> Settlement:
    left = draft.credit - carried.total
    if not left:
        return Settlement((), ZERO)
    paid = replace(
        draft.paid,
        money=draft.paid.money - carried.paid_by(TenderMethod.EXCHANGE),
        account=max(draft.paid.account - carried.paid_by(TenderMethod.CREDIT), ZERO),
    )
    return settle_refund(left, cmd.tenders, paid, has_account=draft.has_account)
