"""Holds and recalls: which lots may be sold."""

from typing import Literal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.models.inventory import LotStatus
from erp.services.inventory.errors import LotChanged, UnknownLot
from erp.services.inventory.events import LotHeld, LotRecalled, LotReleased
from erp.services.inventory.genealogy import lots_made_of
from erp.services.platform import Command, DomainEvent, Result, ShortText, command, emit


class HoldLot(Command):
    """Stop a lot from being sold for now."""

    lot_id: UUID
    status: Literal["hold", "quarantine"] = "hold"
    reason: ShortText


class ReleaseLot(Command):
    """Let a held lot be sold again."""

    lot_id: UUID
    reason: ShortText


class RecallLot(Command):
    """Stop a lot from being sold for good."""

    lot_id: UUID
    reason: ShortText


class LotStanding(Result):
    """A lot's standing and how much of it we still own, in base units."""

    lot_id: UUID
    status: LotStatus
    on_hand: int


@command("inventory.hold_lot", permission="inventory.hold", rest="POST /lots/{lot_id}/hold")
def hold_lot(session: Session, ctx: RequestContext, cmd: HoldLot) -> LotStanding:
    """Hold a lot everywhere, or put it into quarantine.

    Waits for sales of the lot that are under way and locks its balances, so that none commits
    afterwards.

    Raises:
        UnknownLot: The lot is not in the acting tenant.
        LotChanged: It is recalled.

    Emits:
        inventory.lot_held.v1, in the same transaction.
    """
    allowed = (LotStatus.AVAILABLE, LotStatus.HOLD, LotStatus.QUARANTINE)
    event = LotHeld(lot_id=cmd.lot_id, status=cmd.status, reason=cmd.reason)
    return _set_status(session, ctx, allowed, LotStatus(cmd.status), event, cmd)


@command("inventory.release_lot", permission="inventory.hold", rest="POST /lots/{lot_id}/release")
def release_lot(session: Session, ctx: RequestContext, cmd: ReleaseLot) -> LotStanding:
    """Let a lot on hold or in quarantine be sold again.

    Raises:
        UnknownLot: The lot is not in the acting tenant.
        LotChanged: It is not held, or it is recalled.

    Emits:
        inventory.lot_released.v1, in the same transaction.
    """
    allowed = (LotStatus.HOLD, LotStatus.QUARANTINE)
    event = LotReleased(lot_id=cmd.lot_id, reason=cmd.reason)
    return _set_status(session, ctx, allowed, LotStatus.AVAILABLE, event, cmd)


@command("inventory.recall_lot", permission="inventory.hold", rest="POST /lots/{lot_id}/recall")
def recall_lot(session: Session, ctx: RequestContext, cmd: RecallLot) -> LotStanding:
    """Recall a lot everywhere; nothing of it is sold any more, and this is not taken back.

    What was made of it here is recalled with it. Who got any of them is told by
    `reporting.list_lot_buyers`.

    Raises:
        UnknownLot: The lot is not in the acting tenant.
        LotChanged: It is recalled already.

    Emits:
        inventory.lot_recalled.v1 for each lot, in the same transaction.
    """
    # once its balances are held nothing more is made of it
    on_hand = _lock_everywhere(session, ctx, [cmd.lot_id])
    made = [lot for lot in lots_made_of(session, ctx, cmd.lot_id) if lot != cmd.lot_id]
    allowed = (LotStatus.AVAILABLE, LotStatus.HOLD, LotStatus.QUARANTINE)
    event = LotRecalled(lot_id=cmd.lot_id, reason=cmd.reason, on_hand=on_hand)
    standing = _set_status(session, ctx, allowed, LotStatus.RECALLED, event, cmd)
    _recall_made(session, ctx, made, cmd.reason)
    return standing


def _recall_made(session: Session, ctx: RequestContext, lot_ids: list[UUID], reason: str) -> None:
    """Recall what was made of a recalled lot."""
    _lock_everywhere(session, ctx, lot_ids)
    rows = db.fetch_all(
        session,
        "update lot set status = 'recalled', status_reason = %s"
        " where tenant_id = %s and id = any(%s) and status <> 'recalled' returning id",
        (f"made of a recalled lot: {reason}"[:120], ctx.tenant_id, lot_ids),
    )
    for row in rows:
        on_hand = _lock_everywhere(session, ctx, [row["id"]])
        emit(session, ctx, row["id"], LotRecalled(lot_id=row["id"], reason=reason, on_hand=on_hand))


def _set_status(
    session: Session,
    ctx: RequestContext,
    allowed: tuple[LotStatus, ...],
    status: LotStatus,
    event: DomainEvent,
    cmd: HoldLot | ReleaseLot | RecallLot,
) -> LotStanding:
    on_hand = _lock_everywhere(session, ctx, [cmd.lot_id])
    found = db.fetch_one(
        session,
        "select status from lot where tenant_id = %s and id = %s for no key update",
        (ctx.tenant_id, cmd.lot_id),
    )
    if found is None:
        message = "This lot is not known here."
        raise UnknownLot(message, fields={"lot_id": message})
    if found["status"] not in allowed:
        raise LotChanged(f"This lot is {found['status']}, so this cannot be done with it.")
    db.execute(
        session,
        "update lot set status = %s, status_reason = %s where tenant_id = %s and id = %s",
        (status.value, cmd.reason, ctx.tenant_id, cmd.lot_id),
    )
    emit(session, ctx, cmd.lot_id, event)
    return LotStanding(lot_id=cmd.lot_id, status=status, on_hand=on_hand)


def _lock_everywhere(session: Session, ctx: RequestContext, lot_ids: list[UUID]) -> int:
    """Lock every balance of lots, as allocation does, and return the units we own."""
    rows = db.fetch_all(
        session,
        "select on_hand from stock_balance where tenant_id = %s and lot_id = any(%s)"
        " order by variant_id, lot_id, location_id for update",
        (ctx.tenant_id, lot_ids),
    )
    return sum(row["on_hand"] for row in rows)
