"""Which event handlers may be called, and by whom: deny by default.

Every public function of a Reflex state can be called by name by whoever holds a socket.
`handler` marks the ones that are meant to be, with the permission they need; the event guard
refuses all others. A permission here only decides whether the handler starts: the command it
runs checks again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar, cast

import reflex as rx
from reflex_base.registry import RegistrationContext

SIGNED_IN: Final = "signed in"
"""Policy of handlers that any signed-in user may call, such as closing a dialog."""

PAGE: Final = "of the page"
"""Policy of mixin handlers: the state class that uses the mixin says `permission = "..."`."""

_POLICY = "__erp_permission__"
_FRAMEWORK: Final = frozenset(
    {
        "reflex___state____state.hydrate",
        "reflex___state____state.hydrate_and_load",
        "reflex___state____state.set_is_hydrated",
        "reflex___state____state.reflex___state____on_load_internal_state.on_load_internal",
        "reflex___state____state.reflex___state____on_load_internal_state.set_is_hydrated",
        (
            "reflex___state____state.reflex___state____frontend_event_exception_state"
            ".handle_frontend_exception"
        ),
    }
)
"""What Reflex's own browser code sends: it shows the caller their own tab and changes no data."""

Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Policy:
    """What a caller of one event handler needs.

    Attributes:
        permission: A permission of the actor's roles; `SIGNED_IN` for none in particular.
    """

    permission: str


def handler(*, permission: str, **options: Any) -> Callable[[Function], Function]:
    """Make a state method an event handler that needs a permission.

    Args:
        permission: Such as `inventory.read`; or `SIGNED_IN`; or `PAGE` in a mixin.
        options: What `rx.event` takes: `background`, `supersedes`, `debounce`, `throttle` ...
    """

    def decorate(function: Function) -> Function:
        setattr(function, _POLICY, permission)
        return cast("Function", rx.event(**options)(function) if options else rx.event(function))

    return decorate


def policy_of(event_name: str) -> Policy | None:
    """Return the policy of an event by its full name; none where it must be refused."""
    if event_name in _FRAMEWORK:
        return Policy(SIGNED_IN)
    registered = RegistrationContext.get().event_handlers.get(event_name)
    if registered is None or event_name.endswith(".setvar"):
        return None
    permission = getattr(registered.handler.fn, _POLICY, None)
    if permission == PAGE:
        permission = getattr(registered.states[0], "permission", None)
    return Policy(permission) if isinstance(permission, str) and permission else None
