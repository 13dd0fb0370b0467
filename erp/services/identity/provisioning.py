"""New tenants: the organisation, its first branch, the standard roles and an owner."""

import json
from dataclasses import dataclass
from uuid import UUID

from erp.core import db
from erp.core.clock import utc_now
from erp.core.context import ANY_PERMISSION, RequestContext
from erp.core.ids import new_id
from erp.services.identity.principals import NOBODY
from erp.services.identity.roles import STANDARD_ROLES


@dataclass(frozen=True, slots=True)
class NewTenant:
    """What a new tenant starts with; without a GSTIN it is unregistered and collects no tax.

    The GSTIN's state must be the branch's.
    """

    name: str
    slug: str
    legal_name: str
    trade_name: str
    gstin: str | None
    pan: str | None
    state_code: str
    branch_code: str
    branch_name: str
    address: str
    city: str
    pin: str
    phone: str = ""
    drug_licence_no: str | None = None
    upi_address: str | None = None
    time_zone: str = "Asia/Kolkata"
    is_demo: bool = False


def provision_tenant(new: NewTenant) -> RequestContext:
    """Make a tenant with one company, one branch and the standard roles.

    Needs the operators' role for the tenant row; everything else is written under the
    new tenant's own context. Returns a context that may do everything in it.
    """
    tenant_id, company_id, branch_id = new_id(), new_id(), new_id()
    with db.ops_session() as session:
        db.execute(
            session,
            "select sec.create_tenant(%s, %s, %s, %s, %s)",
            (tenant_id, new.name, new.slug, new.time_zone, new.is_demo),
        )
    ctx = system_context(tenant_id, company_id, branch_id, new.time_zone)
    with db.unit_of_work(ctx) as session:
        db.execute(
            session,
            "insert into company (tenant_id, id, legal_name, trade_name, pan, gst_scheme, currency,"
            " fiscal_year_first_month) values (%s, %s, %s, %s, %s, %s, 'INR', 4)",
            (
                tenant_id,
                company_id,
                new.legal_name,
                new.trade_name,
                new.pan,
                "regular" if new.gstin else "unregistered",
            ),
        )
        db.execute(
            session,
            "insert into branch (tenant_id, id, company_id, code, name, gstin, state_code, address, city, pin,"
            " phone, drug_licence_no, upi_address) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            (
                tenant_id,
                branch_id,
                company_id,
                new.branch_code,
                new.branch_name,
                new.gstin,
                new.state_code,
                new.address,
                new.city,
                new.pin,
                new.phone,
                new.drug_licence_no,
                new.upi_address,
            ),
        )
        for role in STANDARD_ROLES:
            db.execute(
                session,
                "insert into role (tenant_id, id, name, title, permissions, limits)"
                " values (%s, %s, %s, %s, %s, %s::jsonb)",
                (
                    tenant_id,
                    new_id(),
                    role.name,
                    role.title,
                    list(role.permissions),
                    json.dumps(role.limits),
                ),
            )
    return ctx


def system_context(
    tenant_id: UUID, company_id: UUID, branch_id: UUID, time_zone: str
) -> RequestContext:
    """Return a context of the product itself that may do everything in one tenant."""
    return RequestContext(
        tenant_id=tenant_id,
        company_id=company_id,
        branch_id=branch_id,
        user_id=NOBODY,
        user_name="system",
        permissions=frozenset({ANY_PERMISSION}),
        now=utc_now(),
        request_id=f"system-{new_id()}",
        source="cli",
        time_zone=time_zone,
    )


@dataclass(frozen=True, slots=True)
class TenantPlace:
    """A tenant with its first company and branch, for processes that act for it."""

    tenant_id: UUID
    slug: str
    name: str
    company_id: UUID
    branch_id: UUID
    time_zone: str


def list_tenants() -> list[TenantPlace]:
    """Return every active tenant; for the processes that serve them all."""
    return _places(None)


def find_place(tenant_id: UUID) -> TenantPlace | None:
    """Return an active tenant, or nothing; for doors that strangers knock at."""
    return next(iter(_places(tenant_id)), None)


def _places(tenant_id: UUID | None) -> list[TenantPlace]:
    with db.ops_session() as session:
        rows = db.fetch_all(
            session,
            """
            select distinct on (t.id) t.id as tenant_id, t.slug, t.name, b.company_id, b.id as branch_id, t.time_zone
              from tenant t join branch b on b.tenant_id = t.id
             where not t.is_suspended and (%(tenant)s::uuid is null or t.id = %(tenant)s) order by t.id, b.id
            """,
            {"tenant": tenant_id},
        )
    return [TenantPlace(**row) for row in rows]
