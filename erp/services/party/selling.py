"""The customer of a sale, in one statement."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.services.party.errors import InactiveParty, UnknownParty

WALK_IN_CODE = "WALK-IN"
"""Code of the customer who stands for everyone without a name."""


@dataclass(frozen=True, slots=True)
class SaleParty:
    """A customer with what pricing, GST and credit need of them."""

    id: UUID
    code: str
    name: str
    kind: str
    gst_category: str
    gstin: str | None
    state_code: str
    address: str
    city: str
    pin: str
    phone: str
    price_list: str
    credit_days: int
    credit_limit: Decimal
    drug_licence_no: str | None

    @property
    def is_walk_in(self) -> bool:
        """Tell whether this is the nameless customer."""
        return self.code == WALK_IN_CODE


def get_party_for_sale(session: Session, ctx: RequestContext, party_id: UUID | None) -> SaleParty:
    """Return the customer of a sale; nobody named means the walk-in customer.

    Raises:
        UnknownParty: The party is not in the acting tenant, or no walk-in customer is set up.
        InactiveParty: The party was closed for new business.
    """
    row = db.raw(session).execute(*_wanted(ctx, party_id)).fetchone()
    if row is None:
        message = "This customer is not known here. Search again."
        raise UnknownParty(message, fields={"customer_id": message})
    *values, is_active = row
    party = SaleParty(*values)
    if not is_active:
        message = f"{party.name} is closed for new business."
        raise InactiveParty(message, fields={"customer_id": message})
    return party


def hold_buyer(session: Session, ctx: RequestContext, buyer: SaleParty) -> None:
    """Lock a customer as credit, points and advances do; never the nameless one, who has none."""
    if buyer.is_walk_in:
        return
    db.execute(
        session,
        "select 1 from party where tenant_id = %s and id = %s for no key update",
        (ctx.tenant_id, buyer.id),
    )


def _wanted(ctx: RequestContext, party_id: UUID | None) -> tuple[str, tuple[object, ...]]:
    columns = (
        "select id, code, name, kind, gst_category, gstin, state_code, address, city, pin, phone,"
        " price_list, credit_days, credit_limit, drug_licence_no, is_active from party"
    )
    if party_id is None:
        return f"{columns} where tenant_id = %s and code = %s", (ctx.tenant_id, WALK_IN_CODE)
    return f"{columns} where tenant_id = %s and id = %s", (ctx.tenant_id, party_id)


def ensure_walk_in(session: Session, ctx: RequestContext, state_code: str) -> UUID:
    """Return the walk-in customer, making it on first use.

    Its state is the shop's: goods handed over the counter are supplied where they are handed
    over. Source: IGST Act s.10(1)(c) and (ca).
    """
    row = db.fetch_one(
        session,
        """
        insert into party (tenant_id, id, code, name, kind, gst_category, state_code, address,
               city, pin, phone, email, price_list, credit_days, credit_limit, note, is_active,
               search_text)
        values (%s, %s, %s, 'Walk-in customer', 'walk_in', 'unregistered', %s, '', '', '', '',
               '', 'RETAIL_MRP', 0, 0, '', true, 'walk in customer')
        on conflict (tenant_id, code) do update set code = excluded.code
        returning id
        """,
        (ctx.tenant_id, new_id(), WALK_IN_CODE, state_code),
    )
    assert row is not None  # noqa: S101  returning always answers
    db.execute(
        session,
        "insert into party_role (tenant_id, party_id, role) values (%s, %s, 'customer')"
        " on conflict do nothing",
        (ctx.tenant_id, row["id"]),
    )
    found: UUID = row["id"]
    return found


def check_known(session: Session, ctx: RequestContext, party_id: UUID, field: str) -> None:
    """Refuse a party of nobody or of another tenant; names the input field.

    Raises:
        UnknownParty: The party is not in the acting tenant.
    """
    found = db.fetch_one(
        session,
        "select 1 from party where tenant_id = %s and id = %s",
        (ctx.tenant_id, party_id),
    )
    if found is None:
        message = "This party is not known here. Choose one of the list."
        raise UnknownParty(message, fields={field: message})


def require_account(session: Session, ctx: RequestContext, party_id: UUID, field: str) -> str:
    """Return the name of a party that may owe and be owed, closed or not; names the input field.

    Raises:
        UnknownParty: The party is not in the acting tenant, or is the nameless customer.
    """
    row = db.fetch_one(
        session,
        "select name, code from party where tenant_id = %s and id = %s",
        (ctx.tenant_id, party_id),
    )
    if row is None or row["code"] == WALK_IN_CODE:
        message = "This party has no account. Choose one of the list."
        raise UnknownParty(message, fields={field: message})
    name: str = row["name"]
    return name
