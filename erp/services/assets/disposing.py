"""An asset goes: sold or scrapped, with what it lost until then and the gain or loss."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final, Literal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.money import ZERO
from erp.models.assets import AssetStatus
from erp.services import accounting, party
from erp.services.accounting import NewEntry, NewLine
from erp.services.assets.depreciating import lost_by
from erp.services.assets.errors import WrongDay
from erp.services.assets.events import AssetDisposed
from erp.services.assets.holding import (
    EXPENSE,
    LOST,
    MANAGE,
    ORIGIN,
    HeldAsset,
    hold_asset,
    last_run,
    run_words,
)
from erp.services.assets.running import write_losses
from erp.services.platform import Amount, Command, Day, Result, ShortText, command, emit


class PaidInto(StrEnum):
    """Where the money for a sold asset comes."""

    BANK = "bank"
    CASH = "cash"
    BUYER = "buyer"
    """It is owed by the buyer."""


MONEY: Final = {PaidInto.BANK: "bank", PaidInto.CASH: "petty_cash"}


class DisposeAsset(Command):
    """Sell or scrap an asset; today where no day is said.

    Attributes:
        proceeds: What it was sold for, without tax.
    """

    asset_id: UUID
    outcome: Literal[AssetStatus.SOLD, AssetStatus.SCRAPPED]
    disposed_on: Day | None = None
    proceeds: Amount = ZERO
    paid_into: PaidInto = PaidInto.BANK
    buyer_id: UUID | None = None
    reason: ShortText


class Disposed(Result):
    """What an asset's end brought: a gain above its worth, or a loss below zero."""

    id: UUID
    number: str
    status: AssetStatus
    worth: Decimal
    proceeds: Decimal
    gain: Decimal


@command("assets.dispose_asset", permission=MANAGE, rest="POST /assets/{asset_id}/disposal")
def dispose_asset(session: Session, ctx: RequestContext, cmd: DisposeAsset) -> Disposed:
    """Take an asset out of the books: depreciation until its last day, then gain or loss.

    Locks the register.

    Raises:
        UnknownAsset: The company has no such asset. AssetGone: it went already.
        WrongDay: The day has not come, or lies in a month that was run.
        InvalidInput: Something scrapped was paid for, or a debt has no buyer.
        UnknownParty: The buyer is not known.
        PeriodClosed: The books are closed for the day.

    Emits:
        assets.asset_disposed.v1
    """
    held = hold_asset(session, ctx, cmd.asset_id)
    day = cmd.disposed_on or ctx.today
    _check(session, ctx, cmd, held)
    last = max(lost_by(held.losing, day) - held.lost, ZERO)
    if last:
        write_losses(session, ctx, [(held, last)], day, None)
    worth = held.cost - held.lost - last
    gain = cmd.proceeds - worth
    lines = [
        accounting.debit(EXPENSE, last),
        accounting.debit(LOST, held.lost),
        _money(cmd),
        accounting.credit(held.account_key, held.cost),
        accounting.debit("loss_on_assets", -gain if gain < 0 else ZERO),
        accounting.credit("gain_on_assets", gain if gain > 0 else ZERO),
    ]
    narration = f"Asset {held.number} {cmd.outcome}: {cmd.reason}"
    entry = NewEntry("assets", day, ORIGIN, held.id, "disposed", narration, lines)
    accounting.post_entry(session, replace(ctx, branch_id=held.branch_id), entry)
    db.execute(
        session,
        "update asset set status = %s, disposed_on = %s, proceeds = %s, buyer_id = %s,"
        " disposal_reason = %s where tenant_id = %s and id = %s",
        (cmd.outcome, day, cmd.proceeds, cmd.buyer_id, cmd.reason, ctx.tenant_id, held.id),
    )
    event = AssetDisposed(asset_id=held.id, status=cmd.outcome, proceeds=cmd.proceeds, gain=gain)
    emit(session, ctx, held.id, event)
    return Disposed(
        id=held.id,
        number=held.number,
        status=cmd.outcome,
        worth=worth,
        proceeds=cmd.proceeds,
        gain=gain,
    )


def _money(cmd: DisposeAsset) -> NewLine:
    if cmd.paid_into is PaidInto.BUYER:
        return accounting.debit("debtors", cmd.proceeds, cmd.buyer_id)
    return accounting.debit(MONEY[cmd.paid_into], cmd.proceeds)


def _check(session: Session, ctx: RequestContext, cmd: DisposeAsset, held: HeldAsset) -> None:
    message = _fault_of_day(session, ctx, cmd.disposed_on or ctx.today, held)
    if message:
        raise WrongDay(message, fields={"disposed_on": message})
    if cmd.outcome is AssetStatus.SCRAPPED and cmd.proceeds:
        message = "What is scrapped brings nothing. Choose sold if somebody paid for it."
        raise InvalidInput(message, fields={"proceeds": message})
    if cmd.paid_into is PaidInto.BUYER and cmd.buyer_id is None:
        message = "Name who owes the money."
        raise InvalidInput(message, fields={"buyer_id": message})
    if cmd.buyer_id is not None:
        party.require_account(session, ctx, cmd.buyer_id, "buyer_id")


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
