"""Whether interest bears tax: by how the company pays GST on the day on which it is billed.

Interest is supplied when it is received (CGST Act s.12(6)), which is never before it is billed. By composition, or
without a registration, no tax is collected then (s.10(4), s.32), whatever the invoice bore; who pays regularly owes
the rate of what was paid late, also where that was sold by composition.
"""

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services import sales
from erp.services.billing import OriginalInvoice


def is_taxed(session: Session, ctx: RequestContext, original: OriginalInvoice) -> bool:
    """Tell whether a note of today on an invoice bears the tax of its lines.

    What was sold without any tax by who pays regularly, such as an export, or before the registration, stays without.
    """
    seller = sales.get_seller(session, ctx)
    if seller.is_composition or seller.is_unregistered:
        return False
    if any(row["cgst"] + row["sgst"] + row["igst"] for row in original.lines.values()):
        return True
    row = db.fetch_one(
        session,
        "select sec.gst_scheme(tenant_id, company_id, issued_on) = 'composition' as is_composition"
        " from invoice where tenant_id = %s and id = %s",
        (ctx.tenant_id, original.id),
    )
    return row is not None and bool(row["is_composition"])
