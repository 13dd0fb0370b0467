"""Every field the law asks of an invoice stands on the page, whatever its length."""

import io
import re
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest
from pypdf import PdfReader

from erp.adapters.pdf import PdfPrinter
from erp.core.formatting import group_amount
from erp.core.gst.taxing import StateTaxHead
from erp.core.money import ZERO
from erp.services.billing.printing import COMPOSITION_WORDS, Copy
from erp.services.party import PrintedParty
from tests.pdf.documents import (
    BUYER,
    SELLER,
    clinic_bill,
    composition_bill,
    counter_bill,
    credit_note,
    interstate_bill,
    long_bill,
    pages,
    text,
    trade_bill,
)

PRINTER = PdfPrinter()

RULE_46 = {
    "a: supplier": [SELLER.name, *SELLER.address, SELLER.gstin],
    "b: number": ["INV/25-26/0101"],
    "c: date": ["03-10-2025 12:15"],
    "d: recipient": [BUYER.name, *BUYER.address, BUYER.gstin],
    "e: recipient's state": ["Maharashtra (state code 27)"],
    "g: HSN": ["30049014", "33049910"],
    "h: description with batch, expiry and maker": [
        "Arnica Montana 30C dilution 30 ml (SBL)",
        "Batch AM2407 · Exp 03/2027 · Mfr SBL",
    ],
    "i: quantity and unit": ["BTL", "TUB", "80.1234"],
    "j: total value": ["1,425.00"],
    "k: taxable value after discount": ["673.44", "506.18", "157.71", "1,337.33"],
    "l: rate of each head": ["CGST", "SGST", "@ 2.5%", "@ 9%"],
    "m: amount of each head": ["16.84", "12.65", "14.19", "43.68"],
    "n: place of supply": ["Place of supply: Maharashtra (27)"],
    "p: reverse charge": ["Tax payable on reverse charge: No"],
    "q: signature": ["For Demo Homoeo Traders", "Authorised signatory"],
    "drug trade": [SELLER.drug_licence, BUYER.drug_licence, "MRP", "95.00", "125.00"],
    "words": ["Rupees One Thousand Four Hundred Twenty Five Only"],
    "summary per HSN and rate": ["Tax summary: HSN/SAC", "1,179.62", "29.49", "58.98", "87.36"],
    "discount and round-off": ["-116.83", "0.31"],
    "terms and declaration": ["taken back within 7 days", "We declare that this document"],
    "payment": ["Scan to pay by UPI", "Due on 02-11-2025"],
    "page": ["Page 1 of 1"],
}


@pytest.fixture(scope="module")
def trade_text():
    return text(PRINTER.invoice(trade_bill()))


@pytest.mark.parametrize("fields", RULE_46.values(), ids=RULE_46.keys())
def test_a_tax_invoice_holds(trade_text, fields):
    for field in fields:
        assert field in trade_text


def test_between_states_there_is_one_head_and_a_delivery_address():
    shown = text(PRINTER.invoice(interstate_bill()))
    for field in ("IGST", "@ 5%", "5,066.60", "Gujarat (24)", "SHIP TO", "9 Ring Road"):
        assert field in shown
    assert "CGST" not in shown
    assert "Unregistered" in shown


def test_a_union_territory_names_its_own_head():
    bill = replace(trade_bill(), state_tax_head=StateTaxHead.UTGST)
    assert "UTGST" in text(PRINTER.invoice(bill))


def test_reverse_charge_is_said():
    shown = text(PRINTER.invoice(trade_bill(is_reverse_charge=True)))
    assert "Tax payable on reverse charge: Yes" in shown


def test_a_credit_note_names_its_invoice():
    shown = text(PRINTER.invoice(credit_note()))
    for field in ("CREDIT NOTE", "CN/25-26/0011", "Goods returned", "Note value", "152.00"):
        assert field in shown
    assert "Against invoice INV/25-26/0101 dated 03-10-2025" in shown


def test_an_invoice_cum_bill_shows_what_is_exempt():
    shown = text(PRINTER.invoice(clinic_bill()))
    for field in ("INVOICE-CUM-BILL OF SUPPLY", "999319", "Exempt", "2.26", "395.00"):
        assert field in shown


def test_a_composition_bill_says_so_at_the_top_and_shows_no_tax():
    shown = text(PRINTER.invoice(composition_bill()))
    assert COMPOSITION_WORDS in shown
    assert shown.index(COMPOSITION_WORDS) < shown.index("BILL OF SUPPLY")
    assert not re.search("CGST|SGST|IGST|Tax summary", shown)


def test_a_supply_without_tax_is_endorsed():
    words = "Supply to SEZ unit under letter of undertaking AD270325000001X without payment of IGST"
    assert words in text(PRINTER.invoice(interstate_bill(endorsement=words)))


def test_an_e_invoice_shows_its_reference():
    irn = "a" * 64
    bill = trade_bill(irn=irn, signed_qr="eyJhbGciOiJSUzI1NiJ9." * 50)
    shown = text(PRINTER.invoice(bill))
    assert irn in shown
    assert "E-invoice" in shown


def test_a_counter_sale_names_no_buyer_and_how_it_was_paid():
    shown = text(PRINTER.invoice(counter_bill()))
    assert "Counter sale" in shown
    assert "Unregistered" not in shown
    assert "Paid by UPI (527612345678): ₹100.00" in shown


def test_free_units_stand_beside_the_quantity():
    bill = trade_bill()
    line = replace(bill.lines[0], free_quantity=Decimal(1))
    assert "+1 free" in text(PRINTER.invoice(replace(bill, lines=(line, *bill.lines[1:]))))


def test_each_copy_is_marked_and_counts_its_own_pages():
    shown = pages(PRINTER.invoice(long_bill(60), tuple(Copy)))
    count = len(shown) // 3
    assert count > 1
    for place, page in enumerate(shown):
        copy = list(Copy)[place // count]
        assert copy.upper() in page.upper()
        assert f"Page {place % count + 1} of {count}" in page


def test_a_reprint_is_marked_on_every_page():
    shown = pages(PRINTER.invoice(long_bill(60, is_duplicate=True)))
    assert all("DUPLICATE - REPRINT" in page for page in shown)
    assert "DUPLICATE" not in text(PRINTER.invoice(long_bill(60)))


@pytest.mark.parametrize("count", [1, 2, 24, 25, 26, 27, 28, 29, 30, 57, 100, 200])
def test_every_line_is_printed_once_and_totals_are_carried(count):
    bill = long_bill(count)
    shown = pages(PRINTER.invoice(bill))
    named = r"(?m)^(\d+) (?:Arnica|Nux|Alfa)"
    listed = [int(number) for page in shown for number in re.findall(named, page)]
    assert listed == list(range(1, count + 1))
    for before, after in pairwise(shown):
        carried = re.search(r"Carried forward after line (\d+): (.*)", before)
        brought = re.search(r"Brought forward after line (\d+): (.*)", after)
        if brought is None:
            assert "Description of goods" not in after
            continue
        assert carried is not None
        assert carried.groups() == brought.groups()
        sums = bill.lines[: int(carried[1])]
        value = sum((line.taxable_value for line in sums), ZERO)
        tax = sum((line.tax for line in sums), ZERO)
        assert f"value {group_amount(value)}" in carried[2]
        assert f"total {group_amount(value + tax)}" in carried[2]
        assert "HSN/SAC" in after
    assert group_amount(bill.totals.value) in shown[-1] + (shown[-2] if len(shown) > 1 else "")
    assert sum("Invoice value" in page for page in shown) == 1


def test_two_hundred_lines_add_up_to_the_value():
    bill = long_bill(200)
    shown = text(PRINTER.invoice(bill))
    total = sum((line.total for line in bill.lines), ZERO) + bill.totals.round_off
    assert group_amount(total) == group_amount(bill.totals.value)
    assert f"₹{group_amount(total)}" in shown
    for row in bill.tax_summary():
        assert group_amount(row.taxable_value) in shown


@pytest.mark.parametrize("document", [trade_bill(), long_bill(120), counter_bill(), clinic_bill()])
def test_nothing_is_printed_outside_the_paper(document):
    for pdf in (PRINTER.invoice(document, tuple(Copy)), PRINTER.receipt(document)):
        for page in PdfReader(io.BytesIO(pdf)).pages:
            width, height = float(page.mediabox.width), float(page.mediabox.height)
            spots: list[tuple[float, float]] = []

            def visit(shown, _cm, tm, _font, _size, spots=spots):
                if shown.strip():
                    spots.append((tm[4], tm[5]))

            page.extract_text(visitor_text=visit)
            assert spots
            assert all(0 < x < width and 0 < y < height for x, y in spots)


def test_huge_amounts_are_set_smaller_instead_of_overlapping():
    bill = trade_bill()
    line = replace(bill.lines[0], taxable_value=Decimal("9999999999999.99"))
    shown = text(PRINTER.invoice(replace(bill, lines=(line,))))
    assert "99,99,99,99,99,999.99" in shown


def test_a_long_list_of_rates_flows_over_pages():
    bill = long_bill(150)
    lines = tuple(replace(line, hsn=f"{30000000 + place}") for place, line in enumerate(bill.lines))
    shown = text(PRINTER.invoice(replace(bill, lines=lines)))
    assert shown.count("30000149") == 2
    assert shown.count("Tax summary: HSN/SAC") > 1


def test_missing_facts_leave_no_labels():
    bare = trade_bill(seller=PrintedParty("Bare"), buyer=PrintedParty("Buyer"), upi_link="")
    shown = text(PRINTER.invoice(bare))
    assert not re.search("D.L. No|Phone|GSTIN|Scan to pay|IRN|SHIP TO", shown)
