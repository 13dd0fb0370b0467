"""What providers pay out: fee and tax apart, each line known, differences named, the bank's line matched."""

from decimal import Decimal

import pytest

from erp.core import db
from erp.services.gst_returns.gstr3b import InwardKind
from tests.factories import broken_promises
from tests.services.banking.statements import accept, bank_account, line_of, suggested
from tests.services.books import balance
from tests.services.expenses.test_credit import inward
from tests.services.gateways.providers import (
    ask,
    ask_refund,
    exceptions_of,
    opened,
    payments_of,
    requested,
    settle,
)
from tests.services.trading import rows

PREFIXES = {"razorpay": ("pay_", "setl_"), "stripe": ("pi_", "po_")}


def captured(shop, provider, kind="razorpay", **more):
    """Have a link made and paid; return its payment."""
    link = requested(shop, **more)
    paid = provider.books.pay(link["provider_id"], PREFIXES[kind][0])
    ask(shop, link["id"])
    return paid


@pytest.mark.parametrize("kind", ["razorpay", "stripe"])
def test_a_settlement_is_booked_with_fee_and_tax_and_clears_what_it_pays(trader, provider, kind):
    ours = opened(trader, kind)
    first, second = captured(trader, provider, kind), captured(trader, provider, kind)
    payment = payments_of(trader)[0]
    given = {"gateway_payment_id": payment["id"], "amount": "5.00", "reason": "Broken"}
    ask_refund(trader, trader.run("gateways.refund_payment", given).id)
    out = provider.books.settle(PREFIXES[kind][1])
    settle(trader, ours)
    settle(trader, ours)
    found = trader.run("gateways.list_settlements").rows
    assert len(found) == 1
    assert found[0].utr == out.utr
    assert found[0].amount == Decimal(out.amount) / 100
    assert found[0].gross == Decimal(first.amount + second.amount - 500) / 100
    assert (found[0].difference, found[0].problems) == (0, 0)
    assert balance(trader, "bank") == found[0].amount
    assert balance(trader, "gateway_charges") == found[0].fee
    assert balance(trader, "input_cgst") + balance(trader, "input_sgst") == found[0].tax
    assert balance(trader, "gateway_clearing") == 0
    assert provider.books.clearing() == 0
    assert exceptions_of(trader) == []
    assert broken_promises() == []


def test_a_provider_of_another_state_is_booked_with_integrated_tax(trader, provider):
    ours = opened(trader, is_interstate=True)
    captured(trader, provider)
    provider.books.settle()
    settle(trader, ours)
    found = trader.run("gateways.list_settlements").rows[0]
    assert balance(trader, "input_igst") == found.tax > 0
    assert balance(trader, "input_cgst") == 0


def test_money_that_nobody_told_of_is_taken_in_with_its_settlement(trader, provider):
    ours = opened(trader)
    link = requested(trader)
    provider.books.pay(link["provider_id"])
    provider.books.settle()
    settle(trader, ours)
    assert payments_of(trader)[0]["receipt_id"] is not None
    assert balance(trader, "gateway_clearing") == 0
    assert exceptions_of(trader) == []
    assert broken_promises() == []


@pytest.mark.parametrize("change", ["gst_scheme", "gstin"])
def test_who_claims_no_tax_bears_the_tax_on_charges(trader, provider, change):
    ours = opened(trader)
    captured(trader, provider)
    provider.books.settle()
    with db.unit_of_work(trader.ctx) as session:
        if change == "gstin":
            db.execute(session, "update branch set gstin = null")
        else:
            db.execute(session, "update company set gst_scheme = 'composition'")
    before = {key: balance(trader, key) for key in ("input_cgst", "input_sgst")}
    settle(trader, ours)
    found = trader.run("gateways.list_settlements").rows[0]
    assert found.tax > 0
    assert balance(trader, "gateway_charges") == found.fee + found.tax
    assert {key: balance(trader, key) for key in before} == before
    assert broken_promises() == []


@pytest.mark.parametrize("is_interstate", [False, True])
def test_the_tax_on_charges_is_in_the_return_as_in_the_books(trader, provider, is_interstate):
    ours = opened(trader, is_interstate=is_interstate)
    captured(trader, provider)
    provider.books.settle()
    settle(trader, ours)
    found = trader.run("gateways.list_settlements").rows[0]
    side = inward(trader, trader.ctx.today.replace(day=1))
    assert side.differences == ()
    own = [one for one in side.inward if one.kind is InwardKind.SPENT]
    assert [(one.number, one.is_inter) for one in own] == [(found.provider_id, is_interstate)]
    assert own[0].heads.tax == found.tax > 0


def test_a_settlement_waits_for_its_lines(trader, provider):
    ours = opened(trader)
    captured(trader, provider)
    out = provider.books.settle()
    lines, out.lines = out.lines, []
    settle(trader, ours)
    assert rows(trader, "select 1 from gateway_settlement") == []
    assert exceptions_of(trader) == []
    out.lines = lines
    settle(trader, ours)
    assert trader.run("gateways.list_settlements").rows[0].difference == 0
    assert balance(trader, "gateway_clearing") == 0
    assert broken_promises() == []


def test_differences_are_named_and_lie_unidentified(trader, provider):
    ours = opened(trader)
    paid = captured(trader, provider)
    out = provider.books.settle()
    kind, name, payment, gross, fee, tax = out.lines[0]
    out.lines[0] = (kind, name, payment, gross - 300, fee, tax)
    out.lines.append(("adjustment", "adj_1", "", -200, 0, 0))
    out.amount -= 600
    settle(trader, ours)
    found = trader.run("gateways.list_settlements", {"difference": "yes"}).rows[0]
    assert found.difference == Decimal("-6.00")
    assert balance(trader, "gateway_suspense") == Decimal("6.00")
    assert balance(trader, "gateway_clearing") == 0
    assert exceptions_of(trader) == [("settlement", True)]
    said = trader.run("gateways.list_exceptions").rows[0].problem
    assert paid.id in said
    assert "adj_1" in said
    assert "add up to" in said
    assert broken_promises() == []


def test_a_payment_settled_twice_clears_once(trader, provider):
    ours = opened(trader)
    paid = captured(trader, provider)
    provider.books.settle()
    settle(trader, ours)
    provider.books.payments[paid.id].is_settled = False
    provider.books.settle()
    settle(trader, ours)
    assert balance(trader, "gateway_clearing") == 0
    assert exceptions_of(trader) == [("settlement", True)]
    assert broken_promises() == []


def test_the_banks_line_of_a_settlement_is_known_by_its_utr(trader, provider):
    ours = opened(trader)
    captured(trader, provider)
    out = provider.books.settle()
    settle(trader, ours)
    account = bank_account(trader)
    line = line_of(trader, account, out.amount / 100, f"NEFT {out.utr} RAZORPAY SOFTWARE")
    first = suggested(trader, line)[0]
    assert first.action == "banking.match_lines"
    assert any(out.utr in reason for reason in first.reasons)
    accept(trader, first)
    assert trader.run("gateways.list_settlements").rows[0].is_in_bank


def test_settlements_wait_while_the_provider_is_away(trader, provider):
    ours = opened(trader)
    captured(trader, provider)
    provider.books.settle()
    provider.secrets = frozenset({"another"})
    with pytest.raises(Exception, match="does not know our keys"):
        settle(trader, ours)
    assert rows(trader, "select 1 from gateway_settlement") == []
