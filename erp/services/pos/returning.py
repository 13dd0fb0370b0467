"""Returns against the original bill: goods back, tax reversed, money refunded."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import NotFound
from erp.core.ids import new_id
from erp.core.money import ZERO
from erp.models.pos import Sale, SaleKind, TenderMethod
from erp.services import accounting, billing, inventory, loyalty, sales
from erp.services.accounting import NewEntry, NewLine
from erp.services.billing import (
    NewInvoice,
    OriginalInvoice,
    Returning,
)
from erp.services.inventory import Origin, TakenBack
from erp.services.loyalty import Change, Document
from erp.services.platform import (
    Closed,
    Command,
    DomainEvent,
    Quantity,
    Result,
    ShortText,
    command,
    emit,
    id_from_key,
)
from erp.services.pos.approving import require_within_limit
from erp.services.pos.refunding import Paid, get_payment, settle_refund
from erp.services.pos.rewarding import points_of_return, with_points
from erp.services.pos.shifts import OpenShift, hold_open_shift, require_cash
from erp.services.pos.tendering import (
    Settlement,
    Tenders,
    ledger_lines,
    write_tenders,
)


class ReturnLine(Closed):
    """Units of one line of the original bill."""

    line_no: Annotated[int, Field(ge=1, le=1000)]
    quantity: Quantity


def id_of_return(data: Mapping[str, Any]) -> UUID:
    """Return an id that no sale has, should a sale have been made with the same key."""
    return id_from_key({"idempotency_key": f"return {data.get('idempotency_key', '')}"})


class PostReturn(Command):
    """Take goods back against a bill and refund them.

    Attributes:
        return_id: Made by the client, so that a lost answer can be asked for again; follows
            from the idempotency key where none is given.
        tenders: How the money is given back; together exactly the value of the goods, less what
            points are given back for. Empty lowers what the customer owes for the bill first and
            gives the rest back in cash.
    """

    return_id: UUID = Field(default_factory=id_of_return)
    sale_id: UUID
    shift_id: UUID
    lines: Annotated[tuple[ReturnLine, ...], Field(min_length=1, max_length=200)]
    tenders: Tenders = ()
    reason: ShortText


class ReturnReceipt(Result):
    """A posted return.

    Attributes:
        points_net: Points given back less those taken back. by_points: rupees of the refund
            that came as points.
    """

    return_id: UUID
    invoice_id: UUID
    number: str
    original_number: str
    issued_at: datetime
    taxable: Decimal
    cgst: Decimal
    sgst: Decimal
    igst: Decimal
    total: Decimal
    points_net: int = 0
    by_points: Decimal = ZERO


class SaleTakenBack(DomainEvent):
    """Goods of a bill came back; the aggregate is the sale."""

    name = "pos.sale_taken_back.v1"
    sale_id: UUID
    return_id: UUID


class ReturnPosted(DomainEvent):
    """Goods came back against a bill."""

    name = "pos.return_posted.v1"
    return_id: UUID
    sale_id: UUID
    number: str
    total: Decimal


@dataclass(frozen=True, slots=True)
class Draft:
    """Goods that come back, valued, before anything of it is given back.

    Attributes:
        is_last: Nothing of the bill is left with the customer.
    """

    cmd: PostReturn
    shift: OpenShift
    original: OriginalInvoice
    note: NewInvoice
    paid: Paid
    points: Change
    is_last: bool

    @property
    def credit(self) -> Decimal:
        """What the goods are worth, less what points are given back for."""
        return self.note.totals.invoice_value - self.points.tendered

    @property
    def has_account(self) -> bool:
        """Tell whether the customer has a name, and so an account."""
        return bool(self.original.recipient)


@dataclass(frozen=True, slots=True)
class _Taking:
    """A return decided in every respect but its number."""

    draft: Draft
    settlement: Settlement
    goods: list[TakenBack]


@command("pos.post_return", permission="pos.return", rest="POST /sales/{sale_id}/returns")
def post_return(session: Session, ctx: RequestContext, cmd: PostReturn) -> ReturnReceipt:
    """Take goods back at the price, tax and lot of the original bill, and refund them.

    Returns of one bill wait for each other, so two tills cannot take the same unit back; a
    return waits for sales in progress of its shift, so no two refunds empty the drawer twice.
    Lots that can be sold again go back on the shelf, others to the expired store. With the last of
    its goods a bill gives its coupon back.

    What is given back on the account settles what is open of the bill. Locks, in this order: the
    shift (alone), the notes of the bill, the balances of its goods, the loyalty programme (shared),
    the customer where points go, their open items where the account is credited, the number series.

    Raises:
        NotFound: There is no such sale.
        OtherRegistration: The bill was made under another registration.
        ShiftClosed: The shift takes no returns.
        ReturnExceedsSale: More would come back than was sold.
        ApprovalRequired: The value exceeds the cashier's limit and nobody approved it.
        PaymentMismatch: The refunds do not add up to the value of the goods, or more money
            would go back than was paid.
        DrawerShort: More cash would go back than is in the drawer.

    Emits:
        pos.return_posted.v1

    Source: CGST Act s.34; the cumulative method for part returns.
    """
    shift = hold_open_shift(session, ctx, cmd.shift_id, alone=True)
    draft = value_goods(session, ctx, shift, cmd)
    money = settle_refund(draft.credit, cmd.tenders, draft.paid, has_account=draft.has_account)
    receipt = take_goods(session, ctx, draft, money)
    settle_own(session, ctx, draft, money)
    return receipt


def value_goods(
    session: Session,
    ctx: RequestContext,
    shift: OpenShift,
    cmd: PostReturn,
    *,
    at: str = "lines",
    going_out: Iterable[UUID] = (),
) -> Draft:
    """Count goods as returned and value them; other returns of their bill wait.

    Locks their balances before the customer, as a sale does.

    Args:
        at: The input field that holds the lines.
        going_out: Variants that are handed over for them, locked with them.

    Raises:
        As `post_return`, but for the refund.
    """
    invoice_id = invoice_of(session, ctx, cmd.sale_id)
    original = billing.get_original(session, ctx, invoice_id, at="sale_id")
    returning = [Returning(line.line_no, line.quantity) for line in cmd.lines]
    credit_draft = billing.draft_credit(session, ctx, original, returning, at=at)
    coming_back = {line.variant_id for line in credit_draft.lines if line.variant_id}
    inventory.hold_shelves(session, ctx, shift.location_id, coming_back.union(going_out))
    value = credit_draft.totals.invoice_value
    require_within_limit(session, ctx, "return", cmd.return_id, value)
    paid = get_payment(session, ctx, cmd.sale_id)
    whose = Document(original.party_id, "return", cmd.return_id)
    points = points_of_return(session, ctx, whose, cmd.sale_id, paid, value)
    origin, series = Origin("return", cmd.return_id), (shift.register_code, shift.register_id)
    note = billing.credit_note_of(original, credit_draft, new_id(), origin, series)
    return Draft(cmd, shift, original, note, paid, points, credit_draft.is_complete)


def take_goods(
    session: Session, ctx: RequestContext, draft: Draft, money: Settlement
) -> ReturnReceipt:
    """Put goods that were valued where they belong, number their note and give back what is due.

    The rows are held; where the account is credited, `settle_own` follows.

    Raises:
        DrawerShort: More cash would go back than is in the drawer.
        PeriodClosed: The books are closed for today.
    """
    settlement = with_points(money, draft.points.tendered)
    cash = settlement.paid_by(TenderMethod.CASH)
    require_cash(session, ctx, draft.shift.id, cash, at="tenders")
    goods = billing.put_back(session, ctx, draft.note, draft.shift.location_id, draft.cmd.reason)
    accounting.period_id(session, ctx, ctx.today)
    if _lowers_debt(settlement):
        # before the entry takes account balances: payments lock in that order
        accounting.hold_items(session, ctx, "debtors", draft.note.party_id)
    number = billing.take_number(session, ctx, draft.note)
    db.hold_rows(session)
    _write(session, ctx, _Taking(draft, settlement, goods), number)
    return _receipt(ctx, draft, number)


def settle_own(session: Session, ctx: RequestContext, draft: Draft, money: Settlement) -> None:
    """Settle what is open of the bill with its return; what is left stands on the account.

    Sends the rows that are held, as it reads the open item; nothing where the account is not credited.
    """
    if not _lowers_debt(money):
        return
    db.send_rows(session)
    items = accounting.hold_items(session, ctx, "debtors", draft.note.party_id)
    own = [item for item in items if item.origin_id in {draft.cmd.sale_id, draft.cmd.return_id}]
    accounting.settle(session, ctx, own, accounting.oldest_first(own))


def _lowers_debt(money: Settlement) -> bool:
    return money.paid_by(TenderMethod.CREDIT) > 0


def _receipt(ctx: RequestContext, draft: Draft, number: str) -> ReturnReceipt:
    totals = draft.note.totals
    return ReturnReceipt(
        return_id=draft.cmd.return_id,
        invoice_id=draft.note.id,
        number=number,
        original_number=draft.original.number,
        issued_at=ctx.now,
        taxable=totals.taxable_value,
        cgst=totals.cgst,
        sgst=totals.sgst,
        igst=totals.igst,
        total=totals.invoice_value,
        points_net=draft.points.net,
        by_points=draft.points.tendered,
    )


def invoice_of(
    session: Session, ctx: RequestContext, sale_id: UUID, *, at: str = "sale_id"
) -> UUID:
    """Return the document of a sale; `at` is the input field a refusal names.

    Raises:
        NotFound: There is no such sale.
    """
    row = db.fetch_one(
        session,
        "select invoice_id from sale where tenant_id = %s and id = %s and kind = 'sale'",
        (ctx.tenant_id, sale_id),
    )
    if row is None:
        raise NotFound("There is no such sale.", fields={at: "no such sale"})
    invoice_id: UUID = row["invoice_id"]
    return invoice_id


def _write(session: Session, ctx: RequestContext, taking: _Taking, number: str) -> None:
    draft = taking.draft
    cmd, note, points = draft.cmd, draft.note, draft.points
    billing.write_invoice(session, ctx, note, number)
    db.insert_rows(session, Sale, [_row(ctx, draft)])
    write_tenders(session, ctx, cmd.return_id, taking.settlement)
    narration = f"Return {number}: {cmd.reason}"
    loyalty.write_change(session, points)
    if draft.is_last:
        sales.give_back_coupon(session, ctx, cmd.sale_id, cmd.return_id)
    refunds = [
        NewLine(line.account_key, credit=line.debit, party_id=line.party_id)
        for line in ledger_lines(taking.settlement, note.party_id)
    ]
    lines = [*billing.taken_back_lines(note.totals, taking.goods), *refunds, *points.lines()]
    accounting.post_entry(
        session,
        ctx,
        NewEntry("sales", ctx.today, "return", cmd.return_id, "return", narration, lines),
    )
    event = ReturnPosted(
        return_id=cmd.return_id, sale_id=cmd.sale_id, number=number, total=note.totals.invoice_value
    )
    emit(session, ctx, cmd.return_id, event)
    taken = SaleTakenBack(sale_id=cmd.sale_id, return_id=cmd.return_id)
    emit(session, ctx, cmd.sale_id, taken)


def _row(ctx: RequestContext, draft: Draft) -> dict[str, Any]:
    return {
        "tenant_id": ctx.tenant_id,
        "id": draft.cmd.return_id,
        "kind": SaleKind.RETURN,
        "shift_id": draft.shift.id,
        "register_id": draft.shift.register_id,
        "party_id": draft.note.party_id,
        "invoice_id": draft.note.id,
        "original_sale_id": draft.cmd.sale_id,
        "replaces_id": None,
        "sold_at": ctx.now,
        "total": draft.note.totals.invoice_value,
        "change_due": 0,
        "note": draft.cmd.reason,
        "user_id": ctx.user_id,
    }
