"""Banks: statements as the bank gives them, and their lines matched with the books."""

from erp.models.banking import FileFormat, LineKind, MatchKind
from erp.services.banking import referees, resting
from erp.services.banking.accounts import (
    ChangeBankAccount,
    OpenBankAccount,
    change_bank_account,
    open_bank_account,
)
from erp.services.banking.errors import (
    AccountTaken,
    AlreadyMatched,
    NoBankAccount,
    NotEqual,
    NothingNew,
    NotNewest,
    NotUndoable,
    StatementMatched,
    StatementMissing,
    UnknownBankAccount,
    UnknownBankFile,
    UnknownBankLine,
    UnknownMatch,
    UnknownRule,
    UnprovenStatement,
    UnreadableBankFile,
    WrongStatement,
)
from erp.services.banking.importing import (
    ImportedStatement,
    ImportStatement,
    PreviewStatement,
    StatementPreview,
    import_statement,
    preview_statement,
)
from erp.services.banking.keeping import FILE_ORIGIN, UploadedFile, keep_bank_file
from erp.services.banking.listing import (
    LineRow,
    ListLines,
    ListMatches,
    ListWaiting,
    list_bank_lines,
    list_matches,
    list_statements,
    list_waiting,
)
from erp.services.banking.listing_accounts import (
    AccountRow,
    OfAccount,
    get_bank_account,
    list_bank_accounts,
)
from erp.services.banking.matching import MatchLines, match_lines
from erp.services.banking.printing import PrintedReconciliation, get_printed_reconciliation
from erp.services.banking.reading_files import read_bank_file
from erp.services.banking.reconciling import (
    GetReconciliation,
    ListOpenLines,
    OpenLine,
    Reconciliation,
    get_reconciliation,
    list_open_lines,
)
from erp.services.banking.rule_listing import TryRule, list_rules, try_rule
from erp.services.banking.ruling import (
    ApplyRules,
    RemoveRule,
    SetRule,
    apply_rules,
    remove_rule,
    set_rule,
)
from erp.services.banking.settling import (
    BookLine,
    ClearCheque,
    PayForLine,
    ReceiveForLine,
    book_line,
    clear_cheque,
    pay_for_line,
    receive_for_line,
)
from erp.services.banking.suggesting import SuggestMatches, suggest_matches
from erp.services.banking.undoing import Unmatch, unmatch
from erp.services.banking.withdrawing import WithdrawStatement, withdraw_statement

__all__ = [
    "FILE_ORIGIN", "AccountRow", "AccountTaken", "AlreadyMatched", "ApplyRules", "BookLine", "ChangeBankAccount",
    "ClearCheque", "FileFormat", "GetReconciliation", "ImportStatement", "ImportedStatement", "LineKind", "LineRow",
    "ListLines", "ListMatches", "ListOpenLines", "ListWaiting", "MatchKind", "MatchLines", "NoBankAccount",
    "NotEqual", "NotNewest", "NotUndoable", "NothingNew", "OfAccount", "OpenBankAccount", "OpenLine", "PayForLine",
    "PreviewStatement", "PrintedReconciliation", "ReceiveForLine", "Reconciliation", "RemoveRule", "SetRule",
    "StatementMatched", "StatementMissing", "StatementPreview", "SuggestMatches", "TryRule", "UnknownBankAccount",
    "UnknownBankFile", "UnknownBankLine", "UnknownMatch", "UnknownRule", "Unmatch", "UnprovenStatement",
    "UnreadableBankFile", "UploadedFile", "WithdrawStatement", "WrongStatement", "apply_rules", "book_line",
    "change_bank_account", "clear_cheque", "get_bank_account", "get_printed_reconciliation", "get_reconciliation",
    "import_statement", "keep_bank_file", "list_bank_accounts", "list_bank_lines", "list_matches", "list_open_lines",
    "list_rules", "list_statements", "list_waiting", "match_lines", "open_bank_account", "pay_for_line",
    "preview_statement", "read_bank_file", "receive_for_line", "referees", "remove_rule", "resting", "set_rule",
    "suggest_matches", "try_rule", "unmatch", "withdraw_statement",
]  # fmt: skip
