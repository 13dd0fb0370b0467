"""Months of the books: closed, opened again with a reason, locked for good."""

from datetime import date, timedelta

import pytest
from psycopg.errors import CheckViolation

from erp.core.errors import Conflict, NotFound, PermissionDenied
from erp.services.accounting import DayOutOfBooks, PeriodClosed
from tests.factories import Shop
from tests.services.accounting.test_posting import entry, post
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


@pytest.mark.parametrize(
    "day", ["0001-01-01", "0226-11-23", "1999-12-31", "2126-11-23", "9999-12-31"]
)
def test_a_mistyped_year_opens_no_books_that_nobody_could_close(trader: Shop, day: str):
    wanted = entry(trader, effective_on=day)
    error = refused(trader, DayOutOfBooks, "accounting.post_manual_entry", wanted)
    assert "effective_on" in error.fields
    assert trader.run("accounting.list_years").rows


def test_the_books_go_a_year_ahead_and_back_to_2000(trader: Shop):
    for day in (date(2000, 1, 1), trader.ctx.today + timedelta(days=365)):
        post(trader, effective_on=day)


def test_the_database_has_no_month_of_a_year_without_books(trader: Shop, owner):
    with pytest.raises(CheckViolation, match="ck_period_years"), owner.transaction():
        owner.execute(
            "insert into period (tenant_id, id, company_id, starts_on, ends_on, fiscal_year, status, reason)"
            " select tenant_id, uuidv7(), company_id, '0226-11-01', '0226-11-30', '226-27', 'open', ''"
            " from period where tenant_id = %s limit 1",
            (trader.ctx.tenant_id,),
        )
