import pytest

from erp.core.gst.taxing import Treatment
from erp.services.billing.titling import DocumentTitle, SeparateDocumentsNeeded, document_title

TAXABLE, EXEMPT, NIL = Treatment.TAXABLE, Treatment.EXEMPT, Treatment.NIL_RATED


@pytest.mark.parametrize(
    ("treatments", "registered", "composition", "title"),
    [
        ([TAXABLE], True, False, DocumentTitle.TAX_INVOICE),
        ([TAXABLE, TAXABLE], False, False, DocumentTitle.TAX_INVOICE),
        ([EXEMPT], True, False, DocumentTitle.BILL_OF_SUPPLY),
        ([EXEMPT, NIL], False, False, DocumentTitle.BILL_OF_SUPPLY),
        ([EXEMPT, TAXABLE], False, False, DocumentTitle.INVOICE_CUM_BILL),
        ([EXEMPT, TAXABLE], True, True, DocumentTitle.BILL_OF_SUPPLY),
    ],
)
def test_document_title(treatments, registered, composition, title):
    assert title is document_title(
        treatments, is_recipient_registered=registered, is_composition=composition
    )


def test_a_registered_buyer_gets_two_documents():
    with pytest.raises(SeparateDocumentsNeeded):
        document_title([EXEMPT, TAXABLE], is_recipient_registered=True, is_composition=False)
