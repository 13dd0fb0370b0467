"""The guard alone: whatever Reflex would call, only what the registry names gets past it."""

import asyncio
from types import SimpleNamespace
from typing import ClassVar

import pytest
import reflex as rx
import structlog
from reflex.event import Event
from structlog.testing import capture_logs

from erp.core.context import ANY_PERMISSION
from erp.core.errors import NotSignedIn
from erp.state import guard, session
from erp.state import screens as screens_module
from erp.state.registry import PAGE, SIGNED_IN, handler


class HelperMixin(rx.State, mixin=True):
    """What several pages share."""

    permission: ClassVar[str] = ""

    @handler(permission=PAGE)
    async def of_the_page(self): ...


class GuardedDouble(HelperMixin, rx.State):
    """A page with handlers of every policy, and a public method somebody forgot."""

    permission: ClassVar[str] = "stock.look"

    @handler(permission="stock.move")
    async def move(self): ...

    @handler(permission=SIGNED_IN)
    async def close_dialog(self): ...

    @rx.event
    async def forgotten(self): ...

    async def helper_that_became_public(self): ...


class PageWithoutPermission(HelperMixin, rx.State):
    """A page that forgot to say what it needs."""


NAME = GuardedDouble.get_full_name()
CLOSED = [
    f"{NAME}.forgotten",
    f"{NAME}.helper_that_became_public",
    f"{NAME}.setvar",
    f"{PageWithoutPermission.get_full_name()}.of_the_page",
    "reflex___state____state.setvar",
    "reflex___state____state.reflex___state____update_vars_internal_state.update_vars_internal",
    "no.such.handler",
    "",
]


@pytest.fixture(autouse=True, scope="module")
def screens():
    own = {
        "/stock": screens_module.Screen("/stock", "Stock", SIGNED_IN),
        "/guarded/[id]": screens_module.Screen("/guarded/[id]", "Guarded", "stock.look"),
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(screens_module, "_SCREENS", own)
        yield


@pytest.fixture
def acting(monkeypatch):
    def become(*permissions):
        held = frozenset(permissions)
        may = lambda wanted: wanted in held or ANY_PERMISSION in held  # noqa: E731
        person = SimpleNamespace(permissions=held, may=may, tenant_id="T-1", user_id="U-1")
        monkeypatch.setattr(session, "signed_in", lambda _token: person)

    return become


def verdict(name, route="/stock"):
    headers = SimpleNamespace(cookie="")
    url = SimpleNamespace(path="/stock")
    state = SimpleNamespace(router=SimpleNamespace(headers=headers, url=url, route_id=route))
    event = Event(name=name, payload={})
    return asyncio.run(guard.EventGuard().preprocess(None, state, event))


@pytest.mark.parametrize("name", CLOSED)
def test_what_has_no_policy_is_stopped_even_for_an_owner(environment, acting, name):
    assert environment
    acting(ANY_PERMISSION)
    stopped = verdict(name)
    assert stopped is not None
    assert not stopped.events


@pytest.mark.parametrize(
    ("held", "name", "passes"),
    [
        ("stock.move", "move", True),
        ("stock.look", "move", False),
        ("stock.look", "of_the_page", True),
        ("stock.move", "of_the_page", False),
        ("nothing", "close_dialog", True),
        (ANY_PERMISSION, "move", True),
    ],
)
def test_a_handler_starts_only_with_its_permission(environment, acting, held, name, passes):
    assert environment
    acting(held)
    assert (verdict(f"{NAME}.{name}") is None) is passes


@pytest.mark.parametrize(("route", "is_told"), [("/stock", True), ("/guarded/[id]", False)])
def test_a_refusal_is_told_unless_the_page_itself_is_closed(environment, acting, route, is_told):
    """The shell leads away from such a page; a message would only puzzle."""
    assert environment
    acting("nothing")
    assert bool(verdict(f"{NAME}.move", route).events) is is_told


def test_without_a_session_everything_leads_to_the_sign_in_form(environment, monkeypatch):
    assert environment

    def ended(_token):
        raise NotSignedIn("Gone.")

    monkeypatch.setattr(session, "signed_in", ended)
    stopped = verdict(f"{NAME}.close_dialog")
    assert "/sign-in?ended=1&next=%2Fstock" in str(stopped.events)


def test_what_is_logged_of_an_event_names_its_handler_tenant_and_person(environment, acting):
    assert environment
    acting("nothing")
    with capture_logs([structlog.contextvars.merge_contextvars]) as logged:
        verdict(f"{NAME}.move")
        verdict("no.such.handler")
    forbidden, denied = logged
    assert (
        forbidden.items()
        >= {
            "event": "event_forbidden",
            "handler": f"{NAME}.move",
            "tenant_id": "T-1",
            "user_id": "U-1",
        }.items()
    )
    assert denied["handler"] == "no.such.handler"
    assert "tenant_id" not in denied
