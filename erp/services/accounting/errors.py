"""Refusals of the ledger."""

from erp.core.errors import Conflict, DomainError, InvalidInput
from erp.services.platform import refuse_on


class PeriodClosed(DomainError):
    """The books are closed for the entry's date."""

    code = "period_closed"


class EntryUnbalanced(InvalidInput):
    """Debits and credits differ, or an entry has fewer than two lines."""

    code = "entry_unbalanced"


class AlreadyReversed(Conflict):
    """An entry is taken back at most once."""

    code = "already_reversed"


refuse_on(
    "journal_entry_period_open",
    lambda: PeriodClosed(
        "The books are closed for this date. Use a date in an open period, or ask an accountant to open it.",
        fields={"effective_on": "the period is closed"},
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
