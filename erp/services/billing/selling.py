"""What every sale has in common: whom it names, its lines, and what it earns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from erp.core.gst.taxing import SupplyTotals, TaxedLine
from erp.core.money import ZERO
from erp.services import accounting
from erp.services.accounting import NewLine, credit, debit
from erp.services.billing.invoicing import NewInvoiceLine
from erp.services.catalog import SaleLine, SupplyTreatment
from erp.services.inventory import Pick, TakenBack
from erp.services.party import SaleParty

SERVICES = "99"
"""Start of the codes of services (SAC)."""
CLINIC_INCOME = "consultation_income"


@dataclass(frozen=True, slots=True)
class Rendered:
    """Units of a service: nothing leaves a shelf."""

    variant_id: UUID
    quantity: int
    lot_id: UUID | None = None
    lot_number: str = ""
    expires_on: date | None = None
    mrp: Decimal | None = None
    value: Decimal = ZERO


def recipient_of(buyer: SaleParty) -> dict[str, str]:
    """Return a customer as a document names them; the walk-in customer has no name."""
    if buyer.is_walk_in:
        return {}
    facts = {
        "name": buyer.name,
        "address": buyer.address,
        "city": buyer.city,
        "pin": buyer.pin,
        "state_code": buyer.state_code,
        "gstin": buyer.gstin,
        "phone": buyer.phone,
        "drug_licence_no": buyer.drug_licence_no,
        "gst_category": buyer.gst_category,
    }
    return {name: value for name, value in facts.items() if value}


def sold_line(
    goods: SaleLine,
    pick: Pick | Rendered,
    taxed: TaxedLine,
    trace: Mapping[str, Any],
    unit: str = "",
) -> NewInvoiceLine:
    """Return the invoice's line for units of one lot or of a service, with its tax and why its price is what it is.

    `unit` is what they were asked for in; a piece that is no whole number of it is named in base units.
    """
    sold = pick.quantity / goods.factor(unit)
    is_sold_so = unit not in ("", goods.unit) and sold.denominator == 1
    return NewInvoiceLine(
        variant_id=goods.variant_id,
        lot_id=pick.lot_id,
        description=goods.label,
        hsn=goods.hsn,
        unit=goods.unit,
        lot_number=pick.lot_number,
        expires_on=pick.expires_on,
        mrp=pick.mrp,
        quantity=pick.quantity,
        unit_price=taxed.unit_price,
        gross=taxed.gross,
        line_discount=taxed.line_discount,
        bill_discount=taxed.bill_discount_share,
        treatment=goods.treatment,
        rate=taxed.gst_rate,
        taxable=taxed.taxable_value,
        cgst=taxed.cgst,
        sgst=taxed.sgst,
        igst=taxed.igst,
        total=taxed.total,
        cost=pick.value,
        sold_unit=unit if is_sold_so else "",
        sold_quantity=sold.numerator if is_sold_so else None,
        price_trace=trace,
    )


def income_key(treatment: str, hsn: str, rate: Decimal) -> str:
    """Return the account of a line's income; exempt services are the clinic's. Source: journal J29."""
    is_clinic = treatment == SupplyTreatment.EXEMPT and hsn.startswith(SERVICES)
    return CLINIC_INCOME if is_clinic else accounting.sales_key(rate)


def income_lines(lines: Sequence[NewInvoiceLine], totals: SupplyTotals) -> list[NewLine]:
    """Return the credits of a sale: income per rate, tax per head, round-off."""
    by_account: dict[str, Decimal] = {}
    for line in sorted(lines, key=lambda line: line.rate):
        key = income_key(line.treatment, line.hsn, line.rate)
        by_account[key] = by_account.get(key, ZERO) + line.taxable
    income = [credit(key, amount) for key, amount in by_account.items()]
    return [
        *income,
        credit("output_cgst", totals.cgst),
        credit("output_sgst", totals.sgst),
        credit("output_igst", totals.igst),
        credit("round_off", totals.round_off),
    ]


def taken_back_lines(totals: SupplyTotals, taken: Sequence[TakenBack]) -> list[NewLine]:
    """Return what every return books beside the money: income and tax taken back, goods at cost.

    Source: journals J05 and J06 of the domain rules.
    """
    cost = sum((back.value for back in taken), ZERO)
    return [
        debit("sales_returns", totals.taxable_value),
        debit("output_cgst", totals.cgst),
        debit("output_sgst", totals.sgst),
        debit("output_igst", totals.igst),
        debit("round_off", totals.round_off),
        *(debit(back.account_key, back.value) for back in taken),
        credit("cogs", cost),
    ]
