"""How the simulated provider says what it knows: in Razorpay's words, and in Stripe's."""

import time
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from erp.simulate.payment_books import PaidBack, PaidLink, PaidOut, PaidPayment, PaymentBooks

INDIA = ZoneInfo("Asia/Kolkata")
Said = dict[str, Any]


class Refusal(Exception):
    """The provider says no."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


class RazorpayFace:
    """Razorpay's paths and words."""

    def __init__(self, books: PaymentBooks) -> None:
        self._books = books

    def answer(self, method: str, path: str, query: Said, given: Said) -> Said:
        """Return the answer to a call."""
        parts = path.strip("/").split("/")
        match (method, *parts):
            case ("POST", "payment_links"):
                made = self._books.make_link(
                    "plink_", given["reference_id"], given["amount"], given["description"]
                )
                return self._link(made)
            case ("GET", "payment_links"):
                wanted = query.get("reference_id")
                found = [one for one in self._books.links.values() if one.reference == wanted]
                return {"payment_links": [self._link(one) for one in found]}
            case ("GET", "payment_links", name):
                return self._link(_known(self._books.links, name))
            case ("POST", "payment_links", name, "cancel"):
                return self._link(_cancelled(_known(self._books.links, name)))
            case _:
                return self._money(method, parts, query, given)

    def event(self, kind: str, about: str, _event_id: str) -> Said:
        """Return an event about something."""
        books, payload = self._books, {}
        if about in books.refunds:
            payload["refund"] = {"entity": self._refund(books.refunds[about])}
            about = books.refunds[about].payment
        if about in books.payments:
            payload["payment"] = {"entity": self._payment(books.payments[about])}
            link = books.payments[about].link
            if kind.startswith("payment_link.") and link:
                payload["payment_link"] = {"entity": self._link(books.links[link])}
        elif about in books.links:
            payload["payment_link"] = {"entity": self._link(books.links[about])}
        elif about in books.settlements:
            payload["settlement"] = {"entity": _settlement(books.settlements[about])}
        if kind.startswith("payment.dispute."):
            dispute = {"id": "disp_1", "payment_id": about, "reason_code": "goods_not_received"}
            payload["dispute"] = {"entity": dispute}
        told = {"entity": "event", "account_id": "acc_demo", "event": kind}
        return told | {
            "contains": sorted(payload),
            "payload": payload,
            "created_at": int(time.time()),
        }

    def _money(self, method: str, parts: list[str], query: Said, given: Said) -> Said:
        books = self._books
        match (method, *parts):
            case ("GET", "payments", name):
                return self._payment(_known(books.payments, name))
            case ("POST", "payments", name, "refund"):
                reference = given.get("notes", {}).get("reference", "")
                return self._refund(_given_back(books, "rfnd_", name, given["amount"], reference))
            case ("GET", "payments", name, "refunds"):
                found = [one for one in books.refunds.values() if one.payment == name]
                return _page([self._refund(one) for one in found], query)
            case ("GET", "refunds", name):
                return self._refund(_known(books.refunds, name))
            case ("GET", "settlements"):
                return _page([_settlement(one) for one in books.settlements.values()], query)
            case ("GET", "settlements", "recon", "combined"):
                return _page(self._recon(query), query, 1000)
        raise Refusal("The requested URL was not found on the server.")

    def _link(self, link: PaidLink) -> Said:
        paid = [one for one in self._books.payments.values() if one.link == link.id]
        return {
            "id": link.id,
            "reference_id": link.reference,
            "amount": link.amount,
            "currency": "INR",
            "short_url": f"{self._books.pay_url}/{link.id}",
            "status": "created" if link.status == "open" else link.status,
            "payments": [{"payment_id": one.id, "amount": one.amount} for one in paid] or None,
        }

    def _payment(self, payment: PaidPayment) -> Said:
        back = payment.amount - self._books.left(payment.id)
        return {
            "id": payment.id,
            "entity": "payment",
            "amount": payment.said("amount"),
            "currency": payment.said("currency"),
            "status": payment.said("status"),
            "method": payment.method,
            "amount_refunded": back,
            "notes": {"reference": payment.reference} if payment.reference else [],
            "created_at": payment.at,
            "captured_at": payment.at,
        }

    def _refund(self, back: PaidBack) -> Said:
        return {
            "id": back.id,
            "entity": "refund",
            "payment_id": back.payment,
            "amount": back.amount,
            "currency": self._books.payments[back.payment].currency,
            "status": back.status,
            "notes": {"reference": back.reference} if back.reference else [],
        }

    def _recon(self, query: Said) -> list[Said]:
        asked = tuple(int(query[name]) for name in ("year", "month", "day"))
        lines = []
        for paid in self._books.settlements.values():
            day = datetime.fromtimestamp(paid.at, INDIA)
            if (day.year, day.month, day.day) == asked:
                lines += [_recon_line(paid, line) for line in paid.lines]
        return lines


def _page(found: list[Said], query: Said, most: int = 100) -> Said:
    """Return a page of a list as Razorpay cuts it: ten where nobody says how many."""
    skip, count = int(query.get("skip", 0)), min(int(query.get("count", 10)), most)
    items = found[skip : skip + count]
    return {"entity": "collection", "count": len(items), "items": items}


class StripeFace:
    """Stripe's paths and words."""

    def __init__(self, books: PaymentBooks) -> None:
        self._books = books

    def answer(self, method: str, path: str, query: Said, given: Said) -> Said:
        """Return the answer to a call."""
        books = self._books
        match (method, *path.strip("/").split("/")):
            case ("POST", "payment_links"):
                price = "line_items[0][price_data]"
                words = given[f"{price}[product_data][name]"]
                amount = int(given[f"{price}[unit_amount]"])
                made = books.make_link("plink_", given["metadata[reference]"], amount, words)
                return self._link(made)
            case ("GET", "payment_links"):
                return _listed([self._link(one) for one in books.links.values()])
            case ("GET", "payment_links", name):
                return self._link(_known(books.links, name))
            case ("POST", "payment_links", name):
                return self._link(_cancelled(_known(books.links, name)))
            case _:
                return self._money(method, path.strip("/").split("/"), query, given)

    def _money(self, method: str, parts: list[str], query: Said, given: Said) -> Said:
        books = self._books
        match (method, *parts):
            case ("GET", "checkout", "sessions"):
                paid = [one for one in books.payments.values() if one.link == query["payment_link"]]
                return _listed([_session(one) for one in paid])
            case ("GET", "payment_intents", name):
                return self._payment(_known(books.payments, name))
            case (_, "refunds", *more):
                return self._refunds(method, more, query, given)
            case _:
                return self._paid_out(parts, query)

    def _paid_out(self, parts: list[str], query: Said) -> Said:
        books = self._books
        match parts:
            case ["payouts"]:
                return _listed([_payout(one) for one in books.settlements.values()])
            case ["balance_transactions"]:
                paid_out = _known(books.settlements, query["payout"])
                return _listed([_balance_line(line) for line in paid_out.lines])
        raise Refusal("Unrecognized request URL.")

    def event(self, kind: str, about: str, event_id: str) -> Said:
        """Return an event about something."""
        books = self._books
        thing: Said = {"id": about, "object": "thing"}
        if about in books.refunds:
            thing = self._refund(books.refunds[about])
        elif about in books.payments and kind.startswith("payment_intent."):
            thing = self._payment(books.payments[about])
        elif about in books.payments:
            thing = {"id": "du_1", "object": "dispute", "payment_intent": about}
            thing |= {"payment_link": books.payments[about].link, "reason": "fraudulent"}
        return {"id": event_id, "object": "event", "type": kind, "data": {"object": thing}}

    def _refunds(self, method: str, more: list[str], query: Said, given: Said) -> Said:
        if method == "POST":
            name, amount = given["payment_intent"], int(given["amount"])
            reference = given.get("metadata[reference]", "")
            return self._refund(_given_back(self._books, "re_", name, amount, reference))
        if more:
            return self._refund(_known(self._books.refunds, more[0]))
        wanted = query["payment_intent"]
        found = [one for one in self._books.refunds.values() if one.payment == wanted]
        return _listed([self._refund(one) for one in found])

    def _link(self, link: PaidLink) -> Said:
        return {
            "id": link.id,
            "object": "payment_link",
            "active": link.status == "open",
            "url": f"{self._books.pay_url}/{link.id}",
            "metadata": {"reference": link.reference},
        }

    def _payment(self, payment: PaidPayment) -> Said:
        states = {
            "captured": "succeeded",
            "authorized": "requires_capture",
            "created": "requires_payment_method",
            "failed": "canceled",
        }
        amount, status = payment.said("amount"), payment.said("status")
        charge = {"id": f"ch_{payment.id}", "object": "charge", "created": payment.at}
        return {
            "id": payment.id,
            "object": "payment_intent",
            "amount": amount,
            "amount_received": amount if status == "captured" else 0,
            "currency": payment.said("currency").lower(),
            "status": states[status],
            "metadata": {"reference": payment.reference} if payment.reference else {},
            "created": payment.at,
            "latest_charge": charge | {"payment_method_details": {"type": payment.method}},
        }

    def _refund(self, back: PaidBack) -> Said:
        return {
            "id": back.id,
            "object": "refund",
            "payment_intent": back.payment,
            "amount": back.amount,
            "currency": self._books.payments[back.payment].currency.lower(),
            "status": "succeeded" if back.status == "processed" else back.status,
            "metadata": {"reference": back.reference} if back.reference else {},
        }


def _known(things: dict[str, Any], name: str) -> Any:  # noqa: ANN401  one of the books' rows
    if name not in things:
        raise Refusal("The id provided does not exist.")
    return things[name]


def _cancelled(link: PaidLink) -> PaidLink:
    if link.status == "paid":
        raise Refusal("A link that is paid cannot be cancelled.")
    link.status = "cancelled"
    return link


def _given_back(
    books: PaymentBooks, prefix: str, payment_id: str, amount: int, reference: str
) -> PaidBack:
    _known(books.payments, payment_id)
    is_known = any(one.reference == reference for one in books.refunds.values() if reference)
    if not is_known and amount > books.left(payment_id):
        raise Refusal("The refund is more than what is left of the payment.")
    return books.give_back(prefix, payment_id, amount, reference)


def _settlement(paid: PaidOut) -> Said:
    return {
        "id": paid.id,
        "entity": "settlement",
        "amount": paid.amount,
        "status": "processed",
        "utr": paid.utr,
        "created_at": paid.at,
    }


def _recon_line(paid: PaidOut, line: tuple[str, str, str, int, int, int]) -> Said:
    kind, name, payment, gross, fee, tax = line
    net = gross - fee - tax
    return {
        "entity_id": name,
        "type": kind,
        "payment_id": payment,
        "credit": max(net, 0),
        "debit": max(-net, 0),
        "fee": fee + tax,
        "tax": tax,
        "settlement_id": paid.id,
        "settlement_utr": paid.utr,
    }


def _session(payment: PaidPayment) -> Said:
    made = {"id": f"cs_{payment.id}", "object": "checkout.session"}
    return made | {"payment_intent": payment.id}


def _payout(paid: PaidOut) -> Said:
    return {
        "id": paid.id,
        "object": "payout",
        "amount": paid.amount,
        "currency": "inr",
        "status": "paid",
        "arrival_date": paid.at,
        "trace_id": {"status": "supported", "value": paid.utr},
    }


def _balance_line(line: tuple[str, str, str, int, int, int]) -> Said:
    kind, name, payment, gross, fee, tax = line
    details = [{"type": "stripe_fee", "amount": fee}, {"type": "tax", "amount": tax}]
    source = {"id": name if kind == "refund" else f"ch_{name}", "payment_intent": payment}
    return {
        "id": f"txn_{name}",
        "object": "balance_transaction",
        "type": "charge" if kind == "payment" else kind,
        "amount": gross,
        "fee": fee + tax,
        "fee_details": details,
        "source": source | {"object": "charge" if kind == "payment" else "refund"},
    }


def _listed(items: list[Said]) -> Said:
    return {"object": "list", "data": items, "has_more": False, "url": "/v1/things"}
