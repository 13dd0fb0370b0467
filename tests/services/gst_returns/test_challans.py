"""A challan that was typed wrong is cancelled: once, and only while its cash is there."""

import pytest
from psycopg.errors import CheckViolation, InsufficientPrivilege

from erp.core import db
from erp.core.ids import new_id
from erp.services.gst_returns import CashShort
from erp.services.gst_returns.errors import DepositCancelled, DepositKnown, UnknownDeposit
from tests.concurrency.crowd import at_once, refusals
from tests.factories import Shop, broken_promises
from tests.services.books import balance
from tests.services.gst_returns.months import (
    buyer,
    deposit,
    file_return,
    invoice,
    prepare,
    product,
)
from tests.services.trading import rows

WHY = {"reason": "Typed with a nought too many"}


def cancel(shop: Shop, made) -> None:
    shop.run("gst_returns.cancel_deposit", {"deposit_id": made.id} | WHY)


def test_a_cancelled_challan_gives_its_cash_back_and_its_number_free(trader: Shop) -> None:
    made = deposit(trader, "500.00")
    with pytest.raises(DepositKnown):
        deposit(trader, "500.00")
    cancel(trader, made)
    assert balance(trader, "gst_cash_ledger") == 0
    deposit(trader, "500.00")
    listed = trader.run("gst_returns.list_deposits", {"search": "CIN500"}).rows
    assert [(row.standing, row.cancel_reason) for row in listed] == [
        ("deposited", ""),
        ("cancelled", WHY["reason"]),
    ]
    assert balance(trader, "gst_cash_ledger") == 500
    assert broken_promises() == []


def test_a_challan_is_cancelled_by_one_of_many(trader: Shop) -> None:
    made = deposit(trader, "500.00")
    answers = at_once([lambda: cancel(trader, made)] * 4)
    assert refusals(answers, DepositCancelled) == 3
    assert balance(trader, "gst_cash_ledger") == 0
    with pytest.raises(UnknownDeposit):
        trader.run("gst_returns.cancel_deposit", {"deposit_id": new_id()} | WHY)


def test_cash_that_paid_a_return_is_not_taken_back(trader: Shop) -> None:
    variant = product(trader, "30049014", "5", "210.00")
    invoice(trader, 5, buyer(trader), (variant, 10, "100.00"))
    made = deposit(trader, "60.00")
    file_return(trader, prepare(trader))
    file_return(trader, prepare(trader, "gstr3b"))
    with pytest.raises(CashShort, match=r"12\.00 of the cash ledger") as refused:
        cancel(trader, made)
    assert "deposit_id" in refused.value.fields
    assert rows(trader, "select 1 from gst_deposit where cancelled_at is not null") == []


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ("amount = amount + 1", InsufficientPrivilege),
        ("cancelled_at = null, cancelled_by = null, cancel_reason = ''", CheckViolation),
    ],
)
def test_the_database_changes_nothing_else_of_a_challan(trader: Shop, change, refusal) -> None:
    cancel(trader, deposit(trader, "500.00"))
    with pytest.raises(refusal), db.unit_of_work(trader.ctx) as session:
        db.execute(
            session,
            f"update gst_deposit set {change} where tenant_id = %s",  # noqa: S608  of the test
            (trader.tenant_id,),
        )
