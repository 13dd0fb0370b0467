"""Refusals of billing interest."""

from erp.core.errors import Conflict, DomainError, InvalidInput
from erp.services.platform import refuse_on


class NoRate(InvalidInput):
    """The company has set no yearly rate."""

    code = "no_interest_rate"


class NothingOwed(InvalidInput):
    """Nothing was late on days that are not billed yet, or it is not worth a note."""

    code = "no_interest_owed"


class MoneyUnmatched(Conflict):
    """Money stands unapplied, so what was late is not known yet."""

    code = "money_unmatched"


class AlreadyBilled(Conflict):
    """Interest on these days is billed, or its note is taken back."""

    code = "interest_already_billed"


class UnknownCharge(DomainError):
    """There is no such note of interest."""

    code = "unknown_interest_note"


def already_billed() -> AlreadyBilled:
    """Return the refusal of days that are billed."""
    return AlreadyBilled(
        "Interest on some of these days was billed just now. Look at the list again.",
        fields={"until": "some of these days are billed"},
    )


refuse_on("interest_charge_apart", already_billed)
refuse_on("uq_interest_charge_begin", already_billed)
