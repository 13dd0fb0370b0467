"""Prices of a file are added together or not at all, and each wrong value is named with its remedy."""

from decimal import Decimal

import pytest
from pydantic import ValidationError

from erp.core.errors import InvalidInput, PermissionDenied
from erp.services import platform
from tests.factories import Shop, broken_promises
from tests.services.sales.pricing import make_list, price_of
from tests.services.trading import rows

CODE = "8901234567890"


@pytest.fixture
def priced(trader: Shop) -> Shop:
    """A shop whose first product has a barcode."""
    trader.run("catalog.add_barcode", {"variant_id": trader.variant_ids[0], "code": CODE})
    return trader


def sku(shop: Shop, at: int) -> str:
    found = rows(shop, "select sku from variant where id = %s", shop.variant_ids[at])
    return str(found[0]["sku"])


def given(list_id, *lines: str, head: str = "sku,barcode,price,percent,min_quantity"):
    return {"list_id": list_id, "content": "\r\n".join((head, *lines)), "reason": "July"}


def test_a_file_sets_prices_by_sku_and_barcode(priced: Shop):
    every = make_list(priced)
    lines = (f"{sku(priced, 1)},,,-10,", f",0{CODE},99.50,,", f",{CODE},90,,12", "")
    done = priced.run("sales.import_prices", given(every, *lines))
    assert [(row.line, row.change) for row in done.rows] == [(2, "new"), (3, "new"), (4, "new")]
    first, second = priced.variant_ids[:2]
    assert price_of(priced, second) == Decimal("94.50")
    assert (price_of(priced, first), price_of(priced, first, 12)) == (Decimal("99.50"), 90)
    kept = priced.run("sales.list_price_rules", {"list_id": every}).rows
    assert {row.reason for row in kept} == {"July"}
    assert broken_promises() == []


def test_what_holds_already_is_not_added_again(priced: Shop):
    every = make_list(priced)
    priced.run("sales.import_prices", given(every, f",{CODE},90,,", f"{sku(priced, 1)},,95,,"))
    again = given(every, f",{CODE},90,,", f"{sku(priced, 1)},,96,,")
    preview = platform.preview("sales.import_prices", priced.ctx, again).result
    assert priced.count("price_rule") == 2
    done = priced.run("sales.import_prices", again)
    assert preview.rows == done.rows
    assert [(row.change, row.was_amount, row.amount) for row in done.rows] == [
        ("same", 90, 90),
        ("changed", 95, 96),
    ]
    assert done.added == 1
    assert priced.count("price_rule") == 3


@pytest.mark.parametrize(
    ("line", "column", "remedy"),
    [
        ("NOSUCH,,90,,", "sku", "No product has the code NOSUCH"),
        (",,90,,", "sku", "SKU or barcode"),
        (f",{CODE},,,", "price", "one of them"),
        (f",{CODE},90,-10,", "price", "one of them"),
        (f",{CODE},nine,,", "price", "such as 95"),
        (f",{CODE},-1,,", "price", "such as 95"),
        (f",{CODE},1.23456,,", "price", "such as 95"),
        (f",{CODE},,-101,", "percent", "from -100"),
        (f",{CODE},90,,1.5", "min_quantity", "whole number"),
        (f",{CODE},=1+1,,", "price", "formula"),
        (f",{CODE},@SUM(A1),,", "price", "formula"),
        (f",{CODE},-cmd|x,,", "price", "formula"),
        ("=HYPERLINK(1),,90,,", "sku", "formula"),
    ],
)
def test_a_wrong_value_is_named_with_its_remedy_and_nothing_changes(
    priced: Shop, line, column, remedy
):
    every = make_list(priced)
    sound = f"{sku(priced, 1)},,95,,"
    with pytest.raises(InvalidInput, match="nothing was changed") as refused:
        priced.run("sales.import_prices", given(every, sound, line))
    assert set(refused.value.fields) == {f"lines.3.{column}"}
    assert remedy in refused.value.fields[f"lines.3.{column}"]
    assert priced.count("price_rule") == 0


@pytest.mark.parametrize(
    ("days", "column"),
    [("01-01-2020,", "valid_from"), (",2020-01-01", "valid_until"), ("31-02-2030,", "valid_from")],
)
def test_days_of_the_past_and_days_that_are_none_are_refused(priced: Shop, days, column):
    every = make_list(priced)
    wanted = given(every, f"{CODE},90,{days}", head="barcode,price,valid_from,valid_until")
    with pytest.raises(InvalidInput) as refused:
        priced.run("sales.import_prices", wanted)
    assert set(refused.value.fields) == {f"lines.2.{column}"}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("sku,prise\nA,1", "Column prise is not known"),
        ("sku,sku,price\nA,A,1", "named twice"),
        ("sku,min_quantity\nA,1", "price or percent"),
        ("sku,price", "1 to 5,000 lines"),
        ("sku,price\n" + "A,1\n" * 5001, "1 to 5,000 lines"),
        ('sku,price\n"A,1', "no CSV file"),
    ],
)
def test_a_file_that_is_no_list_of_prices_says_why(priced: Shop, content, words):
    every = make_list(priced)
    with pytest.raises(InvalidInput, match=words):
        priced.run("sales.import_prices", {"list_id": every, "content": content})
    assert priced.count("price_rule") == 0


def test_goods_are_priced_once_in_a_file(priced: Shop):
    every = make_list(priced)
    wanted = given(every, f",{CODE},90,,", f"{sku(priced, 0)},,91,,")
    with pytest.raises(InvalidInput) as refused:
        priced.run("sales.import_prices", wanted)
    assert set(refused.value.fields) == {"lines.3.sku"}


def test_it_is_refused_to_others_and_beyond_its_size(priced: Shop):
    every = make_list(priced)
    wanted = given(every, f",{CODE},90,,")
    with pytest.raises(PermissionDenied):
        priced.run("sales.import_prices", wanted, by=priced.acting_as("cashier"))
    for content in ("x" * 200_001, "sku,price\nA\x00,1"):
        with pytest.raises(ValidationError):
            priced.run("sales.import_prices", {"list_id": every, "content": content})
    assert priced.count("price_rule") == 0
