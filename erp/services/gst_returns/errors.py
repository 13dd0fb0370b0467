"""Refusals of GST returns."""

from erp.core.errors import Conflict, DomainError, InvalidInput, NotFound
from erp.services.platform import refuse_on


class UnknownRegistration(NotFound):
    """No branch of the acting company has this GSTIN."""

    code = "unknown_registration"


class UnknownGstReturn(NotFound):
    """The acting company has no such return."""

    code = "unknown_gst_return"


class WrongTaxPeriod(InvalidInput):
    """The days are no period that a return is filed for."""

    code = "wrong_tax_period"


class NotAmendable(Conflict):
    """A later return cannot correct this of the document."""

    code = "not_amendable"


class AmendedBefore(Conflict):
    """A document is amended once."""

    code = "amended_before"


class NothingAmended(InvalidInput):
    """The document is stated so already."""

    code = "nothing_amended"


class UnknownAmendment(NotFound):
    """The acting company has no such amendment that stands."""

    code = "unknown_amendment"


class NothingLost(Conflict):
    """No goods wait for their credit to be reversed."""

    code = "nothing_lost"


class ReturnNotReady(Conflict):
    """Something has to be mended before the return leaves the house."""

    code = "return_not_ready"


class ReturnOutdated(Conflict):
    """Documents of the period changed since the return was prepared."""

    code = "return_outdated"


class ReturnFiled(Conflict):
    """The period's return is filed; that is never undone."""

    code = "return_filed"


class ReviewMissing(Conflict):
    """Somebody else has to look at the return first."""

    code = "review_missing"


class CashShort(Conflict):
    """The cash ledger does not hold what has to be paid in cash."""

    code = "cash_short"


class UnknownDeposit(NotFound):
    """The acting company has recorded no such challan."""

    code = "unknown_deposit"


class DepositCancelled(Conflict):
    """The challan is cancelled."""

    code = "deposit_cancelled"


class UnknownRecord(NotFound):
    """The acting company has recorded no such reverse charge or change of credit."""

    code = "unknown_gst_record"


class RecordCancelled(Conflict):
    """The reverse charge or change of credit is cancelled."""

    code = "gst_record_cancelled"


class RecordKept(Conflict):
    """Something rests on the reverse charge or change of credit, so it is not cancelled."""

    code = "gst_record_kept"


class NothingToShare(Conflict):
    """What exempt supplies bear of common credit is given back, or there is none."""

    code = "nothing_to_share"


class ShareChanged(Conflict):
    """The share of common credit comes to another amount than was agreed to."""

    code = "share_changed"


class CreditShort(InvalidInput):
    """More credit is given back or claimed again than there is."""

    code = "credit_short"


class DepositKnown(Conflict):
    """A challan of this number is recorded."""

    code = "deposit_known"


class StatementKnown(Conflict):
    """The file was imported before."""

    code = "statement_known"


class UnknownReported(NotFound):
    """The acting company has no such reported document."""

    code = "unknown_reported"


class UnknownChargeInvoice(NotFound):
    """There is no such invoice of bank charges."""

    code = "unknown_charge_invoice"


class ChargesRecorded(Conflict):
    """The invoice of bank charges is recorded already."""

    code = "charges_recorded"


class ChargesTakenBack(Conflict):
    """The invoice of bank charges was taken back already."""

    code = "charges_taken_back"


class NothingCharged(Conflict):
    """No charge with tax stands in the books that the invoice could be of."""

    code = "nothing_charged"


class NotItsBill(InvalidInput):
    """The bill is not one that the reported document can be."""

    code = "not_its_bill"


class TaxPeriodFiled(DomainError):
    """A return of the period is filed, so its taxes no longer change."""

    code = "tax_period_filed"


def unknown_return() -> UnknownGstReturn:
    """Return the refusal of a return that is not there."""
    message = "This return is not known here. Choose one of the list."
    return UnknownGstReturn(message, fields={"return_id": message})


def tax_period_filed() -> TaxPeriodFiled:
    """Return the refusal of a document dated into a filed period."""
    remedy = "the GST return of this month is filed; use a day after it"
    return TaxPeriodFiled(
        "The GST return of this date's month is filed, and its figures stay as they are."
        " Book this on a day after that month: it goes into the next return.",
        fields=dict.fromkeys(("booked_on", "effective_on", "paid_on"), remedy),
    )


refuse_on("gst_return_period_filed", tax_period_filed)
refuse_on(
    "uq_gst_credit_loss_live",
    lambda: NothingLost("The credit on these goods is reversed already."),
)
refuse_on(
    "uq_gst_return_filed",
    lambda: ReturnFiled("The return of this period is filed already. That is never undone."),
)
refuse_on(
    "uq_gst_charge_invoice_once",
    lambda: ChargesRecorded(
        "This invoice is recorded already.",
        fields={"number": "Recorded already. Look at the list."},
    ),
)
refuse_on("uq_gst_2b_file", lambda: StatementKnown("This file was imported before."))
refuse_on(
    "uq_gst_2b_document_bill",
    lambda: NotItsBill(
        "This bill is paired with another reported document.",
        fields={"bill_id": "paired with another document"},
    ),
)
refuse_on(
    "uq_gst_deposit_standing",
    lambda: DepositKnown(
        "A challan with this number is recorded already.",
        fields={"reference": "this challan is recorded already"},
    ),
)


def _amended() -> AmendedBefore:
    message = "This document was amended meanwhile. Look at the list of amendments."
    return AmendedBefore(message, fields={"invoice_id": message})


def _cancelled() -> NotAmendable:
    message = "This invoice was cancelled: no return states it."
    return NotAmendable(message, fields={"invoice_id": message})


def _unfiled() -> NotAmendable:
    message = "No filed return states this document. Cancel it, or meet it with a note."
    return NotAmendable(message, fields={"invoice_id": message})


def _frozen() -> UnknownAmendment:
    message = "This amendment was withdrawn already."
    return UnknownAmendment(message, fields={"amendment_id": message})


refuse_on("uq_gst_amendment_standing", _amended)
refuse_on("gst_amendment_cancelled", _cancelled)
refuse_on("gst_amendment_unfiled", _unfiled)
refuse_on("gst_amendment_frozen", _frozen)


MOVED_SINCE = (
    "The advance was applied, paid back or undone as it is amended."
    " Let the amendment stand: what is wrong with it is met in the next return."
)


def _advance_used() -> NotAmendable:
    return NotAmendable(MOVED_SINCE, fields={"amendment_id": MOVED_SINCE})


def _advance_amended() -> AmendedBefore:
    message = "This advance was amended meanwhile. Open its page again."
    return AmendedBefore(message, fields={"advance_id": message})


def _advance_unfiled() -> NotAmendable:
    message = "No filed return states this of the advance. File that month's return first."
    return NotAmendable(message, fields={"advance_id": message})


refuse_on("service_advance_amendment_used", _advance_used)
refuse_on("uq_service_advance_amendment_advance", _advance_amended)
refuse_on("service_advance_amendment_unfiled", _advance_unfiled)
