"""Refusals of billing."""

from erp.core.errors import InvalidInput
from erp.services.billing.crediting import ReturnExceedsSale
from erp.services.platform import refuse_on


class AboveMrp(InvalidInput):
    """A line would cost more than the maximum retail price of its lot."""

    code = "above_mrp"


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
