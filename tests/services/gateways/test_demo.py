"""The demo's payments by link: every page of gateways has rows, and nobody outside is asked about them."""

import pytest

from erp.adapters.payment_gateways import gateway_of
from erp.core import db
from erp.core.settings import get_settings
from erp.seed import gateways as demo
from erp.services import gateways
from jobs import gateways as jobs
from tests.factories import Shop, broken_promises
from tests.services.gateways.providers import exceptions_of, told
from tests.services.payments.paying import owing


@pytest.fixture
def seeded(trader: Shop, monkeypatch) -> Shop:
    people = dict.fromkeys(("owner", "accountant"), trader.ctx)
    monkeypatch.setattr(demo, "people_of", lambda _: people)
    monkeypatch.setattr(get_settings(), "razorpay_url", "http://127.0.0.1:9")
    owing(trader, 10)
    demo.seed_gateways(trader.ctx)
    return trader


def test_the_demo_has_a_link_of_each_kind_a_settlement_and_matters(seeded: Shop):
    links = seeded.run("gateways.list_links").rows
    assert [row.status for row in links] == ["paid", "paid", "open"]
    (settlement,) = seeded.run("gateways.list_settlements").rows
    assert (settlement.difference, settlement.problems) == (-50, 1)
    assert set(exceptions_of(seeded)) == {("unknown_reference", True), ("settlement", True)}
    (month,) = seeded.run("gateways.list_charges").rows
    assert month.tax > 0
    assert broken_promises() == []


def test_nobody_is_asked_about_an_account_of_the_demo(seeded: Shop):
    (account,) = seeded.run("gateways.list_accounts").rows
    jobs.check(None, seeded.ctx, told(account_id=account.id))
    (account,) = seeded.run("gateways.list_accounts").rows
    assert "no provider stands behind it" in account.check_problem
    jobs.book_settlements(None, seeded.ctx, told(account_id=account.id))
    with db.unit_of_work(seeded.ctx) as session:
        keys = gateways.keys_of(session, seeded.ctx, account.id)
    assert gateway_of(keys).list_settlements(seeded.ctx.today) == ()
    link = seeded.run("gateways.list_links").rows[-1]
    seeded.run("gateways.look_at_link", {"link_id": link.id})
    jobs.ask_about_link(None, seeded.ctx, told(link_id=link.id))
    assert seeded.run("gateways.get_link", {"link_id": link.id}).status == "open"
    (account,) = seeded.run("gateways.list_accounts").rows
    assert account.last_problem == ""
