"""Stripe, by its official library.

Its calls are signed with a time and HMAC over time and raw body; older than five minutes they are refused. A
payment link of Stripe has no last day: it is switched off by us when ours has come.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import partial
from itertools import islice
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

import stripe

from erp.adapters.payment_gateways.asking import BoundedSession
from erp.core.settings import get_settings
from erp.services.gateways.ports import (
    AccountKeys,
    GatewayAway,
    GatewayRefused,
    LinkFacts,
    LinkOrder,
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
SIGNATURE: Final = "stripe-signature"
TOLERANCE_SECONDS: Final = 300
MOST_SEARCHED: Final = 500
MOST_LISTED: Final = 20_000
INDIA: Final = ZoneInfo("Asia/Kolkata")
PAYMENTS: Final[dict[str, PaymentState]] = {
    "succeeded": "captured",
    "requires_capture": "authorized",
    "canceled": "failed",
}
REFUNDS: Final[dict[str, RefundState]] = {
    "pending": "pending",
    "requires_action": "pending",
    "succeeded": "processed",
    "failed": "failed",
    "canceled": "failed",
}
REFUND_LINES: Final = frozenset({"refund", "payment_refund"})
PAYMENT_LINES: Final = frozenset({"charge", "payment"})


def connect(account: AccountKeys) -> "StripeGateway":
    """Return an account with its keys."""
    return StripeGateway(account)


def is_signed(account: AccountKeys, headers: Mapping[str, str], body: bytes) -> bool:
    """Tell whether a call is signed with one of the account's secrets, over exactly these bytes, just now."""
    signature = headers.get(SIGNATURE, "")
    for secret in account.webhook_secrets:
        try:
            stripe.WebhookSignature.verify_header(body, signature, secret, TOLERANCE_SECONDS)
        except (stripe.SignatureVerificationError, ValueError):
            continue
        return True
    return False


def read_notice(_headers: Mapping[str, str], event: Mapping[str, Any]) -> Notice:
    """Return what a signed event is about.

    Raises:
        ValueError: It is no event of Stripe.
    """
    kind, data = event.get("type"), event.get("data")
    thing = data.get("object") if isinstance(data, dict) else None
    if not isinstance(kind, str) or not isinstance(thing, dict) or not _text(event, "id"):
        raise ValueError("it has no id, type and object")
    family = kind.partition(".")[0]
    is_refund = family == "refund" or kind.startswith("charge.refund.")
    payment = _text(thing, "id") if family == "payment_intent" else _text(thing, "payment_intent")
    is_dispute = kind.startswith("charge.dispute.")
    state, reason = kind.rpartition(".")[2], _text(thing, "reason") or "no reason"
    said = f"Dispute {_text(thing, 'id')} of payment {payment} is {state} ({reason})."
    return Notice(
        event_id=_text(event, "id"),
        kind=kind,
        link_id=_text(thing, "payment_link") if family == "checkout" else "",
        payment_id=payment,
        refund_id=_text(thing, "id") if is_refund else "",
        dispute=said if is_dispute else "",
        is_settlement=kind == "payout.paid",
    )


class StripeGateway:
    """One account at Stripe; see the port."""

    def __init__(self, account: AccountKeys) -> None:
        client = stripe.StripeClient(
            account.key_secret,
            base_addresses={"api": get_settings().stripe_url.rstrip("/")},
            http_client=stripe.RequestsClient(
                timeout=get_settings().gateway_seconds, session=BoundedSession()
            ),
            max_network_retries=0,
        )
        self._api = client.v1

    def check(self) -> None:
        """Try the keys."""
        _asked(lambda: self._api.payment_links.list({"limit": 1}))

    def create_link(self, order: LinkOrder) -> LinkFacts:
        """Make a link, payable once."""
        item: Any = {
            "quantity": 1,
            "price_data": {
                "currency": "inr",
                "unit_amount": order.paise,
                "product_data": {"name": order.description},
            },
        }
        named = {"reference": order.reference}
        made = _asked_one(
            lambda: self._api.payment_links.create(
                {
                    "line_items": [item],
                    "metadata": named,
                    "payment_intent_data": {"metadata": named},
                    "restrictions": {"completed_sessions": {"limit": 1}},
                },
                {"idempotency_key": order.reference},
            )
        )
        return _made(lambda: _link(made, ()))

    def find_link(self, reference: str) -> LinkFacts | None:
        """Return the link of our reference that Stripe may know, among the newest."""
        listed = _asked_all(lambda: self._api.payment_links.list({"limit": 100}), MOST_SEARCHED)
        known = [link for link in listed if _metadata(link).get("reference") == reference]
        return self._with_payments(known[0]) if known else None

    def fetch_link(self, link_id: str) -> LinkFacts:
        """Return a link with the payments made by it."""
        return self._with_payments(_asked_one(lambda: self._api.payment_links.retrieve(link_id)))

    def cancel_link(self, link_id: str) -> LinkFacts:
        """Switch a link off."""
        off = _asked_one(lambda: self._api.payment_links.update(link_id, {"active": False}))
        return self._with_payments(off)

    def fetch_payment(self, payment_id: str) -> PaymentFacts:
        """Return a payment as it stands now, with the refunds of it."""
        found = _asked_one(
            lambda: self._api.payment_intents.retrieve(payment_id, {"expand": ["latest_charge"]})
        )
        listed = _asked_all(
            lambda: self._api.refunds.list({"payment_intent": payment_id, "limit": 100})
        )
        return _made(lambda: _payment(found, [str(one["id"]) for one in listed]))

    def refund(self, payment_id: str, paise: int, reference: str) -> RefundFacts:
        """Give money back; the same reference gives it back once."""
        made = _asked_one(
            lambda: self._api.refunds.create(
                {
                    "payment_intent": payment_id,
                    "amount": paise,
                    "metadata": {"reference": reference},
                },
                {"idempotency_key": reference},
            )
        )
        return _made(lambda: _refund(made))

    def find_refund(self, payment_id: str, reference: str) -> RefundFacts | None:
        """Return the refund of our reference that Stripe may know."""
        listed = _asked_all(
            lambda: self._api.refunds.list({"payment_intent": payment_id, "limit": 100})
        )
        for one in listed:
            if _metadata(one).get("reference") == reference:
                return _made(partial(_refund, one))
        return None

    def fetch_refund(self, refund_id: str) -> RefundFacts:
        """Return a refund as it stands now."""
        found = _asked_one(lambda: self._api.refunds.retrieve(refund_id))
        return _made(lambda: _refund(found))

    def list_settlements(self, since: date) -> Sequence[SettlementFacts]:
        """Return payouts of a day and later, with all of their lines."""
        start = int(datetime(since.year, since.month, since.day, tzinfo=INDIA).timestamp())
        listed = _asked_all(
            lambda: self._api.payouts.list(
                {"arrival_date": {"gte": start}, "status": "paid", "limit": 100}
            )
        )
        return [self._settlement(payout) for payout in listed]

    def _settlement(self, payout: Mapping[str, Any]) -> SettlementFacts:
        listed = _asked_all(
            lambda: self._api.balance_transactions.list(
                {"payout": str(payout["id"]), "limit": 100, "expand": ["data.source"]}
            )
        )
        lines = [line for line in listed if line["type"] != "payout"]
        return _made(lambda: _settled(payout, lines))

    def _with_payments(self, link: Mapping[str, Any]) -> LinkFacts:
        given: Any = {"payment_link": str(link["id"]), "limit": 100}
        sessions = _asked_all(lambda: self._api.checkout.sessions.list(given))
        found = [one.get("payment_intent") for one in sessions]
        return _made(lambda: _link(link, tuple(str(one) for one in found if one)))


def _asked(call: Callable[[], T]) -> T:
    """Call the library.

    Raises:
        GatewayRefused: Stripe says no. GatewayAway: it failed, or does not know our keys.
    """
    try:
        return call()
    except (stripe.InvalidRequestError, stripe.CardError, stripe.IdempotencyError) as error:
        raise GatewayRefused(error.user_message or str(error)) from error
    except stripe.StripeError as error:
        if isinstance(error.__cause__, GatewayAway):
            raise error.__cause__ from error
        raise GatewayAway(f"Stripe failed: {error}") from error


def _made(make: Callable[[], T]) -> T:
    """Translate an answer; one that lacks what it must have is no answer."""
    try:
        return make()
    except (KeyError, TypeError, ValueError, OverflowError, OSError, AttributeError) as error:
        raise GatewayAway(f"Stripe's answer cannot be read ({error}).") from error


def _asked_one(call: Callable[[], Any]) -> dict[str, Any]:
    """Call the library; return the object it answered as plain values."""
    found: dict[str, Any] = _asked(lambda: call().to_dict())
    return found


def _asked_all(call: Callable[[], Any], most: int = MOST_LISTED) -> list[dict[str, Any]]:
    """Call the library; return what it lists, page after page, as plain values."""
    return _asked(lambda: [one.to_dict() for one in islice(call().auto_paging_iter(), most)])


def _link(found: Mapping[str, Any], payments: tuple[str, ...]) -> LinkFacts:
    return LinkFacts(
        id=str(found["id"]),
        reference=str(_metadata(found).get("reference") or ""),
        url=str(found["url"]),
        status="open" if found["active"] else "paid" if payments else "cancelled",
        payment_ids=payments,
    )


def _payment(found: Mapping[str, Any], refunds: Sequence[str]) -> PaymentFacts:
    status = PAYMENTS.get(found["status"], "created")
    charge = found["latest_charge"]
    at = charge["created"] if charge and not isinstance(charge, str) else found["created"]
    amount = found["amount_received"] if status == "captured" else found["amount"]
    return PaymentFacts(
        id=str(found["id"]),
        status=status,
        paise=int(amount),
        currency=str(found["currency"]).upper()[:3],
        method=_method(charge),
        reference=str(_metadata(found).get("reference") or ""),
        captured_at=datetime.fromtimestamp(int(at), UTC) if status == "captured" else None,
        refund_ids=tuple(refunds),
    )


def _method(charge: Mapping[str, Any] | str | None) -> str:
    if not charge or isinstance(charge, str):
        return ""
    details = charge.get("payment_method_details")
    return str(details["type"]) if details else ""


def _refund(found: Mapping[str, Any]) -> RefundFacts:
    return RefundFacts(
        id=str(found["id"]),
        payment_id=str(found["payment_intent"]),
        paise=int(found["amount"]),
        currency=str(found["currency"]).upper()[:3],
        status=REFUNDS[str(found["status"])],
        reference=str(_metadata(found).get("reference") or ""),
    )


def _settled(payout: Mapping[str, Any], lines: Sequence[Any]) -> SettlementFacts:
    trace = payout.get("trace_id")
    return SettlementFacts(
        id=str(payout["id"]),
        paise=int(payout["amount"]),
        currency=str(payout["currency"]).upper()[:3],
        utr=str(trace.get("value") or "") if trace else "",
        settled_on=datetime.fromtimestamp(int(payout["arrival_date"]), UTC).date(),
        lines=tuple(_line(line) for line in lines),
    )


def _line(line: Mapping[str, Any]) -> SettledFacts:
    """Return a balance transaction, whose fee is told apart into Stripe's and the tax on it."""
    tax = sum(int(one["amount"]) for one in line["fee_details"] if one["type"] == "tax")
    source = line["source"]
    about = (
        "" if source is None or isinstance(source, str) else str(source.get("payment_intent") or "")
    )
    entity = str(source if isinstance(source, str) else source["id"]) if source else str(line["id"])
    kind: SettledKind = "other"
    if line["type"] in PAYMENT_LINES and about:
        kind, entity = "payment", about
    elif line["type"] in REFUND_LINES:
        kind = "refund"
    return SettledFacts(
        kind=kind,
        entity=entity,
        gross=int(line["amount"]),
        fee=int(line["fee"]) - tax,
        tax=tax,
        payment_id=about,
    )


def _metadata(found: Mapping[str, Any]) -> Mapping[str, Any]:
    held = found.get("metadata")
    return held if isinstance(held, dict) else {}


def _text(thing: Mapping[str, Any], name: str) -> str:
    found = thing.get(name)
    return found[:100] if isinstance(found, str) else ""
