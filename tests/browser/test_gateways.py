"""Payment links, in a real browser: asked for on an invoice, paid at the provider, given back, and its charges."""

import urllib.request
from typing import Any

import pytest
from playwright.sync_api import expect
from redis import Redis

from erp.core.live_channel import live_channel
from jobs import gateways as jobs
from tests.browser.offices import enter, expect_to_fit_everywhere
from tests.factories import Shop, broken_promises, gstin_in, make_shop
from tests.services.books import balance
from tests.services.gateways.providers import (
    ask,
    ask_refund,
    link_of,
    opened,
    payments_of,
    provider,
    requested,
    settle,
    told,
)
from tests.services.sales.ordering import buyer, deliver, goods, order
from tests.services.trading import rows

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("interface")]
SOON = 15_000
__all__ = ["provider"]


@pytest.fixture
def shop(environment: dict[str, str]) -> Shop:
    assert environment
    return make_shop("links")


@pytest.fixture
def acting(open_window, interface, shop):
    """Open a page in a window of its own as a member with a role."""
    return lambda role, path: enter(open_window(), interface, shop, role, path)


@pytest.fixture
def tell_pages(shop, redis_url):
    """Tell open pages that something happened at a gateway, as the relay does."""

    def tell() -> None:
        with Redis.from_url(redis_url) as redis:
            assert redis.publish(live_channel(shop.tenant_id, "gateways"), "") >= 1

    return tell


def pay(url: str) -> None:
    """Pay a link as its customer does who opens it."""
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310  the provider of this test
        assert answer.status == 200


def test_an_invoice_is_paid_by_its_link_and_part_of_it_goes_back(
    acting, shop, tell_pages, provider: Any, troubles
):
    opened(shop)
    customer = buyer(shop, name="Nirmala Stores", email="pay@example.org")
    sent = deliver(shop, order(shop, customer, goods(shop, 4)), 4)
    page = acting("accountant", f"/invoices/{sent.invoice_id}")
    page.get_by_role("button", name="Request payment").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Amount")).to_have_value("420.00", timeout=SOON)
    dialog.get_by_role("button", name="Make the link").click()
    expect(page.get_by_text("The provider is making the link.")).to_be_visible(timeout=SOON)
    (made,) = rows(shop, "select id from payment_link")
    ask(shop, made["id"])
    tell_pages()
    expect(page.get_by_role("img", name="The link as a code to scan")).to_be_visible(timeout=SOON)

    link = link_of(shop, made["id"])
    pay(f"{provider.url}/pay/{link['provider_id']}")
    ask(shop, made["id"])
    tell_pages()
    expect(page.get_by_role("definition").get_by_text("Paid", exact=True)).to_be_visible()
    expect(page.get_by_role("table", name="Payments")).to_contain_text("Received")
    assert (balance(shop, "debtors"), balance(shop, "gateway_clearing")) == (0, 420)

    page.get_by_role("button", name="Refund").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Amount").fill("20")
    dialog.get_by_label("Reason").fill("One bottle was broken")
    dialog.get_by_role("button", name="Give it back").click()
    expect(page.get_by_role("table", name="Refunds")).to_be_visible(timeout=SOON)
    (refund,) = rows(shop, "select id from gateway_refund")
    ask_refund(shop, refund["id"])
    tell_pages()
    expect(page.get_by_role("table", name="Refunds")).to_contain_text("Given back")
    assert (balance(shop, "debtors"), balance(shop, "gateway_clearing")) == (20, 400)
    assert payments_of(shop)[0]["refunded"] == 20
    assert broken_promises() == []
    assert troubles == []


def test_the_invoice_of_a_month_stands_beside_what_was_kept(acting, shop, provider: Any, troubles):
    ours = opened(shop)
    link = requested(shop)
    provider.books.pay(link["provider_id"])
    ask(shop, link["id"])
    provider.books.settle()
    settle(shop, ours)
    (kept,) = shop.run("gateways.list_charges").rows
    page = acting("accountant", "/gateways/invoices")
    expect(page.get_by_text("The month is not over")).to_be_visible(timeout=SOON)
    page.get_by_role("button", name="Record an invoice").click()
    dialog = page.get_by_role("dialog")
    today = f"{shop.ctx.today:%d-%m-%Y}"
    dialog.get_by_label("Any day of the month it bills").fill(today)
    dialog.get_by_label("Number").fill("RZP/0007")
    dialog.get_by_label("Day of the invoice").fill(today)
    dialog.get_by_label("GSTIN of the provider").fill(gstin_in("27"))
    dialog.get_by_label("Charges without tax").fill(f"{kept.fee}")
    dialog.get_by_label("GST on them").fill(f"{kept.tax}")
    dialog.get_by_role("button", name="Record", exact=True).click()
    expect(page.get_by_text("Agrees")).to_be_visible(timeout=SOON)
    assert troubles == []


def test_the_pages_of_gateways_fit_every_screen(acting, shop, interface, provider: Any):
    ours = opened(shop)
    link = requested(shop)
    provider.books.pay(link["provider_id"])
    jobs.ask_about_link(None, shop.ctx, told(link_id=link["id"]))
    provider.books.settle()
    settle(shop, ours)
    page = acting("owner", "/payment-links")
    paths = [
        "/payment-links",
        f"/payment-links/{link['id']}",
        "/gateways",
        f"/gateways/{ours}",
        "/gateways/settlements",
        "/gateways/invoices",
        "/gateways/exceptions",
        "/gst/matching",
    ]
    expect_to_fit_everywhere(page, interface, paths)
