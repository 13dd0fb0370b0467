"""The composition root: the interface, REST, the doors in front of both, and what runs along."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import reflex as rx
import structlog
from redis import RedisError
from reflex.event import EventSpec

from erp import pages
from erp.api.application import create_api
from erp.api.browser_sessions import IdentitySessions
from erp.api.gate import AsgiApp, SocketGate
from erp.api.page_door import PageDoor
from erp.api.response_headers import ResponseHeaders
from erp.components.overlay import connection_overlay
from erp.core.crossing import off_the_loop
from erp.core.errors import DomainError, NotSignedIn
from erp.core.telemetry import configure_logging
from erp.embedded.frontend import BUILT
from erp.services import identity
from erp.state import live
from erp.state.guard import EventGuard
from erp.state.redis_states import use_portable_locks

_log = structlog.get_logger()
_PAGES_AWAY = (
    "Pages have lost their memory for a moment (Redis is away). Try again shortly, and look first"
    " whether your last change is there."
)
_PAYLOAD_LOGGER = "reflex_base.event.processor.base_state_processor"


def _explain(exception: Exception) -> EventSpec:
    """Tell the person what a handler did not handle; only bugs are logged, without payloads."""
    if isinstance(exception, NotSignedIn):
        return rx.call_script("window.location.assign('/sign-in?ended=1')")
    if isinstance(exception, DomainError):
        return rx.toast.error(exception.message)
    if isinstance(exception, RedisError):
        _log.warning("page_state_away", error=type(exception).__name__)
        return rx.toast.error(_PAGES_AWAY)
    _log.error("event_failed", exc_info=exception)
    return rx.toast.error("Something went wrong on our side. Nothing was saved; please try again.")


def _report_browser_error(exception: Exception) -> None:
    _log.warning("browser_error", message=str(exception)[:2000])


def _doors(app: AsgiApp) -> AsgiApp:
    sessions = IdentitySessions()
    return ResponseHeaders(SocketGate(PageDoor(app, sessions, BUILT), sessions), BUILT)


@asynccontextmanager
async def _safe_database() -> AsyncIterator[None]:
    """Refuse to serve from a database that would not keep tenants apart."""
    await off_the_loop(identity.check_database)
    yield


def _create() -> rx.App:
    configure_logging()
    logging.getLogger(_PAYLOAD_LOGGER).setLevel(logging.ERROR)
    created = rx.App(
        api_transformer=(create_api(), _doors),
        stylesheets=["/app.css", "/till.css", "/stock.css", "/imaging.css", "/bank.css"],
        head_components=[
            rx.el.link(rel="icon", href="/favicon.svg", type="image/svg+xml"),
            rx.el.meta(name="color-scheme", content="light dark"),
            rx.script(src="/first-paint.js"),
            rx.script(src="/form-focus.js"),
        ],
        html_lang="en",
        backend_exception_handler=_explain,
        frontend_exception_handler=_report_browser_error,
    )
    use_portable_locks(created)
    created.app_wraps[(5, "Overlay")] = lambda stateful: connection_overlay() if stateful else None
    created.add_middleware(EventGuard())
    created.register_lifespan_task(_safe_database)
    created.register_lifespan_task(live.subscription)
    pages.register(created)
    return created


app = _create()
