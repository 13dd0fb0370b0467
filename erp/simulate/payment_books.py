"""What a payment provider knows: links, payments, refunds and settlements in books of its own.

Fees are 2 % with 18 % tax on them. Amounts are whole paise.
"""

import secrets
import time
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

FEE_PER_CENT: Final = 2
TAX_PER_CENT: Final = 18


class Fault(StrEnum):
    """What goes wrong with a call that changes something."""

    DONE_UNSAID = "done_unsaid"
    """It is done, and the connection ends without a word."""
    AWAY = "away"
    """The connection ends before anything is done."""
    ERROR = "error"
    """HTTP 503 with a page of HTML."""
    REFUSED = "refused"
    """A refusal with words."""
    OTHER_LINK = "other_link"
    """It is done; the answer names another reference."""


@dataclass(slots=True)
class PaidLink:
    """A link."""

    id: str
    reference: str
    amount: int
    description: str
    status: str = "open"
    made_at: int = field(default_factory=lambda: int(time.time()))


@dataclass(slots=True)
class PaidPayment:
    """A payment; `lies` is what is said of it instead of the truth."""

    id: str
    link: str
    reference: str
    amount: int
    currency: str = "INR"
    status: str = "captured"
    method: str = "upi"
    at: int = field(default_factory=lambda: int(time.time()))
    is_settled: bool = False
    lies: dict[str, Any] = field(default_factory=dict)

    def said(self, name: str) -> Any:  # noqa: ANN401  a text or number
        """Return what is said of it."""
        return self.lies.get(name, getattr(self, name))


@dataclass(slots=True)
class PaidBack:
    """A refund."""

    id: str
    payment: str
    reference: str
    amount: int
    status: str = "processed"
    is_settled: bool = False


@dataclass(slots=True)
class PaidOut:
    """A settlement; its lines are kind, id, payment's id, gross, fee, tax."""

    id: str
    utr: str
    amount: int
    lines: list[tuple[str, str, str, int, int, int]]
    at: int = field(default_factory=lambda: int(time.time()))


@dataclass(slots=True)
class PaymentBooks:
    """Everything that the provider knows, and what it was asked.

    Attributes:
        pay_url: Where its links lead; whoever opens one there has paid it.
    """

    links: dict[str, PaidLink] = field(default_factory=dict)
    payments: dict[str, PaidPayment] = field(default_factory=dict)
    refunds: dict[str, PaidBack] = field(default_factory=dict)
    settlements: dict[str, PaidOut] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    pay_url: str = "https://pay.example"

    def make_link(self, prefix: str, reference: str, amount: int, description: str) -> PaidLink:
        """Make a link; a reference makes one once."""
        for known in self.links.values():
            if known.reference == reference:
                return known
        made = PaidLink(_id(prefix), reference, amount, description)
        self.links[made.id] = made
        return made

    def pay(self, link_id: str, prefix: str = "pay_", **facts: Any) -> PaidPayment:  # noqa: ANN401  any fact
        """Pay by a link, even one that has ended: money may have been on its way."""
        link = self.links[link_id]
        given: dict[str, Any] = {"amount": link.amount, "reference": link.reference} | facts
        made = PaidPayment(_id(prefix), link_id, **given)
        self.payments[made.id] = made
        if made.status == "captured":
            link.status = "paid"
        return made

    def pay_astray(self, amount: int, prefix: str = "pay_", **facts: Any) -> PaidPayment:  # noqa: ANN401  any fact
        """Pay without any link of ours."""
        made = PaidPayment(_id(prefix), "", facts.pop("reference", ""), amount, **facts)
        self.payments[made.id] = made
        return made

    def left(self, payment_id: str) -> int:
        """Return what of a payment has not gone back."""
        back = sum(
            one.amount
            for one in self.refunds.values()
            if one.payment == payment_id and one.status != "failed"
        )
        return self.payments[payment_id].amount - back

    def give_back(
        self, prefix: str, payment_id: str, amount: int, reference: str, status: str = "processed"
    ) -> PaidBack:
        """Give money back; a reference gives it back once."""
        for known in self.refunds.values():
            if reference and known.reference == reference:
                return known
        made = PaidBack(_id(prefix), payment_id, reference, amount, status)
        self.refunds[made.id] = made
        return made

    def settle(self, prefix: str = "setl_") -> PaidOut | None:
        """Pay out everything captured or given back since the last time; nothing where that is nothing."""
        lines = []
        for payment in self.payments.values():
            if (
                payment.status == "captured"
                and payment.currency == "INR"
                and not payment.is_settled
            ):
                fee, tax = fee_of(payment.amount)
                lines.append(("payment", payment.id, payment.id, payment.amount, fee, tax))
                payment.is_settled = True
        for back in self.refunds.values():
            is_due = back.status == "processed" and not back.is_settled
            if is_due and self.payments[back.payment].currency == "INR":
                lines.append(("refund", back.id, back.payment, -back.amount, 0, 0))
                back.is_settled = True
        if not lines:
            return None
        amount = sum(gross - fee - tax for _, _, _, gross, fee, tax in lines)
        made = PaidOut(_id(prefix), f"UTR{secrets.token_hex(6).upper()}", amount, lines)
        self.settlements[made.id] = made
        return made

    def clearing(self) -> int:
        """Return what was captured in rupees, less what went back and what was paid out."""
        held = sum(
            payment.amount
            for payment in self.payments.values()
            if payment.status == "captured" and payment.currency == "INR"
        )
        back = sum(
            one.amount
            for one in self.refunds.values()
            if one.status == "processed" and self.payments[one.payment].currency == "INR"
        )
        out = sum(line[3] for paid in self.settlements.values() for line in paid.lines)
        return held - back - out


def fee_of(amount: int) -> tuple[int, int]:
    """Return the fee of a payment, without tax, and the tax on it."""
    fee = round(amount * FEE_PER_CENT / 100)
    return fee, round(fee * TAX_PER_CENT / 100)


def _id(prefix: str) -> str:
    return f"{prefix}{secrets.token_hex(7)}"
