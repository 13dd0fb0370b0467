"""Tenders: how a bill is paid, a return refunded, and what the ledger makes of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.money import ZERO
from erp.models.pos import Tender, TenderMethod
from erp.services.accounting import NewLine, debit
from erp.services.platform import Amount, Closed, Text
from erp.services.pos.errors import PaymentMismatch

ACCOUNT_OF_METHOD = {
    TenderMethod.CASH: "cash",
    TenderMethod.UPI: "upi_clearing",
    TenderMethod.CARD: "card_clearing",
    TenderMethod.CREDIT: "debtors",
    TenderMethod.POINTS: "loyalty_liability",
    TenderMethod.ADVANCE: "customer_advances",
    TenderMethod.EXCHANGE: "customer_credit",
}
METHOD_NAMES = {
    "cash": "Cash",
    "upi": "UPI",
    "card": "Card",
    "credit": "On account",
    "points": "Points",
    "advance": "Advance",
    "exchange": "Exchange",
}
OF_THE_CUSTOMER = frozenset({TenderMethod.CREDIT, TenderMethod.ADVANCE})
"""What the books keep per customer."""


class GivenTender(Closed):
    """Money handed over in one way.

    Attributes:
        reference: Transaction reference of the UPI app or card terminal.
    """

    method: TenderMethod
    amount: Annotated[Amount, Field(gt=0)]
    reference: Text = ""


Tenders = Annotated[tuple[GivenTender, ...], Field(max_length=10)]


@dataclass(frozen=True, slots=True)
class Settlement:
    """A bill settled exactly: what each tender pays of it, and the change."""

    tenders: tuple[tuple[GivenTender, Decimal], ...]
    change_due: Decimal

    def paid_by(self, method: TenderMethod) -> Decimal:
        """Return what one method pays of the bill."""
        return sum((amount for given, amount in self.tenders if given.method is method), ZERO)

    @property
    def total(self) -> Decimal:
        """What all tenders pay."""
        return sum((amount for _, amount in self.tenders), ZERO)

    def and_also(self, other: "Settlement") -> "Settlement":
        """Return both together."""
        return Settlement(self.tenders + other.tenders, self.change_due + other.change_due)


def settle(total: Decimal, given: Sequence[GivenTender]) -> Settlement:
    """Pay a bill from what was handed over; change comes from cash alone.

    Raises:
        PaymentMismatch: It is too little, or other than cash pays more than the bill.
    """
    refuse_exchange(given)
    paid = sum((tender.amount for tender in given), ZERO)
    cash = sum((tender.amount for tender in given if tender.method is TenderMethod.CASH), ZERO)
    if paid < total:
        message = f"{total - paid} is still to be paid of {total}."
        raise PaymentMismatch(message, fields={"tenders": message})
    change = paid - total
    if change > cash:
        message = f"Only cash may exceed the bill of {total}. Lower the other payments by {change - cash}."
        raise PaymentMismatch(message, fields={"tenders": message})
    return Settlement(_less_change(given, change), change)


def refuse_exchange(given: Sequence[GivenTender]) -> None:
    """Goods that come back pay by an exchange alone, which knows what they are worth."""
    if any(tender.method is TenderMethod.EXCHANGE for tender in given):
        message = "Exchange the goods themselves; their worth cannot be tendered."
        raise PaymentMismatch(message, fields={"tenders": message})


def _less_change(
    given: Sequence[GivenTender], change: Decimal
) -> tuple[tuple[GivenTender, Decimal], ...]:
    settled = []
    for tender in reversed(given):
        back = min(change, tender.amount) if tender.method is TenderMethod.CASH else ZERO
        change -= back
        settled.append((tender, tender.amount - back))
    return tuple(reversed(settled))


def ledger_lines(settlement: Settlement, party_id: UUID) -> list[NewLine]:
    """Return the debits of a payment; negate them for a refund."""
    return [
        debit(
            ACCOUNT_OF_METHOD[tender.method],
            amount,
            party_id if tender.method in OF_THE_CUSTOMER else None,
        )
        for tender, amount in settlement.tenders
    ]


def write_tenders(
    session: Session, ctx: RequestContext, sale_id: UUID, settlement: Settlement
) -> None:
    """Store how a bill was settled; the rows may be held."""
    rows = [
        {
            "tenant_id": ctx.tenant_id,
            "sale_id": sale_id,
            "line_no": number,
            "method": tender.method,
            "amount": amount,
            "tendered": tender.amount,
            "reference": tender.reference,
        }
        for number, (tender, amount) in enumerate(settlement.tenders, start=1)
    ]
    db.insert_rows(session, Tender, rows)
