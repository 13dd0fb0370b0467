"""A shop that buys from a registered supplier, and sends goods back."""

from tests.services.billing.bills.conftest import accountant, manager, shop

__all__ = ["accountant", "manager", "shop"]
