"""Opening stock: each lot with its cost, expiry and MRP, on the shelf and in the books, and nothing twice."""

import base64
import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from openpyxl import Workbook

from erp.core.errors import InvalidInput, PermissionDenied
from erp.services.inventory import OpeningMoved, UnknownOpeningStock
from tests.concurrency.crowd import at_once
from tests.factories import Shop, broken_promises, make_shop
from tests.services.books import balance
from tests.services.branches import add_branch
from tests.services.trading import refused, rows

COMMAND = "inventory.import_opening_stock"
HEAD = "sku,lot,expiry,mrp,quantity,cost"


@pytest.fixture
def shop(environment: dict[str, str]) -> Shop:
    assert environment
    return make_shop("opening", lots=0)


def opening(shop: Shop, *lines: str, head: str = HEAD, **more: object) -> dict[str, object]:
    day = shop.ctx.today - timedelta(days=1)
    return {"opening_on": day, "content": "\n".join((head, *lines))} | more


def faults(shop: Shop, *lines: str) -> dict[str, str]:
    return dict(refused(shop, InvalidInput, COMMAND, opening(shop, *lines)).fields)


def test_lots_are_on_the_shelf_with_cost_expiry_and_mrp_and_can_be_sold(shop: Shop):
    done = shop.run(
        COMMAND,
        opening(shop, "SKU1,b1,09/2099,105.00,24,62.50", 'SKU2,B7,31-12-2099,"1,080.00",6,41.0125'),
    )
    assert (done.units, done.value, done.expired) == (30, Decimal("1746.08"), 0)
    assert [(x.lot, x.expires_on) for x in done.rows] == [
        ("B1", date(2099, 9, 30)),
        ("B7", date(2099, 12, 31)),
    ]
    assert balance(shop, "inventory") == -balance(shop, "opening_difference") == done.value
    sold = shop.sell({shop.variant_ids[0]: 2})
    assert (sold.total, balance(shop, "cogs")) == (210, 125)
    assert shop.on_hand(shop.variant_ids[0]) == 22
    assert shop.run("inventory.stock_against_books").difference == 0
    assert broken_promises() == []


def test_goods_that_had_expired_stand_in_the_expired_store(shop: Shop):
    done = shop.run(
        COMMAND, opening(shop, "SKU1,OLD,01/2020,105.00,3,50", "SKU1,NEW,01/2099,105.00,3,50")
    )
    assert done.expired == balance(shop, "inventory_expired") == 150
    assert (
        shop.on_hand(shop.variant_ids[0])
        == shop.on_hand(shop.variant_ids[0], shop.expired_store_id)
        == 3
    )
    assert broken_promises() == []


def test_a_barcode_and_a_unit_of_trade_name_goods_and_quantity(shop: Shop):
    variant = shop.variant_ids[0]
    box = {"variant_id": variant, "code": "BOX", "numerator": 10}
    shop.run("catalog.define_unit", box)
    head = f"{HEAD},unit"
    done = shop.run(COMMAND, opening(shop, "SKU1,B1,09/2099,105.00,2,600,BOX", head=head))
    assert (done.rows[0].units, done.value) == (20, 1200)
    lot = rows(shop, "select unit_cost from lot")[0]
    assert lot["unit_cost"] == 60


def test_a_workbook_is_read_as_well(shop: Shop):
    book, out = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for line in (HEAD.split(","), [], ["SKU1", "B1", date(2099, 9, 30), 105, 24, 62.5]):
        sheet.append(line)
    book.save(out)
    content = base64.b64encode(out.getvalue()).decode()
    done = shop.run(COMMAND, opening(shop) | {"content": content})
    assert (done.rows[0].line, done.value) == (3, 1500)
    cut = opening(shop) | {"content": content[: len(content) // 2]}
    assert set(refused(shop, InvalidInput, COMMAND, cut).fields) == {"content"}


def test_what_was_opened_is_not_opened_again(shop: Shop):
    given = opening(shop, "SKU1,B1,09/2099,105.00,24,62.50")
    outcomes = at_once([lambda: shop.run(COMMAND, dict(given)) for _ in range(4)])
    assert sum(isinstance(x, InvalidInput) for x in outcomes) == 3
    found = faults(shop, "SKU1,B1,09/2099,105.00,1,62.50", "SKU2,C1,09/2099,105.00,1,60")
    assert list(found) == ["lines.2.lot"]
    assert balance(shop, "inventory") == 1500


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("NONE,B2,09/2099,105.00,1,60", "sku"),
        (",B2,09/2099,105.00,1,60", "sku"),
        ("SKU1,,09/2099,105.00,1,60", "lot"),
        ("SKU1,B2,,105.00,1,60", "expiry"),
        ("SKU1,B2,13/2099,105.00,1,60", "expiry"),
        ("SKU1,B2,31-02-2099,105.00,1,60", "expiry"),
        ("SKU1,B2,09/2099,0,1,60", "mrp"),
        ("SKU1,B2,09/2099,,1,60", "mrp"),
        ("SKU1,B2,09/2099,105.00,0,60", "quantity"),
        ("SKU1,B2,09/2099,105.00,1.5,60", "quantity"),
        ("SKU1,B2,09/2099,105.00,1,-60", "cost"),
        ("SKU1,B2,09/2099,105.00,1,=60", "cost"),
        ("SKU1,B2,09/2099,105.00,1,60.00001", "cost"),
        ("SKU2,A1,09/2099,105.00,1,60", "lot"),
        ("SKU2,A1,09/2099,90.00,1,60", "lot"),
    ],
)
def test_each_fault_names_its_line_and_column(shop: Shop, line: str, column: str):
    found = faults(shop, "SKU2,A1,09/2099,105.00,1,60", line)
    assert list(found) == [f"lines.3.{column}"]
    assert all(text.endswith(".") for text in found.values())


def test_a_lot_that_is_known_with_another_mrp_is_refused_at_its_line(shop: Shop):
    shop.run(COMMAND, opening(shop, "SKU1,B1,09/2099,105.00,1,60"))
    other = shop.run("inventory.create_warehouse", {"code": "B2", "name": "Second"})
    given = opening(shop, "SKU1,B1,09/2099,99.00,1,60", location_id=other.storage_id)
    assert list(refused(shop, InvalidInput, COMMAND, given).fields) == ["lines.2.mrp"]


def test_a_day_to_come_and_whoever_keeps_no_books_are_refused(shop: Shop):
    given = opening(shop, "SKU1,B1,09/2099,105.00,1,60")
    tomorrow = given | {"opening_on": shop.ctx.today + timedelta(days=1)}
    assert "opening_on" in refused(shop, InvalidInput, COMMAND, tomorrow).fields
    with pytest.raises(PermissionDenied):
        shop.run(COMMAND, given, by=shop.acting_as("cashier"))


LOTS = ("SKU1,b1,09/2099,105.00,24,62.50", "SKU2,OLD,01/2020,90.00,6,41.00")


def back(shop: Shop, import_id: object, **more: object):
    given = {"import_id": import_id, "reason": "Wrong file"}
    return shop.run("inventory.take_back_opening_stock", given, **more)


def test_an_import_that_nothing_moved_of_is_taken_back_and_put_in_again(shop: Shop):
    done = shop.run(COMMAND, opening(shop, *LOTS))
    (row,) = shop.run("inventory.list_opening_stock").rows
    assert (row.id, row.lots, row.units, row.is_standing) == (done.import_id, 2, 30, True)
    assert back(shop, done.import_id).lots == 2
    for key in ("inventory", "inventory_expired", "opening_difference"):
        assert balance(shop, key) == 0
    assert shop.on_hand(shop.variant_ids[0]) == 0
    day = {"as_of": shop.ctx.today - timedelta(days=1)}
    assert shop.run("inventory.stock_against_books", day).difference == 0
    refused(shop, UnknownOpeningStock, "inventory.take_back_opening_stock",
            {"import_id": done.import_id, "reason": "x"})  # fmt: skip
    again = shop.run(COMMAND, opening(shop, *LOTS))
    assert [x.is_standing for x in shop.run("inventory.list_opening_stock").rows] == [True, False]
    back(shop, again.import_id)
    assert broken_promises() == []


def test_stock_is_taken_back_in_the_books_of_the_branch_that_it_came_to(shop: Shop):
    done = shop.run(COMMAND, opening(shop, *LOTS))
    back(shop, done.import_id, by=add_branch(shop, gstin=None).ctx)
    report = shop.run("accounting.trial_balance", {"branch_id": shop.ctx.branch_id})
    left = {x.name for x in report.rows if x.debit or x.credit}
    assert not {"Opening Balance Difference", "Inventory"} & left


def test_goods_that_moved_since_keep_their_import(shop: Shop):
    done = shop.run(COMMAND, opening(shop, *LOTS))
    shop.sell({shop.variant_ids[0]: 1})
    given = {"import_id": done.import_id, "reason": "x"}
    said = refused(shop, OpeningMoved, "inventory.take_back_opening_stock", given)
    assert "lot B1" in said.fields["import_id"]
    with pytest.raises(PermissionDenied):
        back(shop, done.import_id, by=shop.acting_as("cashier"))
    other = make_shop("other", lots=0)
    refused(other, UnknownOpeningStock, "inventory.take_back_opening_stock", given)


def test_a_lot_that_was_taken_back_is_put_in_again_with_another_mrp_and_price(shop: Shop):
    head = f"{HEAD},ptr"
    done = shop.run(COMMAND, opening(shop, "SKU1,B1,09/2099,1050.00,4,60,900", head=head))
    given = opening(shop, "SKU1,B1,09/2099,105.00,4,62.5,90", head=head)
    assert list(refused(shop, InvalidInput, COMMAND, given).fields) == ["lines.2.lot"]
    back(shop, done.import_id)
    shop.run(COMMAND, given)
    (lot,) = rows(shop, "select mrp, ptr, unit_cost from lot")
    assert [str(fact) for fact in lot.values()] == ["105.00", "90.0000", "62.5000"]
    assert shop.sell({shop.variant_ids[0]: 1}).total == 105
    assert broken_promises() == []
