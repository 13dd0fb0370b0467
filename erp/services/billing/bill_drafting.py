"""A supplier's bill as it is typed: checked, taxed and matched before anything is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.bill_numbers import bill_key
from erp.core.context import RequestContext
from erp.core.errors import DomainError, InvalidInput, NotFound, raise_all
from erp.core.formatting import money_text
from erp.core.gst.crediting import credit_until
from erp.core.gst.taxing import (
    PriceMode,
    Supply,
    SupplyLine,
    TaxedLine,
    TaxedSupply,
    tax_on,
    tax_supply,
)
from erp.core.money import ZERO
from erp.core.quantity import to_base_units
from erp.models.billing import Finding
from erp.services import party, purchasing
from erp.services.billing.bill_errors import TaxNotDue, TotalDiffers, UnknownDelivery
from erp.services.billing.bill_goods import Key, hold_delivered, tolerance_of
from erp.services.billing.bill_matching import Delivered, Match, Tolerance, match_line
from erp.services.inventory import UnitQuantity
from erp.services.platform import (
    Amount,
    Closed,
    Command,
    Day,
    Percent,
    ShortText,
    Text,
    UnitPrice,
)

LARGEST_ROUND_OFF = Decimal("1.00")
MOST_LINES = 500
UNTAXING = frozenset({party.GstCategory.COMPOSITION, party.GstCategory.UNREGISTERED})
"""Who collects no GST. Source: CGST Act s.10(4), s.32(1)."""


class BilledLine(Closed):
    """Goods of one line of a delivery, as they are billed.

    Attributes:
        quantity: In the delivery's unit, free units left out.
        unit_cost: Price of one unit, tax excluded, before the discount.
    """

    receipt_id: UUID
    receipt_line_no: int
    quantity: Annotated[UnitQuantity, Field(gt=0)]
    unit_cost: UnitPrice
    discount_percent: Percent = Decimal(0)
    gst_rate: Percent


class BilledCharge(Closed):
    """Freight, packing and the like.

    Attributes:
        is_cost_of_goods: It is spread over the goods of the bill by value, else an expense.
    """

    label: ShortText
    amount: Annotated[Amount, Field(gt=0)]
    gst_rate: Percent
    is_cost_of_goods: bool = True


class RecordBill(Command):
    """Record a supplier's invoice.

    Attributes:
        bill_number: As the supplier prints it.
        booked_on: Day in our books; the bill's, or the last delivery's if that is later.
        due_on: By the supplier's credit days where none is given.
        total: As printed, tax and rounding included.
    """

    supplier_id: UUID
    bill_number: Annotated[ShortText, Field(max_length=40)]
    billed_on: Day
    booked_on: Day | None = None
    due_on: Day | None = None
    total: Amount
    note: Text = ""
    lines: Annotated[tuple[BilledLine, ...], Field(max_length=MOST_LINES)] = ()
    charges: Annotated[tuple[BilledCharge, ...], Field(max_length=20)] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """What is wrong with a line or a charge, and how much of it is too much, and of its tax."""

    findings: tuple[Finding, ...] = ()
    excess: Decimal = ZERO
    excess_tax: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Draft:
    """A bill with its tax and its matches, before it is written.

    Attributes:
        matches: Of `lines`. judged: of lines, then charges.
    """

    cmd: RecordBill
    supplier: party.PartyDetail
    came: Sequence[Delivered]
    matches: Sequence[Match]
    judged: Sequence[Judged]
    taxed: TaxedSupply
    booked_on: date
    is_credit_taken: bool

    @property
    def excess(self) -> Decimal:
        """What is beyond what came at the expected prices."""
        return sum((one.excess for one in self.judged), ZERO)

    @property
    def excess_tax(self) -> Decimal:
        """What of the tax is beyond the expected rates on the rest."""
        return sum((one.excess_tax for one in self.judged), ZERO)

    @property
    def findings(self) -> dict[int, list[Finding]]:
        """What does not match, by number of the line."""
        found = enumerate(self.judged, start=1)
        return {at: list(one.findings) for at, one in found if one.findings}


def draft_bill(session: Session, ctx: RequestContext, cmd: RecordBill) -> Draft:
    """Check a bill, work out its tax and match it; all fields at fault of a kind are named."""
    _check_shape(ctx, cmd)
    supplier = purchasing.get_supplier(session, ctx, cmd.supplier_id)
    keys = [(line.receipt_id, line.receipt_line_no) for line in cmd.lines]
    held, last_came = hold_delivered(session, ctx, keys, cmd.supplier_id, cmd.billed_on)
    came = _delivered(keys, held)
    if supplier.gst_category in UNTAXING:
        came = [replace(goods, gst_rate=Decimal(0)) for goods in came]
    units = _base_units(cmd.lines, came)
    booked_on = _booked_on(ctx, cmd, last_came)
    state, may_claim = registration_of(session, ctx, booked_on)
    taxed = _tax(cmd, supplier, state)
    _check_total(cmd, taxed)
    tolerance = tolerance_of(session, ctx)
    matches = _matches(cmd, (came, units, taxed), tolerance)
    return Draft(
        cmd=cmd,
        supplier=supplier,
        came=came,
        matches=matches,
        judged=_judge(cmd, (came, matches, taxed), tolerance),
        taxed=taxed,
        booked_on=booked_on,
        is_credit_taken=may_claim and booked_on <= credit_until(cmd.billed_on),
    )


def _check_shape(ctx: RequestContext, cmd: RecordBill) -> None:
    wrong = {}
    if not cmd.lines and not cmd.charges:
        wrong["lines"] = "Choose the deliveries that are billed, or add a charge."
    if cmd.billed_on > ctx.today:
        wrong["billed_on"] = "This day is still to come."
    if cmd.due_on is not None and cmd.due_on < cmd.billed_on:
        wrong["due_on"] = "The bill is due before it was made."
    if not bill_key(cmd.bill_number):
        wrong["bill_number"] = (
            "Give the number as it is printed on the bill, with a letter A to Z or a digit 0 to 9. Where it has none,"
            " give its day, such as 22-11-2026."
        )
    raise_all([_wrong(field, message) for field, message in (wrong | _twice(cmd)).items()])


def _twice(cmd: RecordBill) -> dict[str, str]:
    """Return what is wrong with lines that stand twice, and charges without goods."""
    keys = [(line.receipt_id, line.receipt_line_no) for line in cmd.lines]
    wrong = {
        f"lines.{at}.receipt_line_no": "This delivery stands on the bill already."
        for at, key in enumerate(keys)
        if key in keys[:at]
    }
    homeless = [at for at, one in enumerate(cmd.charges) if one.is_cost_of_goods and not cmd.lines]
    message = "There are no goods on this bill to bear it. Book it as an expense, then spread it."
    return wrong | {f"charges.{at}.is_cost_of_goods": message for at in homeless}


def _wrong(field: str, message: str) -> InvalidInput:
    return InvalidInput(message, fields={field: message})


def _delivered(keys: Sequence[Key], held: Mapping[Key, Delivered]) -> list[Delivered]:
    message = "This branch took in no such goods from the supplier. Choose from what is unbilled."
    raise_all(
        [
            UnknownDelivery(message, fields={f"lines.{at}.receipt_line_no": message})
            for at, key in enumerate(keys)
            if key not in held
        ]
    )
    return [held[key] for key in keys]


def _base_units(lines: Sequence[BilledLine], came: Sequence[Delivered]) -> list[int]:
    refusals: list[DomainError] = []
    units: list[int] = []
    for at, (line, goods) in enumerate(zip(lines, came, strict=True)):
        try:
            units.append(to_base_units(line.quantity, goods.per_unit))
        except InvalidInput as error:
            named = {f"lines.{at}.quantity": error.message}
            refusals.append(type(error)(error.message, fields=named))
    raise_all(refusals)
    return units


def registration_of(session: Session, ctx: RequestContext, day: date) -> tuple[str, bool]:
    """Return the acting branch's state, and whether tax booked on a day is a credit (CGST Act s.16, s.10(4))."""
    row = db.fetch_one(
        session,
        "select b.state_code,"
        " b.gstin is not null and sec.gst_scheme(c.tenant_id, c.id, %s) = 'regular' as is_credit_taken"
        " from branch b join company c on (c.tenant_id, c.id) = (b.tenant_id, b.company_id)"
        " where b.tenant_id = %s and b.id = %s",
        (day, ctx.tenant_id, ctx.branch_id),
    )
    if row is None:
        raise NotFound("This branch is not known here.")
    return row["state_code"], row["is_credit_taken"]


def _tax(cmd: RecordBill, supplier: party.PartyDetail, state: str) -> TaxedSupply:
    """Return the bill with its tax: goods are handed over where the branch is."""
    rates = [(f"lines.{at}.gst_rate", line.gst_rate) for at, line in enumerate(cmd.lines)]
    rates += [(f"charges.{at}.gst_rate", one.gst_rate) for at, one in enumerate(cmd.charges)]
    if supplier.gst_category in UNTAXING:
        message = f"{supplier.name} may charge no GST. Set the rate to zero, or correct the party."
        raise_all([TaxNotDue(message, fields={field: message}) for field, rate in rates if rate])
    goods = [
        SupplyLine(
            "goods",
            line.quantity,
            line.unit_cost,
            line.gst_rate,
            discount_pct=line.discount_percent or None,
        )
        for line in cmd.lines
    ]
    charges = [SupplyLine("charge", Decimal(1), one.amount, one.gst_rate) for one in cmd.charges]
    seller = supplier.gstin[:2] if supplier.gstin else supplier.state_code
    is_sez = supplier.gst_category == party.GstCategory.SEZ
    lines = [*goods, *charges]
    return tax_supply(Supply(seller, state, PriceMode.EXCLUSIVE, lines, is_sez=is_sez))


def _check_total(cmd: RecordBill, taxed: TaxedSupply) -> None:
    difference = cmd.total - taxed.totals.total
    if abs(difference) > LARGEST_ROUND_OFF:
        message = (
            f"The lines add up to {money_text(taxed.totals.total)} with tax, the bill says"
            f" {money_text(cmd.total)}. Correct a line or the total."
        )
        raise TotalDiffers(message, fields={"total": message})


def _matches(
    cmd: RecordBill,
    about: tuple[Sequence[Delivered], Sequence[int], TaxedSupply],
    tolerance: Tolerance,
) -> list[Match]:
    came, units, taxed = about
    return [
        match_line((count, tax.taxable_value, line.gst_rate), goods, tolerance)
        for line, goods, count, tax in zip(
            cmd.lines, came, units, taxed.lines[: len(cmd.lines)], strict=True
        )
    ]


def _judge(
    cmd: RecordBill,
    about: tuple[Sequence[Delivered], Sequence[Match], TaxedSupply],
    tolerance: Tolerance,
) -> list[Judged]:
    """Return what is too much on every line, and on the charges if they are too high together."""
    came, matches, taxed = about
    count = len(cmd.lines)
    goods, charges = taxed.lines[:count], taxed.lines[count:]
    judged = [
        _judged(match, tax, _tax_of(tax.taxable_value - match.excess, one.gst_rate, taxed))
        for match, tax, one in zip(matches, goods, came, strict=True)
    ]
    asked = sum((tax.taxable_value for tax in charges), ZERO)
    bearing = sum((tax.taxable_value for tax in goods), ZERO)
    if tolerance.allows_charges(asked, bearing):
        return [*judged, *[Judged() for _ in charges]]
    high = (Finding.CHARGE,)
    return [*judged, *[Judged(high, tax.taxable_value, _total_tax(tax)) for tax in charges]]


def _judged(match: Match, tax: TaxedLine, expected_tax: Decimal) -> Judged:
    over = max(_total_tax(tax) - expected_tax, ZERO) if match.findings else ZERO
    return Judged(match.findings, match.excess, over)


def _tax_of(value: Decimal, rate: Decimal, taxed: TaxedSupply) -> Decimal:
    return tax_on(value, rate, taxed.nature, PriceMode.EXCLUSIVE).total


def _total_tax(tax: TaxedLine) -> Decimal:
    return tax.cgst + tax.sgst + tax.igst


def _booked_on(ctx: RequestContext, cmd: RecordBill, last_came: date) -> date:
    """Return the day in our books; credit is due once bill and goods are here (CGST Act s.16(2))."""
    day = cmd.booked_on or max(cmd.billed_on, last_came)
    if day > ctx.today:
        raise _wrong("booked_on", "This day is still to come. Use today or an earlier day.")
    if day < max(cmd.billed_on, last_came):
        message = "A bill is not booked before it was made and all its goods are here."
        raise _wrong("booked_on", message)
    return day
