"""Suppliers are asked, answer, are compared and chosen; what lost is kept."""

from datetime import timedelta
from decimal import Decimal

import pytest

from erp.adapters.pdf import PdfPrinter
from erp.core import db
from erp.core.errors import InvalidInput
from erp.services import purchasing
from erp.services.party import UnknownParty
from erp.services.purchasing import (
    LineChosen,
    MoreThanRequested,
    NoSuchOffer,
    NotAsked,
    NotASupplier,
    OfferLapsed,
    RequestDone,
    RequisitionDone,
    UnknownRequisition,
)
from erp.services.purchasing.comparing_quotations import bundle_of
from tests.factories import broken_promises
from tests.services.purchasing.ordering import bring, inbox, supplier
from tests.services.purchasing.quotations import (
    answer,
    ask,
    choose,
    compared,
    request_of,
    rivals,
)
from tests.services.purchasing.requisitions import (
    approved,
    order_requisitions,
    requested,
    requisition,
    taken,
)
from tests.services.unchanged import refused


@pytest.mark.parametrize(
    ("wanted", "scheme", "minimum", "paid", "free"),
    [
        (100, (0, 0), None, 100, 0),
        (100, (10, 1), None, 91, 9),
        (110, (10, 1), None, 100, 10),
        (5, (10, 1), None, 5, 0),
        (21, (10, 5), None, 16, 5),
        (15, (10, 6), None, 10, 6),
        (5, (10, 1), 30, 30, 3),
        (100, (0, 0), 144, 144, 0),
    ],
)
def test_a_line_is_covered_by_the_fewest_units(wanted, scheme, minimum, paid, free):
    bundle = bundle_of(wanted, *scheme, minimum)
    assert (bundle.paid, bundle.free) == (paid, free)


def test_free_goods_count_in_what_a_line_costs(shop):
    bring(shop, 10, "50")
    plain, scheme, silent = rivals(shop)
    made = ask(shop, [plain, scheme, silent], (0, 110))
    answer(shop, made, plain, "50")
    ten_and_one = {"unit_price": "52", "scheme_paid": 10, "scheme_free": 1, "lead_days": 4}
    answer(shop, made, scheme, ten_and_one)
    found = compared(shop, made)
    cells = {x.supplier_id: x for x in found.lines[0].offers}
    assert cells[scheme].effective_price == Decimal("47.2727")
    assert (cells[scheme].paid_units, cells[scheme].free_units) == (100, 10)
    assert (cells[plain].total, cells[scheme].total) == (5775, 5460)  # 5 % GST
    assert (cells[plain].is_best, cells[scheme].is_best) == (False, True)
    assert (cells[plain].against_last, cells[scheme].against_last) == (0, Decimal("-5.5"))
    assert cells[plain].against_best == Decimal("5.8")
    shown = {x.supplier_id: x for x in found.suppliers}
    assert [shown[x].is_best for x in (plain, scheme, silent)] == [False, True, False]
    assert (shown[silent].quotation_id, shown[silent].total) == (None, None)
    assert found.best_total == 5460


def test_offers_that_round_to_nothing_are_compared_and_chosen(shop):
    nothing, something, _ = rivals(shop)
    made = ask(shop, [nothing, something], (0, 1))
    best = answer(shop, made, nothing, "0.0040")
    answer(shop, made, something, "1")
    cells = compared(shop, made).lines[0].offers
    assert {x.supplier_id: (x.total, x.against_best) for x in cells} == {
        nothing: (0, 0),
        something: (Decimal("1.05"), 0),
    }
    assert choose(shop, made, best).status == "decided"


def test_the_best_of_the_whole_offers_every_line(shop):
    whole, part, _ = rivals(shop)
    made = ask(shop, [whole, part], (0, 10), (1, 10))
    answer(shop, made, whole, "50", "50")
    answer(shop, made, part, "10")
    found = compared(shop, made)
    assert [x.is_best for x in found.suppliers] == [True, False]
    assert [[x.supplier_id for x in line.offers if x.is_best] for line in found.lines] == [
        [part],
        [whole],
    ]
    assert found.best_total == Decimal("630.00")


def test_only_suppliers_are_asked_each_once_about_days_to_come(shop):
    first, *_ = rivals(shop)
    clinic = supplier(shop, name="Ravi Clinic", kind="clinic", roles=["customer"])
    with refused(shop, NotASupplier, "suppliers.1.supplier_id"):
        ask(shop, [first, clinic], (0, 1))
    with refused(shop, InvalidInput, "suppliers.1.supplier_id"):
        ask(shop, [first, first], (0, 1))
    yesterday = shop.ctx.today - timedelta(days=1)
    with refused(shop, InvalidInput, "answer_by"):
        ask(shop, [first], (0, 1), answer_by=yesterday)
    with refused(shop, InvalidInput, "needed_by"):
        ask(shop, [first], (0, 1), needed_by=yesterday)


def test_an_answer_is_of_who_was_asked_and_of_what(shop):
    first, second, other = rivals(shop)
    made = ask(shop, [first, second], (0, 1))
    with refused(shop, NotAsked, "supplier_id"):
        answer(shop, made, other, "5")
    with refused(shop, UnknownParty):
        answer(shop, made, made.id, "5")
    with refused(shop, NotAsked, "lines.1.line_no"):
        answer(shop, made, first, "5", "6")
    twice = {"line_no": 1, "unit_price": "5"}
    with refused(shop, InvalidInput, "lines.1.line_no"):
        answer(shop, made, first, twice, twice)
    with refused(shop, InvalidInput, "valid_until"):
        answer(shop, made, first, "5", valid_until=shop.ctx.today - timedelta(days=1))
    with refused(shop, InvalidInput, "answered_on"):
        answer(shop, made, first, "5", answered_on=shop.ctx.today + timedelta(days=1))


def test_a_late_answer_is_told_to_whoever_asked(shop, storekeeper, manager):
    first, *_ = rivals(shop)
    lines = [{"variant_id": shop.variant_ids[0], "quantity": 1}]
    given = {"suppliers": [{"supplier_id": first}], "answer_by": shop.ctx.today, "lines": lines}
    made = shop.run("purchasing.ask_suppliers", given, by=storekeeper)
    tomorrow = shop.ctx.now + timedelta(days=1)
    assert [x.number for x in _listed(shop, "overdue", at=tomorrow)] == [made.number]
    assert not answer(shop, made, first, "5", by=manager).is_late
    assert answer(shop, made, first, "5", by=manager, at=tomorrow).is_late
    assert inbox(shop, storekeeper) == [f"SBL Agencies answered request {made.number} late"]
    assert compared(shop, made).suppliers[0].is_late
    assert _listed(shop, "overdue", at=tomorrow) == []


def _listed(shop, standing, **more):
    return shop.run("purchasing.list_requests", {"standing": standing}, **more).rows


def test_who_is_chosen_gets_the_order_and_who_lost_is_kept(shop):
    first, second, _ = rivals(shop)
    made = ask(shop, [first, second], (0, 110), (1, 10))
    one = answer(shop, made, first, "50", "40")
    scheme = {"unit_price": "52", "scheme_paid": 10, "scheme_free": 1}
    two = answer(shop, made, second, scheme, "41")
    with refused(shop, InvalidInput, "reason"):
        choose(shop, made, one, one)
    done = choose(shop, made, two, one)
    assert done.status == request_of(shop, made).status == "decided"
    lines = [shop.run("purchasing.get_order", {"order_id": o.id}).lines for o in done.orders]
    assert [(x.base_quantity, x.base_free, x.unit_cost) for [x] in lines] == [
        (100, 10, 52),
        (10, 0, 40),
    ]
    offers = shop.run("purchasing.list_offers", {"variant_id": shop.variant_ids[0]}).rows
    assert [(x.price, x.effective, x.is_chosen) for x in offers] == [
        (52, Decimal("47.2727"), True),
        (50, 50, False),
    ]
    with refused(shop, RequestDone):
        choose(shop, made, two, one)
    assert broken_promises() == []


def test_lines_are_chosen_one_after_another_each_once(shop):
    first, second, _ = rivals(shop)
    made = ask(shop, [first, second], (0, 10), (1, 10))
    one, two = answer(shop, made, first, "50", "40"), answer(shop, made, second, "49", None)
    assert choose(shop, made, one, None, reason="They come tomorrow").status == "open"
    with refused(shop, LineChosen, "lines.0.quotation_id"):
        choose(shop, made, two)
    with refused(shop, NoSuchOffer, "lines.0.quotation_id"):
        choose(shop, made, None, two)
    assert compared(shop, made).lines[0].choice_reason == "They come tomorrow"
    assert choose(shop, made, None, one).status == "decided"


def test_a_newer_answer_takes_the_place_of_the_one_before(shop):
    first, *_ = rivals(shop)
    made = ask(shop, [first], (0, 10))
    before, now = answer(shop, made, first, "50"), answer(shop, made, first, "45")
    with refused(shop, NoSuchOffer, "lines.0.quotation_id"):
        choose(shop, made, before)
    [order] = choose(shop, made, now).orders
    assert order.total == Decimal("472.50")


def test_an_offer_that_has_lapsed_is_asked_about_and_never_the_best(shop):
    first, second, _ = rivals(shop)
    made = ask(shop, [first, second], (0, 10))
    old = answer(shop, made, first, "40", valid_until=shop.ctx.today)
    answer(shop, made, second, "50")
    tomorrow = shop.ctx.now + timedelta(days=1)
    wanted = {"at": tomorrow, "reason": "They still hold it"}
    with refused(shop, InvalidInput, "reason"):
        choose(shop, made, old, at=tomorrow, confirm=["offer_lapsed"])
    with refused(shop, OfferLapsed, "lines.0.quotation_id"):
        choose(shop, made, old, **wanted)
    assert choose(shop, made, old, confirm=["offer_lapsed"], **wanted).status == "decided"


def test_a_closed_request_takes_no_answer(shop):
    first, *_ = rivals(shop)
    made = ask(shop, [first], (0, 10))
    given = {"request_id": made.id, "reason": "Bought at the fair"}
    shop.run("purchasing.close_request", given)
    with refused(shop, RequestDone):
        answer(shop, made, first, "5")
    assert request_of(shop, made).end_reason == "Bought at the fair"


def test_what_requisitions_ask_for_is_ordered_from_who_is_chosen(shop):
    first, *_ = rivals(shop)
    wanted = approved(shop, (0, 10), by=shop.acting_as("cashier"))
    source = [{"requisition_id": wanted.id, "line_no": 1}]
    made = ask(shop, [first], (0, 24), requested_for=source)
    assert [x.in_requests for x in requested(shop)] == [1]
    [order] = choose(shop, made, answer(shop, made, first, "5")).orders
    shown = requisition(shop, wanted)
    assert (shown.status, [(x.order_id, x.quantity) for x in shown.orders]) == (
        "ordered",
        [(order.id, 10)],
    )
    with refused(shop, RequisitionDone):
        ask(shop, [first], (0, 24), requested_for=source)
    assert broken_promises() == []


def test_goods_that_were_ordered_meanwhile_are_not_ordered_again(shop):
    first, *_ = rivals(shop)
    wanted = approved(shop, (0, 10), (1, 5), by=shop.acting_as("cashier"))
    source = [{"requisition_id": wanted.id, "line_no": 1}]
    with refused(shop, UnknownRequisition, "lines.0.requested_for"):
        ask(shop, [first], (2, 10), requested_for=source)
    made = ask(shop, [first], (0, 10), requested_for=source)
    best = answer(shop, made, first, "5")
    order_requisitions(shop, taken(shop, wanted, 1, 4))
    with refused(shop, MoreThanRequested):
        choose(shop, made, best)


def test_the_paper_of_a_supplier_names_what_is_asked(shop):
    first, second, other = rivals(shop)
    made = ask(shop, [first, second], (0, 110), note="Fresh goods only")
    with db.unit_of_work(shop.ctx) as session:
        paper = purchasing.get_printed_request(session, shop.ctx, made.id, second)
        with pytest.raises(NotAsked):
            purchasing.get_printed_request(session, shop.ctx, made.id, other)
    assert (paper.supplier.name, paper.terms[0]) == ("Wheezal Agencies", "Fresh goods only")
    drawn = PdfPrinter().inquiry(paper)
    assert drawn.startswith(b"%PDF")
    assert drawn == PdfPrinter().inquiry(paper)
