"""The audit shows who did what, when and from where; secrets and strangers stay out of it."""

from datetime import timedelta

import pytest

from erp.core.errors import NotFound, PermissionDenied
from tests.factories import Shop


def audit(trader: Shop, **wanted: object):
    return trader.run("platform.list_audit", wanted)


def test_a_command_is_shown_with_its_person_input_and_answer(trader: Shop):
    cashier = trader.acting_as("cashier")
    sale = trader.run("pos.post_sale", trader.cart({trader.variant_ids[0]: 1}), by=cashier)
    row = audit(trader).rows[0]
    assert (row.command, row.source) == ("pos.post_sale", "test")
    assert row.person.startswith("Cashier")
    found = trader.run("platform.get_audit", {"audit_id": row.id})
    assert str(trader.shift_id) in found.input
    assert sale.number in found.answer


def test_it_is_narrowed_by_command_person_words_and_day(trader: Shop):
    cashier = trader.acting_as("cashier")
    trader.run("pos.post_sale", trader.cart({trader.variant_ids[0]: 1}), by=cashier)
    today = trader.ctx.today

    def commands(**wanted: object):
        return [row.command for row in audit(trader, **wanted).rows]

    assert commands(user_id=cashier.user_id) == ["pos.post_sale"]
    assert commands(command="pos.open_shift") == ["pos.open_shift"]
    assert commands(search="post_s", from_day=today, to_day=today) == ["pos.post_sale"]
    assert commands(from_day=today + timedelta(days=1)) == []
    choices = trader.run("platform.list_audit_choices")
    assert {"pos.post_sale", "pos.open_shift"} <= set(choices.commands)
    assert str(cashier.user_id) in {person.value for person in choices.people}


def test_pages_join_without_gap_or_double(trader: Shop):
    whole = [row.id for row in audit(trader, limit=200).rows]
    seen, cursor = [], ""
    while True:
        page = audit(trader, limit=2, cursor=cursor)
        seen += [row.id for row in page.rows]
        cursor = page.next_cursor
        if not cursor:
            break
    assert seen == whole


def test_the_history_of_a_record_is_its_events(trader: Shop):
    sale = trader.sell({trader.variant_ids[0]: 1})
    history = trader.run("platform.list_history", {"record_id": sale.sale_id}).rows
    assert [event.name for event in history] == ["pos.sale_posted.v1"]


def test_a_stranger_sees_nothing_of_it(trader: Shop, stranger: Shop):
    theirs = audit(stranger).rows[0]
    with pytest.raises(NotFound):
        trader.run("platform.get_audit", {"audit_id": theirs.id})
    assert theirs.id not in {row.id for row in audit(trader, limit=200).rows}
    sale = stranger.sell({stranger.variant_ids[0]: 1})
    assert trader.run("platform.list_history", {"record_id": sale.sale_id}).rows == []


@pytest.mark.parametrize("role", ["cashier", "storekeeper", "technician"])
def test_only_those_who_oversee_read_it(trader: Shop, role: str):
    by = trader.acting_as(role)
    for name in ("platform.list_audit", "platform.list_audit_choices"):
        with pytest.raises(PermissionDenied):
            trader.run(name, by=by)
