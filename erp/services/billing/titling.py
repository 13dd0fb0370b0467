"""Which document a sale needs: tax invoice, bill of supply, or both in one."""

from collections.abc import Iterable
from enum import StrEnum

from erp.core.errors import InvalidInput
from erp.core.gst.taxing import Treatment


class DocumentTitle(StrEnum):
    """The words the law wants at the head of a document."""

    TAX_INVOICE = "Tax Invoice"
    BILL_OF_SUPPLY = "Bill of Supply"
    INVOICE_CUM_BILL = "Invoice-cum-Bill of Supply"
    CREDIT_NOTE = "Credit Note"
    DEBIT_NOTE = "Debit Note"
    SELF_INVOICE = "Self-Invoice"
    """Of a purchase under reverse charge from somebody who is not registered (s.31(3)(f))."""
    RETURN_NOTE = "Debit Note and Delivery Challan"
    """Of goods on their way back to the supplier who billed them (r.53(1A), r.55)."""
    DELIVERY_CHALLAN = "Delivery Challan"
    """Of goods that move without being billed (r.55)."""


class SeparateDocumentsNeeded(InvalidInput):
    """Taxable and exempt lines may share a document only for an unregistered recipient."""

    code = "separate_documents_needed"


def document_title(
    treatments: Iterable[Treatment],
    *,
    is_recipient_registered: bool,
    is_composition: bool,
    is_unregistered: bool = False,
) -> DocumentTitle:
    """Tell which document a sale needs; a seller who may collect no tax issues no tax invoice.

    Raises:
        SeparateDocumentsNeeded: A registered recipient buys taxable and exempt things at once.

    Source: s.31(1)-(3) CGST Act; r.46, r.46A, r.49 CGST Rules.
    """
    kinds = {treatment is Treatment.TAXABLE for treatment in treatments}
    if is_composition or is_unregistered or kinds == {False}:
        return DocumentTitle.BILL_OF_SUPPLY
    if kinds == {True}:
        return DocumentTitle.TAX_INVOICE
    if is_recipient_registered:
        raise SeparateDocumentsNeeded(
            "Bill the exempt lines apart: a registered customer needs a tax invoice "
            "and a bill of supply."
        )
    return DocumentTitle.INVOICE_CUM_BILL
