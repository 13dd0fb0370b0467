"""Refusals of the till."""

from erp.core.errors import Conflict, DomainError, InvalidInput
from erp.services.platform import refuse_on


class ShiftClosed(DomainError):
    """The shift takes no more sales."""

    code = "shift_closed"
    status = 409


class ShiftAlreadyOpen(Conflict):
    """A register has at most one open shift."""

    code = "shift_already_open"


class PriceChanged(Conflict):
    """The price on the screen is no longer the price of the goods."""

    code = "price_changed"


class MoreThanScheme(InvalidInput):
    """More units would go out free than the scheme gives."""

    code = "more_than_scheme"


class ApprovalRequired(DomainError):
    """The cashier's limit is exceeded; a manager must approve."""

    code = "approval_required"
    status = 403


class PaymentMismatch(InvalidInput):
    """What is paid does not settle the bill."""

    code = "payment_mismatch"


class AdvanceShort(InvalidInput):
    """The customer has not paid that much before."""

    code = "advance_short"


class AlreadyDecided(Conflict):
    """Somebody decided before, or the till asks no longer."""

    code = "already_decided"


class PrescriptionRequired(InvalidInput):
    """The goods are sold on a prescription only."""

    code = "prescription_required"


class DrawerShort(InvalidInput):
    """More cash would go out than is in the drawer."""

    code = "drawer_short"


class ReasonRequired(InvalidInput):
    """A difference must be explained."""

    code = "reason_required"


class LeaseHeld(Conflict):
    """One device at a time sells offline on a register."""

    code = "lease_held"


class LeaseRunOut(Conflict):
    """A lease ends on its last day, at the latest with the financial year its numbers are of."""

    code = "lease_run_out"


class BillsOutstanding(Conflict):
    """Bills that a device made are not all at the server."""

    code = "bills_outstanding"


class NotAsLent(Conflict):
    """A sale claims what its device was not lent."""

    code = "not_as_lent"


class LeaseEnded(NotAsLent):
    """The lease had ended before the sale arrived."""

    code = "lease_ended"


class ForeignNumber(NotAsLent):
    """The number is not of the lease's block, or another sale bears it."""

    code = "foreign_number"


class ForeignDay(NotAsLent):
    """The sale is dated when the lease did not hold."""

    code = "foreign_day"


class CashierLeft(NotAsLent):
    """The lease's cashier did not work at the branch any more when the sale is dated."""

    code = "cashier_left"


class ForeignPrice(NotAsLent):
    """The price is none the server gave the device."""

    code = "foreign_price"


class ForeignDiscount(NotAsLent):
    """More was taken off than the cashier was lent."""

    code = "foreign_discount"


class OtherTotal(NotAsLent):
    """The receipt shows other sums than the law makes of its lines."""

    code = "other_total"


class Malformed(NotAsLent):
    """What the device sent cannot be read as a bill."""

    code = "malformed"


class AboveMrp(InvalidInput):
    """More was paid than the MRP of the lot."""

    code = "above_mrp"


class AlreadySettled(Conflict):
    """The sale does not wait any more."""

    code = "already_settled"


refuse_on(
    "uq_register_shift_open",
    lambda: ShiftAlreadyOpen(
        "A shift is already open on this register. Close it first, or join it."
    ),
)
refuse_on(
    "uq_register_tenant_id_code",
    lambda: Conflict("This code is taken by another till.", fields={"code": "taken"}),
)
for _constraint in ("pk_sale", "uq_invoice_tenant_id_origin_id_kind"):
    refuse_on(
        _constraint,
        lambda: Conflict("A sale with this id exists already.", fields={"sale_id": "already used"}),
    )
refuse_on(
    "uq_approval_request_waiting",
    lambda: Conflict("Somebody asks for this already.", fields={"origin_id": "asked already"}),
)
refuse_on(
    "uq_parked_cart_tenant_id_branch_id_label",
    lambda: Conflict("A bill is parked under this name already.", fields={"label": "already used"}),
)
