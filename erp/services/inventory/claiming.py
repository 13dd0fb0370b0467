"""When suppliers take goods back for their expiry: terms of each, and one for all others."""

from datetime import datetime
from typing import Annotated, Final, LiteralString
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.services import party
from erp.services.platform import Command, Identified, Nothing, Result, Rows, command, query

DEFAULT_CLAIM_DAYS: Final = 90
"""Days before and after the expiry until the business writes down what was agreed."""

CLAIM_WINDOW: LiteralString = """
    left join lateral (
        select l.expires_on - coalesce(t.opens_days, %(claim_days)s) as claim_from,
               l.expires_on + coalesce(t.closes_days, %(claim_days)s) as claim_until
          from (select 1) always
          left join lateral (
               select c.opens_days, c.closes_days from claim_terms c
                where c.tenant_id = %(tenant)s
                  and (c.supplier_id = l.supplier_id or c.supplier_id is null)
                order by c.supplier_id is null limit 1) t on true
         where l.supplier_id is not null) claim on true
"""
"""The days between which the supplier of a lot `l` takes it back; none without a supplier."""

ClaimDays = Annotated[int, Field(ge=0, le=730)]


class SetClaimTerms(Command):
    """Write down when a supplier takes goods back for their expiry.

    Attributes:
        supplier_id: Every supplier without terms of its own where none is named.
        opens_days: Days before the expiry. closes_days: days after it.
    """

    supplier_id: UUID | None = None
    opens_days: ClaimDays
    closes_days: ClaimDays


class ClaimTermsRow(Result):
    """Terms in force; `supplier_id` is none for all others.

    Attributes:
        set_at: None for the product's default, as nobody wrote down any.
    """

    supplier_id: UUID | None
    supplier: str
    opens_days: int
    closes_days: int
    set_at: datetime | None


class ClaimTermsList(Rows):
    """Terms: those for all others first, then by supplier."""

    rows: list[ClaimTermsRow]


@command("inventory.set_claim_terms", permission="inventory.plan", rest="PUT /claim-terms")
def set_claim_terms(session: Session, ctx: RequestContext, cmd: SetClaimTerms) -> Identified:
    """Write down or replace the terms of a supplier, or of all without terms of their own.

    Raises:
        UnknownParty: The supplier is not in the acting tenant.
    """
    if cmd.supplier_id is not None:
        party.check_known(session, ctx, cmd.supplier_id, "supplier_id")
    row = db.fetch_one(
        session,
        """
        insert into claim_terms
               (tenant_id, id, supplier_id, opens_days, closes_days, set_by, set_at)
        values (%s, %s, %s, %s, %s, %s, %s)
            on conflict (tenant_id, supplier_id) do update
           set opens_days = excluded.opens_days, closes_days = excluded.closes_days,
               set_by = excluded.set_by, set_at = excluded.set_at
        returning id
        """,
        (
            ctx.tenant_id,
            new_id(),
            cmd.supplier_id,
            cmd.opens_days,
            cmd.closes_days,
            ctx.user_id,
            ctx.now,
        ),
    )
    assert row is not None  # noqa: S101  an upsert always answers
    return Identified(id=row["id"])


@query("inventory.list_claim_terms", permission="inventory.view", rest="GET /claim-terms")
def list_claim_terms(session: Session, ctx: RequestContext, _wanted: Nothing) -> ClaimTermsList:
    """Return the terms in force: those for all others first."""
    rows = db.fetch_all(
        session,
        """
        select c.supplier_id, coalesce(p.name, '') as supplier, c.opens_days, c.closes_days,
               c.set_at
          from claim_terms c
          left join party p on p.tenant_id = c.tenant_id and p.id = c.supplier_id
         where c.tenant_id = %s
         order by c.supplier_id is not null, p.name
        """,
        (ctx.tenant_id,),
    )
    found = [ClaimTermsRow(**row) for row in rows]
    if not found or found[0].supplier_id is not None:
        usual = {"opens_days": DEFAULT_CLAIM_DAYS, "closes_days": DEFAULT_CLAIM_DAYS}
        found.insert(0, ClaimTermsRow(supplier_id=None, supplier="", set_at=None, **usual))
    return ClaimTermsList(rows=found)
