"""Recording what returns need beside documents: credit reversed, reverse charge, cash deposited."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.clock import fiscal_year
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.formatting import money_text
from erp.core.gst.taxing import PriceMode, Supply, SupplyLine, tax_supply
from erp.core.ids import new_id
from erp.core.money import ZERO
from erp.models.gst_returns import (
    CreditChangeKind,
    GstCreditChange,
    GstDeposit,
    GstReverseCharge,
)
from erp.services import accounting, purchasing
from erp.services.accounting import NewEntry, NewLine, credit, debit
from erp.services.gst_returns.errors import CreditShort
from erp.services.gst_returns.events import CreditChanged
from erp.services.gst_returns.gstr3b import GIVES_BACK
from erp.services.gst_returns.heads import NAMES
from erp.services.gst_returns.reading_inward import CREDIT_CHANGE, REVERSE_CHARGE
from erp.services.gst_returns.refunding_tax import REFUND, require_refundable
from erp.services.gst_returns.registrations import GstinText, Registration, registration_of
from erp.services.gst_returns.schemes import REGULAR, span_on, spans_of
from erp.services.platform import (
    Amount,
    Command,
    Day,
    Identified,
    Percent,
    Result,
    Series,
    ShortText,
    Text,
    command,
    emit,
    next_number,
)

COST_OF_CHANGE = {
    CreditChangeKind.BLOCKED: "loss_expired",
    CreditChangeKind.COMMON: "credit_given_up",
    CreditChangeKind.COMMON_BACK: "credit_given_up",
    CreditChangeKind.UNPAID: "credit_to_reclaim",
    CreditChangeKind.RECLAIMED: "credit_to_reclaim",
    CreditChangeKind.ASSET_SOLD: "loss_on_assets",
    CreditChangeKind.ASSET_KEPT: "loss_on_assets",
    CreditChangeKind.REFUNDED: "bank",
}
"""Account that bears credit that is reversed, or gives it back; or that a refund comes to."""
OF_ASSETS = frozenset({CreditChangeKind.ASSET_SOLD, CreditChangeKind.ASSET_KEPT})
EXPENSES = Literal["freight_inward", "rent", "bank_charges", "sales_promotion"]


class ChangeCredit(Command):
    """Credit of a registration that is reversed, or claimed again.

    Attributes:
        booked_on: Day in the books, which decides the return it goes into; today by default.
    """

    gstin: GstinText
    kind: CreditChangeKind
    igst: Amount = ZERO
    cgst: Amount = ZERO
    sgst: Amount = ZERO
    booked_on: Day | None = None
    reason: ShortText


class RecordReverseCharge(Command):
    """A purchase whose tax is ours to pay.

    Attributes:
        account: What it is spent on. supplier_number: As their paper has it.
    """

    gstin: GstinText
    supplier_id: UUID
    description: ShortText
    hsn: Annotated[str, Field(pattern=r"^[0-9]{4,8}$")]
    taxable: Annotated[Amount, Field(gt=0)]
    rate: Annotated[Percent, Field(gt=0)]
    account: EXPENSES = "freight_inward"
    supplier_number: Text = ""
    booked_on: Day | None = None


class RecordedReverseCharge(Result):
    """A recorded reverse charge with the tax that is owed on it."""

    id: UUID
    number: str
    tax: Decimal


class DepositCash(Command):
    """Cash deposited with the portal by challan."""

    gstin: GstinText
    reference: Annotated[ShortText, Field(max_length=40)]
    amount: Annotated[Amount, Field(gt=0)]
    deposited_on: Day | None = None


def booking_day(ctx: RequestContext, given: date | None, field: str) -> date:
    """Return the day something is booked on; names `field` where it has not come."""
    day = given or ctx.today
    if day > ctx.today:
        message = "This day has not come."
        raise InvalidInput(message, fields={field: message})
    return day


def post_change(
    session: Session,
    ctx: RequestContext,
    origin: tuple[str, UUID, str],
    day: date,
    lines: list[NewLine],
) -> None:
    """Book a record of a return, and tell."""
    kind, record_id, narration = origin
    entry = NewEntry("general", day, kind, record_id, "booked", narration, lines)
    accounting.post_entry(session, ctx, entry)
    emit(session, ctx, record_id, CreditChanged(record_id=record_id, kind=kind))


@command("gst_returns.change_credit", permission="gst_returns.record", rest="POST /credit-changes")
def change_credit(session: Session, ctx: RequestContext, cmd: ChangeCredit) -> Identified:
    """Give credit back, for good or for a time, or claim again what was given back for a time.

    Tax on advances that the portal pays back to who pays by composition is recorded here too: it comes to the bank
    and waits no more. Locks what waits to be claimed again, or the registration's CMP-08.

    Raises:
        UnknownRegistration: No branch of the company has this GSTIN.
        CreditShort: More of a head is claimed again than was reversed as unpaid until the day, or paid back than waits.
        InvalidInput: No head has an amount, the kind books itself, or a refund's day lies in a filed CMP-08.
        TaxPeriodFiled: The return of the day's month is filed.
        PeriodClosed: The books are closed for the day.

    Emits:
        gst_returns.credit_changed.v1

    Source: journals J18 and J22 of the domain rules; CGST Act s.17(5)(h), Rules r.37, r.42.
    """
    registration = registration_of(session, ctx, cmd.gstin)
    day = booking_day(ctx, cmd.booked_on, "booked_on")
    heads = {name: getattr(cmd, name) for name in NAMES}
    if not any(heads.values()):
        message = "Type the tax of at least one head."
        raise InvalidInput(message, fields={"cgst": message})
    if cmd.kind in OF_ASSETS:
        message = "Selling an asset with its invoice books this by itself."
        raise InvalidInput(message, fields={"kind": message})
    if cmd.kind is CreditChangeKind.COMMON_BACK:
        message = "The share of common credit is worked out and books this by itself."
        raise InvalidInput(message, fields={"kind": message})
    if cmd.kind is CreditChangeKind.RECLAIMED:
        _require_reclaimable(session, ctx, registration, heads, day)
    if cmd.kind is CreditChangeKind.REFUNDED:
        require_refundable(session, ctx, registration, heads, day)
    acting = registration.acting(ctx)
    record_id = write_change(session, acting, cmd.kind, heads, (day, cmd.reason))
    return Identified(id=record_id)


_WORDS: Final = {CREDIT_CHANGE: "credit", REFUND: "refund"}


def write_change(
    session: Session,
    ctx: RequestContext,
    kind: CreditChangeKind,
    heads: Mapping[str, Decimal],
    when: tuple[date, str],
    kept: Mapping[str, Any] | None = None,
) -> UUID:
    """Record and book a change of credit at the acting branch, for a day and a reason; return its id.

    Args:
        kept: Of a share of common credit, what it was worked out from.

    Raises:
        TaxPeriodFiled: The return of the day's month is filed.
        PeriodClosed: The books are closed for the day.

    Emits:
        gst_returns.credit_changed.v1
    """
    (day, reason), record_id = when, new_id()
    row = credit_row(ctx, record_id) | {name: heads.get(name, ZERO) for name in NAMES}
    row |= {"kind": kind, "booked_on": day, "reason": reason, **(kept or {})}
    db.insert_rows(session, GstCreditChange, [row])
    sign = -1 if kind in GIVES_BACK else 1
    side = "output" if kind is CreditChangeKind.REFUNDED else "input"
    origin = REFUND if kind is CreditChangeKind.REFUNDED else CREDIT_CHANGE
    lines = [debit(COST_OF_CHANGE[kind], sign * sum(heads.values(), ZERO))]
    lines += [credit(f"{side}_{name}", sign * amount) for name, amount in heads.items()]
    post_change(session, ctx, (origin, record_id, f"GST {_WORDS[origin]}: {reason}"), day, lines)
    return record_id


_WAITING = """
    select coalesce(sum(sign * igst), 0) as igst, coalesce(sum(sign * cgst), 0) as cgst,
           coalesce(sum(sign * sgst), 0) as sgst
      from (select igst, cgst, sgst, case kind when 'unpaid' then 1 else -1 end as sign
              from gst_credit_change
             where tenant_id = %s and branch_id = any(%s)
               and cancelled_at is null and (kind = 'unpaid' and booked_on <= %s or kind = 'reclaimed')) changed
"""


def hold_reclaims(session: Session, ctx: RequestContext, registration: Registration) -> None:
    """Let others wait who would claim again what a registration reversed as unpaid, or take that back."""
    key = f"gst_reclaim:{ctx.tenant_id}:{ctx.company_id}:{registration.gstin}"
    db.execute(session, "select pg_advisory_xact_lock(hashtextextended(%s, 0))", (key,))


def _require_reclaimable(
    session: Session,
    ctx: RequestContext,
    registration: Registration,
    wanted: Mapping[str, Decimal],
    day: date,
) -> None:
    """Refuse a head of which less was reversed until the day than all that is claimed again of it."""
    hold_reclaims(session, ctx, registration)
    given = (ctx.tenant_id, list(registration.branch_ids), day)
    (waiting,) = db.fetch_all(session, _WAITING, given)
    over = {
        name: f"{money_text(max(waiting[name], ZERO))} {name.upper()} were reversed as unpaid until"
        f" {day:%d-%m-%Y} and wait to be claimed again."
        for name in NAMES
        if wanted[name] > max(waiting[name], ZERO)
    }
    if over:
        raise CreditShort(" ".join(over.values()), fields=over)


def credit_row(ctx: RequestContext, record_id: UUID) -> dict[str, Any]:
    """Return what every record of a return has."""
    return {
        "tenant_id": ctx.tenant_id,
        "id": record_id,
        "company_id": ctx.company_id,
        "branch_id": ctx.branch_id,
        "user_id": ctx.user_id,
    }


@command(
    "gst_returns.record_reverse_charge",
    permission="gst_returns.record",
    rest="POST /reverse-charges",
)
def record_reverse_charge(
    session: Session, ctx: RequestContext, cmd: RecordReverseCharge
) -> RecordedReverseCharge:
    """Record a purchase under reverse charge under a self-invoice's number: owed to the supplier without tax.

    The tax is owed in cash and is credit of the same return, or cost by composition. Locks the number series.

    Raises:
        UnknownRegistration, UnknownParty: There is no such registration or supplier.
        TaxPeriodFiled: The return of the day's month is filed.
        PeriodClosed: The books are closed for the day.

    Emits:
        gst_returns.credit_changed.v1

    Source: CGST Act s.9(3), s.31(3)(f); journal J24 of the domain rules.
    """
    registration = registration_of(session, ctx, cmd.gstin)
    day = booking_day(ctx, cmd.booked_on, "booked_on")
    supplier = purchasing.get_supplier(session, ctx, cmd.supplier_id)
    seller = supplier.gstin[:2] if supplier.gstin else supplier.state_code
    line = SupplyLine(ref="1", quantity=Decimal(1), unit_price=cmd.taxable, gst_rate=cmd.rate)
    taxed = tax_supply(Supply(seller, registration.state, PriceMode.EXCLUSIVE, [line]))
    heads = {name: getattr(taxed.totals, name) for name in NAMES}
    acting, record_id = registration.acting(ctx), new_id()
    accounting.period_id(session, acting, day)
    series = Series(acting.branch_id, "self_invoice", fiscal_year(day), "SLF")
    number = next_number(session, acting, series)
    row = credit_row(acting, record_id) | heads
    row |= {
        "supplier_id": cmd.supplier_id,
        "number": number,
        "supplier_number": cmd.supplier_number,
        "booked_on": day,
        "is_inter": seller != registration.state,
        "description": cmd.description,
        "hsn": cmd.hsn,
        "rate": cmd.rate,
        "taxable": cmd.taxable,
    }
    db.insert_rows(session, GstReverseCharge, [row])
    is_credit = span_on(spans_of(session, ctx), day).scheme == REGULAR
    lines = [debit(cmd.account, cmd.taxable), credit("creditors", cmd.taxable, cmd.supplier_id)]
    for name, amount in heads.items():
        gains = f"input_{name}_rcm" if is_credit else cmd.account
        lines += [debit(gains, amount), credit(f"rcm_{name}", amount)]
    narration = f"{number} {cmd.description}"
    post_change(session, acting, (REVERSE_CHARGE, record_id, narration), day, lines)
    return RecordedReverseCharge(id=record_id, number=number, tax=sum(heads.values(), ZERO))


@command("gst_returns.deposit_cash", permission="gst_returns.record", rest="POST /gst-deposits")
def deposit_cash(session: Session, ctx: RequestContext, cmd: DepositCash) -> Identified:
    """Record a challan: cash of the bank becomes cash with the portal.

    Raises:
        UnknownRegistration: No branch of the company has this GSTIN.
        DepositKnown: A challan of this number is recorded.
        PeriodClosed: The books are closed for the day.

    Emits:
        gst_returns.credit_changed.v1

    Source: CGST Act s.49(1); journal J25 of the domain rules.
    """
    registration = registration_of(session, ctx, cmd.gstin)
    day = booking_day(ctx, cmd.deposited_on, "deposited_on")
    acting, record_id = registration.acting(ctx), new_id()
    row = credit_row(acting, record_id)
    row |= {
        "gstin": cmd.gstin,
        "reference": cmd.reference,
        "deposited_on": day,
        "amount": cmd.amount,
    }
    db.insert_rows(session, GstDeposit, [row])
    lines = [debit("gst_cash_ledger", cmd.amount), credit("bank", cmd.amount)]
    post_change(session, acting, ("gst_deposit", record_id, f"Challan {cmd.reference}"), day, lines)
    return Identified(id=record_id)
