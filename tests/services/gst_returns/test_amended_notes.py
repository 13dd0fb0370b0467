"""Notes of an amended invoice: those it had are amended with it, those to come are made out by it."""

from decimal import Decimal
from typing import Any

import pytest
from psycopg.errors import CheckViolation

from erp.core import db
from erp.services.gst_returns import NotAmendable, NothingAmended
from tests.factories import Shop, broken_promises
from tests.services.books import balance
from tests.services.gst_returns.months import (
    at,
    buyer,
    file_return,
    invoice,
    prepare,
    product,
    take_back,
)
from tests.services.gst_returns.test_amendments import (
    INSERT,
    amend,
    another_gstin,
    filed,
    november,
    small,
    taxable,
)
from tests.services.payments.test_reminders import LADDER
from tests.services.service_advances.serving import retailer
from tests.services.trading import rows
from tests.services.unchanged import refused


def back(shop: Shop, sent: Any, quantity: int, day: int = 9) -> Any:
    """Take goods of an invoice back in November, and return the note's place and heads."""
    line = {"line_no": 1, "quantity": quantity}
    given = {"invoice_id": sent.invoice_id, "lines": [line], "reason": "Not wanted"}
    note = shop.run("billing.take_back_goods", given, at=at(day, 11))
    wanted = (
        "select place_of_supply, supply_nature, igst, cgst, sgst, total from invoice where id = %s"
    )
    return tuple(rows(shop, wanted, note.id)[0].values())


def test_a_note_after_its_place_was_amended_takes_back_from_the_amended_head(trader: Shop) -> None:
    sent = invoice(trader, 6, retailer(trader), (trader.variant_ids[0], 10, "100.00"))
    take_back(trader, 8, sent, 2)
    filed(trader)
    done = amend(trader, sent, place_of_supply="24")
    before = balance(trader, "output_igst")
    assert back(trader, sent, 4) == ("24", "INTER", 20, 0, 0, 420)
    assert balance(trader, "output_igst") == before + 20
    found = november(trader)["cdnr"][0]["nt"][0]
    assert (found["pos"], found["itms"][0]["itm_det"]["iamt"]) == ("24", 20.0)
    assert taxable(trader)["igst"] == "20.00"
    given = {"amendment_id": done.id, "reason": "It was right"}
    with pytest.raises(NotAmendable, match="at the amended place") as refused:
        trader.run("gst_returns.withdraw_amendment", given, at=at(10, 11))
    assert "amendment_id" in refused.value.fields
    assert balance(trader, "output_igst") == before + 20
    assert broken_promises() == []


def test_notes_under_halves_add_up_to_what_the_amendment_moved(trader: Shop) -> None:
    far = retailer(trader, "24")
    sent = invoice(trader, 6, far, (product(trader, "30049014", "5", "300.00"), 3, "100.20"))
    filed(trader)
    amend(trader, sent, place_of_supply="27")
    first, last = back(trader, sent, 1), back(trader, sent, 2, 10)
    assert first[:2] == ("27", "INTRA")
    assert [first[at] + last[at] for at in (2, 3, 4)] == [0, Decimal("7.52"), Decimal("7.52")]
    assert (
        first[5] + last[5]
        == rows(trader, "select total from invoice where id = %s", sent.invoice_id)[0]["total"]
    )
    assert taxable(trader) == {
        "taxable": "-300.60",
        "igst": "-15.03",
        "cgst": "0.00",
        "sgst": "0.00",
    }
    assert broken_promises() == []


def test_a_note_after_a_sale_to_a_special_economic_zone_is_one_to_it(trader: Shop) -> None:
    sent = invoice(trader, 6, retailer(trader), (trader.variant_ids[0], 10, "100.00"))
    filed(trader)
    amend(trader, sent, is_sez=True)
    assert back(trader, sent, 4)[:3] == ("27", "INTER", 20)
    found = november(trader)["cdnr"][0]["nt"][0]
    assert found["inv_typ"] == "SEWP"


def test_a_note_on_it_later_names_the_amended_buyer(trader: Shop) -> None:
    sent = invoice(trader, 6, buyer(trader), (trader.variant_ids[0], 10, "105.00"))
    filed(trader)
    told = another_gstin("27")
    done = amend(trader, sent, gstin=told)
    line = {"line_no": 1, "quantity": 1}
    given = {"invoice_id": sent.invoice_id, "lines": [line], "reason": "Not wanted"}
    trader.run("billing.take_back_goods", given, at=at(9, 11))
    assert november(trader)["cdnr"][0]["ctin"] == told
    withdrawn = {"amendment_id": done.id, "reason": "It was right"}
    with pytest.raises(NotAmendable, match="amended GSTIN") as kept:
        trader.run("gst_returns.withdraw_amendment", withdrawn, at=at(10, 11))
    assert offered(trader) == {done.id: kept.value.message}


def test_interest_billed_before_is_amended_with_its_invoice_and_taken_back_from_there(
    trader: Shop,
) -> None:
    trader.run("payments.set_reminder_rule", {"levels": LADDER, "interest_percent": "18"})
    customer = retailer(trader, credit_days=1)
    sent = invoice(trader, 6, customer, (trader.variant_ids[0], 10, "100.00"))
    billed = {"party_id": customer}
    (note,) = trader.run("interest.bill_interest", billed, at=at(30)).notes
    filed(trader)
    told = another_gstin("24")
    assert amend(trader, sent, place_of_supply="24", gstin=told).notes == [note.number]
    given = {"note_id": note.id, "reason": "Waived"}
    taken = trader.run("interest.reverse_interest", given, at=at(9, 11))
    (later,) = trader.run("interest.bill_interest", billed, at=at(10, 11)).notes
    wanted = (
        "select igst > 0 as is_inter, place_of_supply as place, recipient ->> 'gstin' as gstin"
        " from invoice where id = %s"
    )
    assert [tuple(rows(trader, wanted, one.id)[0].values()) for one in (taken, later)] == [
        (True, "24", told),
        (True, "24", told),
    ]
    found = november(trader)
    assert [one["ctin"] for one in (*found["b2ba"], *found["cdnra"], *found["cdnr"])] == [told] * 3
    assert broken_promises() == []


def offered(shop: Shop) -> dict[Any, str]:
    """Return of every amendment why its list offers no withdrawal."""
    found = shop.run("gst_returns.list_amendments", {}).rows
    return {row.id: row.kept_words for row in found}


def withdraw(shop: Shop, amendment_id: Any) -> Any:
    """Take an amendment back in November."""
    given = {"amendment_id": amendment_id, "reason": "It was right"}
    return shop.run("gst_returns.withdraw_amendment", given, at=at(10, 11))


def heads(shop: Shop) -> tuple[Decimal, Decimal]:
    """Return what the books owe of integrated and of central tax."""
    return balance(shop, "output_igst"), balance(shop, "output_cgst")


def test_a_note_it_had_moves_with_it_and_comes_back_with_it(trader: Shop) -> None:
    sent = invoice(trader, 6, retailer(trader), (trader.variant_ids[0], 10, "100.00"))
    take_back(trader, 8, sent, 4)
    filed(trader)
    before = heads(trader)
    done = amend(trader, sent, place_of_supply="24")
    assert (done.igst, done.cgst, done.sgst, len(done.notes)) == (30, -15, -15, 1)
    assert heads(trader) == (before[0] - 30, before[1] + 15)
    found = november(trader)
    (note,) = found["cdnra"][0]["nt"]
    assert (note["pos"], note["itms"][0]["itm_det"]["iamt"]) == ("24", 20.0)
    assert taxable(trader) == {
        "taxable": "0.00",
        "igst": "30.00",
        "cgst": "-15.00",
        "sgst": "-15.00",
    }
    note_row, first = trader.run("gst_returns.list_amendments").rows
    assert (note_row.led_by, first.led_by) == (sent.number, "")
    with refused(trader, NotAmendable, "amendment_id") as caught:
        withdraw(trader, note_row.id)
    assert sent.number in caught.value.message
    withdraw(trader, first.id)
    assert heads(trader) == before
    assert {"b2ba", "cdnra"}.isdisjoint(november(trader))
    assert broken_promises() == []


def test_a_small_bill_with_a_note_leaves_its_place_with_it(trader: Shop) -> None:
    sent = invoice(trader, 6, buyer(trader), (trader.variant_ids[0], 10, "105.00"))
    invoice(trader, 7, buyer(trader), (trader.variant_ids[0], 1, "105.00"))
    take_back(trader, 8, sent, 4)
    filed(trader)
    told = another_gstin("27")
    amend(trader, sent, gstin=told)
    found = november(trader)
    assert small(found["b2csa"]) == [("102025", "27", [(5.0, 100.0)])]
    assert (found["b2b"][0]["ctin"], found["cdnr"][0]["ctin"]) == (told, told)


def test_a_note_whose_return_is_not_filed_is_waited_for(trader: Shop) -> None:
    sent = invoice(trader, 6, retailer(trader), (trader.variant_ids[0], 10, "100.00"))
    filed(trader)
    back(trader, sent, 2)
    with refused(trader, NotAmendable, "invoice_id") as caught:
        amend(trader, sent, place_of_supply="24", day=10)
    assert "File that first" in caught.value.message
    with refused(trader, NothingAmended, "invoice_id"):
        amend(trader, sent, place_of_supply="27", day=10)
    file_return(trader, prepare(trader, month=11), month=11)
    given = {"invoice_id": sent.invoice_id, "place_of_supply": "24", "reason": "Told"}
    done = trader.run("gst_returns.amend_document", given, at=at(16, 12))
    assert (done.igst, done.cgst) == (40, -20)
    assert broken_promises() == []


def test_a_note_that_was_amended_otherwise_comes_first(trader: Shop) -> None:
    sent = invoice(trader, 6, retailer(trader), (trader.variant_ids[0], 10, "100.00"))
    take_back(trader, 8, sent, 2)
    filed(trader)
    (note,) = rows(trader, "select id from invoice where kind = 'credit_note'")
    given = {"invoice_id": note["id"], "place_of_supply": "24", "reason": "Told"}
    alone = trader.run("gst_returns.amend_document", given, at=at(5, 11))
    with refused(trader, NotAmendable, "invoice_id") as caught:
        amend(trader, sent, place_of_supply="29")
    assert "by itself" in caught.value.message
    done = amend(trader, sent, place_of_supply="24")
    assert (done.igst, done.notes) == (50, [])
    with refused(trader, NotAmendable, "amendment_id") as kept:
        withdraw(trader, alone.id)
    assert offered(trader) == {done.id: "", alone.id: kept.value.message}
    withdraw(trader, done.id)
    withdraw(trader, alone.id)
    assert balance(trader, "output_igst") == 0


def test_a_note_is_not_amended_away_from_its_amended_invoice(trader: Shop) -> None:
    sent = invoice(trader, 6, retailer(trader), (trader.variant_ids[0], 10, "100.00"))
    filed(trader)
    amend(trader, sent, place_of_supply="24")
    back(trader, sent, 2)
    file_return(trader, prepare(trader, month=11), month=11)
    (note,) = rows(trader, "select id from invoice where kind = 'credit_note'")
    given = {"invoice_id": note["id"], "place_of_supply": "29", "reason": "Told"}
    with refused(trader, NotAmendable, "invoice_id") as caught:
        trader.run("gst_returns.amend_document", given, at=at(16, 12))
    assert sent.number in caught.value.message


def test_a_note_that_its_amended_invoice_left_behind_follows_by_itself(trader: Shop) -> None:
    """Amendments of before notes moved with their invoice left them as they were."""
    sent = invoice(trader, 6, retailer(trader), (trader.variant_ids[0], 10, "100.00"))
    take_back(trader, 8, sent, 2)
    filed(trader)
    alone = INSERT.replace("'2025-11-05', '',", "'2025-11-05', recipient ->> 'gstin',")
    with db.unit_of_work(trader.ctx) as session:
        db.execute(session, alone, {"tenant": trader.tenant_id, "invoice": sent.invoice_id})
    assert "G3" in {verdict.code for verdict in broken_promises()}
    (note,) = rows(trader, "select id from invoice where kind = 'credit_note'")
    given = {"invoice_id": note["id"], "place_of_supply": "24", "reason": "As its invoice"}
    done = trader.run("gst_returns.amend_document", given, at=at(5, 11))
    assert (done.igst, done.cgst, done.sgst) == (-10, 5, 5)
    assert "G3" not in {verdict.code for verdict in broken_promises()}


def test_the_database_lets_nothing_follow_another_invoice(trader: Shop) -> None:
    first, other = (
        invoice(trader, 6, retailer(trader), (trader.variant_ids[0], 1, "100.00")) for _ in "ab"
    )
    filed(trader)
    done = amend(trader, first, place_of_supply="24")
    wanted = INSERT.replace("withdraw_reason)", "withdraw_reason, follows_id)").replace(
        "user_id, '' from", "user_id, '', %(follows)s from"
    )
    given = {"tenant": trader.tenant_id, "invoice": other.invoice_id, "follows": done.id}
    with pytest.raises(CheckViolation, match="follows"), db.unit_of_work(trader.ctx) as session:
        db.execute(session, wanted, given)
