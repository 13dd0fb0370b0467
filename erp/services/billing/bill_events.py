"""What happened to supplier bills, for other domains."""

from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from erp.services.platform import DomainEvent


class SupplierBillRecorded(DomainEvent):
    """A supplier's bill was recorded; it is posted at once or held for a decision."""

    name: ClassVar[str] = "billing.supplier_bill_recorded.v1"

    bill_id: UUID
    supplier_id: UUID
    status: str
    total: Decimal


class SupplierBillDecided(DomainEvent):
    """A held bill was accepted, claimed on or refused."""

    name: ClassVar[str] = "billing.supplier_bill_decided.v1"

    bill_id: UUID
    supplier_id: UUID
    outcome: str
    total: Decimal


class SupplierClaimSettled(DomainEvent):
    """The supplier's credit note for a claim was recorded."""

    name: ClassVar[str] = "billing.supplier_claim_settled.v1"

    claim_id: UUID
    supplier_id: UUID
    credited: Decimal
    credited_tax: Decimal


class CostSpread(DomainEvent):
    """Goods of other deliveries bear what a bill booked as an expense; told of the bill."""

    name: ClassVar[str] = "billing.cost_spread.v1"

    landed_cost_id: UUID
    amount: Decimal


class CostTakenOff(DomainEvent):
    """A landed cost was taken off its goods again; it is the expense of the bill as before."""

    name: ClassVar[str] = "billing.cost_taken_off.v1"

    landed_cost_id: UUID
    amount: Decimal
