"""A token narrowed to a few scopes cannot take over the person it acts as."""

from dataclasses import replace

import pytest

from erp.core.context import RequestContext
from erp.core.errors import PermissionDenied
from erp.services import identity
from tests.factories import Shop
from tests.services.trading import member_id, refused

PIN = {"pin": "8642"}


def by_token(trader: Shop, *scopes: str) -> RequestContext:
    """Return the context of a request that came with an owner's token."""
    wanted = {"name": "Partner", "scopes": scopes}
    issued = trader.run("identity.issue_token", wanted, by=trader.acting_as("owner"))
    principal = identity.resolve_token(issued.token.get_secret_value())
    assert principal is not None
    return identity.context_for(principal, source="rest", request_id="test-token")


def test_a_token_sets_no_pin_of_its_maker_without_the_right(trader: Shop):
    partner = by_token(trader, "catalog.view")
    refused(trader, PermissionDenied, "identity.set_pin", PIN, by=partner)


def test_a_token_with_the_right_may(trader: Shop):
    made = trader.run("identity.set_pin", PIN, by=by_token(trader, "*"))
    assert made.id == member_id(trader, "owner")


@pytest.mark.parametrize("source", ["ui", "cli"])
def test_a_person_sets_their_own_pin(trader: Shop, source: str):
    cashier = replace(trader.acting_as("cashier"), source=source)
    assert trader.run("identity.set_pin", PIN, by=cashier).id == member_id(trader, "cashier")
