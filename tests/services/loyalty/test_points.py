"""Points: earned on what was paid, spent oldest first, undone exactly, owed in the books to the rupee."""

from datetime import timedelta
from decimal import Decimal

import pytest

from erp.core.clock import utc_now
from erp.core.errors import InvalidInput, PermissionDenied
from erp.services.loyalty import PointsRefused, TooGenerous
from erp.services.pos import PaymentMismatch
from tests.factories import Shop, broken_promises
from tests.services.trading import add_customer, journal, refused, rows, snapshot, tender

PROGRAMME = {
    "is_active": True,
    "points_per_rupee": "0.1",
    "worth": "0.50",
    "minimum_points": 5,
    "valid_months": 6,
}


@pytest.fixture
def club(trader: Shop) -> Shop:
    """A shop that gives a point per ten rupees; a point pays half a rupee."""
    trader.run("loyalty.set_programme", PROGRAMME)
    return trader


def balance(shop: Shop, party_id, **more) -> int:
    points: int = shop.run("loyalty.get_points", {"party_id": party_id}, **more).balance
    return points


def back(shop: Shop, sale, quantity: int, **more):
    lines = [{"line_no": 1, "quantity": quantity}]
    wanted = {"sale_id": sale.sale_id, "shift_id": shop.shift_id, "reason": "Broken"}
    return shop.run("pos.post_return", wanted | {"lines": lines} | more)


def entries(shop: Shop, party_id) -> list[tuple[str, int]]:
    page = shop.run("loyalty.list_points", {"party_id": party_id})
    return [(row.kind, row.points) for row in reversed(page.rows)]


def test_a_shop_without_a_programme_gives_and_takes_no_points(trader: Shop):
    asha = add_customer(trader)
    assert trader.sell({trader.variant_ids[0]: 1}, customer_id=asha).points_earned == 0
    cart = trader.cart({trader.variant_ids[0]: 1}, customer_id=asha)
    cart["tenders"] = [tender("points", "105.00")]
    refused(trader, PointsRefused, "pos.post_sale", cart)
    given = {"party_id": asha, "points": 5, "reason": "x"}
    refused(trader, PointsRefused, "loyalty.adjust_points", given)


def test_a_customer_earns_on_what_they_paid_and_the_books_owe_it(club: Shop):
    asha = add_customer(club, credit_limit=Decimal(1000))
    sale = club.sell({club.variant_ids[0]: 2}, customer_id=asha)
    assert (sale.points_earned, balance(club, asha)) == (21, 21)
    booked = journal(club, sale.sale_id)
    assert ("Loyalty Discount", Decimal("10.50"), 0) in booked
    assert ("Loyalty Points Liability", 0, Decimal("10.50")) in booked
    half = [tender("credit", "105.00"), tender("cash", "100.00"), tender("points", "5.00")]
    mixed = club.sell({club.variant_ids[0]: 2}, customer_id=asha, tenders=half)
    assert (mixed.points_earned, mixed.points_spent) == (10, 10)
    assert club.sell({club.variant_ids[0]: 1}).points_earned == 0  # nobody named
    assert club.run("loyalty.get_programme").liability == Decimal("10.50")
    assert broken_promises() == []


def test_points_pay_a_part_without_changing_the_tax(club: Shop):
    asha = add_customer(club)
    club.run("loyalty.adjust_points", {"party_id": asha, "points": 100, "reason": "Welcome"})
    paid = [tender("points", "50.00"), tender("upi", "55.00")]
    sale = club.sell({club.variant_ids[0]: 1}, customer_id=asha, tenders=paid)
    assert (sale.total, sale.taxable, sale.points_spent) == (105, 100, 100)
    assert ("Loyalty Points Liability", Decimal(50), 0) in journal(club, sale.sale_id)
    found = club.run("pos.list_sales", {"method": "points"}).rows
    assert [row.methods for row in found] == ["points, upi"]
    assert broken_promises() == []


@pytest.mark.parametrize(
    ("_case", "amount", "points"),
    [
        ("no whole point", "10.25", 100),
        ("fewer than the least", "2.00", 100),
        ("more than there are", "50.50", 100),
        ("none at all", "5.00", 0),
    ],
)
def test_points_that_do_not_pay_are_refused_whole(club: Shop, _case, amount, points):
    asha = add_customer(club)
    if points:
        club.run("loyalty.adjust_points", {"party_id": asha, "points": points, "reason": "x"})
    cart = club.cart({club.variant_ids[0]: 1}, customer_id=asha)
    rest = f"{Decimal(105) - Decimal(amount)}"
    cart["tenders"] = [tender("points", amount), tender("cash", rest)]
    refused(club, PointsRefused, "pos.post_sale", cart)
    cart["customer_id"] = None
    refused(club, PaymentMismatch, "pos.post_sale", cart)


def test_the_points_that_lapse_first_are_spent_first_and_the_rest_lapse_on_their_day(club: Shop):
    asha = add_customer(club)
    now = utc_now()
    for days, points in ((0, 10), (40, 20)):
        given = {"party_id": asha, "points": points, "reason": "x"}
        club.run("loyalty.adjust_points", given, at=now - timedelta(days=days))
    paid = [tender("points", "7.50"), tender("cash", "97.50")]
    club.sell({club.variant_ids[0]: 1}, customer_id=asha, tenders=paid)
    left = rows(club, "select remaining from loyalty_lot order by expires_on")
    assert [lot["remaining"] for lot in left] == [5, 10, 9]
    later = now + timedelta(days=150)
    assert balance(club, asha, at=later) == 19
    lapsed = club.run("loyalty.expire_points", at=later)
    assert (lapsed.customers, lapsed.points) == (1, 5)
    assert club.run("loyalty.expire_points", at=later).points == 0
    assert entries(club, asha)[-1] == ("expire", -5)
    assert broken_promises() == []


def test_parts_of_a_bill_come_back_with_their_points_to_the_last_one(club: Shop):
    asha = add_customer(club)
    club.run("loyalty.adjust_points", {"party_id": asha, "points": 33, "reason": "x"})
    paid = [tender("points", "16.50"), tender("cash", "298.50")]
    sale = club.sell({club.variant_ids[0]: 3}, customer_id=asha, tenders=paid)
    assert balance(club, asha) == 29
    notes = [back(club, sale, 1) for _ in range(3)]
    assert [note.by_points for note in notes] == [Decimal("5.50")] * 3
    assert sum(note.points_net for note in notes) == 33 - 29
    assert balance(club, asha) == 33
    paid_out = rows(club, "select method, sum(amount) as amount from tender t join sale s on s.id ="
                    " t.sale_id where s.kind = 'return' group by 1 order by 1")  # fmt: skip
    assert [(r["method"], r["amount"]) for r in paid_out] == [
        ("cash", Decimal("298.50")),
        ("points", Decimal("16.50")),
    ]
    assert broken_promises() == []


def test_points_spent_already_are_bought_back_by_the_refund(club: Shop):
    asha = add_customer(club)
    sale = club.sell({club.variant_ids[0]: 2}, customer_id=asha)
    spend = [tender("points", "10.50"), tender("cash", "94.50")]
    club.sell({club.variant_ids[1]: 1}, customer_id=asha, tenders=spend)
    assert balance(club, asha) == 9
    note = back(club, sale, 2)
    assert (note.total, note.by_points, balance(club, asha)) == (210, Decimal("6.00"), 0)
    assert entries(club, asha)[-3:] == [("adjust", 12), ("reverse", -9), ("reverse", -12)]
    assert broken_promises() == []


def test_a_return_names_no_points_of_its_own(club: Shop):
    asha = add_customer(club)
    sale = club.sell({club.variant_ids[0]: 1}, customer_id=asha)
    lines = [{"line_no": 1, "quantity": 1}]
    wanted = {"sale_id": sale.sale_id, "shift_id": club.shift_id, "reason": "x", "lines": lines}
    given = wanted | {"tenders": [tender("points", "105.00")]}
    refused(club, PaymentMismatch, "pos.post_return", given)


def test_another_worth_is_booked_at_once_and_returns_still_settle(club: Shop):
    asha = add_customer(club)
    sale = club.sell({club.variant_ids[0]: 2}, customer_id=asha)
    assert club.run("loyalty.set_programme", PROGRAMME | {"worth": "1.00"}).liability == 21
    assert broken_promises() == []
    club.run("loyalty.set_programme", PROGRAMME | {"worth": "0.25", "is_active": False})
    back(club, sale, 1)
    assert balance(club, asha) == 11
    assert not club.run("loyalty.get_points", {"party_id": asha}).is_spendable
    assert broken_promises() == []


def test_a_programme_never_gives_more_than_is_paid_and_only_an_owner_sets_it(club: Shop):
    before = snapshot(club)
    with pytest.raises(TooGenerous):
        club.run("loyalty.set_programme", PROGRAMME | {"worth": "10.01"})
    with pytest.raises(PermissionDenied):
        club.run("loyalty.set_programme", PROGRAMME, by=club.acting_as("manager"))
    assert snapshot(club) == before


def test_points_are_given_and_taken_with_a_reason_and_never_below_zero(club: Shop):
    asha = add_customer(club)
    given = {"party_id": asha, "points": 40, "reason": "Sorry for the wait"}
    assert club.run("loyalty.adjust_points", given, by=club.acting_as("manager")).balance == 40
    with pytest.raises(PermissionDenied):
        club.run("loyalty.adjust_points", given, by=club.acting_as("cashier"))
    assert club.run("loyalty.adjust_points", given | {"points": -15}).balance == 25
    refused(club, PointsRefused, "loyalty.adjust_points", given | {"points": -26})
    refused(club, InvalidInput, "loyalty.adjust_points", given | {"points": 0})
    walk_in = rows(club, "select id from party where code = 'WALK-IN'")[0]["id"]
    refused(club, PointsRefused, "loyalty.adjust_points", given | {"party_id": walk_in})
    assert broken_promises() == []


def test_entries_of_points_are_never_changed(club: Shop):
    asha = add_customer(club)
    club.sell({club.variant_ids[0]: 2}, customer_id=asha)
    for statement in (
        "update loyalty_entry set points = 99",
        "delete from loyalty_entry",
        "update loyalty_lot set remaining = 99",
    ):
        with pytest.raises(Exception, match="permission denied"):
            rows(club, statement)
    assert balance(club, asha) == 21


def test_points_of_the_old_books_are_no_cost_and_ask_for_the_right_to_post(club: Shop):
    asha = add_customer(club)
    given = {"party_id": asha, "points": 40, "reason": "Old card", "is_opening": True}
    manager = club.acting_as("manager")
    with pytest.raises(PermissionDenied):
        club.run("loyalty.adjust_points", given, by=manager)
    done = club.answer("loyalty.adjust_points", given)
    assert done.result.balance == 40
    booked = rows(
        club,
        "select a.key, l.debit - l.credit as amount from journal_line l join account a"
        " on a.id = l.account_id join journal_entry e on e.id = l.entry_id"
        " where e.origin_type = 'points' order by a.key",
    )
    assert [(row["key"], row["amount"]) for row in booked] == [
        ("loyalty_liability", -20),
        ("opening_difference", 20),
    ]
    assert broken_promises() == []
