"""The payload is the worked example's, field by field, and what the portal would refuse is said in words."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from erp.services.einvoicing import invoice_reference
from erp.services.einvoicing.checking import problems_of
from erp.services.einvoicing.document import EDocument, Item, Trader
from erp.services.einvoicing.law import reported_by, valid_until
from erp.services.einvoicing.payload import einvoice_payload, payload_text
from tests.services.gst_returns.example_month import EXAMPLES

GOLDEN = EXAMPLES["einvoice_example"]
DAY = date(2025, 10, 5)


def trader(block):
    return Trader(
        gstin=block["Gstin"],
        name=block["LglNm"],
        address=block["Addr1"],
        city=block["Loc"],
        pin=str(block["Pin"]),
        state=block["Stcd"],
    )


def item(line):
    lot = line.get("BchDtls", {})
    expiry = lot.get("ExpDt", "")
    return Item(
        description=line["PrdDesc"],
        hsn=line["HsnCd"],
        unit=line["Unit"],
        quantity=line["Qty"],
        unit_price=line["UnitPrice"],
        gross=line["TotAmt"],
        discount=line["Discount"],
        taxable=line["AssAmt"],
        rate=line["GstRt"],
        igst=line["IgstAmt"],
        cgst=line["CgstAmt"],
        sgst=line["SgstAmt"],
        lot_number=lot.get("Nm", ""),
        expires_on=date(int(expiry[6:]), int(expiry[3:5]), int(expiry[:2])) if expiry else None,
    )


@pytest.fixture
def document():
    given = GOLDEN["payload"]
    values = given["ValDtls"]
    return EDocument(
        kind="INV",
        number=GOLDEN["document"],
        fiscal_year="2025-26",
        issued_on=DAY,
        seller=trader(given["SellerDtls"]),
        buyer=trader(given["BuyerDtls"]),
        place=given["BuyerDtls"]["Pos"],
        category="regular",
        items=tuple(item(line) for line in given["ItemList"]),
        round_off=values["RndOffAmt"],
        total=values["TotInvVal"],
    )


def fields(document, **more):
    given = {"reports_in_days": False} | more
    return [problem.field for problem in problems_of(document, given.pop("today", DAY), **given)]


def test_the_worked_example_comes_out_field_by_field(document):
    made = json.loads(payload_text(einvoice_payload(document)), parse_float=Decimal)
    assert made == GOLDEN["payload"]
    assert list(made) == list(GOLDEN["payload"])
    assert list(made["ItemList"][0]) == list(GOLDEN["payload"]["ItemList"][0])


def test_the_reference_number_is_the_published_one(document):
    for one in EXAMPLES["irn_examples"]:
        made = invoice_reference(
            one["supplier_gstin"], one["fy"], one["doc_type"], one["doc_no"].lower()
        )
        assert made == one["irn_sha256_hex"]
    named = (document.seller.gstin, "2025-26", "INV", document.number)
    assert invoice_reference(*named) == GOLDEN["irn"]


def test_a_sound_document_has_no_problem(document):
    assert fields(document) == []


@pytest.mark.parametrize(
    ("part", "change", "field"),
    [
        ("buyer", {"address": " "}, "BuyerDtls.Addr1"),
        ("buyer", {"city": "A"}, "BuyerDtls.Loc"),
        ("buyer", {"pin": "38000"}, "BuyerDtls.Pin"),
        ("buyer", {"state": "27"}, "BuyerDtls.Stcd"),
        ("buyer", {"gstin": "24ZZZPZ0105Z1ZB"}, "BuyerDtls.Gstin"),
        ("buyer", {"name": "Za"}, "BuyerDtls.LglNm"),
        ("seller", {"pin": ""}, "SellerDtls.Pin"),
        ("seller", {"address": ""}, "SellerDtls.Addr1"),
        ("item", {"hsn": "3004"}, "ItemList.1.HsnCd"),
        ("item", {"unit": "STRIP"}, "ItemList.1.Unit"),
        ("document", {"number": "/25/1"}, "DocDtls.No"),
        ("document", {"issued_on": date(2025, 10, 6)}, "DocDtls.Dt"),
        ("document", {"kind": "CRN"}, "RefDtls.PrecDocDtls"),
        ("document", {"items": ()}, "ItemList"),
    ],
)
def test_what_the_portal_would_refuse_is_named(document, part, change, field):
    if part == "document":
        wrong = replace(document, **change)
    elif part == "item":
        first, *rest = document.items
        wrong = replace(document, items=(replace(first, **change), *rest))
    else:
        wrong = replace(document, **{part: replace(getattr(document, part), **change)})
    assert fields(wrong) == [field]


def test_a_buyer_abroad_has_a_name_and_an_address_but_nothing_of_a_state(document):
    buyer = replace(document.buyer, gstin="", name="X", address="", city="", pin="", state="")
    abroad = replace(document, place="96", buyer=buyer)
    assert fields(abroad) == ["BuyerDtls.LglNm", "BuyerDtls.Addr1", "BuyerDtls.Loc"]
    named = replace(buyer, name="Arnica GmbH", address="Weg 1", city="Wien")
    assert fields(replace(abroad, buyer=named)) == []
    assert fields(replace(document, place="96")) == ["BuyerDtls.Gstin"]


def test_a_large_business_reports_within_thirty_days(document):
    assert reported_by(DAY) == date(2025, 11, 4)
    assert fields(document, today=date(2025, 11, 4), reports_in_days=True) == []
    assert fields(document, today=date(2025, 11, 5), reports_in_days=True) == ["DocDtls.Dt"]
    assert fields(document, today=date(2025, 11, 5)) == []


def test_long_and_wild_words_are_brought_to_the_portals_limits(document):
    address = 'Shop 5, "Rose\nVilla" \\ ' + "x" * 150
    wild = replace(document, buyer=replace(document.buyer, address=address, name="N" * 150))
    made = einvoice_payload(wild)["BuyerDtls"]
    assert len(made["LglNm"]) == 100
    assert len(made["Addr1"]) <= 100
    assert made["Addr2"].startswith("x")
    assert not set('"\\\n') & set(made["Addr1"])


def test_a_note_names_its_invoice_and_a_zone_is_a_supply_of_its_own(document):
    note = replace(document, kind="CRN", original=("INV/25-26/0001", DAY), category="sez")
    made = einvoice_payload(note)
    assert made["RefDtls"] == {"PrecDocDtls": [{"InvNo": "INV/25-26/0001", "InvDt": "05/10/2025"}]}
    assert made["TranDtls"]["SupTyp"] == "SEZWP"


@pytest.mark.parametrize(("distance", "days"), [(1, 1), (200, 1), (201, 2), (1000, 5)])
def test_a_way_bill_holds_a_day_for_each_two_hundred_kilometres(distance, days):
    made = datetime(2026, 3, 1, 6, 30, tzinfo=UTC)
    assert valid_until(made, distance).date() == date(2026, 3, 1 + days)
    assert valid_until(made, 41, is_oversize=True).date() == date(2026, 3, 4)
