"""A provider of messages to phones over HTTP that keeps its own books and lies when it is told to."""

import hmac
import json
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from erp.simulate import background

KEY = "sms-key"
RECEIPT_SECRET = "receipt-secret"


class PhoneProvider:
    """What the provider has sent, by our reference, and how it answers next.

    Attributes:
        sent: Messages that reached a phone.
        lies: What the next answers to a message are: `lost` takes it and answers 500, `other` names another
            message, `nothing` takes it and answers no JSON, or a number, which is answered without taking it.
    """

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.lies: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"
        background.begin(self._server)

    def stop(self) -> None:
        background.end(self._server)

    def receipt(self, status: str, at: int = -1, **more: str) -> tuple[bytes, str]:
        """Return what it tells of a message, and its signature over exactly these bytes."""
        told = {"reference": self.sent[at]["reference"], "id": "SM1", "status": status} | more
        body = json.dumps(told).encode()
        return body, hmac.new(RECEIPT_SECRET.encode(), body, sha256).hexdigest()

    def known(self, reference: str) -> dict[str, Any] | None:
        return next((one for one in self.sent if one["reference"] == reference), None)

    def take(self, told: dict[str, Any]) -> tuple[int, str]:
        lie = self.lies.pop(0) if self.lies else ""
        if lie.isdigit():
            return int(lie), json.dumps({"reason": "No such template"})
        if self.known(told["reference"]) is not None:
            return 409, json.dumps({"reason": "Known already"})
        self.sent.append(told)
        if lie == "lost":
            return 500, "upstream"
        if lie == "nothing":
            return 200, "<html>"
        reference = "another" if lie == "other" else told["reference"]
        return 202, json.dumps({"id": f"SM{len(self.sent)}", "reference": reference})

    def find(self, reference: str) -> tuple[int, str]:
        known = self.known(reference)
        if known is None:
            return 404, "{}"
        answer = {"id": f"SM{self.sent.index(known) + 1}", "reference": reference}
        return 200, json.dumps(answer)


def _handler_of(provider: PhoneProvider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told = json.loads(self.rfile.read(int(self.headers["content-length"])))
            self._say(*(provider.take(told) if self._is_ours() else (401, "{}")))

        def do_GET(self) -> None:
            reference = self.path.rpartition("/")[2]
            self._say(*(provider.find(reference) if self._is_ours() else (401, "{}")))

        def _is_ours(self) -> bool:
            return self.headers["authorization"] == f"Bearer {KEY}"

        def _say(self, status: int, text: str) -> None:
            self.send_response(status)
            self.send_header("content-length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_arguments: object) -> None:
            """Say nothing on the screen."""

    return Handler
