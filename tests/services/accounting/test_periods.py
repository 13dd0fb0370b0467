"""Months of the books: closed, opened again with a reason, locked for good."""

import pytest

from erp.core.errors import Conflict, NotFound, PermissionDenied
from erp.services.accounting import PeriodClosed
from tests.factories import Shop
from tests.services.accounting.test_posting import post
from tests.services.trading import refused, snapshot


def month(trader: Shop):
    return trader.run("accounting.list_periods").rows[0]


def set_to(trader: Shop, status: str, **more):
    wanted = {"period_id": month(trader).id, "status": status, "reason": "Filed"}
    return trader.run("accounting.set_period_status", wanted, **more)


def test_a_closed_month_opens_again_and_says_why(trader: Shop):
    set_to(trader, "closed")
    assert (month(trader).status, month(trader).reason) == ("closed", "Filed")
    set_to(trader, "open")
    assert month(trader).status == "open"
    post(trader)


def test_a_locked_month_stays_closed(trader: Shop):
    set_to(trader, "locked")
    wanted = {"period_id": month(trader).id, "status": "open", "reason": "Please"}
    refused(trader, Conflict, "accounting.set_period_status", wanted)


def test_nothing_is_sold_into_a_closed_month(trader: Shop):
    set_to(trader, "closed")
    cart = trader.cart({trader.variant_ids[0]: 1})
    refused(trader, PeriodClosed, "pos.post_sale", cart)


@pytest.mark.parametrize("role", ["manager", "cashier", "auditor"])
def test_only_accountants_close(trader: Shop, role: str):
    wanted = {"period_id": month(trader).id, "status": "closed", "reason": "Done"}
    by = trader.acting_as(role)
    refused(trader, PermissionDenied, "accounting.set_period_status", wanted, by=by)


def test_a_strangers_month_is_not_there(trader: Shop, stranger: Shop):
    before = snapshot(stranger)
    wanted = {"period_id": month(stranger).id, "status": "closed", "reason": "Done"}
    refused(trader, NotFound, "accounting.set_period_status", wanted)
    assert snapshot(stranger) == before


def test_closing_twice_with_one_key_is_one_change(trader: Shop):
    wanted = {"period_id": month(trader).id, "status": "closed", "reason": "Done"}
    keyed = wanted | {"idempotency_key": "close-this-month"}
    trader.run("accounting.set_period_status", keyed)
    before = snapshot(trader)
    assert trader.answer("accounting.set_period_status", keyed).replayed
    assert snapshot(trader) == before
