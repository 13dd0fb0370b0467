"""Payments received and made, and collecting what is late."""

from erp.models.payments.collecting import (
    PaymentPromise,
    Reminder,
    ReminderItem,
    ReminderMethod,
    ReminderRule,
)
from erp.models.payments.payment import (
    Direction,
    Ledger,
    Payment,
    PaymentMethod,
    PaymentStep,
    StepKind,
)

__all__ = [
    "Direction",
    "Ledger",
    "Payment",
    "PaymentMethod",
    "PaymentPromise",
    "PaymentStep",
    "Reminder",
    "ReminderItem",
    "ReminderMethod",
    "ReminderRule",
    "StepKind",
]
