"""Why goods do not go back to their supplier."""

from erp.core.errors import ConfirmationRequired, Conflict, InvalidInput, NotFound


class UnknownReturn(NotFound):
    """No such return in the acting branch."""

    code = "unknown_return"


class NotFromSupplier(InvalidInput):
    """The lot did not come into the acting branch from this supplier."""

    code = "not_from_supplier"


class BeyondDelivered(InvalidInput):
    """More goes back than came and did not go back before."""

    code = "beyond_delivered"


class BillWaits(Conflict):
    """A bill with the goods waits for a decision."""

    code = "bill_waits"


class WrongReason(InvalidInput):
    """The reason does not fit the lot's expiry."""

    code = "wrong_reason"


class BillsDiffer(InvalidInput):
    """The bills of the goods were taxed in different ways."""

    code = "bills_differ"


class OutsideClaimWindow(ConfirmationRequired):
    """The supplier does not take the goods back for their expiry on this day."""

    code = "outside_claim_window"
