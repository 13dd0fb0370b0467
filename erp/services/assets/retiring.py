"""An asset leaves the register, or comes back into it, for whoever books what it brought."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.formatting import date_text
from erp.core.money import ZERO
from erp.models.assets import AssetStatus
from erp.services import accounting
from erp.services.accounting import NewEntry, NewLine
from erp.services.assets.depreciating import lost_by
from erp.services.assets.errors import WrongDay
from erp.services.assets.events import AssetDisposed, AssetKept
from erp.services.assets.holding import (
    EXPENSE,
    LOST,
    ORIGIN,
    HeldAsset,
    last_run,
    lock_register,
    run_words,
)
from erp.services.assets.running import write_losses
from erp.services.platform import emit


@dataclass(frozen=True, slots=True)
class Leaving:
    """How an asset goes.

    Attributes:
        proceeds: What it was sold for, without tax.
    """

    day: date
    outcome: AssetStatus
    proceeds: Decimal
    buyer_id: UUID | None
    reason: str


@dataclass(frozen=True, slots=True)
class Left:
    """What leaving comes to: `lines` want the money, which the caller adds, with `gain` above the worth."""

    worth: Decimal
    gain: Decimal
    lines: list[NewLine]


def book_losses(session: Session, ctx: RequestContext, held: HeldAsset, day: date) -> HeldAsset:
    """Book what a held asset lost until a day at its branch, months that were not run among it; return it so."""
    last = max(lost_by(held.losing, day) - held.lost, ZERO)
    if not last:
        return held
    write_losses(session, ctx, [(held, last)], day, None)
    lines = [accounting.debit(EXPENSE, last), accounting.credit(LOST, last)]
    words = f"Depreciation of {held.number} until {date_text(day)}"
    entry = NewEntry("assets", day, ORIGIN, held.id, f"depreciation {day}", words, lines)
    accounting.post_entry(session, at_branch(ctx, held), entry)
    return replace(held, lost=held.lost + last)


def retire_asset(session: Session, ctx: RequestContext, held: HeldAsset, leaving: Leaving) -> Left:
    """Take a held asset out of the register: depreciation until its last day, then gain or loss.

    Raises:
        WrongDay: The day has not come, or lies in a month that was run.

    Emits:
        assets.asset_disposed.v1
    """
    message = _fault_of_day(session, ctx, leaving.day, held)
    if message:
        raise WrongDay(message, fields={"disposed_on": message})
    last = max(lost_by(held.losing, leaving.day) - held.lost, ZERO)
    if last:
        write_losses(session, ctx, [(held, last)], leaving.day, None)
    worth = held.cost - held.lost - last
    gain = leaving.proceeds - worth
    lines = [
        accounting.debit(EXPENSE, last),
        accounting.debit(LOST, held.lost),
        accounting.credit(held.account_key, held.cost),
        accounting.debit("loss_on_assets", -gain if gain < 0 else ZERO),
        accounting.credit("gain_on_assets", gain if gain > 0 else ZERO),
    ]
    db.execute(
        session,
        "update asset set status = %s, disposed_on = %s, proceeds = %s, buyer_id = %s,"
        " disposal_reason = %s where tenant_id = %s and id = %s",
        (
            leaving.outcome, leaving.day, leaving.proceeds, leaving.buyer_id, leaving.reason,
            ctx.tenant_id, held.id,
        ),
    )  # fmt: skip
    event = AssetDisposed(
        asset_id=held.id, status=leaving.outcome, proceeds=leaving.proceeds, gain=gain
    )
    emit(session, ctx, held.id, event)
    return Left(worth, gain, lines)


def bring_back(session: Session, ctx: RequestContext, asset_id: UUID) -> list[NewLine]:
    """Take a sold asset into use again, as it stood when it went; return the lines that book it.

    What it lost until it went stays posted; the next run takes up the days since. Locks the register.

    Emits:
        assets.asset_kept.v1
    """
    lock_register(session, ctx)
    row = db.fetch_one(
        session,
        """
        select a.cost, a.proceeds, k.key,
               a.opening_depreciation + coalesce((select sum(d.amount) from asset_depreciation d
                 where d.tenant_id = a.tenant_id and d.asset_id = a.id), 0) as lost
          from asset a join account k on (k.tenant_id, k.id) = (a.tenant_id, a.account_id)
         where a.tenant_id = %s and a.id = %s and a.status = 'sold'
        """,
        (ctx.tenant_id, asset_id),
    )
    assert row is not None  # noqa: S101  its sale stands
    db.execute(
        session,
        "update asset set status = 'in_use', disposed_on = null, proceeds = null, buyer_id = null,"
        " disposal_reason = '' where tenant_id = %s and id = %s",
        (ctx.tenant_id, asset_id),
    )
    emit(session, ctx, asset_id, AssetKept(asset_id=asset_id))
    gain = row["proceeds"] - (row["cost"] - row["lost"])
    return [
        accounting.debit(row["key"], row["cost"]),
        accounting.credit(LOST, row["lost"]),
        accounting.debit("gain_on_assets", gain if gain > 0 else ZERO),
        accounting.credit("loss_on_assets", -gain if gain < 0 else ZERO),
    ]


def in_branch(ctx: RequestContext, branch_id: UUID) -> RequestContext:
    """Return the actor in a branch of the company."""
    return replace(ctx, branch_id=branch_id)


def at_branch(ctx: RequestContext, held: HeldAsset) -> RequestContext:
    """Return the actor in the branch whose asset it is."""
    return in_branch(ctx, held.branch_id)


def _last_move(session: Session, ctx: RequestContext, held: HeldAsset) -> date:
    row = db.fetch_one(
        session,
        "select max(moved_on) as day from asset_transfer where tenant_id = %s and asset_id = %s",
        (ctx.tenant_id, held.id),
    )
    return (row and row["day"]) or held.booked_on


def _fault_of_day(session: Session, ctx: RequestContext, day: date, held: HeldAsset) -> str:
    """Say why an asset cannot go on a day, or nothing."""
    until = last_run(session, ctx)
    if day > ctx.today:
        return "This day has not come."
    if day < max(held.booked_on, held.losing.used_from):
        return "It was not in use yet on this day."
    if day < _last_move(session, ctx, held):
        return "It moved after this day. Choose the day it went, or later."
    if until is not None and day <= until:
        return f"{run_words(until)} An asset goes on a later day."
    return ""
