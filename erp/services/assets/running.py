"""A month's depreciation: what each asset lost, looked at first and then posted once."""

from collections import defaultdict
from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.clock import month_end
from erp.core.context import RequestContext
from erp.core.formatting import date_text
from erp.core.ids import new_id
from erp.core.money import ZERO
from erp.models.assets import AssetDepreciation, AssetRun
from erp.services import accounting
from erp.services.accounting import NewEntry
from erp.services.assets.depreciating import lost_by
from erp.services.assets.errors import MonthRun, WrongDay
from erp.services.assets.events import DepreciationRun
from erp.services.assets.holding import (
    EXPENSE,
    LOST,
    MANAGE,
    VIEW,
    HeldAsset,
    assets_in_use,
    last_run,
    lock_register,
    run_words,
)
from erp.services.platform import (
    Command,
    Day,
    Query,
    Result,
    Rows,
    command,
    emit,
    query,
)

RUN_ORIGIN = "asset_run"


class RunDepreciation(Command):
    """Post depreciation until the end of a month, with whatever earlier months left out."""

    month: Day


class PreviewDepreciation(Query):
    """What a run would post; of the month after the last run where none is said."""

    month: Day | None = None


class LossRow(Result):
    """What one asset would lose."""

    asset_id: UUID
    number: str
    name: str
    branch_id: UUID
    before: Decimal
    amount: Decimal
    worth: Decimal


class Losses(Rows):
    """What a run would post.

    Attributes:
        last_until: How far depreciation is posted. problem: why this month cannot be run.
    """

    rows: list[LossRow]
    month: date
    until: date
    total: Decimal
    last_until: date | None
    problem: str


class RunAnswer(Result):
    """A run that was posted."""

    id: UUID
    month: date
    assets: int
    total: Decimal


@query("assets.preview_depreciation", permission=VIEW, rest="GET /depreciation/preview")
def preview_depreciation(
    session: Session, ctx: RequestContext, wanted: PreviewDepreciation
) -> Losses:
    """Return what a run of a month would post for each asset; changes nothing."""
    posted = last_run(session, ctx)
    month = _month(ctx, wanted.month, posted)
    until = month_end(month)
    rows = [_row(asset, amount) for asset, amount in _losses(session, ctx, until)]
    return Losses(
        rows=rows,
        month=month,
        until=until,
        total=sum((row.amount for row in rows), ZERO),
        last_until=posted,
        problem=_problem(ctx, until, posted),
    )


@command("assets.run_depreciation", permission=MANAGE, rest="POST /depreciation/runs")
def run_depreciation(session: Session, ctx: RequestContext, cmd: RunDepreciation) -> RunAnswer:
    """Post depreciation until the end of a month, one entry for each branch. Locks the register.

    Raises:
        MonthRun: The month, or a later one, is posted already.
        WrongDay: The month has not ended.
        PeriodClosed: The books are closed for its last day.

    Emits:
        assets.depreciation_run.v1
    """
    lock_register(session, ctx)
    until = month_end(cmd.month)
    month = until.replace(day=1)
    _require_due(ctx, until, last_run(session, ctx))
    losses = _losses(session, ctx, until)
    run_id, total = new_id(), sum((amount for _, amount in losses), ZERO)
    run = {
        "tenant_id": ctx.tenant_id,
        "id": run_id,
        "company_id": ctx.company_id,
        "month": month,
        "until": until,
        "assets": len(losses),
        "total": total,
        "user_id": ctx.user_id,
        "run_at": ctx.now,
    }
    db.insert_rows(session, AssetRun, [run])
    write_losses(session, ctx, losses, until, run_id)
    _book(session, ctx, run_id, until, losses)
    emit(session, ctx, run_id, DepreciationRun(run_id=run_id, month=month, total=total))
    return RunAnswer(id=run_id, month=month, assets=len(losses), total=total)


def write_losses(
    session: Session,
    ctx: RequestContext,
    losses: list[tuple[HeldAsset, Decimal]],
    until: date,
    run_id: UUID | None,
) -> None:
    """Write what assets lost until a day into the register."""
    rows = [
        {
            "tenant_id": ctx.tenant_id,
            "id": new_id(),
            "asset_id": asset.id,
            "run_id": run_id,
            "month": until.replace(day=1),
            "until": until,
            "amount": amount,
        }
        for asset, amount in losses
    ]
    db.insert_rows(session, AssetDepreciation, rows)


def _losses(session: Session, ctx: RequestContext, until: date) -> list[tuple[HeldAsset, Decimal]]:
    found = [
        (asset, lost_by(asset.losing, until) - asset.lost)
        for asset in assets_in_use(session, ctx, until)
    ]
    return [(asset, amount) for asset, amount in found if amount > 0]


def _book(
    session: Session,
    ctx: RequestContext,
    run_id: UUID,
    until: date,
    losses: list[tuple[HeldAsset, Decimal]],
) -> None:
    """Post an entry for each branch: its assets' loss is its own cost."""
    sums: dict[UUID, Decimal] = defaultdict(lambda: ZERO)
    for asset, amount in losses:
        sums[asset.branch_id] += amount
    narration = f"Depreciation until {date_text(until)}"
    for branch_id, amount in sorted(sums.items()):
        lines = [accounting.debit(EXPENSE, amount), accounting.credit(LOST, amount)]
        purpose = f"depreciation {branch_id}"
        entry = NewEntry("assets", until, RUN_ORIGIN, run_id, purpose, narration, lines)
        accounting.post_entry(session, replace(ctx, branch_id=branch_id), entry)


def _month(ctx: RequestContext, asked: date | None, posted: date | None) -> date:
    if asked is not None:
        return asked.replace(day=1)
    if posted is None:
        this = ctx.today.replace(day=1)
        return (
            this.replace(year=this.year - 1, month=12)
            if this.month == 1
            else this.replace(month=this.month - 1)
        )
    return posted.replace(year=posted.year + posted.month // 12, month=posted.month % 12 + 1, day=1)


def _problem(ctx: RequestContext, until: date, posted: date | None) -> str:
    if posted is not None and until <= posted:
        return f"{run_words(posted)} Choose a later month."
    if until > ctx.today:
        return f"This month ends on {date_text(until)}. Run it then."
    return ""


def _require_due(ctx: RequestContext, until: date, posted: date | None) -> None:
    message = _problem(ctx, until, posted)
    if message and until > ctx.today:
        raise WrongDay(message, fields={"month": message})
    if message:
        raise MonthRun(message, fields={"month": message})


def _row(asset: HeldAsset, amount: Decimal) -> LossRow:
    return LossRow(
        asset_id=asset.id,
        number=asset.number,
        name=asset.name,
        branch_id=asset.branch_id,
        before=asset.cost - asset.lost,
        amount=amount,
        worth=asset.cost - asset.lost - amount,
    )
