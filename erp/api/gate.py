"""The door in front of Reflex: who may open an event socket, and what may come through it.

Reflex authenticates nobody. Its event channel lets whoever holds a tab's token act in that
tab's state, and its upload route is public. This gate refuses both before Reflex sees them.

Source: the experiments recorded in `docs/adr/0012-event-gate.md`.
"""

import re
import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import parse_qs
from uuid import UUID

import structlog

from erp.core import browser_session
from erp.core.errors import Unavailable

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]

CLOSE_REFUSED = 4403
CLOSE_TOO_FAST = 4429
CLOSE_MALFORMED = 4400
DEEPEST_JSON = 32
LONGEST_FRAME = 262_144
_STRINGS = re.compile(r'"(?:[^"\\]|\\.)*"')
_log = structlog.get_logger()


class Sessions(Protocol):
    """What the gate needs to know of identity."""

    async def session_of(self, token: str) -> UUID | None:
        """Return the id of the live session behind a token."""

    async def bind_tab(self, session_id: UUID, client_token: str) -> bool:
        """Tie a tab to a session on first use; tell whether it is tied to this one."""


@dataclass
class Allowance:
    """A token bucket: `burst` messages at once, then `per_second`."""

    per_second: float = 25.0
    burst: float = 100.0
    left: float = 100.0
    seen_at: float = 0.0

    def take(self, now: float) -> bool:
        """Spend one message; false when the sender is too fast."""
        self.left = min(self.burst, self.left + (now - self.seen_at) * self.per_second)
        self.seen_at = now
        self.left -= 1
        return self.left >= 0


class SocketGate:
    """Lets an event socket through only for a signed-in browser on an allowed page.

    The Origin must be present and allowed, the HttpOnly cookie must be a live session, and the
    tab's token belongs to the session that used it first. Uploads and polling do not exist.
    """

    def __init__(
        self, app: AsgiApp, sessions: Sessions, allowance: Callable[[], Allowance] = Allowance
    ) -> None:
        self.app = app
        self.sessions = sessions
        self.allowance = allowance

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is allowed; refuse the rest without telling why."""
        path = scope.get("path", "")
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        elif scope["type"] == "http" and path.startswith("/_"):
            await _refuse_http(send)
        else:
            await self.app(scope, receive, send)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            reason, token = await self._judge(scope)
        except Unavailable:
            reason, token = "database", None
        if token is None:
            _log.warning("socket_refused", reason=reason, client=_client(scope))
            await receive()
            await send({"type": "websocket.close", "code": CLOSE_REFUSED})
            return
        reference = browser_session.open_socket(token)
        try:
            watched = _watched(receive, send, self.allowance())
            await self.app(_without_secrets(scope, reference), watched, send)
        finally:
            browser_session.close_socket(reference)

    async def _judge(self, scope: Scope) -> tuple[str, str | None]:
        """Return the session token of an acceptable handshake, or why there is none."""
        if scope.get("path", "").rstrip("/") != "/_event":
            return "path", None
        if _header(scope, b"origin") not in browser_session.allowed_origins():
            return "origin", None
        token = browser_session.token_in(_header(scope, b"cookie"))
        session_id = await self.sessions.session_of(token) if token else None
        if token is None or session_id is None:
            return "session", None
        tab = _tab(scope)
        if tab is None or not await self.sessions.bind_tab(session_id, tab):
            return "tab", None
        return "", token


def _tab(scope: Scope) -> str | None:
    tokens = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("token", [])
    try:
        is_canonical = len(tokens) == 1 and str(UUID(tokens[0])) == tokens[0]
    except ValueError:
        return None
    return tokens[0] if is_canonical else None


def _header(scope: Scope, name: bytes) -> str:
    values = [value for key, value in scope["headers"] if key == name]
    separator = b"; " if name == b"cookie" else b", "
    return separator.join(values).decode("latin-1")


def _client(scope: Scope) -> str:
    client = scope.get("client")
    return str(client[0]) if client else "unknown"


def _without_secrets(scope: Scope, reference: str) -> Scope:
    kept = [(k, v) for k, v in scope["headers"] if k not in {b"cookie", b"authorization"}]
    stand_in = (b"cookie", browser_session.substitute_cookie(reference).encode())
    return {**scope, "headers": [*kept, stand_in]}


def _watched(receive: Receive, send: Send, allowance: Allowance) -> Receive:
    """Close the socket of a sender that is too fast or sends what no page sends."""

    async def next_message() -> Message:
        message = await receive()
        if message["type"] != "websocket.receive":
            return message
        code = _fault(message, allowance)
        if code is None:
            return message
        _log.warning("socket_closed", code=code)
        await send({"type": "websocket.close", "code": code})
        return {"type": "websocket.disconnect", "code": code}

    return next_message


def _fault(message: Message, allowance: Allowance) -> int | None:
    if not allowance.take(time.monotonic()):
        return CLOSE_TOO_FAST
    text = message.get("text")
    if text is None or len(text) > LONGEST_FRAME or _is_too_deep(text):
        return CLOSE_MALFORMED
    return None


def _is_too_deep(text: str) -> bool:
    if text.count("[") + text.count("{") <= DEEPEST_JSON:
        return False
    depth = 0
    for mark in re.findall(r"[\[{\]}]", _STRINGS.sub("", text)):
        depth += 1 if mark in "[{" else -1
        if depth > DEEPEST_JSON:
            return True
    return False


async def _refuse_http(send: Send) -> None:
    headers = [(b"content-type", b"text/plain"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": b"Not available."})
