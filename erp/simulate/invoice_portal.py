"""A portal of e-invoices and way bills with books of its own, which also lies, stalls and forgets to answer.

Whoever fills `faults` decides what goes wrong with the next calls that change something, one after the other.
"""

import json
import secrets
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from erp.simulate import background

INDIA: Final = ZoneInfo("Asia/Kolkata")
TOKEN_HOURS: Final = 6
CANCEL_HOURS: Final = 24
ROUNDING: Final = 1.0


class Fault(StrEnum):
    """What goes wrong with a call."""

    DONE_UNSAID = "done_unsaid"
    """It is done, and the connection ends without a word."""
    AWAY = "away"
    """The connection ends before anything is done."""
    ERROR = "error"
    """HTTP 503 with a page of HTML."""
    FLIPPED = "flipped"
    """It is done; one letter of the signed code's signature is another."""
    WRONG_REFERENCE = "wrong_reference"
    """It is done; the answer is about another document."""
    EXPIRED = "expired"
    """The token is no longer known."""
    REFUSED = "refused"
    """An error of the portal's list, with words."""
    STALLED = "stalled"
    """It is done; the answer waits until `let_go` is set."""
    BLIND = "blind"
    """The next look-up is refused, with an error that says nothing of the document."""


class Refusal(Exception):
    """The portal says no."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


@dataclass(slots=True)
class Books:
    """What the portal knows.

    Attributes:
        documents: Answers by type, number and day's financial year. way_bills: Answers by number.
    """

    tokens: set[str] = field(default_factory=set)
    documents: dict[tuple[str, str, str], dict[str, Any]] = field(default_factory=dict)
    payloads: list[dict[str, Any]] = field(default_factory=list)
    way_bills: dict[str, dict[str, Any]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)


class SimulatedPortal:
    """A portal on a port of this machine.

    Args:
        port: 0 chooses a free one.
        users: Password by user name; anybody is let in where none are named.
    """

    def __init__(self, port: int = 0, users: dict[str, str] | None = None) -> None:
        self.books = Books()
        self.faults: deque[Fault] = deque()
        self.let_go = threading.Event()
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)
        self._users = users or {}
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._guard = threading.Lock()
        self.server = ThreadingHTTPServer(("127.0.0.1", port), _handler_of(self))
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def public_key(self) -> bytes:
        """Return the key that its answers are checked with, as PEM."""
        return self._key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def start(self) -> None:
        """Answer from now on, in threads of its own."""
        background.begin(self.server)

    def stop(self) -> None:
        """Answer no more."""
        self.let_go.set()
        background.end(self.server)

    def answer(self, path: str, headers: dict[str, str], query: dict[str, str], body: str) -> Any:  # noqa: ANN401  JSON
        """Return the answer to a call, or a fault that leaves it out.

        Raises:
            Refusal: The portal says no.
        """
        with self._guard:
            self.books.calls.append(path)
            if path.endswith("/auth"):
                return self._sign_in(json.loads(body))
            if headers.get("authtoken") not in self.books.tokens:
                raise Refusal("1005", "Invalid Token")
            if path.endswith("/irnbydocdetails"):
                return self._find(query)
            if path.endswith("GetEwayBillGeneratedByConsigner"):
                return self._find_way_bill(query)
            fault = self.faults.popleft() if self.faults else None
            if fault in {Fault.AWAY, Fault.ERROR}:
                return fault
            if fault is Fault.EXPIRED:
                self.books.tokens.clear()
                raise Refusal("1005", "Invalid Token")
            if fault is Fault.REFUSED:
                raise Refusal(
                    "3039", "The recipient's PIN code does not belong to the state in BuyerDtls."
                )
            made = self._act(path, headers, json.loads(body))
        return self._spoilt(made, fault)

    def _act(self, path: str, headers: dict[str, str], told: dict[str, Any]) -> dict[str, Any]:
        if path.endswith("/Invoice"):
            return self._register(headers, told)
        if path.endswith("/Cancel"):
            return self._cancel(told)
        action = told["action"]
        acts = {
            "GENEWAYBILL": self._way_bill,
            "VEHEWB": self._vehicle,
            "CANEWB": self._cancel_way_bill,
        }
        return acts[action](told["data"])

    def _spoilt(self, made: dict[str, Any], fault: Fault | None) -> Any:  # noqa: ANN401  JSON, or the fault
        if fault is Fault.DONE_UNSAID:
            return fault
        if fault is Fault.STALLED:
            self.let_go.wait(30)
            return fault
        if fault is Fault.FLIPPED:
            head, _, signature = made["SignedQRCode"].rpartition(".")
            other = "A" if signature[10] != "A" else "B"
            return made | {"SignedQRCode": f"{head}.{signature[:10]}{other}{signature[11:]}"}
        if fault is Fault.WRONG_REFERENCE:
            return made | {"Irn": sha256(b"another").hexdigest()}
        return made

    def _sign_in(self, told: dict[str, Any]) -> dict[str, Any]:
        if self._users and self._users.get(told["UserName"]) != told["Password"]:
            raise Refusal("1004", "Invalid user name or password")
        token = secrets.token_hex(16)
        self.books.tokens.add(token)
        return {"AuthToken": token, "TokenExpiry": self._now(hours=TOKEN_HOURS)}

    def _register(self, headers: dict[str, str], told: dict[str, Any]) -> dict[str, Any]:
        document = told["DocDtls"]
        if told["SellerDtls"]["Gstin"] != headers.get("gstin"):
            raise Refusal("2163", "SellerDtls.Gstin is not the GSTIN of the session")
        day = datetime.strptime(document["Dt"], "%d/%m/%Y").replace(tzinfo=INDIA)
        year = day.year if day.month >= 4 else day.year - 1  # noqa: PLR2004  April
        key = (document["Typ"], document["No"].upper(), f"{year}-{(year + 1) % 100:02d}")
        if key in self.books.documents:
            raise Refusal("2150", "Duplicate IRN")
        values = told["ValDtls"]
        total = sum(
            values[name] for name in ("AssVal", "CgstVal", "SgstVal", "IgstVal", "RndOffAmt")
        )
        if abs(total - values["TotInvVal"]) > ROUNDING:
            raise Refusal("2189", "Invalid total invoice value")
        irn = sha256(f"{told['SellerDtls']['Gstin']}{key[2]}{key[0]}{key[1]}".encode()).hexdigest()
        now = self._now()
        short = {
            "SellerGstin": told["SellerDtls"]["Gstin"],
            "BuyerGstin": told["BuyerDtls"]["Gstin"],
            "DocNo": key[1],
            "DocTyp": key[0],
            "DocDt": document["Dt"],
            "TotInvVal": values["TotInvVal"],
            "ItemCnt": len(told["ItemList"]),
            "MainHsnCode": max(told["ItemList"], key=lambda item: item["AssAmt"])["HsnCd"],
            "Irn": irn,
            "IrnDt": now,
        }
        made = {
            "AckNo": 112010000000000 + len(self.books.documents),
            "AckDt": now,
            "Irn": irn,
            "SignedInvoice": self._signed(told | {"Irn": irn}),
            "SignedQRCode": self._signed(short),
            "Status": "ACT",
        }
        self.books.documents[key] = made
        self.books.payloads.append(told)
        return made

    def _signed(self, content: dict[str, Any]) -> str:
        claims = {"data": json.dumps(content, separators=(",", ":")), "iss": "NIC"}
        return jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": "simulated"})

    def _find(self, query: dict[str, str]) -> dict[str, Any]:
        if self.faults and self.faults[0] is Fault.BLIND:
            self.faults.popleft()
            raise Refusal("3001", "Requested data is not available now")
        for (kind, number, _), made in self.books.documents.items():
            if (kind, number) == (query.get("doctype"), query.get("docnum", "").upper()):
                return made
        raise Refusal("2148", "Requested IRN data is not available")

    def _cancel(self, told: dict[str, Any]) -> dict[str, Any]:
        made = next(
            (one for one in self.books.documents.values() if one["Irn"] == told["Irn"]), None
        )
        if made is None:
            raise Refusal("2148", "Requested IRN data is not available")
        if made["Status"] == "CNL":
            raise Refusal("9999", "Invoice is not active")
        acknowledged = datetime.strptime(made["AckDt"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=INDIA)
        if self.clock() > acknowledged + timedelta(hours=CANCEL_HOURS):
            raise Refusal(
                "2270", "The allowed cancellation time limit is crossed, you cannot cancel the IRN"
            )
        made["Status"] = "CNL"
        return {"Irn": told["Irn"], "CancelDate": self._now()}

    def _way_bill(self, told: dict[str, Any]) -> dict[str, Any]:
        document = (told["docType"], told["docNo"])
        if any(
            one["document"] == document and one["live"] for one in self.books.way_bills.values()
        ):
            raise Refusal("604", "E-way bill already generated for this document")
        number = str(331000000000 + len(self.books.way_bills) + 1)
        days = -(-int(told["transDistance"]) // 200)
        made = {
            "ewayBillNo": int(number),
            "ewayBillDate": self._now(),
            "validUpto": self._now(hours=24 * days),
        }
        self.books.way_bills[number] = {
            "document": document,
            "live": True,
            "told": told,
            "made": made,
            "vehicles": [told.get("vehicleNo", "")],
        }
        return made

    def _find_way_bill(self, query: dict[str, str]) -> dict[str, Any]:
        document = (query.get("docType"), query.get("docNo"))
        known = [one for one in self.books.way_bills.values() if one["document"] == document]
        for one in sorted(known, key=lambda one: one["live"], reverse=True):
            status = "ACT" if one["live"] else "CNL"
            found: dict[str, Any] = one["made"]
            return found | {"status": status, "vehicleNo": one["told"].get("vehicleNo", "")}
        raise Refusal("325", "Could not retrieve data")

    def _vehicle(self, told: dict[str, Any]) -> dict[str, Any]:
        one = self._live(told)
        one["told"]["vehicleNo"] = told["vehicleNo"]
        one["vehicles"].append(told["vehicleNo"])
        return {"vehUpdDate": self._now(), "validUpto": one["made"]["validUpto"]}

    def _cancel_way_bill(self, told: dict[str, Any]) -> dict[str, Any]:
        self._live(told)["live"] = False
        return {"ewayBillNo": told["ewbNo"], "cancelDate": self._now()}

    def _live(self, told: dict[str, Any]) -> dict[str, Any]:
        one = self.books.way_bills.get(str(told["ewbNo"]))
        if one is None or not one["live"]:
            raise Refusal("301", "Invalid eway bill number")
        return one

    def _now(self, hours: int = 0) -> str:
        then = self.clock() + timedelta(hours=hours)
        return f"{then.astimezone(INDIA):%Y-%m-%d %H:%M:%S}"


def _handler_of(simulated: SimulatedPortal) -> type[BaseHTTPRequestHandler]:
    class Handler(_Handler):
        portal = simulated

    return Handler


class _Handler(BaseHTTPRequestHandler):
    portal: SimulatedPortal

    def do_POST(self) -> None:
        self._take(self.rfile.read(int(self.headers.get("content-length", 0))).decode())

    def do_GET(self) -> None:
        self._take("")

    def _take(self, body: str) -> None:
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            made = self.portal.answer(parts.path, headers, dict(parse_qsl(parts.query)), body)
        except Refusal as refusal:
            error = {"ErrorCode": refusal.code, "ErrorMessage": refusal.message}
            self._say(200, json.dumps({"Status": 0, "ErrorDetails": [error]}))
            return
        if made is Fault.ERROR:
            self._say(503, "<html>Service unavailable</html>")
        elif isinstance(made, Fault):
            self.close_connection = True
        else:
            self._say(200, json.dumps({"Status": 1, "Data": made}))

    def _say(self, status: int, text: str) -> None:
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""
