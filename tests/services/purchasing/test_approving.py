from decimal import Decimal

from erp.core.errors import InvalidInput, PermissionDenied
from erp.services.purchasing import (
    BelowReceived,
    BeyondLimit,
    OrderChanged,
    OrderEnded,
    VersionWaits,
)
from tests.factories import broken_promises
from tests.services.purchasing.ordering import (
    amend,
    decide,
    detail,
    finish,
    inbox,
    line,
    place,
    receive,
)
from tests.services.unchanged import refused


def test_an_order_within_the_limit_is_placed_at_once(shop, storekeeper):
    order = place(shop, line(shop, 10, unit_cost="60.50"), by=storekeeper)

    assert (order.status, order.version, order.waiting_version) == ("placed", 1, None)
    assert order.number.startswith("PO/")
    assert order.total == Decimal("635.25")
    (version,) = detail(shop, order).versions
    assert (version.taxable, version.tax) == (Decimal("605.00"), Decimal("30.25"))
    assert version.asker == version.decider == storekeeper.user_name
    assert broken_promises() == []


def test_an_order_beyond_the_limit_waits_and_approvers_are_told(shop, storekeeper, manager):
    order = place(shop, line(shop, 1000), by=storekeeper)

    assert (order.status, order.version, order.waiting_version) == ("awaiting", 0, 1)
    assert inbox(shop, manager) == [f"Order {order.number} waits for your approval"]
    assert inbox(shop, storekeeper) == []


def test_a_manager_approves_and_the_asker_is_told(shop, storekeeper, manager):
    order = place(shop, line(shop, 1000), by=storekeeper)
    decided = decide(shop, order, by=manager)

    assert (decided.status, decided.version, decided.waiting_version) == ("placed", 1, None)
    assert inbox(shop, storekeeper) == [f"Order {order.number} was approved"]
    (version,) = detail(shop, order).versions
    assert (version.asker, version.decider) == (storekeeper.user_name, manager.user_name)
    assert broken_promises() == []


def test_the_limit_counts_the_tax(shop, storekeeper):
    at_limit = place(shop, line(shop, 1, unit_cost="9523.80"), by=storekeeper)
    beyond = place(shop, line(shop, 1, unit_cost="9523.82"), by=storekeeper)
    assert (at_limit.total, at_limit.waiting_version) == (Decimal("9999.99"), None)
    assert (beyond.total, beyond.waiting_version) == (Decimal("10000.01"), 1)


def test_an_approver_stays_within_their_own_limit(shop, storekeeper, manager):
    order = place(shop, line(shop, 10_000), by=storekeeper)
    with refused(shop, BeyondLimit) as refusal:
        decide(shop, order, by=manager)
    assert "2,00,000" in refusal.value.message
    assert decide(shop, order, by=shop.acting_as("owner")).status == "placed"


def test_an_asker_cannot_approve_their_own_order(shop, storekeeper):
    order = place(shop, line(shop, 1000), by=storekeeper)
    with refused(shop, PermissionDenied):
        decide(shop, order, by=storekeeper)


def test_a_refused_first_version_ends_the_order(shop, storekeeper, manager):
    order = place(shop, line(shop, 1000), by=storekeeper)
    decided = decide(shop, order, "refused", note="Too much", by=manager)

    assert (decided.status, decided.version, decided.waiting_version) == ("refused", 0, None)
    assert detail(shop, order).end_reason == "Too much"
    with refused(shop, OrderEnded):
        amend(shop, order, line(shop, 5))
    assert inbox(shop, storekeeper) == [f"Order {order.number} was refused"]


def test_a_refusal_says_why(shop, storekeeper, manager):
    order = place(shop, line(shop, 1000), by=storekeeper)
    with refused(shop, InvalidInput) as refusal:
        decide(shop, order, "refused", by=manager)
    assert list(refusal.value.fields) == ["note"]


def test_a_version_is_decided_once(shop, storekeeper, manager):
    order = place(shop, line(shop, 1000), by=storekeeper)
    decide(shop, order, by=manager)
    with refused(shop, OrderChanged):
        decide(shop, order, "refused", note="On second thoughts", by=manager)


def test_only_the_asker_withdraws(shop, storekeeper, manager):
    order = place(shop, line(shop, 1000), by=storekeeper)
    given = {"order_id": order.id, "version": 1}
    with refused(shop, PermissionDenied):
        shop.run("purchasing.withdraw_order", given, by=manager)
    assert shop.run("purchasing.withdraw_order", given, by=storekeeper).status == "refused"


def test_an_amendment_beyond_the_limit_waits_beside_the_version_in_force(
    shop, storekeeper, manager
):
    order = place(shop, line(shop, 10), by=storekeeper)
    waiting = amend(shop, order, line(shop, 1000), by=storekeeper)

    assert (waiting.status, waiting.version, waiting.waiting_version) == ("placed", 1, 2)
    assert [x.quantity for x in detail(shop, order).lines] == [10]
    receive(shop, order, {1: 4})
    assert decide(shop, waiting, by=manager).version == 2
    (now,) = detail(shop, order).lines
    assert (now.quantity, now.received, now.outstanding) == (1000, 4, 996)
    assert broken_promises() == []


def test_a_refused_amendment_leaves_the_version_before_in_force(shop, storekeeper, manager):
    order = place(shop, line(shop, 10), by=storekeeper)
    waiting = amend(shop, order, line(shop, 1000), by=storekeeper)
    decided = decide(shop, waiting, "refused", note="Too much", by=manager)

    assert (decided.status, decided.version, decided.waiting_version) == ("placed", 1, None)
    third = amend(shop, decided, line(shop, 20), by=storekeeper)
    assert third.version == 3
    assert broken_promises() == []


def test_nothing_is_amended_or_finished_while_a_version_waits(shop, storekeeper):
    order = place(shop, line(shop, 10), by=storekeeper)
    waiting = amend(shop, order, line(shop, 1000), by=storekeeper)
    with refused(shop, VersionWaits):
        amend(shop, waiting, line(shop, 20), version=2, by=storekeeper)
    with refused(shop, VersionWaits):
        finish(shop, waiting, version=2)


def test_a_version_is_not_approved_once_more_has_come(shop, storekeeper, manager):
    order = place(shop, line(shop, 100), line(shop, 5, at=1), by=storekeeper)
    expensive = line(shop, 900, at=1)
    waiting = amend(shop, order, line(shop, 50), expensive, by=storekeeper)
    receive(shop, order, {1: 60})
    with refused(shop, BelowReceived):
        decide(shop, waiting, by=manager)
    assert decide(shop, waiting, "refused", note="60 came", by=manager).version == 1
