"""Every state class of the product, walked: nothing callable without a policy, nothing public
that must not be, and no binary fraction on its way to a browser."""

import inspect
import typing
from collections import Counter
from decimal import Decimal

import pytest
from reflex.istate.storage import ClientStorageBase
from reflex.state import BaseState, State
from reflex_base.registry import RegistrationContext

from erp import erp
from erp.services import platform
from erp.state.listing import ListState
from erp.state.registry import SIGNED_IN, policy_of
from erp.state.screens import list_screens
from erp.state.submitting import FormState

assert erp.app, "importing the composition root registers every page and state"

SECRET_WORDS = ("password", "secret", "token", "pin_hash", "permission", "session_id", "cookie")
REFUSED_OF_THE_FRAMEWORK = {"setvar", "update_vars_internal"}
SETTERS_OF_THE_FRAMEWORK = {
    "reflex___state____state.set_is_hydrated",
    "reflex___state____state.reflex___state____on_load_internal_state.set_is_hydrated",
}


def our_states():
    waiting: list[type[BaseState]] = [State]
    found: list[type[BaseState]] = []
    while waiting:
        state = waiting.pop()
        waiting += state.get_substates()
        if state.__module__.startswith("erp."):
            found.append(state)
    return sorted(found, key=lambda state: state.get_full_name())


def handlers():
    """Return the handlers of the product and of Reflex; other tests may define doubles."""
    known = RegistrationContext.get().event_handlers
    return {n: h for n, h in known.items() if not h.states[0].__module__.startswith("tests.")}


def test_there_is_something_to_walk():
    assert len(our_states()) >= 3
    assert len(handlers()) > 20


def test_every_handler_has_a_policy_or_is_refused():
    bare = [
        name
        for name in handlers()
        if policy_of(name) is None and name.rpartition(".")[2] not in REFUSED_OF_THE_FRAMEWORK
    ]
    assert bare == []


def test_setvar_and_browser_storage_are_refused_on_every_state():
    closed = [n for n in handlers() if n.rpartition(".")[2] in REFUSED_OF_THE_FRAMEWORK]
    assert len(closed) > len(our_states())
    assert [name for name in closed if policy_of(name) is not None] == []


def test_no_handler_is_a_setter():
    setters = {name for name in handlers() if name.rpartition(".")[2].startswith("set_")}
    assert setters <= SETTERS_OF_THE_FRAMEWORK


def test_every_permission_is_one_that_some_action_needs():
    known = {action.permission for action in platform.list_actions()} | {SIGNED_IN}
    policies = {name: policy_of(name) for name in handlers()}
    wrong = {n: p.permission for n, p in policies.items() if p and p.permission not in known}
    assert wrong == {}


def test_every_screen_names_a_permission_that_exists():
    known = {action.permission for action in platform.list_actions()} | {SIGNED_IN}
    assert [s.route for s in list_screens() if s.permission not in known] == []


def mentioned_types(hint):
    yield hint
    for part in typing.get_args(hint):
        yield from mentioned_types(part)


@pytest.mark.parametrize("state", our_states(), ids=lambda s: s.__name__)
def test_no_public_var_holds_a_binary_fraction_or_a_secret(state):
    for name, var in {**state.base_vars, **state.computed_vars}.items():
        kinds = set(mentioned_types(var._var_type))
        assert not kinds & {float, Decimal}, f"{state.__name__}.{name} must be text"
        assert not any(word in name for word in SECRET_WORDS), f"{state.__name__}.{name}"


@pytest.mark.parametrize("state", our_states(), ids=lambda s: s.__name__)
def test_no_var_is_kept_in_the_browser(state):
    stored = [n for n, v in state.get_fields().items() if isinstance(v.default, ClientStorageBase)]
    assert stored == []


@pytest.mark.parametrize("state", our_states(), ids=lambda s: s.__name__)
def test_handlers_never_block_the_event_loop(state):
    for name, handler in state.event_handlers.items():
        if handler.state is state and name != "setvar":
            is_async = inspect.iscoroutinefunction(handler.fn) or inspect.isasyncgenfunction(
                handler.fn
            )
            assert is_async, f"{state.__name__}.{name} must be async"


@pytest.mark.parametrize("state", our_states(), ids=lambda s: s.__name__)
def test_settings_are_class_variables(state):
    settings = {"permission", "query", "columns", "row_link", "filter_keys", "topics", "command"}
    assert settings & set(state.vars) == set(), "write ClassVar, or Reflex takes it for a var"


MAIN_LISTS = {
    "accounting.list_entries", "assets.list_assets", "billing.list_bills", "billing.list_invoices",
    "billing.list_returns", "catalog.list_products", "expenses.list_claims",
    "identity.list_members", "identity.list_tokens", "imaging.list_orders",
    "inventory.list_counts", "inventory.list_dispensings", "inventory.list_expiring",
    "inventory.list_receipts", "inventory.list_transfers", "inventory.stock_by_lot",
    "einvoicing.list_einvoices", "einvoicing.list_way_bills", "inventory.list_checks",
    "inventory.list_quarantine", "purchasing.list_requests", "purchasing.list_requisitions",
    "service_advances.list_advances", "messaging.list_messages", "party.list_parties", "payments.list_payments",
    "platform.list_audit", "pos.list_sales", "pos.list_shifts", "purchasing.list_orders",
    "purchasing.supplier_scorecard", "sales.list_orders", "sales.list_coupons", "sales.list_price_lists",
    "gateways.list_links", "gateways.list_settlements", "gateways.list_exceptions",
    "billing.list_claims", "imaging.list_studies", "imaging.list_held", "inventory.list_ageing",
    "inventory.list_idle", "inventory.list_suggestions", "payments.age_items",
    "pos.list_advances", "pos.list_open_advances", "laboratory.list_reports", "interest.list_notes",
    "pos.list_approvals", "pos.list_offline_sales", "pos.list_prescriptions",
}  # fmt: skip
"""Lists that people sort; each has a head that does."""


def sorts_of(input_model):
    """Return what a query's `sort` may be; the empty text where it does not sort."""
    schema = input_model.model_json_schema()["properties"].get("sort", {})
    return schema.get("enum", [""])


LISTS = [state for state in our_states() if issubclass(state, ListState)]
FORMS = [state for state in our_states() if issubclass(state, FormState)]


@pytest.mark.parametrize("state", LISTS, ids=lambda s: s.__name__)
def test_every_list_names_an_existing_query_that_takes_its_filters(state):
    action = platform.get_action(state.query)
    fields = set(action.input_model.model_fields)
    assert action.kind == "query"
    assert set(state.filter_keys) <= fields
    assert {c.sort for c in state.columns} <= set(sorts_of(action.input_model))
    row = typing.get_args(action.result_model.model_fields["rows"].annotation)[0]
    shown = {c.key for c in state.columns} | {c.detail for c in state.columns if c.detail}
    assert shown <= set(row.model_fields) | set(row.model_computed_fields)


def test_no_two_lists_share_their_kept_views():
    """One would drop filters of the other, and show more than the view's name says."""
    names = Counter(state.views_of or state.query for state in LISTS if state.query)
    assert [name for name, count in names.items() if count > 1] == []


def test_every_list_has_a_name_that_views_are_kept_under():
    for name in {state.views_of or state.query for state in LISTS if state.query}:
        platform.ViewsOf(screen=name)


@pytest.mark.parametrize("query", sorted(MAIN_LISTS))
def test_every_main_list_sorts_by_its_heads(query):
    pages = [state for state in LISTS if state.query == query]
    assert pages
    assert all(any(column.sort for column in state.columns) for state in pages)


@pytest.mark.parametrize("state", FORMS, ids=lambda s: s.__name__)
def test_every_form_names_an_existing_command(state):
    assert platform.get_action(state.command).kind == "command"
