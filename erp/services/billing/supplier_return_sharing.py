"""Which units of a delivery go back, and what was paid for them: pure, line by line."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from erp.core.money import EXACT, ZERO, allocate, round_money


@dataclass(frozen=True, slots=True)
class Worth:
    """What a supplier charged for goods, by tax head."""

    taxable: Decimal = ZERO
    cgst: Decimal = ZERO
    sgst: Decimal = ZERO
    igst: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        """Value and tax."""
        return self.taxable + self.cgst + self.sgst + self.igst

    @property
    def heads(self) -> tuple[Decimal, Decimal, Decimal, Decimal]:
        """The amounts in the order of the attributes."""
        return self.taxable, self.cgst, self.sgst, self.igst

    def plus(self, other: "Worth") -> "Worth":
        """Return both together."""
        return Worth(*(one + more for one, more in zip(self.heads, other.heads, strict=True)))

    def less(self, taxable: Decimal, tax: Decimal) -> "Worth":
        """Return it without a value and a tax, the tax taken from the heads as they share it."""
        _, *heads = self.heads
        off = allocate(tax, heads) if tax else [ZERO, ZERO, ZERO]
        cgst, sgst, igst = (had - less for had, less in zip(heads, off, strict=True))
        return Worth(self.taxable - taxable, cgst, sgst, igst)


@dataclass(frozen=True, slots=True)
class BilledUnits:
    """Units of a delivery line on one posted bill.

    Attributes:
        units: Base units. worth: what was billed for them and is claimed in no other way.
        back: Base units that went back before; worth_back: what was asked back for them.
    """

    line_id: UUID
    units: int
    worth: Worth
    gst_rate: Decimal
    back: int = 0
    worth_back: Worth = Worth()


@dataclass(frozen=True, slots=True)
class Came:
    """A delivered line, with what is billed of it and what went back.

    Attributes:
        paid, free: Base units that came. value: what they came in at.
        billed: Paid units on bills; billed_value: of `value`, what those came in at.
        unbilled_back, free_back: Paid and free units that went back and were on no bill;
            released: of `value`, what those came in at.
        bills: In the order in which they were recorded.
    """

    receipt_id: UUID
    line_no: int
    paid: int
    free: int
    value: Decimal
    billed: int
    billed_value: Decimal
    unbilled_back: int = 0
    free_back: int = 0
    released: Decimal = ZERO
    bills: tuple[BilledUnits, ...] = ()

    @property
    def unbilled(self) -> int:
        """Units that are on no bill and may go back: paid ones, and free ones while none is billed."""
        free = 0 if self.billed else self.free - self.free_back
        return self.paid - self.billed - self.unbilled_back + free

    @property
    def left(self) -> int:
        """Units that came and did not go back."""
        billed = sum(self._units_on(at) - bill.back for at, bill in enumerate(self.bills))
        return self.unbilled + billed

    def _units_on(self, at: int) -> int:
        """Return the units of a bill; free ones belong to the first."""
        return self.bills[at].units + (0 if at else self.free - self.free_back)


@dataclass(frozen=True, slots=True)
class Part:
    """Units that go back and share one fate.

    Attributes:
        bill_line_id: The billed line; none for units on no bill.
        units: Base units. unbilled: of them, paid units on no bill.
        worth: What is asked back for them. released: what they came in at, on no bill.
    """

    receipt_id: UUID
    line_no: int
    bill_line_id: UUID | None
    units: int
    unbilled: int
    worth: Worth
    released: Decimal
    gst_rate: Decimal


def share_units(came: Came, wanted: int) -> list[Part]:
    """Return the parts of units of a delivery line that go back, no more than are left.

    What is on no bill goes first. Paid and free units that came together cost the same each
    (CGST Circular 92/11/2019), and parts that go back one after another add up to what was
    billed exactly: each is worth what all that went back so far is worth, less what was asked
    back before.
    """
    parts = []
    units = min(wanted, came.unbilled)
    if units:
        parts.append(_unbilled_part(came, units))
    for at, bill in enumerate(came.bills):
        capacity = came._units_on(at)  # noqa: SLF001  same module
        taken = min(wanted - units, capacity - bill.back)
        if taken > 0:
            units += taken
            worth = _next_worth(bill, capacity, taken)
            parts.append(
                Part(
                    came.receipt_id, came.line_no, bill.line_id, taken, 0, worth, ZERO, bill.gst_rate
                )
            )  # fmt: skip
    return parts


def without(came: Came, parts: Sequence[Part]) -> Came:
    """Return a delivered line as it is once parts of it went back."""
    on_no_bill = [part for part in parts if part.bill_line_id is None]
    unbilled = sum(part.unbilled for part in on_no_bill)
    gone = {part.bill_line_id: part for part in parts if part.bill_line_id}
    bills = tuple(
        replace(
            bill,
            back=bill.back + gone[bill.line_id].units,
            worth_back=bill.worth_back.plus(gone[bill.line_id].worth),
        )
        if bill.line_id in gone
        else bill
        for bill in came.bills
    )
    return replace(
        came,
        unbilled_back=came.unbilled_back + unbilled,
        free_back=came.free_back + sum(part.units for part in on_no_bill) - unbilled,
        released=came.released + sum((part.released for part in on_no_bill), ZERO),
        bills=bills,
    )


def _unbilled_part(came: Came, units: int) -> Part:
    """Take units on no bill; of paid and free ones alike while none is billed, free ones first."""
    paid = came.paid - came.billed - came.unbilled_back
    value = came.value - came.billed_value - came.released
    released = share_of(value, units, came.unbilled)
    unbilled = paid * units // came.unbilled
    return Part(came.receipt_id, came.line_no, None, units, unbilled, Worth(), released, Decimal(0))


def _next_worth(bill: BilledUnits, capacity: int, taken: int) -> Worth:
    """Return what the next units are worth, so that all of them are worth what was billed."""
    amounts = [
        max(share_of(whole, bill.back + taken, capacity) - before, ZERO)
        for whole, before in zip(bill.worth.heads, bill.worth_back.heads, strict=True)
    ]
    return Worth(*amounts)


def share_of(amount: Decimal, part: int, whole: int) -> Decimal:
    """Return the part of an amount, rounded to the paisa."""
    return round_money(EXACT.divide(EXACT.multiply(amount, Decimal(part)), Decimal(whole)))
