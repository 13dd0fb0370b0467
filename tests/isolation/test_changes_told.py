"""Whatever people do to a document is told on its page: each command about it leaves an event under its id.

The history of a page is made of these events, each with the command behind it: who, when, from where, and its facts
before and after (`platform.list_history`).
"""

from dataclasses import replace
from importlib import import_module

import pytest

from erp.core import db
from erp.core.clock import utc_now
from erp.pages import ROUTES, routing
from erp.services import platform
from tests.architecture.test_histories import RECORDS, TELLS_OTHERWISE
from tests.factories import make_shop
from tests.isolation.belongings import EXAMPLES, belongings
from tests.isolation.test_foreign_ids import get, id_fields

for module in ROUTES:
    import_module(module)

OF_ITS_OWN = {
    "banking.apply_rules": "each match is a record of its own, told on the desk",
    "banking.import_statement": "a statement is a record of its own, told on the desk",
    "banking.match_lines": "a match is a record of its own, told on the desk",
    "banking.set_rule": "a rule is a record of its own, with a page of rules",
    "gateways.keep_event": "a provider's call, kept as it came",
    "gateways.record_charges": "the provider's invoice is a record of its own",
    "payments.make_payment": "a payment has a page and a history of its own",
    "payments.receive_payment": "a payment has a page and a history of its own",
    "automation.test_webhook": "a posting is a record of its own, listed on the page",
    "pos.ask_approval": "an approval is a record of its own, told to who decides",
    "pos.pay_back_advance": "an advance's voucher is a record of its own",
    "pos.post_exchange": "of a shift: the return and the sale have histories of their own",
    "pos.post_return": "of a shift: the return has a history of its own",
    "pos.post_sale": "of a shift: the sale has a history of its own",
    "pos.take_advance": "an advance's voucher is a record of its own",
    "pos.take_lease": "a till takes numbers ahead; nothing of the shift changes",
}
"""Commands that name a document and change another record."""
OF_THE_SALE = {"pos.post_return", "pos.post_exchange"}
"""Of these the shift is told nothing, and the sale is."""
REFUSED_HERE = {
    "billing.cancel_invoice", "einvoicing.send_way_bill", "gateways.request_payment", "gateways.send_link",
}  # fmt: skip
"""Their example is about another id, or is refused in this shop; their own tests look at their events."""
DOMAINS = {
    "/organisation/branches/[branch_id]": "organisation",
    "/settings/webhooks/[endpoint_id]": "automation",
}


def _about() -> list[tuple[str, str, str]]:
    """Return each command about a document of its own domain: the page, the command, and the field with its id."""
    found = []
    for declared in routing._DECLARED:
        route = declared.screen.route
        if route not in RECORDS or route in TELLS_OTHERWISE:
            continue
        field = route.rpartition("[")[2].removesuffix("]")
        domain = DOMAINS.get(route, declared.screen.permission.partition(".")[0])
        found += [
            (route, action.name, field)
            for action in platform.list_actions()
            if action.kind == "command"
            and action.domain == domain
            and field in set(id_fields(action.input_model))
        ]
    return sorted(found)


ABOUT = _about()
TOLD = [
    one
    for one in ABOUT
    if one[1] not in REFUSED_HERE
    and (one[1] not in OF_ITS_OWN or (one[1] in OF_THE_SALE and one[2] == "sale_id"))
]


def _events(session: db.UnitOfWork, record_id: str) -> int:
    told = "select id from event where aggregate_id = %s"
    return len(db.fetch_all(session, told, (record_id,)))


@pytest.fixture(scope="module")
def owned(environment):
    """A shop with one of everything, seen by its owner."""
    assert environment
    made = make_shop("told")
    shop = replace(made, ctx=replace(made.ctx, user_id=made.user_ids["owner"]))
    return shop, belongings(shop)


@pytest.mark.parametrize(("route", "command", "field"), TOLD)
def test_what_is_done_to_a_document_is_told_on_its_page(owned, route, command, field):
    shop, ids = owned
    action, given = platform.get_action(command), dict(EXAMPLES[command](ids, shop))
    ctx = replace(shop.ctx, now=utc_now())
    with db.unit_of_work(ctx) as session:
        before = _events(session, get(given, field))
        key = {"idempotency_key": "told-on-its-page"}
        action.guarded(session, ctx, action.input_model.model_validate(key | given))
        after = _events(session, get(given, field))
        session.rollback()
    assert after > before, f"{command} leaves no event under {field} for {route}"


def test_nothing_is_excused_that_is_gone():
    assert {name for _, name, _ in ABOUT} >= OF_ITS_OWN.keys() | REFUSED_HERE
