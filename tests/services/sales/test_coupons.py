"""A coupon takes off what it says, for whom it says, as often as it says."""

from datetime import timedelta
from decimal import Decimal

import psycopg
import pytest
from pydantic import ValidationError

from erp.core import db
from erp.core.clock import utc_now
from erp.core.errors import Conflict
from erp.services.platform import verifying
from erp.services.sales import CouponRefused
from tests.factories import Shop, broken_promises
from tests.services.sales.pricing import named, quote
from tests.services.trading import rows, snapshot


def coupon(shop: Shop, **facts):
    given = {"code": "diwali-10", "name": "Diwali", "percent": "10"} | facts
    if facts.get("amount"):
        given.pop("percent")
    return shop.run("sales.create_coupon", given).id


def take_back(shop: Shop, sold, units: int):
    """Return units of a bill's only line, of 94.50 each."""
    refund = {"method": "cash", "amount": Decimal("94.50") * units}
    line = {"line_no": 1, "quantity": units}
    back = {"sale_id": sold.sale_id, "lines": [line], "tenders": [refund], "reason": "Not wanted"}
    return shop.run("pos.post_return", back | {"shift_id": shop.shift_id})


def refusal(shop: Shop, **more) -> str:
    before = snapshot(shop), shop.count("coupon_use")
    cart = shop.cart({shop.variant_ids[0]: 2}, coupon="DIWALI-10") | more
    with pytest.raises(CouponRefused) as refused:
        shop.run("pos.post_sale", cart)
    assert (snapshot(shop), shop.count("coupon_use")) == before
    assert set(refused.value.fields) == {"coupon"}
    return refused.value.message


def test_a_percentage_is_taken_off_the_goods_and_kept_with_the_bill(trader: Shop):
    coupon(trader)
    quoted = quote(trader, {trader.variant_ids[0]: 2}, coupon="diwali-10")
    assert (quoted.coupon_discount, quoted.total) == (Decimal("21.00"), Decimal("189.00"))
    assert trader.count("coupon_use") == 0, "a quote uses nothing up"
    sold = trader.sell({trader.variant_ids[0]: 2}, coupon="Diwali-10")
    assert sold.total == 189
    used = rows(trader, "select use_no, document_id, discount from coupon_use")
    assert used == [{"use_no": 1, "document_id": sold.sale_id, "discount": Decimal("21.00")}]
    line = trader.run("billing.get_invoice", {"invoice_id": sold.invoice_id}).lines[0]
    assert line.price_trace["coupon"] == "DIWALI-10"
    assert broken_promises() == []


def test_an_amount_never_exceeds_the_bill(trader: Shop):
    coupon(trader, amount="500.00")
    assert quote(trader, {trader.variant_ids[0]: 2}, coupon="DIWALI-10").coupon_discount == 210


def test_a_percentage_has_its_largest_discount(trader: Shop):
    coupon(trader, max_discount="5.00")
    assert quote(trader, {trader.variant_ids[0]: 2}, coupon="DIWALI-10").coupon_discount == 5


def test_a_coupon_counts_after_other_discounts_and_needs_no_approval(trader: Shop):
    coupon(trader)
    quoted = quote(trader, {trader.variant_ids[0]: 2}, coupon="DIWALI-10", bill_discount="10.00")
    assert quoted.coupon_discount == 20
    assert quoted.discount_level == Decimal("4.7619"), "the ten rupees of the cashier"


def test_a_used_coupon_is_used_up(trader: Shop):
    coupon(trader)
    trader.sell({trader.variant_ids[0]: 1}, coupon="DIWALI-10")
    assert "is used up" in refusal(trader)


def test_many_uses_are_counted(trader: Shop):
    coupon(trader, max_uses=2)
    for _ in range(2):
        trader.sell({trader.variant_ids[0]: 1}, coupon="DIWALI-10")
    assert "is used up" in refusal(trader)
    told = trader.run("sales.list_coupons").rows[0]
    assert (told.used, told.given) == (2, 21)


def test_a_coupon_of_a_customer_is_theirs(trader: Shop):
    asha, other = named(trader, name="Asha"), named(trader, name="Other")
    coupon(trader, customer_id=asha)
    assert "another customer" in refusal(trader)
    assert "another customer" in refusal(trader, customer_id=other)
    assert trader.sell({trader.variant_ids[0]: 1}, coupon="DIWALI-10", customer_id=asha).total == 95


def test_once_each_needs_a_name_and_holds_once(trader: Shop):
    asha, other = named(trader, name="Asha"), named(trader, name="Other")
    coupon(trader, max_uses=10, is_once_each=True)
    assert "Choose the customer first" in refusal(trader)
    trader.sell({trader.variant_ids[0]: 1}, coupon="DIWALI-10", customer_id=asha)
    assert "was used by Asha already" in refusal(trader, customer_id=asha)
    trader.sell({trader.variant_ids[0]: 1}, coupon="DIWALI-10", customer_id=other)


def test_days_least_bill_and_stopping_are_kept(trader: Shop):
    day = trader.ctx.today
    made = coupon(
        trader,
        min_bill="210.01",
        valid_from=day + timedelta(days=1),
        valid_until=day + timedelta(2),
    )
    assert "holds from" in refusal(trader)
    ask = {"code": "diwali-10", "amount": "210.00"}
    tomorrow, after = utc_now() + timedelta(days=1), utc_now() + timedelta(days=3)
    with pytest.raises(CouponRefused, match=r"needs goods for ₹210.01 or more"):
        trader.run("sales.check_coupon", ask, at=tomorrow)
    assert trader.run("sales.check_coupon", ask | {"amount": "300"}, at=tomorrow).discount == 30
    with pytest.raises(CouponRefused, match="ended on"):
        trader.run("sales.check_coupon", ask | {"amount": "300"}, at=after)
    trader.run("sales.set_coupon_status", {"coupon_id": made, "is_active": False})
    assert "was stopped" in refusal(trader)
    assert "There is no coupon" in refusal(trader, coupon="NOPE")


def test_a_coupon_is_one_thing_and_its_code_is_its_own(trader: Shop):
    coupon(trader)
    with pytest.raises(Conflict):
        coupon(trader, code="DIWALI-10")
    for wrong in ({"percent": None}, {"percent": "10", "amount": "5.00"}):
        given = {"code": "OTHER", "name": "Other"} | wrong
        with pytest.raises(ValidationError):
            trader.run("sales.create_coupon", given)
    assert trader.count("coupon") == 1


def test_the_database_alone_keeps_the_limits(trader: Shop):
    coupon(trader)
    trader.sell({trader.variant_ids[0]: 1}, coupon="DIWALI-10")
    copy = (
        "insert into coupon_use (tenant_id, coupon_id, use_no, max_uses, party_id, document_type,"
        " document_id, discount, used_by, used_at) select tenant_id, coupon_id, {}, {}, party_id,"
        " document_type, gen_random_uuid(), discount, used_by, used_at from coupon_use returning 1"
    )
    for use_no, max_uses in ((1, 1), (2, 1), (2, 2)):
        with pytest.raises(Exception, match=r"coupon"):
            rows(trader, copy.format(use_no, max_uses))
    assert trader.count("coupon_use") == 1


def test_the_documents_that_used_a_coupon_are_told(trader: Shop):
    asha = named(trader, name="Asha")
    made = coupon(trader, max_uses=5)
    trader.sell({trader.variant_ids[0]: 1}, coupon="DIWALI-10")
    sold = trader.sell({trader.variant_ids[0]: 2}, coupon="DIWALI-10", customer_id=asha)
    told = trader.run("sales.list_coupon_uses", {"coupon_id": made}).rows
    assert [(row.use_no, row.customer, row.discount) for row in told] == [
        (2, "Asha", 21),
        (1, "Walk-in customer", Decimal("10.50")),
    ]
    assert (told[0].document_id, told[0].number, told[0].total) == (sold.sale_id, sold.number, 189)
    page = trader.run("sales.list_coupon_uses", {"coupon_id": made, "limit": 1})
    rest = {"coupon_id": made, "limit": 1, "cursor": page.next_cursor}
    assert [row.use_no for row in trader.run("sales.list_coupon_uses", rest).rows] == [1]
    head = trader.run("sales.get_coupon", {"coupon_id": made})
    assert (head.used, head.given) == (2, Decimal("31.50"))


def test_a_bill_that_came_back_whole_gives_its_coupon_back_once(trader: Shop):
    asha = named(trader, name="Asha")
    coupon(trader, max_uses=2, is_once_each=True)
    goods = {trader.variant_ids[0]: 2}
    sold = trader.sell(goods, coupon="DIWALI-10", customer_id=asha)
    other = trader.sell(goods, coupon="DIWALI-10", customer_id=named(trader, name="Binu"))
    take_back(trader, sold, 1)
    assert "used up" in refusal(trader, customer_id=named(trader, name="Chand"))
    last = take_back(trader, sold, 1)
    uses = rows(trader, "select use_no, slot, given_back_for from coupon_use order by use_no")
    assert uses == [
        {"use_no": 1, "slot": 1, "given_back_for": last.return_id},
        {"use_no": 2, "slot": 2, "given_back_for": None},
    ]
    again = trader.sell(goods, coupon="DIWALI-10", customer_id=asha)
    assert "used up" in refusal(trader, customer_id=named(trader, name="Devi"))
    take_back(trader, again, 2)
    take_back(trader, other, 2)
    made = [trader.sell(goods, coupon="DIWALI-10", customer_id=named(trader, name=n)) for n in "EF"]
    assert len(made) == 2
    slots = rows(
        trader, "select use_no, slot from coupon_use where given_back_at is null order by 1"
    )
    assert slots == [{"use_no": 4, "slot": 1}, {"use_no": 5, "slot": 2}]
    (found,) = trader.run("sales.list_coupons").rows
    assert (found.used, found.given) == (2, Decimal("42.00"))
    listed = trader.run("sales.list_coupon_uses", {"coupon_id": found.id}).rows
    assert [bool(row.given_back_at) for row in listed] == [False, False, True, True, True]
    assert [row.standing for row in listed] == ["used"] * 2 + ["given_back"] * 3
    assert broken_promises() == []


def test_the_use_of_a_coupon_is_changed_in_nothing_else_and_given_back_once(trader: Shop):
    coupon(trader, max_uses=2)
    sold = trader.sell({trader.variant_ids[0]: 2}, coupon="DIWALI-10")
    for statement in (
        b"update coupon_use set discount = 1",
        b"update coupon_use set given_back_at = now()",
        b"delete from coupon_use",
    ):
        with pytest.raises(psycopg.errors.Error):
            _change(trader, statement)
    take_back(trader, sold, 2)
    with pytest.raises(psycopg.errors.CheckViolation):
        _change(trader, _GIVE_BACK)


def test_what_was_given_back_without_its_goods_is_seen(trader: Shop):
    coupon(trader, max_uses=2)
    sold = trader.sell({trader.variant_ids[0]: 2}, coupon="DIWALI-10")
    take_back(trader, sold, 1)
    with db.rolled_back(trader.ctx) as session:
        assert verifying._judge(session, verifying._REFEREES["V3"]).holds
        db.raw(session).execute(_GIVE_BACK)
        assert not verifying._judge(session, verifying._REFEREES["V3"]).holds


_GIVE_BACK = b"""
    update coupon_use set given_back_at = now(), given_back_by = used_by,
           given_back_for = (select id from sale where original_sale_id = document_id)
"""


def _change(shop: Shop, statement: bytes) -> None:
    with db.unit_of_work(shop.ctx) as session:
        db.raw(session).execute(statement)
