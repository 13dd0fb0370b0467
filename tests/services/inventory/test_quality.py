"""Goods are looked at when they come; what fails is not for sale."""

from dataclasses import replace

import pytest

from erp.core import db
from erp.core.errors import InvalidInput
from erp.services.inventory import PointUnanswered
from erp.services.inventory.errors import UnknownPlace
from tests.factories import broken_promises, make_shop, receipt_line
from tests.services.purchasing.ordering import arrived, deliver, line, place, supplier
from tests.services.unchanged import refused

SEAL = {"question": "Seal is intact"}
COLOUR = {"question": "Colour is right", "is_required": False}
ALCOHOL = {"question": "Alcohol", "kind": "number", "minimum": "40", "maximum": "95", "unit": "%"}
NOTE = {"question": "Who looked", "kind": "text", "is_required": False}


@pytest.fixture
def shop(environment):
    assert environment
    made = make_shop("checker", lots=0)
    supplier(made)
    return made


def checklist(shop, *points, **more):
    given = {"name": "At the door", "points": points} | more
    return shop.run("inventory.set_checklist", given)


def came(shop, answers, *, units=10, by=None, **facts):
    """Take in goods of the first product with answers by point."""
    checks = [{"point_no": number, "answer": answer} for number, answer in answers.items()]
    goods = receipt_line(shop.ctx, shop.variant_ids[0], units) | {"checks": checks} | facts
    given = {"supplier_id": _supplier(shop), "lines": [goods]}
    return shop.run("inventory.receive_goods", given, by=by)


def _supplier(shop):
    return shop.run("party.list_parties", {"role": "supplier"}).rows[0].id


def sellable(shop):
    return shop.on_hand(shop.variant_ids[0], shop.storage_id)


def checks_of(shop, **wanted):
    return shop.run("inventory.list_checks", wanted).rows


def waiting(shop):
    return shop.run("inventory.list_quarantine").rows


def test_a_required_point_is_answered_before_goods_come_in(shop):
    checklist(shop, SEAL, COLOUR)
    with refused(shop, PointUnanswered, "lines.0.checks.1"):
        came(shop, {2: "yes"})
    came(shop, {1: "yes"})
    assert sellable(shop) == 10
    [check] = checks_of(shop)
    assert (check.outcome, check.quantity, check.version) == ("passed", 10, 1)
    assert [(x.question, x.answer) for x in check.points] == [("Seal is intact", "yes")]


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({1: "perhaps", 2: "60"}, "lines.0.checks.1"),
        ({1: "yes", 2: "much"}, "lines.0.checks.2"),
        ({1: "yes", 2: "NaN"}, "lines.0.checks.2"),
        ({1: "yes", 2: "60", 9: "yes"}, "lines.0.checks.9"),
    ],
)
def test_an_answer_fits_its_point(shop, answers, field):
    checklist(shop, SEAL, ALCOHOL)
    with refused(shop, InvalidInput, field):
        came(shop, answers)


@pytest.mark.parametrize(
    ("answers", "apart"),
    [
        ({1: "yes", 2: "40"}, 0),
        ({1: "yes", 2: "95"}, 0),
        ({1: "yes", 2: "95.01"}, 10),
        ({1: "yes", 2: "39.99"}, 10),
        ({1: "no", 2: "60"}, 10),
        ({1: "yes", 2: "60", 3: "no", 4: "Asha"}, 0),
    ],
)
def test_what_fails_a_required_point_is_not_for_sale(shop, answers, apart):
    checklist(shop, SEAL, ALCOHOL, COLOUR, NOTE)
    made = came(shop, answers)
    assert made.lines[0].is_apart == bool(apart)
    assert sellable(shop) == 10 - apart
    assert sum(row.waiting for row in waiting(shop)) == apart
    [check] = checks_of(shop, lot_id=made.lines[0].lot_id)
    assert (check.outcome, check.waiting) == ("failed" if apart else "passed", apart)
    assert [x.point_no for x in check.points if x.is_failed] == [
        number for number in answers if answers[number] in {"no", "95.01", "39.99"}
    ]
    assert broken_promises() == []


def test_who_only_receives_puts_failed_goods_apart_too(shop):
    checklist(shop, SEAL)
    storekeeper = shop.acting_as("storekeeper")
    receiver = replace(storekeeper, permissions=frozenset({"inventory.receive"}))
    came(shop, {1: "no"}, by=receiver)
    [entry] = waiting(shop)
    assert (entry.reason_code, entry.note) == ("failed_check", "Failed: Seal is intact")
    decision = {"quarantine_id": entry.id, "outcome": "released", "quantity": 10, "reason": "Fine"}
    shop.run("inventory.decide_quarantine", decision)
    assert sellable(shop) == 10


def test_without_a_quarantine_failed_goods_do_not_come_in(shop):
    checklist(shop, SEAL)
    with db.unit_of_work(shop.ctx) as session:
        db.execute(session, "update location set kind = 'expired_store' where kind = 'quarantine'")
    with refused(shop, UnknownPlace):
        came(shop, {1: "no"})


def test_a_forms_own_checklist_comes_before_the_general_one_and_the_newest_counts(shop):
    checklist(shop, SEAL)
    form = "dilution"
    second = checklist(shop, COLOUR, form=form)
    assert _asked(shop) == ["Colour is right"]
    assert checklist(shop, NOTE, form=form).version == second.version + 1
    assert _asked(shop) == ["Who looked"]
    checklist(shop, form=form)
    assert _asked(shop) == []
    came(shop, {})
    assert checks_of(shop) == []
    rows = shop.run("inventory.list_checklists").rows
    assert [(x.form, x.version, len(x.points)) for x in rows] == [(None, 1, 1), (form, 3, 0)]


def _asked(shop):
    wanted = {"variant_id": shop.variant_ids[0]}
    return [x.question for x in shop.run("inventory.find_checklist", wanted).points]


def test_goods_of_an_order_are_looked_at_and_count_against_their_supplier(shop):
    checklist(shop, SEAL)
    order = place(shop, line(shop, 10))
    with refused(shop, PointUnanswered, "lines.0.checks.1"):
        deliver(shop, order, arrived(shop, 1, 4))
    bad = {"checks": [{"point_no": 1, "answer": "no"}]}
    good = {"checks": [{"point_no": 1, "answer": "yes"}]}
    deliver(shop, order, arrived(shop, 1, 4, **bad), arrived(shop, 1, 6, **good))
    assert sellable(shop) == 6
    [card] = shop.run("purchasing.supplier_scorecard").rows
    assert (card.failed, card.failed_units, card.checked_units) == (40, 4, 10)
    failed = shop.run("purchasing.list_received", {"standing": "failed"}).rows
    assert [x.units for x in failed] == [4]
    assert [x.quantity for x in checks_of(shop, outcome="failed")] == [4]
