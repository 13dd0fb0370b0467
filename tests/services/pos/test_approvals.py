"""Discounts: up to one's own ceiling, beyond it only with a manager's PIN."""

from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from erp.core.errors import NotFound
from erp.core.ids import new_id
from erp.services.pos import ApprovalRequired
from tests.concurrency.crowd import at_once
from tests.factories import PIN, Shop
from tests.services.trading import add_goods, member_id, refused, rows, snapshot

SALE = "pos.post_sale"


def cart(trader: Shop, percent: str = "0", **more: Any) -> dict[str, Any]:
    line = {"variant_id": trader.variant_ids[0], "quantity": 1, "discount_percent": percent}
    return trader.cart({}, lines=[line]) | more


def ask(
    trader: Shop, sale: dict[str, Any], level: str, *, pin: str = PIN, role: str = "manager", **more
):
    asked = {
        "origin_id": sale["sale_id"],
        "kind": "discount",
        "level": level,
        "approver_id": member_id(trader, role),
        "pin": pin,
        "reason": "Regular customer",
    } | more
    return trader.run("pos.request_approval", asked, by=trader.acting_as("cashier"))


def test_up_to_the_ceiling_nobody_is_asked(trader: Shop):
    sale = trader.run(SALE, cart(trader, "5"), by=trader.acting_as("cashier"))
    assert sale.lines[0].discount == Decimal("5.25")


@pytest.mark.parametrize("mrp", ["1.10", "0.99", "33.33", "99.99"])
def test_rounding_to_paise_never_lifts_a_discount_above_the_ceiling(trader: Shop, mrp: str):
    goods = add_goods(trader, mrp=mrp, unit_cost="0.10")
    line = {"variant_id": goods, "quantity": 1, "discount_percent": "5"}
    trader.run(SALE, trader.cart({}, lines=[line]), by=trader.acting_as("cashier"))


def test_a_bill_discount_counts_as_the_lines_does(trader: Shop):
    cashier = trader.acting_as("cashier")
    trader.run(SALE, cart(trader, bill_discount="5.25"), by=cashier)
    error = refused(trader, ApprovalRequired, SALE, cart(trader, bill_discount="5.26"), by=cashier)
    assert error.details["level"] == "5.0095"
    refused(trader, ApprovalRequired, SALE, cart(trader, "5", bill_discount="0.01"), by=cashier)


def test_the_level_a_quote_names_is_the_level_that_needs_approval(trader: Shop):
    cashier = trader.acting_as("cashier")
    sale = cart(trader, bill_discount="12.97")
    asked = {name: sale[name] for name in ("shift_id", "lines", "bill_discount")}
    quote = trader.run("pos.quote_cart", asked, by=cashier)
    assert quote.needs_approval
    assert ask(trader, sale, str(quote.discount_level)).granted
    assert trader.run(SALE, sale, by=cashier).total == 92


def test_an_approval_is_kept_with_both_names_and_the_reason(trader: Shop):
    sale = cart(trader, "20")
    assert ask(trader, sale, "20").granted
    kept = rows(trader, "select requested_by, approved_by, reason, facts from approval")
    assert kept == [
        {
            "requested_by": trader.user_ids["cashier"],
            "approved_by": trader.user_ids["manager"],
            "reason": "Regular customer",
            "facts": {"level": "20"},
        }
    ]


def test_an_approval_holds_for_one_bill_and_one_level(trader: Shop):
    cashier = trader.acting_as("cashier")
    sale = cart(trader, "20")
    ask(trader, sale, "20")
    refused(trader, ApprovalRequired, SALE, cart(trader, "20"), by=cashier)
    deeper = cart(trader, "21", sale_id=sale["sale_id"])
    refused(trader, ApprovalRequired, SALE, deeper, by=cashier)
    trader.run(SALE, sale, by=cashier)


def test_an_approved_return_is_no_approved_discount(trader: Shop):
    sale = cart(trader, "20")
    assert ask(trader, sale, "20", kind="return").granted
    refused(trader, ApprovalRequired, SALE, sale, by=trader.acting_as("cashier"))


def test_a_manager_who_left_approves_no_more(trader: Shop):
    sale, manager = cart(trader, "20"), member_id(trader, "manager")
    gone = {"member_id": manager, "display_name": "M", "roles": ["manager"], "is_active": False}
    trader.run("identity.update_member", gone)
    asked = {"origin_id": sale["sale_id"], "kind": "discount", "level": "20"}
    asked |= {"approver_id": manager, "pin": PIN, "reason": "Regular customer"}
    cashier = trader.acting_as("cashier")
    refused(trader, NotFound, "pos.request_approval", asked, by=cashier)


def test_guesses_made_at_once_are_all_counted(trader: Shop):
    """A count that is lost to a race is a free guess."""
    sale = cart(trader, "20")
    guess = partial(ask, trader, sale, "20", pin="9999")
    answers = at_once([guess] * 10)
    assert not any(answer.granted for answer in answers)
    kept = rows(
        trader,
        "select failed_pins, pin_locked_until is not null as is_locked from membership where user_id = %s",
        trader.user_ids["manager"],
    )
    assert kept == [{"failed_pins": 5, "is_locked": True}]


def test_a_wrong_pin_grants_nothing_and_five_lock_it(trader: Shop):
    sale = cart(trader, "20")
    answers = [ask(trader, sale, "20", pin="9999") for _ in range(5)]
    assert not any(answer.granted for answer in answers)
    late = ask(trader, sale, "20")
    assert not late.granted
    assert "locked" in late.message
    assert trader.count("approval") == 0


def test_a_right_pin_forgets_the_wrong_ones(trader: Shop):
    sale = cart(trader, "20")
    for _ in range(4):
        ask(trader, sale, "20", pin="9999")
    assert ask(trader, sale, "20").granted
    kept = rows(
        trader, "select failed_pins from membership where user_id = %s", trader.user_ids["manager"]
    )
    assert kept == [{"failed_pins": 0}]


def test_nobody_approves_beyond_their_own_ceiling(trader: Shop):
    sale = cart(trader, "40")
    assert "Ask an owner" in ask(trader, sale, "40").message
    assert ask(trader, sale, "40", role="owner").granted


def test_those_without_the_right_do_not_approve(trader: Shop):
    assert "may not approve" in ask(trader, cart(trader, "20"), "20", role="cashier").message


def test_a_strangers_manager_is_not_there(trader: Shop, stranger: Shop):
    asked = {
        "origin_id": new_id(),
        "kind": "discount",
        "level": "20",
        "approver_id": member_id(stranger, "manager"),
        "pin": PIN,
        "reason": "x",
    }
    before = snapshot(stranger)
    refused(trader, NotFound, "pos.request_approval", asked)
    assert snapshot(stranger) == before


def test_a_pin_is_never_in_the_audit(trader: Shop):
    ask(trader, cart(trader, "20"), "20", pin="7913")
    kept = rows(trader, "select input::text || answer as body from command_log")
    assert all("7913" not in row["body"] for row in kept)
