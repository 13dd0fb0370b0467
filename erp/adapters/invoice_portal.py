"""The portals of e-invoices and way bills over HTTP, as providers (GSPs) pass them on.

The one shape spoken here is the portals' own with plain JSON (the provider encrypts towards the portal): an answer is
`{"Status": 1, "Data": ...}` or `{"Status": 0, "ErrorDetails": [{"ErrorCode": ..., "ErrorMessage": ...}]}`; headers
`client_id`, `client_secret`, `Gstin`, `user_name`, `AuthToken`. A token is kept in this process until it ends.
"""

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import jwt
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from erp.adapters import outgoing_http
from erp.core.clock import utc_now
from erp.core.settings import Settings, get_settings
from erp.services.einvoicing.ports import (
    Call,
    Cancelled,
    InvoicePortal,
    PortalAway,
    PortalLied,
    PortalRefused,
    Registered,
    WayBillGiven,
)

AUTH: Final = "/eivital/v1.04/auth"
INVOICE: Final = "/eicore/v1.03/Invoice"
BY_DOCUMENT: Final = "/eicore/v1.03/Invoice/irnbydocdetails"
CANCEL: Final = "/eicore/v1.03/Invoice/Cancel"
WAY_BILL: Final = "/ewaybillapi/v1.03/ewayapi"
WAY_BILL_BY_DOCUMENT: Final = "/ewaybillapi/v1.03/ewayapi/GetEwayBillGeneratedByConsigner"
UNKNOWN: Final = frozenset({"2148", "2154", "325"})
"""Errors for a document or way bill that the portal does not know."""

UNKNOWN_TOKEN: Final = "1005"  # noqa: S105  an error's number
LARGEST_ANSWER: Final = 5_000_000
SERVER_ERROR: Final = 500
TOO_MANY: Final = 429
MARGIN: Final = timedelta(minutes=5)
"""A token is renewed so long before it ends."""

INDIA: Final = ZoneInfo("Asia/Kolkata")
_TIMES: Final = ("%Y-%m-%d %H:%M:%S", "%d/%m/%Y %I:%M:%S %p", "%d/%m/%Y %H:%M:%S")


@dataclass(slots=True)
class _Tokens:
    """Tokens of this process by address, registration and user, with when they end."""

    known: dict[tuple[str, str, str], tuple[str, datetime]] = field(default_factory=dict)
    guard: threading.Lock = field(default_factory=threading.Lock)


_tokens: Final = _Tokens()


def invoice_portal() -> InvoicePortal:
    """Return the portal that the operator set up; asked without one, it is away."""
    return HttpPortal(get_settings())


class HttpPortal:
    """One provider's address; see the module."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._url = settings.einvoice_url.rstrip("/")

    def register(self, gstin: str, payload: str) -> Registered:
        """Register a document."""
        data, call = self._ask("register", "POST", INVOICE, gstin, body=payload)
        return self._registered(data, call)

    def fetch(self, gstin: str, kind: str, number: str, issued_on: date) -> Registered | None:
        """Return the registration of a document that the portal may know; nothing if it does not."""
        named = {"doctype": kind, "docnum": number, "docdate": f"{issued_on:%d/%m/%Y}"}
        try:
            data, call = self._ask("fetch", "GET", BY_DOCUMENT, gstin, query=named)
        except PortalRefused as refused:
            if refused.code in UNKNOWN:
                return None
            raise
        return self._registered(data, call)

    def cancel(self, gstin: str, irn: str, code: str, remark: str) -> Cancelled:
        """Cancel a document."""
        body = json.dumps({"Irn": irn, "CnlRsn": code, "CnlRem": remark})
        data, call = self._ask("cancel", "POST", CANCEL, gstin, body=body)
        if data.get("Irn") != irn:
            raise PortalLied("The portal cancelled another document than it was asked.", call)
        return Cancelled(_instant(data.get("CancelDate")), call)

    def make_way_bill(self, gstin: str, payload: str) -> WayBillGiven:
        """Have a way bill made."""
        data, call = self._way_bill("generate", gstin, "GENEWAYBILL", json.loads(payload), payload)
        return _given(data, call)

    def find_way_bill(self, gstin: str, kind: str, number: str) -> WayBillGiven | None:
        """Return the way bill in force of a document that the portal may know; nothing if there is none."""
        named = {"docType": kind, "docNo": number}
        try:
            data, call = self._ask("fetch", "GET", WAY_BILL_BY_DOCUMENT, gstin, query=named)
        except PortalRefused as refused:
            if refused.code in UNKNOWN:
                return None
            raise
        return None if data.get("status") == "CNL" else _given(data, call)

    def change_vehicle(self, gstin: str, payload: str) -> WayBillGiven:
        """Tell the vehicle that carries on."""
        told = json.loads(payload)
        data, call = self._way_bill("vehicle", gstin, "VEHEWB", told, payload)
        return _given(data | {"ewayBillNo": told["ewbNo"]}, call)

    def cancel_way_bill(self, gstin: str, number: str, code: str, remark: str) -> Cancelled:
        """Cancel a way bill."""
        told = {"ewbNo": int(number), "cancelRsnCode": int(code), "cancelRmrk": remark}
        data, call = self._way_bill("cancel", gstin, "CANEWB", told, json.dumps(told))
        if str(data.get("ewayBillNo")) != number:
            raise PortalLied("The portal cancelled another way bill than it was asked.", call)
        return Cancelled(_instant(data.get("cancelDate")), call)

    def _way_bill(
        self, kind: str, gstin: str, action: str, told: object, text: str
    ) -> tuple[dict[str, Any], Call]:
        body = f'{{"action":{json.dumps(action)},"data":{text or json.dumps(told)}}}'
        return self._ask(kind, "POST", WAY_BILL, gstin, body=body)

    def _registered(self, data: Mapping[str, Any], call: Call) -> Registered:
        wrong = "The portal's answer is no registration."
        acknowledged = _instant(data.get("AckDt"))
        texts = {name: data.get(name) for name in ("Irn", "SignedInvoice", "SignedQRCode")}
        if acknowledged is None or not all(
            isinstance(text, str) and text for text in texts.values()
        ):
            raise PortalLied(wrong, call)
        for name in ("SignedInvoice", "SignedQRCode"):
            self._signed(str(texts[name]), call)
        return Registered(
            irn=str(texts["Irn"]),
            ack_no=str(data.get("AckNo", "")),
            ack_at=acknowledged,
            signed_invoice=str(texts["SignedInvoice"]),
            signed_qr=str(texts["SignedQRCode"]),
            content=self._signed(str(texts["SignedQRCode"]), call),
            is_cancelled=data.get("Status") == "CNL",
            call=call,
        )

    def _signed(self, text: str, call: Call) -> Mapping[str, Any]:
        """Return what a signed text says.

        Raises:
            PortalLied: None of the portal's keys signed it, or it says nothing.
        """
        for key in _public_keys(self._settings.einvoice_public_key):
            try:
                claims = jwt.decode(
                    text,
                    key,
                    algorithms=["RS256"],
                    options={"verify_aud": False, "verify_exp": False},
                )
                content = json.loads(claims["data"])
            except jwt.InvalidSignatureError:
                continue
            except (jwt.PyJWTError, KeyError, TypeError, ValueError):
                break
            if isinstance(content, dict):
                return content
        raise PortalLied(
            "The answer is not signed by the portal's key. Nothing of it is kept as registered.",
            call,
        )

    def _ask(
        self,
        kind: str,
        method: str,
        path: str,
        gstin: str,
        *,
        body: str = "",
        query: Mapping[str, str] | None = None,
    ) -> tuple[dict[str, Any], Call]:
        """Ask once, with a new token if the portal no longer knows ours; return the data and the call."""
        sent = body or json.dumps(query)
        try:
            return self._once(kind, method, path, gstin, sent, query)
        except PortalRefused as refused:
            if refused.code != UNKNOWN_TOKEN:
                raise
        self._forget_token(gstin)
        try:
            return self._once(kind, method, path, gstin, sent, query)
        except PortalRefused as refused:
            if refused.code != UNKNOWN_TOKEN:
                raise
            problem = "The portal knows the token no more that it gave a moment ago."
            raise PortalAway(problem, refused.call) from refused

    def _once(
        self,
        kind: str,
        method: str,
        path: str,
        gstin: str,
        sent: str,
        query: Mapping[str, str] | None,
    ) -> tuple[dict[str, Any], Call]:
        headers = self._headers(gstin) | {"AuthToken": self._token(gstin)}
        return self._exchange(kind, method, path, headers, sent, query)

    def _exchange(
        self,
        kind: str,
        method: str,
        path: str,
        headers: Mapping[str, str],
        sent: str,
        query: Mapping[str, str] | None = None,
    ) -> tuple[dict[str, Any], Call]:
        started = time.monotonic()
        status, text, problem = self._fetch_text(method, path, headers, sent, query)
        kept = "" if kind == "auth" else text
        call = Call(kind, sent, kept, round((time.monotonic() - started) * 1000))
        if problem:
            raise PortalAway(problem, call)
        answer = _parsed(text)
        if answer is None or "Status" not in answer or status >= SERVER_ERROR or status == TOO_MANY:
            raise PortalAway(
                f"The portal answered {status} with nothing that means anything.", call
            )
        if str(answer.get("Status")) == "1":
            data = answer.get("Data")
            found = _parsed(data) if isinstance(data, str) else data
            if not isinstance(found, dict):
                raise PortalLied("The portal's answer holds nothing.", call)
            return found, call
        raise _refusal(answer, call)

    def _fetch_text(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        sent: str,
        query: Mapping[str, str] | None,
    ) -> tuple[int, str, str]:
        """Return status, text and, where nothing came, why."""
        if not self._url:
            return 0, "", "No portal is set up (EINVOICE_URL)."
        found = outgoing_http.ask_operators_address(
            method,
            self._url + path,
            {**headers, "content-type": "application/json"},
            (sent if method == "POST" else None, query),
            seconds=self._settings.einvoice_seconds,
            most_bytes=LARGEST_ANSWER,
        )
        problem = f"The portal is away. {found.problem}" if found.problem else ""
        return found.status, found.content.decode("utf-8", "replace"), problem

    def _headers(self, gstin: str) -> dict[str, str]:
        user, _ = self._account(gstin)
        return {
            "client_id": self._settings.einvoice_client_id,
            "client_secret": self._settings.einvoice_client_secret.get_secret_value(),
            "Gstin": gstin,
            "user_name": user,
        }

    def _account(self, gstin: str) -> tuple[str, str]:
        found = self._settings.einvoice_accounts().get(gstin)
        if found is None:
            raise PortalAway(
                f"No portal user is set up for {gstin} (EINVOICE_USERS).", Call("auth", "", "", 0)
            )
        return found

    def _token(self, gstin: str) -> str:
        user, password = self._account(gstin)
        key = (self._url, gstin, user)
        with _tokens.guard:
            token, ends = _tokens.known.get(key, ("", utc_now()))
        if token and ends - MARGIN > utc_now():
            return token
        body = json.dumps(
            {"UserName": user, "Password": password, "ForceRefreshAccessToken": bool(token)}
        )
        try:
            data, call = self._exchange("auth", "POST", AUTH, self._headers(gstin), body)
        except PortalRefused as refused:
            problem = f"The portal does not let us in: {refused.problem} The operator mends EINVOICE_USERS."
            raise PortalAway(problem, _without_request(refused.call)) from refused
        except (PortalAway, PortalLied) as away:
            raise PortalAway(away.problem, _without_request(away.call)) from away
        token, until = str(data.get("AuthToken", "")), _instant(data.get("TokenExpiry"))
        if not token:
            raise PortalAway("The portal gave no token.", _without_request(call))
        with _tokens.guard:
            _tokens.known[key] = (token, until or utc_now() + timedelta(hours=1))
        return token

    def _forget_token(self, gstin: str) -> None:
        user, _ = self._account(gstin)
        with _tokens.guard:
            _tokens.known.pop((self._url, gstin, user), None)


def _without_request(call: Call) -> Call:
    """Return a call without what it sent: a password is kept nowhere."""
    return Call("auth", "", "", call.milliseconds)


def _parsed(text: str) -> dict[str, Any] | None:
    try:
        answer = json.loads(text)
    except ValueError:
        return None
    return answer if isinstance(answer, dict) else None


def _refusal(answer: Mapping[str, Any], call: Call) -> PortalRefused:
    """Return the portal's refusal with all of its words."""
    details = answer.get("ErrorDetails")
    found = [one for one in details if isinstance(one, dict)] if isinstance(details, list) else []
    words = "; ".join(
        " ".join(str(one[name]) for name in ("ErrorCode", "ErrorMessage") if one.get(name))
        for one in found
    )
    code = str(found[0].get("ErrorCode", "")) if found else ""
    return PortalRefused(code, words[:1000] or "The portal refused and did not say why.", call)


def _given(data: Mapping[str, Any], call: Call) -> WayBillGiven:
    number = str(data.get("ewayBillNo", ""))
    if not (len(number) == 12 and number.isdigit()):  # noqa: PLR2004  a way bill's number
        raise PortalLied("The portal's answer holds no way bill's number.", call)
    made_at = _instant(data.get("ewayBillDate")) or utc_now()
    vehicle = str(data.get("vehicleNo") or "")
    return WayBillGiven(number, made_at, _instant(data.get("validUpto")), call, vehicle)


def _instant(text: object) -> datetime | None:
    """Return an instant of the portal's clock, which is India's."""
    for form in _TIMES:
        try:
            return datetime.strptime(str(text), form).replace(tzinfo=INDIA).astimezone(UTC)
        except ValueError:
            continue
    return None


def _public_keys(path: str) -> tuple[Any, ...]:
    return _load_keys(path, Path(path).stat().st_mtime_ns) if path and Path(path).exists() else ()


@lru_cache(maxsize=8)
def _load_keys(path: str, _changed: int) -> tuple[Any, ...]:
    end = b"-----END PUBLIC KEY-----"
    parts = Path(path).read_bytes().split(end)
    return tuple(
        load_pem_public_key(part.strip() + b"\n" + end + b"\n")
        for part in parts
        if b"BEGIN" in part
    )
