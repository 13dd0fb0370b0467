"""Journals of money: the till, points, advances, the bank, discounts, what clinics earn."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from erp.core.clock import utc_now
from tests.factories import Shop
from tests.services.banking.statements import (
    accept,
    bank_account,
    bring,
    csv_of,
    suggested,
    waiting,
)
from tests.services.billing.bills.billing import usual
from tests.services.journals.recording import Driver, Within, booked_by
from tests.services.payments.paying import owing, receive
from tests.services.sales.ordering import buyer, deliver, order
from tests.services.service_advances.serving import retailer, training
from tests.services.trading import add_customer, add_goods, add_service, tender


def till_goods(shop: Shop, mrp: str, quantity: int = 1000) -> UUID:
    """Add goods that cost nothing, so that a sale books takings alone."""
    return add_goods(shop, mrp=mrp, unit_cost="0.00", quantity=quantity)


def taken(shop: Shop, stocked: UUID, method: str, amount: str, mrp: int = 25) -> None:
    """Sell goods for an amount by one way of paying."""
    shop.sell({stocked: int(Decimal(amount) / mrp)}, tenders=[tender(method, amount)])


def day_of_takings(shop: Shop):
    """J08: a day's cash, UPI and card."""
    stocked = till_goods(shop, "25.00")
    yield
    for method, amount in (("cash", "4000.00"), ("upi", "5075.00"), ("card", "3000.00")):
        taken(shop, stocked, method, amount)


def settled(method: str, amount: str, came: str) -> Driver:
    """J09, J10: takings come to the bank, whole or less a charge."""

    def driver(shop: Shop):
        account = bank_account(shop)
        taken(shop, till_goods(shop, "25.00"), method, amount)
        yield
        come_to_bank(shop, account, came, f"{method} settlement")

    return driver


def come_to_bank(shop: Shop, account: UUID, amount: str, text: str) -> None:
    """Import a line of the bank and accept what is suggested for it."""
    bring(shop, account, csv_of("0", (shop.ctx.today, text, "", float(amount))))
    accept(shop, suggested(shop, waiting(shop, account)[0])[0])


def cash_short(shop: Shop):
    """J11: twenty rupees are missing at closing."""
    yield
    counted = {"shift_id": shop.shift_id, "counted_cash": "480.00"}
    shop.run("pos.close_shift", counted | {"reason": "Change given wrong"})
    return Within(purpose="short_over")


def programme(shop: Shop, points_per_rupee: str) -> None:
    """Give points that are worth a rupee each."""
    terms = {"is_active": True, "points_per_rupee": points_per_rupee, "worth": "1.00"}
    shop.run("loyalty.set_programme", terms | {"minimum_points": 1, "valid_months": 6})


def points_earned(shop: Shop):
    """J12: a bill of 11,500 earns 115 points, beside what any bill books."""
    programme(shop, "0.01")
    stocked, customer = till_goods(shop, "115.00"), add_customer(shop)
    plain = booked_by(shop, lambda: shop.sell({stocked: 100}))
    yield
    shop.sell({stocked: 100}, customer_id=customer)
    return Within(less=plain)


def points_spent(shop: Shop):
    """J13: fifty points pay a part of a bill of 500."""
    programme(shop, "0.001")
    stocked, customer = till_goods(shop, "500.00"), add_customer(shop)
    welcome = {"party_id": customer, "points": 50, "reason": "Welcome"}
    shop.run("loyalty.adjust_points", welcome)
    yield
    paid = [tender("points", "50.00"), tender("cash", "450.00")]
    shop.sell({stocked: 1}, customer_id=customer, tenders=paid)


def points_lapsed(shop: Shop):
    """J14: sixty-five points nobody spent."""
    programme(shop, "0.01")
    given = {"party_id": add_customer(shop), "points": 65, "reason": "Welcome"}
    shop.run("loyalty.adjust_points", given, at=utc_now() - timedelta(days=250))
    yield
    shop.run("loyalty.expire_points")


def advance(shop: Shop, customer: UUID, method: str = "upi") -> Any:
    """Take 5,000 before there is a bill."""
    given = {"shift_id": shop.shift_id, "party_id": customer, "method": method}
    return shop.run("pos.take_advance", given | {"amount": "5000.00"})


def advance_taken(shop: Shop):
    """J15: an advance by UPI, which the bank brings whole."""
    account, customer = bank_account(shop), add_customer(shop)
    yield
    advance(shop, customer)
    come_to_bank(shop, account, "5000.00", "UPI settlement")


def advance_used(shop: Shop):
    """J16: a bill of 5,250 uses it, where it would all be owed."""
    stocked = till_goods(shop, "105.00")
    customer = add_customer(shop, credit_limit=Decimal(100_000))
    advance(shop, customer)
    owed = [tender("credit", "5250.00")]
    plain = booked_by(shop, lambda: shop.sell({stocked: 50}, customer_id=customer, tenders=owed))
    yield
    paid = [tender("advance", "5000.00"), tender("credit", "250.00")]
    shop.sell({stocked: 50}, customer_id=customer, tenders=paid)
    return Within(less=plain)


def advance_of_a_service(shop: Shop):
    """J17: 1,180 before a course, its tax included."""
    customer, course = retailer(shop), training(shop)
    yield
    given = {"party_id": customer, "amount": "1180.00", "method": "bank", "variant_id": course}
    shop.run("service_advances.receive_advance", given)


def discount_for_paying(shop: Shop):
    """J23: 10,290 of 10,500, with a discount."""
    shop.receive(shop.variant_ids[0], 100)
    customer = owing(shop, 100, credit_limit="1000000.00")
    yield
    receive(shop, customer, "10290.00", discount="210.00")


def fee_of_a_clinic(shop: Shop):
    """J29: an exempt service is invoiced and paid in cash at the office."""
    customer = buyer(shop)
    visit = {"variant_id": add_service(shop), "quantity": 1, "unit_price": "300.00"}
    made = order(shop, customer, visit)
    yield
    deliver(shop, made, 1)
    receive(shop, customer, "300.00", method="cash")


def turnover_discount(shop: Shop):
    """J32: the supplier gives a discount by a note without tax."""
    yield
    note = {"supplier_id": usual(shop), "number": "TOD/7", "amount": "5000.00"}
    shop.run("payments.record_supplier_note", note)


DRIVERS: dict[str, Driver] = {
    "J08": day_of_takings,
    "J09": settled("upi", "5075.00", "5075.00"),
    "J10": settled("card", "3000.00", "2946.90"),
    "J11": cash_short,
    "J12": points_earned,
    "J13": points_spent,
    "J14": points_lapsed,
    "J15": advance_taken,
    "J16": advance_used,
    "J17": advance_of_a_service,
    "J23": discount_for_paying,
    "J29": fee_of_a_clinic,
    "J32": turnover_discount,
}
