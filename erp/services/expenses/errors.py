"""Why expenses refuse."""

from erp.core.errors import (
    ConfirmationRequired,
    Conflict,
    InvalidInput,
    NotFound,
    PermissionDenied,
)
from erp.services.platform import refuse_on


class UnknownClaim(NotFound):
    """No such claim that the actor may see."""

    code = "unknown_claim"


class UnknownCategory(NotFound):
    """No such kind of expense in use."""

    code = "unknown_category"


class UnknownReceipt(NotFound):
    """No such receipt of the actor."""

    code = "unknown_receipt"


class UnknownFloat(NotFound):
    """The company has no such petty cash."""

    code = "unknown_float"


class CategoryTaken(Conflict):
    """Another kind of expense has the name."""

    code = "category_taken"


class WrongAccount(InvalidInput):
    """Expenses are not booked to the account."""

    code = "wrong_account"


class WrongDay(InvalidInput):
    """The day has not come, or is too long ago."""

    code = "wrong_day"


class NoTax(InvalidInput):
    """There is no GST on this kind of expense."""

    code = "no_tax"


class SpentBefore(ConfirmationRequired):
    """The same bill, or the same photo, was handed in before."""

    code = "spent_before"


class CashBeyondRule(ConfirmationRequired):
    """More than the income tax law lets one pay a person in cash in a day."""

    code = "cash_beyond_rule"


class ClaimDone(Conflict):
    """The claim is past what was asked of it."""

    code = "claim_done"


class ClaimChanged(Conflict):
    """The claim was handed in again since it was read."""

    code = "claim_changed"


class OwnClaim(PermissionDenied):
    """Somebody else decides on what one claims for oneself."""

    code = "own_claim"


class BeyondLimit(InvalidInput):
    """The claim is more than the actor may approve."""

    code = "beyond_limit"


class PaidAlready(Conflict):
    """The claim was paid back, all or in part."""

    code = "paid_already"


class NotCustodian(PermissionDenied):
    """Somebody else keeps this petty cash."""

    code = "not_custodian"


class NotInTheBox(Conflict):
    """Petty cash does not hold that much."""

    code = "not_in_the_box"


class FloatFull(Conflict):
    """The float is at its amount; a top-up beyond it is refused."""

    code = "float_full"


class FloatExists(Conflict):
    """The branch has its petty cash already."""

    code = "float_exists"


class CreditLost(ConfirmationRequired):
    """Less of the GST is a credit than the claim or its bill shows."""

    code = "credit_lost"


class ToCorrect(InvalidInput):
    """The claim contradicts itself; who approves it corrects it, or its claimant."""

    code = "to_correct"


def unknown_claim() -> UnknownClaim:
    """Return the refusal of a claim that the actor does not see."""
    message = "This claim is not known here. Choose one of the list."
    return UnknownClaim(message, fields={"claim_id": message})


def unknown_float() -> UnknownFloat:
    """Return the refusal of petty cash of nobody or of another company."""
    message = "This petty cash is not known here. Choose one of the list."
    return UnknownFloat(message, fields={"float_id": message})


refuse_on(
    "uq_expense_category_tenant_id_company_id_name",
    lambda: CategoryTaken(
        "Another kind of expense has this name. Choose another.",
        fields={"name": "this name is in use"},
    ),
)
refuse_on(
    "ck_petty_float_balance",
    lambda: NotInTheBox("Petty cash does not hold that much any more. Look at its book again."),
)
refuse_on(
    "uq_petty_float_tenant_id_branch_id",
    lambda: FloatExists("This branch has its petty cash already. Change that one."),
)
