"""Why a bill that was seen before is refused."""

from erp.core.errors import ConfirmationRequired, Conflict
from erp.services.platform import refuse_on


class BillSeen(ConfirmationRequired):
    """Another document books this bill of the supplier already."""

    code = "bill_seen"


class CreditTaken(Conflict):
    """Another document took the credit of this bill."""

    code = "credit_taken"


refuse_on(
    "seen_bill_credit_once",
    lambda: CreditTaken(
        "Another document took the credit of this bill just now. Look at it, then try again.",
        fields={"bill_number": "The credit of this bill is taken already."},
    ),
)
