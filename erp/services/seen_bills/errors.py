"""Why a bill that was seen before is refused."""

from erp.core.errors import ConfirmationRequired, Conflict
from erp.services.platform import refuse_on


class BillSeen(ConfirmationRequired):
    """Another document books this bill of the supplier already."""

    code = "bill_seen"


class BillTaxDiffers(ConfirmationRequired):
    """The GST of a whole bill was given otherwise before."""

    code = "bill_tax_differs"


class CreditElsewhere(ConfirmationRequired):
    """The credit of this supplier's charges is taken by other papers."""

    code = "credit_elsewhere"


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
refuse_on(
    "seen_bill_credit_shared",
    lambda: CreditTaken(
        "More credit than the GST on the whole bill would be taken: other documents took their part just now."
        " Look at them, then try again.",
        fields={"bill_tax": "Less of this bill's GST is left."},
    ),
)
