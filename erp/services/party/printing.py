"""How a party stands on a printed document."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.party.states import state_name


@dataclass(frozen=True, slots=True)
class PrintedParty:
    """A supplier, recipient or consignee as a document names it; `credit_days` until they pay."""

    name: str
    address: tuple[str, ...] = ()
    state_name: str = ""
    state_code: str = ""
    gstin: str = ""
    phone: str = ""
    email: str = ""
    drug_licence: str = ""
    credit_days: int = 0


def printed_party(row: Mapping[str, Any]) -> PrintedParty:
    """Return a branch or a party as it is printed, from columns of its row.

    Args:
        row: Has `name`; of `address`, `city`, `pin`, `state_code`, `gstin`, `phone`, `email` and
            `drug_licence_no` what is known.
    """
    place = " ".join(part for part in (row.get("city"), row.get("pin")) if part)
    code = row.get("state_code") or ""
    return PrintedParty(
        name=row["name"],
        address=tuple(line for line in (row.get("address"), place) if line),
        state_name=state_name(code) if code else "",
        state_code=code,
        gstin=row.get("gstin") or "",
        phone=row.get("phone") or "",
        email=row.get("email") or "",
        drug_licence=row.get("drug_licence_no") or "",
        credit_days=row.get("credit_days") or 0,
    )


def printed_branch(
    session: Session,
    ctx: RequestContext,
    branch_id: UUID | None = None,
    at: datetime | None = None,
) -> PrintedParty:
    """Return a branch, the acting one unless named, under the name its company is registered by.

    Args:
        at: When the paper was made, which goes on naming the branch as it was; now, where it is left out.
    """
    row = db.fetch_one(
        session,
        "select was.legal_name as name, was.address, was.city, was.pin, b.state_code, b.gstin, was.phone,"
        " was.drug_licence_no from branch b"
        " cross join lateral sec.branch_at(b.tenant_id, b.id, coalesce(%s::timestamptz, 'infinity')) was"
        " where b.tenant_id = %s and b.id = %s",
        (at, ctx.tenant_id, branch_id or ctx.branch_id),
    )
    assert row is not None  # noqa: S101  a paper is of a branch
    return printed_party(row)


def printed_contact(session: Session, ctx: RequestContext, party_id: UUID) -> PrintedParty:
    """Return a known party as it is printed today."""
    row = db.fetch_one(
        session,
        "select name, address, city, pin, state_code, gstin, phone, email, drug_licence_no,"
        " credit_days from party where tenant_id = %s and id = %s",
        (ctx.tenant_id, party_id),
    )
    assert row is not None  # noqa: S101  a paper names a party
    return printed_party(row)
