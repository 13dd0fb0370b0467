"""Cancelling an order's invoice: its number stays, everything else of it is taken back today."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, ClassVar, Final
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import Conflict, NotFound
from erp.core.formatting import money_text
from erp.core.ids import new_id
from erp.core.money import ZERO
from erp.models.billing import InvoiceCancellation
from erp.services import accounting, inventory, sales
from erp.services.accounting import NewEntry, NewLine, credit, debit
from erp.services.billing.returning import hold_notes
from erp.services.billing.selling import income_key
from erp.services.inventory import Origin, Returned, TakenBack
from erp.services.platform import (
    Command,
    DomainEvent,
    Result,
    ShortText,
    command,
    emit,
    note_effect,
    refuse_on,
)

CANCEL: Final = "billing.cancel"
ORIGIN: Final = "invoice_cancellation"
KINDS: Final = frozenset({"tax_invoice", "bill_of_supply", "invoice_cum_bill"})
BY_NOTE: Final = "Take the goods back with a credit note instead."


class NotCancellable(Conflict):
    """Something rests on the document: it is met by a credit note, or what rests on it is undone first."""

    code = "invoice_not_cancellable"


class CancelledBefore(Conflict):
    """The invoice is cancelled."""

    code = "invoice_cancelled"


class CancelInvoice(Command):
    """Cancel an order's invoice that should not have been made.

    Attributes:
        reason: Why; stands on the paper and in the books.
    """

    invoice_id: UUID
    reason: ShortText


class CancelledInvoice(Result):
    """A cancelled invoice.

    Attributes:
        order_id: The order whose units are outstanding again.
    """

    id: UUID
    number: str
    total: Decimal
    order_id: UUID | None


class InvoiceCancelled(DomainEvent):
    """An invoice was cancelled: its goods are back, nothing of it is owed, its number stays."""

    name: ClassVar[str] = "billing.invoice_cancelled.v1"

    invoice_id: UUID
    number: str
    party_id: UUID
    total: Decimal


@dataclass(frozen=True, slots=True)
class Standing:
    """An invoice that is to be cancelled."""

    id: UUID
    number: str
    kind: str
    issued_on: date
    company_id: UUID
    branch_id: UUID
    branch: str
    party_id: UUID
    origin_type: str
    total: Decimal
    cgst: Decimal
    sgst: Decimal
    igst: Decimal
    round_off: Decimal
    is_cancelled: bool


@command(
    "billing.cancel_invoice", permission=CANCEL, rest="POST /invoices/{invoice_id}/cancellation"
)
def cancel_invoice(session: Session, ctx: RequestContext, cmd: CancelInvoice) -> CancelledInvoice:
    """Cancel an order's invoice: goods, debt and tax are taken back today, its number stays used.

    Its order is open again for what it delivered, and keeps goods for it. An invoice that the invoice portal
    registered is cancelled there (`einvoicing.cancel_einvoice`), and follows by itself. Locks the order, the
    invoice's notes, the invoice, the customer's open items, the balances of the lots.

    Raises:
        NotFound: There is no such invoice. CancelledBefore: It is cancelled.
        NotCancellable: It is a note or a till's bill, another branch's, paid in part, has notes, is at the portal,
            travels with a way bill, or its period's return is filed; the message says what helps.
        PeriodClosed: The books are closed for today.

    Emits:
        billing.invoice_cancelled.v1, sales.delivery_cancelled.v1

    Source: CGST Act s.31, s.34; Form GSTR-1 table 13.
    """
    found = read_standing(session, ctx, cmd.invoice_id)
    if found.branch_id != ctx.branch_id:
        raise refused(f"{found.number} was made at {found.branch}. Cancel it there.")
    return void_invoice(session, ctx, cmd.invoice_id, cmd.reason)


def void_invoice(
    session: Session, ctx: RequestContext, invoice_id: UUID, reason: str
) -> CancelledInvoice:
    """Cancel an invoice in the branch that made it, for a domain above. Locks and refuses as `cancel_invoice`.

    Emits:
        billing.invoice_cancelled.v1, sales.delivery_cancelled.v1
    """
    delivery = sales.hold_delivery(session, ctx, invoice_id)
    hold_notes(session, invoice_id)
    found = read_standing(session, ctx, invoice_id)
    acting = replace(ctx, company_id=found.company_id, branch_id=found.branch_id)
    _require_cancellable(session, acting, found)
    cancellation_id = write_cancellation(session, acting, found, reason)
    _take_back(session, acting, found, cancellation_id, reason, delivery)
    settle_opposite(session, acting, found, cancellation_id)
    event = InvoiceCancelled(
        invoice_id=found.id, number=found.number, party_id=found.party_id, total=found.total
    )
    emit(session, acting, found.id, event)
    note_effect(session, "tax", document="cancelled_invoice", total=str(-found.total))
    order_id = delivery.order_id if delivery else None
    return CancelledInvoice(id=found.id, number=found.number, total=found.total, order_id=order_id)


def require_cancellable(session: Session, ctx: RequestContext, invoice_id: UUID) -> None:
    """Refuse where an invoice cannot be cancelled in the books; what the portals know is not looked at.

    Raises:
        NotFound, CancelledBefore, NotCancellable: As for `cancel_invoice`.
    """
    found = read_standing(session, ctx, invoice_id)
    acting = replace(ctx, company_id=found.company_id, branch_id=found.branch_id)
    _require_cancellable(session, acting, found)


def read_standing(session: Session, ctx: RequestContext, invoice_id: UUID) -> Standing:
    """Return an invoice of the company as it stands."""
    row = db.fetch_one(
        session,
        """
        select i.id, i.number, i.kind, i.issued_on, i.company_id, i.branch_id, b.name as branch, i.party_id,
               i.origin_type, i.total, i.cgst, i.sgst, i.igst, i.round_off, c.id is not null as is_cancelled
          from invoice i
          join branch b on (b.tenant_id, b.id) = (i.tenant_id, i.branch_id)
          left join invoice_cancellation c on (c.tenant_id, c.invoice_id) = (i.tenant_id, i.id)
         where i.tenant_id = %s and i.company_id = %s and i.id = %s
        """,
        (ctx.tenant_id, ctx.company_id, invoice_id),
    )
    if row is None:
        message = "There is no such invoice. Choose one of the list."
        raise NotFound(message, fields={"invoice_id": message})
    return Standing(**row)


def require_standing(found: Standing) -> None:
    """Refuse what is cancelled already, and what is no invoice of an order."""
    if found.is_cancelled:
        raise cancelled_before()
    if found.kind not in KINDS:
        raise refused(f"{found.number} is a note. A note is met by another document.")
    if found.origin_type == "asset_sale":
        raise refused(f"{found.number} sold a fixed asset. Cancel the sale on the asset's page.")
    if found.origin_type != "sales_invoice":
        raise refused(f"Bill {found.number} was made at a till. Return its goods there.")


def settled(found: Standing, amount: Decimal) -> NotCancellable:
    """Return the refusal of an invoice of which so much is settled."""
    words = f"{money_text(amount)} of {found.number} are settled."
    return refused(f"{words} Set that apart on the customer's account first.")


def _require_cancellable(session: Session, ctx: RequestContext, found: Standing) -> None:
    require_standing(found)
    require_alone(session, ctx, found)
    require_unpaid(session, ctx, found)


def require_unpaid(session: Session, ctx: RequestContext, found: Standing) -> None:
    """Refuse an invoice of which anything is settled; locks its buyer's open items."""
    items = accounting.hold_items(session, ctx, "debtors", found.party_id)
    left = sum((item.open for item in items if item.origin_id == found.id), ZERO)
    if left != found.total:
        raise settled(found, found.total - left)


def require_alone(session: Session, ctx: RequestContext, found: Standing) -> None:
    """Refuse an invoice that has notes, travels with a way bill, or stands in a filed return."""
    row = db.fetch_one(
        session,
        """
        select (select min(n.number) from invoice n
                 where n.tenant_id = i.tenant_id and n.original_invoice_id = i.id) as note,
               (select min(w.number) from way_bill w where w.tenant_id = i.tenant_id and w.invoice_id = i.id
                   and w.status in ('due', 'active')) as way_bill,
               exists (select 1 from gst_return r join branch b on (b.tenant_id, b.gstin) = (r.tenant_id, r.gstin)
                 where (b.tenant_id, b.id) = (i.tenant_id, i.branch_id) and r.company_id = i.company_id
                   and r.status = 'filed' and i.issued_on <= r.ends_on
                   and (r.form = 'cmp08') = (sec.gst_scheme(i.tenant_id, i.company_id, i.issued_on)
                        = 'composition')) as is_filed
          from invoice i where i.tenant_id = %s and i.id = %s
        """,
        (ctx.tenant_id, found.id),
    )
    assert row is not None  # noqa: S101  it was read a moment ago
    if row["note"]:
        raise refused(f"Goods of {found.number} came back by {row['note']}. {BY_NOTE}")
    if row["way_bill"] is not None:
        raise refused(f"The goods of {found.number} travel with a way bill. Cancel that first.")
    if row["is_filed"]:
        raise refused(f"The GST return of the period of {found.number} is filed. {BY_NOTE}")


def write_cancellation(session: Session, ctx: RequestContext, found: Standing, reason: str) -> UUID:
    """Write the cancellation at once, so that the database's refusals come before anything moves."""
    row: Mapping[str, Any] = {
        "tenant_id": ctx.tenant_id,
        "id": new_id(),
        "company_id": found.company_id,
        "branch_id": found.branch_id,
        "invoice_id": found.id,
        "reason": reason,
        "cancelled_on": ctx.today,
        "cancelled_at": ctx.now,
        "user_id": ctx.user_id,
    }
    db.insert_rows(session, InvoiceCancellation, [dict(row)])
    cancellation_id: UUID = row["id"]
    return cancellation_id


def _take_back(
    session: Session,
    ctx: RequestContext,
    found: Standing,
    cancellation_id: UUID,
    reason: str,
    delivery: sales.CancelledDelivery | None,
) -> None:
    """Put the goods back, post the opposite of the sale, and open the order again."""
    lines = db.fetch_all(
        session,
        "select line_no, variant_id, lot_id, quantity, cost, treatment, hsn, rate, taxable from invoice_line"
        " where tenant_id = %s and invoice_id = %s order by line_no",
        (ctx.tenant_id, found.id),
    )
    place = delivery.location_id if delivery else None
    owned = inventory.get_owned_place(session, ctx, place)
    goods = [
        Returned(x["line_no"], x["variant_id"], x["lot_id"], x["quantity"], x["cost"], reason)
        for x in lines
        if x["lot_id"] is not None
    ]
    origin = Origin(ORIGIN, cancellation_id)
    taken = inventory.take_back(session, ctx, owned.id, goods, origin) if goods else []
    if delivery:
        sales.reopen_delivery(session, ctx, delivery, found.id)
        sales.reserve_again(session, ctx, delivery)
    accounting.period_id(session, ctx, ctx.today)
    words = f"Cancelled {found.number}: {reason}"
    entry = NewEntry(
        "sales", ctx.today, ORIGIN, cancellation_id, "cancellation", words,
        _opposite(found, lines, taken),
    )  # fmt: skip
    accounting.post_entry(session, ctx, entry)


def _opposite(found: Standing, lines: list[db.Row], taken: list[TakenBack]) -> list[NewLine]:
    """Return the entry of the sale turned round, income by income; goods where they are now."""
    by_account: dict[str, Decimal] = {}
    for line in lines:
        key = income_key(line["treatment"], line["hsn"], line["rate"])
        by_account[key] = by_account.get(key, ZERO) + line["taxable"]
    return [
        *(debit(key, value) for key, value in sorted(by_account.items())),
        debit("output_cgst", found.cgst),
        debit("output_sgst", found.sgst),
        debit("output_igst", found.igst),
        debit("round_off", found.round_off),
        credit("debtors", found.total, found.party_id),
        *(debit(back.account_key, back.value) for back in taken),
        credit("cogs", sum((back.value for back in taken), ZERO)),
    ]


def settle_opposite(
    session: Session, ctx: RequestContext, found: Standing, cancellation_id: UUID
) -> None:
    """Match what was owed with its opposite, so that nothing of both is open."""
    items = accounting.hold_items(session, ctx, "debtors", found.party_id)
    own = [item for item in items if item.origin_id in {found.id, cancellation_id}]
    accounting.settle(session, ctx, own, accounting.oldest_first(own))


def refused(message: str) -> NotCancellable:
    """Return a refusal."""
    return NotCancellable(message, fields={"invoice_id": message})


def cancelled_before() -> CancelledBefore:
    """Return the refusal of an invoice that is cancelled."""
    message = "This invoice is cancelled. Nothing more is done with it."
    return CancelledBefore(message, fields={"invoice_id": message})


for _name, _message in (
    ("kind", "Only an invoice of an order is cancelled. Meet a note or a till's bill by a return."),
    ("noted", f"Goods of this invoice came back. {BY_NOTE}"),
    ("settled", "This invoice is settled in part. Set that apart on the customer's account first."),
    (
        "at_portal",
        "The invoice portal has this invoice or is being asked about it. Cancel it there; the books follow.",
    ),
    ("carried", "The goods of this invoice travel with a way bill. Cancel that first."),
    ("filed", f"The GST return of this invoice's period is filed. {BY_NOTE}"),
):
    refuse_on(f"invoice_cancellation_{_name}", partial(refused, _message))
refuse_on("uq_invoice_cancellation_tenant_id_invoice_id", cancelled_before)
refuse_on("invoice_is_cancelled", cancelled_before)
