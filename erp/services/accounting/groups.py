"""Groups of the Indian chart: what stands where in the statements, and which way its cash went."""

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Activity(StrEnum):
    """Part of the cash flow statement that a change of a group's balance belongs to."""

    CASH = "cash"
    OPERATING = "operating"
    INVESTING = "investing"
    FINANCING = "financing"


@dataclass(frozen=True, slots=True)
class Group:
    """A group of accounts.

    Attributes:
        primary: The group it is part of; itself where it is one of the fifteen.
        place: Order in every statement.
    """

    primary: str
    activity: Activity
    place: int


CASH_GROUP, BANK_GROUP = "Cash in Hand", "Bank Accounts"
_TREE: tuple[tuple[str, Activity, tuple[str, ...]], ...] = (
    ("Fixed Assets", Activity.INVESTING, ()),
    ("Accumulated Depreciation", Activity.OPERATING, ()),
    ("Investments", Activity.INVESTING, ()),
    (
        "Current Assets",
        Activity.OPERATING,
        ("Stock in Hand", "Sundry Debtors", CASH_GROUP, BANK_GROUP, "Deposits (Asset)",
         "Loans and Advances (Asset)"),
    ),
    ("Miscellaneous Expenses (Asset)", Activity.OPERATING, ()),
    ("Branch/Divisions", Activity.OPERATING, ()),
    ("Suspense", Activity.OPERATING, ()),
    ("Capital Account", Activity.FINANCING, ("Reserves and Surplus",)),
    ("Loans (Liability)", Activity.FINANCING, ("Bank Overdraft", "Secured Loans", "Unsecured Loans")),
    ("Current Liabilities", Activity.OPERATING, ("Sundry Creditors", "Duties and Taxes", "Provisions")),
    ("Sales Accounts", Activity.OPERATING, ()),
    ("Direct Incomes", Activity.OPERATING, ()),
    ("Purchase Accounts", Activity.OPERATING, ()),
    ("Direct Expenses", Activity.OPERATING, ()),
    ("Indirect Incomes", Activity.OPERATING, ()),
    ("Indirect Expenses", Activity.OPERATING, ()),
)  # fmt: skip


def _groups() -> dict[str, Group]:
    found: dict[str, Group] = {}
    for primary, activity, parts in _TREE:
        for name in (primary, *parts):
            own = Activity.CASH if name in {CASH_GROUP, BANK_GROUP} else activity
            found[name] = Group(primary, own, len(found))
    return found


GROUPS = MappingProxyType(_groups())
"""The 15 primary groups and their 13 sub-groups by name. Source: groups of the domain rules, as Tally has them; and
our own for depreciation, which is added back to the profit because no cash went."""


OWED = frozenset({"Loans (Liability)", "Current Liabilities"})


def side_of(kind: str, group_name: str) -> str:
    """Return the part of the balance sheet an account stands in.

    A group of liabilities holds all its accounts, so that input tax stands beside the output tax it
    is set off against.
    """
    return "liability" if group_of(group_name).primary in OWED else kind


def group_of(name: str) -> Group:
    """Return a group; one that nobody knows stands for itself, after all others."""
    return GROUPS.get(name) or Group(name, Activity.OPERATING, len(GROUPS))


def template_path(name: str) -> tuple[str, ...]:
    """Return a group of the chart with the primary group it is part of, which comes first."""
    primary = group_of(name).primary
    return (name,) if primary == name else (primary, name)
