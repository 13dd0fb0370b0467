"""Suggestions to buy again: one open per product and branch, until ordered, dismissed or not needed."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.formatting import counted
from erp.core.ids import new_id
from erp.models.inventory import ReorderSuggestion, SuggestionStatus
from erp.services import workflows
from erp.services.inventory.errors import SuggestionClosed, UnknownSuggestion
from erp.services.inventory.events import ReorderDismissed, ReorderSuggested
from erp.services.inventory.reordering import ReorderPlan, plans
from erp.services.platform import Command, Identified, Result, ShortText, command, emit

_FIGURES = (
    "quantity",
    "available",
    "incoming",
    "per_day",
    "lead_days",
    "safety_stock",
    "reorder_point",
    "basis",
    "supplier_id",
    "unit_cost",
)


class SuggestReorders(Command):
    """Look at every product of the acting branch and suggest what to buy again."""


class ReordersSuggested(Result):
    """What came of it.

    Attributes:
        suggested: New suggestions. kept: open ones brought up to date. lapsed: no longer needed.
        told: People who were told of new ones.
    """

    suggested: int
    kept: int
    lapsed: int
    told: int


class DismissSuggestion(Command):
    """Say why not to buy, and for how long not to ask again."""

    suggestion_id: UUID
    reason: ShortText
    quiet_days: Annotated[int, Field(ge=1, le=365)] = 14


@command(
    "inventory.suggest_reorders", permission="inventory.reorder", rest="POST /inventory/reorders"
)
def suggest_reorders(
    session: Session, ctx: RequestContext, _cmd: SuggestReorders
) -> ReordersSuggested:
    """Suggest what the acting branch should buy: whatever stands at its reorder point or below.

    A product has one open suggestion: an older one is brought up to date, one that is no longer
    needed lapses, and a product that was dismissed is left alone for the days that were named.

    Emits:
        inventory.reorder_suggested.v1, in the same transaction, where there are new ones.
    """
    db.execute(
        session,
        "select pg_advisory_xact_lock(hashtextextended(%s, 0))",
        (f"suggest-reorders-{ctx.branch_id}",),
    )
    quiet = _quiet(session, ctx)
    wanted = [plan for plan in plans(session, ctx) if plan.variant_id not in quiet]
    lapsed = _lapse(session, ctx, [plan.variant_id for plan in wanted])
    kept = _refresh(session, ctx, wanted)
    new = [plan for plan in wanted if plan.variant_id not in kept]
    _write(session, ctx, new)
    told = _tell(session, ctx, len(new)) if new else 0
    return ReordersSuggested(suggested=len(new), kept=len(kept), lapsed=lapsed, told=told)


def _quiet(session: Session, ctx: RequestContext) -> set[UUID]:
    rows = db.fetch_all(
        session,
        "select variant_id from reorder_suggestion where tenant_id = %s and branch_id = %s"
        " and status = 'dismissed' and quiet_until >= %s",
        (ctx.tenant_id, ctx.branch_id, ctx.today),
    )
    return {row["variant_id"] for row in rows}


def _lapse(session: Session, ctx: RequestContext, needed: Sequence[UUID]) -> int:
    rows = db.fetch_all(
        session,
        "update reorder_suggestion set status = 'lapsed', closed_at = %s"
        " where tenant_id = %s and branch_id = %s and status = 'open' and variant_id <> all(%s)"
        " returning id",
        (ctx.now, ctx.tenant_id, ctx.branch_id, list(needed)),
    )
    return len(rows)


def _refresh(session: Session, ctx: RequestContext, wanted: Sequence[ReorderPlan]) -> set[UUID]:
    """Bring open suggestions up to date and return their products."""
    rows = db.fetch_all(
        session,
        """
        update reorder_suggestion s
           set quantity = x.quantity, available = x.available, incoming = x.incoming,
               per_day = x.per_day, lead_days = x.lead_days, safety_stock = x.safety_stock,
               reorder_point = x.reorder_point, basis = x.basis, supplier_id = x.supplier_id,
               unit_cost = x.unit_cost, suggested_at = %s
          from jsonb_to_recordset(%s::jsonb) as x (
               variant_id uuid, quantity bigint, available bigint, incoming bigint,
               per_day numeric, lead_days int, safety_stock bigint, reorder_point bigint,
               basis text, supplier_id uuid, unit_cost numeric)
         where s.tenant_id = %s and s.branch_id = %s and s.status = 'open'
           and s.variant_id = x.variant_id
        returning s.variant_id
        """,
        (
            ctx.now,
            "[" + ",".join(plan.model_dump_json() for plan in wanted) + "]",
            ctx.tenant_id,
            ctx.branch_id,
        ),
    )
    return {row["variant_id"] for row in rows}


def _write(session: Session, ctx: RequestContext, new: Sequence[ReorderPlan]) -> None:
    if not new:
        return
    about: dict[str, Any] = {
        "tenant_id": ctx.tenant_id,
        "branch_id": ctx.branch_id,
        "status": SuggestionStatus.OPEN,
        "suggested_at": ctx.now,
        "reason": "",
    }
    rows = [
        about
        | {"id": new_id(), "variant_id": plan.variant_id}
        | {name: getattr(plan, name) for name in _FIGURES}
        for plan in new
    ]
    db.insert_rows(session, ReorderSuggestion, rows)


def _tell(session: Session, ctx: RequestContext, count: int) -> int:
    emit(session, ctx, ctx.branch_id, ReorderSuggested(suggested=count))
    news = workflows.News(
        kind="inventory.reorder_suggested",
        title=f"{counted(count, 'product')} to order again",
        body="They stand at their reorder point or below. Order them, or say why not.",
        link="/stock/reorder",
        dedupe_key=f"reorder-{ctx.branch_id}-{ctx.today.isoformat()}",
    )
    return workflows.notify_members(session, ctx, permission="inventory.reorder", news=news)


@command(
    "inventory.dismiss_suggestion",
    permission="inventory.reorder",
    rest="POST /reorder-suggestions/{suggestion_id}/dismiss",
)
def dismiss_suggestion(session: Session, ctx: RequestContext, cmd: DismissSuggestion) -> Identified:
    """Close a suggestion of the acting branch without ordering; it is not made again for a while.

    Raises:
        UnknownSuggestion: The branch has no such suggestion. SuggestionClosed: it is not open.

    Emits:
        inventory.reorder_dismissed.v1, in the same transaction.
    """
    row = db.fetch_one(
        session,
        "select variant_id, status from reorder_suggestion"
        " where tenant_id = %s and branch_id = %s and id = %s for update",
        (ctx.tenant_id, ctx.branch_id, cmd.suggestion_id),
    )
    if row is None:
        message = "This suggestion is not known here. Choose one of the list."
        raise UnknownSuggestion(message, fields={"suggestion_id": message})
    if row["status"] != SuggestionStatus.OPEN:
        raise SuggestionClosed(f"This suggestion is {row['status']} already. Load the list again.")
    db.execute(
        session,
        "update reorder_suggestion set status = 'dismissed', reason = %s, quiet_until = %s,"
        " closed_at = %s, closed_by = %s where tenant_id = %s and id = %s",
        (
            cmd.reason,
            ctx.today + timedelta(days=cmd.quiet_days),
            ctx.now,
            ctx.user_id,
            ctx.tenant_id,
            cmd.suggestion_id,
        ),
    )
    event = ReorderDismissed(
        suggestion_id=cmd.suggestion_id, variant_id=row["variant_id"], reason=cmd.reason
    )
    emit(session, ctx, cmd.suggestion_id, event)
    return Identified(id=cmd.suggestion_id)


def close_suggestions(
    session: Session,
    ctx: RequestContext,
    holder: tuple[SuggestionStatus, UUID],
    variant_ids: Iterable[UUID],
) -> None:
    """Close the acting branch's open suggestions of products that a document holds now.

    Args:
        holder: `ordered` with the order's id, or `requested` with the requisition's.
    """
    status, holder_id = holder
    is_order = status is SuggestionStatus.ORDERED
    db.execute(
        session,
        "update reorder_suggestion set status = %s, order_id = %s, requisition_id = %s,"
        " closed_at = %s, closed_by = %s where tenant_id = %s and branch_id = %s"
        " and status = 'open' and variant_id = any(%s)",
        (
            status,
            *((holder_id, None) if is_order else (None, holder_id)),
            ctx.now,
            ctx.user_id,
            ctx.tenant_id,
            ctx.branch_id,
            sorted(variant_ids),
        ),
    )
