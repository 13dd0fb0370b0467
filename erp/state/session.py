"""The only bridge from the browser's state to the services.

`SessionState` is a mixin of every page state. Its methods resolve who is acting from the
socket's session each time, then run one command, query or service function in the thread pool.
Nothing about the actor is kept in state: state may be lost, taken over or stale; the session
table may not.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID

import reflex as rx
from pydantic import BaseModel

from erp.core import browser_session
from erp.core.context import RequestContext
from erp.core.crossing import off_the_loop
from erp.core.errors import NotSignedIn
from erp.core.ids import new_id
from erp.services import identity, platform
from erp.state.explaining import errors_by_field

__all__ = ["Payload", "SessionState", "as_uuid", "errors_by_field", "new_form_key", "signed_in"]

P = ParamSpec("P")
T = TypeVar("T")
Payload = Mapping[str, Any] | BaseModel


class SessionState(rx.State, mixin=True):
    """Lets a page state act for the signed-in user. Use as `class X(SessionState, rx.State)`."""

    async def _run(self, command: str, payload: Payload, *, confirm: Sequence[str] = ()) -> Any:
        """Run a command in its own transaction and return its result model.

        Raises:
            ValidationError: A value has the wrong shape; see `erp.state.explaining`.
            ConfirmationRequired: A person may override by repeating with `confirm`.
            DomainError: The command was refused; nothing changed.
        """
        answer = await self._call(lambda ctx: platform.run(command, ctx, payload, confirm=confirm))
        return answer.result

    async def _preview(self, command: str, payload: Payload) -> platform.Preview:
        """Return what a command would answer and do; nothing is changed."""
        return await self._call(lambda ctx: platform.preview(command, ctx, payload))

    async def _ask(self, query: str, payload: Payload | None = None) -> Any:
        """Run a query and return its result model.

        Raises:
            ValidationError: A parameter has the wrong shape.
            DomainError: The query was refused.
        """
        answer = await self._call(lambda ctx: platform.run(query, ctx, payload))
        return answer.result

    async def _call(
        self,
        function: Callable[Concatenate[RequestContext, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run one function that takes a context off the event loop, in one crossing.

        Raises:
            NotSignedIn: The session has ended or was revoked.
        """
        token = browser_session.token_behind(self.router.headers.cookie)
        address = self.router.session.client_ip

        def as_actor() -> T:
            return function(_acting(token, address), *args, **kwargs)

        return await off_the_loop(as_actor)

    async def _principal(self) -> identity.Principal:
        """Return who is signed in.

        Raises:
            NotSignedIn: The session has ended or was revoked.
        """
        token = browser_session.token_behind(self.router.headers.cookie)
        return await off_the_loop(signed_in, token)


def signed_in(token: str | None) -> identity.Principal:
    """Return the person behind a session token.

    Raises:
        NotSignedIn: There is no live session of that token.
    """
    principal = identity.resolve_session(token) if token else None
    if principal is None:
        raise NotSignedIn("Your session has ended. Sign in again.")
    return principal


def _acting(token: str | None, address: str) -> RequestContext:
    return identity.context_for(
        signed_in(token), source="ui", request_id=str(new_id()), ip_address=address or None
    )


def new_form_key() -> str:
    """Return the idempotency key of one opening of a form."""
    return str(new_id())


def as_uuid(text: str) -> UUID | None:
    """Read an id from a route or a payload; nothing where it is none."""
    try:
        return UUID(text)
    except (ValueError, AttributeError, TypeError):
        return None
