"""The cart before it is sold: a value that changes by making a new one.

It travels as JSON: the page's state holds that text, and the browser keeps a copy of it, so
that neither a reload nor a restart of the server loses a bill that a customer waits for.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from erp.core.ids import new_id

MOST_LINES = 200
MOST_UNITS = 10_000_000
WHOLE_PERCENT = Decimal(100)
SCANNED = "The pack in hand was scanned"
"""Why a lot is taken although another comes first."""

Lines = dict[int, Decimal]


class Entry(BaseModel):
    """One line: a variant and how much of it.

    Attributes:
        unit: What the quantity counts; the base unit where none is named.
        uid: Names the line within its cart, whatever stands above it.
        lot_id: The lot of the pack that was scanned; none lets first expiry decide.
        price: The price the customer was shown; empty until it is known, or where several
            lots of the line have different ones.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    uid: Annotated[int, Field(ge=1)]
    variant_id: UUID
    quantity: Annotated[int, Field(ge=1, le=MOST_UNITS)] = 1
    unit: Annotated[str, Field(max_length=20)] = ""
    discount_percent: Annotated[Decimal, Field(ge=0, le=100, max_digits=7, decimal_places=2)] = (
        Decimal(0)
    )
    lot_id: UUID | None = None
    label: Annotated[str, Field(max_length=300)] = ""
    price: Decimal | None = None

    def counts(self, variant_id: UUID, lot_id: UUID | None) -> bool:
        """Tell whether it counts base units of these goods."""
        return (self.variant_id, self.lot_id, self.unit) == (variant_id, lot_id, "")


class Prescribed(BaseModel):
    """The prescription a bill is sold on, as it was typed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    doctor_name: Annotated[str, Field(max_length=120)]
    registration_no: Annotated[str, Field(max_length=120)]
    patient_name: Annotated[str, Field(max_length=120)]
    prescribed_on: date
    note: Annotated[str, Field(max_length=500)] = ""


class Back(BaseModel):
    """Units of a line of an earlier bill that come back."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    line_no: Annotated[int, Field(ge=1, le=1000)]
    quantity: Annotated[int, Field(ge=1, le=MOST_UNITS)]


class Exchanged(BaseModel):
    """Goods of an earlier bill that come back for those of the cart.

    Attributes:
        number: Of the earlier bill. worth: what the goods pay of the cart.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    sale_id: UUID
    return_id: UUID
    number: Annotated[str, Field(max_length=40)]
    lines: Annotated[tuple[Back, ...], Field(min_length=1, max_length=MOST_LINES)]
    reason: Annotated[str, Field(max_length=120)]
    worth: Annotated[Decimal, Field(ge=0, max_digits=16, decimal_places=2)]


class Cart(BaseModel):
    """A bill in the making.

    Attributes:
        sale_id, key: The identity of the sale and of the request that will post it, made
            with the empty cart: long before the first attempt, and kept until it is answered.
        approved: Largest discount in percent that a manager approved for this sale.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    sale_id: UUID = Field(default_factory=new_id)
    key: Annotated[str, Field(min_length=8, max_length=60)] = Field(
        default_factory=lambda: f"till-{new_id()}"
    )
    shift_id: UUID
    entries: Annotated[tuple[Entry, ...], Field(max_length=MOST_LINES)] = ()
    customer_id: UUID | None = None
    bill_discount: Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=2)] = Decimal(0)
    coupon: Annotated[str, Field(max_length=20)] = ""
    approved: Annotated[Decimal, Field(ge=0, le=100)] = Decimal(0)
    prescription: Prescribed | None = None
    exchange: Exchanged | None = None

    def adding(self, variant_id: UUID, lot_id: UUID | None, label: str, units: int = 1) -> Self:
        """Return the cart with some base units more.

        A line of the same goods grows by them if it counts base units too; one that counts packs
        of several stays as it is, and they get a line of their own.
        """
        for entry in self.entries:
            if entry.counts(variant_id, lot_id):
                return self.changing(entry.uid, quantity=min(entry.quantity + units, MOST_UNITS))
        if len(self.entries) >= MOST_LINES:
            return self
        uid = max((entry.uid for entry in self.entries), default=0) + 1
        entry = Entry(
            uid=uid, variant_id=variant_id, quantity=units, lot_id=lot_id, label=label[:300]
        )
        return self.model_copy(update={"entries": (*self.entries, entry)})

    def changing(self, uid: int, **values: Any) -> Self:
        """Return the cart with one line changed; unknown lines change nothing."""
        entries = tuple(
            entry.model_copy(update=values) if entry.uid == uid else entry for entry in self.entries
        )
        return self.model_copy(update={"entries": entries})

    def showing(self, told: Mapping[int, Mapping[str, Any]]) -> Self:
        """Return the cart with what is known of lines by their names; others stay as they are."""
        entries = tuple(
            entry.model_copy(update=told[entry.uid]) if entry.uid in told else entry
            for entry in self.entries
        )
        return self.model_copy(update={"entries": entries})

    def removing(self, uid: int) -> Self:
        """Return the cart without a line."""
        kept = tuple(entry for entry in self.entries if entry.uid != uid)
        return self.model_copy(update={"entries": kept})

    def entry(self, uid: int) -> Entry | None:
        """Return a line by its name."""
        return next((entry for entry in self.entries if entry.uid == uid), None)

    def last_touched(self, variant_id: UUID, lot_id: UUID | None) -> int:
        """Return the name of the line that `adding` these goods lets grow; 0 if there is none."""
        return next((e.uid for e in self.entries if e.counts(variant_id, lot_id)), 0)

    def quote_input(self, without: Iterable[int] = ()) -> dict[str, Any]:
        """Return what to ask the price of, without the lines of these names."""
        left_out = frozenset(without)
        return {
            "shift_id": self.shift_id,
            "customer_id": self.customer_id,
            "lines": [_line(entry) for entry in self.entries if entry.uid not in left_out],
            "bill_discount": self.bill_discount,
            "coupon": self.coupon,
        } | self._coming_back()

    def _coming_back(self) -> dict[str, Any]:
        if self.exchange is None:
            return {}
        return {
            "coming_back": self.exchange.worth,
            "returned_sale_id": self.exchange.sale_id,
            "returned": [line.model_dump() for line in self.exchange.lines],
        }

    def park_input(self) -> dict[str, Any]:
        """Return what to put aside: all of it but its identity and what was approved for it."""
        return {
            "customer_id": self.customer_id,
            "lines": [_line(entry) for entry in self.entries],
            "bill_discount": self.bill_discount,
            "coupon": self.coupon,
            "prescription": self.prescription.model_dump() if self.prescription else None,
            "exchange": self.exchange.model_dump() if self.exchange else None,
        }

    def sale_input(self, tenders: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
        """Return what to post: the same for every attempt at the same cart."""
        common = {
            "shift_id": self.shift_id,
            "lines": [_line(entry) | {"unit_price": entry.price} for entry in self.entries],
            "bill_discount": self.bill_discount,
            "coupon": self.coupon,
            "idempotency_key": self.key,
            "tenders": list(tenders),
            "prescription": self.prescription.model_dump() if self.prescription else None,
        }
        if self.exchange is None:
            return common | {"sale_id": self.sale_id, "customer_id": self.customer_id}
        return common | {
            "sale_id": self.exchange.sale_id,
            "return_id": self.exchange.return_id,
            "replacement_id": self.sale_id,
            "returned": [line.model_dump() for line in self.exchange.lines],
            "reason": self.exchange.reason,
        }

    @property
    def is_begun(self) -> bool:
        """Tell whether anything would be lost with it."""
        return bool(self.entries) or self.exchange is not None

    @property
    def command(self) -> str:
        """The command that posts it."""
        return "pos.post_exchange" if self.exchange else "pos.post_sale"


def _line(entry: Entry) -> dict[str, Any]:
    return {
        "variant_id": entry.variant_id,
        "quantity": entry.quantity,
        "unit": entry.unit,
        "discount_percent": entry.discount_percent,
        "lot_id": entry.lot_id,
        "reason": SCANNED if entry.lot_id else "",
    }


def troubles(fields: Mapping[str, str], entries: Iterable[Entry]) -> Iterator[tuple[int, str, str]]:
    """Yield line name, field and message for each refusal that is about a line.

    A refusal names `lines.<place>.<field>`, counted from 0.
    """
    placed = list(entries)
    for field, message in fields.items():
        head, _, rest = field.partition(".")
        place, _, name = rest.partition(".")
        if head == "lines" and place.isdecimal() and int(place) < len(placed):
            yield placed[int(place)].uid, name, message


def read_count(text: str) -> int | None:
    """Read a typed quantity; nothing where it is none."""
    plain = text.strip()
    if not (plain.isascii() and plain.isdecimal()) or len(plain) > len(str(MOST_UNITS)):
        return None
    return int(plain) if int(plain) <= MOST_UNITS else None


def read_amount(text: str, most: Decimal) -> Decimal | None:
    """Read a typed amount or percentage of at most two places; an empty text is zero."""
    plain = text.strip().replace(",", "") or "0"
    try:
        number = Decimal(plain)
    except InvalidOperation:
        return None
    if not number.is_finite() or not 0 <= number <= most:
        return None
    return number if number == number.quantize(Decimal("0.01")) else None
