"""Payments received and made."""

from erp.models.payments.payment import (
    Direction,
    Ledger,
    Payment,
    PaymentMethod,
    PaymentStep,
    StepKind,
)

__all__ = ["Direction", "Ledger", "Payment", "PaymentMethod", "PaymentStep", "StepKind"]
