"""Counts and their lots as lists, and what a blind counter is not told."""

from uuid import UUID

import pytest

from erp.core.errors import PermissionDenied
from erp.services.inventory import (
    CountNotOpen,
)
from erp.services.platform import preview
from tests.services.branches import add_branch, registration
from tests.services.inventory.counts import (
    line_of,
    look,
    on_hand,
    only_counting,
    record,
    start,
    submit,
)
from tests.services.unchanged import refused

GTIN = "04006381333931"


def test_counts_are_listed_by_branch_status_and_number_the_newest_first(shop, keeper, count_id):
    other = add_branch(shop, gstin=registration(shop))
    elsewhere = start(shop, by=other.ctx).count_id
    shop.run("inventory.cancel_count", {"count_id": count_id}, by=keeper)
    newer = start(shop, by=keeper)
    listed = shop.run("inventory.list_counts", by=keeper).rows
    assert [row.id for row in listed] == [newer.count_id, count_id]
    assert elsewhere not in {row.id for row in listed}
    asked = {"status": "open", "search": newer.number[:6].lower()}
    assert [r.id for r in shop.run("inventory.list_counts", asked).rows] == [newer.count_id]
    page = shop.run("inventory.list_counts", {"limit": 1})
    rest = shop.run("inventory.list_counts", {"limit": 1, "cursor": page.next_cursor})
    assert [page.rows[0].id, rest.rows[0].id] == [newer.count_id, count_id]


def test_a_counts_lots_come_in_pages_and_are_found_by_words_and_step(shop, keeper, count_id, lots):
    seen: list[UUID] = []
    cursor = ""
    while len(seen) < 10:
        page = look(shop, count_id, limit=1, cursor=cursor)
        seen += [row.lot_id for row in page.rows]
        cursor = page.next_cursor
        if not cursor:
            break
    assert seen == lots
    record(shop, count_id, {lots[0]: 21, lots[1]: 20, lots[2]: 1}, by=keeper)
    shown = {
        show: [row.lot_id for row in look(shop, count_id, show=show).rows]
        for show in ("uncounted", "counted", "different", "gains", "losses", "recount")
    }
    assert shown == {
        "uncounted": [lots[3]],
        "counted": lots[:3],
        "different": [lots[0], lots[2]],
        "gains": [lots[0]],
        "losses": [lots[2]],
        "recount": [],
    }
    assert [r.lot_id for r in look(shop, count_id, search="sbl l2 ARNICA").rows] == lots[1::2]
    assert look(shop, count_id, search="100%").rows == []
    detail = look(shop, count_id)
    assert (detail.different, detail.count.gained, detail.count.lost) == (2, 60, 19 * 60)


BOOK_WORDS = ("book", "difference", "value", "gained", "lost", "different", "counted_before")


def test_a_blind_counter_sees_no_book_and_no_difference_anywhere(shop, count_id, lots):
    counter = only_counting(shop)
    answer = record(shop, count_id, {lots[0]: 5}, by=counter)
    assert not {"book", "difference"} & set(answer.recorded[0].model_dump())
    detail = look(shop, count_id, by=counter).model_dump()
    told = [detail, detail["count"], *detail["rows"]]
    told += [x.model_dump() for x in shop.run("inventory.list_counts", by=counter).rows]
    assert {row[word] for row in told for word in BOOK_WORDS if word in row} == {None}
    assert not any(row.get("has_moved") for row in told)
    for show in ("different", "gains", "losses"):
        with pytest.raises(PermissionDenied):
            look(shop, count_id, by=counter, show=show)
    tried = preview(
        "inventory.record_count",
        counter,
        {"count_id": count_id, "lines": [{"lot_id": lots[1], "counted": 5}]},
    )
    assert tried.effects == []
    submit(shop, count_id, by=counter, rest="not_counted")
    assert line_of(shop, count_id, lots[0], by=counter).book is None
    shop.run("inventory.approve_count", {"count_id": count_id})
    assert line_of(shop, count_id, lots[0], by=counter).book is None  # may not see stock at all
    for head in (look(shop, count_id, by=counter).count, *listed(shop, counter)):
        assert (head.status, head.gained, head.lost) == ("approved", None, None)


def listed(shop, by):
    return shop.run("inventory.list_counts", by=by).rows


def test_a_storekeeper_sees_a_blind_counts_book_once_it_is_approved(shop, keeper, count_id, lots):
    record(shop, count_id, {lots[0]: 5}, by=keeper)
    assert line_of(shop, count_id, lots[0], by=keeper).book is None
    assert line_of(shop, count_id, lots[0], by=shop.acting_as("manager")).book == 20
    submit(shop, count_id, by=keeper, rest="not_counted")
    shop.run("inventory.approve_count", {"count_id": count_id})
    assert line_of(shop, count_id, lots[0], by=keeper).difference == -15
    assert look(shop, count_id, by=keeper, show="losses").rows[0].lot_id == lots[0]


def test_an_open_handed_count_shows_its_book_to_who_may_see_stock(shop, keeper, lots):
    count_id = start(shop, is_blind=False, by=keeper).count_id
    record(shop, count_id, {lots[0]: 21}, by=keeper)
    assert line_of(shop, count_id, lots[0], by=keeper).difference == 1
    assert line_of(shop, count_id, lots[0], by=only_counting(shop)).difference is None


def test_a_cancelled_blind_count_tells_its_counter_nothing(shop, keeper, count_id, lots):
    record(shop, count_id, {lots[0]: 5}, by=keeper)
    shop.run("inventory.cancel_count", {"count_id": count_id}, by=keeper)
    assert line_of(shop, count_id, lots[0], by=keeper).book is None
    with refused(shop, CountNotOpen):
        record(shop, count_id, {lots[0]: 6}, by=keeper)
    with refused(shop, CountNotOpen):
        shop.run("inventory.cancel_count", {"count_id": count_id}, by=keeper)
    assert on_hand(shop, lots[0]) == 20
