"""Counting without freezing sales: opening, recording, what a blind counter sees."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege
from pydantic import ValidationError

from erp.core import db
from erp.core.errors import Conflict, InvalidInput, PermissionDenied
from erp.core.ids import new_id
from erp.services.catalog import BadBarcode
from erp.services.inventory import (
    CountNotOpen,
    LotBeingCounted,
    NothingToCount,
    UnknownCount,
    UnknownLot,
    UnknownPlace,
    WhichLot,
    WrongPlace,
    counting,
)
from tests.factories import broken_promises
from tests.services.branches import add_branch, registration
from tests.services.inventory.counts import (
    line_of,
    look,
    on_hand,
    record,
    recordings,
    scan,
    start,
    submit,
)
from tests.services.unchanged import fingerprint, refused

GTIN = "04006381333931"


def test_a_count_expects_every_lot_on_hand_and_has_a_number_of_its_own(shop, keeper, lots):
    first = start(shop, by=keeper)
    assert first.number.startswith("SC/")
    assert first.number.endswith("/00001")
    assert first.lots == 4
    assert {row.lot_id for row in look(shop, first.count_id).rows} == set(lots)
    shop.run("inventory.cancel_count", {"count_id": first.count_id}, by=keeper)
    assert start(shop).number.endswith("/00002")


def test_branches_number_their_counts_apart(shop):
    other = add_branch(shop, gstin=registration(shop))
    assert start(shop).number.startswith("SC/")
    assert start(shop, by=other.ctx).number.startswith("SC2/")


def test_a_count_is_narrowed_to_products_a_brand_or_lots_that_expire(shop, stranger, lots):
    with db.unit_of_work(shop.ctx) as session:
        product = db.fetch_one(
            session, "select product_id as id from variant where id = %s", (shop.variant_ids[0],)
        )
        brand = db.fetch_one(session, "select id from brand")
    assert product
    assert brand
    chosen = start(shop, products=[{"product_id": product["id"]}])
    assert {row.lot_id for row in look(shop, chosen.count_id).rows} == set(lots[:2])
    shop.run("inventory.cancel_count", {"count_id": chosen.count_id})
    soon = start(shop, expires_before=shop.ctx.today + timedelta(days=450))
    assert {row.lot_id for row in look(shop, soon.count_id).rows} == {lots[0], lots[2]}
    shop.run("inventory.cancel_count", {"count_id": soon.count_id})
    assert start(shop, brand_id=brand["id"]).lots == 4
    with refused(stranger, InvalidInput, "brand_id"):
        start(stranger, brand_id=brand["id"])
    with refused(stranger, InvalidInput, "products.0.product_id"):
        start(stranger, products=[{"product_id": product["id"]}])
    with refused(shop, NothingToCount):
        start(shop, expires_before=shop.ctx.today)


def test_a_place_is_ours_and_known(shop, stranger):
    with refused(shop, UnknownPlace, "location_id"):
        start(shop, location_id=stranger.storage_id)
    with db.unit_of_work(shop.ctx) as session:
        customers = db.fetch_one(session, "select id from location where kind = 'customer'")
    assert customers
    with refused(shop, WrongPlace, "location_id"):
        start(shop, location_id=customers["id"])


def test_too_many_lots_are_counted_brand_by_brand(shop, monkeypatch):
    monkeypatch.setattr(counting, "MOST_LOTS", 3)
    with refused(shop, NothingToCount):
        start(shop)


def test_a_lot_of_a_place_is_on_one_open_count(shop, keeper, count_id, lots):
    number = look(shop, count_id).count.number
    with refused(shop, LotBeingCounted) as caught:
        start(shop, by=keeper)
    assert number in caught.value.message
    late = shop.receive(shop.variant_ids[0], 5)
    second = start(shop, location_id=shop.expired_store_id).count_id
    record(shop, second, {lots[0]: 1})  # the same lot in another place
    shop.run("inventory.cancel_count", {"count_id": count_id}, by=keeper)
    again = start(shop).count_id
    assert late in {row.lot_id for row in look(shop, again).rows}


def test_the_database_keeps_a_lot_off_a_second_open_count(shop, count_id, monkeypatch):
    assert count_id
    monkeypatch.setattr(counting, "_refuse_counted_elsewhere", lambda *_: None)
    with refused(shop, LotBeingCounted):
        start(shop)


def test_a_lot_is_not_drawn_from_one_open_count_to_another(shop, lots):
    soon = start(shop, expires_before=shop.ctx.today + timedelta(days=450)).count_id
    shop.run("inventory.write_off_stock", write_off(lots[2], 20))
    with db.unit_of_work(shop.ctx) as session:
        row = db.fetch_one(
            session, "select product_id from variant where id = %s", (shop.variant_ids[1],)
        )
    assert row
    other = start(shop, products=[row]).count_id
    assert [x.lot_id for x in look(shop, other).rows] == [lots[3]]
    with refused(shop, LotBeingCounted):
        record(shop, other, {lots[2]: 1})
    record(shop, soon, {lots[2]: 1})


def test_book_is_what_is_on_hand_when_the_lot_is_counted(shop, keeper, count_id, lots):
    shop.sell({shop.variant_ids[0]: 3})  # after the count began
    record(shop, count_id, {lots[0]: 16}, by=keeper)
    shop.sell({shop.variant_ids[0]: 2})  # after the lot was counted
    line = line_of(shop, count_id, lots[0])
    assert (line.counted, line.book, line.difference) == (16, 17, -1)
    assert line.counted_by == "Storekeeper of " + shop.slug
    assert on_hand(shop, lots[0]) == 15  # counting itself moves nothing


def test_every_recording_is_kept_and_the_last_counts(shop, keeper, count_id, lots, owner):
    record(shop, count_id, {lots[0]: 5}, by=keeper)
    record(shop, count_id, {lots[0]: 19}, by=shop.acting_as("manager"))
    assert recordings(shop, lots[0]) == [(5, 20, "typed"), (19, 20, "typed")]
    line = line_of(shop, count_id, lots[0])
    assert (line.counted, line.counted_by) == (19, "Manager of " + shop.slug)
    with (
        pytest.raises(InsufficientPrivilege),
        db.unit_of_work(shop.ctx) as session,
    ):
        db.execute(session, "update stock_count_recording set counted = 1")
    with pytest.raises(psycopg.Error):
        owner.execute("delete from stock_count_recording")


def test_many_lots_are_recorded_in_one_command(shop, keeper, count_id, lots):
    answer = record(shop, count_id, dict.fromkeys(lots, 20), by=keeper)
    assert (answer.lots, answer.done) == (4, 4)
    assert [x.counted for x in answer.recorded] == [20] * 4


def test_scans_add_up_and_one_with_a_lot_number_finds_its_lot(shop, keeper, count_id, lots):
    shop.run("catalog.add_barcode", {"variant_id": shop.variant_ids[0], "code": GTIN})
    code = f"(01){GTIN}(10)L2"
    answer = scan(shop, count_id, code, code, by=keeper)
    assert [(x.lot_id, x.counted) for x in answer.recorded] == [(lots[1], 2)]
    assert scan(shop, count_id, code, by=keeper, add=4).recorded[0].counted == 6
    assert recordings(shop, lots[1]) == [(2, 20, "scanned"), (6, 20, "scanned")]
    with refused(shop, WhichLot, "lines.0.scan"):
        scan(shop, count_id, GTIN, by=keeper)
    with refused(shop, UnknownLot, "lines.0.scan"):
        scan(shop, count_id, f"(01){GTIN}(10)NONE", by=keeper)
    with refused(shop, UnknownLot, "lines.1.scan"):
        scan(shop, count_id, code, "5012345678900", by=keeper)
    with refused(shop, BadBarcode):
        scan(shop, count_id, "(01)123", by=keeper)


def test_a_code_without_a_lot_means_the_only_one_on_the_count(shop, keeper, lots):
    shop.run("catalog.add_barcode", {"variant_id": shop.variant_ids[0], "code": GTIN})
    count_id = start(shop, expires_before=shop.ctx.today + timedelta(days=450), by=keeper).count_id
    assert scan(shop, count_id, GTIN, by=keeper).recorded[0].lot_id == lots[0]


def test_a_sale_between_scans_is_noted_until_the_lot_is_counted_in_one_go(
    shop, keeper, count_id, lots
):
    code = "SKU1"
    shop.run("inventory.write_off_stock", write_off(lots[1], 20))
    count_id = restart(shop, count_id)
    scan(shop, count_id, code, by=keeper, add=10)
    shop.sell({shop.variant_ids[0]: 1})
    scan(shop, count_id, code, by=keeper, add=5)
    scan(shop, count_id, code, by=keeper, add=5)
    assert line_of(shop, count_id, lots[0]).has_moved
    record(shop, count_id, {lots[0]: 19}, by=keeper)
    assert not line_of(shop, count_id, lots[0]).has_moved


def write_off(lot, quantity):
    return {"reason_code": "damaged", "lines": [{"lot_id": lot, "quantity": quantity}]}


def restart(shop, count_id):
    shop.run("inventory.cancel_count", {"count_id": count_id})
    return start(shop).count_id


def test_a_lot_the_book_says_is_not_there_is_added(shop, keeper, count_id, lots):
    shop.run("inventory.cancel_count", {"count_id": count_id})
    shop.run("inventory.write_off_stock", write_off(lots[0], 20))
    again = start(shop, by=keeper)
    assert again.lots == 3
    answer = record(shop, again.count_id, {lots[0]: 2}, by=keeper)
    assert (answer.lots, answer.done) == (4, 1)
    line = line_of(shop, again.count_id, lots[0])
    assert (line.is_added, line.book, line.difference) == (True, 0, 2)
    found = shop.run("inventory.search_lots", {"search": "arnica 1 l1"}, by=keeper).rows
    assert found == []
    found = shop.run("inventory.search_lots", {"search": "arnica 1"}, by=keeper).rows
    assert {row.lot_id for row in found} == set(lots[:2])
    found = shop.run("inventory.search_lots", {"search": "l1"}, by=keeper).rows
    assert {row.lot_id for row in found[:2]} == {lots[0], lots[2]}


def test_units_are_whole_and_said_in_one_way(shop, keeper, count_id, lots):
    bad = (
        {"lot_id": lots[0], "counted": -1},
        {"lot_id": lots[0], "counted": 10_000_001},
        {"lot_id": lots[0]},
        {"counted": 1},
        {"lot_id": lots[0], "scan": "x", "counted": 1},
        {"lot_id": lots[0], "counted": 1, "add": 1},
    )
    before = fingerprint(shop)
    for line in bad:
        with pytest.raises(ValidationError):
            shop.run("inventory.record_count", {"count_id": count_id, "lines": [line]}, by=keeper)
    assert fingerprint(shop) == before
    record(shop, count_id, {lots[0]: 10_000_000}, by=keeper)
    with refused(shop, InvalidInput, "lines.0.add"):
        line = {"lot_id": lots[0], "add": 1}
        shop.run("inventory.record_count", {"count_id": count_id, "lines": [line]}, by=keeper)


def test_one_bad_line_leaves_the_others_unrecorded(shop, keeper, count_id, lots):
    with refused(shop, UnknownLot, "lines.1.lot_id"):
        record(shop, count_id, {lots[0]: 1, uuid4(): 2}, by=keeper)


def test_nobodys_and_other_tenants_counts_are_unknown(shop, stranger, count_id, lots):
    with refused(shop, UnknownCount, "count_id"):
        record(shop, uuid4(), {lots[0]: 1})
    with refused(stranger, UnknownCount, "count_id"):
        record(stranger, count_id, {stranger.lot_ids[stranger.variant_ids[0]][0]: 1})
    with refused(stranger, UnknownCount, "count_id"):
        look(stranger, count_id)
    mine = start(stranger).count_id
    with refused(stranger, UnknownLot, "lines.0.lot_id"):
        record(stranger, mine, {lots[0]: 1})


def test_a_count_that_is_handed_in_takes_no_more_recordings(shop, keeper, count_id, lots):
    submit(shop, count_id, rest="zero", by=keeper)
    with refused(shop, CountNotOpen):
        record(shop, count_id, {lots[0]: 1}, by=keeper)


def test_what_is_handed_in_is_dropped_by_an_approver_only(shop, keeper, count_id):
    submit(shop, count_id, rest="not_counted", by=keeper)
    with refused(shop, PermissionDenied):
        shop.run("inventory.cancel_count", {"count_id": count_id}, by=keeper)
    closed = shop.run(
        "inventory.cancel_count", {"count_id": count_id}, by=shop.acting_as("manager")
    )
    assert closed.status == "cancelled"


@pytest.mark.parametrize("role", ["cashier", "accountant", "auditor"])
def test_only_storekeepers_and_managers_count(shop, role, count_id, lots):
    with refused(shop, PermissionDenied):
        start(shop, by=shop.acting_as(role))
    with refused(shop, PermissionDenied):
        record(shop, count_id, {lots[0]: 1}, by=shop.acting_as(role))


def test_an_auditor_looks_on_and_a_cashier_does_not(shop, count_id):
    assert shop.run("inventory.list_counts", by=shop.acting_as("auditor")).rows[0].id == count_id
    with pytest.raises(PermissionDenied):
        shop.run("inventory.list_counts", by=shop.acting_as("cashier"))


def test_a_repeated_recording_is_recorded_once(shop, keeper, count_id, lots):
    line = {"lot_id": lots[0], "add": 5}
    given = {"count_id": count_id, "lines": [line], "idempotency_key": f"scan-{new_id()}"}
    assert shop.run("inventory.record_count", given, by=keeper).recorded[0].counted == 5
    assert shop.run("inventory.record_count", given, by=keeper).recorded[0].counted == 5
    assert len(recordings(shop, lots[0])) == 1


def test_an_empty_place_is_counted_by_what_is_found_there(shop, keeper, lots):
    found = start(shop, location_id=shop.expired_store_id, by=keeper)
    assert found.lots == 0
    record(shop, found.count_id, {lots[0]: 2}, by=keeper)
    submit(shop, found.count_id, by=keeper)
    shop.run("inventory.approve_count", {"count_id": found.count_id})
    assert shop.on_hand(shop.variant_ids[0], shop.expired_store_id) == 2
    assert broken_promises() == []


def test_counting_needs_a_company_that_owns_the_place(shop, count_id):
    submit(shop, count_id, rest="not_counted")
    elsewhere = replace(shop.ctx, company_id=uuid4())
    with refused(shop, WrongPlace):
        shop.run("inventory.approve_count", {"count_id": count_id}, by=elsewhere)
    assert issubclass(LotBeingCounted, Conflict)
