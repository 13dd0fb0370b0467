"""Tables 9A, 9C and 10: a later return corrects what a filed one states, and no document changes."""

import json
from datetime import date
from typing import Any

import pytest
from psycopg.errors import CheckViolation

from erp.core import db
from erp.core.errors import InvalidInput
from erp.services.gst_returns import (
    AmendedBefore,
    NotAmendable,
    NothingAmended,
    TaxPeriodFiled,
    UnknownAmendment,
)
from erp.services.party.gstin import check_character
from tests.factories import Shop, broken_promises
from tests.services.books import balance
from tests.services.gst_returns.months import (
    at,
    buyer,
    detail,
    file_return,
    invoice,
    prepare,
    product,
    take_back,
)
from tests.services.service_advances.serving import retailer
from tests.services.trading import rows

OCTOBER_FP = "102025"


def amend(shop: Shop, sent: Any, day: int = 5, **facts: Any) -> Any:
    """Amend a document in November."""
    given = {"invoice_id": sent.invoice_id, "reason": "Told by the customer"} | facts
    return shop.run("gst_returns.amend_document", given, at=at(day, 11))


def filed(shop: Shop) -> None:
    """File October."""
    file_return(shop, prepare(shop))


def another_gstin(state: str) -> str:
    """Return a sound registration number that no customer of the tests has."""
    first = f"{state}ZZZFZ0001Z1Z"
    return first + check_character(first)


def november(shop: Shop) -> Any:
    """Return November's file, which agrees with the accounts."""
    made = prepare(shop, month=11)
    found = detail(shop, made)
    assert (found.differences, found.blocking) == ([], 0)
    answer = shop.run("gst_returns.get_portal_file", {"return_id": made.id}, at=at(28, 12))
    return json.loads(answer.content)


def taxable(shop: Shop) -> Any:
    """Return 3.1(a) of November."""
    return detail(shop, prepare(shop, "gstr3b", 11)).figures["cells"]["3.1(a)"]


def small(places: list[Any]) -> Any:
    """Return table 10 as place, rate and value."""
    return [
        (one["omon"], one["pos"], [(it["rt"], it["txval"]) for it in one["itms"]]) for one in places
    ]


def test_a_wrong_gstin_is_corrected_under_the_original_number(trader: Shop) -> None:
    sent = invoice(trader, 6, retailer(trader), (trader.variant_ids[0], 10, "100.00"))
    filed(trader)
    right = another_gstin("27")
    amend(trader, sent, gstin=right)
    found = november(trader)
    item = {"rt": 5.0, "txval": 1000.0, "camt": 25.0, "samt": 25.0, "csamt": 0.0}
    assert found["b2ba"] == [
        {
            "ctin": right,
            "inv": [
                {
                    "oinum": sent.number, "oidt": "06-10-2025", "inum": sent.number, "idt": "06-10-2025",
                    "val": 1050.0, "pos": "27", "rchrg": "N", "inv_typ": "R",
                    "itms": [{"num": 1, "itm_det": item}],
                }
            ],
        }
    ]  # fmt: skip
    assert "b2b" not in found
    assert "hsn" not in found
    assert taxable(trader)["taxable"] == "0.00"
    posted = trader.run("billing.get_invoice", {"invoice_id": sent.invoice_id})
    assert posted.recipient["gstin"] != right
    assert broken_promises() == []


def test_a_place_in_another_state_moves_the_tax_to_its_head_in_the_books_too(trader: Shop) -> None:
    sent = invoice(trader, 6, retailer(trader), (trader.variant_ids[0], 10, "100.00"))
    filed(trader)
    before = (balance(trader, "output_igst"), balance(trader, "output_cgst"))
    done = amend(trader, sent, place_of_supply="24")
    assert (done.igst, done.cgst, done.sgst) == (50, -25, -25)
    assert (balance(trader, "output_igst"), balance(trader, "output_cgst")) == (
        before[0] - 50,
        before[1] + 25,
    )
    file = november(trader)
    (hsn,) = file["hsn"]["hsn_b2b"]
    assert [hsn[name] for name in ("qty", "txval", "iamt", "camt")] == [0, 0, 50, -25]
    found = file["b2ba"][0]["inv"][0]
    assert (found["pos"], found["itms"][0]["itm_det"]["iamt"]) == ("24", 50.0)
    assert taxable(trader) == {
        "taxable": "0.00",
        "igst": "50.00",
        "cgst": "-25.00",
        "sgst": "-25.00",
    }
    assert broken_promises() == []


def test_a_bill_whose_buyer_is_registered_leaves_table_7_of_its_month(trader: Shop) -> None:
    stays = buyer(trader)
    invoice(trader, 7, stays, (trader.variant_ids[0], 1, "105.00"))
    sent = invoice(trader, 6, buyer(trader), (trader.variant_ids[0], 10, "105.00"))
    filed(trader)
    told = another_gstin("27")
    amend(trader, sent, gstin=told, recipient="Asha Pharmacy")
    found = november(trader)
    assert small(found["b2csa"]) == [(OCTOBER_FP, "27", [(5.0, 100.0)])]
    assert found["b2b"][0]["ctin"] == told
    assert found["b2b"][0]["inv"][0]["idt"] == "06-10-2025"
    hsn = {kind: [(row["qty"], row["txval"]) for row in of] for kind, of in found["hsn"].items()}
    assert hsn == {"hsn_b2b": [(10.0, 1000.0)], "hsn_b2c": [(-10.0, -1000.0)]}
    assert taxable(trader)["taxable"] == "0.00"


def test_a_small_bill_of_another_place_changes_both_rows_of_its_month(trader: Shop) -> None:
    sent = invoice(trader, 6, buyer(trader), (trader.variant_ids[0], 10, "105.00"))
    invoice(trader, 7, buyer(trader), (trader.variant_ids[0], 2, "105.00"))
    invoice(trader, 7, buyer(trader, state_code="24"), (trader.variant_ids[0], 4, "105.00"))
    filed(trader)
    amend(trader, sent, place_of_supply="24")
    found = november(trader)
    assert small(found["b2csa"]) == [
        (OCTOBER_FP, "24", [(5.0, 1400.0)]),
        (OCTOBER_FP, "27", [(5.0, 200.0)]),
    ]
    assert [one["sply_ty"] for one in found["b2csa"]] == ["INTER", "INTRA"]
    cells = detail(trader, prepare(trader, "gstr3b", 11)).figures
    assert cells["inter"] == [
        {"pos": "24", "taxable": "1000.00", "igst": "50.00", "cgst": "0.00", "sgst": "0.00"}
    ]


def test_a_large_bill_is_amended_by_itself_and_emptied_where_its_buyer_is_registered(
    trader: Shop,
) -> None:
    dear = product(trader, "30049014", "5", "3000.00")
    first, other = (
        invoice(trader, 6, buyer(trader, state_code="24"), (dear, 50, "2500.00")) for _ in "ab"
    )
    filed(trader)
    amend(trader, first, place_of_supply="29")
    told = another_gstin("24")
    amend(trader, other, gstin=told)
    found = november(trader)
    assert [(one["pos"], len(one["inv"])) for one in found["b2cla"]] == [("29", 1), ("24", 1)]
    emptied = found["b2cla"][1]["inv"][0]
    assert (emptied["oinum"], emptied["val"]) == (other.number, 0.0)
    assert emptied["itms"][0]["itm_det"]["txval"] == 0.0
    assert (found["b2b"][0]["ctin"], found["b2b"][0]["inv"][0]["inum"]) == (told, other.number)
    assert "b2csa" not in found
    assert taxable(trader)["igst"] == "0.00"


def test_a_note_is_amended_in_9c(trader: Shop) -> None:
    customer = retailer(trader)
    sent = invoice(trader, 6, customer, (trader.variant_ids[0], 10, "100.00"))
    back = take_back(trader, 8, sent, 2)
    filed(trader)
    right = another_gstin("27")
    note = rows(trader, "select id, number from invoice where kind = 'credit_note'")[0]
    given = {"invoice_id": note["id"], "reason": "Wrong GSTIN", "gstin": right}
    trader.run("gst_returns.amend_document", given, at=at(5, 11))
    found = november(trader)["cdnra"][0]
    assert (found["ctin"], found["nt"][0]["ont_num"], found["nt"][0]["ont_dt"]) == (
        right, note["number"], "08-10-2025",
    )  # fmt: skip
    assert back is not None


def test_what_no_filed_return_states_is_not_amended(trader: Shop) -> None:
    sent = invoice(trader, 6, retailer(trader), (trader.variant_ids[0], 10, "100.00"))
    with pytest.raises(NotAmendable, match="Cancel it"):
        amend(trader, sent, gstin=another_gstin("27"))
    with (
        pytest.raises(CheckViolation, match="no filed return"),
        db.unit_of_work(trader.ctx) as session,
    ):
        db.execute(session, INSERT, {"tenant": trader.tenant_id, "invoice": sent.invoice_id})


INSERT = """
    insert into gst_amendment (tenant_id, id, company_id, branch_id, invoice_id, booked_on, gstin, recipient,
           place_of_supply, is_sez, port_code, shipping_bill, igst, cgst, sgst, reason, user_id, withdraw_reason)
    select tenant_id, uuidv7(), company_id, branch_id, id, '2025-11-05', '', '', '24', false, '', '', 0, 0, 0, 'x',
           user_id, '' from invoice where tenant_id = %(tenant)s and id = %(invoice)s
"""


def test_what_was_credited_whole_or_is_too_old_is_not_amended(trader: Shop) -> None:
    sent = invoice(trader, 6, retailer(trader), (trader.variant_ids[0], 10, "100.00"))
    other = invoice(trader, 6, retailer(trader), (trader.variant_ids[0], 1, "100.00"))
    take_back(trader, 8, sent, 10)
    filed(trader)
    with pytest.raises(NotAmendable, match="credited whole"):
        amend(trader, sent, gstin=another_gstin("27"))
    given = {"invoice_id": other.invoice_id, "reason": "Late", "gstin": another_gstin("27")}
    late = at(1, 12).replace(year=2026)
    with pytest.raises(NotAmendable, match="30-11-2026"):
        trader.run("gst_returns.amend_document", given, at=late)


@pytest.mark.parametrize(
    ("facts", "field", "refusal"),
    [
        ({"gstin": "27AAPFU0939F1ZA"}, "gstin", InvalidInput),
        ({"place_of_supply": "99"}, "place_of_supply", InvalidInput),
        ({"place_of_supply": "96"}, "place_of_supply", NotAmendable),
        ({"shipping_bill": "1234567"}, "shipping_bill", InvalidInput),
        (
            {"shipping_bill": "1234567", "port_code": "INBOM4", "shipped_on": date(2025, 10, 9)},
            "shipping_bill",
            NotAmendable,
        ),
        ({}, "invoice_id", NothingAmended),
        ({"booked_on": date(2025, 10, 20)}, "starts_on", Exception),
    ],
)
def test_a_correction_that_cannot_be_names_its_field(
    trader: Shop, facts: dict[str, Any], field: str, refusal: type[Exception]
) -> None:
    sent = invoice(trader, 6, retailer(trader), (trader.variant_ids[0], 10, "100.00"))
    filed(trader)
    with pytest.raises(refusal) as refused:
        amend(trader, sent, **facts)
    assert field in refused.value.fields  # type: ignore[attr-defined]
    assert rows(trader, "select 1 from gst_amendment") == []


def test_once_and_withdrawn_until_its_return_is_filed(trader: Shop) -> None:
    sent = invoice(trader, 6, retailer(trader), (trader.variant_ids[0], 10, "100.00"))
    filed(trader)
    done = amend(trader, sent, place_of_supply="24")
    with pytest.raises(AmendedBefore):
        amend(trader, sent, place_of_supply="29")
    back = {"amendment_id": done.id, "reason": "It was right"}
    trader.run("gst_returns.withdraw_amendment", back, at=at(6, 11))
    with pytest.raises(UnknownAmendment):
        trader.run("gst_returns.withdraw_amendment", back, at=at(6, 11))
    assert "b2ba" not in november(trader)
    again = amend(trader, sent, place_of_supply="29", day=7)
    listed = trader.run("gst_returns.list_amendments")
    assert [(row.place, row.withdrawn_at is None) for row in listed.rows] == [
        ("29", True),
        ("24", False),
    ]
    standing = trader.run("gst_returns.list_amendments", {"is_standing": True})
    assert [row.place for row in standing.rows] == ["29"]
    file_return(trader, prepare(trader, month=11), month=11)
    with pytest.raises(TaxPeriodFiled):
        trader.run(
            "gst_returns.withdraw_amendment",
            {"amendment_id": again.id, "reason": "Late"},
            at=at(20, 12),
        )
    assert trader.run("gst_returns.list_amendments").rows[0].is_filed
    assert broken_promises() == []
