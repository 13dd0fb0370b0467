"""The guard that every event passes: known handler, live session, permission."""

from urllib.parse import quote

import reflex as rx
import structlog
from reflex.event import Event
from reflex.state import BaseState, StateUpdate

from erp.core import browser_session
from erp.core.crossing import off_the_loop
from erp.core.errors import NotSignedIn
from erp.services import identity
from erp.state import session
from erp.state.registry import SIGNED_IN, policy_of
from erp.state.screens import get_screen
from erp.state.shell import is_open_to

_log = structlog.get_logger()


class EventGuard(rx.Middleware):
    """Stops every event that its caller may not send, before any handler runs.

    What is logged while an event is handled names its handler, tenant and person.
    It runs for chained, background and framework events too. The session is looked up again
    for each event, so a revoked one acts no more.
    """

    async def preprocess(self, app: rx.App, state: BaseState, event: Event) -> StateUpdate | None:  # noqa: ARG002  Reflex's signature
        """Return an update, which stops the event, unless it may run."""
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(handler=event.name[:200])
        policy = policy_of(event.name)
        if policy is None:
            _log.warning("event_denied")
            return StateUpdate()
        token = browser_session.token_behind(state.router.headers.cookie)
        try:
            principal = await off_the_loop(session.signed_in, token)
        except NotSignedIn:
            return _sent_to_sign_in(state)
        ids = {"tenant_id": str(principal.tenant_id), "user_id": str(principal.user_id)}
        structlog.contextvars.bind_contextvars(**ids)
        if policy.permission != SIGNED_IN and not principal.may(policy.permission):
            _log.warning("event_forbidden", permission=policy.permission)
            return _refused(state, principal)
        return None


def _refused(state: BaseState, principal: identity.Principal) -> StateUpdate:
    """Say why nothing happens, except on a page the shell is leading away from."""
    screen = get_screen(state.router.route_id)
    if screen is not None and not is_open_to(principal, screen):
        return StateUpdate()
    return _told("You may not do this. Ask an owner for the permission.")


def _sent_to_sign_in(state: BaseState) -> StateUpdate:
    path = browser_session.safe_path(str(state.router.url.path))
    leave = rx.call_script(
        f"window.location.assign('/sign-in?ended=1&next={quote(path, safe='')}')"
    )
    return StateUpdate(events=Event.from_event_type(leave))


def _told(message: str) -> StateUpdate:
    return StateUpdate(events=Event.from_event_type(rx.toast.error(message, id="forbidden")))
