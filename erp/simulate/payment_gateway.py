"""A payment provider on a port of this machine that speaks as Razorpay and as Stripe do, and also lies and forgets.

Whoever fills `faults` decides what goes wrong with the next calls that change something, one after the other. Its
events are made, signed, by `event`; whoever carries them decides how often, how late and in which order.
"""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from erp.simulate import background
from erp.simulate.payment_books import Fault, PaymentBooks
from erp.simulate.payment_faces import RazorpayFace, Refusal, StripeFace

CHANGING: Final = frozenset({"POST"})


class SimulatedGateway:
    """A provider with books of its own.

    Args:
        port: 0 chooses a free one.
        secrets: Key secrets that it knows; any is let in where none are named.
    """

    def __init__(self, port: int = 0, secrets: frozenset[str] = frozenset()) -> None:
        self.books = PaymentBooks()
        self.faults: deque[Fault] = deque()
        self.secrets = secrets
        self._guard = threading.Lock()
        self._faces = (RazorpayFace(self.books), StripeFace(self.books))
        self.server = ThreadingHTTPServer(("127.0.0.1", port), _handler_of(self))
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def start(self) -> None:
        """Answer from now on, in threads of its own."""
        background.begin(self.server)

    def stop(self) -> None:
        """Answer no more."""
        background.end(self.server)

    def answer(self, method: str, target: str, headers: dict[str, str], body: str) -> Any:  # noqa: ANN401  JSON
        """Return the answer to a call, or a fault that leaves it out.

        Raises:
            Refusal: The provider says no.
        """
        parts = urlsplit(target)
        if parts.path.startswith("/pay/"):
            return self._opened(parts.path.removeprefix("/pay/"))
        query = dict(parse_qsl(parts.query))
        is_razorpay = headers.get("authorization", "").startswith("Basic ")
        face = self._faces[0 if is_razorpay else 1]
        with self._guard:
            self.books.calls.append(f"{method} {parts.path}")
            if self.secrets and _secret_of(headers) not in self.secrets:
                raise Refusal("Authentication failed", 401)
            fault = self.faults.popleft() if method in CHANGING and self.faults else None
            if fault in {Fault.AWAY, Fault.ERROR}:
                return fault
            if fault is Fault.REFUSED:
                raise Refusal("The amount is above what this account may take.")
            given = json.loads(body) if is_razorpay and body else dict(parse_qsl(body))
            made = face.answer(method, parts.path.removeprefix("/v1"), query, given)
        if fault is Fault.DONE_UNSAID:
            return fault
        if fault is Fault.OTHER_LINK:
            text = json.dumps(made).replace("PL-", "PX-")
            return json.loads(text)
        return made

    def _opened(self, link_id: str) -> dict[str, str]:
        """Pay a link that somebody opened, once."""
        with self._guard:
            link = self.books.links.get(link_id)
            if link is None or link.status != "open":
                raise Refusal("This link is not open.")
            return {"paid": self.books.pay(link_id).id}

    def event(
        self, provider: str, secret: str, kind: str, about: str, event_id: str
    ) -> tuple[dict[str, str], bytes]:
        """Return headers and body of a signed event about a payment, refund, link or settlement."""
        with self._guard:
            face = self._faces[0 if provider == "razorpay" else 1]
            body = json.dumps(face.event(kind, about, event_id)).encode()
        return sign_event(provider, secret, body, event_id), body


def sign_event(provider: str, secret: str, body: bytes, event_id: str) -> dict[str, str]:
    """Return the headers that sign a body as a provider does."""
    if provider == "razorpay":
        mac = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        signed = {"x-razorpay-signature": mac, "x-razorpay-event-id": event_id}
        return signed | {"content-type": "application/json"}
    at = int(time.time())
    mac = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return {"stripe-signature": f"t={at},v1={mac}", "content-type": "application/json"}


def _secret_of(headers: dict[str, str]) -> str:
    kind, _, given = headers.get("authorization", "").partition(" ")
    if kind == "Basic":
        return base64.b64decode(given).decode().partition(":")[2]
    return given


def _handler_of(gateway: SimulatedGateway) -> type[BaseHTTPRequestHandler]:
    return type("Handler", (_Handler,), {"gateway": gateway})


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    gateway: SimulatedGateway

    def do_GET(self) -> None:
        """Answer a question."""
        self._answer()

    def do_POST(self) -> None:
        """Answer a wish."""
        self._answer()

    def log_message(self, *_args: object) -> None:
        """Say nothing."""

    def _answer(self) -> None:
        size = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(size).decode()
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            said = self.gateway.answer(self.command, self.path, headers, body)
        except Refusal as refusal:
            error = {"code": "BAD_REQUEST_ERROR", "description": str(refusal)}
            more = {"type": "invalid_request_error", "message": str(refusal)}
            self._send(refusal.status, json.dumps({"error": error | more}).encode())
            return
        if isinstance(said, Fault):
            self._fail(said)
            return
        self._send(200, json.dumps(said).encode())

    def _fail(self, fault: Fault) -> None:
        if fault is Fault.ERROR:
            self._send(503, b"<html>Down for maintenance</html>")
        self.close_connection = True

    def _send(self, status: int, content: bytes) -> None:
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
