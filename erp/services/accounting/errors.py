"""Refusals of the ledger."""

from erp.core.errors import Conflict, DomainError, InvalidInput, NotFound
from erp.services.platform import refuse_on


class PeriodClosed(DomainError):
    """The books are closed for the entry's date."""

    code = "period_closed"


class DayOutOfBooks(InvalidInput):
    """No books are kept for a day so far away; a year was mistyped."""

    code = "day_out_of_books"


class EntryUnbalanced(InvalidInput):
    """Debits and credits differ, or an entry has fewer than two lines."""

    code = "entry_unbalanced"


class KeptAccount(InvalidInput):
    """The account follows something else, such as the stock, and takes no entry by hand."""

    code = "kept_account"


class PartyMissing(InvalidInput):
    """The account is kept per party and the line names none."""

    code = "party_missing"


class AlreadyReversed(Conflict):
    """An entry is taken back at most once."""

    code = "already_reversed"


class StaysMatched(Conflict):
    """What was taken back stays matched with what took it back."""

    code = "stays_matched"


class NotOpen(Conflict):
    """Something to be settled is not open, or not by that much."""

    code = "not_open"


class CodeTaken(Conflict):
    """Another account or cost centre has the code."""

    code = "code_taken"


class OpeningInUse(Conflict):
    """Something rests on what an import put in."""

    code = "opening_in_use"


class UnknownOpening(NotFound):
    """There is no such import of opening balances."""

    code = "unknown_opening"


class GroupTaken(Conflict):
    """Another group of the chart has the name."""

    code = "group_taken"


class GroupInUse(Conflict):
    """Accounts or other groups stand in a group."""

    code = "group_in_use"


def code_taken() -> CodeTaken:
    """Return the refusal of a code that is in use."""
    return CodeTaken("This code is in use. Choose another.", fields={"code": "this code is in use"})


def period_closed() -> PeriodClosed:
    """Return the refusal of an entry into a closed period."""
    return PeriodClosed(
        "The books are closed for this date. Use a date in an open period, or ask an accountant to open it.",
        fields={"effective_on": "the period is closed"},
    )


def day_out_of_books() -> DayOutOfBooks:
    """Return the refusal of a day in a year that has no books."""
    message = "The books take days from 2000 until a year from today. Is the year right?"
    return DayOutOfBooks(message, fields={"effective_on": message})


refuse_on("journal_entry_period_open", period_closed)
refuse_on("ck_period_years", day_out_of_books)
refuse_on(
    "allocation_of_reversal",
    lambda: StaysMatched(
        "This was taken back, or takes something back. The two stay matched.",
        fields={"item_id": "it was taken back, or takes something back"},
    ),
)
refuse_on(
    "journal_entry_balanced",
    lambda: EntryUnbalanced(
        "Debits and credits must be equal.", fields={"lines": "debits and credits differ"}
    ),
)
refuse_on(
    "uq_journal_entry_tenant_id_reverses_entry_id",
    lambda: AlreadyReversed("This entry has already been reversed."),
)
refuse_on(
    "ck_open_item_settled",
    lambda: NotOpen("This was settled by someone else just now. Look at the account again."),
)
