"""A matter leads to a page of the product and nowhere else."""

import pytest
from pydantic import ValidationError

from tests.factories import Shop
from tests.services.trading import refused

MATTER = {"kind": "test.matter", "title": "Look here", "for_permission": "platform.operate"}
RAISE = "workflows.raise_matter"


@pytest.mark.parametrize(
    "link",
    ["https://evil.example", "//evil.example", "javascript:alert(1)", "/\\evil.example", "stock"],
)
def test_a_link_out_of_the_product_is_refused(trader: Shop, link: str):
    error = refused(trader, ValidationError, RAISE, MATTER | {"link": link})
    assert error.errors()[0]["loc"] == ("link",)


@pytest.mark.parametrize("link", ["", "/", "/stock/expiry?rung=0-30"])
def test_a_page_of_the_product_is_reached(trader: Shop, link: str):
    trader.run(RAISE, MATTER | {"link": link})
    found = trader.run("workflows.list_inbox", by=trader.acting_as("owner")).rows
    assert [item.link for item in found] == [link]
