"""Who sells to us."""

from uuid import UUID

from sqlalchemy.orm import Session

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
