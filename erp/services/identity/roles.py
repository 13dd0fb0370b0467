"""The roles every tenant starts with; no command changes them yet."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class StandardRole:
    """A role a new tenant gets."""

    name: str
    title: str
    permissions: tuple[str, ...]
    limits: dict[str, str] = field(default_factory=dict)


VIEW_EVERYTHING = (
    "party.view",
    "catalog.view",
    "inventory.view",
    "purchasing.view",
    "inventory.view_counts",
    "accounting.view",
    "billing.view",
    "billing.view_bills",
    "pos.view",
    "imaging.view",
    "reporting.view",
    "platform.view",
    "identity.view",
)

STANDARD_ROLES = (
    StandardRole(
        "owner",
        "Owner",
        ("*",),
        {
            "discount_percent": "100",
            "return_amount": "10000000",
            "cash_tolerance": "100",
            "purchase_amount": "100000000",
            "count_difference": "10000000",
            "bill_difference": "10000000",
            "own_quarantine": "10000000",
        },
    ),
    StandardRole(
        "manager",
        "Manager",
        (
            *VIEW_EVERYTHING,
            "party.edit",
            "party.credit",
            "catalog.edit",
            "inventory.receive",
            "inventory.adjust",
            "inventory.transfer",
            "inventory.hold",
            "inventory.alert",
            "purchasing.order",
            "purchasing.approve",
            "inventory.count",
            "inventory.approve_count",
            "billing.record_bill",
            "billing.decide_bill",
            "inventory.plan",
            "inventory.reorder",
            "inventory.settle_transfer",
            "inventory.decide_quarantine",
            "inventory.dispense",
            "pos.sell",
            "pos.return",
            "pos.approve",
            "pos.cash",
            "imaging.review",
            "platform.operate",
        ),
        {
            "discount_percent": "30",
            "return_amount": "100000",
            "cash_tolerance": "100",
            "purchase_amount": "200000",
            "count_difference": "100000",
            "bill_difference": "10000",
            "own_quarantine": "2000",
        },
    ),
    StandardRole(
        "cashier",
        "Cashier",
        (
            "pos.sell",
            "pos.return",
            "pos.view",
            "pos.cash",
            "catalog.view",
            "inventory.view",
            "party.view",
            "party.edit",
            "billing.view",
        ),
        {"discount_percent": "5", "return_amount": "2000", "cash_tolerance": "10"},
    ),
    StandardRole(
        "storekeeper",
        "Storekeeper",
        (
            "catalog.view",
            "catalog.edit",
            "inventory.view",
            "inventory.receive",
            "inventory.adjust",
            "inventory.transfer",
            "inventory.dispense",
            "inventory.hold",
            "inventory.alert",
            "purchasing.view",
            "purchasing.order",
            "inventory.view_counts",
            "inventory.count",
            "inventory.reorder",
            "party.view",
        ),
        {"purchase_amount": "10000"},
    ),
    StandardRole(
        "accountant",
        "Accountant",
        (
            "accounting.view",
            "accounting.post",
            "accounting.close",
            "billing.view",
            "billing.view_bills",
            "billing.record_bill",
            "party.view",
            "party.edit",
            "party.credit",
            "pos.view",
            "inventory.view",
            "purchasing.view",
            "inventory.view_counts",
            "catalog.view",
            "reporting.view",
        ),
    ),
    StandardRole(
        "technician",
        "Imaging technician",
        ("imaging.view", "imaging.review", "imaging.operate", "party.view"),
    ),
    StandardRole("auditor", "Auditor", VIEW_EVERYTHING),
)
