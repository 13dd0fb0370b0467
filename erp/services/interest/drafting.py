"""The debit note of interest: as its invoice was made out, tax at the rates of what was paid late.

Interest for delayed payment is part of the value of the supply (CGST Act s.15(2)(d)), so it is shared out over what
the invoice sold by its worth, and each share bears that line's rate; what was exempt stays exempt.
Interest is supplied when it is received (s.12(6)), so what is billed on a day by composition bears no tax (s.10(4)).
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from erp.core.formatting import date_text
from erp.core.gst.taxing import PriceMode, SupplyNature, SupplyTotals, tax_on
from erp.core.money import EXACT, ZERO, round_money
from erp.services.billing import InvoiceKind, NewInvoice, NewInvoiceLine, OriginalInvoice

Group = tuple[str, Decimal]
"""Treatment and rate of lines."""


def note_of(
    original: OriginalInvoice,
    note_id: UUID,
    amount: Decimal,
    about: tuple[Decimal, date, date],
    series_code: str,
    *,
    is_taxed: bool,
) -> NewInvoice:
    """Return a debit note of interest.

    Args:
        amount: Before tax. about: percent a year, and the first and last late day.
        is_taxed: Whether it bears the tax of what was paid late; see `taxing`.
    """
    percent, since, until = about
    words = (
        f"Interest at {percent.normalize():f}% a year on {original.number},"
        f" {date_text(since)} to {date_text(until)}"
    )
    nature = SupplyNature(original.supply_nature)
    sold = list(original.lines.values())
    shares = shared_out(amount, _worth(sold))
    lines = [
        _line(_largest(sold, group), words, share, nature, is_taxed=is_taxed)
        for group, share in shares.items()
        if share
    ]
    return NewInvoice(
        id=note_id,
        kind=InvoiceKind.DEBIT_NOTE,
        series_code=series_code,
        register_id=None,
        party_id=original.party_id,
        recipient=original.recipient,
        place_of_supply=original.place_of_supply,
        price_mode=PriceMode.EXCLUSIVE,
        nature=nature,
        totals=totals_of(lines),
        lines=lines,
        origin_type="sales_invoice",
        origin_id=note_id,
        original_invoice_id=original.id,
    )


def shared_out(amount: Decimal, worth: Mapping[Group, Decimal]) -> dict[Group, Decimal]:
    """Share an amount out by worth, so that the shares add up to it; all to the first where nothing has worth."""
    whole = sum(worth.values(), ZERO)
    if not whole:
        first = next(iter(worth))
        return {first: amount}
    shares: dict[Group, Decimal] = {}
    until, given = ZERO, ZERO
    for group, value in worth.items():
        until += value
        through = round_money(EXACT.divide(EXACT.multiply(amount, until), whole))
        shares[group] = through - given
        given = through
    return shares


def totals_of(lines: Sequence[NewInvoiceLine]) -> SupplyTotals:
    """Add a note up; it is not rounded to the rupee."""
    taxable, cgst, sgst, igst = (
        sum((getattr(line, name) for line in lines), ZERO)
        for name in ("taxable", "cgst", "sgst", "igst")
    )
    total = taxable + cgst + sgst + igst
    return SupplyTotals(taxable, ZERO, ZERO, taxable, cgst, sgst, igst, total, ZERO, total)


def _worth(lines: Any) -> dict[Group, Decimal]:  # noqa: ANN401  rows of the invoice
    found: dict[Group, Decimal] = {}
    for line in sorted(lines, key=lambda row: row["line_no"]):
        group = (line["treatment"], line["rate"])
        found[group] = found.get(group, ZERO) + line["taxable"]
    return found


def _largest(lines: Any, group: Group) -> Mapping[str, Any]:  # noqa: ANN401
    """Return the line that names the goods of a group: the one that is worth most."""
    mine = [row for row in lines if (row["treatment"], row["rate"]) == group]
    found: Mapping[str, Any] = max(mine, key=lambda row: (row["taxable"], -row["line_no"]))
    return found


def _line(
    sold: Mapping[str, Any], words: str, share: Decimal, nature: SupplyNature, *, is_taxed: bool
) -> NewInvoiceLine:
    tax = tax_on(share, sold["rate"] if is_taxed else ZERO, nature, PriceMode.EXCLUSIVE)
    return NewInvoiceLine(
        variant_id=sold["variant_id"],
        lot_id=None,
        description=words,
        hsn=sold["hsn"],
        unit=sold["unit"],
        lot_number="",
        expires_on=None,
        mrp=None,
        quantity=0,
        unit_price=share,
        gross=share,
        line_discount=ZERO,
        bill_discount=ZERO,
        treatment=sold["treatment"],
        rate=sold["rate"],
        taxable=share,
        cgst=tax.cgst,
        sgst=tax.sgst,
        igst=tax.igst,
        total=share + tax.total,
        cost=ZERO,
        price_trace={"source": "interest"},
    )
