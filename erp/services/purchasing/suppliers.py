"""Who sells to us, and how both sides stand on paper."""

from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services import party
from erp.services.purchasing.errors import NotASupplier

SELLERS = frozenset({party.PartyRoleName.SUPPLIER, party.PartyRoleName.MANUFACTURER})


def get_supplier(session: Session, ctx: RequestContext, supplier_id: UUID) -> party.PartyDetail:
    """Return a party that sells to us.

    Raises:
        UnknownParty: It is not in the acting tenant.
        NotASupplier: It is neither supplier nor manufacturer.
    """
    party.check_known(session, ctx, supplier_id, "supplier_id")
    found = party.get_party(session, ctx, party.GetParty(party_id=supplier_id))
    if not SELLERS & set(found.roles):
        message = f"{found.name} is no supplier. Add the role on their page, or choose another."
        raise NotASupplier(message, fields={"supplier_id": message})
    return found


def trading_parties(
    session: Session, ctx: RequestContext, supplier_id: UUID
) -> tuple[db.Row, db.Row]:
    """Return the acting branch as the buyer, and a known supplier, as they stand on paper."""
    buyer = db.fetch_one(
        session,
        "select c.legal_name as name, b.address, b.city, b.pin, b.state_code, b.gstin, b.phone,"
        " b.drug_licence_no from branch b"
        " join company c on (c.tenant_id, c.id) = (b.tenant_id, b.company_id)"
        " where b.tenant_id = %s and b.id = %s",
        (ctx.tenant_id, ctx.branch_id),
    )
    supplier = db.fetch_one(
        session,
        "select name, address, city, pin, state_code, gstin, phone, email, drug_licence_no,"
        " credit_days from party where tenant_id = %s and id = %s",
        (ctx.tenant_id, supplier_id),
    )
    assert buyer is not None  # noqa: S101  the acting branch is there
    assert supplier is not None  # noqa: S101  a paper of buying has a supplier
    return buyer, supplier
