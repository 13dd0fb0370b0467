"""The ledger: chart, periods, entries. Documents above post to it; it knows none of them."""

from erp.models.accounting import Side
from erp.services.accounting import referees
from erp.services.accounting.balance_sheet import BalanceSheet, balance_sheet
from erp.services.accounting.cash_flow import CashFlow, cash_flow
from erp.services.accounting.chart import (
    DEFAULT_CHART,
    account_id,
    account_ids,
    create_default_chart,
    ensure_sales_account,
    sales_key,
)
from erp.services.accounting.checking import KEPT_ACCOUNTS, check_typed_lines
from erp.services.accounting.comparing import Compare, StatementColumn, moments_of
from erp.services.accounting.cost_centres import (
    ChangeCostCentre,
    CreateCostCentre,
    ListCostCentres,
    change_cost_centre,
    create_cost_centre,
    list_cost_centres,
)
from erp.services.accounting.day_book import DayBook, day_book
from erp.services.accounting.drafting import (
    SaveDraft,
    drop_draft,
    get_draft,
    list_drafts,
    post_draft,
    save_draft,
)
from erp.services.accounting.errors import (
    AlreadyReversed,
    CodeTaken,
    DayOutOfBooks,
    EntryUnbalanced,
    GroupInUse,
    GroupTaken,
    KeptAccount,
    NotOpen,
    OpeningInUse,
    PartyMissing,
    PeriodClosed,
    StaysMatched,
    UnknownOpening,
)
from erp.services.accounting.groups import GROUPS
from erp.services.accounting.ledger_lines import Ledger, ledger
from erp.services.accounting.ledgers import get_account, list_accounts
from erp.services.accounting.open_items import (
    HeldItem,
    Match,
    PartyAccount,
    Standing,
    cancel_out,
    hold_items,
    item_of,
    lock_items,
    oldest_first,
    release_items,
    settle,
    standing_of,
    unsettle,
)
from erp.services.accounting.opening import ImportOpening, import_opening
from erp.services.accounting.opening_accounts import (
    OPEN_GROUPS,
    OpenAccount,
    RenameAccount,
    open_account,
    rename_account,
)
from erp.services.accounting.opening_back import (
    ListOpenings,
    TakeBackOpening,
    list_openings,
    rests_on_entries,
    take_back_opening,
)
from erp.services.accounting.opening_lines import COLUMNS as OPENING_COLUMNS
from erp.services.accounting.own_groups import (
    GroupTree,
    ListGroups,
    MoveAccount,
    OpenGroup,
    RemoveGroup,
    RenameGroup,
    list_groups,
    move_account,
    open_group,
    remove_group,
    rename_group,
)
from erp.services.accounting.periods import (
    SetPeriodStatus,
    hold_months,
    period_id,
    set_period_status,
)
from erp.services.accounting.posting import (
    ROWS_OF_ENTRIES,
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
from erp.services.accounting.printing import (
    REPORTS,
    PrintedReport,
    PrintedRow,
    get_printed_report,
    printed_statement,
)
from erp.services.accounting.profit_and_loss import ProfitAndLoss, profit_and_loss
from erp.services.accounting.queries import get_entry, list_entries, list_periods
from erp.services.accounting.recurring import (
    GetTemplate,
    SaveTemplate,
    get_template,
    list_templates,
    make_due_entries,
    save_template,
    stop_template,
)
from erp.services.accounting.sealing import LEDGER, next_to_seal, seal_entries
from erp.services.accounting.splitting_items import set_terms, split_item, terms_of
from erp.services.accounting.statement_rows import (
    Line,
    RowKind,
    Statement,
    StatementRow,
    account_rows,
    added,
    chart_of,
    item,
    section,
)
from erp.services.accounting.sums import NOTHING, Cut, Part, Scope, end_of, sums_of, until_day
from erp.services.accounting.trial_balances import TrialBalance, trial_balance
from erp.services.accounting.trial_columns import CompareTrialBalances, compare_trial_balances
from erp.services.accounting.year_end import (
    CloseYear,
    ReopenYear,
    close_year,
    list_years,
    reopen_year,
)

__all__ = [
    "DEFAULT_CHART", "GROUPS", "KEPT_ACCOUNTS", "LEDGER", "NOTHING", "OPENING_COLUMNS", "OPEN_GROUPS", "REPORTS",
    "ROWS_OF_ENTRIES", "AlreadyReversed", "BalanceSheet", "CashFlow", "ChangeCostCentre", "CloseYear", "CodeTaken",
    "Compare", "CompareTrialBalances", "CreateCostCentre", "Cut", "DayBook", "DayOutOfBooks", "EntryUnbalanced",
    "GetTemplate", "GroupInUse", "GroupTaken", "GroupTree", "HeldItem", "ImportOpening", "KeptAccount", "Ledger",
    "Line", "ListCostCentres", "ListGroups", "ListOpenings", "Match", "MoveAccount", "NewEntry", "NewLine", "NotOpen",
    "OpenAccount", "OpenGroup", "OpeningInUse", "Part", "PartyAccount", "PartyMissing", "PeriodClosed",
    "PostManualEntry", "PrintedReport", "PrintedRow", "ProfitAndLoss", "RemoveGroup", "RenameAccount", "RenameGroup",
    "ReopenYear", "ReverseEntry", "RowKind", "SaveDraft", "SaveTemplate", "Scope", "SetPeriodStatus", "Side",
    "Standing", "Statement", "StatementColumn", "StatementRow", "StaysMatched", "TakeBackOpening", "TrialBalance",
    "UnknownOpening", "account_id", "account_ids", "account_rows", "added", "balance_sheet", "cancel_out",
    "cash_flow", "change_cost_centre", "chart_of", "check_typed_lines", "close_year", "compare_trial_balances",
    "create_cost_centre", "create_default_chart", "credit", "day_book", "debit", "drop_draft", "end_of",
    "ensure_sales_account", "get_account", "get_draft", "get_entry", "get_printed_report", "get_template",
    "hold_items", "hold_months", "import_opening", "item", "item_of", "ledger", "lines_of", "list_accounts",
    "list_cost_centres", "list_drafts", "list_entries", "list_groups", "list_openings", "list_periods",
    "list_templates", "list_years", "lock_items", "make_due_entries", "moments_of", "move_account", "next_to_seal",
    "oldest_first", "open_account", "open_group", "period_id", "post_draft", "post_entry", "post_manual_entry",
    "printed_statement", "profit_and_loss", "referees", "release_items", "remove_group", "rename_account",
    "rename_group", "reopen_year", "rests_on_entries", "reverse_entry", "sales_key", "save_draft", "save_template",
    "seal_entries", "section", "set_period_status", "set_terms", "settle", "split_item", "standing_of",
    "stop_template", "sums_of", "take_back_opening", "terms_of", "trial_balance", "unsettle", "until_day",
]  # fmt: skip
