"""What gateways need of the outside: a provider that takes money, and says so, signed.

Amounts are whole paise here, as providers write them. What a provider says is checked by us: the adapter only
translates.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, Protocol
from uuid import UUID

PaymentState = Literal["created", "failed", "authorized", "captured"]
LinkState = Literal["open", "paid", "cancelled", "expired"]
SettledKind = Literal["payment", "refund", "other"]
RefundState = Literal["pending", "processed", "failed"]


class GatewayFailure(Exception):
    """The provider did not do what was asked."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem[:500]


class GatewayAway(GatewayFailure):
    """No answer, or none that means anything. It may have been done all the same."""


class GatewayRefused(GatewayFailure):
    """The provider says no, and why."""


@dataclass(frozen=True, slots=True)
class AccountKeys:
    """An account at a provider with its keys; they appear in no log."""

    account_id: UUID
    company_id: UUID
    branch_id: UUID
    provider: str
    name: str
    key_id: str = field(repr=False)
    key_secret: str = field(repr=False)
    webhook_secrets: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class LinkOrder:
    """A link to be made."""

    reference: str
    paise: int
    description: str
    expires_at: datetime
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class LinkFacts:
    """A link as the provider knows it, with the payments made by it."""

    id: str
    reference: str
    url: str
    status: LinkState
    payment_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PaymentFacts:
    """A payment as the provider knows it.

    Attributes:
        reference: Our link's, where the provider says it.
    """

    id: str
    status: PaymentState
    paise: int
    currency: str
    method: str = ""
    reference: str = ""
    link_id: str = ""
    captured_at: datetime | None = None
    refund_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RefundFacts:
    """A refund as the provider knows it; `reference` is ours where we asked for it."""

    id: str
    payment_id: str
    paise: int
    currency: str
    status: RefundState
    reference: str = ""


@dataclass(frozen=True, slots=True)
class SettledFacts:
    """A line of a settlement: gross above zero for money that came, below for money that went.

    Attributes:
        entity: The provider's id of the payment, refund or adjustment.
        payment_id: Of the payment that a refund gave back.
        fee: Kept by the provider, without tax. tax: on the fee. Below zero where it is given back.
    """

    kind: SettledKind
    entity: str
    gross: int
    fee: int
    tax: int
    payment_id: str = ""

    @property
    def net(self) -> int:
        """What of it the bank gets."""
        return self.gross - self.fee - self.tax


@dataclass(frozen=True, slots=True)
class SettlementFacts:
    """A settlement with its lines; `paise` is what the bank gets."""

    id: str
    paise: int
    currency: str
    utr: str
    settled_on: date
    lines: tuple[SettledFacts, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """What a signed event is about: ids to ask the provider for, never facts to believe.

    Attributes:
        dispute: In words, where the customer disputes a payment.
    """

    event_id: str
    kind: str
    link_id: str = ""
    payment_id: str = ""
    refund_id: str = ""
    dispute: str = ""
    is_settlement: bool = False


class PaymentGateway(Protocol):
    """One account at a provider. Every method raises `GatewayAway` or `GatewayRefused`."""

    def check(self) -> None:
        """Try the keys."""
        ...

    def create_link(self, order: LinkOrder) -> LinkFacts:
        """Make a link."""
        ...

    def find_link(self, reference: str) -> LinkFacts | None:
        """Return the link of our reference that the provider may know."""
        ...

    def fetch_link(self, link_id: str) -> LinkFacts:
        """Return a link with the payments made by it."""
        ...

    def cancel_link(self, link_id: str) -> LinkFacts:
        """Take a link back; one that was paid stays paid."""
        ...

    def fetch_payment(self, payment_id: str) -> PaymentFacts:
        """Return a payment as it stands now."""
        ...

    def refund(self, payment_id: str, paise: int, reference: str) -> RefundFacts:
        """Give money back; the same reference gives it back once."""
        ...

    def find_refund(self, payment_id: str, reference: str) -> RefundFacts | None:
        """Return the refund of our reference that the provider may know."""
        ...

    def fetch_refund(self, refund_id: str) -> RefundFacts:
        """Return a refund as it stands now."""
        ...

    def list_settlements(self, since: date) -> Sequence[SettlementFacts]:
        """Return settlements of a day and later with all of their lines."""
        ...
