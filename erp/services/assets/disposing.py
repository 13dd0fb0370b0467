"""An asset goes: sold or scrapped, with what it lost until then and the gain or loss."""

from decimal import Decimal
from enum import StrEnum
from typing import Final, Literal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.money import ZERO
from erp.models.assets import AssetStatus
from erp.services import accounting, party
from erp.services.accounting import NewEntry, NewLine
from erp.services.assets.holding import MANAGE, ORIGIN, hold_asset
from erp.services.assets.retiring import Leaving, at_branch, retire_asset
from erp.services.platform import Amount, Command, Day, Result, ShortText, command


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
    _check(session, ctx, cmd)
    outcome = AssetStatus(cmd.outcome)
    leaving = Leaving(day, outcome, cmd.proceeds, cmd.buyer_id, cmd.reason)
    left = retire_asset(session, ctx, held, leaving)
    narration = f"Asset {held.number} {cmd.outcome}: {cmd.reason}"
    lines = [*left.lines, _money(cmd)]
    entry = NewEntry("assets", day, ORIGIN, held.id, "disposed", narration, lines)
    accounting.post_entry(session, at_branch(ctx, held), entry)
    return Disposed(
        id=held.id,
        number=held.number,
        status=cmd.outcome,
        worth=left.worth,
        proceeds=cmd.proceeds,
        gain=left.gain,
    )


def _money(cmd: DisposeAsset) -> NewLine:
    if cmd.paid_into is PaidInto.BUYER:
        return accounting.debit("debtors", cmd.proceeds, cmd.buyer_id)
    return accounting.debit(MONEY[cmd.paid_into], cmd.proceeds)


def _check(session: Session, ctx: RequestContext, cmd: DisposeAsset) -> None:
    if cmd.outcome is AssetStatus.SCRAPPED and cmd.proceeds:
        message = "What is scrapped brings nothing. Choose sold if somebody paid for it."
        raise InvalidInput(message, fields={"proceeds": message})
    if cmd.paid_into is PaidInto.BUYER and cmd.buyer_id is None:
        message = "Name who owes the money."
        raise InvalidInput(message, fields={"buyer_id": message})
    if cmd.buyer_id is not None:
        party.require_account(session, ctx, cmd.buyer_id, "buyer_id")
