"""Why supplier bills are refused."""

from erp.core.errors import Conflict, InvalidInput, NotFound
from erp.services.platform import refuse_on


class UnknownBill(NotFound):
    """No such supplier bill in the acting branch."""

    code = "unknown_bill"


class UnknownDelivery(InvalidInput):
    """The acting branch took in no such goods from the supplier."""

    code = "unknown_delivery"


class BilledTwice(Conflict):
    """The supplier's bill is recorded already."""

    code = "billed_twice"


class TotalDiffers(InvalidInput):
    """The lines do not add up to what is printed on the bill."""

    code = "total_differs"


class TaxNotDue(InvalidInput):
    """The supplier may charge no GST."""

    code = "tax_not_due"


class BillNotHeld(Conflict):
    """Nobody has to decide on the bill any more."""

    code = "bill_not_held"


class OwnBill(InvalidInput):
    """Who recorded a bill does not accept its differences."""

    code = "own_bill"


class BeyondBillLimit(InvalidInput):
    """The differences are more than the actor may accept."""

    code = "beyond_bill_limit"


class MoreThanCame(InvalidInput):
    """Goods that did not come cannot be paid for."""

    code = "more_than_came"


class NothingToClaim(InvalidInput):
    """Nothing on the bill is too much."""

    code = "nothing_to_claim"


class UnknownClaim(NotFound):
    """No such claim in the acting branch."""

    code = "unknown_claim"


class ClaimSettled(Conflict):
    """The supplier's credit note for the claim is recorded already."""

    code = "claim_settled"


class BillNotPosted(Conflict):
    """The bill is not in the books: it is held, or was refused."""

    code = "bill_not_posted"


class BeyondExpense(InvalidInput):
    """The bill has less that is an expense and no goods bear."""

    code = "beyond_expense"


class NothingKept(InvalidInput):
    """All goods of the deliveries went back to their supplier."""

    code = "nothing_kept"


class UnknownLandedCost(NotFound):
    """The acting branch spread no such cost."""

    code = "unknown_landed_cost"


class TakenOffBefore(Conflict):
    """The landed cost was taken off its goods already."""

    code = "taken_off_before"


class FileImported(Conflict):
    """The file was made into a bill before."""

    code = "file_imported"


class GoodsNotHere(InvalidInput):
    """More is billed than came and is not billed."""

    code = "goods_not_here"


refuse_on(
    "uq_bill_import_file",
    lambda: FileImported(
        "This file was made into a bill just now.", fields={"sha256": "Imported before."}
    ),
)
refuse_on(
    "uq_landed_cost_reversal_once",
    lambda: TakenOffBefore("This landed cost was taken off its goods just now."),
)
refuse_on(
    "uq_supplier_bill_once",
    lambda: BilledTwice(
        "This bill of the supplier is recorded already.",
        fields={"bill_number": "Recorded already. Look at the list of bills."},
    ),
)
