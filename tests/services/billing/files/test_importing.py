"""A file becomes a bill once: of what came, and of what is taken in with it."""

import hashlib
from decimal import Decimal

import pytest
from psycopg.errors import InsufficientPrivilege

from erp.core import db
from erp.core.errors import InvalidInput, PermissionDenied
from erp.core.money import ZERO
from erp.services import platform
from erp.services.billing import FileImported, GoodsNotHere, TotalDiffers
from erp.services.inventory import MrpDiffers
from tests.factories import broken_promises
from tests.services.billing.bills.billing import came, detail, goods, unbilled, usual
from tests.services.billing.files.filing import as_csv, importing, line, read
from tests.services.books import balance
from tests.services.unchanged import refused


def test_rows_are_matched_with_what_came_and_is_not_billed(shop):
    early = came(shop, goods(shop, 6, lot_number="B1"))
    later = came(shop, goods(shop, 10), goods(shop, 5, at=1))
    made = importing(
        shop, "945.00", line(shop, 10, lot_number=""), line(shop, 5, at=1, lot_number="ZZ")
    )
    assert (made.status, made.findings, made.receipt_id) == ("posted", {}, None)
    lines = detail(shop, made).lines
    assert [(x.reference, x.base_quantity) for x in lines] == [("", 6), ("", 4), ("", 5)]
    assert {x.lot_id for x in lines} >= {early.lines[0].lot_id, later.lines[1].lot_id}
    (left,) = unbilled(shop).rows
    assert left.units == 6
    assert broken_promises() == []


def test_a_lot_number_chooses_what_came(shop):
    came(shop, goods(shop, 10, lot_number="A1"))
    second = came(shop, goods(shop, 10, lot_number="B1"))
    made = importing(shop, "630.00", line(shop, 10))
    assert detail(shop, made).lines[0].lot_id == second.lines[0].lot_id


def test_two_rows_of_one_delivery_stand_together_and_other_prices_are_refused(shop):
    came(shop, goods(shop, 10, lot_number="B1"))
    with refused(shop, InvalidInput, "lines.1.receipt_line_no"):
        importing(shop, "420.00", line(shop, 4), line(shop, 3, unit_cost="61"))
    made = importing(shop, "630.00", line(shop, 4), line(shop, 6))
    (one,) = detail(shop, made).lines
    assert one.base_quantity == 10


def test_a_price_that_differs_holds_the_bill_as_if_it_were_typed(shop):
    came(shop, goods(shop, 10, lot_number="B1"))
    made = importing(shop, "735.00", line(shop, 10, unit_cost="70"))
    assert (made.status, made.findings) == ("held", {1: ["price"]})


def test_what_did_not_come_is_refused_or_taken_in(shop, manager, accountant):
    came(shop, goods(shop, 4, lot_number="B1", expires_on=line(shop, 1)["expires_on"]))
    rows = (line(shop, 10), line(shop, 2, at=1, free_quantity=1, lot_number="C1"))
    with refused(shop, GoodsNotHere, "lines.0.quantity", "lines.1.quantity"):
        importing(shop, "756.00", *rows)
    with refused(shop, PermissionDenied):
        importing(shop, "756.00", *rows, receive_rest=True, by=accountant)
    with refused(shop, GoodsNotHere, "lines.1.mrp"):
        importing(shop, "756.00", rows[0], rows[1] | {"mrp": None}, receive_rest=True)
    made = importing(shop, "756.00", *rows, receive_rest=True, by=manager)
    assert made.status == "posted"
    assert (shop.on_hand(shop.variant_ids[0]), shop.on_hand(shop.variant_ids[1])) == (10, 3)
    assert unbilled(shop).rows == []
    assert balance(shop, "grni") == ZERO
    assert balance(shop, "creditors") == Decimal("-756.00")
    assert broken_promises() == []


def test_what_receiving_or_recording_refuses_names_the_row(shop):
    expiry = line(shop, 1)["expires_on"]
    came(shop, goods(shop, 5, at=1, lot_number="B1", expires_on=expiry))
    wrong = line(shop, 7, at=1, mrp="99.00")
    with refused(shop, MrpDiffers, "lines.1.mrp"):
        importing(shop, "756.00", line(shop, 5), wrong, receive_rest=True)
    with refused(shop, TotalDiffers, "total"):
        importing(shop, "1.00", line(shop, 5), receive_rest=True)
    with refused(shop, InvalidInput, "lines.0.quantity"):
        importing(shop, "31.50", line(shop, "0.5"), receive_rest=True)


def test_a_file_is_imported_once_and_leads_to_its_bill(shop):
    content = as_csv(("Arnica 1", "SKU1", "B1", "03/2035", "105", "10", "0", "60", "0", "5"))
    digest = hashlib.sha256(content).hexdigest()
    made = importing(shop, "630.00", line(shop, 10), receive_rest=True, sha256=digest)
    assert read(shop, content).bill_id == made.id
    with refused(shop, FileImported, "sha256") as caught:
        importing(shop, "630.00", line(shop, 10), bill_number="X2", sha256=digest)
    assert caught.value.details["link"] == f"/bills/{made.id}"


def test_goods_taken_in_cost_what_is_left_after_the_discount(shop):
    importing(shop, "567.00", line(shop, 10, discount_percent=10), receive_rest=True)
    assert balance(shop, "inventory") == Decimal("540.00")
    assert balance(shop, "cogs") == balance(shop, "grni") == ZERO


def test_trying_writes_nothing(shop):
    given = {
        "supplier_id": usual(shop), "sha256": "0" * 64, "file_name": "x", "columns": {},
        "bill_number": "S1", "billed_on": shop.ctx.today, "total": "630.00",
        "receive_rest": True, "lines": [line(shop, 10)],
    }  # fmt: skip
    tried = platform.preview("billing.import_bill", shop.ctx, given)
    assert {"stock", "ledger"} <= {effect["kind"] for effect in tried.effects}
    for table in ("bill_import", "supplier_bill", "goods_receipt", "supplier_item"):
        assert shop.count(table) == 0, table


def test_what_was_imported_is_never_changed(shop):
    with pytest.raises(InsufficientPrivilege), db.unit_of_work(shop.ctx) as session:
        db.raw(session).execute(b"update bill_import set file_name = ''")
