"""Every worked example of the domain, to the paisa, through the function the till uses."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from erp.core.gst.taxing import (
    PriceMode,
    StateTaxHead,
    Supply,
    SupplyLine,
    SupplyNature,
    tax_on,
    tax_supply,
)
from erp.core.money import ZERO, round_money
from erp.services.billing import crediting
from erp.services.billing.crediting import SoldLine, credit_return, credit_value, total_credit

DATA = json.loads((Path(__file__).parents[1] / "data/gst_examples.json").read_text("utf-8"))
EXAMPLES = DATA["examples"]
HEADS = ("cgst", "sgst", "igst")


def of_kind(kind):
    found = [pytest.param(e, id=e["id"]) for e in EXAMPLES if e["kind"] == kind]
    assert found
    return found


def supply_of(given):
    return Supply(
        seller_state=given["seller_state"],
        place_of_supply=given["place_of_supply"],
        price_mode=PriceMode(given["price_mode"]),
        lines=[line_of(line) for line in given["lines"]],
        bill_discount=Decimal(given.get("bill_discount", "0.00")),
        is_rounded=given.get("round_off", False),
        is_sez=given.get("sez_recipient", False),
        is_without_payment_of_tax=given.get("without_payment_of_tax", False),
    )


def line_of(line):
    percent, amount = line.get("discount_pct"), line.get("discount_amt")
    return SupplyLine(
        ref=line["ref"],
        quantity=Decimal(line["qty"]),
        unit_price=Decimal(line["unit_price"]),
        gst_rate=Decimal(line["gst_rate"]),
        discount_pct=None if percent is None else Decimal(percent),
        discount_amount=None if amount is None else Decimal(amount),
    )


def state_key(expected):
    return "utgst" if "utgst" in expected else "sgst"


def shown_lines(taxed, key):
    return [
        {
            "line": line.ref,
            "gross": f"{line.gross}",
            "line_discount": f"{line.line_discount}",
            "bill_discount_share": f"{line.bill_discount_share}",
            "taxable_value": f"{line.taxable_value}",
            "gst_rate": f"{line.gst_rate}",
            "cgst": f"{line.cgst}",
            key: f"{line.sgst}",
            "igst": f"{line.igst}",
            "line_total": f"{line.total}",
        }
        for line in taxed.lines
    ]


def shown_totals(taxed, key):
    totals = taxed.totals
    return {
        "gross": f"{totals.gross}",
        "line_discount": f"{totals.line_discount}",
        "bill_discount": f"{totals.bill_discount}",
        "taxable_value": f"{totals.taxable_value}",
        "cgst": f"{totals.cgst}",
        key: f"{totals.sgst}",
        "igst": f"{totals.igst}",
        "total_before_round_off": f"{totals.total}",
        "round_off": f"{totals.round_off}",
        "invoice_value": f"{totals.invoice_value}",
    }


def assert_invoice(given, expected):
    taxed = tax_supply(supply_of(given))
    key = state_key(expected["totals"])
    assert taxed.nature == expected["supply_nature"]
    if taxed.nature is SupplyNature.INTRA:
        assert taxed.state_tax_head is StateTaxHead(key.upper())
    assert shown_lines(taxed, key) == expected["lines"]
    assert shown_totals(taxed, key) == expected["totals"]


@pytest.mark.parametrize("example", of_kind("invoice"))
def test_invoice(example):
    assert_invoice(example["input"], example["expected"])


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("example", of_kind("invoice_pair"))
def test_invoice_around_a_rate_change(example, moment):
    assert_invoice(example["input"][moment], example["expected"][moment])


def test_the_same_line_between_states_differs_by_a_paisa():
    example = next(e for e in EXAMPLES if e["id"] == "E03")
    taxed = tax_supply(supply_of(example["input"] | {"place_of_supply": "24"}))
    assert shown_totals(taxed, "sgst") == example["expected"]["same_line_if_inter_state"]


@pytest.mark.parametrize("example", of_kind("credit_note"))
def test_credit_note(example):
    given, expected = example["input"], example["expected"]
    if "original_invoice" in expected:
        assert_invoice(given["original"], expected["original_invoice"])
    original = tax_supply(supply_of(given["original"]))
    lines = [
        credit_return(
            SoldLine.of(original.lines[back["line"]]),
            quantity=Decimal(back["qty"]),
            already_returned=Decimal(back["qty_already_returned"]),
            price_mode=original.price_mode,
        )
        for back in given["returns"]
    ]
    totals = total_credit(lines)
    note = expected["credit_note"]
    for line, wanted in zip(lines, note["lines"], strict=True):
        assert (line.ref, f"{line.quantity}") == (wanted["line"], wanted["qty_returned"])
        assert f"{line.total}" == wanted["line_total"]
        for name in ("taxable_value", "gst_rate", *HEADS):
            assert f"{getattr(line, name)}" == wanted[name]
    for name, wanted in note["totals"].items():
        assert f"{getattr(totals, name)}" == wanted
    if "refund" in expected:
        assert f"{totals.note_value}" == expected["refund"]


@pytest.mark.parametrize("example", of_kind("credit_note_value_only"))
def test_value_only_credit_note(example):
    given, expected = example["input"], example["expected"]
    value = crediting.turnover_discount(
        Decimal(given["original_taxable_total"]), Decimal(given["discount_pct"])
    )
    line = credit_value(
        "turnover", value, Decimal(given["gst_rate"]), SupplyNature(given["supply_nature"])
    )
    assert f"{line.taxable_value}" == expected["taxable_value"]
    assert (f"{line.cgst}", f"{line.sgst}") == (expected["cgst"], expected["sgst"])
    assert f"{line.total}" == expected["note_value"]
    assert f"{line.cgst + line.sgst}" in expected["condition"]


def test_tax_inside_a_service_advance():
    example = next(e for e in EXAMPLES if e["kind"] == "advance")
    given, expected = example["input"], example["expected"]["service"]
    heads = tax_on(
        Decimal(given["service_advance_inclusive"]),
        Decimal(given["service_rate"]),
        SupplyNature.INTRA,
        PriceMode.INCLUSIVE,
    )
    assert (f"{heads.cgst}", f"{heads.sgst}") == (expected["cgst"], expected["sgst"])
    net = Decimal(given["service_advance_inclusive"]) - heads.total
    assert f"{net}" == expected["taxable_value"]


@pytest.mark.parametrize("example", of_kind("reverse_charge_purchase"))
def test_tax_on_a_reverse_charge_purchase(example):
    given, expected = example["input"], example["expected"]
    heads = tax_on(
        Decimal(given["taxable_value"]),
        Decimal(given["gst_rate"]),
        SupplyNature(given["supply_nature"]),
        PriceMode.EXCLUSIVE,
    )
    assert f"{heads.cgst}" == expected["rcm_cgst_payable_in_cash"]
    assert f"{heads.sgst}" == expected["rcm_sgst_payable_in_cash"]


@pytest.mark.parametrize("example", of_kind("cash_discount"))
def test_cash_discount_at_payment(example):
    given, expected = example["input"], example["expected"]
    value = Decimal(given["invoice_value"])
    discount = crediting.turnover_discount(value, Decimal(given["discount_pct"]))
    assert (f"{discount}", f"{value - discount}") == (expected["discount"], expected["received"])


OUTWARD = [
    pytest.param(document, id=document["no"])
    for document in DATA["return_example"]["outward_documents"]
    if not document.get("cancelled")
]


@pytest.mark.parametrize("document", OUTWARD)
def test_document_of_the_month_example(document):
    assert_invoice(document["input"], document["result"])


def test_two_part_returns_add_up_to_the_line():
    example = next(e for e in EXAMPLES if e["id"] == "E14")
    original = tax_supply(supply_of(example["input"]["original"]))
    sold, check = SoldLine.of(original.lines[0]), example["expected"]["check"]
    notes = [
        credit_return(
            sold,
            quantity=Decimal(quantity),
            already_returned=Decimal(before),
            price_mode=original.price_mode,
        )
        for quantity, before in ((2, 0), (3, 2))
    ]
    assert f"{sum(note.taxable_value for note in notes)}" == check["sum_of_taxable_of_both_notes"]
    assert f"{sum(note.cgst for note in notes)}" == check["sum_of_cgst_of_both_notes"]


def test_stored_heads_may_differ_from_a_recomputation_by_one_paisa():
    for example in EXAMPLES:
        if example["kind"] != "invoice":
            continue
        supply = supply_of(example["input"])
        if supply.is_without_payment_of_tax:
            continue
        for line in tax_supply(supply).lines:
            rate = Decimal(200) if line.cgst or not line.igst else Decimal(100)
            again = round_money(line.taxable_value * line.gst_rate / rate)
            assert abs(again - (line.cgst or line.igst)) <= Decimal("0.01")
            assert line.total == line.taxable_value + line.cgst + line.sgst + line.igst >= ZERO
