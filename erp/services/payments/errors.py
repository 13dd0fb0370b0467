"""Refusals of payments."""

from erp.core.errors import ConfirmationRequired, Conflict, InvalidInput, NotFound


class UnknownPayment(NotFound):
    """The acting company has no such payment."""

    code = "unknown_payment"


class NoteKnown(Conflict):
    """The supplier's note of this number is recorded."""

    code = "note_known"


class NoteReversed(Conflict):
    """The supplier's note was taken back."""

    code = "note_reversed"


class UnknownNote(NotFound):
    """There is no such note of a supplier."""

    code = "unknown_supplier_note"


class NothingOpen(Conflict):
    """Nothing of the item is open, or it is no debt."""

    code = "nothing_open"


class UnknownItem(NotFound):
    """The acting company has no such open item."""

    code = "unknown_item"


class UnknownPromise(NotFound):
    """The acting company has no such promise."""

    code = "unknown_promise"


class WrongDay(InvalidInput):
    """The day does not make sense for a payment."""

    code = "wrong_day"


class SettlesTooMuch(InvalidInput):
    """More is settled than was paid."""

    code = "settles_too_much"


class BeyondWriteOff(InvalidInput):
    """More is written off than the actor may give up."""

    code = "beyond_write_off"


class BeyondCashDiscount(InvalidInput):
    """A larger discount for paying than the actor may give."""

    code = "beyond_cash_discount"


class DeductionNotSettled(InvalidInput):
    """A discount or write-off that settles nothing."""

    code = "deduction_not_settled"


class NothingToMatch(Conflict):
    """Nothing open stands on both sides."""

    code = "nothing_to_match"


class StepDone(Conflict):
    """The payment was banked or taken back already, or is none that can be."""

    code = "step_done"


class PaidBefore(ConfirmationRequired):
    """The party has a payment with the same reference."""

    code = "paid_before"
