"""Exchanges: a return and a sale, both or neither; only the difference changes hands."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import PermissionDenied
from erp.core.ids import new_id
from erp.services import platform, pos
from erp.services.billing import ReturnExceedsSale
from erp.services.inventory import InsufficientStock
from erp.services.loyalty import PointsRefused
from erp.services.pos import ApprovalRequired, DrawerShort, PaymentMismatch, ShiftClosed
from erp.services.sales import CouponRefused, CreditRefused, Overdue
from tests.factories import PLENTY, Shop, broken_promises
from tests.services.trading import (
    add_customer,
    add_goods,
    journal,
    refused,
    rows,
    snapshot,
    tender,
)

EXCHANGE = "pos.post_exchange"


def wanted(trader: Shop, sale, going_out, back: int = 1, **more):
    return {
        "sale_id": sale.sale_id,
        "shift_id": trader.shift_id,
        "returned": [{"line_no": 1, "quantity": back}],
        "lines": [{"variant_id": v, "quantity": n} for v, n in going_out.items()],
        "reason": "Wrong potency",
    } | more


def sold(trader: Shop, quantity: int = 4, **more):
    return trader.sell({trader.variant_ids[0]: quantity}, **more)


def expected_cash(trader: Shop) -> Decimal:
    found = trader.run("pos.get_shift", {"shift_id": trader.shift_id})
    cash: Decimal = found.expected_cash
    return cash


def owed(trader: Shop, customer_id: UUID, **more: Any) -> Decimal:
    asked = trader.run("pos.get_customer", {"customer_id": customer_id}, **more)
    found: Decimal = asked.owed
    return found


def test_the_difference_is_paid_and_both_documents_stand(trader: Shop):
    first, other, _ = trader.variant_ids
    sale = sold(trader)
    dearer = wanted(trader, sale, {other: 2}, tenders=[tender("cash", "200.00")])
    done = trader.run(EXCHANGE, dearer)
    assert (done.carried, done.paid, done.refunded) == (105, 105, 0)
    assert (done.sold.total, done.sold.change_due, done.returned.total) == (210, 95, 105)
    assert (trader.on_hand(first), trader.on_hand(other)) == (197, 198)
    books = journal(trader, done.sold.sale_id, done.returned.return_id)
    assert ("Customer Credit", Decimal("105.00"), Decimal(0)) in books
    assert ("Customer Credit", Decimal(0), Decimal("105.00")) in books
    assert ("Cash in Hand", Decimal("105.00"), Decimal(0)) in books
    assert expected_cash(trader) == 500 + 420 + 105
    related = trader.run("pos.get_sale", {"sale_id": done.returned.return_id}).related
    assert {r.number for r in related} == {sale.number, done.sold.number}
    assert broken_promises() == []


def test_what_costs_less_gives_the_difference_back(trader: Shop):
    cheap = add_goods(trader, mrp="40.00", unit_cost="20.00")
    done = trader.run(EXCHANGE, wanted(trader, sold(trader), {cheap: 1}))
    assert (done.carried, done.paid, done.refunded) == (40, 0, 65)
    assert expected_cash(trader) == 500 + 420 - 65
    by_method = {
        row.method: (row.sales, row.refunds)
        for row in trader.run("pos.get_shift", {"shift_id": trader.shift_id}).by_method
    }
    assert by_method == {"cash": (420, 65), "exchange": (40, 40)}
    assert broken_promises() == []


def test_the_same_goods_for_the_same_goods_cost_nothing(trader: Shop):
    first = trader.variant_ids[0]
    done = trader.run(EXCHANGE, wanted(trader, sold(trader), {first: 1}))
    assert (done.carried, done.paid, done.refunded) == (105, 0, 0)
    assert trader.on_hand(first) == 196
    assert broken_promises() == []


def test_what_comes_back_does_not_go_out_again(trader: Shop):
    alone = add_goods(trader, quantity=1)
    sale = trader.sell({alone: 1})
    refused(trader, InsufficientStock, EXCHANGE, wanted(trader, sale, {alone: 1}))


def test_the_difference_is_rounded_once(trader: Shop):
    odd, other = add_goods(trader, mrp="33.47"), add_goods(trader, mrp="50.20")
    sale = trader.sell({odd: 3})
    given = wanted(trader, sale, {other: 1}, tenders=[tender("upi", "17.00")])
    done = trader.run(EXCHANGE, given)
    assert (done.returned.total, done.sold.total) == (Decimal("33.47"), Decimal("50.47"))
    assert (done.sold.round_off, done.paid) == (Decimal("0.27"), 17)
    assert broken_promises() == []


def test_goods_on_the_account_are_owed_for_their_replacement(trader: Shop):
    buyer = add_customer(trader, credit_limit=Decimal(420))
    sale = sold(trader, customer_id=buyer, tenders=[tender("credit", "420.00")])
    done = trader.run(EXCHANGE, wanted(trader, sale, {trader.variant_ids[1]: 3}, back=4))
    assert (done.carried, done.refunded) == (315, 105)
    standing = trader.run("pos.get_customer", {"customer_id": buyer})
    assert standing.owed == 315
    assert expected_cash(trader) == 500
    again = {"sale_id": done.sold.sale_id, "tenders": [tender("cash", "105.00")]}
    lines = {"lines": [{"line_no": 1, "quantity": 1}], "shift_id": trader.shift_id}
    refused(trader, PaymentMismatch, "pos.post_return", again | lines | {"reason": "x"})
    assert broken_promises() == []


def bought_on_account(trader: Shop, limit: Decimal = Decimal(420)):
    """Return a bill of two units by a customer who owes for another bill, up to their limit."""
    buyer = add_customer(trader, credit_limit=limit, credit_days=30)
    on_account = {"customer_id": buyer, "tenders": [tender("credit", "210.00")]}
    return buyer, sold(trader, 2, **on_account), sold(trader, 2, **on_account)


def test_a_defective_unit_is_swapped_though_the_limit_is_used_up(trader: Shop):
    first, other, _ = trader.variant_ids
    buyer, sale, _other_bill = bought_on_account(trader)
    trader.run("party.update_party", {"party_id": buyer, "credit_limit": "0"})
    swapped = trader.run(EXCHANGE, wanted(trader, sale, {first: 1}))
    assert (swapped.carried, swapped.paid, swapped.refunded) == (105, 0, 0)
    assert owed(trader, buyer) == 420
    dearer = wanted(trader, sale, {other: 2}, tenders=[tender("credit", "105.00")])
    refused(trader, CreditRefused, EXCHANGE, dearer)
    trader.run("party.update_party", {"party_id": buyer, "credit_limit": "525"})
    assert trader.run(EXCHANGE, dearer).paid == 105
    assert owed(trader, buyer) == 525
    assert broken_promises() == []


def test_a_defective_unit_is_swapped_though_another_bill_is_overdue(trader: Shop):
    first, other, _ = trader.variant_ids
    buyer, sale, _other_bill = bought_on_account(trader, Decimal(1000))
    later = trader.ctx.now + timedelta(days=31)
    swapped = trader.run(EXCHANGE, wanted(trader, sale, {first: 1}), at=later)
    assert swapped.carried == 105
    dearer = wanted(trader, sale, {other: 2}, tenders=[tender("credit", "105.00")])
    refused(trader, Overdue, EXCHANGE, dearer, at=later)
    assert owed(trader, buyer, at=later) == 420


def test_the_open_bill_is_settled_with_what_came_back_of_it(trader: Shop):
    buyer, sale, other_bill = bought_on_account(trader)
    done = trader.run(EXCHANGE, wanted(trader, sale, {trader.variant_ids[0]: 1}))
    found = rows(
        trader,
        "select e.origin_id, i.amount - i.settled as open from open_item i"
        " join journal_entry e on (e.tenant_id, e.id) = (i.tenant_id, i.entry_id)"
        " where i.party_id = %s and i.settled < i.amount",
        buyer,
    )
    left = {row["origin_id"]: row["open"] for row in found}
    assert left == {sale.sale_id: 105, other_bill.sale_id: 210, done.sold.sale_id: 105}


def _with_coupon(trader: Shop, back: int) -> Any:
    """Return an exchange of units of a bill of two with a coupon for as many others, with the same one."""
    made = {"code": "ONCE-10", "name": "Once", "percent": "10", "is_once_each": True}
    trader.run("sales.create_coupon", made)
    sale = sold(trader, 2, customer_id=add_customer(trader), coupon="ONCE-10")
    return wanted(trader, sale, {trader.variant_ids[1]: 2}, back, coupon="ONCE-10")


def _quoted(trader: Shop, given: Any) -> Any:
    of = "select i.party_id as customer_id from invoice i where i.origin_id = %s"
    (buyer,) = rows(trader, of, given["sale_id"])
    cart = {name: given[name] for name in ("shift_id", "lines", "coupon", "returned")} | buyer
    return trader.run("pos.quote_cart", cart | {"returned_sale_id": given["sale_id"]})


def test_a_bill_that_comes_back_whole_lends_its_coupon_to_the_next_one(trader: Shop):
    given = _with_coupon(trader, 2)
    assert _quoted(trader, given).total == Decimal("189.00")
    done = trader.run(EXCHANGE, given)
    assert (done.sold.total, done.paid) == (Decimal("189.00"), 0)
    uses = rows(trader, "select slot, given_back_at is null as stands from coupon_use order by 2")
    assert uses == [{"slot": 1, "stands": False}, {"slot": 1, "stands": True}]
    assert broken_promises() == []


def test_a_bill_that_comes_back_in_part_keeps_its_coupon(trader: Shop):
    given = _with_coupon(trader, 1)
    with pytest.raises(CouponRefused):
        _quoted(trader, given)
    with pytest.raises(CouponRefused):
        trader.run(EXCHANGE, given)
    whole = given | {"returned": [{"line_no": 1, "quantity": 2}]}
    assert trader.run(EXCHANGE, whole).sold.total == Decimal("189.00")


def test_points_of_the_goods_go_and_those_of_the_new_bill_come(trader: Shop):
    terms = {"is_active": True, "points_per_rupee": "0.1", "worth": "0.50", "minimum_points": 5}
    trader.run("loyalty.set_programme", terms | {"valid_months": 6})
    asha = add_customer(trader)
    sale = trader.sell({trader.variant_ids[0]: 2}, customer_id=asha)
    given = wanted(trader, sale, {trader.variant_ids[1]: 2})
    gone = [tender("points", "10.00"), tender("cash", "95.00")]
    refused(trader, PointsRefused, EXCHANGE, given | {"tenders": gone})
    left = [tender("points", "5.00"), tender("cash", "100.00")]
    done = trader.run(EXCHANGE, given | {"tenders": left})
    assert (done.returned.points_net, done.sold.points_spent) == (-10, 10)
    assert done.sold.points_earned == 20
    assert broken_promises() == []


def test_the_receipt_names_both_documents(trader: Shop):
    sale = sold(trader)
    done = trader.run(EXCHANGE, wanted(trader, sale, {trader.variant_ids[1]: 1}))
    assert _remarks(trader, done.sold.invoice_id) == [
        f"Exchange: see credit note {done.returned.number}, of bill {sale.number}"
    ]
    assert _remarks(trader, done.returned.invoice_id) == [f"Exchange: see bill {done.sold.number}"]


def _remarks(trader: Shop, invoice_id) -> list[str]:
    with db.unit_of_work(trader.ctx) as session:
        return list(pos.get_printed_bill(session, trader.ctx, invoice_id).remarks)


def test_a_repeat_exchanges_once_and_a_rehearsal_changes_nothing(trader: Shop):
    given = wanted(trader, sold(trader), {trader.variant_ids[1]: 1})
    before = snapshot(trader)
    tried = platform.preview(EXCHANGE, trader.ctx, given)
    assert tried.result.carried == 105
    assert snapshot(trader) == before
    keyed = given | {"idempotency_key": "exchange-of-one"}
    first = trader.answer(EXCHANGE, keyed)
    after = snapshot(trader)
    again = trader.answer(EXCHANGE, keyed)
    assert (again.replayed, again.text) == (True, first.text)
    assert snapshot(trader) == after


def test_nothing_is_half_done(trader: Shop):
    sale, other = sold(trader), trader.variant_ids[1]
    short = wanted(trader, sale, {other: 999}, tenders=[tender("cash", PLENTY)])
    assert "lines.0.quantity" in refused(trader, InsufficientStock, EXCHANGE, short).fields
    more = wanted(trader, sale, {other: 1}, back=5)
    refused(trader, ReturnExceedsSale, EXCHANGE, more)
    unknown = wanted(trader, sale, {other: 1}) | {"returned": [{"line_no": 9, "quantity": 1}]}
    assert "returned.0.line_no" in refused(trader, Exception, EXCHANGE, unknown).fields
    unpaid = wanted(trader, sale, {other: 2}, tenders=[tender("cash", "104.00")])
    refused(trader, PaymentMismatch, EXCHANGE, unpaid)
    forged = wanted(trader, sale, {other: 2}, tenders=[tender("exchange", "105.00")])
    refused(trader, PaymentMismatch, EXCHANGE, forged)
    cart = trader.cart({other: 1}, tenders=[tender("exchange", "105.00")])
    refused(trader, PaymentMismatch, "pos.post_sale", cart)


def test_a_refund_of_the_difference_is_bound_by_the_drawer(trader: Shop):
    cheap = add_goods(trader, mrp="40.00")
    sale = sold(trader, tenders=[tender("upi", "420.00")])
    emptied = {"shift_id": trader.shift_id, "amount": "-500.00", "reason": "To the safe"}
    trader.run("pos.move_cash", emptied)
    refused(trader, DrawerShort, EXCHANGE, wanted(trader, sale, {cheap: 1}))
    by_upi = wanted(trader, sale, {cheap: 1}, tenders=[tender("upi", "65.00")])
    assert trader.run(EXCHANGE, by_upi).refunded == 65


def test_limits_of_returns_and_discounts_hold_each(trader: Shop):
    cashier: RequestContext = trader.acting_as("cashier")
    sale, other = sold(trader, 30), trader.variant_ids[1]
    much = wanted(trader, sale, {other: 20}, back=20) | {"return_id": new_id()}
    assert refused(trader, ApprovalRequired, EXCHANGE, much, by=cashier).details["kind"] == "return"
    cheap = wanted(trader, sale, {other: 1})
    cheap["lines"] = [cheap["lines"][0] | {"discount_percent": "90"}]
    error = refused(trader, ApprovalRequired, EXCHANGE, cheap, by=cashier)
    assert error.details["kind"] == "discount"


@pytest.mark.parametrize("role", ["storekeeper", "accountant", "auditor"])
def test_only_those_at_the_till_exchange(trader: Shop, role: str):
    given = wanted(trader, sold(trader), {trader.variant_ids[1]: 1})
    refused(trader, PermissionDenied, EXCHANGE, given, by=trader.acting_as(role))


def test_a_closed_shift_exchanges_nothing(trader: Shop):
    sale = sold(trader)
    trader.run("pos.close_shift", {"shift_id": trader.shift_id, "counted_cash": "920.00"})
    refused(trader, ShiftClosed, EXCHANGE, wanted(trader, sale, {trader.variant_ids[1]: 1}))
