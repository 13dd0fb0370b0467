"""Razorpay, by its official library.

Its calls are signed with HMAC over the raw body, without a time; the event's id travels in a header beside it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

import razorpay
from razorpay.errors import BadRequestError, GatewayError, ServerError, SignatureVerificationError

from erp.adapters.payment_gateways.asking import BoundedSession
from erp.core.clock import utc_now
from erp.core.settings import get_settings
from erp.services.gateways.ports import (
    AccountKeys,
    GatewayAway,
    GatewayRefused,
    LinkFacts,
    LinkOrder,
    LinkState,
    Notice,
    PaymentFacts,
    PaymentState,
    RefundFacts,
    RefundState,
    SettledFacts,
    SettledKind,
    SettlementFacts,
)

T = TypeVar("T")
SIGNATURE: Final = "x-razorpay-signature"
EVENT_ID: Final = "x-razorpay-event-id"
PAGE: Final = 1000
LISTED: Final = 100
"""Most that a list gives at once."""

MOST_PAGES: Final = 1000
INDIA: Final = ZoneInfo("Asia/Kolkata")
LINKS: Final[dict[str, LinkState]] = {
    "created": "open",
    "partially_paid": "open",
    "paid": "paid",
    "cancelled": "cancelled",
    "expired": "expired",
}
PAYMENTS: Final[dict[str, PaymentState]] = {
    "created": "created",
    "authorized": "authorized",
    "captured": "captured",
    "refunded": "captured",
    "failed": "failed",
}
KINDS: Final[dict[str, SettledKind]] = {"payment": "payment", "refund": "refund"}
REFUNDS: Final[dict[str, RefundState]] = {
    "pending": "pending",
    "processed": "processed",
    "failed": "failed",
}


def connect(account: AccountKeys) -> "RazorpayGateway":
    """Return an account with its keys."""
    return RazorpayGateway(account)


def is_signed(account: AccountKeys, headers: Mapping[str, str], body: bytes) -> bool:
    """Tell whether a call is signed with one of the account's secrets, over exactly these bytes."""
    signature = headers.get(SIGNATURE, "")
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return False
    client = razorpay.Client(auth=(account.key_id, account.key_secret))
    for secret in account.webhook_secrets:
        try:
            client.utility.verify_webhook_signature(text, signature, secret)
        except (SignatureVerificationError, TypeError):
            continue
        return True
    return False


def read_notice(headers: Mapping[str, str], event: Mapping[str, Any]) -> Notice:
    """Return what a signed event is about.

    Raises:
        ValueError: It is no event of Razorpay.
    """
    kind = event.get("event")
    if not isinstance(kind, str) or not isinstance(event.get("payload"), dict):
        raise ValueError("it has no event and payload")  # noqa: TRY004  one kind of refusal
    entities = {name: _entity(part) for name, part in event["payload"].items()}
    payment, refund = entities.get("payment", {}), entities.get("refund", {})
    dispute = entities.get("dispute", {})
    named = headers.get(EVENT_ID) or sha256(repr(event).encode()).hexdigest()
    return Notice(
        event_id=named,
        kind=kind,
        link_id=_text(entities.get("payment_link", {}), "id"),
        payment_id=_text(payment, "id")
        or _text(refund, "payment_id")
        or _text(dispute, "payment_id"),
        refund_id=_text(refund, "id"),
        dispute=_disputed(kind, dispute),
        is_settlement=kind.startswith("settlement."),
    )


class RazorpayGateway:
    """One account at Razorpay; see the port."""

    def __init__(self, account: AccountKeys) -> None:
        self._client = razorpay.Client(
            session=BoundedSession(),
            auth=(account.key_id, account.key_secret),
            base_url=get_settings().razorpay_url.rstrip("/"),
        )

    def check(self) -> None:
        """Try the keys."""
        _asked(lambda: self._client.payment_link.all({"count": 1}))

    def create_link(self, order: LinkOrder) -> LinkFacts:
        """Make a link, payable in one payment; Razorpay sends nothing itself."""
        soonest = utc_now() + timedelta(minutes=20)
        customer = {"name": order.name, "email": order.email}
        given = {
            "amount": order.paise,
            "currency": "INR",
            "accept_partial": False,
            "reference_id": order.reference,
            "description": order.description,
            "expire_by": int(max(order.expires_at, soonest).timestamp()),
            "customer": {name: text for name, text in customer.items() if text},
            "notify": {"sms": False, "email": False},
            "reminder_enable": False,
            "notes": {"reference": order.reference},
        }
        return _link(_asked(lambda: self._client.payment_link.create(given)))

    def find_link(self, reference: str) -> LinkFacts | None:
        """Return the link of our reference that Razorpay may know."""
        found = _asked(lambda: self._client.payment_link.all({"reference_id": reference}))
        links = found.get("payment_links") or []
        known = [link for link in links if link.get("reference_id") == reference]
        return _link(known[0]) if known else None

    def fetch_link(self, link_id: str) -> LinkFacts:
        """Return a link with the payments made by it."""
        return _link(_asked(lambda: self._client.payment_link.fetch(link_id)))

    def cancel_link(self, link_id: str) -> LinkFacts:
        """Take a link back."""
        return _link(_asked(lambda: self._client.payment_link.cancel(link_id)))

    def fetch_payment(self, payment_id: str) -> PaymentFacts:
        """Return a payment as it stands now, with the refunds of it."""
        found = _asked(lambda: self._client.payment.fetch(payment_id))
        refunds: list[dict[str, Any]] = []
        if found.get("amount_refunded"):
            refunds = list(self._refunds_of(payment_id))
        return _made(lambda: _payment(found, [str(one["id"]) for one in refunds]))

    def refund(self, payment_id: str, paise: int, reference: str) -> RefundFacts:
        """Give money back."""
        given = {"amount": paise, "receipt": reference, "notes": {"reference": reference}}
        headers = {"X-Refund-Idempotency": reference}
        found = _asked(lambda: self._client.payment.refund(payment_id, given, headers=headers))
        return _made(lambda: _refund(found))

    def find_refund(self, payment_id: str, reference: str) -> RefundFacts | None:
        """Return the refund of our reference that Razorpay may know."""
        for one in self._refunds_of(payment_id):
            if _notes(one).get("reference") == reference:
                return _made(partial(_refund, one))
        return None

    def fetch_refund(self, refund_id: str) -> RefundFacts:
        """Return a refund as it stands now."""
        found = _asked(lambda: self._client.refund.fetch(refund_id))
        return _made(lambda: _refund(found))

    def list_settlements(self, since: date) -> Sequence[SettlementFacts]:
        """Return settlements of a day and later, with all of their lines."""
        start = datetime(since.year, since.month, since.day, tzinfo=INDIA)
        listed = _paged(self._client.settlement.all, {"from": int(start.timestamp())})
        found = [one for one in listed if one.get("status") == "processed"]
        days = sorted({_day(one["created_at"]) for one in found})
        lines = [line for day in days for line in self._recon(day)]
        return _made(lambda: [_settlement(one, lines) for one in found])

    def _refunds_of(self, payment_id: str) -> Iterator[dict[str, Any]]:
        return _paged(partial(self._client.payment.fetch_multiple_refund, payment_id), {})

    def _recon(self, day: date) -> Iterator[dict[str, Any]]:
        asked = {"year": day.year, "month": day.month, "day": day.day}
        return _paged(self._client.settlement.report, asked, PAGE)


def _asked(call: Callable[[], Any]) -> dict[str, Any]:
    """Call the library; return the object it answered.

    Raises:
        GatewayRefused: Razorpay says no. GatewayAway: it failed, or answered nothing that means anything.
    """
    try:
        found = call()
    except BadRequestError as error:
        raise GatewayRefused(str(error) or "Razorpay refused and did not say why.") from error
    except (GatewayError, ServerError, ValueError) as error:
        raise GatewayAway(f"Razorpay failed: {error}") from error
    if not isinstance(found, dict):
        raise GatewayAway("Razorpay answered with nothing that means anything.")
    return found


def _paged(
    call: Callable[[dict[str, Any]], Any], asked: Mapping[str, Any], count: int = LISTED
) -> Iterator[dict[str, Any]]:
    """Yield all of a list, page by page, each thing once though the list moves meanwhile."""
    seen: set[str] = set()
    for page in range(MOST_PAGES):
        given = {**asked, "count": count, "skip": page * count}
        items = _asked(partial(call, given)).get("items") or []
        yield from _unseen(items, seen)
        if len(items) < count:
            return


def _unseen(items: Sequence[dict[str, Any]], seen: set[str]) -> Iterator[dict[str, Any]]:
    for one in items:
        name = str(one.get("id") or "")
        if not name or name not in seen:
            seen |= {name} if name else set()
            yield one


def _made(make: Callable[[], T]) -> T:
    """Translate an answer; one that lacks what it must have is no answer."""
    try:
        return make()
    except (KeyError, TypeError, ValueError, OverflowError, OSError) as error:
        raise GatewayAway(f"Razorpay's answer cannot be read ({error}).") from error


def _link(found: Mapping[str, Any]) -> LinkFacts:
    paid = found.get("payments")
    payments = [str(one["payment_id"]) for one in paid] if isinstance(paid, list) else []
    return _made(
        lambda: LinkFacts(
            id=str(found["id"]),
            reference=str(found.get("reference_id") or ""),
            url=str(found.get("short_url") or ""),
            status=LINKS[found["status"]],
            payment_ids=tuple(payments),
        )
    )


def _payment(found: Mapping[str, Any], refunds: Sequence[str]) -> PaymentFacts:
    at = found.get("captured_at") or found.get("created_at")
    status = PAYMENTS[found["status"]]
    return PaymentFacts(
        id=str(found["id"]),
        status=status,
        paise=int(found["amount"]),
        currency=str(found["currency"]).upper()[:3],
        method=str(found.get("method") or ""),
        reference=str(_notes(found).get("reference") or ""),
        captured_at=datetime.fromtimestamp(int(at), UTC) if at and status == "captured" else None,
        refund_ids=tuple(refunds),
    )


def _refund(found: Mapping[str, Any]) -> RefundFacts:
    return RefundFacts(
        id=str(found["id"]),
        payment_id=str(found["payment_id"]),
        paise=int(found["amount"]),
        currency=str(found["currency"]).upper()[:3],
        status=REFUNDS[found["status"]],
        reference=str(_notes(found).get("reference") or ""),
    )


def _settlement(found: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]) -> SettlementFacts:
    own = [line for line in lines if line.get("settlement_id") == found["id"]]
    return SettlementFacts(
        id=str(found["id"]),
        paise=int(found["amount"]),
        currency="INR",
        utr=str(found.get("utr") or ""),
        settled_on=_day(found["created_at"]),
        lines=tuple(_settled(line) for line in own),
    )


def _settled(line: Mapping[str, Any]) -> SettledFacts:
    """Return a line of the report, whose fee includes the tax on it."""
    fee, tax = int(line.get("fee") or 0), int(line.get("tax") or 0)
    net = int(line.get("credit") or 0) - int(line.get("debit") or 0)
    kind = KINDS.get(str(line["type"]), "other")
    return SettledFacts(
        kind=kind,
        entity=str(line["entity_id"]),
        gross=net + fee,
        fee=fee - tax,
        tax=tax,
        payment_id=str(line.get("payment_id") or ""),
    )


def _disputed(kind: str, dispute: Mapping[str, Any]) -> str:
    if not kind.startswith("payment.dispute."):
        return ""
    payment, reason = _text(dispute, "payment_id"), _text(dispute, "reason_code")
    state = kind.rpartition(".")[2]
    return (
        f"Dispute {_text(dispute, 'id')} of payment {payment} is {state} ({reason or 'no reason'})."
    )


def _entity(part: Any) -> Mapping[str, Any]:  # noqa: ANN401  of a stranger's JSON
    entity = part.get("entity") if isinstance(part, dict) else None
    return entity if isinstance(entity, dict) else {}


def _text(entity: Mapping[str, Any], name: str) -> str:
    found = entity.get(name)
    return found[:100] if isinstance(found, str) else ""


def _notes(found: Mapping[str, Any]) -> Mapping[str, Any]:
    notes = found.get("notes")
    return notes if isinstance(notes, dict) else {}


def _day(epoch: Any) -> date:  # noqa: ANN401  of a stranger's JSON
    return datetime.fromtimestamp(int(epoch), INDIA).date()
