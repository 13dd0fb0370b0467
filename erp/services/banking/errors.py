"""Refusals of banking."""

from erp.core.errors import ConfirmationRequired, Conflict, InvalidInput, NotFound
from erp.services.platform import refuse_on


class UnknownBankAccount(NotFound):
    """The acting company has no such bank account."""

    code = "unknown_bank_account"


class UnknownBankFile(NotFound):
    """The acting company has no such file of a bank."""

    code = "unknown_bank_file"


class UnknownBankLine(NotFound):
    """The acting company has no such line of a bank."""

    code = "unknown_bank_line"


class UnknownMatch(NotFound):
    """The acting company has no such match."""

    code = "unknown_bank_match"


class UnknownRule(NotFound):
    """The acting company has no such rule."""

    code = "unknown_bank_rule"


class UnknownStatement(NotFound):
    """The acting company has no such statement."""

    code = "unknown_bank_statement"


class NotNewest(Conflict):
    """A newer statement follows this one."""

    code = "not_newest_statement"


class StatementMatched(Conflict):
    """Lines of the statement are matched."""

    code = "statement_matched"


class AccountTaken(Conflict):
    """The ledger account is another bank account already."""

    code = "account_taken"


class NoBankAccount(InvalidInput):
    """The ledger account is no account at a bank."""

    code = "no_bank_account"


class UnreadableBankFile(InvalidInput):
    """The file is no statement that can be read."""

    code = "unreadable_bank_file"


class WrongStatement(InvalidInput):
    """What the file says does not hold together, or is about another account."""

    code = "wrong_statement"


class StatementMissing(InvalidInput):
    """The statement does not begin where the last one ended."""

    code = "statement_missing"


class NothingNew(Conflict):
    """Every line of the file is known already."""

    code = "nothing_new"


class UnprovenStatement(ConfirmationRequired):
    """The file says no balance, so that nothing proves its lines complete."""

    code = "unproven_statement"


class AlreadyMatched(Conflict):
    """A line is matched already, of the bank or of the books."""

    code = "already_matched"


class NotEqual(InvalidInput):
    """The two sides do not add up to the same."""

    code = "not_equal"


class NotUndoable(Conflict):
    """The match was undone already, or nothing was booked for it."""

    code = "not_undoable"


class EntryTakenBack(Conflict):
    """The opening balance that is to be matched was taken back."""

    code = "entry_taken_back"


def already_matched() -> AlreadyMatched:
    """Return the refusal of lines that somebody matched meanwhile."""
    return AlreadyMatched("This is matched already. Look at the account again.")


refuse_on("ix_bank_match_member_bank_line", already_matched)
refuse_on("ix_bank_match_member_ledger_line", already_matched)
refuse_on(
    "uq_bank_account_tenant_id_account_id",
    lambda: AccountTaken(
        "This ledger account is another bank account already. Choose one of its own.",
        fields={"account_key": "it is another bank account already"},
    ),
)
refuse_on(
    "bank_statement_newest",
    lambda: NotNewest("A newer statement follows this one. Withdraw that one first."),
)
refuse_on(
    "bank_statement_matched",
    lambda: StatementMatched("Lines of this statement are matched. Undo those matches first."),
)
