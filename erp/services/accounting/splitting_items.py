"""Splitting what is open of an item by days, and the terms by which new ones are."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.models.accounting import Instalment


def split_item(
    session: Session,
    ctx: RequestContext,
    item_id: UUID,
    parts: Sequence[tuple[date, Decimal]],
    reason: str,
) -> UUID:
    """Let what is open of an item be due in parts, and return the plan; the database adds them up.

    Whoever calls holds the party's items, so that nothing is settled meanwhile.
    """
    plan_id = new_id()
    rows = [
        {
            "tenant_id": ctx.tenant_id,
            "id": new_id(),
            "plan_id": plan_id,
            "item_id": item_id,
            "place": place,
            "due_on": due_on,
            "amount": amount,
            "reason": reason,
            "user_id": ctx.user_id,
        }
        for place, (due_on, amount) in enumerate(parts, start=1)
    ]
    db.insert_rows(session, Instalment, rows)
    return plan_id


def set_terms(session: Session, ctx: RequestContext, party_id: UUID, days: Sequence[int]) -> None:
    """Let new invoices of a customer be due so many days after them, in equal parts; at once where there is none."""
    whose = (ctx.tenant_id, ctx.company_id, party_id)
    if not days:
        db.execute(
            session,
            "delete from instalment_terms where tenant_id = %s and company_id = %s and party_id = %s",
            whose,
        )
        return
    db.execute(
        session,
        "insert into instalment_terms (tenant_id, id, company_id, party_id, days, user_id, set_at)"
        " values (%s, %s, %s, %s, %s, %s, %s) on conflict (tenant_id, company_id, party_id)"
        " do update set days = excluded.days, user_id = excluded.user_id, set_at = excluded.set_at",
        (ctx.tenant_id, new_id(), *whose[1:], list(days), ctx.user_id, ctx.now),
    )


def terms_of(session: Session, ctx: RequestContext, party_id: UUID) -> list[int]:
    """Return the days after an invoice on which a customer pays its parts; none where it is due at once."""
    row = db.fetch_one(
        session,
        "select days from instalment_terms where tenant_id = %s and company_id = %s and party_id = %s",
        (ctx.tenant_id, ctx.company_id, party_id),
    )
    return list(row["days"]) if row else []
