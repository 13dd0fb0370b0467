"""Refusals of billing."""

from erp.core.errors import Conflict, InvalidInput
from erp.services.billing.crediting import ReturnExceedsSale
from erp.services.platform import refuse_on


class AboveMrp(InvalidInput):
    """A line would cost more than the maximum retail price of its lot."""

    code = "above_mrp"


class NoTaxToday(Conflict):
    """The company pays by composition on the day of the document, so that it bears no tax."""

    code = "no_tax_today"


refuse_on(
    "invoice_by_composition",
    lambda: NoTaxToday(
        "The company pays GST by composition today: a document bears no tax, and nothing goes to another state. Open"
        " the bill again, so that it is made out anew."
    ),
)
refuse_on(
    "ck_invoice_line_not_above_mrp",
    lambda: AboveMrp("A line costs more than the MRP printed on the pack. Lower its price."),
)
refuse_on(
    "ck_invoice_line_return_returned",
    lambda: ReturnExceedsSale(
        "More would come back than was sold. Check earlier returns of this bill.",
        fields={"lines": "more than is left to return"},
    ),
)
