"""The ledger: chart, periods, entries. Documents above post to it; it knows none of them."""

from erp.models.accounting import Side
from erp.services.accounting import referees
from erp.services.accounting.chart import (
    DEFAULT_CHART,
    account_id,
    account_ids,
    create_default_chart,
    ensure_sales_account,
    sales_key,
)
from erp.services.accounting.checking import KEPT_ACCOUNTS, check_typed_lines
from erp.services.accounting.errors import (
    AlreadyReversed,
    EntryUnbalanced,
    KeptAccount,
    NotOpen,
    PartyMissing,
    PeriodClosed,
)
from erp.services.accounting.ledgers import get_account, list_account_lines, list_accounts
from erp.services.accounting.open_items import (
    HeldItem,
    Match,
    PartyAccount,
    Standing,
    hold_items,
    item_of,
    oldest_first,
    settle,
    standing_of,
    unsettle,
)
from erp.services.accounting.periods import SetPeriodStatus, period_id, set_period_status
from erp.services.accounting.posting import (
    NewEntry,
    NewLine,
    PostManualEntry,
    ReverseEntry,
    credit,
    debit,
    lines_of,
    post_entry,
    post_manual_entry,
    reverse_entry,
)
from erp.services.accounting.queries import (
    TrialBalance,
    get_entry,
    list_entries,
    list_periods,
    trial_balance,
)

__all__ = [
    "DEFAULT_CHART",
    "KEPT_ACCOUNTS",
    "AlreadyReversed",
    "EntryUnbalanced",
    "HeldItem",
    "KeptAccount",
    "Match",
    "NewEntry",
    "NewLine",
    "NotOpen",
    "PartyAccount",
    "PartyMissing",
    "PeriodClosed",
    "PostManualEntry",
    "ReverseEntry",
    "SetPeriodStatus",
    "Side",
    "Standing",
    "TrialBalance",
    "account_id",
    "account_ids",
    "check_typed_lines",
    "create_default_chart",
    "credit",
    "debit",
    "ensure_sales_account",
    "get_account",
    "get_entry",
    "hold_items",
    "item_of",
    "lines_of",
    "list_account_lines",
    "list_accounts",
    "list_entries",
    "list_periods",
    "oldest_first",
    "period_id",
    "post_entry",
    "post_manual_entry",
    "referees",
    "reverse_entry",
    "sales_key",
    "set_period_status",
    "settle",
    "standing_of",
    "trial_balance",
    "unsettle",
]
