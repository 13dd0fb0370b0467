"""Applying an advance to the invoice of its service: the invoice's tax takes the place of the advance's."""

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.formatting import date_text, money_text
from erp.core.money import ZERO
from erp.models.service_advances import AdvanceStepKind
from erp.services import accounting
from erp.services.accounting import HeldItem, Side, credit, debit
from erp.services.platform import Amount, Command, Day, Result, command
from erp.services.service_advances.errors import NotItsService
from erp.services.service_advances.holding import (
    HeldAdvance,
    day_of,
    hold_advance,
    part_of,
    post_step,
    tax_back,
    write_step,
)


class ApplyServiceAdvance(Command):
    """Let an invoice take an advance.

    Attributes:
        amount: As much as is left, is open of the invoice and is its services' where nothing is said.
        booked_on: Since both were made; decides the return that takes the advance's tax off. Today by default.
    """

    advance_id: UUID
    invoice_id: UUID
    amount: Annotated[Amount, Field(gt=0)] | None = None
    booked_on: Day | None = None


class AppliedAdvance(Result):
    """What an invoice took, with the tax that is no longer the advance's."""

    id: UUID
    amount: Decimal
    tax: Decimal
    left: Decimal


@command(
    "service_advances.apply_advance",
    permission="payments.receive",
    rest="POST /service-advances/{advance_id}/applications",
)
def apply_advance(
    session: Session, ctx: RequestContext, cmd: ApplyServiceAdvance
) -> AppliedAdvance:
    """Settle an invoice with an advance; the tax of that part was paid with it and is taken off now.

    An advance goes to any taxable service of its customer, at whatever rate and place that is billed: its own
    tax goes back whole. Locks the customer's open items.

    Raises:
        UnknownServiceAdvance: There is no such advance.
        NotItsService: The invoice is another customer's or registration's, bills no taxable service, or less is open.
        AdvanceUsedUp: Less is left of the advance.
        InvalidInput: The day has not come, or is before the advance's or the invoice's.
        TaxPeriodFiled: The return of the day's month is filed.
        PeriodClosed: The books are closed for the day.

    Emits:
        service_advances.advance_moved.v1

    Source: CGST Act s.13; Form GSTR-1 table 11B. Journals J16 and J17 of the domain rules.
    """
    held = hold_advance(session, ctx, cmd.advance_id)
    items = accounting.hold_items(session, ctx, "debtors", held.party_id)
    invoice = _invoice(session, ctx, held, cmd.invoice_id)
    owed = [
        item for item in items if item.side is Side.DEBIT and item.origin_id == invoice["origin_id"]
    ]
    most = min(sum((item.open for item in owed), ZERO), invoice["services"])
    amount = _amount(cmd, held, invoice["number"], most)
    day = day_of(ctx, held, cmd.booked_on, "booked_on")
    if day < invoice["issued_on"]:
        message = f"{invoice['number']} is of {date_text(invoice['issued_on'])}. Choose that day or a later one."
        raise InvalidInput(message, fields={"booked_on": message})
    taxes = held.taxes_of(amount)
    applied = AdvanceStepKind.APPLIED
    step_id = write_step(
        session, ctx, held, (applied, amount, taxes), day, invoice_id=cmd.invoice_id
    )
    lines = [
        debit("service_advances", amount, held.party_id),
        credit("debtors", amount, held.party_id),
        *tax_back(taxes),
    ]
    words = f"Advance {held.number} for {invoice['number']}"
    entry_id = post_step(session, ctx, held, (step_id, applied, day, words), lines)
    assert entry_id is not None  # noqa: S101  the amount is above zero
    item_id = accounting.item_of(session, ctx, entry_id)
    own = HeldItem(item_id, step_id, Side.CREDIT, amount, day, words)
    accounting.settle(session, ctx, [*owed, own], accounting.oldest_first([*owed, own]), "amount")
    tax = sum(taxes.values(), ZERO)
    return AppliedAdvance(id=step_id, amount=amount, tax=tax, left=held.left - amount)


OF_REGISTRATION = """
    exists (select 1 from branch sold join branch paid on (paid.tenant_id, paid.gstin) = (sold.tenant_id, sold.gstin)
             where (sold.tenant_id, sold.id) = (i.tenant_id, i.branch_id) and paid.id = %s)
"""
"""Whether an invoice is of the registration of a branch, whose returns state both."""
SERVICES_OF = """
    coalesce((select sum(case n.kind when 'credit_note' then -l.total else l.total end)
                from invoice n join invoice_line l on (l.tenant_id, l.invoice_id) = (n.tenant_id, n.id)
               where n.tenant_id = i.tenant_id and (n.id = i.id or n.original_invoice_id = i.id)
                 and starts_with(l.hsn, '99') and l.treatment = 'taxable' and l.rate > 0), 0)
    - coalesce((select sum(s.amount) from service_advance_step s
               where s.tenant_id = i.tenant_id and s.invoice_id = i.id
                 and not exists (select 1 from service_advance_step u
                                  where (u.tenant_id, u.undoes_id) = (s.tenant_id, s.id))), 0)
"""
"""What taxable services of an invoice come to, less notes and less what advances paid of them."""


def _invoice(session: Session, ctx: RequestContext, held: HeldAdvance, invoice_id: UUID) -> db.Row:
    row = db.fetch_one(
        session,
        f"select i.number, i.issued_on, i.origin_id, {SERVICES_OF} as services from invoice i"  # noqa: S608  a constant
        " where i.tenant_id = %s and i.company_id = %s and i.id = %s and i.party_id = %s"
        f" and i.kind not in ('credit_note', 'debit_note') and {OF_REGISTRATION}",
        (ctx.tenant_id, ctx.company_id, invoice_id, held.party_id, held.branch_id),
    )
    if row is None:
        message = "This customer has no such invoice under the advance's registration. Choose one of the list."
        raise NotItsService(message, fields={"invoice_id": message})
    return row


def _amount(cmd: ApplyServiceAdvance, held: HeldAdvance, number: str, most: Decimal) -> Decimal:
    if most <= 0:
        message = f"No taxable service of {number} is open. Choose another invoice."
        raise NotItsService(message, fields={"invoice_id": message})
    amount = part_of(held, min(most, held.left) if cmd.amount is None else cmd.amount)
    if amount > most:
        message = f"Taxable services of {number} are open to {money_text(most)}."
        raise NotItsService(message, fields={"amount": message})
    return amount
