"""Pages of payment links and gateways, in a real browser, in every size of window."""

from typing import Any

import pytest

from jobs import gateways as jobs
from tests.browser.offices import enter, expect_to_fit_everywhere
from tests.factories import Shop, make_shop
from tests.services.gateways.providers import (
    opened,
    provider,
    requested,
    settle,
    told,
)

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
