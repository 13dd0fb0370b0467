"""Bills of a provider whose charges its settlements book: asked about wherever else they are typed in."""

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.services import party, seen_bills


def provider_gstin(text: str) -> str:
    """Return a provider's GSTIN as it is typed, in its one writing; nothing where none is.

    Raises:
        InvalidInput: It has a typing error.
    """
    if not text.strip():
        return ""
    try:
        return party.read_gstin(text).value
    except party.InvalidGstin as fault:
        raise InvalidInput(fault.message, fields={"supplier_gstin": fault.message}) from None


def charges_of(session: Session, ctx: RequestContext, seen: seen_bills.Seen) -> str:
    """Say that settlements took the credit of a supplier's charges in the month of a bill or before; else nothing."""
    if not seen.supplier_gstin:
        return ""
    row = db.fetch_one(
        session,
        "select a.name from gateway_account a where a.tenant_id = %s and a.company_id = %s and a.supplier_gstin = %s"
        " and exists (select 1 from gateway_settlement s where s.tenant_id = a.tenant_id and s.account_id = a.id"
        "  and s.tax > 0 and date_trunc('month', s.settled_on) <= %s) order by a.name limit 1",
        (ctx.tenant_id, ctx.company_id, seen.supplier_gstin, seen.dated_on),
    )
    if row is None:
        return ""
    return (
        f"Settlements of {row['name']} book the charges of this supplier and take their credit. Record its invoice of a"
        " month under Payment links, Charges. Confirm if this bill is for something else."
    )


seen_bills.asks_about_suppliers(seen_bills.BillSource.GATEWAY, charges_of)
