"""Credit is given by those who answer for it, not by whoever may write down a phone number."""

import pytest

from erp.core.errors import PermissionDenied
from tests.factories import Shop
from tests.services.trading import add_customer, refused

PERSON = {"name": "Nirmala Stores", "kind": "retailer", "state_code": "27"}
TERMS = [{"credit_limit": "5000.00"}, {"credit_days": 30}, {"price_list": "STOCKIST_PTS"}]


@pytest.mark.parametrize("terms", TERMS)
def test_a_cashier_registers_customers_but_gives_no_terms(trader: Shop, terms: dict):
    cashier = trader.acting_as("cashier")
    error = refused(trader, PermissionDenied, "party.create_party", PERSON | terms, by=cashier)
    assert error.fields.keys() == terms.keys()
    trader.run("party.create_party", PERSON, by=cashier)


@pytest.mark.parametrize("terms", TERMS)
def test_a_cashier_corrects_details_but_changes_no_terms(trader: Shop, terms: dict):
    customer = add_customer(trader, credit_limit="1000.00", credit_days=15)
    cashier = trader.acting_as("cashier")
    change = {"party_id": customer} | terms
    assert refused(trader, PermissionDenied, "party.update_party", change, by=cashier).fields
    same = {"party_id": customer, "phone": "9876543210", "credit_limit": "1000.00"}
    trader.run("party.update_party", same, by=cashier)
    assert trader.run("party.get_party", {"party_id": customer}).credit_limit == 1000


@pytest.mark.parametrize("role", ["owner", "manager", "accountant"])
def test_those_who_answer_for_credit_give_it(trader: Shop, role: str):
    by = trader.acting_as(role)
    customer = trader.run("party.create_party", PERSON | TERMS[0], by=by)
    trader.run("party.update_party", {"party_id": customer.id} | TERMS[1], by=by)


def test_a_token_may_be_given_the_right(trader: Shop):
    wanted = {"name": "CRM", "scopes": ["party.edit", "party.credit", "pos.approve"]}
    assert trader.run("identity.issue_token", wanted, by=trader.acting_as("owner")).id
