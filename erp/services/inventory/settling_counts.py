"""What follows counting: handing in, counting again, approval, and the difference posted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import ANY_PERMISSION, RequestContext
from erp.core.formatting import counted as in_words
from erp.core.formatting import money_text
from erp.models.inventory import CountLineStatus, CountSource, CountStatus
from erp.services import workflows
from erp.services.inventory.adjusting import Cause, ValuedChange, post_changes, value_changes
from erp.services.inventory.balances import HeldLot, lock_lots
from erp.services.inventory.counting import APPROVE, COUNT, Count, close_count, lock_count
from erp.services.inventory.counting_lots import Finding, lock_lines, write_findings
from erp.services.inventory.errors import (
    BeyondLimit,
    InsufficientStock,
    LotNotOnCount,
    LotsUncounted,
    OwnDifferences,
)
from erp.services.inventory.events import CountApproved, CountSubmitted, RecountRequested
from erp.services.inventory.moving import Origin
from erp.services.inventory.places import get_owned_place
from erp.services.platform import Closed, Command, Result, ShortText, Text, command, emit

LIMIT = "count_difference"
"""Limit of a role: gains and losses of one count, added up at cost."""

Declared = Literal["zero", "not_counted"]
_NAMED = 10
_WAITING = frozenset({CountLineStatus.WAITING.value, CountLineStatus.RECOUNT.value})


class DeclaredLot(Closed):
    """What is said of a lot that nobody counted."""

    lot_id: UUID
    declared: Declared


class SubmitCount(Command):
    """Hand a count in.

    Attributes:
        lots: Lots that were not counted: none of them is there, or they are left alone.
        rest: The same for every other lot that was not counted.
    """

    count_id: UUID
    lots: Annotated[tuple[DeclaredLot, ...], Field(max_length=500)] = ()
    rest: Declared | None = None


class CountSubmission(Result):
    """How many lots of a count were counted, and how many are left alone."""

    count_id: UUID
    counted: int
    left: int


class NamedLot(Closed):
    """A lot of a count."""

    lot_id: UUID


class RequestRecount(Command):
    """Send lots back to be counted once more."""

    count_id: UUID
    lots: Annotated[tuple[NamedLot, ...], Field(min_length=1, max_length=500)]
    reason: Text = ""


class RecountAnswer(Result):
    """Lots that wait to be counted again."""

    count_id: UUID
    lots: int


class ApproveCount(Command):
    """Take the counted differences over into the books."""

    count_id: UUID
    note: ShortText | None = None


class CountApproval(Result):
    """What was found and what was lost, at cost."""

    count_id: UUID
    number: str
    differences: int
    gained: Decimal
    lost: Decimal


@dataclass(frozen=True, slots=True)
class _Different:
    """A counted line whose difference is not zero."""

    lot_id: UUID
    units: int
    counted_by: UUID


@command("inventory.submit_count", permission=COUNT, rest="POST /stock-counts/{count_id}/submit")
def submit_count(session: Session, ctx: RequestContext, cmd: SubmitCount) -> CountSubmission:
    """Hand a count in for approval; whoever submits says what became of lots nobody counted.

    A lot declared zero is recorded as counted now, by the one who submits. One declared not
    counted stays as the books have it. Who may approve is told in the inbox. Locks the count,
    then the balances of lots declared zero.

    Raises:
        UnknownCount: The count is not in the acting tenant.
        CountNotOpen: It is not being counted any more.
        LotsUncounted: Lots are neither counted nor declared; they are named.
        LotNotOnCount: A declared lot is not on the count, or was counted.

    Emits:
        inventory.count_submitted.v1, in the same transaction.
    """
    count = lock_count(session, ctx, cmd.count_id, CountStatus.OPEN)
    declared = _declared(session, ctx, count, cmd)
    _record_zeros(session, ctx, count, [lot for lot, said in declared.items() if said == "zero"])
    left = [lot for lot, said in declared.items() if said == "not_counted"]
    db.execute(
        session,
        "update stock_count_line set status = 'left'"
        " where tenant_id = %s and count_id = %s and lot_id = any(%s)",
        (ctx.tenant_id, count.id, left),
    )
    answer = _tally(session, ctx, count)
    db.execute(
        session,
        "update stock_count set status = 'submitted', submitted_at = %s, submitted_by = %s"
        " where tenant_id = %s and id = %s",
        (ctx.now, ctx.user_id, ctx.tenant_id, count.id),
    )
    _tell_approvers(session, ctx, count)
    event = CountSubmitted(count_id=count.id, counted=answer.counted, left=answer.left)
    emit(session, ctx, count.id, event)
    return answer


@command(
    "inventory.request_recount",
    permission=APPROVE,
    rest="POST /stock-counts/{count_id}/recounts",
)
def request_recount(session: Session, ctx: RequestContext, cmd: RequestRecount) -> RecountAnswer:
    """Open a count again for some of its lots; what was recorded of them stays on record.

    Somebody else should count them. If the same person does, the line says so.

    Raises:
        UnknownCount: The count is not in the acting tenant.
        CountNotOpen: It is approved or cancelled.
        LotNotOnCount: A lot is not on the count, or not counted yet.

    Emits:
        inventory.recount_requested.v1, in the same transaction.
    """
    count = lock_count(session, ctx, cmd.count_id, CountStatus.OPEN, CountStatus.SUBMITTED)
    wanted = sorted({lot.lot_id for lot in cmd.lots})
    changed = db.fetch_all(
        session,
        "update stock_count_line set status = 'recount', recounts = recounts + 1, counted = null,"
        " book = null, counted_at = null, counted_by = null, has_moved = false,"
        " is_same_counter = false"
        " where tenant_id = %s and count_id = %s and lot_id = any(%s)"
        "   and status in ('counted', 'left') returning lot_id",
        (ctx.tenant_id, count.id, wanted),
    )
    missing = set(wanted) - {row["lot_id"] for row in changed}
    if missing:
        message = "A lot is not on this count or not counted yet. Choose counted ones."
        places = [at for at, lot in enumerate(cmd.lots) if lot.lot_id in missing]
        raise LotNotOnCount(message, fields={f"lots.{at}.lot_id": message for at in places})
    db.execute(
        session,
        "update stock_count set status = 'open' where tenant_id = %s and id = %s",
        (ctx.tenant_id, count.id),
    )
    event = RecountRequested(count_id=count.id, lot_ids=wanted, reason=cmd.reason)
    emit(session, ctx, count.id, event)
    return RecountAnswer(count_id=count.id, lots=len(wanted))


@command(
    "inventory.approve_count", permission=APPROVE, rest="POST /stock-counts/{count_id}/approve"
)
def approve_count(session: Session, ctx: RequestContext, cmd: ApproveCount) -> CountApproval:
    """Post the differences of a submitted count, as an adjustment is posted, all or nothing.

    What was sold since a lot was counted stays sold: the difference goes on top of the stock
    of today. Nobody approves a difference that they counted themselves, except who may do
    everything (an owner), as a shop of one person must count too. Gains and losses added up
    stay within the approver's limit `count_difference`. Locks the count, then the balances.

    Raises:
        UnknownCount: The count is not in the acting tenant.
        CountNotOpen: It is not submitted.
        OwnDifferences: The actor counted some of the lots that differ.
        BeyondLimit: The differences are worth more than the actor may approve.
        InsufficientStock: Of some lots more are missing than are free now; they are named.
        PeriodClosed: The books are closed for today.

    Emits:
        inventory.count_approved.v1, in the same transaction.
    """
    count = lock_count(session, ctx, cmd.count_id, CountStatus.SUBMITTED)
    place = get_owned_place(session, ctx, count.location_id)
    differences = _differences(session, ctx, count)
    _refuse_own(ctx, differences)
    lots = lock_lots(session, ctx, place.id, [line.lot_id for line in differences])
    _refuse_more_than_free(lots, differences)
    changes = value_changes(lots, [(line.lot_id, line.units) for line in differences])
    _refuse_beyond_limit(ctx, changes)
    reason = f"count: {count.number}" + (f", {cmd.note}" if cmd.note else "")
    origin = Origin("stock_count", count.id)
    gained, lost = post_changes(session, ctx, place, origin, changes, Cause(reason))
    _keep_values(session, ctx, count, changes, (gained, lost))
    event = CountApproved(
        count_id=count.id,
        location_id=place.id,
        differences=len(changes),
        gained=gained,
        lost=lost,
    )
    emit(session, ctx, count.id, event)
    return CountApproval(
        count_id=count.id,
        number=count.number,
        differences=len(changes),
        gained=gained,
        lost=lost,
    )


def _tell_approvers(session: Session, ctx: RequestContext, count: Count) -> None:
    news = workflows.News(
        kind="inventory.count_submitted",
        title=f"Count {count.number} waits for your approval",
        body=f"{ctx.user_name} handed it in.",
        link=f"/stock/counts/{count.id}",
        dedupe_key=f"stock-count:{count.id}:{ctx.now.isoformat()}",
    )
    workflows.notify_members(session, ctx, permission=APPROVE, news=news)


def _declared(
    session: Session, ctx: RequestContext, count: Count, cmd: SubmitCount
) -> dict[UUID, Declared]:
    """Return what is said of each lot nobody counted; every one must be spoken for."""
    rows = db.fetch_all(
        session,
        "select line.lot_id, v.label, l.lot_number from stock_count_line line"
        "  join lot l on l.tenant_id = line.tenant_id and l.id = line.lot_id"
        "  join variant v on v.tenant_id = line.tenant_id and v.id = line.variant_id"
        " where line.tenant_id = %s and line.count_id = %s and line.status = any(%s)"
        " order by v.label, l.lot_number",
        (ctx.tenant_id, count.id, list(_WAITING)),
    )
    waiting = {row["lot_id"]: f"{row['label']}, lot {row['lot_number']}" for row in rows}
    strange = [at for at, lot in enumerate(cmd.lots) if lot.lot_id not in waiting]
    if strange:
        message = "This lot is counted already, or not on this count. Leave it out."
        raise LotNotOnCount(message, fields={f"lots.{at}.lot_id": message for at in strange})
    declared = {lot.lot_id: lot.declared for lot in cmd.lots}
    if cmd.rest:
        declared = dict.fromkeys(waiting, cmd.rest) | declared
    _refuse_unspoken(waiting, declared)
    return declared


def _refuse_unspoken(waiting: Mapping[UUID, str], declared: Mapping[UUID, Declared]) -> None:
    unspoken = [lot_id for lot_id in waiting if lot_id not in declared]
    if not unspoken:
        return
    named = "; ".join(waiting[lot_id] for lot_id in unspoken[:_NAMED])
    more = f"; and {len(unspoken) - _NAMED} more" if len(unspoken) > _NAMED else ""
    message = (
        f"{in_words(len(unspoken), 'lot')} not counted: {named}{more}."
        " Count them, or say that none is there or that they are left alone."
    )
    lots = [str(lot_id) for lot_id in unspoken]
    raise LotsUncounted(message, fields={"rest": message}, details={"lot_ids": lots})


def _record_zeros(
    session: Session, ctx: RequestContext, count: Count, lot_ids: Sequence[UUID]
) -> None:
    if lot_ids:
        lots = lock_lots(session, ctx, count.location_id, lot_ids)
        lines = lock_lines(session, ctx, count, lots)
        none = dict.fromkeys(lots, Finding(0, CountSource.DECLARED))
        write_findings(session, ctx, lines, lots, none)


def _tally(session: Session, ctx: RequestContext, count: Count) -> CountSubmission:
    row = db.fetch_one(
        session,
        "select count(*) filter (where status = 'counted') as counted,"
        " count(*) filter (where status = 'left') as left"
        " from stock_count_line where tenant_id = %s and count_id = %s",
        (ctx.tenant_id, count.id),
    )
    return CountSubmission(count_id=count.id, **(row or {}))


def _differences(session: Session, ctx: RequestContext, count: Count) -> list[_Different]:
    rows = db.fetch_all(
        session,
        "select line.lot_id, line.counted - line.book as units, line.counted_by"
        "  from stock_count_line line"
        " where line.tenant_id = %s and line.count_id = %s and line.status = 'counted'"
        "   and line.counted <> line.book order by line.variant_id, line.lot_id",
        (ctx.tenant_id, count.id),
    )
    return [_Different(**row) for row in rows]


def _refuse_own(ctx: RequestContext, differences: Sequence[_Different]) -> None:
    own = sum(line.counted_by == ctx.user_id for line in differences)
    if own and ANY_PERMISSION not in ctx.permissions:
        raise OwnDifferences(
            f"You counted {in_words(own, 'lot')} that differ yourself."
            " Ask someone else to approve, or to count them again."
        )


def _refuse_more_than_free(lots: Mapping[UUID, HeldLot], differences: Sequence[_Different]) -> None:
    """Name every lot of which more are missing than could be taken off."""
    fields = {}
    for line in differences:
        lot = lots[line.lot_id]
        free = lot.on_hand - lot.reserved
        if -line.units > free:
            besides = f" besides {lot.reserved} reserved" if lot.reserved else ""
            fields[f"lots.{line.lot_id}"] = (
                f"Lot {lot.lot_number} of {lot.label}: {-line.units} are missing by the count, but"
                f" only {free} are free now{besides}. Ask for it to be counted again."
            )
    if fields:
        raise InsufficientStock(" ".join(fields.values()), fields=fields)


def _refuse_beyond_limit(ctx: RequestContext, changes: Sequence[ValuedChange]) -> None:
    total = sum((change.cost for change in changes), Decimal(0))
    limit = ctx.limit(LIMIT)
    if total > limit:
        raise BeyondLimit(
            f"Differences of {money_text(total)} are above your limit of {money_text(limit)}."
            " Ask an owner to approve.",
            details={"level": str(total), "limit": str(limit)},
        )


def _keep_values(
    session: Session,
    ctx: RequestContext,
    count: Count,
    changes: Sequence[ValuedChange],
    totals: tuple[Decimal, Decimal],
) -> None:
    """Write on the count and its lines what was posted, and close it."""
    db.execute(
        session,
        "update stock_count_line line set value = f.value"
        "  from unnest(%s::uuid[], %s::numeric[]) as f(lot_id, value)"
        " where line.tenant_id = %s and line.count_id = %s and line.lot_id = f.lot_id",
        (
            [change.lot.lot_id for change in changes],
            [change.cost if change.units > 0 else -change.cost for change in changes],
            ctx.tenant_id,
            count.id,
        ),
    )
    close_count(session, ctx, count, CountStatus.APPROVED, posted=totals)
