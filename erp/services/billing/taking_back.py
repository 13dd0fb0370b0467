"""Goods that a customer brings back of an order's invoice: credit note, stock and debt at once."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, ClassVar, Final
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.formatting import money_text
from erp.core.ids import new_id
from erp.services import accounting, inventory
from erp.services.accounting import NewEntry, credit
from erp.services.billing.delivering import SERIES
from erp.services.billing.invoicing import NewInvoice, take_number, write_invoice
from erp.services.billing.returning import (
    OriginalInvoice,
    Returning,
    credit_note_of,
    draft_credit,
    get_original,
    put_back,
)
from erp.services.billing.selling import taken_back_lines
from erp.services.inventory import Origin, TakenBack
from erp.services.platform import (
    Closed,
    Command,
    DomainEvent,
    Quantity,
    Result,
    ShortText,
    command,
    emit,
)

ORIGIN: Final = "sales_return"
LIMIT: Final = "return_amount"
"""Limit of a role: the largest credit note one may give, tax included."""


class BeyondReturnLimit(InvalidInput):
    """The credit is larger than the actor may give."""

    code = "beyond_return_limit"


class SoldAtTill(InvalidInput):
    """The document is a till's bill, which is returned at a till."""

    code = "sold_at_till"


class TakenLine(Closed):
    """Base units of a line of the invoice that come back."""

    line_no: Annotated[int, Field(ge=1, le=1000)]
    quantity: Quantity


class TakeBackGoods(Command):
    """Take goods back that an order's invoice sold.

    Attributes:
        location_id: Where they are put, the branch's first storage where none is said. Expired, held
            and recalled lots go to the expired store of that warehouse.
        reason: Why they come back, printed on the note.
    """

    invoice_id: UUID
    location_id: UUID | None = None
    lines: Annotated[tuple[TakenLine, ...], Field(min_length=1, max_length=500)]
    reason: ShortText


class CreditNoteAnswer(Result):
    """The credit note of a return, and what the customer owes less."""

    id: UUID
    number: str
    original_number: str
    total: Decimal


class GoodsTakenBack(DomainEvent):
    """Goods of an order's invoice came back."""

    name: ClassVar[str] = "billing.goods_taken_back.v1"

    invoice_id: UUID
    note_id: UUID
    party_id: UUID
    total: Decimal


@command(
    "billing.take_back_goods",
    permission="billing.take_back",
    rest="POST /invoices/{invoice_id}/returns",
)
def take_back_goods(session: Session, ctx: RequestContext, cmd: TakeBackGoods) -> CreditNoteAnswer:
    """Take goods back at the price, tax and lot of their invoice, and lower what the customer owes.

    The note settles what is open of its invoice; what is left stands on the customer's account.
    Notes of one invoice wait for each other, so that no unit comes back twice. Locks the invoice's
    notes, the customer's open items, the balances of the lots, then the series of the number.

    Raises:
        NotFound: There is no such invoice. OtherRegistration: another registration made it.
        SoldAtTill: It is a till's bill.
        ReturnExceedsSale: More would come back than was sold and is not back yet.
        BeyondReturnLimit: The credit is larger than the actor may give.
        UnknownPlace, WrongPlace: The place is not known, or not of the acting company.
        PeriodClosed: The books are closed for today.

    Emits:
        billing.goods_taken_back.v1, in the same transaction.

    Source: CGST Act s.34(1); journals J05 and J06 of the domain rules.
    """
    original = get_original(session, ctx, cmd.invoice_id)
    _require_ordered(original)
    wanted = [Returning(line.line_no, line.quantity) for line in cmd.lines]
    draft = draft_credit(session, ctx, original, wanted)
    _require_within_limit(ctx, draft.totals.invoice_value)
    accounting.hold_items(session, ctx, "debtors", original.party_id)
    note_id = new_id()
    note = credit_note_of(original, draft, note_id, Origin(ORIGIN, note_id), (SERIES, None))
    place = inventory.get_owned_place(session, ctx, cmd.location_id)
    taken = put_back(session, ctx, note, place.id, cmd.reason)
    accounting.period_id(session, ctx, ctx.today)
    number = take_number(session, ctx, note)
    write_invoice(session, ctx, note, number)
    _post(session, ctx, note, f"Credit note {number}: {cmd.reason}", taken)
    _settle(session, ctx, original, note.id)
    total = note.totals.invoice_value
    event = GoodsTakenBack(
        invoice_id=original.id, note_id=note.id, party_id=original.party_id, total=total
    )
    emit(session, ctx, original.id, event)
    return CreditNoteAnswer(id=note.id, number=number, original_number=original.number, total=total)


def _require_ordered(original: OriginalInvoice) -> None:
    if original.origin_type != "sales_invoice":
        message = f"Bill {original.number} was made at a till. Return it there."
        raise SoldAtTill(message, fields={"invoice_id": message})


def _require_within_limit(ctx: RequestContext, value: Decimal) -> None:
    limit = ctx.limit(LIMIT)
    if value > limit:
        message = (
            f"This credit is {money_text(value)}; you may give {money_text(limit)}."
            " Ask somebody who may give more."
        )
        raise BeyondReturnLimit(message, fields={"lines": message})


def _post(
    session: Session,
    ctx: RequestContext,
    note: NewInvoice,
    narration: str,
    taken: Sequence[TakenBack],
) -> None:
    lines = [
        *taken_back_lines(note.totals, taken),
        credit("debtors", note.totals.invoice_value, note.party_id),
    ]
    entry = NewEntry("sales", ctx.today, ORIGIN, note.id, "credit_note", narration, lines)
    accounting.post_entry(session, ctx, entry)


def _settle(
    session: Session, ctx: RequestContext, original: OriginalInvoice, note_id: UUID
) -> None:
    items = accounting.hold_items(session, ctx, "debtors", original.party_id)
    own = [item for item in items if item.origin_id in {original.id, note_id}]
    accounting.settle(session, ctx, own, accounting.oldest_first(own))
