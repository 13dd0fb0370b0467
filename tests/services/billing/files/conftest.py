"""A shop that buys from a registered supplier, whose bills come as files."""

from tests.services.billing.bills.conftest import accountant, manager, shop

__all__ = ["accountant", "manager", "shop"]
