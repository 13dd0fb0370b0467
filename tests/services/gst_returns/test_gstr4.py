"""GSTR-4: the year by composition, equal to its CMP-08s, its documents and the accounts."""

import json
from decimal import Decimal
from typing import Any

import pytest

from erp.core.clock import fiscal_year_start
from erp.services.gst_returns import ReturnNotReady, WrongTaxPeriod
from tests.factories import Shop, broken_promises
from tests.services.billing.bills.billing import (
    bill,
    billed,
    came,
    decide,
    goods,
    registered,
    settle,
)
from tests.services.billing.bills.billing import detail as bill_detail
from tests.services.gst_returns.months import (
    buyer,
    gstin_of,
    invoice,
    product,
    purchase,
    take_back,
)
from tests.services.gst_returns.test_composition import (
    dealer,
    deposit,
    file,
    noon,
    prepare,
    reverse_charge,
    sent,
)
from tests.services.trading import rows

assert dealer  # the fixture
APRIL = "2025-04-01"
AFTER = noon(10, 5, 2026)
ORDER = ("taxable", "igst", "cgst", "sgst")


def year(shop: Shop, **more: Any) -> Any:
    return shop.run("gst_returns.get_year", {"year_from": APRIL} | more, at=AFTER)


def behind(shop: Shop, part: str) -> Any:
    return shop.run("gst_returns.list_year_rows", {"year_from": APRIL, "part": part}, at=AFTER)


def trade(shop: Shop) -> None:
    """Two quarters of trade: 11,000 less 400 taxable and 500 exempt, then 1,000; freight of 1,000; goods of 2,000."""
    exempt = product(shop, "49011010", "0", "210.00", treatment="nil_rated")
    for _ in range(10):
        sent(shop, 6)
    whole = sent(shop, 7)
    take_back(shop, 8, whole, 4)
    invoice(shop, 9, buyer(shop, state_code="27"), (exempt, 5, "100.00"))
    reverse_charge(shop, 10)
    purchase(shop, "B-1", "2000.00", "5")
    purchase(shop, "B-2", "500.00", "0", gst_category="unregistered")


def file_quarters(shop: Shop) -> None:
    deposit(shop, "500.00")
    file(shop, prepare(shop))
    file(shop, prepare(shop, starts_on="2026-01-01", at=noon(10, 4, 2026)), noon(10, 4, 2026))


def test_every_figure_is_the_sum_of_its_rows_and_equal_to_the_accounts(dealer: Shop) -> None:
    trade(dealer)
    file_quarters(dealer)
    found = year(dealer)
    told = {name: [getattr(one, head) for head in ORDER] for name, one in found.cells.items()}
    assert told == {
        "4A": [2000, 0, 50, 50],
        "4B": [0, 0, 0, 0],
        "4C": [1000, 0, 25, 25],
        "5 out": [11100, 0, 53, 53],
        "5 in": [1000, 0, 25, 25],
        "6 out": [11100, 0, 53, 53],
        "6 in": [1000, 0, 25, 25],
    }
    assert (found.differences, found.problems, found.blocking, found.rest.tax) == ([], [], 0, 0)
    for name, one in found.cells.items():
        rows_of = behind(dealer, name)
        assert (rows_of.taxable, rows_of.tax) == (one.taxable, one.tax)
    assert {row.number for row in behind(dealer, "4A").rows} == {"B-1"}
    assert [row.page for row in behind(dealer, "4C").rows] == ["/gst/reverse-charges"]
    assert broken_promises() == []


def test_the_file_has_every_section_by_supplier_and_rate(dealer: Shop) -> None:
    trade(dealer)
    file_quarters(dealer)
    given = {"year_from": APRIL}
    file_of = dealer.run("gst_returns.get_year_file", given, at=AFTER)
    written = json.loads(file_of.content, parse_float=Decimal)
    assert file_of.file_name == f"GSTR4_{gstin_of(dealer)}_032026.json"
    assert (written["fp"], written["isnil"]) == ("032026", "N")
    (supplier,) = written["b2bor"]
    (item,) = supplier["itms"]
    assert (supplier["pos"], item["rt"], item["txval"], item["camt"]) == ("27", 5, 2000, 50)
    assert [one["itms"][0]["txval"] for one in written["b2bur"]] == [1000]
    assert [(one["rt"], one["trnovr"], one["camt"]) for one in written["txos"]] == [
        (0, 500, 0), (1, 10600, 53),
    ]  # fmt: skip
    assert written["cmpsmry"]["tax_pay"]["camt"] == 78
    assert written["inoutsup"]["outsupply"]["txval"] == 11100


def test_goods_sent_back_and_a_suppliers_note_take_off_what_was_bought(dealer: Shop) -> None:
    made = purchase(dealer, "B-1", "2000.00", "5")
    (line,) = rows(
        dealer,
        "select l.lot_id, b.supplier_id from supplier_bill_line l"
        " join supplier_bill b on b.id = l.bill_id where b.id = %s",
        made.id,
    )
    gone = {
        "lot_id": line["lot_id"],
        "location_id": dealer.storage_id,
        "quantity": 10,
        "reason": "damaged",
    }
    given = {"supplier_id": line["supplier_id"], "lines": [gone]}
    dealer.run("billing.return_goods", given, at=noon(20), confirm=("outside_claim_window",))
    assert [getattr(year(dealer).cells["4A"], head) for head in ORDER] == [1800, 0, 45, 45]
    assert [row.taxable for row in behind(dealer, "4A").rows] == [2000, -200]


def test_what_a_claim_brought_back_is_taken_off_at_the_rate_of_the_bill(dealer: Shop) -> None:
    """12 are billed and 10 came, at 60: 126 with its tax are claimed, and the supplier gives all of it."""
    registered(dealer)
    receipt = came(dealer, goods(dealer, 10, unit_cost="60"))
    accountant, manager = dealer.acting_as("accountant"), dealer.acting_as("manager")
    made = bill(dealer, "756.00", billed(receipt, 12, "60"), by=accountant)
    decide(dealer, made, "claimed", by=manager)
    settle(dealer, bill_detail(dealer, made).claim_id, "126.00", "0.00")
    begun = {"year_from": f"{fiscal_year_start(dealer.ctx.today)}"}
    found = dealer.run("gst_returns.get_year", begun)
    assert [getattr(found.cells["4A"], head) for head in ORDER] == [600, 0, 15, 15]
    assert found.differences == []
    behind_it = dealer.run("gst_returns.list_year_rows", begun | {"part": "4A"}).rows
    assert [(row.taxable, row.rate) for row in behind_it] == [(720, 5), (-120, 5)]


def test_the_file_stays_in_the_house_until_its_quarters_are_filed_and_books_agree(
    dealer: Shop,
) -> None:
    sent(dealer, 6)
    found = year(dealer)
    assert {one["code"] for one in found.problems if one["is_blocking"]} == {"cmp08_missing"}
    with pytest.raises(ReturnNotReady, match="Mend"):
        dealer.run("gst_returns.get_year_file", {"year_from": APRIL}, at=AFTER)
    with pytest.raises(ReturnNotReady, match="not over"):
        dealer.run("gst_returns.get_year_file", {"year_from": APRIL}, at=noon(5, 1, 2026))


def test_income_that_no_document_explains_is_a_difference(dealer: Shop) -> None:
    sent(dealer, 6)
    lines = [
        {"account_key": "bank", "debit": "50.00"},
        {"account_key": "sales_5", "credit": "50.00"},
    ]
    entry = {"effective_on": "2025-10-20", "narration": "By mistake", "lines": lines}
    dealer.run("accounting.post_manual_entry", entry, at=noon(20))
    (gap,) = year(dealer).differences
    assert (gap["label"], gap["books"]["taxable"]) == ("By mistake", "50.00")


def test_a_year_is_one_with_days_by_composition_and_begins_on_1_april(dealer: Shop) -> None:
    with pytest.raises(WrongTaxPeriod, match="1 April"):
        year(dealer, year_from="2025-10-01")
    with pytest.raises(WrongTaxPeriod, match="files no GSTR-4"):
        year(dealer, year_from="2024-04-01")
