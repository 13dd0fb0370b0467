"""What suppliers reported is matched with claims and assets as with purchase bills."""

from typing import Any

import pytest

from erp.services.gst_returns import NotItsBill
from tests.factories import Shop
from tests.services.gst_returns.months import at, detail, file_return, import_2b, prepare, purchase
from tests.services.seen_bills.conftest import approved, claimed, line, owned, supplier

NOVEMBER = "2025-11-01"


def matches(shop: Shop, month: str = "2025-10-01") -> dict[str, Any]:
    found = shop.run("gst_returns.list_matches", {"starts_on": month}, at=at(12, 12))
    return {row.number: row for row in found.rows}


def credit(shop: Shop, month: int = 10) -> str:
    figures = detail(shop, prepare(shop, "gstr3b", month)).figures
    tax: str = figures["cells"]["4(A)(5)"]["igst"]
    return tax


def file_october(shop: Shop) -> None:
    file_return(shop, prepare(shop))
    file_return(shop, prepare(shop, "gstr3b"))


def test_claims_and_assets_wait_for_what_was_reported(trader: Shop) -> None:
    made = approved(trader, claimed(trader, line(trader, "SL-7")))
    asset = owned(trader, supplier(trader), "P-1", "5000.00")
    assert credit(trader) == "1080.00"
    import_2b(trader, ("24", "sl/007", "1000.00", "18"))
    found = matches(trader)
    assert found["SL-7"].status == "matched_normalised_number"
    assert (found["SL-7"].booked_as, found["SL-7"].page) == (made.number, f"/expenses/{made.id}")
    assert (found["P-1"].status, found["P-1"].claimed) == ("missing_in_2b", 0)
    assert found["P-1"].page == f"/fixed-assets/{asset.id}"
    assert credit(trader) == "180.00"
    file_october(trader)
    import_2b(trader, ("24", "P-1", "5000.00", "18"), month=11)
    assert matches(trader, NOVEMBER)["P-1"].claimed == 900
    assert credit(trader, 11) == "900.00"
    assert prepared_clean(trader)


def prepared_clean(shop: Shop) -> bool:
    return not detail(shop, prepare(shop, "gstr3b", 11)).differences


def test_two_assets_of_one_bill_are_matched_together(trader: Shop) -> None:
    seller = supplier(trader)
    owned(trader, seller, "P-1")
    import_2b(trader, ("24", "P-1", "2000.00", "18"))
    assert matches(trader)["P-1"].status == "amount_mismatch"
    assert credit(trader) == "0.00"
    owned(trader, seller, "P-1", bill_tax="540.00", confirm=("asset_billed_before",))
    assert matches(trader)["P-1"].status == "exact"
    assert credit(trader) == "360.00"
    owned(trader, seller, "P-1", confirm=("asset_billed_before",))
    assert matches(trader)["P-1"].status == "amount_mismatch"
    assert credit(trader) == "0.00"


def test_the_lower_amount_of_a_claim_is_accepted(trader: Shop) -> None:
    approved(trader, claimed(trader, line(trader, "SL-7")))
    import_2b(trader, ("24", "SL-7", "600.00", "18"))
    row = matches(trader)["SL-7"]
    given = {"reported_id": row.reported_id, "decision": "accepted"}
    trader.run("gst_returns.decide_reported", given)
    assert credit(trader) == "108.00"
    figures = detail(trader, prepare(trader, "gstr3b")).figures
    assert [(one["kind"], one["igst"]) for one in figures["held"]] == [("spent", "72.00")]


def test_a_document_under_another_number_is_suggested_as_a_claims_bill(trader: Shop) -> None:
    approved(trader, claimed(trader, line(trader, "SL-7")))
    other = purchase(trader, "B-1", "1000.00", "5", state="09")
    import_2b(trader, ("24", "X-77", "1000.00", "18"))
    row = matches(trader)["X-77"]
    given = {"reported_id": row.reported_id, "decision": "accepted"}
    with pytest.raises(NotItsBill):
        trader.run("gst_returns.decide_reported", given | {"bill_id": other.id})
    trader.run("gst_returns.decide_reported", given | {"bill_id": row.suggested_id})
    assert credit(trader) == "180.00"


def test_a_claim_taken_back_while_its_credit_waits_leaves_nothing(trader: Shop) -> None:
    made = approved(trader, claimed(trader, line(trader, "SL-7")))
    import_2b(trader, ("09", "Z-1", "1.00", "5"))
    assert credit(trader) == "0.00"
    file_october(trader)
    gone = {"claim_id": made.id, "reason": "Not ours"}
    trader.run("expenses.reverse_claim", gone, by=trader.acting_as("owner"), at=at(5, 11))
    assert credit(trader, 11) == "0.00"
    figures = detail(trader, prepare(trader, "gstr3b", 11)).figures
    assert figures["held"] == []
    assert prepared_clean(trader)
