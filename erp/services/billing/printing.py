"""What a printed bill holds, and the port that turns it into a file.

The renderer gets everything it shows: it looks up nothing and computes no tax.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from erp.core.formatting import amount_in_words
from erp.core.gst.taxing import PriceMode, StateTaxHead, SupplyNature
from erp.core.money import ZERO
from erp.services.billing.titling import DocumentTitle
from erp.services.party import PrintedParty

COMPOSITION_WORDS = "Composition taxable person, not eligible to collect tax on supplies"
"""To stand at the top of every bill of supply under the composition scheme (r.5(1)(f))."""


class Copy(StrEnum):
    """The marked copies of an invoice for goods (r.48(1))."""

    ORIGINAL = "Original for recipient"
    DUPLICATE = "Duplicate for transporter"
    TRIPLICATE = "Triplicate for supplier"


class ChallanCopy(StrEnum):
    """The marked copies of a delivery challan (r.55(2))."""

    CONSIGNEE = "Original for consignee"
    TRANSPORTER = "Duplicate for transporter"
    CONSIGNOR = "Triplicate for consignor"


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """A line of the document.

    Attributes:
        hsn: HSN or SAC with the digits the seller must print.
        unit_price: In the document's price mode.
        discount: Line discount and share of the bill discount together.
        free_quantity: Given with the paid quantity of the same lot.
        is_taxable: False prints "Exempt" where the rate would stand.
    """

    description: str
    hsn: str
    quantity: Decimal
    uqc: str
    unit_price: Decimal
    gst_rate: Decimal
    gross: Decimal
    discount: Decimal
    taxable_value: Decimal
    cgst: Decimal
    sgst: Decimal
    igst: Decimal
    total: Decimal
    free_quantity: Decimal = Decimal(0)
    mrp: Decimal | None = None
    lot_number: str = ""
    expires_on: date | None = None
    maker: str = ""
    is_taxable: bool = True

    @property
    def tax(self) -> Decimal:
        """All tax heads together."""
        return self.cgst + self.sgst + self.igst


@dataclass(frozen=True, slots=True)
class PrintedTotals:
    """Sums of the document as posted; `value` is what it asks for or gives back."""

    gross: Decimal
    discount: Decimal
    taxable_value: Decimal
    cgst: Decimal
    sgst: Decimal
    igst: Decimal
    round_off: Decimal
    value: Decimal


@dataclass(frozen=True, slots=True)
class PrintedReference:
    """An earlier document this one belongs to: the invoice of a credit note."""

    number: str
    dated_on: date


@dataclass(frozen=True, slots=True)
class PrintedTender:
    """Money taken or given back at the till."""

    method: str
    amount: Decimal
    reference: str = ""


@dataclass(frozen=True, slots=True)
class TaxSummaryRow:
    """Value and tax of all lines with one HSN and rate."""

    hsn: str
    gst_rate: Decimal
    is_taxable: bool
    taxable_value: Decimal
    cgst: Decimal
    sgst: Decimal
    igst: Decimal


@dataclass(frozen=True, slots=True)
class PrintedDocument:
    """An invoice, bill of supply, credit or debit note as it is printed.

    The same posted document always makes the same value, and so the same file.

    Attributes:
        issued_at: Aware instant of posting; shown in `time_zone`.
        delivery: Where goods go, if not to the buyer's address.
        reason: Why a credit or debit note was issued.
        endorsement: Words for a supply to an SEZ or abroad, naming the letter of undertaking.
        irn: Invoice reference number of the e-invoice portal, with the signed QR text and the number and
            day of its acknowledgement.
        portal_notice: Why it is no invoice at the portal (yet); stands above everything else.
        way_bill: Number and day of the way bill that its goods travel with.
        upi_link: Payment link to show as a QR code; empty when paid.
        is_duplicate: A reprint: marked so on every page.
        cancelled: When it was cancelled and why; empty where it stands. Marked on every page.
    """

    title: DocumentTitle
    number: str
    issued_at: datetime
    seller: PrintedParty
    place_of_supply_name: str
    place_of_supply_code: str
    price_mode: PriceMode
    nature: SupplyNature
    lines: tuple[PrintedLine, ...]
    totals: PrintedTotals
    buyer: PrintedParty | None = None
    buyer_heading: str = "Bill to"
    delivery: PrintedParty | None = None
    state_tax_head: StateTaxHead | None = StateTaxHead.SGST
    time_zone: str = "Asia/Kolkata"
    due_on: date | None = None
    is_reverse_charge: bool = False
    is_composition: bool = False
    is_duplicate: bool = False
    cancelled: str = ""
    references: tuple[PrintedReference, ...] = ()
    reason: str = ""
    endorsement: str = ""
    irn: str = ""
    signed_qr: str = ""
    acknowledgement: str = ""
    portal_notice: str = ""
    way_bill: str = ""
    upi_link: str = ""
    tenders: tuple[PrintedTender, ...] = ()
    change_due: Decimal = ZERO
    register: str = ""
    cashier: str = ""
    remarks: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    declaration: str = ""
    signatory: str = "Authorised signatory"

    @property
    def bears_tax(self) -> bool:
        """Whether tax columns are printed at all: a bill of supply and a challan have none."""
        return self.title not in {DocumentTitle.BILL_OF_SUPPLY, DocumentTitle.DELIVERY_CHALLAN}

    @property
    def is_inclusive(self) -> bool:
        """Whether unit prices hold the tax already."""
        return self.price_mode is PriceMode.INCLUSIVE

    @property
    def words(self) -> str:
        """The document's value in words."""
        return amount_in_words(self.totals.value)

    @property
    def saving(self) -> Decimal:
        """How much less than the MRP the lines cost; lines without an MRP save nothing."""
        if not self.is_inclusive:
            return ZERO
        at_mrp = sum(
            (line.mrp * line.quantity - line.total for line in self.lines if line.mrp), ZERO
        )
        return max(at_mrp, ZERO)

    def tax_summary(self) -> tuple[TaxSummaryRow, ...]:
        """Add up the lines per HSN and rate, in the order of HSN and rate."""
        groups: dict[tuple[str, Decimal, bool], list[PrintedLine]] = {}
        for line in self.lines:
            groups.setdefault((line.hsn, line.gst_rate, line.is_taxable), []).append(line)
        return tuple(
            TaxSummaryRow(
                *kind,
                taxable_value=sum((line.taxable_value for line in lines), ZERO),
                cgst=sum((line.cgst for line in lines), ZERO),
                sgst=sum((line.sgst for line in lines), ZERO),
                igst=sum((line.igst for line in lines), ZERO),
            )
            for kind, lines in sorted(groups.items())
        )


class BillPrinter(Protocol):
    """Makes files of posted documents; the same document gives the same bytes."""

    def receipt(self, document: PrintedDocument) -> bytes:
        """Return the document as a PDF for an 80 mm roll."""
        ...

    def invoice(
        self, document: PrintedDocument, copies: Sequence[Copy | ChallanCopy] = ()
    ) -> bytes:
        """Return the document as an A4 PDF, one marked run of pages per copy."""
        ...
