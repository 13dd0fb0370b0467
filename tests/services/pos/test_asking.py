"""Approval from elsewhere: asked once, seen by who may decide, decided once with an own PIN."""

from functools import partial

import pytest

from erp.core.errors import NotFound, PermissionDenied
from erp.core.ids import new_id
from erp.services.pos import AlreadyDecided, ApprovalRequired
from tests.concurrency.crowd import at_once, refusals
from tests.factories import PIN, Shop
from tests.services.trading import refused, rows

ASK, DECIDE = "pos.ask_approval", "pos.decide_approval"


def asked(shop: Shop, origin_id, level: str = "12", **more):
    wanted = {"shift_id": shop.shift_id, "origin_id": origin_id, "kind": "discount"}
    facts = {"level": level, "reason": "Regular customer", "about": "Till: 210.00, Asha"}
    return shop.run(ASK, wanted | facts | more, by=shop.acting_as("cashier")).id


def decision(request_id, **more):
    return {"request_id": request_id, "is_granted": True, "pin": PIN} | more


def test_a_sale_goes_on_once_a_manager_elsewhere_approved_it(trader: Shop):
    line = {"variant_id": trader.variant_ids[0], "quantity": 1, "discount_percent": "12"}
    cart = trader.cart({}, lines=[line])
    cashier, manager = trader.acting_as("cashier"), trader.acting_as("manager")
    refused(trader, ApprovalRequired, "pos.post_sale", cart, by=cashier)
    request_id = asked(trader, cart["sale_id"])
    told = rows(trader, "select user_id, title, link from notification")
    assert {row["user_id"] for row in told} == {
        trader.user_ids["owner"],
        trader.user_ids["manager"],
    }
    assert told[0]["title"].endswith("asks: discount of 12%")
    assert told[0]["link"] == "/till/approvals"
    wrong = trader.run(DECIDE, decision(request_id, pin="0000"), by=manager)
    assert (wrong.status, trader.count("approval")) == ("waiting", 0)
    assert trader.run(DECIDE, decision(request_id), by=manager).status == "approved"
    trader.run("pos.post_sale", cart, by=cashier)
    row = trader.run("pos.get_approval_request", {"request_id": request_id}, by=cashier)
    assert (row.status, row.reason) == ("approved", "Regular customer")
    kept = rows(trader, "select requested_by, approved_by from approval")
    assert kept == [{"requested_by": cashier.user_id, "approved_by": manager.user_id}]
    refused(trader, AlreadyDecided, DECIDE, decision(request_id), by=manager)


def test_a_refusal_lets_nothing_through_and_a_limit_holds_from_afar_too(trader: Shop):
    manager, sale_id = trader.acting_as("manager"), new_id()
    request_id = asked(trader, sale_id, "31")
    beyond = trader.run(DECIDE, decision(request_id), by=manager)
    assert (beyond.status, "limit" in beyond.message) == ("waiting", True)
    no = decision(request_id, is_granted=False, answer="5% at most")
    assert trader.run(DECIDE, no, by=manager).status == "refused"
    assert trader.count("approval") == 0
    with pytest.raises(PermissionDenied):
        trader.run(DECIDE, decision(asked(trader, sale_id)), by=trader.acting_as("cashier"))


def test_asking_again_or_no_longer_leaves_one_request_or_none(trader: Shop):
    sale_id, manager = new_id(), trader.acting_as("manager")
    first, second = asked(trader, sale_id), asked(trader, sale_id, "15")
    listed = trader.run("pos.list_approval_requests", {"status": "waiting"}).rows
    assert [row.id for row in listed] == [second]
    refused(trader, AlreadyDecided, DECIDE, decision(first), by=manager)
    refused(trader, NotFound, "pos.withdraw_approval", {"request_id": second}, by=manager)
    cashier = trader.acting_as("cashier")
    trader.run("pos.withdraw_approval", {"request_id": second}, by=cashier)
    refused(trader, AlreadyDecided, DECIDE, decision(second), by=manager)
    assert trader.count("approval") == 0


def test_of_two_managers_the_first_decides(trader: Shop):
    request_id = asked(trader, new_id())
    people = [trader.acting_as(role) for role in ("owner", "manager")] * 2
    calls = [partial(trader.run, DECIDE, decision(request_id), by=who) for who in people]
    assert refusals(at_once(calls), AlreadyDecided) == 3
    assert trader.count("approval") == 1


def test_another_shops_request_is_unknown(trader: Shop, stranger: Shop):
    theirs = asked(stranger, new_id())
    refused(trader, NotFound, DECIDE, decision(theirs))
    assert trader.run("pos.list_approval_requests").rows == []
